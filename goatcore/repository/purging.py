"""Purging: what was deleted for good does not show, whatever of it is still held.

Owns the look at every body before it is walked. Invariant: what is seen of a commit is a function
of the commit and of the purges that count, not of whether its body was dropped here already.
"""

from __future__ import annotations

from hashlib import blake2b

from goatcore.history.body import UNREADABLE, Body
from goatcore.ids import CommitId
from goatcore.repository.environment import Membership
from goatcore.repository.store import Store


class Purging:
    """The purges of one repository, as they were when last looked at."""

    def __init__(self, store: Store, membership: Membership) -> None:
        self._repository = store.repository
        self._membership = membership
        self._purged = membership.purged(store.repository)
        self._hidden: dict[str, bool] = {}

    def renewed(self) -> bool:
        """Look again; whether more is purged, or less, than before."""
        before, self._purged = self._purged, self._membership.purged(self._repository)
        self._hidden.clear()
        return before != self._purged

    def stamp(self) -> bytes:
        """What names these purges; b"" where there is none."""
        items, commits = self._purged
        if not items and not commits:
            return b""
        named = b"".join((*sorted(items), b"\0", *sorted(commits)))
        return blake2b(named, digest_size=16).digest()

    def hides(self, key: str) -> bool:
        """Whether an item was deleted for good."""
        if not self._purged.items:
            return False
        hidden = self._hidden.get(key)
        if hidden is None:
            tag = self._membership.item_tag(self._repository, key)
            hidden = self._hidden[key] = tag in self._purged.items
        return hidden

    def seen(self, id_: CommitId, body: Body) -> Body:
        """What a commit says without what is purged."""
        if id_ in self._purged.commits:
            return UNREADABLE
        if not self._purged.items or not any(self.hides(change.key) for change in body.changes):
            return body
        return body._replace(changes=tuple(c for c in body.changes if not self.hides(c.key)))
