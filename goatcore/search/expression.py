"""What is wanted, as an expression of SQLite's FTS5.

Owns the columns and the translation. Invariant: whatever is wanted, the expression is well-formed:
words reach it only as they come out of analysis, in quotes. Places and authors are found by name
when the search runs, so a new name needs no new index. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from goatcore.search.analysis import stands_alone, tokens
from goatcore.search.wanted import ANY, AUTHOR, HAS, PLACE, TAG, TITLE, Term

COLUMNS: Final = ("title", "body", "tags", "place", "author", "marks")
_COLUMN_OF: Final = {
    ANY: "{title body tags}", TITLE: "title", TAG: "tags", PLACE: "place", AUTHOR: "author",
    HAS: "marks",
}  # fmt: skip
WITHIN_LETTERS_MIN: Final = 3  # a shorter one is within too many words

Names = Mapping[str, Mapping[str, str]]  # PLACE and AUTHOR: names by the word that the index has
Within = Callable[[str], Sequence[str]]  # words that contain one


def expression(terms: Sequence[Term], names: Names, within: Within | None) -> str:
    """An expression that holds where any of `terms` does; "" if none can. With `within`, a word
    that stands for itself is also found inside of words."""
    return " OR ".join(filter(None, (_term(term, names, within) for term in terms)))


def conjunction(parts: Sequence[str]) -> str:
    """An expression that holds where all of `parts` do."""
    return " AND ".join(f"({part})" for part in parts)


def is_within(term: Term) -> bool:
    """Whether a term is one word that may be found inside of others."""
    return (
        term.field in (ANY, TITLE, TAG)
        and not term.exact
        and len(term.tokens) == 1
        and len(term.tokens[0]) >= WITHIN_LETTERS_MIN
        and not stands_alone(term.tokens[0])
    )


def in_titles(clause: Sequence[Term]) -> tuple[Term, ...]:
    """A clause as it holds in titles: its words that are long enough to say something there; what
    is of another field stays as it is. () if a word is too short."""
    if any(term.field == ANY and len(term.tokens[-1]) < WITHIN_LETTERS_MIN for term in clause):
        return ()
    return tuple(t._replace(field=TITLE) if t.field == ANY else t for t in clause)


def _term(term: Term, names: Names, within: Within | None) -> str:
    if term.field in (PLACE, AUTHOR):
        found = [word for word, name in names.get(term.field, {}).items() if _called(term, name)]
        phrases = [f'"{word}"' for word in found]
    else:
        phrase = f'"{" ".join(term.tokens)}"'
        if term.exact or stands_alone(term.tokens[-1]):
            phrases = [phrase]
        elif len(term.tokens[-1]) < WITHIN_LETTERS_MIN:
            phrases = [phrase + "*"]
        else:  # the whole word counts more than its beginning
            phrases = [phrase, phrase + "*"]
        if within is not None and is_within(term):
            phrases += [f'"{word}"' for word in within(term.tokens[0])]
    return f"{_COLUMN_OF[term.field]} : ({' OR '.join(phrases)})" if phrases else ""


def _called(term: Term, name: str) -> bool:
    """Whether a name has the words of a term, one behind the other."""
    words, wanted = tokens(name), list(term.tokens)
    last = wanted.pop()
    for at in range(len(words) - len(wanted)):
        end = words[at + len(wanted)]
        if words[at : at + len(wanted)] == wanted and (
            end == last if term.exact else end.startswith(last)
        ):
            return True
    return False
