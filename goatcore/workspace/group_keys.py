"""The workspace's secrets: its keys on disk, and the keyring that is made of them.

Owns the file “keys” of an opened workspace. Invariant: a group's key is on disk before anything
stands on it. Whom the keys are given to is others' to say.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from goatcore.ids import GroupId, RepositoryId, repository_id
from goatcore.trust.keystore import WorkspaceKeys, write_workspace_keys
from goatcore.trust.sealing import Keyring


class GroupKeys:
    """The secrets of one workspace."""

    def __init__(self, folder: Path, keys: WorkspaceKeys) -> None:
        self._folder = folder
        self.keys = keys
        self.keyring = Keyring(keys.epochs)

    def repository_id(self, path: str) -> RepositoryId:
        """The id of the repository at a path."""
        return repository_id(self.keys.naming, path)

    def add(self, epochs: list[tuple[GroupId, bytes]]) -> bool:
        """Take keys from another member; on disk when this returns. False if all were known."""
        fresh = [(group, key) for group, key in epochs if self.keyring.add(group, key)]
        if fresh:
            self._keep(fresh)
        return bool(fresh)

    def make(self, group: GroupId, random: Callable[[int], bytes]) -> bytes:
        """A new group's first key; on disk when this returns."""
        key = random(32)
        self.keyring.add(group, key)
        self._keep([(group, key)])
        return key

    def _keep(self, fresh: list[tuple[GroupId, bytes]]) -> None:
        self.keys = self.keys._replace(epochs=(*self.keys.epochs, *fresh))
        write_workspace_keys(self._folder, self.keys)
