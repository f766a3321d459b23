"""A short code becomes a strong secret: SPAKE2 between a guest and a host.

Owns the two messages of the exchange and the pre-shared key that follows. Invariant: whoever does
not know the words learns nothing from the messages, and gets one guess a handshake. Sans-I/O.
Must never import asyncio, sockets or time.

Source: SPAKE2 (Abdalla and Pointcheval, 2005) as in the `spake2` package over Ed25519.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from goatcore.errors import Malformed

MESSAGE_SIZE: Final = 33
_GUEST: Final = b"goat/join/guest"
_HOST: Final = b"goat/join/host"


class CodeExchange:
    """One side of one exchange. `message` goes to the other side; theirs gives the secret.

    The steps cost 3 ms and 4 ms, all in plain Python: `message` is made with the object.
    """

    __slots__ = ("_side", "message")

    def __init__(self, words: str, *, guest: bool, random: Callable[[int], bytes]) -> None:
        # the package takes 85 ms to import, and most runs of the program never join anything
        from spake2 import SPAKE2_A, SPAKE2_B

        side = SPAKE2_A if guest else SPAKE2_B
        self._side = side(words.encode(), idA=_GUEST, idB=_HOST, entropy_f=random)
        self.message: bytes = self._side.start()

    def secret(self, message: bytes) -> bytes:
        """The 32-byte pre-shared key, from the other side's message. Callable once. Equal on both
        sides only if the words are. Raises Malformed for what no correct side sends."""
        from spake2 import SPAKEError
        from spake2.ed25519_basic import NotOnCurve

        if len(message) != MESSAGE_SIZE:
            raise Malformed("A code message does not have 33 bytes.")
        try:
            key: bytes = self._side.finish(message)
        except (SPAKEError, NotOnCurve, ValueError):
            raise Malformed("A code message that fits no code.") from None
        return HKDF(SHA256(), 32, salt=None, info=b"goat/join/1").derive(key)
