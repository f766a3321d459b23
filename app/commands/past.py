"""`goat log`, `goat diff` and `goat revert`: the past of one note."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click

from app.command_line import Failed, Wishes, common_options, pass_wishes

if TYPE_CHECKING:
    from app.workspaces import OpenWorkspaces
    from goatcore import Item, Version

PREFIX_MIN = 4

in_notebook = click.option(
    "--in", "notebook", metavar="NOTEBOOK", help="Look in this notebook only."
)


@click.command("log")
@click.argument("note")
@in_notebook
@click.option("-n", "count", type=click.IntRange(1), help="Only the newest COUNT versions.")
@common_options
@pass_wishes
def show_log(wishes: Wishes, note: str, notebook: str | None, count: int | None) -> int:
    """Show the versions of a NOTE, the newest first: number, time, author, what was done."""
    with _note(wishes, note, notebook) as (workspaces, item):
        versions = list(enumerate(item.history, 1))[::-1]
        for number, version in versions[:count]:
            wishes.tell(
                {
                    "number": number,
                    "commit": version.commit.hex(),
                    "time": version.time,
                    "author": version.author,
                    "device": version.device,
                    "summary": version.summary,
                    "label": version.label,
                    "title": version.title,
                },
                f"{number:>4}  {_when(version.time)}  {version.author}: {version.summary}"
                f"  ({version.commit.hex()[:8]})",
            )
        return wishes.tell_troubles(workspaces.troubles())


@click.command()
@click.argument("note")
@click.argument("a", required=False)
@click.argument("b", required=False)
@in_notebook
@common_options
@pass_wishes
def diff(wishes: Wishes, note: str, a: str | None, b: str | None, notebook: str | None) -> int:
    """Show how a NOTE changed from version A to version B.

    Versions are numbers or commits as `goat log` shows them. Without B it is the note as it is now,
    without A the version before.
    """
    with _note(wishes, note, notebook) as (workspaces, item):
        history = item.history
        old = _version(item, a) if a else history[max(len(history) - 2, 0)]
        new = _version(item, b) if b else history[-1]
        fields = {
            name: (_plain(old[name]), _plain(new[name]))
            for name in old.schema.fields
            if name != "body" and _plain(old[name]) != _plain(new[name])
        }
        lines = list(_lines(str(old["body"]), str(new["body"])))
        if wishes.json:
            wishes.tell(
                {
                    "from": old.commit.hex(),
                    "to": new.commit.hex(),
                    "fields": {name: list(pair) for name, pair in fields.items()},
                    "body": lines,
                },
                "",
            )
        else:
            for name, (before, after) in fields.items():
                click.echo(f"{name}: {_shown(before)} → {_shown(after)}")
            for line in lines:
                colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1])
                click.echo(click.style(line, fg=colour))
            if not (fields or lines):
                click.echo("Nothing is different.")
        return wishes.tell_troubles(workspaces.troubles())


@click.command()
@click.argument("note")
@click.argument("version")
@in_notebook
@common_options
@pass_wishes
def revert(wishes: Wishes, note: str, version: str, notebook: str | None) -> int:
    """Bring a NOTE back to what it was at VERSION, a number or commit as `goat log` shows it.

    That is one more change: nothing of its past is lost.
    """
    from app.choosing import database_of
    from ui.operations.notes import restore_version, shown_title

    with _note(wishes, note, notebook) as (workspaces, item):
        wanted = _version(item, version)
        restore_version(item, wanted)
        database_of(workspaces.databases, item.repository).flush_now()
        wishes.tell(
            {"key": item.key, "version": wanted.commit.hex(), "versions": len(item.history)},
            f"“{shown_title(item)}” is as it was at {_when(wanted.time)}.",
        )
        return wishes.tell_troubles(workspaces.troubles())


@contextmanager
def _note(wishes: Wishes, note: str, notebook: str | None) -> Iterator[tuple[OpenWorkspaces, Item]]:
    from app.choosing import all_notebooks, find_note, find_notebook

    with wishes.workspaces() as workspaces:
        if notebook is None:
            listed = all_notebooks(workspaces.databases)
        else:
            one = find_notebook(workspaces.databases, notebook)
            if one is None:
                raise Failed(f"There is no notebook “{notebook}”. `goat list` shows all.")
            listed = [one]
        found = find_note([one.repository for one in listed], note)
        if found is None:
            raise Failed(f"There is no note “{note}”. `goat list NOTEBOOK` shows a notebook's.")
        yield workspaces, found


def _version(item: Item, words: str) -> Version:
    """The version of that number, or whose commit begins so."""
    history = item.history
    if words.isdecimal() and 1 <= int(words) <= len(history):
        return history[int(words) - 1]
    wanted = words.casefold()
    found = [one for one in history if one.commit.hex().startswith(wanted)]
    if len(wanted) >= PREFIX_MIN and len(found) == 1:
        return found[0]
    if len(wanted) >= PREFIX_MIN and found:
        raise Failed(f"{len(found)} versions begin with “{words}”. Say more of it.")
    raise Failed(f"There is no version “{words}”. `goat log` shows all {len(history)}.")


def _lines(old: str, new: str) -> list[str]:
    found = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2)
    return list(found)[2:]


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _shown(value: object) -> str:
    return f"“{value}”" if isinstance(value, str) else str(value)


def _when(time_ms: int) -> str:
    return datetime.fromtimestamp(time_ms / 1000).strftime("%Y-%m-%d %H:%M")
