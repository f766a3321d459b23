"""Splices joined to runs: what is one change of a list for whoever looks at it.

Pure. Invariant: the runs, one after the other, do to a list what the splices do, one after the
other. Rows that enter one by one side by side enter as one run, whatever order they came in; a row
that entered and left again was never there. Must never import Qt.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from goatcore import Insert, Move, Remove, Splice, Update


class Entered:
    """`rows` stand from `at` on."""

    __slots__ = ("at", "rows")

    def __init__(self, at: int, row: Any) -> None:
        self.at = at
        self.rows = [row]

    def take(self, splice: Splice[Any]) -> bool:
        """Whether `splice` only changes what is entering."""
        start, stop = self.at, self.at + len(self.rows)
        match splice:
            case Insert(at, row) if start <= at <= stop:
                self.rows.insert(at - start, row)
            case Remove(at, _) if start <= at < stop:
                del self.rows[at - start]
            case Move(source, target, row) if start <= source < stop and start <= target < stop:
                del self.rows[source - start]
                self.rows.insert(target - start, row)
            case Update(at, row) if start <= at < stop:
                self.rows[at - start] = row
            case _:
                return False
        return True


class Left:
    """`count` rows are gone, which stood from `at` on."""

    __slots__ = ("at", "count")

    def __init__(self, at: int) -> None:
        self.at = at
        self.count = 1

    def take(self, splice: Splice[Any]) -> bool:
        """Whether `splice` takes a neighbour away."""
        if not isinstance(splice, Remove) or splice.index not in (self.at, self.at - 1):
            return False
        self.at = splice.index
        self.count += 1
        return True


class Moved:
    """`row` is taken out at `source` and put in at `target` of the list without it."""

    __slots__ = ("row", "source", "target")

    def __init__(self, source: int, target: int, row: Any) -> None:
        self.source = source
        self.target = target
        self.row = row

    def take(self, splice: Splice[Any]) -> bool:
        """Whether `splice` only changes the row at its new place."""
        if not isinstance(splice, Update) or splice.index != self.target:
            return False
        self.row = splice.row
        return True


class Changed:
    """Rows that keep their places, by these."""

    __slots__ = ("rows",)

    def __init__(self, at: int, row: Any) -> None:
        self.rows = {at: row}

    def take(self, splice: Splice[Any]) -> bool:
        """Whether `splice` is another of these."""
        if not isinstance(splice, Update):
            return False
        self.rows[splice.index] = splice.row
        return True


Run = Entered | Left | Moved | Changed


def join_runs(splices: Iterable[Splice[Any]]) -> list[Run]:
    """The runs of a delivery, or of several one after the other."""
    runs: list[Run] = []
    for splice in splices:
        if runs and runs[-1].take(splice):
            if isinstance(runs[-1], Entered) and not runs[-1].rows:
                runs.pop()
            continue
        match splice:
            case Insert(at, row):
                runs.append(Entered(at, row))
            case Remove(at, _):
                runs.append(Left(at))
            case Move(source, target, row):
                runs.append(Moved(source, target, row))
            case Update(at, row):
                runs.append(Changed(at, row))
    return runs
