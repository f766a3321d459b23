"""Admission: which received commits are held now, which wait, and which never will be.

Owns the rule of *held*: header well-formed (checked when it was parsed), author named by some
operation of `/sys/members`, seq and prev right, deps and auth held, signature good or vouched for
by a later one of its chain. Invariant: held depends on nothing else, not on clocks, roles, keys or
schemas, so all peers that were shown the same commits hold the same. Pure: a verifier is passed in.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, Protocol

from goatcore.history.commit import Commit, signed_message
from goatcore.ids import CommitId, RepositoryId
from goatcore.sync import Tip

WAITING_MAX: Final = 16_384
WAITING_BYTES_MAX: Final = 64 << 20
GATE: Final = CommitId(b"")  # instead of a dep: waits for a word of `/sys/members`

Verify = Callable[[bytes, bytes, bytes], bool]  # key, message, signature


class Gate(Protocol):
    """What admission asks of the workspace's membership."""

    def named(self, commit: Commit) -> bool:
        """Whether some held operation names the commit's author."""

    def purged(self, commit: Commit) -> bool:
        """Whether a purge that counts lets the commit's body be dropped."""

    def droppable(self, commit: Commit) -> bool:
        """Whether it may be dropped here and now: the purge is on disk."""

    def holds_auth(self, commit: Commit) -> bool:
        """Whether the heads of `/sys/members` that the commit claims are held."""


class Refusal(NamedTuple):
    """A commit that will never be held, and why."""

    id: CommitId
    reason: str


class Verdict(NamedTuple):
    """What became of offered commits: newly held ones parents first, and refused ones."""

    held: list[Commit]
    refused: list[Refusal]


class Admission:
    """The door of one repository. `find` gives author and seq of held commits by id."""

    def __init__(
        self,
        repository: RepositoryId,
        gate: Gate,
        find: Callable[[CommitId], Tip | None],
        verify: Verify,
    ) -> None:
        self._repository = repository
        self._gate = gate
        self._find = find
        self._verify = verify
        self._waiting: dict[CommitId, Commit] = {}  # oldest first
        self._waiting_bytes = 0
        self._blocked: dict[CommitId, dict[CommitId, None]] = {}  # missing dep → who waits for it
        self._missing: dict[CommitId, CommitId] = {}  # who waits → for which dep
        self._gated: dict[CommitId, None] = {}  # wait for a word of `/sys/members`

    @property
    def waiting(self) -> int:
        """Commits that wait for others (or for a word of `/sys/members`)."""
        return len(self._waiting)

    def offer(self, commits: Iterable[Commit]) -> Verdict:
        """Decide about these commits and those that waited for them. Where too many wait, the
        oldest of them are let go: they will be offered again."""
        refused: list[Refusal] = []
        held: dict[CommitId, Commit] = {}
        fresh: list[CommitId] = []
        for commit in commits:
            if commit.header.repository != self._repository:
                refused.append(Refusal(commit.id, "it belongs to another repository"))
            elif (
                commit.id not in self._waiting
                and commit.id not in held
                and self._find(commit.id) is None
            ):
                if self._is_full(commit):
                    self._decide(fresh, held, refused)
                    fresh = []
                    while self._waiting and self._is_full(commit):
                        self._drop(next(iter(self._waiting.values())))
                self._waiting[commit.id] = commit
                self._waiting_bytes += len(commit.raw)
                fresh.append(commit.id)
        self._decide(fresh, held, refused)
        return Verdict(list(held.values()), refused)

    def _is_full(self, commit: Commit) -> bool:
        return (
            len(self._waiting) >= WAITING_MAX
            or self._waiting_bytes + len(commit.raw) > WAITING_BYTES_MAX
        )

    def _decide(
        self, fresh: list[CommitId], held: dict[CommitId, Commit], refused: list[Refusal]
    ) -> None:
        """Hold what can be held of these and of all that waited for it or for the gate."""
        look = [*self._gated, *fresh]
        while ready := self._ready(look, held, refused):
            good = self._verified(ready, refused)
            look = []
            for commit in ready:
                if commit.id in good and self._obstacle(commit, held) is None:
                    self._drop(commit)
                    held[commit.id] = commit
                else:  # what stands on a commit whose signature failed goes back to waiting
                    look.append(commit.id)

    def _drop(self, commit: Commit) -> None:
        """It waits no more."""
        del self._waiting[commit.id]
        self._waiting_bytes -= len(commit.raw)
        self._gated.pop(commit.id, None)
        missing = self._missing.pop(commit.id, None)
        if missing is not None:
            others = self._blocked[missing]
            del others[commit.id]
            if not others:
                del self._blocked[missing]

    def _ready(
        self, look: list[CommitId], held: dict[CommitId, Commit], refused: list[Refusal]
    ) -> list[Commit]:
        """Which of these, and of those that wait for them, fit once those before them in the list
        are held; parents first. The others are noted to wait."""
        fits: dict[CommitId, Commit] = {}
        known = ChainMap(fits, held)
        stack = look[::-1]
        while stack:
            commit = self._waiting.get(stack.pop())
            if commit is None or commit.id in fits:
                continue
            self._gated.pop(commit.id, None)
            obstacle = self._obstacle(commit, known)
            if obstacle is None:
                fits[commit.id] = commit
                freed = self._blocked.pop(commit.id, {})
                for one in freed:
                    del self._missing[one]
                stack.extend(reversed(freed))
            elif isinstance(obstacle, str):
                self._drop(commit)
                refused.append(Refusal(commit.id, obstacle))
            elif obstacle == GATE:
                self._gated[commit.id] = None
            elif commit.id not in self._missing:
                self._missing[commit.id] = obstacle
                self._blocked.setdefault(obstacle, {})[commit.id] = None
        return list(fits.values())

    def _obstacle(self, commit: Commit, known: Mapping[CommitId, Commit]) -> CommitId | str | None:
        """None = it can be held; bytes: the dep (or `GATE`) it waits for; str: why it never can."""
        header = commit.header
        for i, dep in enumerate(header.deps):
            before = known.get(dep) or self._find(dep)
            if before is None:
                return dep
            if i == 0 and header.seq > 1:
                if before.author != header.author:
                    return "its first dep is of another author"
                if before.seq != header.seq - 1:
                    return "its seq does not follow that of its predecessor"
        if not self._gate.named(commit) or not self._gate.holds_auth(commit):
            return GATE
        if commit.bodiless and not self._gate.purged(commit):
            return GATE
        return None

    def _verified(self, ready: list[Commit], refused: list[Refusal]) -> set[CommitId]:
        """The ids that a good signature vouches for: the last of each chain is checked, and only
        where it fails the one before it."""
        by_id = {commit.id: commit for commit in ready}
        has_next = {commit.prev for commit in ready}
        good: set[CommitId] = set()
        for commit in reversed(ready):
            if commit.id in has_next:
                continue
            at: Commit | None = commit
            while at is not None and at.id not in good:
                if self._signed(at):
                    self._vouch(at, by_id, good)
                    break
                self._drop(at)
                refused.append(Refusal(at.id, "its signature is not its author's"))
                at = by_id.get(at.prev) if at.prev is not None else None
        return good

    def _signed(self, commit: Commit) -> bool:
        return self._verify(commit.author, signed_message(commit), commit.signature)

    @staticmethod
    def _vouch(commit: Commit, by_id: dict[CommitId, Commit], good: set[CommitId]) -> None:
        at: Commit | None = commit
        while at is not None and at.id not in good:
            good.add(at.id)
            at = by_id.get(at.prev) if at.prev is not None else None
