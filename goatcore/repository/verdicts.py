"""Verdicts: whether the authors of held commits had the right to write, each looked up once.

Invariant: a verdict is a function of author and `auth` alone as long as the evaluation of
`/sys/members` is the same; `renewed` says whether another one makes a difference.
"""

from __future__ import annotations

from collections.abc import Iterable

from goatcore.ids import CommitId
from goatcore.repository.environment import Membership
from goatcore.repository.store import Auth, Store


class Verdicts:
    """The verdicts on the commits of one repository."""

    def __init__(self, store: Store, membership: Membership) -> None:
        self._store = store
        self._membership = membership
        self._known: dict[tuple[bytes, Auth], bool] = {}

    def passes(self, id_: CommitId) -> bool:
        """Whether a held commit's author had the role to write here, by what its `auth` saw."""
        tip = self._store.tip(id_)
        assert tip is not None, "a commit that is not held"
        return self._verdict(tip.author, self._store.auth_of(id_))

    def kept(self) -> list[tuple[bytes, list[bytes], bool]]:
        """All that were looked up."""
        return [(author, list(auth), passed) for (author, auth), passed in self._known.items()]

    def restore(self, kept: Iterable[tuple[bytes, list[bytes], bool]]) -> None:
        """Those that were looked up before, under an evaluation that may be another now."""
        self._known = {(a, tuple(map(CommitId, auth))): passed for a, auth, passed in kept}

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
