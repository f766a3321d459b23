"""What each part of a line of Markdown is, for live styling; the text is never touched. Pure.

Owns the reading of one line, given what the line before left open. Invariant: the spans of a line
do not overlap, lie inside it and are in order. It follows CommonMark where a single line can.
Must never import Qt.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ui.operations.tags import TAG

PLAIN, BACKTICK_FENCE, TILDE_FENCE, FRONT_MATTER = range(4)  # what a line can leave open


class Span(NamedTuple):
    """Characters `start` to `stop` of a line are all of `kinds`."""

    start: int
    stop: int
    kinds: frozenset[str]


_SPECIAL = re.compile(r"[#*_`~\[\]>:<\\|]|^\s*(?:[-+]\s|\d+[.)]\s|---|===)")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_QUOTE = re.compile(r" {0,3}(?:>[ \t]?)+")
_LIST = re.compile(r"\s*(?:[-+*]|\d{1,9}[.)])[ \t]+(\[[ xX]\](?=[ \t]|$))?")
_TABLE = re.compile(r" {0,3}\|")
_BAR = re.compile(r"(?<!\\)\|")
_DASHES = re.compile(r"[ |:-]*-[ |:-]*$")
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_ESCAPE = re.compile(r"\\[!-/:-@\[-`{-~]")
WIKI = re.compile(r"(!?\[\[)([^\[\]]+)(\]\])")
LINK = re.compile(r"(!?\[)([^\[\]]*)(\]\()([^()\s]*(?:\([^()]*\)[^()\s]*)*(?: \"[^\"]*\")?)(\))")
ADDRESS = re.compile(r"(?:https?://|mailto:|goat://)[^\s<>\"']*[^\s<>\"'.,;:!?)\]]")
_STRONG = re.compile(r"(\*\*|(?<!\w)__)(?=\S)(.+?)(?<=\S)(\*\*|__(?!\w))")
_EMPHASIS = re.compile(
    r"(?<![\\*\w])(\*)(?=[^\s*])([^*]+?)(?<=[^\s*])(\*)(?!\*)"
    r"|(?<![\\_\w])(_)(?=[^\s_])([^_]+?)(?<=[^\s_])(_)(?![\w_])"
)
_STRIKE = re.compile(r"(~~)(?=\S)(.+?)(?<=\S)(~~)")

Marked = list[tuple[int, int, str]]


def read_line(line: str, state: int, *, first: bool = False) -> tuple[list[Span], int]:
    """The spans of `line` and what it leaves open. `state` is what the line before left open;
    `first` says that there is none before."""
    if first and line.rstrip() == "---":
        return [_whole(line, "front")], FRONT_MATTER
    if state == FRONT_MATTER:
        return [_whole(line, "front")], PLAIN if line.rstrip() in ("---", "...") else state
    fence = _FENCE.match(line)
    if state in (BACKTICK_FENCE, TILDE_FENCE):
        own = fence is not None and fence[1][0] == ("`" if state == BACKTICK_FENCE else "~")
        if own and not line[fence.end() :].strip():  # type: ignore[union-attr]
            return [_whole(line, "fence")], PLAIN
        return ([_whole(line, "block")] if line else []), state
    if fence is not None and "`" not in line[fence.end() :]:
        return [_whole(line, "fence")], BACKTICK_FENCE if fence[1][0] == "`" else TILDE_FENCE
    if not _SPECIAL.search(line):
        return [], PLAIN
    return _flatten(_marks(line), len(line)), PLAIN


def _whole(line: str, kind: str) -> Span:
    return Span(0, len(line), frozenset((kind,)))


def _marks(line: str) -> Marked:
    found: Marked = []
    if _RULE.match(line):
        return [(0, len(line), "mark")]
    at = 0
    if quote := _QUOTE.match(line):
        found += [(0, quote.end(), "mark"), (quote.end(), len(line), "quote")]
        at = quote.end()
    if heading := _HEADING.match(line, at):
        found += [(at, len(line), f"h{len(heading[1])}"), (at, heading.end(), "mark")]
        at = heading.end()
    elif _TABLE.match(line, at):
        found.append((at, len(line), "table"))
        if _DASHES.match(line, at):
            return [*found, (at, len(line), "mark")]
        found += [(*match.span(), "mark") for match in _BAR.finditer(line, at)]
    elif item := _LIST.match(line, at):
        found.append((at, item.end(), "bullet"))
        if item[1] is not None:
            found.append((*item.span(1), "task"))
            if item[1] != "[ ]":
                found.append((min(item.end(1) + 1, len(line)), len(line), "done"))
        at = item.end()
    found += _inline(line, at)
    return found


def _inline(line: str, at: int) -> Marked:
    found: Marked = []
    rest = " " * at + line[at:]

    def hide(start: int, stop: int) -> None:
        nonlocal rest
        rest = rest[:start] + "\0" * (stop - start) + rest[stop:]

    if "`" in rest:
        for match in _CODE.finditer(rest):
            ticks = len(match[1])
            found += [
                (*match.span(), "code"),
                (match.start(), match.start() + ticks, "mark"),
                (match.end() - ticks, match.end(), "mark"),
            ]
            hide(*match.span())
    if "\\" in rest:
        for match in _ESCAPE.finditer(rest):
            found.append((match.start(), match.start() + 1, "mark"))
            hide(*match.span())
    if "[" in rest:
        for match in WIKI.finditer(rest):
            found += [(*match.span(1), "mark"), (*match.span(2), "link"), (*match.span(3), "mark")]
            hide(*match.span())
        for match in LINK.finditer(rest):
            found += [(*match.span(1), "mark"), (*match.span(2), "link")]
            found += [(match.start(3), match.end(), "mark")]
            hide(*match.span(1))
            hide(match.start(3), match.end())
    if ":" in rest:
        for match in ADDRESS.finditer(rest):
            found.append((*match.span(), "link"))
            hide(*match.span())
    for expression, kind, sign in (
        (_STRONG, "strong", "*_"),
        (_EMPHASIS, "emphasis", "*_"),
        (_STRIKE, "strike", "~"),
    ):
        if not any(letter in rest for letter in sign):
            continue
        for match in expression.finditer(rest):
            opening = match[1] or match[4]
            size = len(opening)
            found += [
                (match.start() + size, match.end() - size, kind),
                (match.start(), match.start() + size, "mark"),
                (match.end() - size, match.end(), "mark"),
            ]
            if kind != "emphasis":
                hide(match.start(), match.start() + size)
                hide(match.end() - size, match.end())
    if "#" in rest:
        found += [(*match.span(), "tag") for match in TAG.finditer(rest)]
    return found


def _flatten(marked: Marked, length: int) -> list[Span]:
    """Overlapping marks as spans side by side."""
    edges = sorted({0, length, *(m[0] for m in marked), *(m[1] for m in marked)})
    kinds: dict[int, set[str]] = {}
    place = {edge: number for number, edge in enumerate(edges)}
    for start, stop, kind in marked:
        for number in range(place[start], place[stop]):
            kinds.setdefault(number, set()).add(kind)
    return [
        Span(edges[number], edges[number + 1], frozenset(found))
        for number, found in sorted(kinds.items())
    ]
