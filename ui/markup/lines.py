"""A line of Markdown from pieces of text with looks. Pure.

Owns marks and escapes. Invariant: read as Markdown, the line is the text of the pieces with their
looks, however oddly they were cut: neighbours of one look are one, marks stand at letters and never
at blanks. Must never import Qt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from ui.markup.looks import Looks

Piece = tuple[str, Looks]

BREAK: Final = "\x02"  # a line ends here, though the paragraph goes on
MADE: Final = "\x03"  # what stands between two of these is Markdown already
_MARKS: Final = (("struck", "~~"), ("strong", "**"), ("slanted", "*"))
_UNMARKED: Final = (False, False, False)
_BLANKS: Final = re.compile(r"[ \t\n\r\f\v]+")
_SOFT: Final = re.compile(r"(?<=[ \x02])\u00a0+|\u00a0+(?=[ \x02]|$)|^\u00a0+")
_SPACES: Final = re.compile("  +")
_SPECIAL: Final = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])|[*`]|~~|<(?=[a-zA-Z/!?])|(?<![^\W_])_|_(?![^\W_])"
    r"|\[(?=[^\]]*\][(\[])|\[(?=\[)|&(?=#?\w+;)"
)
_AT_START: Final = re.compile(
    r"(?:#{1,6}(?= |$)|[-+](?= |$)|>|\d{1,9}(?=[.)](?: |$))|-{3,}$|={3,}$)"
)


def line_of(pieces: Iterable[Piece], *, heading: bool = False) -> str:
    """The line; it has line ends only where a piece has `BREAK`."""
    joined = _joined(pieces, heading=heading)
    words = "".join(_linked(joined)).strip(" ")
    words = re.sub(rf" *{BREAK} *", BREAK, words).strip(BREAK)
    paragraphs = [
        "  \n".join(_start_escaped(line) for line in part.split(BREAK))
        for part in re.split(f"{BREAK}{{2,}}", words)
    ]
    return "\n\n".join(paragraphs).replace(MADE, "")


def image(alt: str, address: str) -> str:
    """Words that stand for a picture at an address, as a piece of text."""
    alt = " ".join(alt.split()).replace("[", "(").replace("]", ")").replace(MADE, "")
    return f"{MADE}![{alt}]({_target(address)}){MADE}"


def _joined(pieces: Iterable[Piece], *, heading: bool) -> list[Piece]:
    """Blanks made one, also across pieces; neighbours of one look made one."""
    found: list[Looks] = []
    texts: list[list[str]] = []
    blank = True
    for text, looks in pieces:
        words = _BLANKS.sub(" ", text)
        if blank and words.startswith(" "):
            words = words[1:]
        if not words:
            continue
        blank = words.endswith((" ", BREAK))
        shown = looks._replace(strong=False) if heading and looks.strong else looks
        bare = not words.strip(" \u00a0") and not looks.code  # a blank has no looks of its own
        if found and (bare or found[-1] == shown):
            texts[-1].append(words)
        else:
            found.append(shown)
            texts.append([words])
    joined = []
    for looks, parts in zip(found, texts, strict=True):
        joined.append((_SPACES.sub(" ", _SOFT.sub(" ", "".join(parts))), looks))
    return joined


def _linked(pieces: Sequence[Piece]) -> Iterable[str]:
    for link, group in groupby(pieces, key=lambda piece: piece[1].link):
        inside = list(group)
        if not link:
            yield _marked(inside)
            continue
        plain = "".join(text for text, _ in inside)
        if plain.strip() in (link, link.removeprefix("mailto:")) and link.startswith("http"):
            yield plain
            continue
        lead, words, tail = _trimmed(_marked(inside))
        yield f"{lead}[{words.replace(BREAK, ' ')}]({_target(link)}){tail}" if words else lead


def _marked(pieces: Sequence[Piece], level: int = 0) -> str:
    """The pieces inside of one link, marks set from the outermost in."""
    if level == len(_MARKS) or (len(pieces) == 1 and pieces[0][1][:3] == _UNMARKED):
        return "".join(_code(text) if looks.code else _escaped(text) for text, looks in pieces)
    field, mark = _MARKS[level]
    done = []
    for on, group in groupby(pieces, key=lambda piece: bool(getattr(piece[1], field))):
        inner = _marked(list(group), level + 1)
        if on:
            parts = inner.split(BREAK)  # a mark does not go over the end of a line
            done.append(BREAK.join(_wrapped(part, mark) for part in parts))
        else:
            done.append(inner)
    return "".join(done)


def _wrapped(words: str, mark: str) -> str:
    lead, words, tail = _trimmed(words)
    return f"{lead}{mark}{words}{mark}{tail}" if words else lead


def _trimmed(words: str) -> tuple[str, str, str]:
    inner = words.strip(" ")
    if not inner:
        return words, "", ""
    start = words.index(inner[0])
    return words[:start], inner, words[start + len(inner) :]


def _code(text: str) -> str:
    lead, words, tail = _trimmed(text.replace(BREAK, " ").replace("\u00a0", " "))
    if not words:
        return lead
    ticks = "`" * (max((len(run) for run in re.findall("`+", words)), default=0) + 1)
    pad = " " if words[0] == "`" or words[-1] == "`" else ""
    return f"{lead}{ticks}{pad}{words}{pad}{ticks}{tail}"


def _escaped(text: str) -> str:
    if MADE not in text:
        return _SPECIAL.sub(r"\\\g<0>", text)
    parts = text.split(MADE)
    parts[::2] = [_SPECIAL.sub(r"\\\g<0>", part) for part in parts[::2]]
    return MADE.join(parts)


def _start_escaped(line: str) -> str:
    found = _AT_START.match(line)
    if found is None:
        return line
    at = found.end() if found[0][0].isdigit() else 0
    return f"{line[:at]}\\{line[at:]}"


def _target(address: str) -> str:
    if "(" in address or ")" in address:
        return f"<{address.replace('<', '%3C').replace('>', '%3E')}>"
    return address
