"""Words from right to left, and a window for a language that is written so."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ui.theme.theme import Theme
from ui.widgets.direction import Mirror, direction_of, option_for
from ui.widgets.text_editor import TextEditor
from ui.widgets.title_edit import TitleEdit
from ui.window.main_window import MainWindow

LEFT_TO_RIGHT, RIGHT_TO_LEFT = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
HEBREW, ARABIC = "שלום עולם", "مرحبا بالعالم"


@pytest.fixture
def unmirrored_again(qapp: QApplication) -> Iterator[None]:
    yield
    qapp.setLayoutDirection(LEFT_TO_RIGHT)


@pytest.fixture
def mirrored(qapp: QApplication, unmirrored_again: None) -> None:
    qapp.setLayoutDirection(RIGHT_TO_LEFT)


@pytest.mark.parametrize(
    ("words", "direction"),
    [
        ("Goats", LEFT_TO_RIGHT),
        ("", LEFT_TO_RIGHT),
        ("2025 · 3/4", LEFT_TO_RIGHT),
        ("Ziegen für שלום", LEFT_TO_RIGHT),
        (HEBREW, RIGHT_TO_LEFT),
        (ARABIC, RIGHT_TO_LEFT),
        (f"2025: {ARABIC} and goats", RIGHT_TO_LEFT),
    ],
)
def test_words_run_as_their_first_letter_does(words: str, direction: Qt.LayoutDirection) -> None:
    assert direction_of(words) == direction
    assert option_for(words).textDirection() == direction


def drawn_from(editor: TextEditor | TitleEdit, line: int) -> float:
    """Where the first drawn letter of a paragraph is, from the left, in pixels."""
    layout = editor.document().findBlockByNumber(line).layout()
    image = editor.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    block = editor.document().findBlockByNumber(line)
    area = editor.blockBoundingGeometry(block).translated(editor.contentOffset())
    assert layout.lineCount() == 1
    paper = image.pixel(image.width() - 1, image.height() - 1)
    found = [
        x
        for x in range(image.width())
        for y in range(int(area.top() * ratio), int(area.bottom() * ratio))
        if image.pixel(x, y) != paper
    ]
    return min(found) / ratio


@pytest.mark.parametrize("window_direction", [LEFT_TO_RIGHT, RIGHT_TO_LEFT])
def test_each_paragraph_begins_at_its_own_side(
    theme: Theme, qapp: QApplication, window_direction: Qt.LayoutDirection
) -> None:
    editor = TextEditor(theme)
    editor.setLayoutDirection(window_direction)
    editor.resize(600, 300)
    editor.setPlainText(f"Goats\n{HEBREW}\n{ARABIC}\nGoats")
    editor.setReadOnly(True)
    editor.show()
    assert QTest.qWaitForWindowExposed(editor)
    width = editor.viewport().width()
    starts = [drawn_from(editor, line) for line in range(4)]
    assert starts[0] < 8
    assert starts[3] == starts[0]
    assert starts[1] > width / 2
    assert starts[2] > width / 2
    assert editor.horizontalScrollBar().maximum() == 0
    editor.close()


def test_a_title_begins_at_its_own_side(theme: Theme) -> None:
    title = TitleEdit(theme)
    title.resize(600, 60)
    title.show_title(HEBREW)
    title.show()
    assert QTest.qWaitForWindowExposed(title)
    assert drawn_from(title, 0) > title.viewport().width() / 3
    title.close()


def test_what_is_painted_stands_on_the_other_side_of_a_mirrored_window() -> None:
    row = QRect(100, 20, 200, 30)
    plain, mirrored = Mirror(LEFT_TO_RIGHT, row), Mirror(RIGHT_TO_LEFT, row)
    assert plain.rect(110, 25, 18, 18) == QRect(110, 25, 18, 18)
    assert mirrored.rect(110, 25, 18, 18) == QRect(272, 25, 18, 18)
    assert plain.point(QPointF(110, 35)) == QPointF(110, 35)
    assert mirrored.point(QPointF(110, 35)) == QPointF(290, 35)
    assert mirrored.point(QPointF(290, 35)) == QPointF(110, 35)


@pytest.mark.usefixtures("mirrored")
def test_a_mirrored_window_opens_and_closes_places_where_their_mark_is(
    open_window: Callable[[], MainWindow],
) -> None:
    window = open_window()
    notebook = window.verbs.new_notebook("Garden")
    window.shelf.refresh()
    window.sidebar.choose(next(it for it in window.shelf.places if it.path == notebook.path))
    window.verbs.nested_notebook(window.place, "Seeds")
    window.shelf.refresh()
    view = window.sidebar.view
    index = window.sidebar.model.index_of_place(window.place)
    assert view.isExpanded(index)
    row = view.visualRect(index)
    QTest.mouseClick(
        view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=QPoint(row.right() - 14, row.center().y()),
    )
    assert not view.isExpanded(index)
    assert window.sidebar.mapToGlobal(QPoint()).x() > window.desk.mapToGlobal(QPoint()).x()


def ink_of(window: MainWindow, number: int) -> tuple[int, int]:
    """From where to where something is painted in a row of the sidebar."""
    view = window.sidebar.view
    row = view.visualRect(view.model().index(number, 0))
    image = view.viewport().grab(row).toImage()
    paper = image.pixel(1, 1)
    inked = [
        x
        for x in range(image.width())
        if any(image.pixel(x, y) != paper for y in range(image.height()))
    ]
    return inked[0], image.width() - 1 - inked[-1]


@pytest.mark.usefixtures("unmirrored_again")
def test_a_row_of_a_mirrored_window_is_painted_from_the_other_side(
    qapp: QApplication, open_window: Callable[[], MainWindow]
) -> None:
    plain = ink_of(open_window(), 1)
    qapp.setLayoutDirection(RIGHT_TO_LEFT)
    mirrored = ink_of(open_window(), 1)
    assert mirrored == pytest.approx((plain[1], plain[0]), abs=3)
