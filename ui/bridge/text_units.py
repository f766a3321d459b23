"""Qt counts UTF-16 units, texts count code points: how to get from one to the other. Pure.

Also the two spellings of a text: *stored*, exactly as written, and *shown*, as a QTextDocument can
hold it. Both have the same number of code points, and of UTF-16 units. Must never import Qt.
"""

from __future__ import annotations

# What a document turns into something else, and what stands for it on the screen: one unit each.
_SHOWN = str.maketrans(
    {
        "\r": "\u200b",  # the first half of a Windows line end: nothing to see
        "\0": "\ufffd",
        "\u2028": "\n",
        "\u2029": "\n",
        "\ufdd0": "\n",
        "\ufdd1": "\n",
    }
)
_TYPED = str.maketrans({"\u2028": "\n", "\u2029": "\n", "\ufdd0": "\n", "\ufdd1": "\n"})


def shown(stored: str) -> str:
    """A stored text as the document can hold it."""
    return stored.translate(_SHOWN)


def typed(raw: str) -> str:
    """What the document holds, with line ends as texts have them; half a surrogate pair, which a
    text cannot hold, becomes U+FFFD."""
    if raw.isascii():
        return raw
    raw = raw.translate(_TYPED)
    try:
        raw.encode("utf-8")
    except UnicodeEncodeError:
        return raw.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return raw


def astral(text: str) -> int:
    """How many code points take two units."""
    if text.isascii():
        return 0
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 - len(text)


def units(text: str) -> int:
    """The length in UTF-16 units."""
    return len(text) + astral(text)


def points_floor(text: str, unit: int) -> int:
    """The code point that UTF-16 unit `unit` belongs to: rounded down inside a pair."""
    head = text.encode("utf-16-le", "surrogatepass")[: 2 * unit]
    return len(head.decode("utf-16-le", "ignore"))
