"""One tab: its note, its name on the strip, and what it rests with while another is in front.

Invariant: it hears its note as long as it holds it, and not a moment longer. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ui.bridge.resting_text import RestingText


class Tab:
    """One note, or none yet; `renamed` is called when it may be called otherwise."""

    __slots__ = ("_renamed", "_unsubscribe", "note", "resting")

    def __init__(self, renamed: Callable[[Tab], None]) -> None:
        self.note: Any | None = None
        self.resting: RestingText | None = None
        self._renamed = renamed
        self._unsubscribe: Callable[[], None] | None = None

    def hold(self, note: Any | None) -> None:
        """Is this note's from now on."""
        self.release()
        self.note = note
        if note is not None:
            self._unsubscribe = note.subscribe(lambda _change: self._renamed(self))
        self._renamed(self)

    def release(self) -> None:
        """Hears nothing any more."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self.resting is not None:
            self.resting.close()
        self._unsubscribe = self.resting = None

    def wake(self) -> RestingText | None:
        """What it rests with, which is the caller's now."""
        resting, self.resting = self.resting, None
        return resting
