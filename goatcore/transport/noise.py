"""The Noise protocol: XX and XXpsk0 over 25519, ChaCha20-Poly1305 and SHA-256.

Owns the handshake's key schedule and the two ciphers that come out of it. Invariant: no key is
used twice with one nonce, and nothing that fails to authenticate moves a nonce. Sans-I/O: takes
and gives bytes; randomness arrives as a ready `KeyPair`. Must never import asyncio, sockets, time,
or any room of goatcore besides the errors.

Source: The Noise Protocol Framework, revision 34 (Trevor Perrin, 2018); names are the document's.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from goatcore.errors import HandshakeFailed, Malformed

KEY_SIZE: Final = 32
TAG_SIZE: Final = 16
MESSAGE_SIZE_MAX: Final = 65_535  # of any Noise message, tag included
_NONCE_REKEY: Final = (1 << 64) - 1  # reserved: never encrypts a message
_PATTERN: Final = (("e",), ("e", "ee", "s", "es"), ("s", "se"))  # XX
_ALTERED: Final = "A packet does not open: it was altered, repeated or came in the wrong order."
_NOT_OPENED: Final = "The handshake does not open: the other side holds another secret."


def derive(chaining_key: bytes, material: bytes, count: int) -> list[bytes]:
    """`count` (2 or 3) keys of 32 bytes: the document's HKDF, RFC 5869 with an empty info."""
    secret = hmac.digest(chaining_key, material, "sha256")
    keys: list[bytes] = []
    block = b""
    for number in range(1, count + 1):
        block = hmac.digest(secret, block + bytes((number,)), "sha256")
        keys.append(block)
    return keys


class KeyPair:
    """One X25519 key pair; `private` never leaves it as bytes."""

    __slots__ = ("_private", "public")

    def __init__(self, private: bytes) -> None:
        """`private`: 32 random bytes."""
        assert len(private) == KEY_SIZE
        self._private = X25519PrivateKey.from_private_bytes(private)
        self.public = self._private.public_key().public_bytes_raw()

    def exchange(self, public: bytes) -> bytes:
        """The 32-byte shared secret with a peer's public key. Raises Malformed for a key of
        small order, with which every secret would be zero."""
        try:
            return self._private.exchange(X25519PublicKey.from_public_bytes(public))
        except ValueError:
            raise Malformed("A public key that fits no secret.") from None


class CipherState:
    """One direction's cipher: a key and the number of the next message."""

    __slots__ = ("_aead", "_key", "nonce")

    def __init__(self, key: bytes) -> None:
        assert len(key) == KEY_SIZE
        self._key = key
        self._aead = ChaCha20Poly1305(key)
        self.nonce = 0

    def encrypt(self, associated: bytes, plain: bytes | bytearray | memoryview) -> bytes:
        """`plain` sealed: 16 bytes longer."""
        assert self.nonce < _NONCE_REKEY
        sealed = self._aead.encrypt(_nonce_bytes(self.nonce), plain, associated)
        self.nonce += 1
        return sealed

    def decrypt(self, associated: bytes, sealed: bytes) -> bytes:
        """`sealed` opened. Raises Malformed if it is not the peer's next message; the nonce then
        stays where it was."""
        if len(sealed) < TAG_SIZE:
            raise Malformed("A packet is shorter than its seal.")
        assert self.nonce < _NONCE_REKEY
        try:
            plain = self._aead.decrypt(_nonce_bytes(self.nonce), sealed, associated)
        except InvalidTag:
            raise Malformed(_ALTERED) from None
        self.nonce += 1
        return plain

    def rekey(self) -> None:
        """Go on with a key from which the present one cannot be computed; the nonce goes on too."""
        self._key = self._aead.encrypt(_nonce_bytes(_NONCE_REKEY), bytes(KEY_SIZE), b"")[:KEY_SIZE]
        self._aead = ChaCha20Poly1305(self._key)


