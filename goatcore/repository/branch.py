"""A branch: work aside, that the main line does not see before it is merged.

The front of one branch: the same reading and writing as a repository's, and what only a branch can
do. Invariant: what others commit to the main line moves no item of a branch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from goatcore.ids import BranchId
from goatcore.repository.access import KEY_MISSING
from goatcore.repository.branch_walking import BranchWalking
from goatcore.repository.branches import Branches, State
from goatcore.repository.comparing import Difference, differences
from goatcore.repository.merging import Merged
from goatcore.repository.trunk import Trunk
from goatcore.repository.view import Ground, View

if TYPE_CHECKING:
    from goatcore.repository.repository import Repository


class Branch(View):
    """One branch of a repository. Made by `Repository.branch`, `Item.branch` and
    `Repository.branches`. A branch of a repository has all its items; one of an item has that item
    and what is made on the branch."""

    def __init__(
        self,
        repository: Repository,
        ground: Ground,
        trunk: Trunk,
        branches: Branches,
        branch: BranchId,
    ) -> None:
        self.id = branch
        self._repository = repository
        self._trunk = trunk
        self._branches = branches
        walking = self._here = BranchWalking(
            self,
            ground.registry,
            ground.store,
            ground.sealer,
            trunk.walking,
            branch,
            lambda: branches.base(branch),
            self._begun,
            branches.look,
        )
        super().__init__(ground, walking.items, walking, self._hindrance, branch)

    def _begun(self) -> None:
        self._trunk.receiving.open(self._line)

    # -- what it is --------------------------------------------------------------------------------

    @property
    def main(self) -> Repository:
        """The repository that it is a branch of."""
        return self._repository

    @property
    def name(self) -> str:
        """What it is called; two branches may be called the same."""
        return self._branches.name(self.id)

    @property
    def state(self) -> State:
        """Either "open", also after a merge once something new was done; or "merged": all that was
        done in it is on the main line; or "dropped": it is not listed."""
        state = self._branches.state(self.id)
        return "open" if state == "merged" and self._drafts else state

    @property
    def author(self) -> str:
        """The name of the member who made it."""
        root = self._branches.record(self.id).root
        tip = None if root is None else self.store.tip(root)
        return "" if tip is None else self.member_name(tip.author)

    @property
    def created_ms(self) -> int:
        """When it was made, by its author's clock; milliseconds since 1970."""
        return self._branches.record(self.id).created_ms

    @property
    def complete(self) -> bool:
        """Whether the version that it was made from has arrived; until then it shows what is there
        of it, and cannot be written."""
        return self._here.complete

    def _hindrance(self) -> str | None:
        if self._trunk.walking.locked:
            return KEY_MISSING
        if not self._branches.record(self.id).visible:
            return "This branch was dropped; restore it to go on with it."
        if not self.complete:
            return "The version that this branch was made from has not arrived yet."
        return None

    # -- what can be done with it ------------------------------------------------------------------

    def rename(self, name: str) -> None:
        """Call it by another name. Raises `InvalidValue`, `Refused`, `TransactionMisuse`."""
        self._branches.rename(self.id, name)

    def compare(self) -> list[Difference]:
        """What merging it now would do to the repository, an item each; what others did there
        meanwhile is left out. Raises `TransactionMisuse` inside a transaction."""
        self._trunk.drafts.record()
        self._drafts.record()
        return list(differences(self._trunk.items, self._here))

    def merge(self, label: str | None = None) -> Merged:
        """Bring all that is new of it to the main line: one commit with the branch's name as its
        label, if none is given. What both lines wrote merges as if it had been written at the same
        time. Where it is too much for one commit, it becomes several; `Merged` tells how many.
        Undo in the repository takes it back as one step.

        Raises `Refused`, `TransactionMisuse`, `DiskFailed`."""
        self._access.check()
        self._drafts.record()
        return self._branches.merge(self.id, self._here.kind_of_item, label)

    def drop(self) -> None:
        """List it no more. Its commits stay; `restore` brings it back. Raises `Refused`."""
        self._drafts.record()
        self._branches.drop(self.id)

    def restore(self) -> None:
        """List it again after it was dropped. Raises `Refused`."""
        self._branches.restore(self.id)

    def __repr__(self) -> str:
        return f"<branch {self.name!r} {self.id.hex()[:8]}, {self.state}>"
