"""German: every sentence there is, and a window that speaks it."""

from __future__ import annotations

import importlib.util
import re
import string
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale, Qt, QTranslator
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit

from goatcore import Unreachable
from ui.bridge.translator import install
from ui.commands.catalogue import COMMANDS, MENUS, plain
from ui.engine_words import told_by
from ui.language import ENGLISH, read_language, speak, tr
from ui.models.dates import day_words, long_day_words, short_day_words
from ui.models.moments import when_words
from ui.models.note_words import age_words
from ui.models.sync_words import sync_words
from ui.reading.help_pages import help_pages
from ui.window.main_window import MainWindow

ROOT = Path(__file__).resolve().parents[2]
DAY_MS = 86_400_000


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    locale = QLocale("de")
    language = read_language("de", thousands=locale.groupSeparator(), point=locale.decimalPoint())
    before = QLocale()
    speak(language)
    install(qapp, language)
    yield
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.deleteLater()
    QLocale.setDefault(before)
    speak(ENGLISH)


@pytest.fixture(scope="module")
def tool() -> Any:
    spec = importlib.util.spec_from_file_location(
        "translations", ROOT / "packaging" / "translations.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


# -- the sentences ---------------------------------------------------------------------------------


def test_every_sentence_is_translated_with_all_its_forms(tool: Any) -> None:
    known = read_language("de").sentences
    missing = [
        sentence.words
        for sentence in tool.sentences()
        if len(known.get((sentence.meaning, sentence.words), ())) != (2 if sentence.many else 1)
    ]
    assert missing == [], "run packaging/translations.py, and translate them in de.po"


def places(words: str) -> list[str]:
    """What a sentence has filled in: the names, or how many without."""
    return sorted(
        name or "" for _, name, _, _ in string.Formatter().parse(words) if name is not None
    )


def test_the_same_is_filled_in() -> None:
    for (_, words), forms in read_language("de").sentences.items():
        number = {"n"} if len(forms) > 1 else set()  # a form for one may leave the number out
        for form in forms:
            assert set(places(form)) - number == set(places(words)) - number, form
            assert form.count("{}") == words.count("{}"), form


def test_translations_keep_the_ends_and_the_sentences_of_the_house() -> None:
    for (_, words), forms in read_language("de").sentences.items():
        for form in forms:
            assert form == form.strip(), form
            assert form.endswith("…") == words.endswith("…"), form
            assert not re.search(r"\b(Sie haben|Ihre[nrms]?|Ihnen)\b", form), form
            assert '"' not in form or '"' in words, form


def test_letters_for_the_keyboard_are_there_and_told_apart() -> None:
    german_of = {words: forms[0] for (_, words), forms in read_language("de").sentences.items()}
    for menu, commands in MENUS.items():
        letters = [
            german_of[command.words].partition("&")[2][:1].casefold()
            for command in commands
            if "&" in command.words
        ]
        assert all(letters), menu
        assert len(set(letters)) == len(letters), (menu, sorted(letters))
    tops = [german_of[menu].partition("&")[2][:1].casefold() for menu in MENUS]
    assert len(set(tops)) == len(tops), tops


# -- what is said ----------------------------------------------------------------------------------


class Status:
    """A network's word on a workspace."""

    def __init__(self, **values: Any) -> None:
        self.connected = values.get("connected", 0)
        self.looking = values.get("looking", False)
        self.sending = values.get("sending", 0)
        self.saved_on = values.get("saved_on", 0)
        self.problem = values.get("problem")


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("status", "others", "words"),
    [
        (None, [], "Nur auf diesem Computer"),
        (Status(looking=True), ["Nachbarin"], "Suche nach Geräten"),
        (Status(connected=2), ["Nachbarin"], "Verbunden mit 2"),
        (Status(connected=1, sending=1), ["Nachbarin"], "1 Änderung wird gesendet"),
        (Status(connected=1, sending=1_204), ["Nachbarin"], "1.204 Änderungen werden gesendet"),
        (Status(connected=1, saved_on=1), ["Nachbarin"], "Gespeichert auf 2 Geräten"),
        (Status(sending=1), ["Nachbarin"], "1 Änderung wartet auf Nachbarin"),
        (Status(sending=3), ["A", "B"], "3 Änderungen warten auf A und B"),
        (Status(sending=3), ["A", "B", "C"], "3 Änderungen warten auf A und 2 andere"),
        (Status(), ["Nachbarin"], "Offline, hier ist alles gespeichert"),
        (Status(problem="Joining is over."), ["Nachbarin"], "Achtung: Der Beitritt ist beendet."),
    ],
)
def test_the_light_says(status: Any, others: list[str], words: str) -> None:
    assert sync_words(status, others).words == words


