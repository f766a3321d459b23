"""Bringing one passage of an old text back into the text of now, where it stood.

Owns where that is and what makes room for it. Invariant: of the text of now, only what stands
between letters of the passage goes, and what was written in place of its first or last ones in the
same line; afterwards the passage is in the text as it was, and every other letter is untouched.
Pure. Must never import the walk.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

from goatcore.history.diffing import text_diff
from goatcore.history.splices import TextSplice
from goatcore.history.text.alignment import Stretch

BREAK: Final = "\n"


class Letters(NamedTuple):
    """A piece of the row: letters of the old text, of the text of now, or of both."""

    text: str
    then: bool
    now: bool


def lettered(row: Sequence[Stretch], then: str, now: str) -> list[Letters]:
    """The row with its letters. Where all letters are other, words that were written anew, as an
    undo does, are those that they were."""
    found: list[Letters] = []
    at = to = 0
    for kept, stretches in groupby(row, key=lambda one: one.then and one.now):
        pieces: list[Letters] = []
        for size, was, there in stretches:
            text = then[at : at + size] if was else now[to : to + size]
            pieces.append(Letters(text, was, there))
            at += size if was else 0
            to += size if there else 0
        found += pieces if kept else _written_anew(pieces)
    return found


def _written_anew(pieces: list[Letters]) -> list[Letters]:
    old = "".join(piece.text for piece in pieces if piece.then)
    new = "".join(piece.text for piece in pieces if piece.now)
    if not old or not new:
        return pieces
    hunks = text_diff(old, new).hunks
    if not any(_says_something(hunk.kind, hunk.text) for hunk in hunks):
        return pieces
    found: list[Letters] = []
    for kind, _, _, text in hunks:
        if kind == "equal" and not _says_something(kind, text):
            found += (Letters(text, True, False), Letters(text, False, True))
        else:
            found.append(Letters(text, kind != "insert", kind != "delete"))
    return found


def _says_something(kind: str, text: str) -> bool:
    """Whether that it is in both texts is more than chance."""
    return kind == "equal" and any(map(str.isalnum, text))


def splices_back(letters: Sequence[Letters], start: int, stop: int) -> list[TextSplice]:
    """The splices, in order, that bring letters `start` … `stop` - 1 of the old text back into the
    text of now; none if they are there as they were. Whole lines come back as lines of their own.
    """
    then = "".join(piece.text for piece in letters if piece.then)
    start, stop = max(start, 0), min(stop, len(then))
    if start >= stop:
        return []
    before, passage, after = _cut(letters, start, stop)
    before, in_front = _replaced_before(before, passage)
    behind, after = _replaced_after(passage, after)
    lead = trail = ""
    if _lines(then, start, stop):
        left = next((piece.text[-1] for piece in reversed(before) if piece.now), BREAK)
        right = next((piece.text[0] for piece in after if piece.now), BREAK)
        lead = "" if left == BREAK else BREAK
        trail = "" if BREAK in (right, then[stop - 1]) else BREAK
    place = sum(len(piece.text) for piece in before if piece.now)
    out: list[TextSplice] = []
    for text, was, there in (
        Letters(lead, True, False),
        *in_front,
        *passage,
        *behind,
        Letters(trail, True, False),
    ):
        if not was:
            out.append(TextSplice(place, len(text), ""))
            continue
        if not there and text:
            out.append(TextSplice(place, 0, text))
        place += len(text)
    return out


def _cut(
    letters: Sequence[Letters], start: int, stop: int
) -> tuple[list[Letters], list[Letters], list[Letters]]:
    """The row before, in and behind a passage, which begins and ends with letters of its own."""
    parts: tuple[list[Letters], list[Letters], list[Letters]] = [], [], []
    at = 0
    for piece in letters:
        if not piece.then:
            parts[0 if at <= start else 1 if at < stop else 2].append(piece)
            continue
        end = at + len(piece.text)
        for part, low, high in zip(parts, (at, start, stop), (start, stop, end), strict=True):
            text = piece.text[max(low - at, 0) : max(high - at, 0)]
            if text:
                part.append(piece._replace(text=text))
        at = end
    return parts


def _replaced_before(
    before: list[Letters], passage: list[Letters]
) -> tuple[list[Letters], list[Letters]]:
    """What stands before a passage, and of it, at its end, what was written in place of the
    passage's beginning."""
    at = len(before)
    while at and not before[at - 1].then:
        at -= 1
    line_is_gone = passage[-1].text.endswith(BREAK) and not passage[-1].now
    if passage[0].now or line_is_gone or (at and not before[at - 1].now):
        return before, []
    new = "".join(piece.text for piece in before[at:])
    cut = new.rfind(BREAK) + 1
    return [*before[:at], *_new(new[:cut])], _new(new[cut:])


def _replaced_after(
    passage: list[Letters], after: list[Letters]
) -> tuple[list[Letters], list[Letters]]:
    """What was written in place of a passage's end, and the rest of what stands behind it."""
    at = 0
    while at < len(after) and not after[at].then:
        at += 1
    if (
        passage[-1].now
        or passage[-1].text.endswith(BREAK)
        or (at < len(after) and not after[at].now)
    ):
        return [], after
    new = "".join(piece.text for piece in after[:at])
    cut = new.find(BREAK) % (len(new) + 1)  # all of it, if there is none
    return _new(new[:cut]), [*_new(new[cut:]), *after[at:]]


def _new(text: str) -> list[Letters]:
    return [Letters(text, False, True)] if text else []


def _lines(text: str, start: int, stop: int) -> bool:
    """Whether a piece of a text is whole lines, with or without the last line break."""
    return (start == 0 or text[start - 1] == BREAK) and (
        stop == len(text) or BREAK in text[stop - 1 : stop + 1]
    )
