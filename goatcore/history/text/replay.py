"""Texts out of nothing but events: at the heads, at any version, and who wrote each letter.

Owns the checkpoints, texts kept at critical events so that a replay need not begin at the root.
Invariant: a replay gives the same text from any checkpoint. Lines of history are spliced as they
are; only concurrent stretches are walked. Must never import the field.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable

from goatcore.history.lineage import ROOT
from goatcore.history.text.column import LETTERS, Operation
from goatcore.history.text.events import TextEvents
from goatcore.history.text.rope import Rope
from goatcore.history.text.walk import Walk

CHECKPOINT = 4096  # events between two kept texts
SLICE = 1024  # events; few enough that a slice of work is 2 ms or so

Operations = Callable[[int, int], Iterable[Operation]]


class Replay:
    """Replays of one field's events."""

    __slots__ = ("_checkpoints", "events", "keep_from")

    def __init__(self, events: TextEvents, base: str | None = None) -> None:
        """`base`: the text after event 0, if that stands for all that came before the others."""
        self.events = events
        self._checkpoints: list[tuple[int, Rope]] = []  # ascending; strings shared with the text
        if base is not None:
            self._checkpoints.append((0, Rope(base)))
        self.keep_from = self._next()  # the first event that is worth a checkpoint

    def keep(self, event: int, rope: Rope) -> None:
        """Offer the text after a critical event as a checkpoint."""
        if event >= self.keep_from:
            self._checkpoints.append((event, rope.copy()))
            self.keep_from = self._next()

    def _next(self) -> int:
        kept = self._checkpoints
        return (kept[-1][0] if kept else ROOT) + CHECKPOINT + 1

    def rope(self, until: int | None = None) -> Rope:
        """The text after the critical event `until`; None: at the heads."""
        return _finished(self.steps(until))

    def steps(self, until: int | None = None) -> Generator[None, None, Rope]:
        """As `rope`, in slices: every `next` does a few milliseconds of it. Events that are
        recorded in between are not in the text."""
        lineage = self.events.lineage
        kept = self._checkpoints
        while kept and lineage.critical(kept[-1][0]) != kept[-1][0]:
            kept.pop()  # a late event has made it useless
            self.keep_from = self._next()
        stop = lineage.count if until is None else until + 1
        operations = self.events.column.operations
        for event, rope in reversed(kept):
            if event < stop:
                return self._steps(event, rope.copy(), stop, operations, keep=True)
        return self._steps(ROOT, Rope(), stop, operations, keep=True)

    def _steps(
        self, at: int, rope: Rope, stop: int, operations: Operations, *, keep: bool
    ) -> Generator[None, None, Rope]:
        """Go on from the critical event `at`, whose text is `rope`."""
        lineage = self.events.lineage
        lines = [*zip(lineage.critical_from, lineage.critical_to, strict=True), (stop, stop)]
        for first, last in lines:
            if last <= at or at + 1 >= stop:
                continue
            if first > at + 1:  # a concurrent stretch comes first
                base = str(rope)
                walk = Walk(self.events, operations, at, len(base))
                try:
                    for end in _slices(at + 1, min(first, stop)):
                        walk.extend(end)
                        yield
                    rope = Rope(walk.text(base))
                finally:
                    walk.clear()
            begin = max(first, at + 1, 0)
            for end in _slices(begin, min(last + 1, stop)):
                splice = rope.splice
                for _, position, deleted, inserted in operations(begin, end):
                    splice(position, deleted, inserted)
                if keep:
                    self.keep(end - 1, rope)
                begin = end
                yield
            at = last
        return rope

    def text_at(self, version: tuple[int, ...]) -> str:
        """The text at a version (events, none an ancestor of another)."""
        if not version:
            return ""
        base = self.events.lineage.critical(version[0])
        return self._beyond(base, str(self.rope(base)), version, self.events.column.operations)

    def _beyond(
        self, base: int, text: str, version: tuple[int, ...], operations: Operations
    ) -> str:
        """The text at a version; `text` is that of its critical event `base`."""
        if version[-1] > base:
            walk = Walk(self.events, operations, base, len(text))
            walk.extend(version[-1] + 1)
            walk.move(walk.vector(version))
            text = walk.text(text, prepare=True)
            walk.clear()
        return text

    def writers(self, version: tuple[int, ...] | None = None) -> list[tuple[int, int]]:
        """The text at a version (events, none an ancestor of another), or at the heads, as runs of
        (letters, event that wrote them)."""
        lineage, column = self.events.lineage, self.events.column
        if version == ():
            return []
        base = lineage.count - 1 if version is None else lineage.critical(version[0])

        def digits(digit: int) -> str:
            def operations(start: int, stop: int) -> Iterable[Operation]:
                return column.signed(start, stop, digit)

            text = str(_finished(self._steps(ROOT, Rope(), base + 1, operations, keep=False)))
            return text if version is None else self._beyond(base, text, version, operations)

        low = digits(0)
        high = digits(1) if lineage.count > LETTERS else "\0" * len(low)
        runs: list[tuple[int, int]] = []
        size, last = 0, -1
        for lower, higher in zip(low, high, strict=True):
            event = ord(higher) * LETTERS + ord(lower)
            if event != last:
                if size:
                    runs.append((size, last))
                size, last = 0, event
            size += 1
        if size:
            runs.append((size, last))
        return runs


def _slices(start: int, stop: int) -> Iterable[int]:
    """The ends of slices of start … stop-1."""
    return (min(end, stop) for end in range(start + SLICE, stop + SLICE, SLICE))


def _finished(steps: Generator[None, None, Rope]) -> Rope:
    """Do all steps."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            rope: Rope = end.value
            return rope
