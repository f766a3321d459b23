"""An edit of a whole text as steps: keep n, delete n, insert s. Compose, transform, invert. Pure.

Counts are code points. An edit is a tuple of steps: a positive int keeps, a negative one deletes, a
string inserts; what follows the last step is kept. In canonical form neighbours of one kind are
joined, an insertion stands before a deletion at the same place, and no keep stands at the end.
Invariant (a fuzz test holds it): for edits a, b of one text,
a then transform(b, a) = b then transform(a, b). It is operational transformation after Ellis and
Gibbs (1989), for two parties only: this editor and the item it shows.
Imports nothing of goatcore and nothing of Qt.
"""

from __future__ import annotations

from collections.abc import Iterable

Step = int | str
Edit = tuple[Step, ...]
SpliceTuple = tuple[int, int, str]  # position, deleted, inserted

NOTHING: Edit = ()


class _Writer:
    """Collects steps into canonical form."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def keep(self, count: int) -> None:
        if not count:
            return
        last = self.steps[-1] if self.steps else None
        if isinstance(last, int) and last > 0:
            self.steps[-1] = last + count
        else:
            self.steps.append(count)

    def delete(self, count: int) -> None:
        if not count:
            return
        last = self.steps[-1] if self.steps else None
        if isinstance(last, int) and last < 0:
            self.steps[-1] = last - count
        else:
            self.steps.append(-count)

    def insert(self, string: str) -> None:
        if not string:
            return
        steps = self.steps
        at = len(steps)
        if steps and isinstance(steps[-1], int) and steps[-1] < 0:
            at -= 1
        before = steps[at - 1] if at else None
        if isinstance(before, str):
            steps[at - 1] = before + string
        else:
            steps.insert(at, string)

    def done(self) -> Edit:
        steps = self.steps
        while steps and isinstance(steps[-1], int) and steps[-1] > 0:
            steps.pop()
        return tuple(steps)


class _Reader:
    """Reads steps in pieces."""

    def __init__(self, edit: Edit) -> None:
        self._steps = edit
        self._index = 0
        self._taken = 0

    @property
    def ended(self) -> bool:
        return self._index >= len(self._steps)

    @property
    def step(self) -> Step | None:
        """What is left of the present step."""
        if self.ended:
            return None
        step = self._steps[self._index]
        if isinstance(step, str):
            return step[self._taken :]
        return step - self._taken if step > 0 else step + self._taken

    def take(self, count: int) -> None:
        step = self._steps[self._index]
        self._taken += count
        if self._taken == (len(step) if isinstance(step, str) else abs(step)):
            self._index += 1
            self._taken = 0


def _size(step: Step) -> int:
    return len(step) if isinstance(step, str) else abs(step)


def splice_edit(position: int, deleted: int, inserted: str) -> Edit:
    """One splice as an edit."""
    writer = _Writer()
    writer.keep(position)
    writer.insert(inserted)
    writer.delete(deleted)
    return writer.done()


def from_splices(splices: Iterable[SpliceTuple]) -> Edit:
    """Splices that follow one another, each in the text that the one before left, as one edit."""
    edit = NOTHING
    for position, deleted, inserted in splices:
        edit = compose(edit, splice_edit(position, deleted, inserted))
    return edit


def from_ranges(ranges: Iterable[tuple[int, int, str]]) -> Edit:
    """What replaces each range of one text (start, stop, inserted), in order, as one edit."""
    writer = _Writer()
    at = 0
    for start, stop, inserted in ranges:
        assert at <= start <= stop
        writer.keep(start - at)
        writer.insert(inserted)
        writer.delete(stop - start)
        at = stop
    return writer.done()


def to_splices(edit: Edit) -> list[SpliceTuple]:
    """The splices that do what the edit does, to be applied one after the other."""
    splices: list[SpliceTuple] = []
    position = 0
    inserted = ""
    for step in edit:
        if isinstance(step, str):
            inserted = step
        elif step < 0:
            splices.append((position, -step, inserted))
            position += len(inserted)
            inserted = ""
        else:
            if inserted:
                splices.append((position, 0, inserted))
                position += len(inserted)
                inserted = ""
            position += step
    if inserted:
        splices.append((position, 0, inserted))
    return splices


def apply(edit: Edit, text: str) -> str:
    """The text after the edit."""
    parts: list[str] = []
    position = 0
    for step in edit:
        if isinstance(step, str):
            parts.append(step)
        elif step < 0:
            position -= step
        else:
            parts.append(text[position : position + step])
            position += step
    assert position <= len(text)
    parts.append(text[position:])
    return "".join(parts)


def invert(edit: Edit, text: str) -> Edit:
    """The edit that takes back `edit`, which was (or would be) applied to `text`."""
    writer = _Writer()
    position = 0
    for step in edit:
        if isinstance(step, str):
            writer.delete(len(step))
        elif step < 0:
            writer.insert(text[position : position - step])
            position -= step
        else:
            writer.keep(step)
            position += step
    return writer.done()


def compose(first: Edit, second: Edit) -> Edit:
    """One edit that does `first`, then `second`."""
    if not first or not second:
        return first or second
    writer, a, b = _Writer(), _Reader(first), _Reader(second)
    while not (a.ended and b.ended):
        step_a, step_b = a.step, b.step
        if isinstance(step_a, int) and step_a < 0:
            writer.delete(-step_a)
            a.take(-step_a)
            continue
        if isinstance(step_b, str):
            writer.insert(step_b)
            b.take(len(step_b))
            continue
        if step_a is None:
            assert step_b is not None
            count = _size(step_b)
        else:
            count = _size(step_a) if step_b is None else min(_size(step_a), _size(step_b))
        deletes = step_b is not None and step_b < 0
        if isinstance(step_a, str):
            if not deletes:
                writer.insert(step_a[:count])
        elif deletes:
            writer.delete(count)
        else:
            writer.keep(count)
        if step_a is not None:
            a.take(count)
        if step_b is not None:
            b.take(count)
    return writer.done()


def transform(edit: Edit, other: Edit, *, before: bool) -> Edit:
    """`edit` as it must be after `other`, both made on the same text. Where both insert at one
    place, that of `edit` comes first if `before`; the other side must be asked the opposite."""
    if not other:
        return edit
    writer, a, b = _Writer(), _Reader(edit), _Reader(other)
    while not a.ended:
        step_a, step_b = a.step, b.step
        assert step_a is not None
        if isinstance(step_a, str) and (before or not isinstance(step_b, str)):
            writer.insert(step_a)
            a.take(len(step_a))
            continue
        if isinstance(step_b, str):
            writer.keep(len(step_b))
            b.take(len(step_b))
            continue
        assert isinstance(step_a, int)
        count = abs(step_a) if step_b is None else min(abs(step_a), abs(step_b))
        if step_b is None or step_b > 0:
            if step_a > 0:
                writer.keep(count)
            else:
                writer.delete(count)
        a.take(count)
        if step_b is not None:
            b.take(count)
    return writer.done()


def move_position(position: int, edit: Edit) -> int:
    """Where a caret at `position` stands after somebody else's edit: it does not move for what is
    inserted exactly at it."""
    old = new = 0  # how far into the text before and after
    for step in edit:
        if isinstance(step, str):
            if old >= position:
                return new
            new += len(step)
        elif step < 0:
            old -= step
            if old >= position:
                return new
        else:
            if old + step >= position:
                return new + position - old
            old += step
            new += step
    return new + position - old


def difference(old: str, new: str) -> Edit:
    """The smallest single splice from `old` to `new`: what lies between their common ends."""
    limit = min(len(old), len(new))
    head = _common(old, new, limit)
    tail = _common(old[::-1], new[::-1], limit - head)
    return splice_edit(head, len(old) - head - tail, new[head : len(new) - tail])


def _common(a: str, b: str, limit: int) -> int:
    """How many leading characters two texts share, at most `limit`; by bisection over slices."""
    if a[:limit] == b[:limit]:
        return limit
    low, high = 0, limit
    while high - low > 1:
        middle = (low + high) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle
    return low
