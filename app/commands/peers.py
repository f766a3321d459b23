"""`goat peers`."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import click

from app.command_line import Wishes, common_options, pass_wishes

if TYPE_CHECKING:
    from goatcore import Member


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
        linked = {
            (peer.workspace, peer.member_name, peer.device_name): peer.address
            for peer in network.peers()
        }
        alone = True
        for database in workspaces.databases:
            for member in database.members():
                for device in member.devices:
                    here = device.key == database.device.author
                    alone = alone and here
                    address = linked.get((database.id, member.name, device.name))
                    state = "this computer" if here else _state(address)
                    wishes.tell(
                        {
                            "workspace": database.folder.name,
                            "member": member.name,
                            "device": device.name,
                            "here": here,
                            "connected": address is not None,
                            "address": address,
                        },
                        f"{member.name} on “{device.name}”: {state}",
                    )
        if alone and not wishes.json:
            click.echo("Nobody else has joined yet. `goat share NOTEBOOK` lets somebody in.")
        return wishes.tell_troubles(workspaces.troubles())


def _others(members: Sequence[Member]) -> int:
    return sum(len(member.devices) for member in members) - 1


def _state(address: str | None) -> str:
    return "not in reach" if address is None else f"connected, at {address}"
