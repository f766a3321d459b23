"""The beginning of a text that is too long to be laid out: to read, not to write in.

Owns how long that is. Invariant: it is the first lines of the field, whatever others write there.
Must never import Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ui.bridge.item_text import ItemText
from ui.bridge.text_binding import RemoteSplice, TextPort, TextRefused, Unsubscribe
from ui.language import tr

LETTERS_MAX: Final = 5_000_000  # that are laid out: a million takes a third of a second
BEGINNING_LETTERS: Final = 100_000


class Beginning:
    """The first lines of the text field `name` of `item`, about `BEGINNING_LETTERS` long."""

    def __init__(self, item: Any, name: str) -> None:
        self._item = item
        self._name = name

    def text(self) -> str:
        text = getattr(self._item, self._name)[:BEGINNING_LETTERS]
        return str(text[: text.rfind("\n") + 1] or text)

    def splice(self, position: int, deleted: int, inserted: str) -> None:
        raise TextRefused(tr("This note is too long to write in."))

    def subscribe(self, callback: Callable[[Sequence[RemoteSplice] | None], None]) -> Unsubscribe:
        def on_change(change: Any) -> None:
            if self._name in change.fields:
                callback(None)

        unsubscribe: Unsubscribe = self._item.subscribe(on_change)
        return unsubscribe


def is_too_long(item: Any, name: str) -> bool:
    """Whether only the beginning of a field can be shown."""
    return len(getattr(item, name)) > LETTERS_MAX


def text_to_show(item: Any, name: str) -> TextPort:
    """A field as an editor shows it: the whole, to write in, if it is not too long for that."""
    return Beginning(item, name) if is_too_long(item, name) else ItemText(item, name)
