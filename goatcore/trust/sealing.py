"""Seals: what only a group's members can read, and the keyring that opens it.

Bodies are sealed with AES-GCM-SIV under the repository key, names under the epoch's name key
(FORMATS.md 1.1 and 2). Invariant: a key is named by its hash, so nobody can hand two keys under one
epoch id. A body's nonce follows from (author, seq); should an author ever reuse one, GCM-SIV gives
away no more than whether both bodies are equal. Must never import storage, sync or items.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from goatcore.errors import Malformed
from goatcore.ids import AuthorKey, EpochId, GroupId, RepositoryId, WorkspaceId, epoch_id

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
NAME_HEAD_BYTES: Final = 16 + NONCE_BYTES  # epoch id and nonce, before a name's ciphertext

_cipher = lru_cache(maxsize=4096)(AESGCMSIV)  # making one costs as much as sealing with it


def _derive(key: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(key)


def repository_key(epoch_key: bytes, repository: RepositoryId) -> bytes:
    """The 32-byte key that seals one repository's bodies during one epoch."""
    return _derive(epoch_key, b"goat/repository/1\0" + repository)


def body_nonce(author: AuthorKey, seq: int) -> bytes:
    """The 12-byte nonce of a commit's body."""
    return sha256(author + seq.to_bytes(8, "big")).digest()[:NONCE_BYTES]


def seal(body: bytes, key: bytes, author: AuthorKey, seq: int, associated: bytes) -> bytes:
    """The sealed body, 16 bytes longer. `key`: the repository key; `associated`: the header
    without its body hash."""
    return _cipher(key).encrypt(body_nonce(author, seq), body, associated)


def unseal(sealed: bytes, key: bytes, author: AuthorKey, seq: int, associated: bytes) -> bytes:
    """The body. Raises `Malformed` if it was not sealed so."""
    return _open(sealed, key, body_nonce(author, seq), associated)


def _open(sealed: bytes, key: bytes, nonce: bytes, associated: bytes | None) -> bytes:
    if len(sealed) <= TAG_BYTES:  # nothing empty is ever sealed
        raise Malformed("This is too short to be sealed.")
    try:
        return _cipher(key).decrypt(nonce, sealed, associated)
    except InvalidTag:
        raise Malformed("This was not sealed with that key, or was changed since.") from None


@lru_cache(maxsize=256)
def _name_key(epoch_key: bytes) -> bytes:
    return _derive(epoch_key, b"goat/name/1\0")


def seal_name(name: str, epoch_key: bytes, nonce: bytes) -> bytes:
    """A member's, device's or repository's name that only the epoch's group can read. `name` is
    not empty; `nonce` is 12 random bytes."""
    assert name
    assert len(nonce) == NONCE_BYTES
    sealed = _cipher(_name_key(epoch_key)).encrypt(nonce, name.encode(), None)
    return epoch_id(epoch_key) + nonce + sealed


def journal_key(sign_seed: bytes, workspace: WorkspaceId) -> bytes:
    """The 32-byte key that seals what one device notes down for itself in one workspace."""
    return _derive(sign_seed, b"goat/journal/1\0" + workspace)


def seal_note(note: bytes, key: bytes, nonce: bytes) -> bytes:
    """A note that only this device can read. `nonce` is 12 random bytes."""
    assert len(nonce) == NONCE_BYTES
    return nonce + _cipher(key).encrypt(nonce, note, None)


def open_note(sealed: bytes, key: bytes) -> bytes | None:
    """The note, or None if it was not sealed so."""
    try:
        return _open(sealed[NONCE_BYTES:], key, sealed[:NONCE_BYTES], None)
    except Malformed:
        return None


class Epoch(NamedTuple):
    """One key of a group."""

    id: EpochId
    group: GroupId
    key: bytes  # 32


class Keyring:
    """The epochs that this device has, oldest first, and the repository keys made of them."""

    __slots__ = ("_by_group", "_epochs", "_repository_keys")

    def __init__(self, epochs: Iterable[tuple[GroupId, bytes]] = ()) -> None:
        self._epochs: dict[EpochId, Epoch] = {}
        self._by_group: dict[GroupId, list[Epoch]] = {}
        self._repository_keys: dict[tuple[EpochId, RepositoryId], bytes] = {}
        for group, key in epochs:
            self.add(group, key)

    def add(self, group: GroupId, key: bytes) -> bool:
        """Take a group's 32-byte key as its newest. False if it was there already (a key stays
        with the group that it was first met for)."""
        assert len(key) == 32
        name = epoch_id(key)
        if name in self._epochs:
            return False
        epoch = Epoch(name, group, key)
        self._epochs[name] = epoch
        self._by_group.setdefault(group, []).append(epoch)
        return True

    def __contains__(self, epoch: EpochId) -> bool:
        return epoch in self._epochs

    def __len__(self) -> int:
        return len(self._epochs)

    def epoch(self, epoch: EpochId) -> Epoch | None:
        """An epoch by its id, or None if this device has no key of it."""
        return self._epochs.get(epoch)

    def newest(self, group: GroupId) -> Epoch | None:
        """The epoch that new commits of the group are sealed under; None without any key."""
        epochs = self._by_group.get(group)
        return epochs[-1] if epochs else None

    def epochs(self, group: GroupId | None = None) -> tuple[Epoch, ...]:
        """All epochs, or those of one group, oldest first."""
        return tuple(self._epochs.values() if group is None else self._by_group.get(group, ()))

    def repository_key(self, epoch: EpochId, repository: RepositoryId) -> bytes | None:
        """The key of one repository during one epoch; None if this device cannot read it."""
        found = self._repository_keys.get((epoch, repository))
        if found is None and epoch in self._epochs:
            found = repository_key(self._epochs[epoch].key, repository)
            self._repository_keys[epoch, repository] = found
        return found

    def open_name(self, sealed: bytes) -> str | None:
        """The name, or None if this device has no key of its epoch or it was not sealed so."""
        epoch = self._epochs.get(EpochId(sealed[:16]))
        if epoch is None or len(sealed) <= NAME_HEAD_BYTES:
            return None
        nonce, ciphertext = sealed[16:NAME_HEAD_BYTES], sealed[NAME_HEAD_BYTES:]
        try:
            return _open(ciphertext, _name_key(epoch.key), nonce, None).decode()
        except (Malformed, UnicodeDecodeError):
            return None