class HandshakeState:
    """One side of one handshake: three messages, the initiator's first, then `split()`.

    A message is written in two steps (and read in two), so that a payload can speak about the
    handshake up to itself: after `write_keys` and after `read_keys`, `hash` is equal on both sides.
    """

    __slots__ = (
        "_chaining_key", "_cipher", "_ephemeral", "_initiator", "_keys_done", "_psk", "_static",
        "_step", "hash", "remote_ephemeral", "remote_static",
    )  # fmt: skip

    def __init__(
        self,
        *,
        initiator: bool,
        static: KeyPair,
        ephemeral: KeyPair,
        psk: bytes | None = None,
        prologue: bytes = b"",
    ) -> None:
        """`psk`: 32 bytes for XXpsk0, None for plain XX. `ephemeral` must be fresh."""
        assert psk is None or len(psk) == KEY_SIZE
        modifier = b"" if psk is None else b"psk0"
        name = b"Noise_XX" + modifier + b"_25519_ChaChaPoly_SHA256"
        self.hash = name if len(name) == KEY_SIZE else sha256(name).digest()
        self._chaining_key = self.hash
        self._cipher: CipherState | None = None
        self._initiator = initiator
        self._static = static
        self._ephemeral = ephemeral
        self._psk = psk
        self._step = 0
        self._keys_done = False
        self.remote_ephemeral: bytes | None = None
        self.remote_static: bytes | None = None
        self._mix_hash(prologue)
        if psk is not None:
            self._mix_key_and_hash(psk)

    @property
    def finished(self) -> bool:
        """All three messages are through."""
        return self._step == len(_PATTERN)

    def write_message(self, payload: bytes = b"") -> bytes:
        """The next message, with its payload."""
        return self.write_keys() + self.write_payload(payload)

    def read_message(self, message: bytes) -> bytes:
        """The payload of the peer's next message. Raises Malformed, or HandshakeFailed where the
        peer holds another secret."""
        return self.read_payload(self.read_keys(message))

    def write_keys(self) -> bytes:
        """The next message up to its payload."""
        assert not self._keys_done
        assert (self._step % 2 == 0) == self._initiator
        written = b""
        for token in _PATTERN[self._step]:
            if token == "e":
                written += self._ephemeral.public
                self._mix_ephemeral(self._ephemeral.public)
            elif token == "s":
                written += self._encrypt_and_hash(self._static.public)
            else:
                self._mix_key(self._exchange(token))
        self._keys_done = True
        return written

    def write_payload(self, payload: bytes) -> bytes:
        """The rest of the message that `write_keys` began."""
        assert self._keys_done
        self._keys_done = False
        self._step += 1
        return self._encrypt_and_hash(payload)

    def read_keys(self, message: bytes) -> bytes:
        """Take the keys off the peer's next message; gives the sealed payload that follows."""
        assert not self._keys_done
        assert (self._step % 2 == 1) == self._initiator
        if len(message) > MESSAGE_SIZE_MAX:
            raise Malformed("A handshake message is larger than 65,535 bytes.")
        for token in _PATTERN[self._step]:
            if token == "e":
                key, message = _cut(message, KEY_SIZE)
                self.remote_ephemeral = key
                self._mix_ephemeral(key)
            elif token == "s":
                sealed, message = _cut(message, KEY_SIZE + TAG_SIZE)
                self.remote_static = self._decrypt_and_hash(sealed)
            else:
                self._mix_key(self._exchange(token))
        self._keys_done = True
        return message

    def read_payload(self, sealed: bytes) -> bytes:
        """The payload that `read_keys` left sealed."""
        assert self._keys_done
        payload = self._decrypt_and_hash(sealed)
        self._keys_done = False
        self._step += 1
        return payload

    def split(self) -> tuple[CipherState, CipherState]:
        """The ciphers of what follows: (to send with, to receive with)."""
        assert self.finished
        first, second = derive(self._chaining_key, b"", 2)
        ciphers = CipherState(first), CipherState(second)
        return ciphers if self._initiator else ciphers[::-1]

    def _exchange(self, token: str) -> bytes:
        """ee, es, se: the initiator's key is named first."""
        pair = token if self._initiator else token[::-1]
        own = self._ephemeral if pair[0] == "e" else self._static
        theirs = self.remote_ephemeral if pair[1] == "e" else self.remote_static
        assert theirs is not None
        return own.exchange(theirs)

    def _mix_hash(self, data: bytes) -> None:
        self.hash = sha256(self.hash + data).digest()

    def _mix_key(self, material: bytes) -> None:
        self._chaining_key, key = derive(self._chaining_key, material, 2)
        self._cipher = CipherState(key)

    def _mix_key_and_hash(self, material: bytes) -> None:
        self._chaining_key, hashed, key = derive(self._chaining_key, material, 3)
        self._mix_hash(hashed)
        self._cipher = CipherState(key)

    def _mix_ephemeral(self, public: bytes) -> None:
        self._mix_hash(public)
        if self._psk is not None:
            self._mix_key(public)

    def _encrypt_and_hash(self, plain: bytes) -> bytes:
        sealed = plain if self._cipher is None else self._cipher.encrypt(self.hash, plain)
        self._mix_hash(sealed)
        return sealed

    def _decrypt_and_hash(self, sealed: bytes) -> bytes:
        if self._cipher is None:
            plain = sealed
        elif len(sealed) < TAG_SIZE:
            raise Malformed("A handshake message is shorter than its seal.")
        else:
            try:
                plain = self._cipher.decrypt(self.hash, sealed)
            except Malformed:
                raise HandshakeFailed(_NOT_OPENED) from None
        self._mix_hash(sealed)
        return plain


def _nonce_bytes(nonce: int) -> bytes:
    return b"\0\0\0\0" + nonce.to_bytes(8, "little")


def _cut(message: bytes, size: int) -> tuple[bytes, bytes]:
    if len(message) < size:
        raise Malformed("A handshake message ends too early.")
    return message[:size], message[size:]
