"""Signatures: a device's keys, and the one Ed25519 verifier that all peers share.

Invariant: the verdict on (key, message, signature) is the same on every peer for ever, because a
disagreement would split replicas. It is libsodium's: canonical keys and S only, no small-order key
or R, cofactorless. The small-order keys stand here once more, so that a libsodium built with its
compatibility switch gives the same verdict. Must never import storage, sync or items.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

from nacl.bindings import (
    crypto_scalarmult_base,
    crypto_sign,
    crypto_sign_open,
    crypto_sign_seed_keypair,
)
from nacl.exceptions import BadSignatureError

from goatcore.ids import AuthorKey, RepositoryId

SIGNATURE_BYTES: Final = 64
KEY_BYTES: Final = 32

# Every encoding, canonical or not, of a point whose order divides 8, with either sign bit (y = 0,
# 1, −1, the two of order 8, p, p + 1): under such a key one signature fits many messages.
SMALL_ORDER_KEYS: Final = frozenset(
    bytes([*y[:31], y[31] | sign])
    for y in map(
        bytes.fromhex,
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ),
    )
    for sign in (0, 0x80)
)


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) over `message` is by the Ed25519 `key` (32 bytes). Wrong
    lengths are no signature."""
    if len(signature) != SIGNATURE_BYTES or len(key) != KEY_BYTES or key in SMALL_ORDER_KEYS:
        return False
    try:
        crypto_sign_open(signature + message, key)
    except BadSignatureError:
        return False
    return True


class SigningKey:
    """An Ed25519 key of a device or a workspace's root, expanded once."""

    __slots__ = ("_expanded", "public", "seed")

    def __init__(self, seed: bytes) -> None:
        """`seed`: 32 random bytes."""
        assert len(seed) == KEY_BYTES
        public, self._expanded = crypto_sign_seed_keypair(seed)
        self.seed = seed
        self.public = AuthorKey(public)

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature; deterministic."""
        return crypto_sign(message, self._expanded)[:SIGNATURE_BYTES]


LOCAL_PREFIX: Final = b"goat/local/1\0"


class Signer:
    """Who signs here now. The keys are replaced where this installation goes on as a new device."""

    __slots__ = ("keys",)

    def __init__(self, keys: DeviceKeys) -> None:
        self.keys = keys

    @property
    def author(self) -> AuthorKey:
        """The key that signatures are checked with."""
        return self.keys.author

    def sign(self, message: bytes) -> bytes:
        """The 64-byte signature."""
        return self.keys.sign(message)


class DeviceKeys:
    """The two keys of one device: Ed25519 signs (`author` is its public half), X25519 is what
    keys are boxed to and links are made with (`box` is its public half)."""

    __slots__ = ("_signing", "author", "box", "box_private", "sign", "sign_seed")

    def __init__(self, sign_seed: bytes, box_private: bytes) -> None:
        """Both are 32 random bytes."""
        self._signing = SigningKey(sign_seed)
        self.sign = self._signing.sign
        self.sign_seed = sign_seed
        self.author = self._signing.public
        self.box_private = box_private
        self.box = crypto_scalarmult_base(box_private)

    def local_key(self, repository: RepositoryId) -> bytes:
        """The 32-byte key that seals what this device alone keeps of a repository."""
        return blake2b(LOCAL_PREFIX + repository, key=self.sign_seed, digest_size=32).digest()
