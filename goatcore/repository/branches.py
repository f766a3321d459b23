"""The branches of one repository: which there are, how they are made and dropped.

Owns the items of the main line that record them. Invariant: what a branch is, is said by commits
alone: its name and base by its item, that it was dropped by that item being deleted, that it was
merged by the main line standing on all its commits. Computes no item of a branch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal, TypeAlias

from goatcore.errors import InvalidValue, Refused, TransactionMisuse
from goatcore.history.commit import Commit
from goatcore.history.operations import DELETE, REGISTER_SET, RESTORE, Operation
from goatcore.ids import BranchId, CommitId, ItemKey
from goatcore.repository.branch_base import (
    BASE,
    BRANCH_BYTES,
    BRANCH_SCHEMA,
    BRANCH_VERSION,
    NAME,
    Base,
    branch_key,
    branch_of,
    decode_base,
    encode_base,
)
from goatcore.repository.merging import Merged, SchemaOf, merge
from goatcore.repository.record import Record
from goatcore.repository.trunk import Trunk
from goatcore.values import NAME_BYTES_MAX, is_name

State: TypeAlias = Literal["open", "merged", "dropped"]
NO_BASE: Final = Base(ItemKey(""), ())  # of a record that names none: nothing


class Branches:
    """Makes, lists and merges the branches of one repository."""

    def __init__(self, trunk: Trunk) -> None:
        self._trunk = trunk
        self._listeners: list[Callable[[], None]] = []
        self._told: list[tuple[BranchId, str, State]] = []
        trunk.receiving.then = self.look

    # -- which there are ---------------------------------------------------------------------------

    def __iter__(self) -> Iterator[BranchId]:
        """All that there ever were, the oldest first."""
        records = [r for r in self._trunk.items.reserved() if self._base(r) is not None]
        records.sort(key=lambda record: (record.created or 0, record.key))
        for record in records:
            branch = branch_of(record.key)
            assert branch is not None, "what has a base has a branch's key"
            yield branch

    def record(self, branch: BranchId) -> Record:
        """The record of a branch's item."""
        key = branch_key(branch)
        return self._trunk.items.find(key) or Record(key)  # a blank one if it does not count

    @staticmethod
    def _base(record: Record) -> Base | None:
        if record.schema != BRANCH_SCHEMA or branch_of(record.key) is None:
            return None
        return decode_base(record.state.value(BASE))

    def base(self, branch: BranchId) -> Base:
        """The version that a branch was made from."""
        return self._base(self.record(branch)) or NO_BASE

    def name(self, branch: BranchId) -> str:
        """What it is called; two may be called the same."""
        name = self.record(branch).state.value(NAME)
        return name if isinstance(name, str) else ""

    def state(self, branch: BranchId) -> State:
        """What `Branch.state` says."""
        if not self.record(branch).visible:
            return "dropped"
        if any(True for _ in self._unmerged(branch)):
            return "open"
        counting = self._trunk.walking.counting
        counted = any(id_ in counting for id_ in counting.branched.get(branch, ()))
        return "merged" if counted else "open"

    def unmerged(self, branch: BranchId) -> list[Commit]:
        """Its commits that pass and that the main line does not stand on, parents first."""
        return [self._trunk.store.raw(id_) for id_ in self._unmerged(branch)]

    def _unmerged(self, branch: BranchId) -> Iterator[CommitId]:
        counting, passes = self._trunk.walking.counting, self._trunk.walking.verdicts.passes
        for id_ in counting.branched.get(branch, ()):
            if counting.is_aside(id_) and passes(id_):
                yield id_

    # -- hearing -----------------------------------------------------------------------------------

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back when the list, a name or a state is another."""
        if not self._listeners:
            self._told = self._listing()
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def _listing(self) -> list[tuple[BranchId, str, State]]:
        return [(branch, self.name(branch), self.state(branch)) for branch in self]

    def look(self) -> None:
        """Tell those who listen, if something is other than they were told."""
        if self._listeners:
            told, self._told = self._told, self._listing()
            if told != self._told:
                for callback in tuple(self._listeners):
                    callback()

    # -- writing -----------------------------------------------------------------------------------

    def make(self, name: str, base: Base) -> BranchId:
        """A new branch. Raises `InvalidValue`, `Refused`, `TransactionMisuse`, `DiskFailed`."""
        self._check(name)
        branch = BranchId(self._trunk.random(BRANCH_BYTES))
        items = self._trunk.items
        record = items.record(branch_key(branch))
        record.schema, record.version = BRANCH_SCHEMA, BRANCH_VERSION
        try:
            self._write(
                record, ((REGISTER_SET, NAME, name), (REGISTER_SET, BASE, encode_base(base)))
            )
        except BaseException:
            items.forget(record)
            raise
        return branch

    def rename(self, branch: BranchId, name: str) -> None:
        """Call it by another name."""
        self._check(name)
        if name != self.name(branch):
            self._write(self.record(branch), ((REGISTER_SET, NAME, name),))

    def drop(self, branch: BranchId) -> None:
        """List it no more."""
        self._check()
        if self.record(branch).visible:
            self._write(self.record(branch), ((DELETE,),))

    def restore(self, branch: BranchId) -> None:
        """List it again."""
        self._check()
        if not self.record(branch).visible:
            self._write(self.record(branch), ((RESTORE,),))

    def _check(self, name: str = "a branch") -> None:
        if not is_name(name):
            raise InvalidValue(f"A branch's name has 1 to {NAME_BYTES_MAX} bytes.")
        if self._trunk.receiving.transaction is not None:
            raise TransactionMisuse(
                "Branches are made, merged and dropped outside of transactions; end it before."
            )
        self._trunk.access.check()

    def _write(self, record: Record, operations: Sequence[Operation]) -> None:
        trunk = self._trunk
        trunk.committing.steps.begin()  # undo passes over it
        counts = trunk.committing.commit([(record, operations)], None)
        record.visible = record.state.visible
        if not counts:
            raise Refused("The right to write here ended; nothing was changed.")
        self.look()

    # -- merging -----------------------------------------------------------------------------------

    def merge(self, branch: BranchId, schema_of: SchemaOf, label: str | None) -> Merged:
        """Bring all that is new of a branch to the main line; see `merging`."""
        self._check(label or "a branch")
        self._trunk.drafts.record()
        return merge(self._trunk, self.unmerged(branch), schema_of, label or self.name(branch))
