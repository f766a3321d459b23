"""Access: whether this device may write in a repository now, and if not, why.

Owns the sentence that says so. Invariant: the reason that is nearest to the person comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from goatcore.errors import Refused
from goatcore.repository.drafts import Drafts
from goatcore.repository.environment import Membership
from goatcore.repository.store import Store

KEY_MISSING: Final = "The key of this notebook has not arrived yet; it can be read when it does."


class Access:
    """This device's right to write in one view of a repository."""

    def __init__(
        self,
        store: Store,
        membership: Membership,
        drafts: Drafts,
        further: Callable[[], str | None],
    ) -> None:
        self._store = store
        self._membership = membership
        self._drafts = drafts
        self._further = further  # what hinders in this view besides

    def obstacle(self) -> str | None:
        """Why this device may not write here; None if it may."""
        if self._drafts.closed:
            return "This notebook is closed."
        if self._store.read_only:
            return "This folder can only be read on this computer; nothing can be changed in it."
        return self._further() or self._membership.obstacle(self._store.repository)

    def check(self) -> None:
        """Raises `Refused` where this device may not write."""
        obstacle = self.obstacle()
        if obstacle is not None:
            raise Refused(obstacle)
