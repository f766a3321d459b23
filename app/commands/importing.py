"""`goat import`."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from app.command_line import INTERRUPTED, Failed, Wishes, common_options, pass_wishes

if TYPE_CHECKING:
    from app.workspaces import OpenWorkspaces
    from goatcore import Repository
    from ui.operations.importing import Problem, Scan

PROBLEMS_SHOWN = 20
WORDS = {
    "new": "new",
    "updated": "updated",
    "unchanged": "unchanged",
    "kept": "left as they were edited here",
    "deleted": "left deleted",
    "failed": "failed",
}


@click.command("import")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--into", metavar="NOTEBOOK", help="The notebook to import into.")
@click.option("--text", is_flag=True, help="Take .txt files, too.")
@common_options
@pass_wishes
def import_folder(wishes: Wishes, folder: Path, into: str | None, text: bool) -> int:
    """Import all Markdown files of FOLDER as notes.

    Folders in it become notebooks in the notebook. A note's title comes from its front matter, else
    its first heading, else the name of its file; the text is kept as it is. Pictures and other
    files are counted and stay where they are. Hidden files are left out, links to folders are not
    followed.

    Without --into the notes go into the notebook that has notes of this folder, else into one of
    the folder's name.

    Import the folder again whenever you like: nothing comes in twice, a changed file changes its
    note, and notes that you edited or deleted since are left alone and told of.

    Ctrl+C stops between two files; what was imported stays. If a file could not be imported the
    others are, the reasons are listed, and the exit code is 1.
    """
    from ui.operations.importing import MARKDOWN, import_files, scan

    found = scan(folder, (*MARKDOWN, ".txt") if text else MARKDOWN)
    if not found.files:
        others = f" It has {found.attachments} other files." if found.attachments else ""
        raise Failed(f"There are no Markdown files in “{found.folder.name}”.{others}")
    with wishes.workspaces() as workspaces:
        repository, name = _target(workspaces, found, into)
        if not repository.writable:
            raise Failed(f"You can read “{name}”, not write in it.")
        if not wishes.json:
            click.echo(f"Importing “{found.folder.name}” into “{name}”.")
        counts: Counter[str] = Counter()
        problems: list[Problem] = list(found.problems)
        with _interruptible() as stopped:
            _run(
                wishes, import_files(repository, found), len(found.files), counts, problems, stopped
            )
        workspaces.flush_now()
        interrupted = sum(counts.values()) < len(found.files)
        _report(wishes, found, repository.path, counts, problems, interrupted=interrupted)
        code = wishes.tell_troubles(workspaces.troubles())
    if interrupted:
        return INTERRUPTED
    return 1 if problems else code


def _target(workspaces: OpenWorkspaces, found: Scan, into: str | None) -> tuple[Repository, str]:
    from app.choosing import all_notebooks, find_notebook
    from ui.operations import notebooks
    from ui.operations.importing import known_home, known_key

    databases = workspaces.databases
    if into is None:
        keys = [known_key(file) for file in found.files if file.path.is_file()]
        known = known_home(all_notebooks(databases), keys)
        if known is not None:
            return known.repository, known.name
        into = found.folder.name or "Imported"
        databases = databases[:1]
    listed = find_notebook(databases, into)
    if listed is not None:
        return listed.repository, listed.name
    return notebooks.create(databases[0], into), into


@contextmanager
def _interruptible() -> Iterator[list[bool]]:
    """Ctrl+C leaves a mark, to stop between two files; pressed again it stops at once."""
    stopped: list[bool] = []

    def mark(number: int, frame: FrameType | None) -> None:
        if stopped:
            raise KeyboardInterrupt
        stopped.append(True)

    before = signal.signal(signal.SIGINT, mark)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


def _run(
    wishes: Wishes,
    results: Iterator[tuple[str, str, str]],
    length: int,
    counts: Counter[str],
    problems: list[Problem],
    stopped: list[bool],
) -> None:
    from ui.operations.importing import Problem

    with click.progressbar(
        length=length,
        label="Notes",
        file=sys.stderr,
        hidden=wishes.json or not sys.stderr.isatty(),
        show_pos=True,
    ) as bar:
        while not stopped:
            result = next(results, None)
            if result is None:
                break
            path, verdict, reason = result
            counts[verdict] += 1
            if verdict == "failed":
                problems.append(Problem(path, reason))
            elif verdict == "kept":
                click.echo(
                    f"“{path}” changed, and so did its note here; the note was left as it is.",
                    err=True,
                )
            bar.update(1)


def _report(
    wishes: Wishes,
    found: Scan,
    notebook: str,
    counts: Counter[str],
    problems: list[Problem],
    *,
    interrupted: bool,
) -> None:
    if wishes.json:
        told = {
            "notebook": notebook,
            "files": len(found.files),
            **{verdict: counts[verdict] for verdict in WORDS},
            "attachments": found.attachments,
            "links": list(found.links),
            "problems": [problem._asdict() for problem in problems],
            "interrupted": interrupted,
        }
        wishes.tell(told, "")
        return
    done = ", ".join(
        f"{counts[verdict]} {words}" for verdict, words in WORDS.items() if counts[verdict]
    )
    click.echo(f"{sum(counts.values())} of {len(found.files)} notes: {done or 'none'}.")
    if found.attachments:
        click.echo(
            f"{_files(found.attachments, 'other file')} (pictures and the like) stayed there."
        )
    if found.links:
        click.echo(f"{_files(len(found.links), 'link')} to folders not followed.")
    for problem in problems[:PROBLEMS_SHOWN]:
        click.echo(f"Not imported: {problem.path}: {problem.reason}", err=True)
    if len(problems) > PROBLEMS_SHOWN:
        click.echo(f"… and {len(problems) - PROBLEMS_SHOWN} more.", err=True)
    if interrupted:
        click.echo("Stopped. What was imported stays; import again to go on.", err=True)


def _files(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
