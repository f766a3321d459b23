"""One order over all plain values, as bytes that compare the way people expect.

Owns the encoding: None < NaN < numbers < text < bytes < collections. Numbers compare by value, int
and float alike. Texts compare first without case and accents and with runs of digits by their
number ("note 2" < "note 10"), then exactly. Invariant: no encoding is a prefix of another, so they
can be joined, and complementing every byte reverses the order (the tuple layer of FoundationDB
shows the technique). Pure; imports nothing of ours.
"""

from __future__ import annotations

import math
import re
import struct
import unicodedata
from collections.abc import Iterable

COMPLEMENT = bytes(range(255, -1, -1))  # bytes.translate table that reverses an order

_NONE, _NAN, _BELOW = b"\x01", b"\x02", b"\x03"  # what an encoding begins with
_ABOVE, _TEXT, _BYTES, _MANY = b"\x05", b"\x06", b"\x07", b"\x08"  # numbers between: 04
_END = b"\x00\x01"  # ends a string; a zero byte inside is written 00 FF, which sorts after it
_BIAS = 1 << 64  # integers from -2**64 up to 2**64 become 9 unsigned bytes
_WHOLE = 4 << 80 | _BIAS << 8  # the tag of numbers, 9 biased bytes, and 00 for "no fraction"
_DIGITS = re.compile("([0-9]+)")
_DIGITS_MAX = 0xD000  # longer runs of digits compare as text (and stay clear of the surrogates)


def encode(value: object) -> bytes:
    """The bytes of a plain value; integers beyond 65 bits compare as floats."""
    if isinstance(value, str):
        return encode_text(value)
    if isinstance(value, int):
        if -_BIAS <= value < _BIAS:
            return (value * 256 + _WHOLE).to_bytes(11, "big")
        return _encode_huge(value)
    if value is None:
        return _NONE
    if isinstance(value, float):
        return _encode_float(value)
    if isinstance(value, bytes):
        return _BYTES + _ended(value)
    if isinstance(value, tuple):
        return _MANY + _ended(b"".join(map(encode, value)))
    assert isinstance(value, frozenset), type(value)
    return _MANY + _ended(b"".join(sorted(map(encode, value))))


def encode_text(text: str) -> bytes:
    """The bytes of a text: folded and naturally ordered first, the exact text as tie-break."""
    folded = natural(text)
    if "\x00" not in text:
        return f"\x06{folded}\x00\x01{text}\x00\x01".encode("utf-8", "surrogatepass")
    parts = (folded.encode("utf-8", "surrogatepass"), text.encode("utf-8", "surrogatepass"))
    return _TEXT + b"".join(map(_ended, parts))


def natural(text: str) -> str:
    """`text` without case and accents, where each run of digits is led by its length, so that code
    point order is the order of the numbers."""
    folded = text.lower() if text.isascii() else _without_accents(text)
    parts = _DIGITS.split(folded)  # every other part is a run of digits
    if len(parts) == 1:
        return folded
    parts[1::2] = map(_measured, parts[1::2])
    return "".join(parts)


def _without_accents(text: str) -> str:
    """Casefolded, compatibility-decomposed, and without marks that only modify a letter (those of
    a combining class other than 0: vowel signs of Indic scripts stay)."""
    letters: Iterable[str] = unicodedata.normalize("NFKD", text.casefold())
    return "".join([c for c in letters if not unicodedata.combining(c)]).casefold()


def _measured(digits: str) -> str:
    digits = digits.lstrip("0")
    return f"0{chr(1 + min(len(digits), _DIGITS_MAX))}{digits}"


def _ended(content: bytes) -> bytes:
    if b"\x00" in content:
        content = content.replace(b"\x00", b"\x00\xff")
    return content + _END


def _encode_float(value: float) -> bytes:
    if math.isnan(value):
        return _NAN
    if not -_BIAS <= value < _BIAS:
        return _encode_huge(value)
    floor = math.floor(value)
    if floor == value:
        return (floor * 256 + _WHOLE).to_bytes(11, "big")
    # 01 for "and a fraction"; a positive IEEE double orders as its bytes do
    return (floor * 256 + _WHOLE + 1).to_bytes(11, "big") + struct.pack(">d", value - floor)


def _encode_huge(value: float) -> bytes:
    try:
        size = struct.pack(">d", float(abs(value)))
    except OverflowError:
        size = struct.pack(">d", math.inf)
    return _ABOVE + size if value > 0 else _BELOW + size.translate(COMPLEMENT)
