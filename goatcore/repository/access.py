"""Access: whether this device may write in a repository now, and if not, why.

Owns the sentence that says so. Invariant: the reason that is nearest to the person comes first.
"""

from __future__ import annotations

from goatcore.errors import Refused
from goatcore.repository.drafts import Drafts
from goatcore.repository.environment import Membership
from goatcore.repository.store import Store
from goatcore.repository.walking import Walking


class Access:
    """This device's right to write in one repository."""

    def __init__(
        self, store: Store, membership: Membership, walking: Walking, drafts: Drafts
    ) -> None:
        self._store = store
        self._membership = membership
        self._walking = walking
        self._drafts = drafts

    def obstacle(self) -> str | None:
        """Why this device may not write here; None if it may."""
        if self._drafts.closed:
            return "This notebook is closed."
        if self._store.read_only:
            return "This folder can only be read on this computer; nothing can be changed in it."
        if self._walking.locked:
            return "The key of this notebook has not arrived yet; it can be read when it does."
        return self._membership.obstacle(self._store.repository)

    def check(self) -> None:
        """Raises `Refused` where this device may not write."""
        obstacle = self.obstacle()
        if obstacle is not None:
            raise Refused(obstacle)
