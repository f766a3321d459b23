"""`goat list`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from app.command_line import Failed, Wishes, common_options, pass_wishes

if TYPE_CHECKING:
    from app.workspaces import OpenWorkspaces


@click.command("list")
@click.argument("notebook", required=False)
@common_options
@pass_wishes
def list_notebooks(wishes: Wishes, notebook: str | None) -> int:
    """Show your notebooks, or the notes of one NOTEBOOK, the last edited first."""

    with wishes.workspaces() as workspaces:
        if notebook is None:
            _list_all(wishes, workspaces)
        else:
            _list_one(wishes, workspaces, notebook)
        return wishes.tell_troubles(workspaces.troubles())


def _list_all(wishes: Wishes, workspaces: OpenWorkspaces) -> None:
    from app.choosing import all_notebooks, database_of
    from ui.operations.schemas import NOTE

    databases = workspaces.databases
    for listed in all_notebooks(databases):
        repository = listed.repository
        count = sum(1 for _ in repository.items(NOTE))
        database = database_of(databases, repository)
        group = next(info.group for info in database.repositories() if info.path == listed.path)
        people = [m.name for m in database.members() if not m.me and group in m.roles]
        shared = f", shared with {', '.join(people)}" if people else ""
        wishes.tell(
            {
                "path": listed.path,
                "name": listed.name,
                "notes": count,
                "writable": repository.writable,
                "shared_with": people,
            },
            f"{listed.name}  ({count} note{'' if count == 1 else 's'}{shared})",
        )


def _list_one(wishes: Wishes, workspaces: OpenWorkspaces, words: str) -> None:
    from app.choosing import find_notebook
    from ui.operations.notes import shown_title
    from ui.operations.schemas import NOTE

    listed = find_notebook(workspaces.databases, words)
    if listed is None:
        raise Failed(f"There is no notebook “{words}”. `goat list` shows all.")
    found = list(listed.repository.items(NOTE))
    found.sort(key=lambda note: (-(note.edited or 0), note.key))
    for note in found:
        title = shown_title(note)
        wishes.tell({"key": note.key, "title": title, "edited": note.edited}, title)
