"""The language that is spoken: sentences, counts and digits, from a PO file."""

from __future__ import annotations

from collections.abc import Iterator
from gettext import c2py

import pytest

from ui.language import (
    ENGLISH,
    Language,
    chosen_code,
    counted,
    digits,
    languages,
    read_language,
    read_sentences,
    speak,
    tr,
)

POLISH = """
msgid ""
msgstr ""
"Language: pl\\n"

#: ui/window/verbs.py
msgid "Open"
msgstr "Otwarte"

msgctxt "verb"
msgid "Open"
msgstr "Otwórz"

msgid "{n} note in {place}"
msgid_plural "{n} notes in {place}"
msgstr[0] "{n} notatka w {place}"
msgstr[1] "{n} notatki w {place}"
msgstr[2] "{n} notatek w {place}"

msgid "Two "
"lines\\n"
"and a \\"quote\\""
msgstr "Dwie "
"linie"

#, fuzzy
msgid "Unsure"
msgstr "Niepewne"

msgid "Not yet"
msgstr ""

msgid "{n} day"
msgid_plural "{n} days"
msgstr[0] "{n} dzień"
msgstr[1] ""
msgstr[2] ""
"""


@pytest.fixture
def polish() -> Iterator[None]:
    form = c2py("n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2")
    speak(Language("pl", read_sentences(POLISH.splitlines()), form, "\u00a0", ","))
    yield
    speak(ENGLISH)


def test_english_is_said_as_it_stands() -> None:
    assert tr("Open") == "Open"
    assert [counted("{n} note", "{n} notes", n) for n in (0, 1, 1_234)] == [
        "0 notes",
        "1 note",
        "1,234 notes",
    ]


@pytest.mark.usefixtures("polish")
def test_a_sentence_is_said_in_the_language_by_its_meaning() -> None:
    assert (tr("Open"), tr("Open", "verb"), tr("Open", "noun")) == ("Otwarte", "Otwórz", "Open")
    assert tr('Two lines\nand a "quote"') == "Dwie linie"
    assert [digits(12_345), digits(1_234.56, 1)] == ["12\u00a0345", "1\u00a0234,6"]


@pytest.mark.usefixtures("polish")
def test_a_language_has_as_many_plurals_as_it_needs() -> None:
    said = [
        counted("{n} note in {place}", "{n} notes in {place}", n, place="{n}")
        for n in (1, 2, 5, 22, 1_000)
    ]
    assert said == [
        "1 notatka w {n}",
        "2 notatki w {n}",
        "5 notatek w {n}",
        "22 notatki w {n}",
        "1\u00a0000 notatek w {n}",
    ]


@pytest.mark.usefixtures("polish")
def test_what_is_not_translated_or_unsure_is_said_in_english() -> None:
    assert (tr("Unsure"), tr("Not yet"), tr("Never heard")) == ("Unsure", "Not yet", "Never heard")
    assert counted("{n} day", "{n} days", 1) == "1 day"
    assert counted("{n} day", "{n} days", 2) == "2 days"


@pytest.mark.parametrize(
    ("wish", "system", "code"),
    [
        ("de", ["en-GB"], "de"),
        ("en", ["de-DE"], "en"),
        ("", ["de-AT", "en-US"], "de"),
        ("", ["en-US", "de-DE"], "en"),
        ("", ["xx", "de_DE.UTF-8"], "de"),
        ("tlh", ["C"], "en"),
        ("", [], "en"),
    ],
)
def test_the_wish_comes_first_then_the_system(wish: str, system: list[str], code: str) -> None:
    assert chosen_code(wish, system, ["en", "de"]) == code


def test_every_language_there_is_can_be_read() -> None:
    assert languages()[:2] == ["en", "de"]
    for code in languages():
        assert read_language(code).code == code