@pytest.mark.usefixtures("german")
def test_days_are_said_as_germans_do() -> None:
    now = datetime(2025, 11, 21, 12, 0)
    then = datetime(2023, 3, 2, 8, 5)
    assert day_words(then, now) == "2. März 2023"
    assert day_words(then, then) == "2. März"
    assert short_day_words(then, now) == "2. Mär 2023"
    assert long_day_words(now) == "Freitag, 21. November 2025"
    now_ms = int(now.timestamp() * 1000)
    assert when_words(now_ms, now_ms) == "Heute, 12:00"
    assert age_words(now_ms - 3 * DAY_MS, now_ms) == "Dienstag"
    assert age_words(now_ms - 300_000, now_ms) == "5 Min."


@pytest.mark.usefixtures("german")
def test_what_the_engine_says_is_said_in_german() -> None:
    refused = Unreachable(
        "Nobody answers at 10.0.0.7, port 99 (no route). Is Goat Notes open on the other computer?"
    )
    assert told_by(refused) == (
        "Unter 10.0.0.7, Port 99, antwortet niemand (no route). Ist Goat Notes auf dem anderen "
        "Computer offen?"
    )
    assert told_by("You do not belong to this notebook any more. This notebook is closed.") == (
        "Du gehörst nicht mehr zu diesem Notizbuch. Dieses Notizbuch ist geschlossen."
    )
    assert told_by("Something new went wrong.") == "Something new went wrong."


def test_the_engine_is_quoted_as_it_is_in_english() -> None:
    sentence = "You do not belong to this notebook any more."
    assert told_by(sentence) is sentence


# -- a window --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("german")
def test_a_window_speaks_german(open_window: Callable[[], MainWindow]) -> None:
    window = open_window()
    menus = [action.text().replace("&", "") for action in window.menuBar().actions()]
    assert menus == [tr(menu).replace("&", "") for menu in MENUS]
    assert menus[:2] == ["Notiz", "Bearbeiten"]
    assert window.commands["new_note"].text() == "&Neue Notiz"
    assert window.place.name == "Alle Notizen"
    assert window.desk.light.words == "Nur auf diesem Computer"
    assert "Noch keine Notizen" in [it.text() for it in window.list.empty.findChildren(QLabel)]
    assert window.desk.editor.placeholderText() == "Schreiben…"
    keys = window.commands.keys_of("history")
    assert keys == "Strg+Umschalt+H"


@pytest.mark.usefixtures("german")
def test_words_of_qt_are_its_own(qapp: QApplication) -> None:
    field = QLineEdit()
    menu = field.createStandardContextMenu()
    words = [action.text().replace("&", "").partition("\t")[0] for action in menu.actions()]
    assert "Einfügen" in words
    assert tr("Undo") == "Rückgängig"
    shown = QKeySequence(Qt.Key.Key_Delete).toString(QKeySequence.SequenceFormat.NativeText)
    assert shown == "Entf"  # not “Löschen”, as the button says
    menu.deleteLater()


def test_english_comes_back_after_it(qapp: QApplication) -> None:
    assert tr("Undo") == "Undo"
    shown = QKeySequence(Qt.Key.Key_Delete).toString(QKeySequence.SequenceFormat.NativeText)
    assert shown == "Del"


# -- the help --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("german")
def test_the_help_is_german_and_its_links_lead_to_its_pages() -> None:
    pages = help_pages()
    titles = [page.title for page in pages]
    linked = {title for page in pages for title in re.findall(r"\[\[([^\]]+)\]\]", page.body)}
    assert titles[:2] == ["Erste Schritte", "Schreiben"]
    assert "Schreiben" in linked
    assert linked <= {*titles, "Andere Notiz"}
    for page in pages:
        assert not re.search(r"\b(Ctrl|Shift|Enter|Escape)\b", page.body), page.title


def test_every_page_of_the_help_has_its_german_one() -> None:
    english, german = (files("resources") / "help", files("resources") / "languages" / "de")
    names = {entry.name for entry in english.iterdir() if entry.name.endswith(".md")}
    assert {entry.name for entry in german.iterdir()} == names


@pytest.mark.usefixtures("german")
def test_commands_that_the_german_help_names_are_called_so() -> None:
    called = {plain(tr(command.words)).rstrip("…") for command in COMMANDS}
    text = "".join(page.body for page in help_pages())
    named = (
        "Neues Notizbuch in diesem",
        "Mit Vorlage beginnen",
        "Link zu dieser Notiz kopieren",
        "Dieses Notizbuch an einem Tag",
        "In ein anderes Notizbuch legen",
        "Diese Suche behalten",
        "Personen dieses Notizbuchs",
        "Notizbuch beitreten",
        "Markdown-Ordner importieren",
        "Als Markdown exportieren",
        "In neuem Tab öffnen",
        "Endgültig löschen",
        "Schnellnotiz",
    )
    for words in named:
        assert words in called
        assert f"*{words}*" in text or f"→ {words}*" in text, words
