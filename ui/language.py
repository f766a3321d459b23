"""The language that the program speaks: English as it stands in the code, or one that is read.

Owns the sentences of the language that is spoken, and how counts and digits are said. `tr` marks a
sentence and says it, `counted` one with a number in it, `mark` one that is said later; widgets'
`self.tr` and `QCoreApplication.translate` find the same sentences. Invariant: what has no
translation is said in English. In English nothing is read and nothing is looked up.

Languages are files `resources/languages/<code>.po`, as GNU gettext writes them.
Must never import Qt or goatcore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from gettext import c2py
from json import loads
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Key = tuple[str, str]  # what tells two meanings of one sentence apart ("": nothing), the sentence


class Language(NamedTuple):
    """A language: for each sentence its translations, one for each form of the plural."""

    code: str
    sentences: Mapping[Key, tuple[str, ...]]
    form: Callable[[int], int]  # which form a number takes
    thousands: str = ","  # between groups of three digits
    point: str = "."


def _english_form(number: int) -> int:
    return int(number != 1)


ENGLISH = Language("en", {}, _english_form)
_spoken = ENGLISH


def speak(language: Language) -> None:
    """From now on everything is said in this language."""
    global _spoken  # noqa: PLW0603  a program speaks one language, as Qt's own words do
    _spoken = language


def spoken() -> Language:
    """The language that is spoken."""
    return _spoken


def tr(words: str, meaning: str = "") -> str:
    """A sentence in the language that is spoken. `words` is a literal, or was given to `mark`."""
    found = _spoken.sentences.get((meaning, words))
    return found[0] if found else words


def counted(one: str, many: str, n: int, **more: object) -> str:
    """A sentence with a number: `counted("{n} note", "{n} notes", 3)`; `more` fills what else
    stands in braces."""
    found = _spoken.sentences.get(("", one), ())
    form = _spoken.form(n)
    words = found[form] if form < len(found) else (one, many)[_english_form(n)]
    return words.format(n=digits(n), **more)


def mark(words: str) -> str:
    """Marks a sentence that `tr` says later."""
    return words


def digits(number: float, places: int = 0) -> str:
    """A number in groups of three: `12,345`, with `places` behind the point: `12.4`."""
    whole, _, part = f"{number:,.{places}f}".partition(".")
    whole = whole.replace(",", _spoken.thousands)
    return f"{whole}{_spoken.point}{part}" if part else whole


def languages() -> list[str]:
    """The codes of all languages there are, English first."""
    found = _folder().iterdir()
    return ["en", *sorted(it.name.removesuffix(".po") for it in found if it.name.endswith(".po"))]


def _folder() -> Traversable:
    from importlib.resources import files  # loaded by who reads a language

    return files("resources") / "languages"


def read_language(code: str, *, thousands: str = ",", point: str = ".") -> Language:
    """A language by its code; English needs no file."""
    if code == ENGLISH.code:
        return ENGLISH
    file = _folder() / f"{code}.po"
    sentences = read_sentences(file.read_text(encoding="utf-8").splitlines())
    head = sentences.pop(("", ""))[0]
    rule = next(line for line in head.splitlines() if line.startswith("Plural-Forms:"))
    form = c2py(rule.partition("plural=")[2].strip().rstrip(";"))
    return Language(code, sentences, form, thousands, point)


def chosen_code(wish: str, system: Iterable[str], there: Iterable[str]) -> str:
    """The language to speak: the wish if there is such a language, else the first of the system's
    (`de-AT`, `de_DE.UTF-8`) that there is, else English."""
    known = set(there)
    for name in (wish, *system):
        code = name.replace("_", "-").partition("-")[0].lower()
        if code in known:
            return code
    return ENGLISH.code


def read_sentences(lines: Iterable[str]) -> dict[Key, tuple[str, ...]]:
    """The entries of a PO file that are translated; what is unsure (`fuzzy`) is left out."""
    found: dict[Key, tuple[str, ...]] = {}
    entry: dict[str, str] = {}
    name, unsure = "", False
    for line in (*lines, ""):
        if line.startswith('"'):
            entry[name] += loads(line)
        elif line.startswith("msg"):
            name, _, words = line.partition(" ")
            entry[name] = loads(words)
        elif line.startswith("#,"):
            unsure = "fuzzy" in line
        elif not line:
            forms = tuple(words for key, words in entry.items() if key.startswith("msgstr"))
            if forms and all(forms) and not unsure:
                found[entry.get("msgctxt", ""), entry["msgid"]] = forms
            entry, unsure = {}, False
    return found
