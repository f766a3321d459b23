"""What differs between two states: texts by words, other fields by what they were and are.

Owns the edit script of two texts. Invariant: applied to the old text, hunks and splices alike give
exactly the new one. Compared word by word after the common ends are set aside; the script is the
shortest in words (indel distance, by rapidfuzz). Pure. Must never import items or storage.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple, TypeAlias

from goatcore.history.splices import TextSplice

WORDS_MAX: Final = 20_000  # beyond this the middle is compared line by line, then as one
_WORD: Final = re.compile(r"\w+|\s+|[^\w\s]")
_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")

Part: TypeAlias = tuple[str, str]  # of the old text and of the new one: equal, or not


class Hunk(NamedTuple):
    """A piece of two texts: in both, only in the new one, or only in the old one."""

    kind: Literal["equal", "insert", "delete"]
    old_position: int  # in code points; of an insert: before which letter of the old text
    new_position: int  # of a delete: before which letter of the new text
    text: str


class TextDiff(NamedTuple):
    """How a text changed: hunks from the first letter to the last; a replaced piece is a delete
    followed by an insert."""

    hunks: tuple[Hunk, ...]

    @property
    def inserted(self) -> int:
        """Letters that are only in the new text."""
        return sum(len(hunk.text) for hunk in self.hunks if hunk.kind == "insert")

    @property
    def deleted(self) -> int:
        """Letters that are only in the old text."""
        return sum(len(hunk.text) for hunk in self.hunks if hunk.kind == "delete")


class ValueDiff(NamedTuple):
    """How a field that is no text changed."""

    old: object
    new: object


FieldDiff: TypeAlias = TextDiff | ValueDiff


def text_diff(old: str, new: str) -> TextDiff:
    """The hunks between two texts. A word is never cut: it is replaced as a whole."""
    start, end = _common_ends(old, new)
    while start and _inside_word(old, start) | _inside_word(new, start):
        start -= 1
    old_stop, new_stop = len(old) - end, len(new) - end
    while end and _inside_word(old, old_stop) | _inside_word(new, new_stop):
        end, old_stop, new_stop = end - 1, old_stop + 1, new_stop + 1
    hunks: list[Hunk] = []
    if start:
        hunks.append(Hunk("equal", 0, 0, old[:start]))
    at, to = start, start
    for before, after in _parts(old[start:old_stop], new[start:new_stop]):
        if before == after:
            hunks.append(Hunk("equal", at, to, before))
        else:
            if before:
                hunks.append(Hunk("delete", at, to, before))
            if after:
                hunks.append(Hunk("insert", at + len(before), to, after))
        at += len(before)
        to += len(after)
    if end:
        hunks.append(Hunk("equal", at, to, old[old_stop:]))
    return TextDiff(tuple(hunks))


def word_splices(old: str, new: str) -> list[TextSplice]:
    """Splices that make `new` of `old`, in order, each in terms of the text before it. Two people
    who each replace a word both keep theirs; letters that a changed word keeps at its ends stay."""
    if old == new:
        return []
    start, end = _common_ends(old, new)
    splices: list[TextSplice] = []
    position = start
    for before, after in _parts(old[start : len(old) - end], new[start : len(new) - end]):
        if before != after:
            splices.append(TextSplice(position, len(before), after))
        position += len(after)
    return splices


def _common_ends(old: str, new: str) -> tuple[int, int]:
    """How many letters two texts share at the beginning, and of the rest at the end."""
    limit = min(len(old), len(new))
    start = _first(limit, lambda low, high: old[low:high] != new[low:high])
    limit -= start
    a, b = len(old), len(new)
    end = _first(limit, lambda low, high: old[a - high : a - low] != new[b - high : b - low])
    return start, end


def _first(limit: int, differ: Callable[[int, int], bool]) -> int:
    """The first of `limit` places at which something differs: by halves, so that long texts are
    compared at the speed of memory."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if differ(low, middle):
            high = middle - 1
        else:
            low = middle
    return low


def _inside_word(text: str, position: int) -> bool:
    """Whether a word goes on over a position."""
    return (
        0 < position < len(text) and _WORD.fullmatch(text, position - 1, position + 1) is not None
    )


def _parts(old: str, new: str) -> Iterator[Part]:
    """The two texts in pieces, equal and unequal ones in turn."""
    if not old or not new:
        if old or new:
            yield old, new
        return
    a: list[str] = _WORD.findall(old)
    b: list[str] = _WORD.findall(new)
    if len(a) <= WORDS_MAX and len(b) <= WORDS_MAX:
        yield from _script(a, b)
        return
    lines_a: list[str] = _LINE.findall(old)
    lines_b: list[str] = _LINE.findall(new)
    if len(lines_a) > WORDS_MAX or len(lines_b) > WORDS_MAX:
        yield old, new
        return
    yield from _script(lines_a, lines_b)


def _script(a: list[str], b: list[str]) -> Iterator[Part]:
    # needed for whole texts only: a program that splices does not pay for the import
    from rapidfuzz.distance import Indel

    before = after = ""
    for opcode in Indel.opcodes(a, b):
        gone = "".join(a[opcode.src_start : opcode.src_end])
        if opcode.tag != "equal":
            before += gone
            after += "".join(b[opcode.dest_start : opcode.dest_end])
            continue
        if before or after:
            yield before, after
            before = after = ""
        yield gone, gone
    if before or after:
        yield before, after
