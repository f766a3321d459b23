"""Which parts of a program are what, by Pygments: keywords, strings, comments, numbers, names.

Owns the few kinds that have a colour, and the remembered reading of recent blocks. Invariant: the
spans of a line lie inside it, in order, without overlaps; a language that is not known has none.
Must never import Qt. Pygments is loaded by the first block that names a language.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from pygments.lexer import Lexer

KINDS: Final = ("keyword", "string", "comment", "number", "name")
_SETS: Final = {kind: frozenset((kind,)) for kind in KINDS}
LETTERS_MAX: Final = 40_000  # a longer block stays without colours: reading it would hold the keys


class CodeSpan(NamedTuple):
    """Letters `start` to `stop` of a line are of one kind: `kinds` has one name of `KINDS`."""

    start: int
    stop: int
    kinds: frozenset[str]

    @property
    def kind(self) -> str:
        """Its name."""
        return next(iter(self.kinds))


CodeLine = tuple[str, tuple[CodeSpan, ...]]


@lru_cache(maxsize=64)
def coloured_lines(code: str, language: str) -> tuple[CodeLine, ...]:
    """The lines of a block, each with its spans."""
    lexer = _lexer(language) if language and len(code) <= LETTERS_MAX else None
    if lexer is None:
        return tuple((line, ()) for line in code.split("\n"))
    lines: list[CodeLine] = []
    words, spans, column = "", [], 0
    for token, value in lexer.get_tokens(code):
        kind = _kind(str(token))
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append((words, tuple(spans)))
                words, spans, column = "", [], 0
            if part and kind:
                spans.append(CodeSpan(column, column + len(part), _SETS[kind]))
            words += part
            column += len(part)
    wanted = code.split("\n")
    if words:
        lines.append((words, tuple(spans)))
    return tuple(
        (line, lines[at][1] if at < len(lines) and lines[at][0] == line else ())
        for at, line in enumerate(wanted)
    )


@lru_cache(maxsize=32)
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language.lower(), stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _kind(token: str) -> str:
    """The kind of a token of Pygments, by its name; "" for what has no colour."""
    name = token.removeprefix("Token.")
    if name.startswith(("Keyword", "Operator.Word")):
        return "keyword"
    if name.startswith(("Literal.String", "String")):
        return "string"
    if name.startswith("Comment"):
        return "comment"
    if name.startswith(("Literal.Number", "Number")):
        return "number"
    if name.startswith(("Name.Function", "Name.Class", "Name.Tag", "Name.Builtin", "Name.Decor")):
        return "name"
    return ""
