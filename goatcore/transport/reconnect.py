"""When to dial whom, and which of two links to one peer stays.

Owns the waiting times. Invariants: of two peers that see each other the lower device key dials at
once and the other a little later, so that usually one link is made and always one stays; nobody is
dialled twice at a time; after failures the waits grow, with jitter, and stay bounded. Pure: times
in milliseconds and randomness come in. Must never import asyncio, sockets or time.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, Generic, NamedTuple, TypeVar

Target = TypeVar("Target", bound=Hashable)

FIRST_WAIT_MS: Final = 500
WAIT_MS_MAX: Final = 60_000
YIELD_MS: Final = 1_500  # how long the higher key leaves dialling to the lower
STEADY_MS: Final = 10_000  # a link that lived this long was a success, and is no rival's twin
DIALS_AT_ONCE: Final = 4


class LinkFacts(NamedTuple):
    """What decides between two links."""

    session: bytes  # the session id, equal on both sides
    initiator: bool  # this side dialled it
    opened_ms: int


def yield_ms(mine: bytes, theirs: bytes) -> int:
    """How long to wait before dialling a peer just found. Both sides may dial: a firewall may let
    only one of them through."""
    return 0 if mine < theirs else YIELD_MS


def keeps_new(mine: bytes, theirs: bytes, old: LinkFacts, new: LinkFacts) -> bool:
    """Whether the newer of two links to one peer stays; the other must be closed. Both sides come
    to the same answer. `mine`, `theirs`: the device keys."""
    if new.opened_ms - old.opened_ms >= STEADY_MS:
        return True  # who has a living link does not dial again: the old one is dead
    if old.initiator != new.initiator:
        return new.initiator == (mine < theirs)
    return new.session < old.session


class _Course:
    """One target: when it is due, and how often it failed in a row."""

    __slots__ = ("connected_ms", "dialling", "due_ms", "failures")

    def __init__(self, due_ms: int) -> None:
        self.due_ms: int | None = due_ms  # None: not waiting (being dialled, or connected)
        self.failures = 0
        self.dialling = False
        self.connected_ms: int | None = None


class Redial(Generic[Target]):
    """Who is to be dialled and when. A target is whatever the caller calls a peer: a device key,
    the name of an announcement, an address that somebody typed."""

    __slots__ = ("_at_once", "_courses", "_random")

    def __init__(self, random: Callable[[int], bytes], *, at_once: int = DIALS_AT_ONCE) -> None:
        self._random = random
        self._at_once = at_once
        self._courses: dict[Target, _Course] = {}

    def __contains__(self, target: Target) -> bool:
        return target in self._courses

    def want(self, target: Target, now_ms: int, *, delay_ms: int = 0) -> None:
        """There is news of a target: dial it after `delay_ms`, whatever failed before. Changes
        nothing while it is dialled or connected."""
        course = self._courses.get(target)
        if course is None:
            self._courses[target] = _Course(now_ms + delay_ms)
        elif course.due_ms is not None:
            course.due_ms = min(course.due_ms, now_ms + delay_ms)
            course.failures = 0

    def forget(self, target: Target) -> None:
        """Do not dial it any more."""
        self._courses.pop(target, None)

    def take_due(self, now_ms: int) -> list[Target]:
        """The targets to dial now, longest due first, at most so many at once. The caller must
        tell how each ended: `connected` or `failed`."""
        free = self._at_once - sum(course.dialling for course in self._courses.values())
        due = [
            (course.due_ms, number, target)
            for number, (target, course) in enumerate(self._courses.items())
            if course.due_ms is not None and course.due_ms <= now_ms
        ]
        targets = [target for _, _, target in sorted(due, key=lambda entry: entry[:2])]
        for target in targets[: max(free, 0)]:
            self._courses[target].due_ms = None
            self._courses[target].dialling = True
        return targets[: max(free, 0)]

    def next_due_ms(self) -> int | None:
        """When `take_due` has something next; None: not before something else happens."""
        waiting = [course.due_ms for course in self._courses.values() if course.due_ms is not None]
        busy = sum(course.dialling for course in self._courses.values()) >= self._at_once
        return None if busy or not waiting else min(waiting)

    def connected(self, target: Target, now_ms: int) -> None:
        """There is a link to it, whoever dialled."""
        course = self._courses.setdefault(target, _Course(now_ms))
        course.due_ms, course.dialling, course.connected_ms = None, False, now_ms

    def failed(self, target: Target, now_ms: int) -> None:
        """A dial failed."""
        course = self._courses.get(target)
        if course is not None and course.connected_ms is None:
            course.dialling = False
            self._wait(course, now_ms)

    def lost(self, target: Target, now_ms: int) -> None:
        """Its link ended. One that had lived is tried again soon, one that fell at once later."""
        course = self._courses.get(target)
        if course is None or course.connected_ms is None:
            return
        if now_ms - course.connected_ms >= STEADY_MS:
            course.failures = 0
        course.connected_ms = None
        self._wait(course, now_ms)

    def _wait(self, course: _Course, now_ms: int) -> None:
        """Half of the wait is certain, half is chance: machines that woke together spread."""
        longest = min(WAIT_MS_MAX, FIRST_WAIT_MS << min(course.failures, 16))
        chance = int.from_bytes(self._random(4), "big") * (longest // 2) >> 32
        course.failures += 1
        course.due_ms = now_ms + longest - longest // 2 + chance
