"""`goat export`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.command_line import Failed, Wishes, common_options, pass_wishes

if TYPE_CHECKING:
    from ui.operations.exporting import Exported
    from ui.operations.notebooks import Listed

WORDS = {
    "new": "new",
    "updated": "updated",
    "unchanged": "unchanged",
    "removed": "removed, since their notes are elsewhere or deleted",
    "kept": "left as they were edited there",
    "failed": "failed",
}


@click.command("export")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--in", "notebook", metavar="NOTEBOOK", help="This notebook only.")
@common_options
@pass_wishes
def export_folder(wishes: Wishes, folder: Path, notebook: str | None) -> int:
    """Write all notes as Markdown files into FOLDER, a folder a notebook.

    A few lines at the beginning of each file keep the note's title and dates. Export again whenever
    you like: only what changed is written. A file that you edited is left as it is: import its
    folder to bring the change into the note.
    """
    from app.choosing import all_notebooks, find_notebook
    from ui.operations.exporting import folders_for

    with wishes.workspaces() as workspaces:
        if notebook is None:
            listed = all_notebooks(workspaces.databases)
        else:
            one = find_notebook(workspaces.databases, notebook)
            if one is None:
                raise Failed(f"There is no notebook “{notebook}”. `goat list` shows all.")
            listed = [one]
        fine = True
        for target, book in folders_for(listed, folder):
            fine = _export(wishes, book, target) and fine
        troubles = wishes.tell_troubles(workspaces.troubles())
    return troubles if fine else 1


def _export(wishes: Wishes, book: Listed, target: Path) -> bool:
    from ui.operations.exporting import export_notes
    from ui.operations.schemas import NOTE

    count = sum(1 for _ in book.repository.items(NOTE))
    results: list[Exported] = []
    with click.progressbar(
        length=count, label=book.name, file=sys.stderr, show_pos=True,
        hidden=wishes.json or not sys.stderr.isatty(),
    ) as bar:  # fmt: skip
        for result in export_notes(book.repository, target):
            results.append(result)
            bar.update(1)
    counts = Counter(result.verdict for result in results)
    told = [result for result in results if result.verdict in {"kept", "failed"}]
    wishes.tell(
        {
            "notebook": book.path,
            "folder": str(target),
            **{verdict: counts[verdict] for verdict in WORDS},
            "told": [result._asdict() for result in told],
        },
        f"“{book.name}” in “{target}”: "
        + (", ".join(f"{counts[v]} {words}" for v, words in WORDS.items() if counts[v]) or "empty")
        + ".",
    )
    for result in told:
        reason = result.reason or "It was edited since it was exported; import it first."
        click.echo(f"{target.name}/{result.path}: {reason}", err=True)
    return not counts["failed"]
