"""Snippets: the part of a text that shows why it was found, and what to light in it.

Owns how a place is chosen and cut. Invariant: ranges are places of the snippet's own text, in
order, apart from each other. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from goatcore.search.analysis import Span, composed, folded, spans
from goatcore.search.wanted import TITLE, Term

LETTERS_MAX: Final = 200  # of a snippet
BEFORE_MAX: Final = 50  # letters before the first thing that is lit, in a long line
READ_MAX: Final = 400_000  # letters of a text that are looked at
LIT_MAX: Final = 30
BETWEEN_LINES: Final = " · "
_LEADING: Final = re.compile(r"(?:\[[ xX]\]|[^\w\"'“‘(]+)+")
_SPACES: Final = re.compile(r"[\t\r\v\f\u2028\u2029\x85]")

Range = tuple[int, int]


class Marked(NamedTuple):
    """Some text, and the ranges of it to be lit. `at`: where in the whole text the first of them
    is (code points of its NFC form); None where nothing is."""

    text: str
    ranges: tuple[Range, ...] = ()
    at: int | None = None


def marked(text: str, terms: Sequence[Term], *, within: bool = False) -> Marked:
    """A whole text (a title) with what was found in it."""
    text = composed(text)
    ranges = _ranges(spans(text), terms, within) if terms else []
    return Marked(text, tuple(ranges), ranges[0][0] if ranges else None)


def snippet(text: str, terms: Sequence[Term], *, within: bool = False) -> Marked:
    """The line of a text that has most of `terms`, and what follows it; its beginning if none has
    any."""
    text = composed(text[:READ_MAX])
    terms = [term for term in terms if term.field != TITLE]
    best: tuple[int, int, list[Range]] | None = None  # how many terms, where the line is, what
    for start, line in _lines(text):
        compared = folded(line)
        if any(all(word in compared for word in term.tokens) for term in terms):
            words = spans(line)
            ranges = _ranges(words, terms, within)
            count = sum(bool(_ranges(words, [term], within)) for term in terms)
            if count > (best[0] if best else 0):
                best = (count, start, ranges)
                if count == len(terms):
                    break
    if best is None:
        return _cut(text, 0, [])
    return _cut(text, best[1], best[2])


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    while start < len(text):
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        yield start, text[start:stop]
        start = stop + 1


def _cut(text: str, start: int, ranges: list[Range]) -> Marked:
    """A snippet from the line at `start` on; `ranges` are places of that line."""
    at = start + ranges[0][0] if ranges else None
    parts: list[str] = []
    lit: list[Range] = []
    room = LETTERS_MAX
    for where, line in _lines(text[start : start + 8 * LETTERS_MAX]):
        leading = _LEADING.match(line)
        first = leading.end() if leading else 0
        if where == 0 and ranges:
            first = min(first, ranges[0][0])
        if first >= len(line.rstrip()):
            continue
        before = ""
        if where == 0 and ranges and ranges[0][0] - first > BEFORE_MAX:
            first = _word_start(line, ranges[0][0] - BEFORE_MAX)
            before = "…"
        kept = line[first : first + room].rstrip()
        after = "…" if len(line.rstrip()) > first + room else ""
        offset = LETTERS_MAX - room + len(before) - first
        if where == 0:
            lit = [
                (begin + offset, min(end, first + len(kept)) + offset)
                for begin, end in ranges
                if begin < first + len(kept)
            ]
        parts.append(before + _SPACES.sub(" ", kept) + after)
        room -= len(parts[-1]) + len(BETWEEN_LINES)
        if room <= 0:
            break
    return Marked(BETWEEN_LINES.join(parts), tuple(lit[:LIT_MAX]), at)


def _word_start(line: str, at: int) -> int:
    """The beginning of a word near a place, a little later if there is one."""
    space = line.find(" ", at, at + BEFORE_MAX // 2)
    return at if space < 0 else space + 1


def _ranges(words: Sequence[Span], terms: Sequence[Term], within: bool) -> list[Range]:
    """Where terms are, from left to right; what overlaps or touches is one."""
    found = sorted(place for term in terms for place in _places(words, term, within))
    joined: list[Range] = []
    for start, stop in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined


def _places(words: Sequence[Span], term: Term, within: bool) -> Iterator[Range]:
    *before, last = term.tokens
    for at in range(len(before), len(words)):
        token = words[at].token
        if token == last or (not term.exact and token.startswith(last)):
            first = at - len(before)
            if all(words[first + n].token == word for n, word in enumerate(before)):
                yield words[first].start, words[at].stop
        elif within and not term.exact and not before and last in token:
            yield words[at].start, words[at].stop
