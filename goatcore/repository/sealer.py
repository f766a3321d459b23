"""The seals of one repository's bodies: under its group's keys, or in clear for `/sys/members`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from goatcore.errors import Malformed, Refused
from goatcore.history.commit import Commit, Header, associated_data
from goatcore.ids import CLEAR, EpochId, GroupId, RepositoryId
from goatcore.trust.sealing import Keyring, seal, unseal


class Sealer(Protocol):
    """What makes and opens the bodies of one repository."""

    def epoch(self) -> EpochId:
        """The epoch that new commits are sealed under. Raises `Refused` without a key."""

    def seal(self, body: bytes, header: Header) -> bytes:
        """The sealed body of a commit with this header (body_hash not yet in it)."""

    def unseal(self, commit: Commit) -> bytes | None:
        """The body; None while its key is missing; b"" (no changes) if it was not sealed so."""


class GroupSealer:
    """Seals with the newest key of a repository's group. `group` is asked each time: it becomes
    known when the membership record that names it arrives."""

    def __init__(
        self, keyring: Keyring, repository: RepositoryId, group: Callable[[], GroupId | None]
    ) -> None:
        self._keyring = keyring
        self._repository = repository
        self._group = group

    def epoch(self) -> EpochId:
        group = self._group()
        newest = None if group is None else self._keyring.newest(group)
        if newest is None:
            raise Refused("The key of this notebook has not arrived yet; it cannot be edited.")
        return newest.id

    def seal(self, body: bytes, header: Header) -> bytes:
        key = self._keyring.repository_key(header.epoch, self._repository)
        assert key is not None
        return seal(body, key, header.author, header.seq, associated_data(header))

    def unseal(self, commit: Commit) -> bytes | None:
        if commit.bodiless:
            return b""
        header = commit.header
        key = self._keyring.repository_key(header.epoch, self._repository)
        if key is None:
            return b"" if header.epoch == CLEAR else None
        try:
            return unseal(commit.sealed, key, header.author, header.seq, associated_data(header))
        except Malformed:
            return b""


class ClearSealer:
    """For `/sys/members`, whose bodies anybody may check."""

    def epoch(self) -> EpochId:
        return CLEAR

    def seal(self, body: bytes, header: Header) -> bytes:
        return body

    def unseal(self, commit: Commit) -> bytes | None:
        return commit.sealed if commit.header.epoch == CLEAR else b""
