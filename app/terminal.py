"""Questions in the terminal while the network runs, and the workspaces on that network.

Owns how a command waits for a person without holding the loop. Invariant: Ctrl+C ends the wait at
once, although a thread still waits for the line.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Final, Literal

import click

from app.folders import Folders

if TYPE_CHECKING:
    from app.workspaces import OpenWorkspaces
    from goatcore import Network

CLOSE_S: Final = 5.0


async def ask(question: str) -> bool:
    """A question that is answered with y or n; no answer is no."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()

    def settle(line: str) -> None:
        if not answer.done():
            answer.set_result(line)

    def read() -> None:
        line = sys.stdin.readline() if sys.stdin is not None else ""
        with suppress(RuntimeError):  # the loop ended before the person did
            loop.call_soon_threadsafe(settle, line)

    click.echo(f"{question} [y/N] ", nl=False, err=True)
    threading.Thread(target=read, daemon=True).start()
    return (await answer).strip().casefold() in {"y", "yes"}


def ask_names(workspaces: OpenWorkspaces) -> None:
    """Ask once how others shall see this person and this computer; only if somebody is there."""
    from ui.workspaces import Names

    if workspaces.names_confirmed or sys.stdin is None or not sys.stdin.isatty():
        return
    names = workspaces.names
    member = click.prompt("Your name, as others see it", default=names.member, err=True)
    device = click.prompt("The name of this computer", default=names.device, err=True)
    workspaces.confirm_names(Names(member, device))


@asynccontextmanager
async def online(
    folders: Folders, interfaces: Literal["all", "loopback"] = "all"
) -> AsyncIterator[tuple[OpenWorkspaces, Network]]:
    """All workspaces, open and on the network."""
    from app.workspaces import OpenWorkspaces
    from goatcore import Network

    with OpenWorkspaces.open(folders) as workspaces:
        for problem in workspaces.problems:
            click.echo(problem, err=True)
        ask_names(workspaces)
        network = Network(folders.state, interfaces=interfaces)
        for database in workspaces.databases:
            network.add(database)
        try:
            await network.start()
            yield workspaces, network
        finally:
            with suppress(TimeoutError):
                await asyncio.wait_for(network.close(), CLOSE_S)


class Changes:
    """Waits for the next change of something that calls back."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def __call__(self) -> None:
        self._event.set()

    async def next(self, timeout_s: float | None = None) -> bool:
        """Wait for a change since the last wait; False if none came in time."""
        try:
            await asyncio.wait_for(self._event.wait(), timeout_s)
        except TimeoutError:
            return False
        self._event.clear()
        return True
