"""Whether both sides hold the same: digests announced and heard, and when to compare them.

Owns the end of every conversation. Invariants: a pair of unequal digests causes at most one further
look (TIPS) and one `STUCK` verdict a side, so two peers that cannot become equal fall silent; held
sets only grow, so a digest heard once stays a fact about the past. Pure: `now_ms` is passed in.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from goatcore.ids import Digest

IDLE_MS: Final = 250
STATE_EVERY: Final = 256
STUCK_MS: Final = 30_000
STUCK_MS_MAX: Final = 3_600_000


class Answer(Enum):
    """What the peer is owed as soon as our digest equals the one that it announced."""

    NOTHING = 0
    SAME = 1
    STATE = 2


class Verdict(Enum):
    """What a quiet time asks for."""

    NOTHING = 0
    STATE = 1  # announce what we hold
    LOOK = 2  # everything was said and we differ: name all chains once more
    STUCK = 3  # that did not help either


class Agreement:
    """The digests of one exchange."""

    def __init__(self) -> None:
        self.agreed: Digest | None = None  # the last digest that both held
        self.heard: Digest | None = None  # the peer's last
        self.quiet_at: int | None = None
        self.active_ms = 0
        self.told_stuck = False  # since the last agreement
        self._said: Digest | None = None  # our last
        self._owed = Answer.NOTHING
        self._fresh = False  # heard after the last commits went either way and after we spoke
        self._news = 0  # commits since we last spoke
        self._looked: tuple[Digest, Digest] | None = None
        self._stuck: tuple[Digest, Digest] | None = None
        self._stuck_ms = STUCK_MS
        self._retry_ms = 0

    def hear(self, digest: Digest, owed: Answer) -> None:
        """The peer announced its digest."""
        self.heard = digest
        self._owed = owed
        self._fresh = owed is Answer.STATE

    def say(self, digest: Digest) -> None:
        """We announce ours."""
        self._said = digest
        self._fresh = False
        self._news = 0

    def forget(self) -> None:
        """The peer leaves, or begins anew."""
        self.agreed = self.heard = self.quiet_at = None

    def touch(self, now_ms: int) -> None:
        """Something happened: compare after a quiet time from now."""
        self.active_ms = now_ms
        self.quiet_at = now_ms + IDLE_MS

    def moved(self, commits: int, now_ms: int) -> None:
        """So many commits went either way."""
        self._news += commits
        self._fresh = False
        self.touch(now_ms)

    def is_due(self, digest: Digest) -> bool:
        """Whether so much went by without a quiet time that our digest should be announced."""
        return self._news >= STATE_EVERY and self._said != digest

    def agree(self, digest: Digest) -> tuple[Answer, bool]:
        """Our digest is the one heard: what to answer, and whether the peer will know by then."""
        self.agreed = digest
        answer = self._owed if self._said != digest else Answer.NOTHING
        knows = self._said == digest or self._owed is not Answer.NOTHING
        self._owed = Answer.NOTHING
        self._news = 0
        self._looked = self._stuck = None
        self._stuck_ms, self._retry_ms = STUCK_MS, 0
        self.told_stuck = False
        self.quiet_at = None
        return answer, knows

    def judge(self, digest: Digest, now_ms: int) -> Verdict:
        """It is quiet and our digests differ."""
        if self._said != digest:
            return Verdict.STATE
        if not self._fresh or self.heard is None:
            return Verdict.NOTHING  # it is the peer's turn
        pair = (digest, self.heard)
        if now_ms < self._retry_ms:
            self.quiet_at = self._retry_ms
            return Verdict.NOTHING
        if pair != self._looked:
            self._looked = pair
            self._fresh = False
            return Verdict.LOOK
        if pair != self._stuck:
            self._stuck = pair
            self._retry_ms = now_ms + self._stuck_ms
            self._stuck_ms = min(2 * self._stuck_ms, STUCK_MS_MAX)
            return Verdict.STUCK
        return Verdict.NOTHING
