"""`goat show` and `goat new`."""

from __future__ import annotations

import sys

import click

from app.command_line import Failed, Wishes, common_options, pass_wishes

FIRST_NOTEBOOK = "Notes"


@click.command()
@click.argument("note")
@click.option("--in", "notebook", metavar="NOTEBOOK", help="Look in this notebook only.")
@common_options
@pass_wishes
def show(wishes: Wishes, note: str, notebook: str | None) -> int:
    """Print the NOTE of this title (its beginning will do) or key."""
    from app.choosing import all_notebooks, find_note, find_notebook
    from ui.operations.notes import shown_title

    with wishes.workspaces() as workspaces:
        databases = workspaces.databases
        if notebook is None:
            listed = all_notebooks(databases)
        else:
            one = find_notebook(databases, notebook)
            if one is None:
                raise Failed(f"There is no notebook “{notebook}”. `goat list` shows all.")
            listed = [one]
        found = find_note([one.repository for one in listed], note)
        if found is None:
            raise Failed(f"There is no note “{note}”. `goat list NOTEBOOK` shows a notebook's.")
        body = str(found.body)
        wishes.tell(
            {
                "key": found.key,
                "notebook": found.repository.path,
                "title": found.title,
                "body": body,
                "created": found.created,
                "edited": found.edited,
                "author": found.author,
            },
            (f"{shown_title(found)}\n\n{body}" if found.title else body).removesuffix("\n"),
        )
        return wishes.tell_troubles(workspaces.troubles())


@click.command()
@click.argument("title")
@click.option("--in", "notebook", metavar="NOTEBOOK", help="Put it into this notebook.")
@click.option("--body", help="The text; without it, what comes by a pipe.")
@common_options
@pass_wishes
def new(wishes: Wishes, title: str, notebook: str | None, body: str | None) -> int:
    """Write a new note with this TITLE. It is on disk when the command ends."""
    from app.choosing import all_notebooks, database_of, find_notebook
    from goatcore import system_clock
    from ui.operations import notebooks, notes

    if body is None:
        body = _piped(wishes)
    with wishes.workspaces() as workspaces:
        databases = workspaces.databases
        if notebook is not None:
            listed = find_notebook(databases, notebook)
            if listed is None:
                raise Failed(f"There is no notebook “{notebook}”. `goat list` shows all.")
            repository = listed.repository
        else:
            own = [one for one in all_notebooks(databases[:1]) if one.name == FIRST_NOTEBOOK]
            repository = (
                own[0].repository if own else notebooks.create(databases[0], FIRST_NOTEBOOK)
            )
        note = notes.create(repository, title, body=body, now_ms=system_clock())
        database_of(databases, repository).flush_now()
        wishes.tell(
            {"key": note.key, "notebook": repository.path, "title": note.title},
            f"“{notes.shown_title(note)}” is in “{notebooks.name_of(repository)}”.",
        )
        return wishes.tell_troubles(workspaces.troubles())


def _piped(wishes: Wishes) -> str:
    """What comes by a pipe; "" if a person sits there."""
    from ui.operations.markdown_file import NotText, decode

    if wishes.piped is None:
        if sys.stdin is None or sys.stdin.isatty():
            wishes.piped = ""
        else:
            try:
                wishes.piped = decode(sys.stdin.buffer.read())
            except NotText as error:
                raise Failed(f"The text of the note cannot be taken. {error}") from None
    return wishes.piped
