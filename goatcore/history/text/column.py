"""The operations of one text field exactly as they happened, in order of arrival.

Invariant: row r is one splice, or the typing of several events that each continued the one before
it; what an event did never changes after it was recorded. Must never import the walk: nothing here
knows where a splice ends up.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from goatcore.history.splices import TextSplice

TYPING_MAX = 4096  # letters of one joined run of typing

Operation = tuple[int, int, int, str]  # event (the first of the run), position, deleted, inserted
Row = tuple[int, int, int, str]  # last event, position, deleted, inserted
LETTERS = 0x110000  # how many different letters there are


class Column:
    """Splices by event number."""

    __slots__ = ("_first", "_joint", "_rows", "letters")

    def __init__(self) -> None:
        self._first: list[int] = []  # row -> its first event
        self._rows: list[Row] = []
        self._joint = -1  # where the next letter is typed if the typing goes on
        self.letters = array("Q", [0])  # letters[e]: inserted by all events before e

    def append(self, event: int, splices: Sequence[TextSplice], *, continues: bool) -> None:
        """Record the splices of the newest event; `continues`: its one parent is event - 1."""
        joint = self._joint if continues else -1
        if len(splices) == 1:
            position, deleted, inserted = splices[0]
            letters, size = self.letters, len(inserted)
            letters.append(letters[-1] + size)
            if size and not deleted:
                self._joint = position + size
                if position == joint:
                    _, begin, _, typed = self._rows[-1]
                    if len(typed) < TYPING_MAX:
                        self._rows[-1] = event, begin, 0, typed + inserted
                        return
            else:
                self._joint = -1
            self._first.append(event)
            self._rows.append((event, position, deleted, inserted))
            return
        self._joint = -1
        self.letters.append(self.letters[-1] + sum([len(splice[2]) for splice in splices]))
        for position, deleted, inserted in splices:
            self._first.append(event)
            self._rows.append((event, position, deleted, inserted))

    def extend(self, event: int, changes: Sequence[tuple[int, Sequence[TextSplice]]]) -> None:
        """As `append` for what events from `event` on did, each going on from the one before it;
        of `changes` the second parts count."""
        first, rows, letters = self._first, self._rows, self.letters
        joint, total = self._joint, letters[-1]
        for _, splices in changes:
            if len(splices) == 1:
                position, deleted, inserted = splices[0]
                total += len(inserted)
                letters.append(total)
                if inserted and not deleted:
                    goes_on, joint = position == joint, position + len(inserted)
                    if goes_on:
                        _, begin, _, typed = rows[-1]
                        if len(typed) < TYPING_MAX:
                            rows[-1] = event, begin, 0, typed + inserted
                            event += 1
                            continue
                else:
                    joint = -1
                first.append(event)
                rows.append((event, position, deleted, inserted))
            else:
                self.append(event, splices, continues=False)
                joint, total = -1, letters[-1]
            event += 1
        self._joint = joint

    def operations(self, start: int, stop: int) -> Iterator[Operation]:
        """What events start … stop-1 did; typing over several events is one operation."""
        if start >= stop:
            return
        first, rows, letters = self._first, self._rows, self.letters
        row = bisect_left(first, start)
        if row and rows[row - 1][0] >= start:
            row -= 1
        for at in range(row, bisect_left(first, stop, row)):
            event = first[at]
            last, position, deleted, inserted = rows[at]
            if event < start or last >= stop:  # a part of a run of typing
                skip = letters[max(event, start)] - letters[event]
                inserted = inserted[skip : letters[min(last + 1, stop)] - letters[event]]
                position += skip
                event = max(event, start)
            yield event, position, deleted, inserted

    def signed(self, start: int, stop: int, digit: int) -> Iterator[Operation]:
        """As `operations`, but every letter is a digit of the number of the event that wrote it:
        the lower (0) or the higher (1) in base LETTERS. A walk over this is a blame."""
        letters = self.letters
        for event, position, deleted, inserted in self.operations(start, stop):
            size, signs, writer = len(inserted), [], event
            while size > 0:
                own = min(size, letters[writer + 1] - letters[writer])
                number = writer // LETTERS if digit else writer % LETTERS
                signs.append(chr(number) * own)
                size -= own
                writer += 1
            yield event, position, deleted, "".join(signs)
