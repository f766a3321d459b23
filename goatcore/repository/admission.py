"""Admission: which received commits are held now, which wait, and which never will be.

Owns the rule of *held*: header well-formed (checked when it was parsed), author named by some
operation of `/sys/members`, seq and prev right, deps and auth held, signature good or vouched for
by a later one of its chain. Invariant: held depends on nothing else, not on clocks, roles, keys or
schemas, so all peers that were shown the same commits hold the same. Pure: a verifier is passed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, Protocol

from goatcore.history.commit import Commit, signed_message
from goatcore.ids import CommitId, RepositoryId

WAITING_MAX: Final = 16_384
WAITING_BYTES_MAX: Final = 64 << 20

Verify = Callable[[bytes, bytes, bytes], bool]  # key, message, signature


class Gate(Protocol):
    """What admission asks of the workspace's membership."""

    def named(self, commit: Commit) -> bool:
        """Whether some held operation names the commit's author."""

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
    """The door of one repository. `find` gives held commits by id."""

    def __init__(
        self,
        repository: RepositoryId,
        gate: Gate,
        find: Callable[[CommitId], Commit | None],
        verify: Verify,
    ) -> None:
        self._repository = repository
        self._gate = gate
        self._find = find
        self._verify = verify
        self._waiting: dict[CommitId, Commit] = {}
        self._waiting_bytes = 0

    @property
    def waiting(self) -> int:
        """Commits that wait for others (or for a word of `/sys/members`)."""
        return len(self._waiting)

    def offer(self, commits: Iterable[Commit]) -> Verdict:
        """Decide about these commits and those that waited for them."""
        refused: list[Refusal] = []
        for commit in commits:
            if commit.header.repository != self._repository:
                refused.append(Refusal(commit.id, "it belongs to another repository"))
            elif self._find(commit.id) is None and commit.id not in self._waiting:
                if (
                    len(self._waiting) >= WAITING_MAX
                    or self._waiting_bytes + len(commit.raw) > WAITING_BYTES_MAX
                ):
                    break
                self._waiting[commit.id] = commit
                self._waiting_bytes += len(commit.raw)
        held: dict[CommitId, Commit] = {}
        while ready := self._ready(held, refused):
            good = self._verified(ready, refused)
            for commit in ready:
                # what stands on a commit whose signature failed goes back to waiting
                if commit.id in good and self._fits(commit, held) is None:
                    self._drop(commit)
                    held[commit.id] = commit
        return Verdict(list(held.values()), refused)

    def _drop(self, commit: Commit) -> None:
        del self._waiting[commit.id]
        self._waiting_bytes -= len(commit.raw)

    def _ready(self, held: dict[CommitId, Commit], refused: list[Refusal]) -> list[Commit]:
        """Waiting commits that fit once those before them in the list are held; parents first."""
        known = dict(held)
        ready: list[Commit] = []
        progress = True
        while progress:
            progress = False
            for commit in list(self._waiting.values()):
                if commit.id in known:
                    continue
                obstacle = self._fits(commit, known)
                if obstacle is None:
                    known[commit.id] = commit
                    ready.append(commit)
                    progress = True
                elif obstacle:
                    self._drop(commit)
                    refused.append(Refusal(commit.id, obstacle))
        return ready

    def _fits(self, commit: Commit, fresh: dict[CommitId, Commit]) -> str | None:
        """None = it can be held; "" = it waits; else why it never can."""
        header = commit.header
        for i, dep in enumerate(header.deps):
            known = fresh.get(dep) or self._find(dep)
            if known is None:
                return ""
            if i == 0 and header.seq > 1:
                if known.author != header.author:
                    return "its first dep is of another author"
                if known.seq != header.seq - 1:
                    return "its seq does not follow that of its predecessor"
        if not self._gate.named(commit) or not self._gate.holds_auth(commit):
            return ""
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
