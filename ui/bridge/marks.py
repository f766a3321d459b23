"""Places that stay at their letters, whatever is done to the text around them. Pure.

Owns pairs of places (where a selection begins, and its caret) in code points. Invariant: a place
moves as a caret moves for somebody else's edit: what is inserted exactly at it comes behind it,
and letters that go leave it where they stood. Without places an edit costs nothing.
Imports nothing of goatcore and nothing of Qt.
"""

from __future__ import annotations

from collections.abc import Hashable

from ui.bridge.edits import Edit, move_position


class Marks:
    """Places in one text, each pair by its name."""

    def __init__(self) -> None:
        self._marks: dict[Hashable, tuple[int, int]] = {}

    def __contains__(self, name: Hashable) -> bool:
        return name in self._marks

    def __len__(self) -> int:
        return len(self._marks)

    def put(self, name: Hashable, anchor: int, caret: int) -> None:
        """Marks two places of the text as it is now."""
        self._marks[name] = anchor, caret

    def at(self, name: Hashable) -> tuple[int, int] | None:
        """Where they are now."""
        return self._marks.get(name)

    def drop(self, name: Hashable) -> None:
        """Forgets them."""
        self._marks.pop(name, None)

    def move(self, edit: Edit) -> None:
        """The text was edited."""
        for name, (anchor, caret) in self._marks.items():
            self._marks[name] = move_position(anchor, edit), move_position(caret, edit)
