"""Notes in tabs: opened, gone through and closed by keys, and each as it was left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTabBar, QToolButton

from ui.operations import notebooks, notes
from ui.window.main_window import MainWindow

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def garden(workspaces: Any, clock: Any) -> Any:
    """A notebook with four notes, the newest first."""
    repository = notebooks.create(workspaces.databases[0], "Garden")
    for age, title in enumerate(("Apples", "Beans", "Carrots", "Dill")):
        body = f"All about {title.lower()}."
        notes.create(repository, title, body=body, now_ms=clock.now_ms - age * 1000)
    return repository


def settle() -> None:
    for _ in range(3):
        QApplication.processEvents()


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key, modifiers)
    settle()


def tabs(window: MainWindow) -> list[str]:
    """The names of the tabs, the one in front in brackets."""
    strip = window.desk.tab_strip
    names = [strip.tabText(at) for at in range(strip.count())]
    names[strip.currentIndex()] = f"[{names[strip.currentIndex()]}]"
    return names


def note(window: MainWindow, title: str) -> Any:
    return next(it for it in window.list.model.rows if it.title == title)


def open_beside(window: MainWindow, title: str) -> None:
    """As a person at the keyboard does: Ctrl+T, some letters, Enter."""
    press(window, Qt.Key.Key_T, CTRL)
    QTest.keyClicks(window.going.chooser.line, title)
    QTest.keyClick(window.going.chooser.line, Qt.Key.Key_Return)
    settle()


def row_point(window: MainWindow, title: str) -> QPoint:
    view, model = window.list.view, window.list.model
    return view.visualRect(model.index(list(model.rows).index(note(window, title)), 0)).center()


def test_the_tabs_are_not_seen_while_one_note_is_open(garden: Any, window: MainWindow) -> None:
    assert window.desk.tab_strip.isHidden()
    window.list.choose(note(window, "Beans"))
    assert window.desk.tab_strip.isHidden()
    assert tabs(window) == ["[Beans]"]
    open_beside(window, "Carrots")
    assert window.desk.tab_strip.isVisible()
    assert tabs(window) == ["Beans", "[Carrots]"]
    assert window.desk.note.title == "Carrots"
    assert window.list.current is window.desk.note
    press(window, Qt.Key.Key_W, CTRL)
    assert window.desk.tab_strip.isHidden()
    assert window.desk.note.title == "Beans"


def test_keys_go_through_the_tabs(garden: Any, window: MainWindow) -> None:
    for title in ("Beans", "Carrots"):
        open_beside(window, title)
    assert tabs(window) == ["Apples", "Beans", "[Carrots]"]
    window.desk.editor.setFocus()
    press(window, Qt.Key.Key_Tab, CTRL)
    assert tabs(window) == ["[Apples]", "Beans", "Carrots"]
    assert window.desk.note is window.list.current is note(window, "Apples")
    press(window, Qt.Key.Key_Tab, CTRL | SHIFT)
    assert tabs(window) == ["Apples", "Beans", "[Carrots]"]
    press(window, Qt.Key.Key_2, CTRL)
    assert tabs(window) == ["Apples", "[Beans]", "Carrots"]
    press(window, Qt.Key.Key_9, CTRL)
    assert tabs(window) == ["Apples", "Beans", "[Carrots]"]
    press(window, Qt.Key.Key_7, CTRL)
    assert tabs(window) == ["Apples", "Beans", "[Carrots]"]
    press(window, Qt.Key.Key_F4, CTRL)
    assert tabs(window) == ["Apples", "[Beans]"]


def test_a_closed_tab_comes_back(garden: Any, window: MainWindow) -> None:
    open_beside(window, "Beans")
    open_beside(window, "Carrots")
    press(window, Qt.Key.Key_W, CTRL)
    press(window, Qt.Key.Key_W, CTRL)
    assert tabs(window) == ["[Apples]"]
    press(window, Qt.Key.Key_T, CTRL | SHIFT)
    assert tabs(window) == ["Apples", "[Beans]"]
    note(window, "Carrots").delete()
    assert not window.tabs.can_reopen
    press(window, Qt.Key.Key_T, CTRL | SHIFT)
    assert tabs(window) == ["Apples", "[Beans]"]


def test_ctrl_w_closes_the_window_with_the_last_tab(garden: Any, window: MainWindow) -> None:
    open_beside(window, "Beans")
    press(window, Qt.Key.Key_W, CTRL)
    assert window.isVisible()
    press(window, Qt.Key.Key_W, CTRL)
    assert not window.isVisible()


def test_each_tab_has_its_own_undo_and_caret(garden: Any, window: MainWindow) -> None:
    editor = window.desk.editor
    editor.setFocus()
    QTest.keyClicks(editor, "My ")
    open_beside(window, "Beans")
    QTest.keyClicks(editor, "Our ")
    press(window, Qt.Key.Key_Tab, CTRL)
    assert editor.toPlainText() == "My All about apples."
    assert editor.textCursor().position() == 3
    press(window, Qt.Key.Key_Z, CTRL)
    assert editor.toPlainText() == "All about apples."
    press(window, Qt.Key.Key_Tab, CTRL)
    assert editor.toPlainText() == "Our All about beans."
    press(window, Qt.Key.Key_Z, CTRL)
    press(window, Qt.Key.Key_Tab, CTRL)
    press(window, Qt.Key.Key_Z, CTRL | SHIFT)
    assert str(note(window, "Apples").body) == "My All about apples."
    assert str(note(window, "Beans").body) == "All about beans."


def test_what_others_write_in_a_tab_behind_is_theirs(garden: Any, window: MainWindow) -> None:
    apples, editor = note(window, "Apples"), window.desk.editor
    editor.setFocus()
    press(window, Qt.Key.Key_End, CTRL)
    QTest.keyClicks(editor, "Mine.")
    open_beside(window, "Beans")
    apples.body.splice(0, 0, "🐐 Theirs. ")
    apples.body.splice(len(str(apples.body)), 0, " And theirs.")
    garden.record_drafts()
    press(window, Qt.Key.Key_Tab, CTRL)
    assert editor.toPlainText() == "🐐 Theirs. All about apples.Mine. And theirs."
    before = editor.toPlainText()[: editor.textCursor().position() - 1]  # the goat is two units
    assert before == "🐐 Theirs. All about apples.Mine."
    press(window, Qt.Key.Key_Z, CTRL)
    assert str(apples.body) == "🐐 Theirs. All about apples. And theirs."
    assert window.desk.open_note.binding.verify()


def test_the_line_at_the_top_is_where_it_was(garden: Any, window: MainWindow, clock: Any) -> None:
    words = "A paragraph that is long enough to be wrapped in the window, and then wrapped again. "
    body = "\n\n".join(f"{number}. {words * 3}" for number in range(80))
    long = notes.create(garden, "Long", body=body, now_ms=clock.now_ms + 1)
    window.list.choose(long)
    settle()
    bar = window.desk.editor.verticalScrollBar()
    bar.setValue(61)
    settle()
    top = window.desk.editor.firstVisibleBlock()
    seen, line = top.text(), bar.value() - top.firstLineNumber()
    open_beside(window, "Beans")
    long.body.splice(0, 0, "New first line\n")
    press(window, Qt.Key.Key_Tab, CTRL)
    top = window.desk.editor.firstVisibleBlock()
    assert (top.text(), bar.value() - top.firstLineNumber()) == (seen, line)


def test_a_note_has_one_tab(garden: Any, window: MainWindow) -> None:
    open_beside(window, "Beans")
    open_beside(window, "Apples")
    assert tabs(window) == ["[Apples]", "Beans"]
    window.going.open_title("Beans")
    assert tabs(window) == ["Apples", "[Beans]"]


def test_going_through_the_list_leaves_the_other_tabs_alone(
    garden: Any, window: MainWindow
) -> None:
    open_beside(window, "Beans")
    press(window, Qt.Key.Key_1, CTRL)
    window.list.view.setFocus()
    press(window, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)
    assert tabs(window) == ["Apples", "[Beans]"]
    press(window, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)
    assert tabs(window) == ["[Carrots]", "Beans"]
    press(window, Qt.Key.Key_2, CTRL)
    window.list.choose(note(window, "Dill"))
    assert tabs(window) == ["Carrots", "[Dill]"]


def test_a_name_follows_and_a_deleted_note_says_so(garden: Any, window: MainWindow) -> None:
    open_beside(window, "Beans")
    apples = window.tabs.notes[0]
    apples.title = "Apples & pears"
    strip = window.desk.tab_strip
    assert strip.tabText(0) == "Apples && pears"
    assert strip.accessibleTabName(0) == "Apples & pears"
    apples.delete()
    assert strip.tabToolTip(0) == "Apples & pears (deleted)"
    assert not strip.tabIcon(0).isNull()
    press(window, Qt.Key.Key_1, CTRL)
    assert window.desk.note is apples
    assert window.desk.notice.words == "This note was deleted."
    window.desk.notice.button.click()
    assert strip.tabToolTip(0) == "Apples & pears"
    assert strip.tabIcon(0).isNull()


def test_deleting_here_closes_the_tabs(garden: Any, window: MainWindow) -> None:
    open_beside(window, "Beans")
    open_beside(window, "Carrots")
    window.list.view.selectAll()
    window.chosen.delete()
    assert tabs(window) == ["[No note]"]
    assert window.desk.note is None
    window.toast.button.click()
    settle()
    assert window.desk.note.exists
    assert window.desk.tab_strip.count() == 1


def test_the_right_button_marks_and_the_middle_one_opens_beside(
    garden: Any, window: MainWindow
) -> None:
    view = window.list.view.viewport()
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=row_point(window, "Carrots"))
    assert window.chosen.only is note(window, "Carrots")
    assert window.desk.note is note(window, "Apples")
    window.commands.run("open_in_tab")
    assert tabs(window) == ["Apples", "[Carrots]"]
    QTest.mouseClick(view, Qt.MouseButton.MiddleButton, pos=row_point(window, "Dill"))
    assert tabs(window) == ["Apples", "[Carrots]", "Dill"]
    strip = window.desk.tab_strip
    QTest.mouseClick(strip, Qt.MouseButton.MiddleButton, pos=strip.tabRect(0).center())
    assert tabs(window) == ["[Carrots]", "Dill"]
    button = strip.tabButton(0, QTabBar.ButtonPosition.RightSide)
    assert isinstance(button, QToolButton)
    assert button.accessibleName() == "Close tab “Carrots”"
    button.click()
    assert tabs(window) == ["[Dill]"]
    assert window.desk.note is note(window, "Dill")


def test_the_menu_of_a_note_gives_the_mark_back(
    garden: Any, window: MainWindow, qtbot: Any
) -> None:
    point = row_point(window, "Carrots")
    view = window.list.view.viewport()
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=point)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, view.mapToGlobal(point))
    QApplication.sendEvent(view, event)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.list.chosen == [note(window, "Apples")])


def test_several_notes_open_behind(garden: Any, window: MainWindow) -> None:
    window.list.view.selectAll()
    window.commands.run("open_in_tab")
    assert tabs(window) == ["[Apples]", "Beans", "Carrots", "Dill"]
    window.commands.run("close_other_tabs")
    assert tabs(window) == ["[Apples]"]


def test_tabs_are_dragged_into_another_order(garden: Any, window: MainWindow) -> None:
    open_beside(window, "Beans")
    open_beside(window, "Carrots")
    window.desk.tab_strip.moveTab(2, 0)
    assert [it.title for it in window.tabs.notes] == ["Carrots", "Apples", "Beans"]
    press(window, Qt.Key.Key_Tab, CTRL)
    assert window.desk.note.title == "Apples"


def test_tabs_are_there_again_after_a_restart(
    garden: Any, open_window: Callable[[], MainWindow]
) -> None:
    first = open_window()
    for title in ("Beans", "Carrots", "Dill"):
        open_beside(first, title)
    press(first, Qt.Key.Key_2, CTRL)
    gone = note(first, "Dill")
    first.close()
    gone.delete()
    second = open_window()
    assert tabs(second) == ["Apples", "[Beans]", "Carrots"]
    assert second.desk.note.title == "Beans"


def test_after_a_restart_one_is_where_one_was(
    garden: Any, open_window: Callable[[], MainWindow], clock: Any
) -> None:
    body = "\n".join(f"Line {number}" for number in range(200))
    for age, title in enumerate(("Long", "Longer")):
        notes.create(garden, title, body=body, now_ms=clock.now_ms + 10 - age)
    first = open_window()
    open_beside(first, "Longer")
    for at, line in ((0, 80), (1, 120)):
        first.tabs.choose(at)
        first.desk.editor.verticalScrollBar().setValue(line)
        first.desk.open_note.binding.select(1000 + at, 1003 + at)
        first.desk.editor.verticalScrollBar().setValue(line)
        settle()
    first.close()
    note(first, "Long").body.splice(0, 0, "New\n")
    second = open_window()
    settle()
    assert tabs(second) == ["Long", "[Longer]"]
    assert second.desk.editor.firstVisibleBlock().text() == "Line 120"
    assert second.desk.open_note.binding.selection == (1001, 1004)
    second.tabs.choose(0)
    settle()
    assert second.desk.open_note.binding.selection == (1000, 1003)
    assert second.desk.editor.firstVisibleBlock().text() == "Line 79"  # by letters from the start


def test_a_damaged_memory_of_tabs_is_none(
    garden: Any, open_window: Callable[[], MainWindow]
) -> None:
    first = open_window()
    first.close()
    first._memory.keep("tabs", "x\n1 2 3 4 nowhere key\n-1 0 0 0 a b\n")
    assert tabs(open_window()) == ["[Apples]"]


def test_notes_that_arrive_elsewhere_leave_an_open_tab_alone(
    garden: Any, window: MainWindow, workspaces: Any, clock: Any
) -> None:
    shed = notebooks.create(workspaces.databases[0], "Shed")
    tools = notes.create(shed, "Tools", now_ms=clock.now_ms)
    settle()
    open_beside(window, "Tools")
    place = next(it for it in window.shelf.places if it.name == "Garden")
    window.sidebar.choose(place)
    window.flow.go_to(tools)
    assert tabs(window)[-1] == "[Tools]"
    press(window, Qt.Key.Key_1, CTRL)
    first = window.desk.note
    notebooks.nested(garden, "Greenhouse")
    settle()
    assert window.desk.note is first


def test_links_open_in_tabs(garden: Any, window: MainWindow) -> None:
    window.desk.note.body.splice(0, 0, "[[Beans]] ")
    editor = window.desk.editor
    cursor = editor.textCursor()
    cursor.setPosition(3)
    point = editor.cursorRect(cursor).center()
    QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, CTRL | SHIFT, point)
    assert tabs(window) == ["Apples", "[Beans]"]


def test_closing_the_window_lets_go_of_every_tab(garden: Any, window: MainWindow) -> None:
    kept = [note(window, title) for title in ("Apples", "Beans", "Carrots")]
    window.tabs.add(kept)
    window.close()
    QApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))
    assert garden._listeners == []
    assert [it._listeners or [] for it in kept] == [[], [], []]
