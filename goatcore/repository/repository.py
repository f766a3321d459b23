"""A live repository: items that are read and written synchronously, over held commits.

The front: what applications call. The view of the main line, and what concerns all views: the way
of a received commit (receiving → walking → showing → telling) and the end. Invariant: after every
call, items, queries and listeners of every view agree with the commits counted there plus the open
drafts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from goatcore.errors import DiskFailed, LocalMisuse
from goatcore.history.commit import Commit
from goatcore.ids import AuthorKey, BranchId, CommitId, ItemKey, RepositoryId
from goatcore.repository.access import KEY_MISSING
from goatcore.repository.authoring import Edit
from goatcore.repository.checkpointing import Checkpointing, Index
from goatcore.repository.environment import Environment, Membership, paused_collector
from goatcore.repository.item import Item, Unsubscribe
from goatcore.repository.receiving import Admitted, Receiving
from goatcore.repository.sealer import Sealer
from goatcore.repository.shelved_items import ShelvedItems
from goatcore.repository.store import Store
from goatcore.repository.view import Ground, View
from goatcore.repository.walking import Walking
from goatcore.schema import Registry
from goatcore.trust.records import Role

if TYPE_CHECKING:  # loaded by who has branches
    from goatcore.repository.branch import Branch
    from goatcore.repository.branches import State
    from goatcore.repository.branching import At, Branching
    from goatcore.repository.past_repository import RepositoryVersion


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
        index: Index | None = None,
    ) -> None:
        items = ShelvedItems(self, registry, store, self.body)
        walking = self._main = Walking(store, sealer, membership, items)
        self._receiving = Receiving(store, walking)
        ground = Ground(path, store, sealer, membership, registry, environment, self._receiving)
        super().__init__(ground, items, walking, self._locked_out)
        self._ground = ground
        self._branching: Branching | None = None
        self._receiving.open(self._line)
        self._checkpoints: Checkpointing | None = None
        if index is not None:
            self._checkpoints = Checkpointing(
                index, store, items, walking, environment.later, environment.elapsed_ms,
                self._queries, self._drafts.numbers,
            )  # fmt: skip
        with paused_collector():
            if self._checkpoints is None:
                walking.load(store.load())
            else:
                self._checkpoints.load()

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
            return KEY_MISSING
        return None

    @property
    def main(self) -> Repository:
        return self

    @property
    def version(self) -> RepositoryVersion:
        """What is recorded now, to make a branch from later. It names commits, so it is exact."""
        from goatcore.repository.past_repository import RepositoryVersion

        return RepositoryVersion(tuple(self.store.held_tips()))

    # -- branches: their modules are loaded by who has them ----------------------------------------

    def branch(self, name: str, at: At = None) -> Branch:
        """Work aside: a branch of all items as they are now, or were at a moment or a version; or
        of one item at a version of it. Nothing done in it shows here before it is merged.

        Raises `InvalidValue`, `Refused`, `TransactionMisuse`, `DiskFailed`.
        """
        return self._branched().make(name, at)

    def branches(self, state: State | None = "open") -> list[Branch]:
        """The branches in one state ("open", "merged", "dropped"), or all; the oldest first."""
        return self._branched().listed(state)

    def subscribe_branches(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call back when the list of branches, a name or a state is another."""
        return self._branched().subscribe(callback)

    def _branched(self) -> Branching:
        if self._branching is None:
            from goatcore.repository.branching import Branching
            from goatcore.repository.trunk import Trunk

            trunk = Trunk(
                self.store,
                self._items,
                self._main,
                self._committing,
                self._drafts,
                self._access,
                self._receiving,
                self._environment.random,
            )
            self._branching = Branching(self, self._ground, trunk)
        return self._branching

    # -- for good ----------------------------------------------------------------------------------

    @property
    def may_purge(self) -> bool:
        """Whether this device's member may delete for good here."""
        role = self._ground.membership.role(self.id)
        return self.writable and role is not None and role >= Role.admin

    def is_purged(self, key: str) -> bool:
        """Whether the item of that key was deleted for good."""
        return self._main.purging.hides(key)

    def purge(self, items: Iterable[Item]) -> None:
        """Delete items for good, here and on every device: they cannot be restored, their past is
        gone, and their keys are not used again. What was written of them is dropped from the files
        of all devices soon after; backups made before still have it.

        Raises `Refused` for who is not an owner or admin, `DiskFailed`.
        """
        self.record_drafts()
        keys = list(dict.fromkeys(item.key for item in items))
        hides, doomed = self._main.purging.hides, set(keys)
        records = filter(None, (self._main.record(ItemKey(key)) for key in keys))
        ids = dict.fromkeys(CommitId(id_) for record in records for id_ in record.state.commits)
        commits = [
            id_
            for id_ in ids
            if all(
                change.key in doomed or hides(change.key)
                for change in self.body(self.store.raw(id_)).changes
            )
        ]
        if keys:
            self._ground.membership.purge(self.id, keys, commits)

    # -- after a crash -----------------------------------------------------------------------------

    def replay_notes(self) -> None:
        """Commit what had been typed and not recorded when a process before this one ended, if
        this device may write here. What the disk refuses stays for the next time."""
        journal = self._environment.journal
        if journal is None or not journal.notes:
            return
        from goatcore.repository.noting import Note, Replay, read_note

        notes = [note for note in map(read_note, journal.notes) if note is not None]
        notes = [note for note in notes if note.repository == self.id]
        if not notes or not self.writable:
            return
        views: dict[BranchId | None, View] = {None: self}
        if any(note.branch is not None for note in notes):
            views.update({branch.id: branch for branch in self.branches(None)})

        def heads(note: Note) -> tuple[CommitId, ...]:
            record = views[note.branch].items_here.find(note.key)
            return () if record is None else tuple(map(CommitId, record.state.heads))

        def commit(note: Note, edit: Edit) -> CommitId:
            made = views[note.branch].hold(edit)
            self._receiving.merge([made])
            return made.id

        replay = Replay(self.store, self.signer, self._walking.body, heads)
        try:
            for note, id_ in replay.run((note for note in notes if note.branch in views), commit):
                views[note.branch].replayed(note, id_)
        except DiskFailed as error:
            self._environment.on_error(error)

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
                self._close_store()
            finally:
                self._items.clear()

    def _close_store(self) -> None:
        checkpoints = self._checkpoints
        try:
            self.store.flush_now()
            if checkpoints is not None:
                checkpoints.close()
        finally:
            try:
                self.store.close()
            finally:
                if checkpoints is not None:
                    checkpoints.release()
