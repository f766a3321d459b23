"""`goat`: the command line and, without a command, the window.

Owns the list of commands. Invariant: what is not used is not imported; help and completion need
neither the engine's network nor Qt.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

import click

from app.command_line import Commands, Entry, Wishes, common_options, pass_wishes


class Goat(Commands):
    """All commands, in the order that help shows them."""

    entries = {  # noqa: RUF012 read only
        "open": Entry("app.commands.opening:open_link", "Open the window at a note, by its link."),
        "quick": Entry("app.commands.opening:quick", "Write a quick note in a small window."),
        "list": Entry("app.commands.notebooks:list_notebooks", "Show your notebooks and notes."),
        "show": Entry("app.commands.notes:show", "Print a note."),
        "new": Entry("app.commands.notes:new", "Write a new note."),
        "search": Entry("app.commands.search:search", "Find notes by words and operators."),
        "log": Entry("app.commands.past:show_log", "Show the versions of a note."),
        "diff": Entry("app.commands.past:diff", "Show how a note changed."),
        "revert": Entry("app.commands.past:revert", "Bring a note back to an earlier version."),
        "import": Entry("app.commands.importing:import_folder", "Import a folder of Markdown."),
        "export": Entry("app.commands.exporting:export_folder", "Write notes as Markdown files."),
        "verify": Entry("app.commands.verify:verify", "Check every byte and signature of it."),
        "compact": Entry("app.commands.compact:compact", "Make the files of your notes shorter."),
        "backup": Entry("app.commands.safekeeping:backup", "Copy all notes to another place."),
        "restore": Entry("app.commands.safekeeping:restore", "Put a backup back."),
        "share": Entry("app.commands.share:share", "Share a notebook with a short code."),
        "join": Entry("app.commands.join:join", "Join a notebook that was shared with you."),
        "peers": Entry("app.commands.peers:peers", "Show everybody's devices, and who is near."),
        "completion": Entry("app.commands.completion:completion", "Complete commands by Tab."),
        "demo": Entry("app.commands.demo:demo", "Watch two computers write in one note."),
        "bench": Entry("app.commands.bench:bench", "Measure how fast it is (in a checkout)."),
        "demo-peer": Entry("app.commands.demo:demo_peer", "", hidden=True),
        "demo-window": Entry("app.commands.demo:demo_window", "", hidden=True),
    }

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A link instead of a command, as the desktop gives it, is opened."""
        if args and args[0].lower().startswith("goat:"):
            args = ["open", *args]
        return super().resolve_command(ctx, args)

    def hand_over(self, words: Sequence[str], wishes: Wishes) -> int | None:
        """The open window does it."""
        from app.serving import hand_over

        return hand_over(wishes.folders(os.environ).state, words, wishes)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("goat-notes")
    except PackageNotFoundError:  # run from a folder, not installed
        return "unknown version"


def _say_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(f"Goat Notes {_version()}")
        context.exit()


@click.group(cls=Goat, invoke_without_command=True)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_say_version,
              help="Show the version.")  # fmt: skip
@common_options
@pass_wishes
@click.pass_context
def goat(context: click.Context, wishes: Wishes) -> int:
    """Goat Notes: your notes, on your own computers, shared with whom you choose.

    Without a command it opens the window. It exits with 0 if all went well, 1 if something failed
    and was told, 2 if it was asked for wrongly, 130 if it was interrupted.
    """
    wishes.command = context.invoked_subcommand
    if wishes.command is not None:
        return 0
    from app.start_window import start_window

    return start_window(wishes)


def main(argv: Sequence[str] | None = None) -> int:
    """Run `goat` with these words (default: the process's own); returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a letter shows a ? for it
            stream.reconfigure(errors="replace")
    try:
        goat.main(argv, prog_name="goat")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
