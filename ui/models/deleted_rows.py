"""The trash as a live list: deleted notes of several notebooks, the one deleted last first.

Owns the list. Looks like a query: one delivery a change, and by the time it is heard `rows` is the
new list. Reads goatcore, writes nothing. Must never import Qt.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

from goatcore import Insert, Move, Remove, Splice, Update
from ui.operations.schemas import NOTE

Key = tuple[int, bytes, str]
Heard = Callable[[list[Splice[Any]]], None]


class DeletedRows:
    """Deleted notes that have every one of `words` in title or body."""

    def __init__(self, repositories: Sequence[Any], words: str) -> None:
        self._words = [word.casefold() for word in words.split()]
        self._callbacks: list[Heard] = []
        self._key_of: dict[tuple[bytes, str], Key] = {}
        found = [
            (self._key(note), note)
            for repository in repositories
            for note in repository.items(NOTE, deleted=True)
            if self._wanted(note)
        ]
        found.sort(key=lambda entry: entry[0])
        self._keys = [key for key, _ in found]
        self._rows = [note for _, note in found]
        self._key_of = {key[1:]: key for key in self._keys}
        self._unsubscribes = [repository.subscribe(self._on_change) for repository in repositories]

    @property
    def rows(self) -> Sequence[Any]:
        return self._rows

    def subscribe(self, callback: Heard) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def close(self) -> None:
        """Hears nothing any more."""
        for unsubscribe in self._unsubscribes:
            unsubscribe()
        self._unsubscribes = []
        self._callbacks.clear()

    def _on_change(self, change: Any) -> None:
        note = change.item
        if note.schema.name != NOTE.name:
            return
        source = self._take(note)
        target = None if note.exists or not self._wanted(note) else self._put(note)
        splice: Splice[Any]
        if source is None and target is None:
            return
        if source is None:
            assert target is not None
            splice = Insert(target, note)
        elif target is None:
            splice = Remove(source, note)
        else:
            splice = Update(target, note) if source == target else Move(source, target, note)
        for callback in tuple(self._callbacks):
            callback([splice])

    def _wanted(self, note: Any) -> bool:
        if note.repository.is_purged(note.key):
            return False
        if not self._words:
            return True
        text = f"{note.title}\n{note.body}".casefold()
        return all(word in text for word in self._words)

    @staticmethod
    def _key(note: Any) -> Key:
        return (-note.edited_ms, bytes(note.repository.id), note.key)

    def _put(self, note: Any) -> int:
        key = self._key(note)
        at = bisect_left(self._keys, key)
        self._keys.insert(at, key)
        self._rows.insert(at, note)
        self._key_of[key[1:]] = key
        return at

    def _take(self, note: Any) -> int | None:
        key = self._key_of.pop((bytes(note.repository.id), note.key), None)
        if key is None:
            return None
        at = bisect_left(self._keys, key)
        del self._keys[at], self._rows[at]
        return at
