"""What languages add to the common order of letters.

Owns two tables. `SAME` says which letters are forms of others although no decomposition tells so
(ø of o, katakana of hiragana). `_AFTER` says, by language, which letters stand by themselves, and
where: in Swedish å, ä and ö come after z, in German ä is a form of a. Invariant: what a language
does not say is the common order. The rules are those of the Unicode Common Locale Data Repository,
as far as whole letters and the most frequent pairs go. Pure; imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

# A letter of its own is written as the letter it follows and one of these, which no text has and
# which are greater than all that follow that letter elsewhere.
_FIRST: Final = 0x10FF00

_KATAKANA: Final = {code: chr(code - 0x60) for code in range(0x30A1, 0x30F7)}
SAME: Final[Mapping[int, str]] = _KATAKANA | {
    ord(letter): plain
    for letter, plain in {
        "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t",
        "þ": "th", "ı": "i", "ŋ": "n", "ĸ": "k",
    }.items()
}  # fmt: skip

# "z å ä=æ ö=ø": after z come å, ä (æ counts as ä) and ö (ø as ö), each a letter of its own
_NORDIC: Final = ("z å ä=æ ö=ø",)
_DANISH: Final = ("z æ=ä ø=ö å=aa",)
_SOUTH_SLAVIC: Final = ("c č ć", "d đ", "s š", "z ž")
_AFTER: Final[Mapping[str, tuple[str, ...]]] = {
    "": ("и й", "і ї", "у ў"),  # letters everywhere, though they decompose
    "az": ("c ç", "e ə", "g ğ", "h ı", "o ö", "s ş", "u ü"),
    "bs": _SOUTH_SLAVIC,
    "cs": ("c č", "h ch", "r ř", "s š", "z ž"),
    "da": _DANISH,
    "es": ("n ñ",),
    "et": ("s š z ž", "w õ ä ö ü"),
    "fi": _NORDIC,
    "hr": _SOUTH_SLAVIC,
    "hu": ("o ö=ő", "u ü=ű"),
    "is": ("a á", "d ð", "e é", "i í", "o ó", "u ú", "y ý", "z þ æ ö=ø å"),
    "lt": ("c č", "s š", "z ž"),
    "lv": ("c č", "g ģ", "k ķ", "l ļ", "n ņ", "s š", "z ž"),
    "nb": _DANISH,
    "nn": _DANISH,
    "no": _DANISH,
    "pl": ("a ą", "c ć", "e ę", "l ł", "n ń", "o ó", "s ś", "z ź ż"),
    "ro": ("a ă â", "i î", "s ș=ş", "t ț=ţ"),
    "sk": ("a ä", "c č", "h ch", "o ô", "s š", "z ž"),
    "sl": _SOUTH_SLAVIC,
    "sq": ("c ç", "e ë"),
    "sv": _NORDIC,
    "tr": ("c ç", "g ğ", "h ı", "o ö", "s ş", "u ü"),
}
_DOTLESS: Final = frozenset({"az", "tr"})  # where I is the capital of ı


class Tailoring(NamedTuple):
    """What one language adds."""

    language: str  # "" where it adds nothing
    capitals: Mapping[int, str]  # what is lowered otherwise than elsewhere
    letters: Mapping[int, str]
    pairs: tuple[tuple[str, str], ...]
    ascii_is_common: bool  # a text of ASCII letters is ordered as everywhere


def tailoring(language: str) -> Tailoring:
    """That of a language tag such as "sv" or "pt-BR"; of one without rules, the common one."""
    primary = language.replace("_", "-").split("-")[0].lower()
    if primary not in _AFTER:
        primary = ""
    letters: dict[int, str] = {}
    pairs: list[tuple[str, str]] = []
    for rule in {*_AFTER[""], *_AFTER[primary]}:
        base, *following = rule.split()
        for place, group in enumerate(following):
            for letter in group.split("="):
                if len(letter) == 1:
                    letters[ord(letter)] = base + chr(_FIRST + place)
                else:
                    pairs.append((letter, base + chr(_FIRST + place)))
    capitals = {ord("I"): "ı", ord("İ"): "i"} if primary in _DOTLESS else {}
    plain = not pairs and not capitals and all(code > 127 for code in letters)
    return Tailoring(primary, capitals, letters, tuple(pairs), plain)
