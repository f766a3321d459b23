"""Commands that work while the window is open: the window runs them, on what it has open.

Owns which commands those are and how one is handed over. Invariant: what a command prints and its
exit code are the same as without a window. A command is handed over only after it found the
workspace in use; those that take long are not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Final, NamedTuple

import click

from app.command_line import Wishes
from app.single_instance import Request, ask
from app.workspaces import OpenWorkspaces
from goatcore import Database, Search

RUN: Final = "run"  # a request to run a command
SEARCH: Final = "search"
SERVED: Final = frozenset({"list", "show", "new", SEARCH, "log", "diff", "revert"})


class Lent(NamedTuple):
    """What a window lends to a command."""

    workspaces: OpenWorkspaces
    search: Callable[[Database], Search]


def hand_over(state: Path, words: Sequence[str], wishes: Wishes) -> int | None:
    """Let the open window run the command; its exit code. None if there is no window, or it does
    not run this one."""
    if wishes.command not in SERVED:
        return None
    answer = ask(state, {"do": RUN, "words": list(words), "piped": wishes.piped or ""})
    if answer is None or not isinstance(answer.get("code"), int):
        return None
    click.echo(answer.get("out", ""), nl=False)
    click.echo(answer.get("err", ""), nl=False, err=True)
    return int(answer["code"])


async def serve(request: Request, lent: Lent) -> Request:
    """Run the command of a request that was handed over."""
    from app.main import goat

    words, piped = request.get("words"), request.get("piped")
    if not isinstance(words, list) or not isinstance(piped, str):
        return {}
    if SEARCH in words:
        for database in lent.workspaces.databases:
            await lent.search(database).wait_settled()
    wishes = Wishes()
    wishes.lent, wishes.piped = lent, piped
    out, err = StringIO(), StringIO()
    code: object = 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            goat.main([str(word) for word in words], prog_name="goat", obj=wishes)
        except SystemExit as end:
            code = end.code
    return {
        "code": code if isinstance(code, int) else 0,
        "out": out.getvalue(),
        "err": err.getvalue(),
    }
