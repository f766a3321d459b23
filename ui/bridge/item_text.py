"""A text field of an item, as an editor's binding wants it.

Owns the difference between what was typed in this editor and everything else that happens to the
field (other devices, another window, an import). Invariant: a splice made here is never reported
back; everything else is. Must never import Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from goatcore import GoatError
from ui.bridge.text_binding import RemoteSplice, TextRefused, Unsubscribe


class Changes(Protocol):
    """What is used of an item's change."""

    @property
    def fields(self) -> frozenset[str]: ...
    @property
    def splices(self) -> object: ...


class ItemText:
    """The text field `name` of `item`."""

    def __init__(self, item: object, name: str) -> None:
        self._item = item
        self._name = name
        self._own = 0

    def text(self) -> str:
        return str(getattr(self._item, self._name))

    def splice(self, position: int, deleted: int, inserted: str) -> None:
        self._own += 1
        try:
            getattr(self._item, self._name).splice(position, deleted, inserted)
        except GoatError as error:
            raise TextRefused(str(error)) from error
        finally:
            self._own -= 1

    def subscribe(self, callback: Callable[[Sequence[RemoteSplice] | None], None]) -> Unsubscribe:
        def on_change(change: object) -> None:
            if self._own or self._name not in change.fields:  # type: ignore[attr-defined]
                return
            splices = change.splices.get(self._name)  # type: ignore[attr-defined]
            callback(splices or None)

        return self._item.subscribe(on_change)  # type: ignore[attr-defined, no-any-return]
