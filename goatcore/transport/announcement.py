"""What a device says about itself to a local network: nothing that names anybody.

Owns the TXT record of `_goat._tcp.local.` and the rotating tags in it. Invariant: who does not hold
a workspace's link secret cannot tell two hours of one workspace from two workspaces. Pure; must
never import asyncio, sockets, time or zeroconf.

    v   the protocol version, decimal
    t   tags, 8 bytes each, of the workspaces served; t1, t2, t3 when they do not fit
    i   numbers of the invitations open now, decimal, with commas
    n   which state of this announcement it is, decimal, 0 … 65535: no two states look alike, or
        caches of multicast DNS take a return to an earlier state for news of the past
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Final, NamedTuple

VERSION: Final = 1
TAG_SIZE: Final = 8
TAGS_A_KEY: Final = 31  # a TXT string has at most 255 bytes, its key included
INVITES_MAX: Final = 16
_HOUR_MS: Final = 60 * 60 * 1000
_TAG_KEYS: Final = (b"t", b"t1", b"t2", b"t3")
TAGS_MAX: Final = TAGS_A_KEY * len(_TAG_KEYS)


class Announcement(NamedTuple):
    """One device's TXT record."""

    version: int
    tags: tuple[bytes, ...]
    invites: tuple[int, ...]


def rotating_tag(secret: bytes, hour: int) -> bytes:
    """The 8-byte tag of a workspace (by its 32-byte link secret) in an hour since 1970."""
    message = hour.to_bytes(8, "big")
    return blake2b(message, key=secret, digest_size=TAG_SIZE, person=b"goat/tag/1").digest()


def hour_of(now_ms: int) -> int:
    """The hour since 1970."""
    return now_ms // _HOUR_MS


def recognise(tags: Iterable[bytes], secrets: Sequence[bytes], now_ms: int) -> list[int]:
    """Which of `secrets` (indices, ascending) a peer with these tags serves. Clocks may differ by
    an hour."""
    heard = set(tags)
    now = hour_of(now_ms)
    return [
        index
        for index, secret in enumerate(secrets)
        if any(rotating_tag(secret, hour) in heard for hour in (now, now - 1, now + 1))
    ]


def write_txt(tags: Sequence[bytes], invites: Sequence[int], state: int) -> dict[bytes, bytes]:
    """The TXT properties. `state`: counts the changes. Of more than 124 tags or 16 invitations the
    first are announced."""
    txt = {b"v": b"%d" % VERSION, b"n": b"%d" % (state & 0xFFFF)}
    tags = tags[:TAGS_MAX]
    for number, key in enumerate(_TAG_KEYS):
        part = tags[number * TAGS_A_KEY : (number + 1) * TAGS_A_KEY]
        if part:
            txt[key] = b"".join(part)
    if invites:
        txt[b"i"] = b",".join(b"%d" % number for number in invites[:INVITES_MAX])
    return txt


def read_txt(txt: Mapping[bytes, bytes | None]) -> Announcement | None:
    """What a peer announces; None if it is not ours. What a later version adds is left out; what
    is malformed counts as absent: anybody in the network may send anything."""
    version = _number(txt.get(b"v"))
    if version is None:
        return None
    tags: list[bytes] = []
    for key in _TAG_KEYS:
        joined = txt.get(key) or b""
        whole = len(joined) - len(joined) % TAG_SIZE
        tags += [joined[at : at + TAG_SIZE] for at in range(0, whole, TAG_SIZE)]
    numbers = [_number(part) for part in (txt.get(b"i") or b"").split(b",")[:INVITES_MAX]]
    invites = tuple(number for number in numbers if number is not None)
    return Announcement(version, tuple(tags), invites)


def _number(text: bytes | None) -> int | None:
    """Decimal, 0 … 65,535."""
    if not text or len(text) > 5 or not text.isdigit():
        return None
    number = int(text)
    return number if number <= 0xFFFF else None
