"""One order over all plain values, as bytes that compare the way people expect.

Owns the encoding: None < NaN < numbers < text < bytes < collections. Numbers compare by value, int
and float alike. Texts compare first by their letters, without case and accents and with runs of
digits by their number ("note 2" < "note 10"), then by accents, then exactly; what counts as a
letter is the language's. Invariant: no encoding is a prefix of another, so they can be joined, and
complementing every byte reverses the order (the tuple layer of FoundationDB shows the technique).

The bytes are written as strings of one byte a letter (Latin-1), because those are what Python
sorts and compares fastest. Pure; imports nothing but the languages' rules.
"""

from __future__ import annotations

import math
import re
import struct
import unicodedata
from collections.abc import Sequence

from goatcore.query.tailoring import SAME, tailoring

_COMPLEMENT = bytes(range(255, -1, -1))  # bytes.translate table that reverses an order

_NONE, _NAN, _BELOW = "\x01", "\x02", "\x03"  # what an encoding begins with
_ABOVE, _TEXT, _BYTES, _MANY = "\x05", "\x06", "\x07", "\x08"  # numbers between: 04
_END = "\x00\x01"  # ends a string; a zero byte inside is written 00 FF, which sorts after it
_BIAS = 1 << 64  # integers from -2**64 up to 2**64 become 9 unsigned bytes
_WHOLE = 4 << 80 | _BIAS << 8  # the tag of numbers, 9 biased bytes, and 00 for "no fraction"
_DIGITS = re.compile("([0-9]+)")
_DIGITS_MAX = 0xD000  # longer runs of digits compare as text (and stay clear of the surrogates)
_LEADS = [f"0{chr(1 + length)}" for length in range(100)]  # in front of so many digits

NUMBERS = (_BELOW, _TEXT)  # every number's key is from the first up to the second
TEXTS = (_TEXT, _BYTES)
BYTES = (_BYTES, _MANY)


class Collation:
    """The order of values where people read `language`, a tag such as "sv"; "" is the order that
    is common to all that have no rules of their own."""

    __slots__ = ("_tailoring", "language")

    def __init__(self, language: str = "") -> None:
        self._tailoring = tailoring(language)
        self.language = self._tailoring.language

    def key(self, value: object) -> str:
        """The encoding of a plain value; integers beyond 65 bits compare as floats."""
        if isinstance(value, str):
            return self.text_key(value)
        if isinstance(value, int):
            if -_BIAS <= value < _BIAS:
                return (value * 256 + _WHOLE).to_bytes(11, "big").decode("latin-1")
            return _huge(value)
        if value is None:
            return _NONE
        if isinstance(value, float):
            return _float(value)
        if isinstance(value, bytes):
            return _BYTES + _ended(value.decode("latin-1"))
        if isinstance(value, tuple):
            return _MANY + _ended("".join(map(self.key, value)))
        assert isinstance(value, frozenset), type(value)
        return _MANY + _ended("".join(sorted(map(self.key, value))))

    def keys(self, values: Sequence[object]) -> list[str]:
        """The encodings of many values; of a column of texts or of whole numbers several times
        faster than one by one."""
        kinds = set(map(type, values))
        if kinds == {str} and self._tailoring.ascii_is_common:
            return self._text_keys(values)  # type: ignore[arg-type]
        if kinds == {int}:
            numbers: Sequence[int] = values  # type: ignore[assignment]
            if min(numbers) >= -_BIAS and max(numbers) < _BIAS:
                return [
                    (number * 256 + _WHOLE).to_bytes(11, "big").decode("latin-1")
                    for number in numbers
                ]
        return list(map(self.key, values))

    def text_key(self, text: str) -> str:
        """The encoding of a text."""
        if text.isascii() and self._tailoring.ascii_is_common:
            letters, accents = _measured(text.lower()), ""
        else:
            folded, accented = self._folded(text)
            letters, accents = _measured(folded), "" if folded == accented else accented
        if "\x00" not in text:
            key = f"\x06{letters}\x00\x01{accents}\x00\x01{text}\x00\x01"
            return key if text.isascii() and key.isascii() else _latin(key)
        return _TEXT + "".join([_ended(_latin(part)) for part in (letters, accents, text)])

    def _folded(self, text: str) -> tuple[str, str]:
        """A text's letters, and its letters with their accents; both without case."""
        rules = self._tailoring
        if rules.capitals:
            text = text.translate(rules.capitals)
        accented = unicodedata.normalize("NFC", text.casefold())
        letters = accented.translate(rules.letters)
        for pair, letter in rules.pairs:
            letters = letters.replace(pair, letter)
        letters = unicodedata.normalize("NFKD", letters)
        # marks that only modify a letter go; those of class 0 stay (vowel signs of Indic scripts)
        letters = "".join([c for c in letters if not unicodedata.combining(c)])
        return letters.casefold().translate(SAME), accented

    def _text_keys(self, texts: Sequence[str]) -> list[str]:
        joined = "\x00".join(texts)
        if not joined.isascii():
            plain = iter(self._text_keys([text for text in texts if text.isascii()] or [""]))
            return [next(plain) if text.isascii() else self.text_key(text) for text in texts]
        measured = joined.lower()
        if len(joined.encode().translate(None, b"0123456789")) < len(joined):
            measured = _measured(measured)
        letters = measured.split("\x00")
        if len(letters) != len(texts) or not measured.isascii():  # zero bytes; very long numbers
            return list(map(self.text_key, texts))
        return [
            f"\x06{folded}\x00\x01\x00\x01{text}\x00\x01"
            for folded, text in zip(letters, texts, strict=True)
        ]


def complement(key: str) -> str:
    """The key whose order is the reverse."""
    return key.encode("latin-1").translate(_COMPLEMENT).decode("latin-1")


def _measured(folded: str) -> str:
    """A text where each run of digits is led by its length, so that code point order is the order
    of the numbers."""
    parts = _DIGITS.split(folded)  # every other part is a run of digits
    if len(parts) == 1:
        return folded
    parts[1::2] = [
        _LEADS[len(digits)] + digits if digits[0] != "0" and len(digits) < len(_LEADS) else
        _long_or_led_by_zeros(digits)
        for digits in parts[1::2]
    ]  # fmt: skip
    return "".join(parts)


def _long_or_led_by_zeros(digits: str) -> str:
    digits = digits.lstrip("0")
    return f"0{chr(1 + min(len(digits), _DIGITS_MAX))}{digits}"


def _latin(text: str) -> str:
    """The UTF-8 bytes of a text, each as a letter."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _ended(content: str) -> str:
    if "\x00" in content:
        content = content.replace("\x00", "\x00\xff")
    return content + _END


def _float(value: float) -> str:
    if math.isnan(value):
        return _NAN
    if not -_BIAS <= value < _BIAS:
        return _huge(value)
    floor = math.floor(value)
    if floor == value:
        return (floor * 256 + _WHOLE).to_bytes(11, "big").decode("latin-1")
    # 01 for "and a fraction"; a positive IEEE double orders as its bytes do
    encoded = (floor * 256 + _WHOLE + 1).to_bytes(11, "big") + struct.pack(">d", value - floor)
    return encoded.decode("latin-1")


def _huge(value: float) -> str:
    try:
        size = struct.pack(">d", float(abs(value)))
    except OverflowError:
        size = struct.pack(">d", math.inf)
    key = size.decode("latin-1")
    return _ABOVE + key if value > 0 else _BELOW + complement(key)
