"""The whole history of one item, out of the commits that it stands on.

Owns how changes are found again from an item's last commits. Invariant: they come parents first,
with exactly the parents and operations that they were walked with. Must never import items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from goatcore.history.body import Body, Change
from goatcore.history.commit import Commit
from goatcore.history.item_reading import ChangeRecord
from goatcore.ids import CommitId, ItemKey
from goatcore.repository.counting import resolve
from goatcore.repository.store import Store


class _Found(NamedTuple):
    commit: Commit
    change: Change
    parents: tuple[CommitId, ...]


def history_of(
    store: Store, read: Callable[[Commit], Body], key: ItemKey, ends: Iterable[CommitId]
) -> list[ChangeRecord]:
    """The changes of an item in these commits and in all that they stand on. `read` gives what a
    commit says."""
    found: dict[CommitId, _Found | None] = {}  # None: it says nothing of the item
    done: dict[CommitId, ChangeRecord] = {}
    stack = list(ends)
    while stack:
        id_ = stack[-1]
        if id_ not in found:
            found[id_] = _look(store, read, key, id_)
        one = found[id_]
        if one is None or id_ in done:
            stack.pop()
            continue
        before = [parent for parent in one.parents if parent not in found]
        if before:
            stack += before
            continue
        standing = tuple([parent for parent in one.parents if found[parent] is not None])
        if any(parent not in done for parent in standing):
            stack += [parent for parent in standing if parent not in done]
            continue
        stack.pop()
        done[id_] = change_record(one.commit, one.change, standing)
    return list(done.values())


def change_record(commit: Commit, change: Change, standing: tuple[CommitId, ...]) -> ChangeRecord:
    """A change as it is walked; `standing` are those of its parents that changed the item. If not
    all of them did, or it makes no sense, it is void."""
    sound = len(standing) == len(change.parents) and change.operations is not None
    operations = change.operations if sound and change.operations else ()
    author, seq, time = commit.header[1:4]
    return ChangeRecord(author, seq, commit.id, time, standing, operations, change.version)


def _look(
    store: Store, read: Callable[[Commit], Body], key: ItemKey, id_: CommitId
) -> _Found | None:
    commit = store.raw(id_)
    for change in read(commit).changes:
        if change.key == key:
            return _Found(commit, change, resolve(store, commit, change))
    return None
