"""The small parts: title, editor, highlighter, toast, banner."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QFont, QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget

from ui.theme.theme import Theme
from ui.theme.type_scale import LINE_FACTOR
from ui.widgets.banner import Banner
from ui.widgets.text_editor import COLUMN_PX_MAX, TextEditor
from ui.widgets.title_edit import LINES_MAX, TitleEdit
from ui.widgets.toast import SHOWN_MS, Toast


@pytest.fixture
def title(theme: Theme, qtbot: Any) -> TitleEdit:
    title = TitleEdit(theme)
    qtbot.addWidget(title)
    title.resize(300, 40)
    title.show()
    return title


@pytest.fixture
def editor(theme: Theme, qtbot: Any) -> TextEditor:
    editor = TextEditor(theme)
    qtbot.addWidget(editor)
    editor.resize(500, 400)
    editor.show()
    return editor


def test_a_title_never_holds_a_line_break(title: TitleEdit) -> None:
    data = QMimeData()
    data.setText("one\ntwo\r\n three")
    title.insertFromMimeData(data)
    assert title.title == "one two three"
    left: list[bool] = []
    title.left_downwards.connect(lambda: left.append(True))
    QTest.keyClick(title, Qt.Key.Key_Return)
    QTest.keyClick(title, Qt.Key.Key_Down)
    assert title.title == "one two three"
    assert left == [True, True]


def test_a_title_grows_with_its_words_up_to_a_limit(title: TitleEdit) -> None:
    one = title.height()
    title.show_title("a long title that needs more than one line")
    assert title.height() > one
    title.show_title("word " * 1000)
    limit = title.height()
    title.show_title("word " * 2000)
    assert title.height() == limit <= one * LINES_MAX
    title.show_title("")
    assert title.height() == one


def test_only_the_person_edits_a_title(title: TitleEdit) -> None:
    told: list[str] = []
    title.title_edited.connect(told.append)
    title.show_title("From elsewhere")
    title.moveCursor(QTextCursor.MoveOperation.End)
    assert told == []
    QTest.keyClicks(title, "!")
    assert told == ["From elsewhere!"]
    title.show_title("From there!")
    assert title.textCursor().position() == len("From there!")


def test_headings_are_larger_and_marks_are_dim(editor: TextEditor, theme: Theme) -> None:
    editor.setPlainText("# Oats\nplain **bold** `code`\n- 😀 *x*")

    def formats(number: int) -> dict[str, Any]:
        block = editor.document().findBlockByNumber(number)
        text = block.text().encode("utf-16-le")

        def piece(start: int, length: int) -> str:
            return text[2 * start : 2 * (start + length)].decode("utf-16-le")

        return {
            piece(span.start, span.length): QTextCharFormat(span.format)
            for span in block.layout().formats()
        }

    heading = formats(0)
    size = heading["Oats"].property(QTextFormat.Property.FontPixelSize)
    assert size == theme.type.heading_px(1) > theme.type.body_px
    assert heading["# "].foreground().color() == theme.colour("faint")
    assert formats(1)["bold"].fontWeight() == QFont.Weight.Bold
    assert formats(1)["code"].background().color() == theme.colour("code")
    assert formats(2)["x"].fontItalic()


def test_lines_have_air_between_them(editor: TextEditor, theme: Theme) -> None:
    editor.setPlainText("word " * 100)
    editor.grab()
    layout = editor.document().firstBlock().layout()
    step = layout.lineAt(1).y() - layout.lineAt(0).y()
    assert step >= round(theme.type.body_px * LINE_FACTOR) - 1
    below = editor.cursorForPosition(QPoint(60, int(step * 1.5) + 6)).position()
    assert layout.lineForTextPosition(below).lineNumber() == 1


def test_a_wide_window_keeps_a_readable_column(editor: TextEditor) -> None:
    editor.resize(1600, 400)
    assert editor.viewport().width() <= COLUMN_PX_MAX + 460
    assert editor.side_margin == (1600 - COLUMN_PX_MAX) // 2


def test_undo_keys_and_menu_are_ours(editor: TextEditor) -> None:
    told: list[str] = []
    editor.undo_wanted.connect(lambda: told.append("undo"))
    editor.redo_wanted.connect(lambda: told.append("redo"))
    QTest.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(editor, Qt.Key.Key_Z, shift)
    assert told == ["undo", "redo"]
    editor.can_undo = True
    QTest.mouseClick(editor.viewport(), Qt.MouseButton.RightButton)
    editor.contextMenuEvent(_context_event())
    (menu,) = editor.findChildren(QMenu)
    words = {action.text(): action for action in menu.actions()}
    assert words["Undo"].isEnabled()
    assert not words["Redo"].isEnabled()
    words["Undo"].trigger()
    assert told[-1] == "undo"
    menu.close()


def _context_event() -> Any:
    place = QPoint(10, 10)
    return QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, place)


def test_up_in_the_first_line_leaves_the_editor(editor: TextEditor) -> None:
    left: list[bool] = []
    editor.left_upwards.connect(lambda: left.append(True))
    editor.setPlainText("one\ntwo")
    editor.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClick(editor, Qt.Key.Key_Up)
    assert left == []
    QTest.keyClick(editor, Qt.Key.Key_Up)
    assert left == [True]


def test_a_toast_offers_the_way_back_once(qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 400)
    window.show()
    toast = Toast(window)
    undone: list[str] = []
    toast.tell("Deleted “Oats”", lambda: undone.append("oats"))
    toast.tell("Deleted “Hay”", lambda: undone.append("hay"))
    assert toast.isVisible()
    toast.button.click()
    toast.button.click()
    assert undone == ["hay"]
    qtbot.waitUntil(lambda: not toast.isVisible())
    assert SHOWN_MS == 6_000
    toast.tell("Joined")
    assert not toast.button.isVisible()
    toast.leave()
    qtbot.waitUntil(lambda: not toast.isVisible())


def test_a_toast_fits_a_small_window(qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(420, 300)
    window.show()
    toast = Toast(window)
    toast.tell("Deleted “" + "long " * 100 + "”", lambda: None)
    assert toast.width() <= window.width()
    assert "…" in toast.words


def test_a_banner_stays_until_it_is_closed(theme: Theme, qtbot: Any) -> None:
    banner = Banner(theme, alarming=True)
    qtbot.addWidget(banner)
    banner.tell("The disk is full.")
    assert banner.isVisible()
    assert not banner.button.isVisible()
    banner.tell("The disk is full.", "Try again")
    assert banner.button.text() == "Try again"
    assert banner.accessibleName() == "The disk is full."
