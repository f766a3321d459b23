"""The sizes and weights of type, all derived from the system's own font.

Owns one scale: interface, small, body, title, headings, code. Sizes are pixels that Qt scales with
the screen. Must never import goatcore.
"""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase, QFontInfo

INTERFACE_PX_MIN = 13
HEADING_FACTORS = (1.55, 1.32, 1.16, 1.06, 1.0, 1.0)  # of the body, by level
LINE_FACTOR = 1.5  # the distance of lines in the editor, of the letters' size


class TypeScale:
    """Fonts of one family. `zoom` is of what one writes in; the rest of the window stays."""

    def __init__(self, system: QFont, zoom: float = 1.0) -> None:
        size = max(QFontInfo(system).pixelSize(), INTERFACE_PX_MIN)
        self.family = system.families()[0] if system.families() else system.family()
        self.strong_weight = strong_weight(QFontInfo(QFont(self.family)).family())
        self.interface_px = size
        self.small_px = max(round(size * 0.9), 11)
        self.zoom = zoom
        self.body_px = round(size * 1.2 * zoom)
        self.title_px = round(size * 2.0 * zoom)
        self.code_px = round(self.body_px * 0.92)
        self.code_family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        self.interface = self._font(size)
        self.small = self._font(self.small_px)
        self.strong = self._font(size, self.strong_weight)
        self.body = self._font(self.body_px)
        self.title = self._font(self.title_px, QFont.Weight.Bold)

    def heading_px(self, level: int) -> int:
        """The size of a heading of level 1 to 6."""
        return round(self.body_px * HEADING_FACTORS[level - 1])

    def _font(self, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
        font = QFont(self.family)
        font.setPixelSize(pixels)
        font.setWeight(weight)
        font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
        return font


def strong_weight(family: str) -> QFont.Weight:
    """DemiBold where the family has it; asked for one it lacks, some systems draw it thin."""
    demi = QFont.Weight.DemiBold
    styles = QFontDatabase.styles(family)
    has_demi = any(QFontDatabase.weight(family, style) == demi for style in styles)
    return demi if has_demi else QFont.Weight.Bold
