"""Taking back what was done here, although others went on; and doing it again.

Owns the row of steps made on this device since the repository was opened, and the rule: the letters
that a step wrote go, those that it and nobody else removed come back; a field returns to what it
would be without the step, if the step's value still shows; likewise whether the item is there.
Invariant: undoing is an ordinary edit in a new commit, so it merges as any other; what comes after
a step in the row was taken back already, so step and rest are taken back together, and every letter
is accounted for once. Must never import the repository.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import TYPE_CHECKING

from goatcore.errors import TransactionTooLarge
from goatcore.history.item_state import ItemState
from goatcore.history.operations import (
    COUNTER_ADD,
    MAP_DROP,
    MAP_PUT,
    SET_ADD,
    SET_REMOVE,
    Operation,
)
from goatcore.ids import CommitId, ItemKey
from goatcore.schema.fields import COUNTER, MAP, REGISTER, SET, TEXT
from goatcore.values import pack

if TYPE_CHECKING:
    from goatcore.repository.item import Item
    from goatcore.repository.view import View


class Undo:
    """Undo and redo of what was done here: to a repository, or to one item of it alone. What
    another `Undo` did is an edit as any other to this one."""

    __slots__ = ("_done", "_key", "_repository", "_seen", "_undone")

    def __init__(self, repository: View, key: ItemKey | None = None) -> None:
        self._repository = repository
        self._key = key
        self._seen = 0
        self._done: list[int] = []  # steps that can be undone, by their place in the row
        self._undone: list[int] = []  # steps that undid something, and can be undone in turn

    @property
    def can_undo(self) -> bool:
        """Whether something was done that was not taken back. Edits that are not recorded yet
        count once they are."""
        self._look()
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether something was taken back and nothing was done since."""
        self._look()
        return bool(self._undone)

    def undo(self) -> bool:
        """Take back the newest step that still has an effect; False if there is none."""
        return self._move(self._done, self._undone, "undo")

    def redo(self) -> bool:
        """Do again what was taken back last; False if nothing was, or it has no effect any more."""
        return self._move(self._undone, self._done, "redo")

    def _look(self) -> None:
        """Take account of what was done since."""
        steps = self._repository.own.steps
        for at in range(self._seen, len(steps)):
            if self._key is None or any(self._key in keys(self._repository, c) for c in steps[at]):
                self._done.append(at)
                self._undone.clear()
        self._seen = len(steps)

    def _move(self, out: list[int], into: list[int], label: str) -> bool:
        repository = self._repository
        repository.record_drafts()
        self._look()
        steps = repository.own.steps
        while out:
            at = out[-1]
            commits = [commit for step in steps[at:] for commit in step]
            take_back(repository, commits, label, self._key)
            out.pop()
            if len(steps) > self._seen:
                into.append(self._seen)
                self._seen = len(steps)
                return True
        return False


def keys(repository: View, commit: CommitId) -> list[ItemKey]:
    """The items that a held commit changed."""
    held = repository.store.find(commit)
    return [] if held is None else [change.key for change in repository.body(held).changes]


def take_back(
    repository: View, commits: Iterable[CommitId], label: str, key: ItemKey | None = None
) -> None:
    """Take back what commits did, to all items or to one. What has no effect any more stays as it
    is."""
    undone = set(commits)
    touched = {k for commit in undone for k in keys(repository, commit)}

    def write() -> None:
        for one in sorted(touched) if key is None else [key]:
            item = repository.item(one)
            if item is not None:
                _take_back(repository, item, undone)

    in_one_commit(repository, label, write)


def in_one_commit(repository: View, label: str, write: Callable[[], None]) -> None:
    """Do what `write` does in one commit, or as part of the open transaction. Where that is too
    much for one commit, such as a very long text that comes back, it becomes several."""
    try:
        with repository.joined_transaction(label):
            write()
    except TransactionTooLarge:
        write()
        repository.record_drafts()


def _take_back(repository: View, item: Item, undone: Collection[CommitId]) -> None:
    past = repository.past(item)
    state = past.states.live
    mine = {commit for commit in undone if commit in state}
    if not mine:
        return
    if all(entry.commit in mine for entry in state.history()):  # nobody else had a hand in it
        item.delete()
        return
    without = past.states.fields(map(state.vertex, state.heads), mine)
    if without.visible != item.exists:
        repository.set_visible(item, without.visible)
    for name, field in item.schema.fields.items():
        stored = item.schema.stored_name(name)
        if field.kind == REGISTER:
            register = state.registers.get(stored)
            if register is not None and register.writes[0].commit in mine:
                repository.write(item, name, past.value_in(without, name))
        elif field.kind == TEXT:
            splices = state.reversal(stored, mine)
            if splices:
                repository.write_text(item, name, splices)
        else:
            operations = list(_countermanded(field.kind, stored, state, without))
            if operations:
                repository.operate(item, name, operations)


def _countermanded(
    kind: str, stored: str, now: ItemState, without: ItemState
) -> Iterator[Operation]:
    """What makes a set, a map or a counter what it would be without the changes."""
    if kind == SET:
        members = {pack(one): one for one in now.members(stored)}
        wanted = {pack(one): one for one in without.members(stored)}
        yield from ((SET_REMOVE, stored, members[one]) for one in members.keys() - wanted.keys())
        yield from ((SET_ADD, stored, wanted[one]) for one in wanted.keys() - members.keys())
    elif kind == MAP:
        entries, kept = dict(now.entries(stored)), dict(without.entries(stored))
        yield from ((MAP_DROP, stored, key) for key in entries if key not in kept)
        yield from (
            (MAP_PUT, stored, key, value)
            for key, value in kept.items()
            if key not in entries or pack(entries[key]) != pack(value)
        )
    else:
        assert kind == COUNTER, kind
        missing = without.total(stored) - now.total(stored)
        if missing:
            yield COUNTER_ADD, stored, missing
