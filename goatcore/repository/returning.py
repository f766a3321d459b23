"""Bringing an item back to a version, and taking back what was done to it.

Owns which edits that takes. Invariant: they are ordinary edits, one commit, the fewest that lead
there: a field that is equal is not written, a text changes by the words that differ. Must never
import the repository.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from goatcore.errors import LocalMisuse
from goatcore.ids import CommitId
from goatcore.repository.past import plain
from goatcore.repository.undo import in_one_commit, take_back
from goatcore.repository.version import Version

if TYPE_CHECKING:
    from goatcore.repository.item import Item


def restore(item: Item, version: Version, fields: Iterable[str] | None) -> None:
    """See `Item.restore`."""
    if version.item is not item:
        raise LocalMisuse(f"This is a version of {version.key}, not of {item.key}.")
    names = list(item.schema.fields if fields is None else fields)
    values = {name: version[name] for name in names}
    exists = version.exists if fields is None else item.exists

    def write() -> None:
        if exists and not item.exists:
            item.restore()
        for name, value in values.items():
            now = plain(item.schema.fields[name], getattr(item, name))
            if now != value or type(now) is not type(value):
                setattr(item, name, value)
        if item.exists and not exists:
            item.delete()

    in_one_commit(item.repository, "restore", write)


def undo_item(item: Item, commits: Iterable[bytes] | None) -> bool:
    """See `Item.undo`."""
    repository = item.repository
    if commits is None:
        return repository.undo_stack(item).undo()
    repository.record_drafts()
    before = repository.count
    take_back(repository, map(CommitId, commits), "undo", item.key)
    return repository.count > before
