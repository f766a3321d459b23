"""Which repositories two peers reconcile over one link, and by which names.

Owns the tags of one link and when each exchange may begin. Invariants: `/sys/members` comes first,
alone, until both sides agreed on it (or cannot); a repository that the peer's device may not read
is never named; a tag that names nothing here is ignored, so that nobody learns what exists. Who may
read what is the owner's judgement, passed in. Pure.

A HELLO may come before this side knows the repository, or that the peer may read it: the latest of
each tag is kept (so many that no honest peer has more) and handed out when the exchange begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from goatcore.ids import RepositoryId, RepositoryTag, repository_tag
from goatcore.sync.messages import Hello, Message

EARLY_MAX: Final = 4_096


class Opening(NamedTuple):
    """An exchange to begin: `start(now, opens=…)`; then let it `receive(early)` if there is one."""

    repository: RepositoryId
    tag: RepositoryTag
    opens: bool
    early: Hello | None


class Catalog:
    """The repositories of one link. `session`: the link's handshake hash, 32 bytes."""

    def __init__(self, session: bytes, members: RepositoryId, *, initiator: bool) -> None:
        self._session = session
        self._initiator = initiator
        self._open: dict[RepositoryTag, RepositoryId] = {}
        self._readable: dict[RepositoryId, None] = {}
        self._early: dict[RepositoryTag, Hello] = {}
        self._members_settled = False
        self._begun_all = False
        self.members_tag = self.tag(members)
        self._open[self.members_tag] = members

    def tag(self, repository: RepositoryId) -> RepositoryTag:
        """A repository's name on this link."""
        return repository_tag(self._session, repository)

    def members(self) -> Opening:
        """The exchange of `/sys/members`, with which every link begins."""
        return Opening(self._open[self.members_tag], self.members_tag, self._initiator, None)

    def open(self) -> list[RepositoryId]:
        """What is exchanged now, `/sys/members` first."""
        return list(self._open.values())

    def allow(
        self, readable: Iterable[RepositoryId]
    ) -> tuple[list[Opening], list[tuple[RepositoryId, RepositoryTag]]]:
        """The repositories that both devices may read now, `/sys/members` left out: which
        exchanges are to begin, and which to end."""
        self._readable = dict.fromkeys(readable)
        ended = [
            (repository, tag)
            for tag, repository in self._open.items()
            if tag != self.members_tag and repository not in self._readable
        ]
        for _, tag in ended:
            del self._open[tag]
        return self._begin(), ended

    def settle_members(self) -> list[Opening]:
        """Both sides agreed on `/sys/members`, or cannot: the others may begin."""
        self._members_settled = True
        return self._begin()

    def _begin(self) -> list[Opening]:
        if not self._members_settled:
            return []
        openings: list[Opening] = []
        for repository in self._readable:
            tag = self.tag(repository)
            if tag not in self._open:
                self._open[tag] = repository
                early = self._early.pop(tag, None)
                # at first the initiator speaks; later whoever comes to know a repository
                opens = early is None and (self._initiator or self._begun_all)
                openings.append(Opening(repository, tag, opens, early))
        self._begun_all = True
        return openings

    def find(self, tag: RepositoryTag, message: Message) -> RepositoryId | None:
        """The repository that a message is about; None = ignore it."""
        repository = self._open.get(tag)
        if repository is None and isinstance(message, Hello):
            self._early.pop(tag, None)
            if len(self._early) >= EARLY_MAX:
                del self._early[next(iter(self._early))]
            self._early[tag] = message
        return repository
