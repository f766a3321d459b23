"""A live repository: items that are read and written synchronously, over held commits.

The front: what applications call. The view of the main line, and what concerns all views: the way
of a received commit (receiving → walking → showing → telling) and the end. Invariant: after every
call, items, queries and listeners of every view agree with the commits counted there plus the open
drafts.
"""

from __future__ import annotations

from collections.abc import Iterable

from goatcore.errors import LocalMisuse
from goatcore.history.commit import Commit
from goatcore.ids import AuthorKey, RepositoryId
from goatcore.repository.environment import Environment, Membership, paused_collector
from goatcore.repository.items import Items
from goatcore.repository.receiving import Admitted, Receiving
from goatcore.repository.sealer import Sealer
from goatcore.repository.store import Store
from goatcore.repository.view import Ground, View
from goatcore.repository.walking import Walking
from goatcore.schema import Registry


class Repository(View):
    """The items of one repository. Made by `Database.repository`."""

    def __init__(
        self,
        path: str,
        store: Store,
        sealer: Sealer,
        membership: Membership,
        registry: Registry,
        environment: Environment,
    ) -> None:
        self._receiving = Receiving(store)
        ground = Ground(path, store, sealer, membership, registry, environment, self._receiving)
        items = Items(self, registry)
        walking = self._main = Walking(store, sealer, membership, items)
        super().__init__(ground, items, walking, obstacle=self._locked_out)
        self._receiving.open(self._line)
        with paused_collector():
            walking.load(store.load())

    # -- what it is --------------------------------------------------------------------------------

    @property
    def id(self) -> RepositoryId:
        return self.store.repository

    @property
    def author(self) -> AuthorKey:
        """The key that this device signs with."""
        return self.signer

    @property
    def digest(self) -> bytes:
        """16 bytes that are equal on two peers exactly if they durably hold the same commits."""
        return self.store.digest()

    @property
    def durable(self) -> bool:
        """Whether everything recorded is on disk (drafts are not recorded yet)."""
        return self.store.all_durable and not self._receiving.drafts

    @property
    def quarantined(self) -> int:
        """Held commits whose authors had no right to write here; they change nothing."""
        return self._main.quarantined

    @property
    def locked(self) -> int:
        """Held commits whose key has not arrived."""
        return self._main.locked

    @property
    def shared(self) -> bool:
        """Whether somebody else is connected: then typing is recorded sooner."""
        return self._drafts.shared

    @shared.setter
    def shared(self, shared: bool) -> None:
        self._receiving.share(shared)

    def _locked_out(self) -> str | None:
        if self._main.locked:
            return "The key of this notebook has not arrived yet; it can be read when it does."
        return None

    # -- receiving ---------------------------------------------------------------------------------

    def admit(self, commits: Iterable[Commit]) -> Admitted:
        """Take in commits from a peer, and those that waited for them."""
        return self._receiving.admit(commits)

    def membership_changed(self) -> None:
        """The evaluation of `/sys/members` is another, or a key arrived: count again, and walk
        again if it makes a difference."""
        self._receiving.membership_changed()

    # -- end ---------------------------------------------------------------------------------------

    def record_drafts(self) -> None:
        """Commit now what was edited and not committed yet, in all views, a commit an item."""
        self._receiving.record()

    def flush_now(self) -> None:
        """Record drafts and block until everything is on disk."""
        self.record_drafts()
        self.store.flush_now()

    def close(self) -> None:
        """Record drafts, flush, let go of the file and of all items."""
        if self.closed:
            return
        if self._receiving.transaction is not None:
            raise LocalMisuse("A repository cannot be closed inside a transaction.")
        try:
            self.record_drafts()
        finally:
            self._receiving.close()
            try:
                self.store.close()
            finally:
                self._items.clear()
