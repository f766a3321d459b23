"""What a person does with notebooks in notebooks: putting one into another.

A nested notebook is an item that names the one it is in; its notes name it. Inside a repository it
goes with one change and keeps everything. Into another repository, which other people may have, its
notes go as notes go there (`notes.move`): they begin anew, and what they were stays, deleted.
"""

from __future__ import annotations

from collections.abc import Callable

from goatcore import Item, Repository
from ui.language import tr
from ui.operations import notes
from ui.operations.schemas import NOTE, NOTEBOOK
from ui.operations.undo import Undo


def nest(notebook: Item, target: Repository, parent: str, name: str) -> Undo:
    """Put a nested notebook into another one, named `name`: the nested one with the key `parent`,
    or a repository's own (""). It must not be below the notebook itself.

    Raises `Refused` where this device may not write.
    """
    assert all(item.key != parent for item in below(notebook))
    within = notebook.repository is target
    undo = _within(notebook, parent) if within else _across(notebook, target, parent)
    label = tr("Moved the notebook “{name}” into “{place}”")
    return Undo(label.format(name=notebook.name, place=name), undo)


def below(notebook: Item) -> list[Item]:
    """A nested notebook and all that are nested in it, each after the one it is in. A circle,
    made on two devices at once, is cut."""
    children: dict[str, list[Item]] = {}
    for item in notebook.repository.items(NOTEBOOK):
        children.setdefault(item.parent or "", []).append(item)
    found, seen = [notebook], {notebook.key}
    for item in found:  # it grows meanwhile
        for child in children.get(item.key, ()):
            if child.key not in seen:
                seen.add(child.key)
                found.append(child)
    return found


def _within(notebook: Item, parent: str) -> Callable[[], None]:
    before = notebook.parent
    notebook.parent = parent

    def undo() -> None:
        notebook.parent = before

    return undo


def _across(notebook: Item, target: Repository, parent: str) -> Callable[[], None]:
    """First everything is there, then it goes from here: a failure in between loses nothing."""
    source = notebook.repository
    leaving = below(notebook)
    arrived: dict[str, Item] = {}
    target.register(NOTEBOOK)
    with target.transaction("move here"):
        for item in leaving:
            above = arrived.get(item.parent or "")
            arrived[item.key] = target.create(
                NOTEBOOK, name=item.name, parent=parent if above is None else above.key
            )
    groups: dict[str, list[Item]] = {}
    for note in source.items(NOTE):
        if (note.notebook or "") in arrived:
            groups.setdefault(note.notebook, []).append(note)
    undos = [notes.move(group, target, arrived[key].key).undo for key, group in groups.items()]
    with source.transaction("move away"):
        for item in leaving:
            item.delete()

    def undo() -> None:
        with source.transaction("undo move"):
            for item in leaving:
                item.restore()
        for back in reversed(undos):
            back()
        with target.transaction("undo move"):
            for item in arrived.values():
                item.delete()

    return undo
