"""Others in the open note: what is shown of them, and what they are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from goatcore import LocalMisuse
from ui.editing.tints import TINTS, Tints
from ui.operations import notebooks, notes
from ui.theme.theme import DARK_MODE, LIGHT_MODE, Theme
from ui.widgets.people_row import Here, PeopleRow, initials
from ui.widgets.remote_cursors import FADE_MS, NAME_MS
from ui.window.main_window import MainWindow

BODY = "🐐 goats eat\nwhat one hedge grows"


class Person(NamedTuple):
    device: bytes
    member_name: str
    device_name: str
    me: bool = False
    item: str = ""
    placed: bool = True
    typing: bool = False
    word: int = 1


class ScriptedPresence:
    """Others as a test wants them; remembers what one tells."""

    def __init__(self) -> None:
        self.persons: dict[bytes, Person] = {}
        self.places: dict[bytes, tuple[int, int] | None] = {}
        self.listeners: list[Callable[[], None]] = []
        self.told: list[tuple[int, int]] = []
        self.typed: list[bool] = []
        self.selection: Callable[[], tuple[int, int]] | None = None
        self.alone = False

    def __call__(self, _repository: object) -> ScriptedPresence:
        return self

    def enter(self, _item: object, field: str, selection: Callable[[], tuple[int, int]]) -> None:
        assert field == "body"
        self.selection = selection

    def leave(self) -> None:
        self.selection = None

    def moved(self, *, typing: bool = False) -> None:
        assert self.selection is not None
        self.told.append(self.selection())
        self.typed.append(typing)

    def people(self, _item: object) -> list[Person]:
        return [self.persons[device] for device in sorted(self.persons)]

    def place(self, person: Person, _item: object, _field: str) -> tuple[int, int] | None:
        return self.places[person.device]

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self.listeners.append(callback)
        return lambda: self.listeners.remove(callback)

    def say(self, person: Person, place: tuple[int, int] | None = None) -> None:
        """Somebody comes or moves."""
        known = self.persons.get(person.device)
        self.persons[person.device] = person._replace(word=known.word + 1 if known else 1)
        self.places[person.device] = place
        self.tell()

    def gone(self, device: bytes) -> None:
        del self.persons[device]
        self.tell()

    def tell(self) -> None:
        for callback in tuple(self.listeners):
            callback()


BERT = Person(b"b", "Bert", "laptop")
TABLET = Person(b"t", "Host", "kitchen tablet", me=True)


@pytest.fixture
def presence() -> ScriptedPresence:
    return ScriptedPresence()


@pytest.fixture
def window(workspaces: Any, clock: Any, open_window: Any, presence: ScriptedPresence) -> MainWindow:
    repository = notebooks.create(workspaces.databases[0], "Garden")
    notes.create(repository, "Plan", body=BODY, now_ms=clock.now_ms)
    window: MainWindow = open_window()
    note = window.desk.note
    window.desk.open(None)
    window.desk.others.presence_of = presence
    window.desk.open(note)
    return window


def carets(window: MainWindow) -> list[tuple[str, int, int]]:
    cursors = window.desk.others.cursors.cursors
    return [(one.name, one.anchor, one.caret) for one in cursors]


def test_somebody_is_shown_where_they_are(window: MainWindow, presence: ScriptedPresence) -> None:
    assert carets(window) == []
    presence.say(BERT, (2, 7))
    assert carets(window) == [("Bert", 3, 8)]  # in units of the document: the goat has two
    lit = window.desk.editor.extraSelections()
    assert [one.cursor.selectedText() for one in lit] == ["goats"]  # type: ignore[attr-defined]
    presence.say(BERT, (12, 12))
    assert carets(window) == [("Bert", 13, 13)]
    assert window.desk.editor.extraSelections() == []
    presence.gone(b"b")
    assert carets(window) == []


def test_a_cursor_stays_at_its_letter_until_its_person_moves(
    window: MainWindow, presence: ScriptedPresence, qtbot: Any
) -> None:
    presence.say(BERT, (7, 7))
    presence.places[b"b"] = (0, 0)  # nobody asks for it again
    editor = window.desk.editor
    QTest.keyClicks(editor, "Our ")
    qtbot.waitUntil(lambda: carets(window) == [("Bert", 12, 12)])
    window.desk.note.body.splice(0, 0, "😀")
    presence.tell()
    assert carets(window) == [("Bert", 14, 14)]
    window.desk.undo()
    qtbot.waitUntil(lambda: carets(window) == [("Bert", 10, 10)])
    presence.say(BERT, (1, 1))
    assert carets(window) == [("Bert", 2, 2)]


def test_a_place_that_is_not_here_yet_is_shown_when_it_comes(
    window: MainWindow, presence: ScriptedPresence
) -> None:
    presence.say(BERT, (3, 3))
    presence.say(BERT, None)
    assert carets(window) == [("Bert", 4, 4)]  # still where they were
    presence.places[b"b"] = (5, 5)
    presence.tell()
    assert carets(window) == [("Bert", 6, 6)]
    presence.persons[b"b"] = presence.persons[b"b"]._replace(placed=False)  # silent for long
    presence.tell()
    assert carets(window) == []
    assert [one.name for one in window.desk.bar.people.people] == ["Bert"]


def test_ones_own_other_device_has_its_own_name(
    window: MainWindow, presence: ScriptedPresence
) -> None:
    presence.say(TABLET, (0, 0))
    presence.say(BERT, (1, 1))
    presence.say(BERT._replace(device=b"c", device_name="phone"), (2, 2))
    assert [name for name, _, _ in carets(window)] == ["kitchen tablet", "Bert", "Bert"]
    row = window.desk.bar.people
    assert [one.name for one in row.people] == ["Bert", "kitchen tablet"]
    assert row.accessibleName() == (
        "Bert has this note open. You have this note open on “kitchen tablet”."
    )
    presence.say(BERT._replace(typing=True), (1, 1))
    assert row.people[0].words == "Bert is writing in this note."
    tints = {one.name: one.tint for one in window.desk.others.cursors.cursors}
    assert tints["Bert"] == row.people[0].tint != row.people[1].tint


def test_the_row_is_there_only_with_somebody(
    window: MainWindow, presence: ScriptedPresence
) -> None:
    row = window.desk.bar.people
    assert not row.isVisible()
    presence.say(BERT, (0, 0))
    assert row.isVisible()
    window.desk.open(None)
    assert not row.isVisible()
    assert presence.listeners == []
    assert presence.selection is None


def test_others_are_told_where_one_is(
    window: MainWindow, presence: ScriptedPresence, qtbot: Any
) -> None:
    assert presence.selection is not None
    assert presence.selection() == (0, 0)
    QTest.keyClicks(window.desk.editor, "Our ")
    qtbot.waitUntil(lambda: presence.told[-1:] == [(4, 4)])
    assert presence.typed[-1]
    window.desk.editor.selectAll()
    qtbot.waitUntil(lambda: presence.told[-1] == (0, 4 + len(BODY)))


def test_what_others_write_is_not_told_back(
    window: MainWindow, presence: ScriptedPresence, qtbot: Any
) -> None:
    window.desk.editor.moveCursor(window.desk.editor.textCursor().MoveOperation.End)
    qtbot.waitUntil(lambda: len(presence.told) == 1)
    window.desk.note.body.splice(0, 0, "Theirs ")
    assert window.desk.others._telling.isActive()
    qtbot.waitUntil(lambda: not window.desk.others._telling.isActive())
    assert len(presence.told) == 1
    presence.alone = True  # nobody to tell
    QTest.keyClicks(window.desk.editor, "x")
    qtbot.waitUntil(lambda: not window.desk.others._telling.isActive())
    assert len(presence.told) == 1


def test_a_repository_without_network_has_nobody(window: MainWindow) -> None:
    def refuse(_repository: object) -> None:
        raise LocalMisuse("not in the network")

    note = window.desk.note
    window.desk.open(None)
    window.desk.others.presence_of = refuse
    window.desk.open(note)
    QTest.keyClicks(window.desk.editor, "x")
    assert not window.desk.others._telling.isActive()
    assert carets(window) == []


def test_a_name_is_shown_for_a_moment_after_each_move(
    window: MainWindow, presence: ScriptedPresence, clock: Any
) -> None:
    cursors = window.desk.others.cursors
    presence.say(BERT, (3, 3))
    (one,) = cursors.cursors
    assert cursors.opacity(one) == 1
    assert cursors._fade.isActive()
    clock.now_ms += NAME_MS + FADE_MS // 2
    assert cursors.opacity(one) == 0.5
    clock.now_ms += FADE_MS
    assert cursors.opacity(one) == 0
    cursors._on_fade()
    assert not cursors._fade.isActive()  # nothing is drawn any more
    presence.say(BERT, (3, 3))  # at the same place: no move
    assert cursors.opacity(cursors.cursors[0]) == 0
    presence.say(BERT, (4, 4))
    assert cursors.opacity(cursors.cursors[0]) == 1


def test_cursor_and_name_are_within_the_view(
    window: MainWindow, presence: ScriptedPresence
) -> None:
    cursors, area = window.desk.others.cursors, window.desk.editor.viewport().rect()
    long = Person(b"z", "Somebody with a name that goes on and on and on", "x")
    for place in (0, 11, len(BODY)):
        presence.say(long, (place, place))
        (one,) = cursors.cursors
        rect = cursors.place_of(one)
        assert rect is not None
        box, words = cursors.name_box(one, rect)
        assert words.endswith("…")
        assert area.contains(box.toRect())
    window.desk.note.body.splice(len(BODY), 0, "\nmore" * 200)
    presence.say(long, (len(BODY) + 900, len(BODY) + 900))
    assert cursors.place_of(cursors.cursors[0]) is None


@pytest.mark.parametrize("mode", [LIGHT_MODE, DARK_MODE])
def test_a_cursor_is_drawn_in_its_colour(
    window: MainWindow, presence: ScriptedPresence, theme: Theme, mode: str
) -> None:
    theme.set_mode(mode)
    presence.say(BERT, (7, 7))
    cursors = window.desk.others.cursors
    rect = cursors.place_of(cursors.cursors[0])
    assert rect is not None
    image: QImage = window.desk.editor.viewport().grab().toImage()
    place = rect.center() * image.devicePixelRatio()
    shade = theme.colour(f"person_{cursors.cursors[0].tint}").name()
    near = {image.pixelColor(place.x() + x, place.y()).name() for x in (-2, -1, 0, 1)}
    assert shade in near
    theme.set_mode(LIGHT_MODE)


def test_the_pointer_at_a_round_tells_who_it_is(theme: Theme, qtbot: Any) -> None:
    row = PeopleRow(theme)
    qtbot.addWidget(row)
    names = ("Ann", "Bert", "Cleo", "Dora", "Emil")
    row.show_people([Here(name, 1, False, f"{name} is here.") for name in names])
    place = QPoint(row.height() // 2, row.height() // 2)
    QApplication.sendEvent(row, QHelpEvent(QHelpEvent.Type.ToolTip, place, row.mapToGlobal(place)))
    assert QToolTip.text() == "Ann is here."
    assert row.words_at(QPoint(row.width() - 8, 8)) == "Dora is here.\nEmil is here."
    assert row.words_at(QPoint(500, 8)) == ""
    row.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert row.words_at(QPoint(row.width() - 8, 8)) == "Ann is here."
    assert row.words_at(QPoint(8, 8)) == "Dora is here.\nEmil is here."
    assert not row.grab().isNull()


def test_initials() -> None:
    told = {
        "Ann": "A",
        "kitchen tablet": "KT",
        "a b c": "AB",
        "": "",
        "日本 語": "日語",
        "“Bert” (the tall one)": "BT",
        "\u2068שלום\u2069": "ש",
        "🐐": "🐐",
    }
    assert {name: initials(name) for name in told} == told


def test_a_name_that_could_harm_is_shown_as_words(
    window: MainWindow, presence: ScriptedPresence
) -> None:
    presence.say(BERT._replace(member_name="<b>Bert</b>\u202e\nx"), (1, 1))
    presence.say(TABLET._replace(device_name=""), (1, 1))
    assert [name for name, _, _ in carets(window)] == ["<b>Bert</b> x", "Somebody"]
    row = window.desk.bar.people
    place = QPoint(row.height() // 2, row.height() // 2)
    QApplication.sendEvent(row, QHelpEvent(QHelpEvent.Type.ToolTip, place, QPoint()))
    assert "&lt;b&gt;Bert" in QToolTip.text()


def test_a_name_keeps_its_colour_and_those_together_differ() -> None:
    tints = Tints()
    assert tints.of(["a", "b"]) == {"a": 1, "b": 2}
    assert tints.of(["b", "c"]) == {"b": 2, "c": 3}
    many = tints.of([f"n{at}" for at in range(TINTS)])
    assert sorted(many.values()) == list(range(1, TINTS + 1))
    late = tints.of(["a", "n3"])  # both would have the first one
    assert len(set(late.values())) == 2
    assert set(tints.of([str(at) for at in range(20)]).values()) == set(range(1, TINTS + 1))
