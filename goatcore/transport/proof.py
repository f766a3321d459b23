"""Who a device is on a link: its keys, and the proof that ties them to one handshake.

Owns the payload of the second and third Noise message: device key ‖ Ed25519 signature over the
role, the handshake so far and the Noise static key. Invariant: a proof holds in one handshake, in
one direction, for one static key. Pure; the signature scheme is injected.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from goatcore.errors import Malformed
from goatcore.ids import AuthorKey
from goatcore.transport.noise import KeyPair

Sign = Callable[[bytes], bytes]  # message → 64-byte Ed25519 signature
Verify = Callable[[bytes, bytes, bytes], bool]  # key, message, signature → does it hold

PROOF_SIZE: Final = 96
_KEY_SIZE: Final = 32
_CONTEXT: Final = b"goat/link/1\0"


class Identity(NamedTuple):
    """This device, as it shows itself on links of one workspace."""

    device: AuthorKey  # Ed25519 public key
    sign: Sign  # with that key
    static: KeyPair  # the Noise static key


def prove(identity: Identity, handshake_hash: bytes, *, initiator: bool) -> bytes:
    """The 96-byte payload for the handshake whose hash so far is `handshake_hash` (32 bytes)."""
    signature = identity.sign(_statement(handshake_hash, identity.static.public, initiator))
    return identity.device + signature


def check_proof(
    payload: bytes, handshake_hash: bytes, static: bytes, *, initiator: bool, verify: Verify
) -> AuthorKey | None:
    """The peer's device key, None if the signature does not hold. `initiator`: whether the peer
    is. Raises Malformed."""
    if len(payload) != PROOF_SIZE:
        raise Malformed("A device's proof does not have 96 bytes.")
    device, signature = payload[:_KEY_SIZE], payload[_KEY_SIZE:]
    holds = verify(device, _statement(handshake_hash, static, initiator), signature)
    return AuthorKey(device) if holds else None


def _statement(handshake_hash: bytes, static: bytes, initiator: bool) -> bytes:
    return _CONTEXT + (b"\0" if initiator else b"\1") + handshake_hash + static
