"""An editor and a text never part, whatever is typed, pasted, composed or received."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent, QTextCharFormat, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit

from ui.bridge.edits import difference, to_splices
from ui.bridge.text_binding import CHECK_AFTER_MS, TextBinding, TextRefused
from ui.bridge.text_units import astral, points_floor, shown, units


class Splice(NamedTuple):
    position: int
    deleted: int
    inserted: str


class PlainText:
    """A text in memory that counts splices strictly: one that does not fit fails the test."""

    def __init__(self, text: str = "") -> None:
        self.value = text
        self.letters = [object() for _ in text]  # each letter is itself, however it is spelt
        self.spliced: list[Splice] = []
        self.refusing = ""
        self._callbacks: list[Callable[[Sequence[Splice] | None], None]] = []

    def text(self) -> str:
        return self.value

    def splice(self, position: int, deleted: int, inserted: str) -> None:
        if self.refusing:
            raise TextRefused(self.refusing)
        assert 0 <= position <= position + deleted <= len(self.value)
        assert inserted.encode("utf-8") or deleted
        self.spliced.append(Splice(position, deleted, inserted))
        self._put(position, deleted, inserted)

    def _put(self, position: int, deleted: int, inserted: str) -> None:
        self.value = self.value[:position] + inserted + self.value[position + deleted :]
        self.letters[position : position + deleted] = [object() for _ in inserted]

    def subscribe(self, callback: Callable[[Sequence[Splice] | None], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def receive(self, *splices: Splice) -> None:
        """What somebody else did arrives."""
        for splice in splices:
            self._put(*splice)
        for callback in tuple(self._callbacks):
            callback(splices)

    def replace_silently(self, text: str) -> None:
        for splice in to_splices(difference(self.value, text)):
            self._put(*splice)
        for callback in tuple(self._callbacks):
            callback(None)


class Desk:
    """An editor, a text, and the binding between them."""

    def __init__(self, editor: QPlainTextEdit, text: str = "") -> None:
        self.editor = editor
        self.port = PlainText(text)
        self.now_ms = 0
        self.composes = False
        self.binding = TextBinding(editor, self.port, lambda: self.now_ms)

    @property
    def raw(self) -> str:
        return self.editor.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def caret(self, position: int, anchor: int | None = None) -> None:
        cursor = self.editor.textCursor()
        cursor.setPosition(position if anchor is None else anchor)
        cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)

    def compose(self, preedit: str, commit: str = "") -> None:
        event = QInputMethodEvent(preedit, [])
        event.setCommitString(commit)
        self.composes = bool(preedit)
        if preedit:
            self.binding.hold()
        QApplication.sendEvent(self.editor, event)
        if not preedit:
            self.binding.release()


@pytest.fixture
def editor(qtbot: object) -> QPlainTextEdit:
    editor = QPlainTextEdit()
    qtbot.addWidget(editor)  # type: ignore[attr-defined]
    editor.resize(300, 200)
    editor.show()
    return editor


@pytest.fixture
def desk(editor: QPlainTextEdit) -> Desk:
    return Desk(editor)


def test_typing_arrives_letter_by_letter(desk: Desk) -> None:
    QTest.keyClicks(desk.editor, "oats")
    assert desk.port.spliced == [Splice(i, 0, letter) for i, letter in enumerate("oats")]


def test_positions_after_an_emoji_are_code_points(editor: QPlainTextEdit) -> None:
    desk = Desk(editor, "😀 goat 🐐.")
    desk.caret(units("😀 goat 🐐"))
    QTest.keyClicks(desk.editor, "x")
    assert desk.port.spliced == [Splice(8, 0, "x")]
    QTest.keyClick(desk.editor, Qt.Key.Key_Backspace)
    QTest.keyClick(desk.editor, Qt.Key.Key_Backspace)
    assert desk.port.value == "😀 goat ."


def test_pasting_over_a_selection_is_one_small_splice(editor: QPlainTextEdit) -> None:
    desk = Desk(editor, "one two three")
    desk.caret(7, 4)
    desk.editor.insertPlainText("twelve")
    assert desk.port.value == "one twelve three"
    assert desk.port.spliced == [Splice(6, 1, "elve")]


def test_a_non_breaking_space_and_a_soft_break_are_kept(editor: QPlainTextEdit) -> None:
    desk = Desk(editor, "10\u00a0km\u2028far")
    QTest.keyClicks(desk.editor, "a")
    desk.editor.insertPlainText("5\u00a0m\u2028")
    assert desk.port.value == "a5\u00a0m\n10\u00a0km\u2028far"
    assert desk.binding.verify()


def test_line_ends_of_other_systems_survive_editing(editor: QPlainTextEdit) -> None:
    desk = Desk(editor, "one\r\ntwo\r\n\0end")
    desk.caret(5)
    QTest.keyClicks(desk.editor, "x")
    desk.port.receive(Splice(0, 0, "\r\n"))
    assert desk.port.value == "\r\none\r\nxtwo\r\n\0end"
    assert desk.binding.verify()


def test_a_remote_edit_leaves_caret_and_selection(editor: QPlainTextEdit) -> None:
    desk = Desk(editor, "milk and oats")
    desk.caret(13, 9)
    desk.port.receive(Splice(0, 0, "🐐 "), Splice(2, 4, "cheese"))
    assert desk.raw == "🐐 cheese and oats"
    assert desk.editor.textCursor().selectedText() == "oats"
    desk.port.receive(Splice(len(desk.port.value), 0, "!"))
    assert desk.editor.textCursor().selectedText() == "oats"
    assert desk.port.spliced == []


def test_a_remote_edit_at_the_caret_does_not_move_it(editor: QPlainTextEdit) -> None:
    desk = Desk(editor, "ab")
    desk.caret(1)
    desk.port.receive(Splice(1, 0, "XYZ"))
    assert desk.editor.textCursor().position() == 1


def test_a_remote_edit_does_not_scroll(editor: QPlainTextEdit) -> None:
    desk = Desk(editor, "\n".join(f"line {n}" for n in range(400)))
    desk.editor.verticalScrollBar().setValue(200)
    top = desk.editor.firstVisibleBlock().text()
    desk.port.receive(Splice(0, 0, "new\nlines\nabove\n"))
    assert desk.editor.firstVisibleBlock().text() == top
    desk.port.receive(Splice(0, len("new\nlines\n"), ""))
    assert desk.editor.firstVisibleBlock().text() == top
    desk.port.receive(Splice(len(desk.port.value), 0, "\nbelow"))
    assert desk.editor.firstVisibleBlock().text() == top


def test_a_composition_is_not_disturbed(editor: QPlainTextEdit) -> None:
    desk = Desk(editor, "ab")
    desk.caret(1)
    desk.compose("にほ")
    desk.port.receive(Splice(0, 0, "XX"), Splice(3, 0, "Y"))
    assert desk.raw == "ab"
    desk.compose("", "日本")
    assert desk.port.value == desk.raw == "XXa日本Yb"
    assert desk.binding.verify()


def test_undo_takes_back_mine_and_leaves_theirs(desk: Desk) -> None:
    QTest.keyClicks(desk.editor, "mine")
    desk.port.receive(Splice(2, 0, "THEIRS"))
    desk.editor.undo()  # Qt's own is off
    assert desk.raw == "miTHEIRSne"
    desk.binding.undo()
    assert desk.raw == desk.port.value == "THEIRS"
    assert not desk.binding.can_undo
    desk.binding.redo()
    assert desk.raw == desk.port.value == "miTHEIRSne"


def test_a_refused_edit_is_taken_back_with_its_reason(desk: Desk, qtbot: object) -> None:
    desk.port.refusing = "You may read this notebook, not write in it."
    with qtbot.waitSignal(desk.binding.failed) as heard:  # type: ignore[attr-defined]
        QTest.keyClicks(desk.editor, "x")
    assert heard.args == ["You may read this notebook, not write in it."]
    qtbot.waitUntil(lambda: desk.raw == "")  # type: ignore[attr-defined]
    assert desk.binding.verify()


def test_a_text_that_changed_without_splices_is_read_anew(desk: Desk) -> None:
    QTest.keyClicks(desk.editor, "abc")
    desk.port.replace_silently("aXc😀")
    assert desk.raw == "aXc😀"
    assert desk.binding.verify()


def test_a_document_that_changed_unseen_is_found(desk: Desk) -> None:
    QTest.keyClicks(desk.editor, "abc")
    desk.editor.document().blockSignals(True)
    desk.caret(1)
    desk.editor.insertPlainText("Z")
    desk.editor.document().blockSignals(False)
    assert not desk.binding.verify()
    assert desk.port.value == "aZbc"
    assert desk.binding.verify()
    assert CHECK_AFTER_MS > 0


def test_half_a_pair_does_not_stay(desk: Desk, qtbot: object) -> None:
    desk.editor.insertPlainText("a😀b")
    desk.caret(2)
    desk.editor.insertPlainText("X")
    qtbot.waitUntil(lambda: desk.editor.document().characterCount() == 4)  # type: ignore[attr-defined]
    assert desk.raw == desk.port.value == "aXb"
    QTest.keyClicks(desk.editor, "c")
    assert desk.binding.verify()


def test_a_closed_binding_is_deaf_and_dumb(desk: Desk) -> None:
    desk.binding.close()
    desk.binding.close()
    QTest.keyClicks(desk.editor, "x")
    desk.port.receive(Splice(0, 0, "remote"))
    assert desk.port.spliced == []
    assert desk.raw == "x"


def test_units_and_code_points() -> None:
    text = "a😀b"
    assert [points_floor(text, unit) for unit in range(5)] == [0, 1, 1, 2, 3]
    assert (units(text), astral(text)) == (4, 1)
    for odd in ("\r", "\0", "\u2028", "\u2029", "\ufdd0", "\ufdd1"):
        assert units(shown(odd)) == units(odd) == 1


ALPHABET = [
    "a", "b ", "\n", "é", "日本", "😀", "x\ny\nz", "👨‍👩‍👧", "\n\n", "end",
    "\u00a0", "\r\n", "\u2028",
]  # fmt: skip


def stays(place: int, position: int, deleted: int, inserted: str) -> int:
    """Where a caret is after somebody else's edit: between the same letters, as far as they are
    there; at the place of an insertion it stays before what comes."""
    if place <= position:
        return place
    return position + len(inserted) + max(place - position - deleted, 0)


def stayed(before: Sequence[object], place: int, after: Sequence[object], now: int) -> bool:
    """Whether the letters that are left stand on the same sides of a place."""
    left, right = set(before[:place]), set(before[place:])
    return left.isdisjoint(after[now:]) and right.isdisjoint(after[:now])


def fuzz(editor: QPlainTextEdit, seed: int, steps: int) -> dict[str, int]:
    """Random typing, pasting, formatting, composing, undoing and receiving; compares each step."""
    rng = random.Random(seed)
    desk = Desk(editor)
    document = editor.document()
    editor.resize(300, 80)  # a few lines, so that most texts can be scrolled
    bar = editor.verticalScrollBar()
    counts: dict[str, int] = {}

    def words(most: int) -> str:
        return "".join(rng.choice(ALPHABET) for _ in range(rng.randint(1, most)))

    def anywhere() -> int:
        text = desk.binding.text
        return units(text[: rng.randint(0, len(text))])

    def top_line() -> tuple[int, int]:
        """Where the block at the top begins and ends, in code points."""
        block = editor.firstVisibleBlock()
        places = (block.position(), block.position() + block.length() - 1)
        return desk.binding.points_at(places[0]), desk.binding.points_at(places[1])

    def receive() -> None:
        length = len(desk.port.value)
        position = rng.randint(0, length)
        deleted = rng.randint(0, min(5, length - position))
        inserted = words(3) if rng.random() < 0.7 else ""
        if rng.random() < 0.5:
            bar.setValue(rng.randint(0, bar.maximum()))
        before = desk.binding.selection
        top, end = top_line()
        desk.port.receive(Splice(position, deleted, inserted))
        if not desk.composes:
            moved = tuple(stays(place, position, deleted, inserted) for place in before)
            assert desk.binding.selection == moved, f"seed {seed}"
            untouched = position + deleted < top or position > end
            if untouched and bar.value() < bar.maximum():  # else there is nothing more below
                counts["scroll"] = counts.get("scroll", 0) + bool(top)
                assert top_line()[0] == stays(top, position, deleted, inserted), f"seed {seed}"

    def block() -> None:
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        for _ in range(rng.randint(1, 4)):
            raw = desk.raw
            start = rng.randint(0, len(raw))
            cursor.setPosition(units(raw[:start]))
            if rng.random() < 0.5:
                cursor.insertText(rng.choice(ALPHABET))
            else:
                stop = units(raw[: start + rng.randint(0, 5)])
                cursor.setPosition(stop, QTextCursor.MoveMode.KeepAnchor)
                cursor.removeSelectedText()
        cursor.endEditBlock()

    def format_some() -> None:
        cursor = QTextCursor(document)
        cursor.setPosition(anywhere())
        cursor.setPosition(anywhere(), QTextCursor.MoveMode.KeepAnchor)
        weight = QTextCharFormat()
        weight.setFontWeight(rng.choice([400, 700]))
        cursor.mergeCharFormat(weight)

    def composition() -> None:
        desk.compose(rng.choice(["pre", "にほ"]))
        for _ in range(rng.randint(0, 3)):
            receive()
        desk.compose("", rng.choice(["", "日本", "ñ", "😀"]))

    verbs: dict[str, Callable[[], object]] = {
        "type": lambda: QTest.keyClicks(editor, rng.choice(["q", "hello", "Z "])),
        "backspace": lambda: QTest.keyClick(editor, Qt.Key.Key_Backspace),
        "delete": lambda: QTest.keyClick(editor, Qt.Key.Key_Delete),
        "word": lambda: QTest.keyClick(
            editor, Qt.Key.Key_Backspace, Qt.KeyboardModifier.ControlModifier
        ),
        "enter": lambda: QTest.keyClick(editor, Qt.Key.Key_Return),
        "soft enter": lambda: QTest.keyClick(
            editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier
        ),
        "paste": lambda: editor.insertPlainText(words(5)),
        "block": block,
        "format": format_some,
        "compose": composition,
        "receive": receive,
        "undo": desk.binding.undo,
        "redo": desk.binding.redo,
        "replace all": lambda: editor.setPlainText(words(20)),
        "type over all": lambda: (editor.selectAll(), QTest.keyClicks(editor, "s")),
        "silent": lambda: desk.port.replace_silently(words(20)),
    }
    marks = desk.binding.marks
    weights = [9, 3, 3, 1, 2, 1, 4, 3, 2, 4, 9, 4, 3, 0.3, 0.3, 0.5]
    for step in range(steps):
        (verb,) = rng.choices(list(verbs), weights)
        counts[verb] = counts.get(verb, 0) + 1
        if rng.random() < 0.6:
            desk.caret(anywhere(), anywhere() if rng.random() < 0.3 else None)
        if rng.random() < 0.1:
            desk.now_ms += 5_000
        if rng.random() < 0.1:  # somebody else's cursor moves
            size = len(desk.port.value)
            marks.put("other", rng.randint(0, size), rng.randint(0, size))
        before, mark = desk.port.letters.copy(), marks.at("other")
        verbs[verb]()
        where = f"seed {seed} step {step} {verb}"
        for place, now in zip(mark or (), marks.at("other") or (), strict=True):
            assert stayed(before, place, desk.port.letters, now), where
        assert desk.binding.text == desk.port.value, where
        assert shown(desk.port.value) == desk.raw, where
        if len(desk.port.value) > 400:
            desk.port.receive(Splice(50, len(desk.port.value) - 100, ""))
    assert desk.binding.verify()
    desk.binding.close()
    return counts


@pytest.mark.parametrize("seed", range(10))
def test_thousands_of_random_steps_never_part(editor: QPlainTextEdit, seed: int) -> None:
    counts = fuzz(editor, seed, 2_100)
    assert set(counts) >= {"type", "block", "receive", "compose", "undo"}
    assert counts["scroll"] > 5


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(100, 110))
def test_many_more_random_steps_never_part(editor: QPlainTextEdit, seed: int) -> None:
    fuzz(editor, seed, 20_000)
