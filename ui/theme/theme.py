"""Light, dark, high contrast, or as the system has it: one object that dresses the application.

Owns the mode and what follows from it (palette, style sheet, fonts). Invariant: palette, style
sheet and painted parts always show the same shades; `changed` tells painted parts to draw anew.
Some platforms ignore `setColorScheme`, so Fusion and an explicit palette are set as well.
Must never import goatcore.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import icons
from ui.theme.shades import CONTRAST, DARK, LIGHT, Shades
from ui.theme.type_scale import TypeScale

SYSTEM, LIGHT_MODE, DARK_MODE, CONTRAST_MODE = "system", "light", "dark", "contrast"
MODES = (SYSTEM, LIGHT_MODE, DARK_MODE, CONTRAST_MODE)
ZOOM_PERCENT = (70, 80, 90, 100, 110, 125, 150, 175, 200, 250)


class Theme(QObject):
    """The dress of one application. Make it once, right after the QApplication."""

    changed = Signal()
    zoomed = Signal()  # the sizes of what one writes in

    def __init__(self, application: QApplication, mode: str = SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._mode = mode if mode in MODES else SYSTEM
        self._system_font = application.font()
        self.type = TypeScale(self._system_font)
        self.shades: Shades = LIGHT
        application.setStyle("Fusion")
        application.setFont(self.type.interface)
        application.styleHints().colorSchemeChanged.connect(self._on_system_change)
        self._dress()

    @property
    def mode(self) -> str:
        """What was chosen: system, light, dark or contrast."""
        return self._mode

    @property
    def dark(self) -> bool:
        """What it comes to now."""
        return self.shades is not LIGHT

    def set_mode(self, mode: str) -> None:
        """Chooses one of `MODES`, at once and everywhere."""
        assert mode in MODES
        if mode != self._mode:
            self._mode = mode
            self._dress()

    @property
    def zoom_percent(self) -> int:
        """How large one writes; 100 is the system's way."""
        return round(self.type.zoom * 100)

    def set_zoom(self, percent: int) -> None:
        """Writes larger or smaller, at once and everywhere."""
        percent = min(max(percent, ZOOM_PERCENT[0]), ZOOM_PERCENT[-1])
        if percent != self.zoom_percent:
            self.type = TypeScale(self._system_font, percent / 100)
            self.zoomed.emit()

    def zoom(self, steps: int) -> None:
        """The next larger (or smaller) step; 0: the usual size."""
        if not steps:
            self.set_zoom(100)
            return
        now = self.zoom_percent
        beyond = [it for it in ZOOM_PERCENT if (it > now if steps > 0 else it < now)]
        if beyond:
            self.set_zoom(beyond[0] if steps > 0 else beyond[-1])

    def icon(self, name: str, *, ink: str = "soft") -> QIcon:
        """A line icon in one of the shades, named by its use."""
        return icons.icon(name, getattr(self.shades, ink), self.shades.accent)

    def colour(self, name: str) -> QColor:
        """One of the shades as Qt wants it."""
        return QColor(getattr(self.shades, name))

    def _on_system_change(self) -> None:
        if self._mode == SYSTEM:
            self._dress()

    def _dress(self) -> None:
        hints = self._application.styleHints()
        scheme = {
            LIGHT_MODE: Qt.ColorScheme.Light,
            DARK_MODE: Qt.ColorScheme.Dark,
            CONTRAST_MODE: Qt.ColorScheme.Dark,
            SYSTEM: Qt.ColorScheme.Unknown,
        }[self._mode]
        hints.setColorScheme(scheme)  # title bars and native dialogs, where it is heard
        dark = self._mode == DARK_MODE or (
            self._mode == SYSTEM and hints.colorScheme() == Qt.ColorScheme.Dark
        )
        self.shades = DARK if dark else LIGHT
        if self._mode == CONTRAST_MODE:
            self.shades = CONTRAST
        self._application.setPalette(palette(self.shades))
        self._application.setStyleSheet(style_sheet(self.shades, self.type))
        self.changed.emit()


def palette(shades: Shades) -> QPalette:
    """The palette for everything that no style sheet reaches."""
    role = QPalette.ColorRole
    result = QPalette()
    for roles, shade in (
        ((role.Window, role.Button), shades.sidebar),
        ((role.Base,), shades.paper),
        ((role.AlternateBase,), shades.listing),
        ((role.WindowText, role.Text, role.ButtonText), shades.ink),
        ((role.Highlight,), shades.selected),
        ((role.HighlightedText,), shades.ink),
        ((role.Link, role.LinkVisited, role.Accent), shades.accent),
        ((role.PlaceholderText,), shades.faint),
        ((role.ToolTipBase,), shades.toast),
        ((role.ToolTipText,), shades.on_toast),
        ((role.Mid, role.Midlight, role.Light), shades.line),
        ((role.Dark, role.Shadow), shades.line),
        ((role.BrightText,), shades.danger),
    ):
        for each in roles:
            result.setColor(each, QColor(shade))
    for each in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, each, QColor(shades.faint))
    return result


def style_sheet(shades: Shades, scale: TypeScale) -> str:
    """resources/styles/window.qss with the shades and sizes filled in."""
    template = files("resources").joinpath("styles", "window.qss").read_text(encoding="utf-8")
    names = dict(shades._asdict())
    names |= {
        "arrow": Path(str(files("resources") / "icons" / "arrow-down.svg")).as_posix(),
        "strong": str(int(scale.strong_weight)),
        "interface_px": str(scale.interface_px),
        "small_px": str(scale.small_px),
        "code_size_px": str(round(scale.interface_px * 2.3)),
        "heading_px": str(round(scale.interface_px * 1.45)),
    }
    return Template(template).substitute(names)
