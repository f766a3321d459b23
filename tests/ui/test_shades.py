"""Everything can be read, in light and in dark."""

from __future__ import annotations

import pytest

from ui.theme.shades import (
    CONTRAST,
    DARK,
    LIGHT,
    READABLE,
    READABLE_AT_ONCE,
    Shades,
    contrast,
    pairs,
)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1.0


@pytest.mark.parametrize(
    ("shades", "least"),
    [(LIGHT, READABLE), (DARK, READABLE), (CONTRAST, READABLE_AT_ONCE)],
    ids=["light", "dark", "contrast"],
)
def test_every_ink_is_readable_on_its_grounds(shades: Shades, least: float) -> None:
    poor = {
        f"{ink} on {ground}": round(contrast(getattr(shades, ink), getattr(shades, ground)), 2)
        for ink, ground in pairs(shades)
        if contrast(getattr(shades, ink), getattr(shades, ground)) < least
    }
    assert poor == {}
