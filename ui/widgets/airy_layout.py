"""More air between the lines of a QPlainTextEdit, which has no setting for it.

Owns the places of lines inside each block: Qt's own layout sets them one right below the other,
this one moves them apart, so that a line takes `LINE_FACTOR` times the size of its letters.
Must never import goatcore.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QTextBlock, QTextDocument
from PySide6.QtWidgets import QPlainTextDocumentLayout


class AiryLayout(QPlainTextDocumentLayout):
    """Set it on the document with `setDocumentLayout` before the document goes to its editor."""

    def __init__(self, document: QTextDocument, font: QFont, line_factor: float) -> None:
        super().__init__(document)
        self._line_factor = line_factor
        self.use(font)

    def use(self, font: QFont) -> None:
        """The air that goes with another font; the lines find their places when they are laid out
        again, as they are after a change of the document's font."""
        natural = QFontMetricsF(font).lineSpacing()
        self._gap = max(0.0, math.ceil(font.pixelSize() * self._line_factor - natural))

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        rect = super().blockBoundingRect(block)
        if not self._gap or not rect.height():
            return rect
        layout = block.layout()
        count = layout.lineCount()
        if not count:
            return rect
        first = layout.lineAt(0)
        half = self._gap / 2
        if first.y() < half:  # laid out anew by Qt
            for number in range(count):
                line = layout.lineAt(number)
                line.setPosition(QPointF(line.x(), line.y() + half + number * self._gap))
        last = layout.lineAt(count - 1)
        rect.setHeight(math.ceil(last.y() + last.height() + half))
        return rect
