"""Verdicts: whether the authors of held commits had the right to write, each looked up once.

Invariant: a verdict is a function of author and `auth` alone as long as the evaluation of
`/sys/members` is the same; `renewed` says whether another one makes a difference.
"""

from __future__ import annotations

from goatcore.history.commit import Commit
from goatcore.repository.environment import Membership
from goatcore.repository.store import Auth, Store


class Verdicts:
    """The verdicts on the commits of one repository."""

    def __init__(self, store: Store, membership: Membership) -> None:
        self._store = store
        self._membership = membership
        self._known: dict[tuple[bytes, Auth], bool] = {}

    def passes(self, commit: Commit) -> bool:
        """Whether a held commit's author had the role to write here, by what its `auth` saw."""
        return self._verdict(commit.header.author, self._store.auth_of(commit.id))

    def renewed(self) -> bool:
        """Look everything up again; whether a verdict is another than before."""
        before, self._known = self._known, {}
        return any(self._verdict(*key) != passed for key, passed in before.items())

    def _verdict(self, author: bytes, auth: Auth) -> bool:
        verdict = self._known.get((author, auth))
        if verdict is None:
            verdict = self._membership.may_write(author, auth, self._store.repository)
            self._known[author, auth] = verdict
        return verdict
