"""Light, dark, and as the system has it."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import icons
from ui.theme.shades import DARK, LIGHT
from ui.theme.theme import MODES, Theme, style_sheet
from ui.theme.type_scale import strong_weight


def test_palette_and_style_sheet_follow_the_mode(theme: Theme, qapp: QApplication) -> None:
    told: list[bool] = []
    theme.changed.connect(lambda: told.append(theme.dark))
    theme.set_mode("dark")
    assert qapp.palette().color(QPalette.ColorRole.Base).name() == DARK.paper
    assert DARK.paper in qapp.styleSheet()
    theme.set_mode("dark")
    theme.set_mode("light")
    assert qapp.palette().color(QPalette.ColorRole.Base).name() == LIGHT.paper
    assert told == [True, False]
    assert theme.mode == "light"
    assert set(MODES) == {"system", "light", "dark", "contrast"}


def test_the_style_sheet_has_every_name_filled_in(theme: Theme) -> None:
    for shades in (LIGHT, DARK):
        assert "$" not in style_sheet(shades, theme.type)


def test_sizes_go_up_from_small_to_title(theme: Theme) -> None:
    scale = theme.type
    assert scale.small_px < scale.interface_px < scale.body_px < scale.title_px
    sizes = [scale.heading_px(level) for level in range(1, 7)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] >= scale.body_px


def test_a_weight_that_a_family_lacks_is_not_asked_for() -> None:
    assert strong_weight("No such family") == QFont.Weight.Bold


@pytest.mark.parametrize("size", [16, 20, 48])
def test_icons_take_the_ink(qapp: QApplication, size: int) -> None:
    image = icons.pixmap("check", "#1d6b5a", size, 2.0).toImage()
    assert image.width() == 2 * size
    inks = {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    }
    assert inks == {"#1d6b5a"}
    assert not icons.application_icon().isNull()
    assert not icons.icon("share", "#1d6b5a").isNull()
