"""Undo of one's own edits only, in a text that others edit at the same time. Pure.

Owns two stacks of inverse edits. Each entry is written for the text as it was just after it; what
others did between it and the entry above it is kept beside it as one edit (`since`). Taking an
entry moves its inverse over `since`, and `since` over the inverse, down to the entry below.
Invariant: undoing everything removes all that was typed here and nothing that others wrote.
Must never import Qt or goatcore.
"""

from __future__ import annotations

from ui.bridge.edits import (
    NOTHING,
    Edit,
    apply,
    compose,
    invert,
    splice_edit,
    transform,
)

PAUSE_MS = 1_000  # a longer pause in typing begins a new step
STEPS_MAX = 1_000


class _Entry:
    __slots__ = ("inverse", "since")

    def __init__(self, inverse: Edit) -> None:
        self.inverse = inverse
        self.since = NOTHING


class _Run:
    """Typing or erasing in one go, which is undone as one."""

    __slots__ = ("at_ms", "caret", "erasing", "last")

    def __init__(self, *, erasing: bool, caret: int, last: str, at_ms: int) -> None:
        self.erasing = erasing
        self.caret = caret  # where the next letter has to land to belong to it
        self.last = last  # the character typed last
        self.at_ms = at_ms


class UndoStack:
    """The steps of one editor on one text."""

    def __init__(self) -> None:
        self._undo: list[_Entry] = []
        self._redo: list[_Entry] = []
        self._run: _Run | None = None

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        return bool(self._redo)

    def mine(self, position: int, deleted: str, inserted: str, now_ms: int) -> None:
        """Something was typed here: at `position`, `deleted` made way for `inserted`."""
        self._redo.clear()
        inverse = splice_edit(position, len(inserted), deleted)
        joins = self._joins(position, deleted, inserted, now_ms)
        if joins:
            top = self._undo[-1]
            top.inverse = compose(inverse, top.inverse)
        else:
            self._undo.append(_Entry(inverse))
            del self._undo[: -STEPS_MAX or None]
        if deleted and inserted:
            self._run = None
            if len(inserted) == 1:  # typed over a selection; what follows belongs to it
                self._run = _Run(erasing=False, caret=position + 1, last=inserted, at_ms=now_ms)
        else:
            caret = position + len(inserted)
            self._run = _Run(erasing=bool(deleted), caret=caret, last=inserted[-1:], at_ms=now_ms)

    def step(self, inverse: Edit) -> None:
        """Something was done here that is taken back as one, by `inverse`."""
        self._redo.clear()
        self._run = None
        self._undo.append(_Entry(inverse))
        del self._undo[: -STEPS_MAX or None]

    def _joins(self, position: int, deleted: str, inserted: str, now_ms: int) -> bool:
        run = self._run
        if run is None or not self._undo or not 0 <= now_ms - run.at_ms <= PAUSE_MS:
            return False
        if deleted and inserted:
            return False
        if run.erasing:
            return (
                bool(deleted)
                and len(deleted) <= 2
                and position
                in {
                    run.caret,
                    run.caret - len(deleted),
                }
            )
        if deleted or position != run.caret or len(inserted) > 2 or "\n" in inserted:
            return False
        begins_word = run.last.isspace() and not inserted[0].isspace()
        return not begins_word

    def theirs(self, edit: Edit) -> None:
        """Somebody else changed the text."""
        if not edit:
            return
        self._run = None
        for stack in (self._undo, self._redo):
            if stack:
                stack[-1].since = compose(stack[-1].since, edit)

    def end_step(self) -> None:
        """What is typed next is a step of its own (the caret moved, the editor lost the focus)."""
        self._run = None

    def undo(self, text: str) -> Edit:
        """The edit of `text` that takes back the newest step; empty if there is none."""
        return self._take(self._undo, self._redo, text)

    def redo(self, text: str) -> Edit:
        """The edit of `text` that does again what was undone last; empty if there is none."""
        return self._take(self._redo, self._undo, text)

    def _take(self, source: list[_Entry], target: list[_Entry], text: str) -> Edit:
        self._run = None
        while source:
            entry = source.pop()
            edit = transform(entry.inverse, entry.since, before=True)
            left = transform(entry.since, entry.inverse, before=False)
            if source:
                source[-1].since = compose(source[-1].since, left)
            if edit:
                target.append(_Entry(invert(edit, text)))
                return edit
            # others removed everything that the step had done: look further down
        return NOTHING

    def check(self, text: str) -> None:
        """Asserts that every step fits `text` (for tests)."""
        for source in (self._undo, self._redo):
            here, since = text, NOTHING
            for entry in reversed(source):
                since = compose(entry.since, since)
                edit = transform(entry.inverse, since, before=True)
                since = transform(since, entry.inverse, before=False)
                here = apply(edit, here)
