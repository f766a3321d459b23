"""Live styling of Markdown in an editor: headings sized, marks dimmed. Looks only, never the text.

Owns the formats of one theme. Must never import goatcore.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QColor, QFont, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from ui.bridge.text_units import units
from ui.reading.code_colours import KINDS as CODE_KINDS
from ui.reading.code_colours import CodeSpan
from ui.theme.theme import Theme
from ui.widgets.code_blocks import OPEN_KINDS, CodeBlocks
from ui.widgets.markdown_spans import BACKTICK_FENCE, PLAIN, TILDE_FENCE, Span, read_line

Dress = Callable[[QTextCharFormat], None]


class MarkdownHighlighter(QSyntaxHighlighter):
    """Styles a document for as long as it lives; follows the theme."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        self._code = CodeBlocks()
        self._formats: dict[frozenset[str], QTextCharFormat] = {}
        self._dresses = self._make_dresses()
        theme.changed.connect(self.dress_anew)

    def highlightBlock(self, text: str) -> None:
        before = self.previousBlockState()
        kind = max(before, PLAIN) & OPEN_KINDS
        spans, state = read_line(text, kind, first=before < 0)
        if state == kind and state in (BACKTICK_FENCE, TILDE_FENCE):
            coloured, state = self._code.line(self.currentBlock(), before, kind)
            self.setCurrentBlockState(state)
            self._dress(text, spans)
            self._dress(text, coloured)
            return
        self.setCurrentBlockState(state)
        self._dress(text, spans)

    def _dress(self, text: str, spans: Sequence[Span | CodeSpan]) -> None:
        if text.isascii() or units(text) == len(text):
            for start, stop, kinds in spans:
                self.setFormat(start, stop - start, self._format(kinds))
            return
        for start, stop, kinds in spans:
            place = units(text[:start])
            self.setFormat(place, units(text[start:stop]), self._format(kinds))

    def dress_anew(self) -> None:
        """The theme or the sizes changed."""
        self._formats.clear()
        self._dresses = self._make_dresses()
        self.rehighlight()

    def _format(self, kinds: frozenset[str]) -> QTextCharFormat:
        made = self._formats.get(kinds)
        if made is None:
            made = QTextCharFormat()
            for kind, dress in self._dresses.items():  # the later ones have the last word
                if kind in kinds:
                    dress(made)
            self._formats[kinds] = made
        return made

    def _make_dresses(self) -> dict[str, Dress]:
        theme, scale = self._theme, self._theme.type
        code_px, heading_px = scale.code_px, scale.heading_px

        def ink(name: str) -> Dress:
            return lambda it: it.setForeground(theme.colour(name))

        def code(it: QTextCharFormat) -> None:
            it.setFontFamilies([scale.code_family])
            it.setProperty(QTextCharFormat.Property.FontPixelSize, code_px)
            it.setBackground(theme.colour("code"))

        def block(it: QTextCharFormat) -> None:
            code(it)
            it.clearBackground()

        def plain_code(ink_name: str) -> Dress:
            def dress(it: QTextCharFormat) -> None:
                block(it)
                it.setForeground(theme.colour(ink_name))

            return dress

        def heading(level: int) -> Dress:
            def dress(it: QTextCharFormat) -> None:
                it.setFontWeight(QFont.Weight.Bold)
                it.setProperty(QTextCharFormat.Property.FontPixelSize, heading_px(level))

            return dress

        def struck(it: QTextCharFormat) -> None:
            it.setFontStrikeOut(True)

        def done(it: QTextCharFormat) -> None:
            it.setForeground(theme.colour("faint"))
            it.setFontStrikeOut(True)

        def mark(it: QTextCharFormat) -> None:
            it.setForeground(QColor(theme.colour("faint")))
            it.setFontStrikeOut(False)

        dresses: dict[str, Dress] = {f"h{level}": heading(level) for level in range(1, 7)}
        dresses |= {
            "table": block,
            "quote": ink("soft"),
            "bullet": ink("accent"),
            "strong": lambda it: it.setFontWeight(QFont.Weight.Bold),
            "emphasis": lambda it: it.setFontItalic(True),
            "strike": struck,
            "done": done,
            "link": ink("accent"),
            "tag": ink("accent"),
            "code": code,
            "block": block,
            "front": plain_code("faint"),
            "fence": plain_code("faint"),
            "task": plain_code("accent"),
            **{kind: plain_code(f"code_{kind}") for kind in CODE_KINDS},
            "mark": mark,
        }
        return dresses
