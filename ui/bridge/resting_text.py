"""A text that no editor shows for a while, and what is needed to go on in it as if it had been.

Owns the undo of the person, the caret and the line at the top, while others write on. Invariant:
`since` is what happened to the text since it was put away, edit by edit, so that undo takes back
one's own work only and the caret stays at its letter. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ui.bridge import edits
from ui.bridge.edits import NOTHING, Edit, move_position
from ui.bridge.undo import UndoStack

if TYPE_CHECKING:
    from ui.bridge.text_binding import RemoteSplice, TextPort


class Seen(NamedTuple):
    """Where one was in a text, in code points: anchor and caret, where the block at the top
    begins, and which line of it was the first."""

    anchor: int
    caret: int
    top: int
    top_line: int


class RestingText:
    """Hears what others do, until `wake` or `close`. `withheld` is what the text had already when
    it was put away, and `text`, which the editor showed, had not."""

    def __init__(
        self, port: TextPort, text: str, withheld: Edit, undo: UndoStack, seen: Seen
    ) -> None:
        self._port = port
        self._text = text
        self._since = withheld
        self._undo = undo
        self._seen = seen
        self._undo.end_step()
        self._unsubscribe = port.subscribe(self._on_remote)

    @classmethod
    def anew(cls, port: TextPort, seen: Seen) -> RestingText:
        """A text in which one was there, some time ago; nothing of it can be undone."""
        text = port.text()
        here = [min(place, len(text)) for place in seen[:3]]
        return cls(port, text, NOTHING, UndoStack(), Seen(*here, seen.top_line))

    @property
    def seen(self) -> Seen:
        """Where one was, as the text is now."""
        anchor, caret, top, line = self._seen
        return Seen(*(move_position(place, self._since) for place in (anchor, caret, top)), line)

    def wake(self) -> tuple[UndoStack, Seen]:
        """The undo and the sight, both as the text is now; nothing is heard from here on."""
        self.close()
        self._take_text()  # what no splice told, if there was any
        self._undo.theirs(self._since)
        return self._undo, self.seen

    def close(self) -> None:
        """Hears nothing any more."""
        self._unsubscribe()

    def _on_remote(self, splices: Sequence[RemoteSplice] | None) -> None:
        if splices is None:
            self._take_text()
        else:
            edit = edits.from_splices((s.position, s.deleted, s.inserted) for s in splices)
            self._since = edits.compose(self._since, edit)

    def _take_text(self) -> None:
        have = edits.apply(self._since, self._text)
        rest = edits.difference(have, self._port.text())
        if rest:
            self._since = edits.compose(self._since, rest)
