"""What was typed into a search field, as a value: words, phrases, operators, alternatives, dates.

Owns the grammar. Invariant: everything that can be typed can be read; what makes no sense as an
operator is read as words, or left out with a sentence that says what would make sense. What is
still being typed (`tag:`, a phrase without its end, a lone `OR`) is left out in silence.
Pure; reads no clock: what a date means is given as a function.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Final, NamedTuple

from goatcore.search.analysis import tokens

TITLE, TAG, PLACE, AUTHOR, HAS, ANY = "title", "tag", "place", "author", "has", ""
BEFORE, AFTER = "before", "after"
OPERATORS: Final = {
    "title": TITLE, "tag": TAG, "notebook": PLACE, "in": PLACE, "author": AUTHOR, "by": AUTHOR,
    "has": HAS, "is": HAS, "before": BEFORE, "after": AFTER,
}  # fmt: skip
TERMS_MAX: Final = 64

_PIECE: Final = re.compile(
    r"(?P<minus>[-−]?)"
    r"(?P<hash>#?)"
    r"(?:(?P<name>[A-Za-z]+):)?"
    r"(?:\"(?P<quoted>[^\"]*)(?P<closed>\"?)|(?P<word>[^\s\"]+)|(?=\s|$))"
)
_QUOTES: Final = str.maketrans("“”„‟«»＂：", '""""""":')
_DATE: Final = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?-?$")
_PART_OF_DATE: Final = re.compile(r"\d{0,3}$|\d{4}-(?:0?|\d{1,2}-0?)$")

Midnight = Callable[[int, int, int], int]  # year, month, day → milliseconds; raises ValueError


class Term(NamedTuple):
    """Words that follow each other, anywhere or in one field."""

    field: str
    tokens: tuple[str, ...]
    exact: bool  # the last word is meant as a whole, not as the beginning of one


class Wanted(NamedTuple):
    """Every one of `clauses` has to hold, a clause holds if any of its terms does; none of
    `without` may. Times are of the last edit, from `after_ms` on, before `before_ms`."""

    clauses: tuple[tuple[Term, ...], ...] = ()
    without: tuple[Term, ...] = ()
    after_ms: int | None = None
    before_ms: int | None = None
    problems: tuple[str, ...] = ()  # sentences about what was left out

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.clauses or self.without) or (self.after_ms, self.before_ms) != (None, None)

    @property
    def words(self) -> tuple[Term, ...]:
        """The terms to be lit in titles and texts."""
        return tuple(t for clause in self.clauses for t in clause if t.field in (ANY, TITLE))

    @property
    def title(self) -> str:
        """What a title would be that is exactly what was typed; "" if there were alternatives."""
        if any(len(clause) > 1 for clause in self.clauses):
            return ""
        return " ".join(word for term in self.words for word in term.tokens)


def parse(typed: str, marks: Collection[str], midnight: Midnight) -> Wanted:
    """Read what was typed. `marks` are the words that `has:` knows."""
    return _Reader(marks, midnight).read(typed.translate(_QUOTES))


class _Reader:
    """One reading."""

    def __init__(self, marks: Collection[str], midnight: Midnight) -> None:
        self._marks = marks
        self._midnight = midnight
        self._clauses: list[list[Term]] = []
        self._without: list[Term] = []
        self._problems: list[str] = []
        self._after: int | None = None
        self._before: int | None = None
        self._either = False  # an OR stands before what comes

    def read(self, typed: str) -> Wanted:
        at = 0
        while at < len(typed):
            found = _PIECE.match(typed, at)
            if found is None or found.end() == at:
                at += 1
                continue
            at = found.end()
            if len(self._clauses) + len(self._without) == TERMS_MAX:
                self._problems.append(f"Only the first {TERMS_MAX} words are searched for.")
                break
            self._piece(found)
        return Wanted(
            tuple(map(tuple, self._clauses)),
            tuple(self._without),
            self._after,
            self._before,
            tuple(dict.fromkeys(self._problems)),
        )

    def _piece(self, found: re.Match[str]) -> None:
        name, quoted, word = found["name"], found["quoted"], found["word"]
        if word == "OR" and not (found["minus"] or found["hash"] or name):
            if self._clauses and not self._either:
                self._either = True
                return
            if self._either:
                return
        text = quoted if quoted is not None else word or ""
        operator = OPERATORS.get(name.lower()) if name else None
        if name and operator is None:
            text = f"{name}:{text}"
        if found["hash"]:
            operator = operator or TAG
        exact = quoted is not None and bool(found["closed"])
        if operator in (BEFORE, AFTER):
            self._date(operator, name, text)
        elif operator == HAS:
            self._has(name, text, without=bool(found["minus"]))
        else:
            self._term(Term(operator or ANY, tuple(tokens(text)), exact), bool(found["minus"]))

    def _term(self, term: Term, without: bool) -> None:
        if not term.tokens:
            return
        if without:
            self._without.append(term)
        elif self._either:
            self._clauses[-1].append(term)
        else:
            self._clauses.append([term])
        self._either = False

    def _has(self, name: str, text: str, *, without: bool) -> None:
        mark = text.lower()
        if mark in self._marks:
            self._term(Term(HAS, tuple(tokens(mark)), True), without)
        elif not any(known.startswith(mark) for known in self._marks):
            known = ", ".join(sorted(self._marks))
            self._problems.append(f"“{name}:{text}” means nothing; after has: comes {known}.")

    def _date(self, operator: str, name: str, text: str) -> None:
        if _PART_OF_DATE.match(text):
            return
        date = _DATE.match(text)
        try:
            if date is None:
                raise ValueError
            start = self._midnight(int(date[1]), int(date[2] or 1), int(date[3] or 1))
        except (ValueError, OverflowError, OSError):
            self._problems.append(
                f"“{name}:{text}” is not a date; write 2026, 2026-05 or 2026-05-01."
            )
            return
        if operator == AFTER:
            self._after = start if self._after is None else max(self._after, start)
        else:
            self._before = start if self._before is None else min(self._before, start)
