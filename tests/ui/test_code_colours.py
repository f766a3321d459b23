"""Programs in notes have their colours, in the editor as on a page."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication

from ui.reading.code_colours import LETTERS_MAX, coloured_lines
from ui.theme.theme import Theme
from ui.widgets.text_editor import TextEditor


def kinds(code: str, language: str) -> list[list[tuple[str, str]]]:
    return [
        [(line[span.start : span.stop], span.kind) for span in spans]
        for line, spans in coloured_lines(code, language)
    ]


def test_keywords_strings_comments_numbers_and_names() -> None:
    assert kinds("def f(): return 1 # x", "python") == [
        [
            ("def", "keyword"),
            ("f", "name"),
            ("return", "keyword"),
            ("1", "number"),
            ("# x", "comment"),
        ]
    ]


def test_a_string_over_lines_is_one() -> None:
    assert kinds('"""a\nb"""\nc', "python") == [[('"""a', "string")], [('b"""', "string")], []]


def test_an_unknown_language_and_a_huge_block_have_no_colours() -> None:
    assert kinds("def f(): pass", "klingon") == [[]]
    assert kinds("if 1:" + " " * LETTERS_MAX, "python") == [[]]


def test_lines_are_given_back_as_they_are() -> None:
    code = "\n\n  a\r\n\tb\n"
    assert "\n".join(line for line, _ in coloured_lines(code, "python")) == code


class Editor:
    """An editor and what it shows."""

    def __init__(self, theme: Theme, text: str) -> None:
        self._editor = TextEditor(theme)
        self._editor.setPlainText(text)
        QApplication.processEvents()  # the first highlighting waits for the loop
        self.document = self._editor.document()

    def inks(self, line: int) -> set[str]:
        formats = self.document.findBlockByNumber(line).layout().formats()
        return {it.format.foreground().color().name() for it in formats}

    def type(self, line: int, words: str) -> None:
        cursor = QTextCursor(self.document.findBlockByNumber(line))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        cursor.insertText(words)


def test_the_editor_colours_a_program(theme: Any) -> None:
    editor = Editor(theme, "text\n```python\nif x:\n    pass\n```\nif x:")
    assert theme.shades.code_keyword in editor.inks(2)
    assert theme.shades.code_keyword in editor.inks(3)
    assert editor.inks(5) == set()


def test_a_string_that_opens_colours_the_lines_after_it(theme: Any) -> None:
    editor = Editor(theme, "```python\nx = 1\nif x:\n    y\n```\n")
    assert theme.shades.code_keyword in editor.inks(2)
    editor.type(1, ' + """a')
    assert editor.inks(2) >= {theme.shades.code_string}
    assert theme.shades.code_keyword not in editor.inks(2)
    editor.type(1, '"""')
    assert theme.shades.code_keyword in editor.inks(2)


def test_a_block_without_end_is_read_too(theme: Any) -> None:
    editor = Editor(theme, "```python\nif x:")
    assert theme.shades.code_keyword in editor.inks(1)


def test_lines_of_a_very_long_program_stay_plain_far_from_its_fence(theme: Any) -> None:
    editor = Editor(theme, "```python\n" + "if x:\n" * 600 + "```\n# heading")
    assert theme.shades.code_keyword in editor.inks(100)
    assert theme.shades.code_keyword not in editor.inks(500)
    assert editor.document.findBlockByNumber(602).userState() == 0
