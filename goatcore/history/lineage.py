"""An append-only partial order of numbered events: who has seen whom.

Owns the bare shape of a history: parents, heads, and which events are critical. Invariant: an event
is numbered after all of its ancestors, so an ancestor's number is always the smaller one; what is
said about the past of an event never changes again, only `heads` and `critical` depend on what came
later. Stored as runs (an event whose only parent is the number before it continues a run), so a
line of history of any length is one row. Must never import anything of ours.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

ROOT = -1  # the empty state that everything descends from; critical always


class Lineage:
    """Events 0 … count-1 and their order. `heads` are the events without a child, ascending.

    A *whole* event had every earlier number in its past when it came (for ever true). A *critical*
    event is whole and every later one descends from it (true until a late event revokes it).
    """

    __slots__ = (
        "count",
        "critical_from",
        "critical_to",
        "heads",
        "run_parents",
        "run_start",
        "run_whole",
    )

    def __init__(self) -> None:
        self.count = 0
        self.heads: tuple[int, ...] = ()
        self.run_start: list[int] = []
        self.run_parents: list[tuple[int, ...]] = []
        self.run_whole: list[bool] = []
        self.critical_from = [ROOT]  # ranges of critical events, ascending, both ends in
        self.critical_to = [ROOT]

    def add(self, parents: tuple[int, ...]) -> int:
        """Append an event and return its number. `parents`: ascending, distinct, none an ancestor
        of another (`maximal` makes them so); empty = made on nothing."""
        event = self.count
        heads = self.heads
        self.count = event + 1
        ends = self.critical_to
        if parents == heads:
            self.heads = (event,)
            if len(heads) == 1:  # the sole head is the newest number: the run goes on
                ends[-1] = event
                return event
            self._begin_run(event, parents, whole=True)
            if ends[-1] == event - 1:
                ends[-1] = event
            else:
                self.critical_from.append(event)
                ends.append(event)
            return event
        self._revoke(parents[0] if parents else ROOT)
        for parent in parents:
            at = bisect_left(heads, parent)
            if at < len(heads) and heads[at] == parent:
                heads = heads[:at] + heads[at + 1 :]
        self.heads = (*heads, event)
        if parents != (event - 1,):
            self._begin_run(event, parents, whole=False)
        return event

    def go_on(self, count: int) -> None:
        """Append `count` events, each made on the one before it, the first on the newest event:
        as `add` would one by one."""
        self.count += count
        newest, heads = self.count - 1, self.heads
        if len(heads) == 1:
            self.heads = (newest,)
            self.critical_to[-1] = newest
        else:  # what is critical was revoked by the event that these go on from
            self.heads = (*heads[:-1], newest)

    def _begin_run(self, event: int, parents: tuple[int, ...], *, whole: bool) -> None:
        self.run_start.append(event)
        self.run_parents.append(parents)
        self.run_whole.append(whole)

    def _revoke(self, oldest: int) -> None:
        """What is newer than `oldest` is no longer known to all."""
        starts, ends = self.critical_from, self.critical_to
        while starts[-1] > oldest:
            starts.pop()
            ends.pop()
        ends[-1] = min(ends[-1], oldest)

    def run_of(self, event: int) -> int:
        """The row of the run that `event` is in."""
        return bisect_right(self.run_start, event) - 1

    def run_stop(self, event: int) -> int:
        """The event after the last of the run that `event` is in."""
        run = bisect_right(self.run_start, event)
        return self.run_start[run] if run < len(self.run_start) else self.count

    def parents(self, event: int) -> tuple[int, ...]:
        """The parents of `event`, ascending."""
        run = bisect_right(self.run_start, event) - 1
        return self.run_parents[run] if self.run_start[run] == event else (event - 1,)

    def whole(self, event: int) -> bool:
        """Whether everything with a smaller number is in the past of `event`."""
        return self.run_whole[bisect_right(self.run_start, event) - 1]

    def critical(self, event: int) -> int:
        """The newest critical event up to `event`, or ROOT. Provisional: a late event revokes."""
        return min(event, self.critical_to[bisect_right(self.critical_from, event) - 1])

    def runs(self, start: int, stop: int) -> Iterable[tuple[int, int, tuple[int, ...]]]:
        """Events start … stop-1 as (first, stop, parents of the first), each further event of a run
        standing on the one before it."""
        starts = self.run_start
        run = bisect_right(starts, start) - 1
        while start < stop:
            end = min(stop, starts[run + 1] if run + 1 < len(starts) else stop)
            yield start, end, self.run_parents[run] if start == starts[run] else (start - 1,)
            start = end
            run += 1

    def is_ancestor(self, older: int, newer: int) -> bool:
        """Whether `newer` has seen `older`; an event is no ancestor of itself."""
        if older >= newer:
            return False
        starts, seen, stack = self.run_start, set(), [newer]
        while stack:
            run = bisect_right(starts, stack.pop()) - 1
            if starts[run] <= older or self.run_whole[run]:
                return True
            if run in seen:
                continue
            seen.add(run)
            for parent in self.run_parents[run]:
                if parent == older:
                    return True
                if parent > older:
                    stack.append(parent)
        return False

    def past(self, version: Iterable[int]) -> list[tuple[int, int]]:
        """The events of `version` and all their ancestors, as ascending ranges [first, stop)."""
        starts = self.run_start
        reached: dict[int, int] = {}  # run -> how far, exclusive
        stack = [event + 1 for event in version]
        while stack:
            stop = stack.pop()
            run = bisect_left(starts, stop) - 1
            known = reached.get(run)
            if known is None:
                stack.extend([parent + 1 for parent in self.run_parents[run]])
            if known is None or stop > known:
                reached[run] = stop
        return [(starts[run], reached[run]) for run in sorted(reached)]

    def maximal(self, events: Iterable[int]) -> tuple[int, ...]:
        """Those of `events` that no other of them has seen: ascending, distinct."""
        wanted = sorted(set(events))
        if len(wanted) < 2 or tuple(wanted) == self.heads:
            return tuple(wanted)
        starts, lowest = self.run_start, wanted[0]
        covered: set[int] = set()
        seen: set[int] = set()
        stack = wanted.copy()  # every entry: what is strictly before it is covered
        while stack:
            stop = stack.pop()
            run = bisect_right(starts, stop) - 1
            start = 0 if self.run_whole[run] else starts[run]
            covered.update(wanted[bisect_left(wanted, start) : bisect_left(wanted, stop)])
            if start <= lowest or run in seen:
                continue
            seen.add(run)
            for parent in self.run_parents[run]:
                if parent >= lowest:
                    covered.add(parent)
                    stack.append(parent)
        return tuple([event for event in wanted if event not in covered])
