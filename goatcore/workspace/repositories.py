"""The repositories of a workspace: which there are, and those that are open.

Owns the way from a path to an open repository and back. Invariant: a path is opened once; what a
repository stands on is on disk before its file is let go of; what falls behind signs nothing.
"""

from __future__ import annotations

from typing import NamedTuple

from goatcore.errors import LocalMisuse, NotAMember, Refused
from goatcore.ids import GroupId, RepositoryId
from goatcore.members import Members
from goatcore.repository.environment import Environment
from goatcore.repository.repository import Repository
from goatcore.repository.sealer import GroupSealer
from goatcore.schema import Registry
from goatcore.trust.records import GroupOf, Role, founded_group
from goatcore.trust.sealing import seal_name
from goatcore.workspace.compactions import Compactions
from goatcore.workspace.flushing import Flushing
from goatcore.workspace.group_keys import GroupKeys
from goatcore.workspace.own_device import OwnDevice
from goatcore.workspace.problems import Problems
from goatcore.workspace.rescans import Rescans
from goatcore.workspace.stores import Stores


class RepositoryInfo(NamedTuple):
    """A repository that this device may read."""

    path: str
    id: RepositoryId
    group: GroupId
    role: Role
    opened: bool


class Repositories:
    """The repositories of one workspace."""

    def __init__(
        self,
        opened: dict[str, Repository],
        members: Members,
        keys: GroupKeys,
        device: OwnDevice,
        stores: Stores,
        environment: Environment,
        flushing: Flushing,
        compactions: Compactions,
        rescans: Rescans,
        problems: Problems,
    ) -> None:
        self._opened = opened
        self._members = members
        self._keys = keys
        self._device = device
        self._stores = stores
        self._environment = environment
        self._flushing = flushing
        self._compactions = compactions
        self._rescans = rescans
        self._problems = problems
        self._registry = Registry()

    def listing(self) -> list[RepositoryInfo]:
        """All repositories that this device may read, by path."""
        members = self._members
        found = []
        for id_, (group, _) in members.evaluation.repositories.items():
            role = members.evaluation.role(self._device.keys.author, group)
            path = members.names.paths.get(id_)
            if role is not None and path is not None:
                found.append(RepositoryInfo(path, id_, group, role, path in self._opened))
        return sorted(found)

    def open(self, path: str) -> Repository:
        """The repository at a path; opened once, made if it is new. Raises `NotAMember` if it is
        another group's, `Refused` if it cannot be made, and what opening a file raises."""
        repository = self._opened.get(path)
        if repository is not None:
            return repository
        if not path.startswith("/") or path.startswith("/sys/") or len(path.encode()) > 255:
            raise LocalMisuse(f"{path} cannot be a repository's path; it is like /notes/home.")
        id_ = self._keys.repository_id(path)
        members = self._members
        group = members.group_of(id_)
        if group is None:
            self._found_group(path, id_)
            if path in self._opened:  # somebody who heard of it was faster
                return self._opened[path]
        elif members.evaluation.role(self._device.keys.author, group) is None:
            raise NotAMember(f"This device does not belong to the group of {path}.")
        index = self._stores.index(id_)
        repository = Repository(
            path,
            self._stores.open(id_, members.holds_auth_durably, index.file),
            GroupSealer(self._keys.keyring, id_, lambda: members.group_of(id_)),
            members,
            self._registry,
            self._environment,
            index,
        )
        self._opened[path] = repository
        self._problems.tell_of_lost(repository.store)
        if repository.store.is_behind:
            self._device.fall_behind()
        else:
            repository.replay_notes()
        self._problems.tell()
        self._compactions.drop_later(path)
        return repository

    def close(self, path: str) -> None:
        """Close a repository, on disk if that can be. Raises `DiskFailed` if not; closed it is all
        the same."""
        repository = self._opened.pop(path, None)
        self._compactions.cancel(path)
        if repository is not None:
            self._rescans.cancel(repository.id)
            try:
                self._flushing.flush_one(repository)
            finally:
                try:
                    repository.close()
                finally:
                    self._problems.tell()

    def members_changed(self) -> None:
        """Roles, keys or purges are others now."""
        for repository in self._opened.values():
            repository.membership_changed()
        self._problems.tell()
        for path in self._opened:
            self._compactions.drop_later(path)

    def _found_group(self, path: str, id_: RepositoryId) -> None:
        if self._members.me is None:
            raise Refused("Only members can make notebooks here.")
        group = founded_group(self._device.keys.author, id_)
        random = self._environment.random
        key = self._keys.make(group, random)
        sealed = seal_name(path, key, random(12))
        self._members.record([GroupOf(id_, group, sealed)])
