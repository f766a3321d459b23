"""Order stamps: bytes that put items in an order which people can change one item at a time.

Owns the making of stamps between two others. Invariant: stamps compare bytewise; `between` gives
stamps that lie strictly between its bounds, ascending; equal ones (two people, one place, one
chance in 2³²) are ordered by the items' keys. Pure: randomness is passed in, and only its size
matters. Must never import fields or schemas.

    stamp = position ‖ 4 random bytes, the last of them not zero

A position that is appended or put before all others is the next whole number: a byte for its size
(80 … FE for 1 … 127 bytes, 7F … 01 the same downwards for what is before), then the number. So the
n-th of a list has O(log n) bytes. Between two neighbours it is the shortest bytes with enough room;
halving costs a bit each time, and behind `STAMP_BYTES_MAX` the neighbours are spaced anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from goatcore.errors import InvalidValue

Random = Callable[[int], bytes]  # n → n random bytes

STAMP_BYTES_MAX: Final = 64
RESPACED_BYTES: Final = 24  # as long as that a stamp may be that was made to give room
RANDOM_BYTES: Final = 4
_FIRST: Final = b"\x80\x00"


class Placed(NamedTuple):
    """Stamps for new items, and which neighbours must take another stamp along with them."""

    stamps: tuple[bytes, ...]
    moved: Mapping[int, bytes]  # index before the insertion → its new stamp; nearly always empty


def start() -> bytes:
    """The bound before every stamp; what an item shows that has no place yet."""
    return b""


def end() -> bytes:
    """The bound behind every stamp."""
    return b"\xff"


def between(a: bytes, b: bytes, n: int, random: Random) -> tuple[bytes, ...]:
    """`n` stamps strictly between `a` and `b`, ascending; `start()` and `end()` are bounds, too.

    Raises `InvalidValue` where there is no room: a ≥ b, or b is a and zeros.
    """
    if not n:
        return ()
    positions = _after(a, n) if b == end() else _before(b, n) if a == start() else None
    if positions is None:
        positions = _inside(a, b, n)
    return tuple([position + _noise(random) for position in positions])


def place(stamps: Sequence[bytes], index: int, n: int, random: Random) -> Placed:
    """Stamps for `n` items that come before the one at `index` of an ordered list.

    `stamps` are those of the list, ascending. Where neighbours are equal or the new stamps would
    have more than 64 bytes, some neighbours get new stamps as well: `moved`.
    """
    low = stamps[index - 1] if index else start()
    high = stamps[index] if index < len(stamps) else end()
    if low < high.rstrip(b"\0"):
        made = between(low, high, n, random)
        if all(len(stamp) <= STAMP_BYTES_MAX for stamp in made):
            return Placed(made, {})
    return _respaced(stamps, index, n, random)


def respace(stamps: Sequence[bytes], index: int, random: Random) -> Mapping[int, bytes]:
    """New stamps for the one at `index` and as many of its neighbours as it takes to make them
    short: index → stamp. All others keep theirs, and the order stays."""
    fewer = [*stamps[:index], *stamps[index + 1 :]]
    placed = _respaced(fewer, index, 1, random)
    moved = {at + (at >= index): stamp for at, stamp in placed.moved.items()}
    return {**moved, index: placed.stamps[0]}


def _respaced(stamps: Sequence[bytes], index: int, n: int, random: Random) -> Placed:
    """Widen the window around `index` until everything in it has short stamps."""
    reach = 1
    while True:
        first, stop = max(0, index - reach), min(len(stamps), index + reach)
        low = stamps[first - 1] if first else start()
        high = stamps[stop] if stop < len(stamps) else end()
        if low < high.rstrip(b"\0"):
            made = between(low, high, stop - first + n, random)
            if (first == 0 and stop == len(stamps)) or max(map(len, made)) <= RESPACED_BYTES:
                at = index - first
                kept = (*made[:at], *made[at + n :])
                return Placed(made[at : at + n], dict(zip(range(first, stop), kept, strict=True)))
        reach *= 2


def _noise(random: Random) -> bytes:
    noise = random(RANDOM_BYTES)
    assert len(noise) == RANDOM_BYTES
    return noise if noise[-1] else noise[:-1] + b"\x01"


def _after(a: bytes, n: int) -> list[bytes] | None:
    """The next n whole numbers; None if `a` is too great for any."""
    positions: list[bytes] = []
    whole = _whole(a)
    for _ in range(n):
        following = _next(whole) if whole else _FIRST
        if following is None:
            return None
        positions.append(following)
        whole = following
    return positions


def _before(b: bytes, n: int) -> list[bytes] | None:
    """The n whole numbers before; None if `b` is too small for any."""
    positions: list[bytes] = []
    whole = _whole(b)
    for _ in range(n):
        following = _next(_complemented(whole)) if whole else None
        if following is None:
            return None
        whole = _complemented(following)
        positions.append(whole)
    return positions[::-1]


def _whole(stamp: bytes) -> bytes:
    """The whole number that a stamp begins with; a short one is filled up with zeros."""
    if not stamp:
        return b""
    size = stamp[0] - 0x7F if stamp[0] >= 0x80 else 0x80 - stamp[0]
    return stamp[: size + 1].ljust(size + 1, b"\0")


def _next(whole: bytes) -> bytes | None:
    """The next whole number: one more, with a byte more when all are full."""
    if whole[0] in {0, 0xFF}:
        return None
    head, digits = whole[0], whole[1:]
    number = int.from_bytes(digits, "big") + 1
    if number >> (8 * len(digits)) == 0:
        return bytes((head,)) + number.to_bytes(len(digits), "big")
    head += 1
    if head == 0xFF:
        return None
    size = head - 0x7F if head >= 0x80 else 0x80 - head
    return bytes((head,)) + bytes(size)


def _complemented(whole: bytes) -> bytes:
    return bytes([0xFF - byte for byte in whole])


def _inside(a: bytes, b: bytes, n: int) -> list[bytes]:
    """The shortest strings of one length that lie between, whatever follows them."""
    if a >= b.rstrip(b"\0"):
        raise InvalidValue("order: there is no place between these two; space them anew first.")
    size = 1
    while True:
        low = int.from_bytes(a[:size].ljust(size, b"\0"), "big")
        gap = int.from_bytes(b[:size].ljust(size, b"\0"), "big") - low
        if gap > n:
            return [(low + gap * i // (n + 1)).to_bytes(size, "big") for i in range(1, n + 1)]
        size += 1
