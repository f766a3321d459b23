"""`goat peers`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal

import click

from app.command_line import Wishes, common_options, pass_wishes

if TYPE_CHECKING:
    from goatcore import DeviceStatus, Member


@click.command()
@click.option("--wait", "wait_s", type=click.FloatRange(0), default=4.0, show_default=True,
              help="How many seconds to look for devices that are near.")  # fmt: skip
@click.option("--loopback", is_flag=True, help="Within this computer only.", hidden=True)
@common_options
@pass_wishes
def peers(wishes: Wishes, wait_s: float, loopback: bool) -> int:
    """Show everybody's devices, and which of them are connected now.

    What waits on either side is exchanged meanwhile.
    """
    return asyncio.run(_peers(wishes, wait_s, "loopback" if loopback else "all"))


async def _peers(wishes: Wishes, wait_s: float, interfaces: Literal["all", "loopback"]) -> int:
    from app.terminal import online

    async with online(wishes.folders(os.environ), interfaces) as (workspaces, network):
        loop = asyncio.get_running_loop()
        end = loop.time() + wait_s
        everybody = sum(_others(database.members()) for database in workspaces.databases)
        while loop.time() < end and len(network.peers()) < everybody:
            await asyncio.sleep(0.05)
        alone = True
        for database in workspaces.databases:
            known = {one.device: one for one in network.devices(database)}
            for member in database.members():
                for device in member.devices:
                    status = known[device.key]
                    here = status.here
                    alone = alone and here
                    wishes.tell(
                        {
                            "workspace": database.folder.name,
                            "member": member.name,
                            "device": device.name,
                            "here": here,
                            "connected": status.connected,
                            "address": status.address or None,
                            "seen": status.seen_ms,
                            "missing": status.missing,
                        },
                        f"{member.name} on “{device.name}”: {_state(status)}",
                    )
        if alone and not wishes.json:
            click.echo("Nobody else has joined yet. `goat share NOTEBOOK` lets somebody in.")
        return wishes.tell_troubles(workspaces.troubles())


def _others(members: Sequence[Member]) -> int:
    return sum(len(member.devices) for member in members) - 1


def _state(status: DeviceStatus) -> str:
    if status.here:
        return "this computer"
    lacks = f"; changes to come: {status.missing:,}" if status.missing else ""
    if status.connected:
        return f"connected, at {status.address}{lacks}"
    if status.seen_ms is None:
        return "not in reach, and never was"
    seen = datetime.fromtimestamp(status.seen_ms / 1000).astimezone().isoformat(" ", "minutes")
    return f"not in reach since {seen[:16]}{lacks}"
