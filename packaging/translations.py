"""Brings the languages up to date: `python packaging/translations.py`.

Reads the code for sentences that are marked, and writes each `resources/languages/*.po` anew: in
the order of the code, with the translations there are, without those that nothing says any more.
Says what is not translated yet; then its exit code is 1.

Marked are literals in `….tr("…", "meaning")`, `tr("…")`, `mark("…")`, `counted("…", "…", n)`,
`QCoreApplication.translate("context", "…")`, the words of commands and menus in
`ui/commands/catalogue.py`, and the sentences of errors of the engine that a person can meet.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "languages"
SAID = ("ui", "app")
ENGINE_FOLDER, ENGINE = "goatcore", "engine"
PROGRAMS_SEE = ("goatcore/query/", "goatcore/schema/")
FOR_PROGRAMS = (
    *("InvalidValue", "UnknownField", "TransactionTooLarge", "TransactionMisuse", "LocalMisuse"),
    *("Closed", "Malformed", "CheckpointDamaged"),
)
SENTENCE = re.compile(r"(?!SELECT)[A-Z“{][^\n]* [^\n]*[.?!]")
PLACE = re.compile(r"\{\w*\}")
HEAD = """msgid ""
msgstr ""
{}

"""


class Sentence(NamedTuple):
    """A marked sentence; `many` is its plural, "" if it has none."""

    words: str
    meaning: str = ""
    many: str = ""


class NotLiteral(Exception):
    """A call that marks what cannot be read from the code."""


def sentences() -> dict[Sentence, list[str]]:
    """Every marked sentence, with the files that say it, in the order of the code."""
    found: dict[Sentence, list[str]] = {}
    for top in SAID:
        for path in sorted((ROOT / top).rglob("*.py")):
            place = path.relative_to(ROOT).as_posix()
            for sentence in _marked(ast.parse(path.read_text(encoding="utf-8")), place):
                places = found.setdefault(sentence, [])
                if place not in places:
                    places.append(place)
    for path in sorted((ROOT / ENGINE_FOLDER).rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(PROGRAMS_SEE):
            continue
        for words in _engine_sentences(ast.parse(path.read_text(encoding="utf-8"))):
            places = found.setdefault(Sentence(words, ENGINE), [])
            if place not in places:
                places.append(place)
    for one in [it for it in found if it.many]:  # said also without a number: one entry says both
        found[one] += found.pop(one._replace(many=""), [])
    return found


def _engine_sentences(tree: ast.Module) -> Iterator[str]:
    """What looks like a sentence for people, `{}` where something is filled in; docstrings,
    assertions and what only a program that misuses the engine sees are left out."""
    left_out: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr | ast.Assert):
            left_out |= set(ast.walk(node.value if isinstance(node, ast.Expr) else node))
        elif isinstance(node, ast.Call) and _name(node.func) in FOR_PROGRAMS:
            left_out |= set(ast.walk(node))
        elif isinstance(node, ast.JoinedStr):
            left_out |= set(ast.walk(node)) - {node}
    for node in ast.walk(tree):
        if node in left_out:
            continue
        words = _literal(node) or ""
        if isinstance(node, ast.JoinedStr):
            words = "".join(_literal(part) or "{}" for part in node.values)
        words = PLACE.sub("{}", words)
        if SENTENCE.fullmatch(words):
            yield words


def _marked(tree: ast.Module, place: str) -> Iterator[Sentence]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else _name(node.func)
            found = _call(name, node.args, f"{place}:{node.lineno}")
            if found is not None and found.words:
                yield found
        elif isinstance(node, ast.Dict) and place.endswith("commands/catalogue.py"):
            yield from (Sentence(it) for it in map(_literal, node.keys) if it)


def _call(name: str, given: list[ast.expr], place: str) -> Sentence | None:
    literals = [_literal(it) for it in given]
    match name, literals:
        case (("tr" | "mark"), [str(words), *more]):
            return Sentence(words, more[0] or "" if more else "")
        case "translate", [str(_), str(words), *more]:
            return Sentence(words, more[0] or "" if more else "")
        case "counted", [str(one), str(many), *_]:
            return Sentence(one, "", many)
        case "Command", [str(_), str(words), *_]:
            return Sentence(words)
        case (("tr" | "mark" | "counted"), _) if isinstance(given[0], (ast.JoinedStr, ast.BinOp)):
            raise NotLiteral(f"{place}: `{name}` needs a literal; fill it with `.format` after")
    return None


def _literal(node: ast.AST | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def written(
    head: str, known: dict[tuple[str, str], tuple[str, ...]], forms: int
) -> tuple[str, list[Sentence]]:
    """The text of a PO file, and what is not translated in it."""
    parts = [HEAD.format("\n".join(_quoted(line) for line in head.splitlines(keepends=True)))]
    missing = []
    for sentence, places in sentences().items():
        said = known.get((sentence.meaning, sentence.words), ())
        wanted = forms if sentence.many else 1
        if len(said) != wanted:
            missing.append(sentence)
            said = ("",) * wanted
        lines = [f"#: {place}" for place in places]
        if sentence.meaning:
            lines.append(f"msgctxt {_quoted(sentence.meaning)}")
        lines.append(f"msgid {_quoted(sentence.words)}")
        if sentence.many:
            lines.append(f"msgid_plural {_quoted(sentence.many)}")
            lines += [f"msgstr[{n}] {_quoted(words)}" for n, words in enumerate(said)]
        else:
            lines.append(f"msgstr {_quoted(said[0])}")
        parts.append("\n".join(lines) + "\n\n")
    return "".join(parts).rstrip("\n") + "\n", missing


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def main() -> int:
    """Writes every language; 1 if something is not translated."""
    sys.path.insert(0, str(ROOT))
    from ui.language import read_sentences

    left = 0
    for path in sorted(FOLDER.glob("*.po")):
        known = read_sentences(path.read_text(encoding="utf-8").splitlines())
        head = known.pop(("", ""))[0]
        forms = int(head.partition("nplurals=")[2].partition(";")[0])
        text, missing = written(head, known, forms)
        path.write_text(text, encoding="utf-8", newline="\n")
        for sentence in missing:
            print(f"{path.name}: not translated: {sentence.words!r}")
        left += len(missing)
    return int(left > 0)


if __name__ == "__main__":
    sys.exit(main())
