"""`goat join`."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Literal

import click

from app.command_line import Failed, Wishes, common_options, pass_wishes

if TYPE_CHECKING:
    from app.terminal import Changes
    from goatcore import Database, Join, Network

ARRIVED_S = 120.0


@click.command()
@click.argument("code", nargs=-1, required=True)
@click.option(
    "--address", metavar="HOST[:PORT]", help="Where the other computer is, if it is not found."
)
@click.option("--loopback", is_flag=True, help="Within this computer only.", hidden=True)
@common_options
@pass_wishes
def join(wishes: Wishes, code: tuple[str, ...], address: str | None, loopback: bool) -> int:
    """Join a notebook with the CODE that the other computer shows, such as 7-copper-violin.

    The person there is asked whether to let you in. Then the notes come here, and stay in sync
    whenever Goat Notes is open on both computers.
    """
    interfaces: Literal["all", "loopback"] = "loopback" if loopback else "all"
    return asyncio.run(_join(wishes, "-".join(code), address, interfaces))


async def _join(
    wishes: Wishes, code: str, address: str | None, interfaces: Literal["all", "loopback"]
) -> int:
    from app.terminal import Changes, online
    from ui.operations import notebooks
    from ui.operations.schemas import NOTE

    async with online(wishes.folders(os.environ), interfaces) as (workspaces, network):
        names = workspaces.names
        joining = network.join(
            code,
            folder=workspaces.new_folder(),
            address=address,
            member_name=names.member,
            device_name=names.device,
        )
        changes = Changes()
        joining.subscribe(changes)
        network.subscribe(changes)
        try:
            await _follow(wishes, network, workspaces.databases[0], joining, changes)
        finally:
            joining.cancel()
        database = joining.database
        if database is None:
            raise Failed(joining.problem or "Joining failed.")
        workspaces.add(database)
        arrived = await _arrived(network, database, joining.path, changes)
        found = [one for one in notebooks.listing(database)
                 if joining.path is None or one.path == joining.path]  # fmt: skip
        for listed in found:
            count = sum(1 for _ in listed.repository.items(NOTE))
            wishes.tell(
                {"path": listed.path, "name": listed.name, "notes": count, "complete": arrived},
                f"“{listed.name}” is here, with {count} note{'' if count == 1 else 's'}.",
            )
        if not arrived:
            click.echo("The rest comes when Goat Notes is open on both computers.", err=True)
        database.flush_now()
    return 0


async def _follow(
    wishes: Wishes, network: Network, own: Database, joining: Join, changes: Changes
) -> None:
    """Say how it goes until it is over."""
    told, trouble = "", None
    while joining.state not in {"done", "failed"}:
        words = {
            "looking": "Looking for the computer that shows this code …",
            "connecting": "Found it …",
            "waiting": "Waiting to be let in on the other computer …",
            "receiving": "You are let in.",
        }[joining.state]
        if words != told and not wishes.json:
            click.echo(words)
        told = words
        problem = network.status(own).problem
        if problem and problem != trouble:
            click.echo(problem, err=True)
        trouble = problem
        await changes.next()


async def _arrived(
    network: Network, database: Database, path: str | None, changes: Changes
) -> bool:
    """Wait until what was shared is here, for a while."""
    loop = asyncio.get_running_loop()
    end = loop.time() + ARRIVED_S
    while loop.time() < end:
        status = network.status(database)
        known = {info.path for info in database.repositories() if info.opened}
        if status.saved_on and (path in known if path is not None else known):
            return True
        await changes.next(end - loop.time())
    return False
