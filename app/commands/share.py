"""`goat share`."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Literal

import click

from app.command_line import Failed, Wishes, common_options, pass_wishes

if TYPE_CHECKING:
    from app.terminal import Changes
    from goatcore import Database, Network

SENT_S = 120.0


@click.command()
@click.argument("notebook")
@click.option(
    "--device", is_flag=True, help="For another computer of your own: it gets everything."
)
@click.option("--role", type=click.Choice(["viewer", "editor", "admin"]), default="editor",
              show_default=True, help="What the other person may do.")  # fmt: skip
@click.option("--loopback", is_flag=True, help="Within this computer only.", hidden=True)
@common_options
@pass_wishes
def share(wishes: Wishes, notebook: str, device: bool, role: str, loopback: bool) -> int:
    """Share a NOTEBOOK: prints a short code to be read out, and waits for whoever types it.

    You are asked before anybody is let in. Nothing leaves this computer before that. Both computers
    stay in sync from then on whenever Goat Notes is open on both.
    """
    return asyncio.run(
        _share(wishes, notebook, "device" if device else "person", role,
               "loopback" if loopback else "all")
    )  # fmt: skip


async def _share(
    wishes: Wishes,
    notebook: str,
    whom: Literal["device", "person"],
    role: str,
    interfaces: Literal["all", "loopback"],
) -> int:
    from app.choosing import database_of, find_notebook
    from app.terminal import Changes, ask, online
    from goatcore import Role

    async with online(wishes.folders(os.environ), interfaces) as (workspaces, network):
        listed = find_notebook(workspaces.databases, notebook)
        if listed is None:
            raise Failed(f"There is no notebook “{notebook}”. `goat list` shows all.")
        database = database_of(workspaces.databases, listed.repository)
        invitation = network.share(database, listed.path, whom=whom, role=Role[role])
        changes = Changes()
        invitation.subscribe(changes)
        network.subscribe(changes)
        wishes.tell(
            {"code": invitation.code, "port": network.port},
            f"Type this code on the other computer, within five minutes:\n\n"
            f"    {invitation.code}\n\n"
            f"(`goat join {invitation.code}`, or “Join a notebook” in the window.)",
        )
        question: asyncio.Task[bool] | None = None
        answered = False
        tries, trouble = invitation.tries_left, None
        try:
            while invitation.state in {"waiting", "asking"}:
                if invitation.tries_left < tries:
                    tries = invitation.tries_left
                    click.echo(f"Somebody typed a wrong code; {tries} tries are left.", err=True)
                status = network.status(database)
                if status.problem and status.problem != trouble:
                    trouble = status.problem
                    click.echo(trouble, err=True)
                if invitation.state == "asking" and question is None:
                    assert invitation.guest is not None
                    member, computer = invitation.guest
                    question = asyncio.create_task(ask(f"Let {member} on “{computer}” in?"))
                    question.add_done_callback(lambda _: changes())
                if question is not None and question.done() and not answered:
                    answered = True
                    if question.result():
                        invitation.confirm()
                    else:
                        invitation.reject()
                    continue
                await changes.next()
        finally:
            if question is not None:
                question.cancel()
            invitation.cancel()
        if invitation.state != "done":
            raise Failed(invitation.problem or "Nobody was let in.")
        assert invitation.guest is not None
        member, computer = invitation.guest
        if not wishes.json:
            click.echo(f"{member} joined on “{computer}”. Sending the notes …")
        sent = await _sent(network, database, changes)
        wishes.tell(
            {"joined": member, "device": computer, "sent": sent},
            "Everything has arrived there." if sent else
            "It goes on when Goat Notes is open on both computers.",
        )  # fmt: skip
    return 0


async def _sent(network: Network, database: Database, changes: Changes) -> bool:
    """Wait until another device has everything, for a while."""
    loop = asyncio.get_running_loop()
    end = loop.time() + SENT_S
    while loop.time() < end:
        status = network.status(database)
        if status.saved_on and not status.sending:
            return True
        await changes.next(end - loop.time())
    return False
