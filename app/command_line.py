"""The frame that all commands stand in: lazy loading, common options, errors as sentences.

Owns how a command is found, run and failed. Invariants: naming or completing commands loads none of
them; whatever goes wrong leaves as one sentence on stderr and an exit code (1: it failed, 2: it was
asked for wrongly, 130: it was interrupted), with a traceback only under --debug.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from app.folders import HOME_VARIABLE, Folders, find_folders
from goatcore import GoatError, InUse

if TYPE_CHECKING:
    from app.serving import Lent
    from app.workspaces import OpenWorkspaces
    from goatcore import Database, Search

INTERRUPTED: Final = 130
Function = TypeVar("Function", bound=Callable[..., Any])


class Failed(click.ClickException):
    """A command ends with this sentence and exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


class Wishes:
    """What the common options ask for, wherever on the line they stand."""

    def __init__(self) -> None:
        self.json = False
        self.debug = False
        self.home: Path | None = None
        self.command: str | None = None  # which one it is
        self.piped: str | None = None  # what came by a pipe, once it was read
        self.lent: Lent | None = None  # by the window that runs the command

    def folders(self, environment: Mapping[str, str]) -> Folders:
        """Where the workspaces are."""
        return find_folders(self.home, environment)

    @contextmanager
    def workspaces(self) -> Iterator[OpenWorkspaces]:
        """All workspaces, open; they are closed at the end, unless a window lent them."""
        if self.lent is not None:
            yield self.lent.workspaces
            return
        from app.workspaces import OpenWorkspaces

        with OpenWorkspaces.open(self.folders(os.environ)) as workspaces:
            yield workspaces

    @contextmanager
    def search(self, database: Database) -> Iterator[Search]:
        """The search over all notebooks of a workspace."""
        if self.lent is not None:
            yield self.lent.search(database)
            return
        from ui.operations.searching import search_of

        with search_of(database) as searching:
            yield searching

    def tell(self, value: object, text: str) -> None:
        """Print a result: a line of JSON for programs, text for people."""
        click.echo(json.dumps(value, ensure_ascii=False) if self.json else text)

    def tell_troubles(self, troubles: Sequence[str]) -> int:
        """Print what went wrong beside the result; the exit code that follows from it."""
        for trouble in troubles:
            click.echo(trouble, err=True)
        return 1 if troubles else 0


pass_wishes = click.make_pass_decorator(Wishes, ensure=True)


def common_options(function: Function) -> Function:
    """--json, --home and --debug, valid before and after the name of a command."""

    def keep(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        if value and not context.resilient_parsing and parameter.name is not None:
            setattr(context.ensure_object(Wishes), parameter.name, value)
        return value

    for option in (
        click.option("--debug", is_flag=True, help="Show tracebacks.", expose_value=False,
                     callback=keep),
        click.option("--home", metavar="FOLDER", type=click.Path(file_okay=False, path_type=Path),
                     help=f"Keep everything in this folder (or set {HOME_VARIABLE}).",
                     expose_value=False, callback=keep),
        click.option("--json", is_flag=True, help="Print JSON, a value a line.",
                     expose_value=False, callback=keep),
    ):  # fmt: skip
        function = option(function)
    return function


class Entry:
    """Where a command is, and what --help says of it without loading it."""

    __slots__ = ("help", "hidden", "place")

    def __init__(self, place: str, help: str, *, hidden: bool = False) -> None:  # noqa: A002
        self.place = place  # "module:name"
        self.help = help
        self.hidden = hidden


class Commands(click.Group):
    """A group whose commands are imported when one is run."""

    entries: Mapping[str, Entry] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order that help shows them."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        module, _, name = entry.place.partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in --help, out of the entries alone."""
        rows = [(name, entry.help) for name, entry in self.entries.items() if not entry.hidden]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Complete names, loading nothing."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=entry.help)
            for name, entry in self.entries.items()
            if name.startswith(incomplete) and not entry.hidden
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def hand_over(self, words: Sequence[str], wishes: Wishes) -> int | None:
        """Let whoever has the workspace open do it; the exit code, None if nobody does."""
        return None

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run; always ends in `SystemExit`, and never with a traceback unless asked for."""
        words = list(sys.argv[1:] if args is None else args)
        debug = "--debug" in words
        wishes = extra.setdefault("obj", Wishes())
        try:
            code = super().main(words, prog_name, complete_var, False, **extra)
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except click.Abort as error:
            if isinstance(error.__cause__, EOFError):
                click.echo("There was nobody to answer. Nothing was changed.", err=True)
                code = 1
            else:
                click.echo("Stopped.", err=True)
                code = INTERRUPTED
        except (GoatError, OSError) as error:
            handed = self.hand_over(words, wishes) if isinstance(error, InUse) else None
            if handed is not None:
                sys.exit(handed)
            if debug:
                traceback.print_exc()
            click.echo(sentence(error), err=True)
            code = 1
        except Exception as error:
            if debug:
                traceback.print_exc()
            click.echo(
                f"Something in Goat Notes went wrong ({type(error).__name__}). What was written is "
                "safe. Run the command again with --debug to see where, and tell its makers.",
                err=True,
            )
            code = 1
        sys.exit(code if isinstance(code, int) else 0)


def sentence(error: Exception) -> str:
    """What a person is told of an error."""
    if isinstance(error, OSError) and not isinstance(error, GoatError):
        what = error.strerror or str(error) or type(error).__name__
        return f"{error.filename}: {what}." if error.filename else f"{what}."
    return str(error)
