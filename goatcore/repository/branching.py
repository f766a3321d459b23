"""Branching: from any version to a branch, and from a branch's record to its front.

Owns what a base is made of and the branches that were opened. Invariant: a branch has one front as
long as its repository is open, whoever asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from goatcore.errors import LocalMisuse
from goatcore.ids import BranchId
from goatcore.repository.branch import Branch
from goatcore.repository.branch_base import Base
from goatcore.repository.branches import Branches, State
from goatcore.repository.past_repository import RepositoryAt, RepositoryVersion
from goatcore.repository.trunk import Trunk
from goatcore.repository.version import Version
from goatcore.repository.view import Ground

if TYPE_CHECKING:
    from goatcore.repository.repository import Repository

At: TypeAlias = Version | RepositoryVersion | RepositoryAt | int | None


class Branching:
    """Makes and opens the branches of one repository."""

    def __init__(self, repository: Repository, ground: Ground, trunk: Trunk) -> None:
        self._repository = repository
        self._ground = ground
        self._trunk = trunk
        self._branches = Branches(trunk)
        self._opened: dict[BranchId, Branch] = {}

    def make(self, name: str, at: At) -> Branch:
        """See `Repository.branch`."""
        self._trunk.receiving.record()
        return self._open(self._branches.make(name, self._base(at)))

    def listed(self, state: State | None) -> list[Branch]:
        """See `Repository.branches`."""
        opened = [self._open(branch) for branch in self._branches]
        return [branch for branch in opened if state is None or branch.state == state]

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See `Repository.subscribe_branches`."""
        return self._branches.subscribe(callback)

    def _open(self, branch: BranchId) -> Branch:
        opened = self._opened.get(branch)
        if opened is None:
            opened = self._opened[branch] = Branch(
                self._repository, self._ground, self._trunk, self._branches, branch
            )
        return opened

    def _base(self, at: At) -> Base:
        store = self._ground.store
        if at is None:
            return Base(None, tuple(store.held_tips()))
        if isinstance(at, RepositoryAt):
            at = at.time_ms
        if isinstance(at, int):
            return Base(None, tuple(store.tips_until(at)))
        if isinstance(at, Version):
            if at.item.repository.main is not self._repository:
                raise LocalMisuse("This is a version of another repository's item.")
            return Base(at.key, tuple(at.heads))
        if not all(map(store.holds, at.tips)):
            raise LocalMisuse("This version is of another repository.")
        return Base(None, at.tips)
