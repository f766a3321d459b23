"""Line icons from resources/icons, drawn in any ink at any scale factor.

Owns a cache by name, ink and size. Must never import goatcore.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

SIZES = (16, 18, 20, 24, 32, 48, 64)
APPLICATION_SIZES = (16, 24, 32, 48, 64, 128, 256)


@cache
def _drawing(name: str) -> str:
    return files("resources").joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")


def _draw(drawing: str, pixels: int) -> QPixmap:
    pixmap = QPixmap(QSize(pixels, pixels))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return pixmap


@cache
def icon(name: str, ink: str, chosen: str = "") -> QIcon:
    """The icon `name` in the colour `ink` (`#rrggbb`); `chosen` is its ink while checked."""
    result = QIcon()
    for colour, state in ((ink, QIcon.State.Off), (chosen or ink, QIcon.State.On)):
        for pixels in SIZES:
            drawn = _draw(_drawing(name).replace("currentColor", colour), pixels)
            result.addPixmap(drawn, QIcon.Mode.Normal, state)
            faded = QColor(colour)
            faded.setAlpha(110)
            drawing = _drawing(name).replace("currentColor", faded.name())
            opaque = drawing.replace("<svg ", f'<svg opacity="{faded.alphaF():.2f}" ', 1)
            result.addPixmap(_draw(opaque, pixels), QIcon.Mode.Disabled, state)
    return result


def pixmap(name: str, ink: str, size: int, ratio: float = 1.0) -> QPixmap:
    """The icon as a picture of `size` logical pixels on a screen with `ratio`."""
    drawn = _draw(_drawing(name).replace("currentColor", ink), round(size * ratio))
    drawn.setDevicePixelRatio(ratio)
    return drawn


@cache
def application_icon() -> QIcon:
    """The goat, for the window and the dock."""
    result = QIcon()
    for pixels in APPLICATION_SIZES:
        result.addPixmap(_draw(_drawing("goat"), pixels))
    return result
