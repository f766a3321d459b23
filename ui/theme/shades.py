"""The colours of the window, light and dark, and how well they can be read. Pure.

Invariant, held by a test: every ink on every ground it is used on has a contrast of 4.5 or more
(WCAG 2.1, level AA). Must never import Qt.
"""

from __future__ import annotations

from typing import NamedTuple


class Shades(NamedTuple):
    """Named by use; `#rrggbb` each."""

    sidebar: str  # grounds, from the window's edge to the paper one writes on
    listing: str
    paper: str
    code: str  # the ground of code, of fields and of quiet buttons
    line: str  # hairlines between them
    hover: str
    chosen: str  # the chosen row
    selected: str  # selected text
    found: str  # what was searched for
    added: str  # in the past: what a change wrote
    removed: str  # and what it took away
    ink: str
    soft: str  # second lines
    faint: str  # ages, marks of Markdown, placeholders
    accent: str  # what can be done; links
    on_accent: str
    accent_hover: str
    good: str
    warn: str
    danger: str
    toast: str
    on_toast: str
    toast_action: str
    author_1: str  # grounds of who wrote what
    author_2: str
    author_3: str
    author_4: str
    author_5: str
    author_6: str
    person_1: str  # cursors of others, and their names, written in the paper's colour
    person_2: str
    person_3: str
    person_4: str
    person_5: str
    person_6: str
    code_keyword: str  # in programs
    code_string: str
    code_comment: str
    code_number: str
    code_name: str


LIGHT = Shades(
    sidebar="#f0efea",
    listing="#f8f7f4",
    paper="#fffefc",
    code="#f1f0eb",
    line="#e1dfd8",
    hover="#e9e7e1",
    chosen="#dbe9e3",
    selected="#c9e3da",
    found="#f7e8b5",
    added="#d3ecd6",
    removed="#f8dad5",
    ink="#24272b",
    soft="#565b63",
    faint="#62676f",
    accent="#1d6b5a",
    on_accent="#ffffff",
    accent_hover="#17584a",
    good="#26704a",
    warn="#825200",
    danger="#a83227",
    toast="#2b2f33",
    on_toast="#f4f4f2",
    toast_action="#8fdcc4",
    author_1="#dcebf8",
    author_2="#fbe6cf",
    author_3="#dff0d8",
    author_4="#f3dff2",
    author_5="#f7f0c4",
    author_6="#d7efee",
    person_1="#2563a8",
    person_2="#a8500f",
    person_3="#3b7527",
    person_4="#8a3a86",
    person_5="#7a6300",
    person_6="#17706f",
    code_keyword="#8a3a86",
    code_string="#3d6b1f",
    code_comment="#62676f",
    code_number="#9a4a12",
    code_name="#2459a6",
)

DARK = Shades(
    sidebar="#17191b",
    listing="#1b1e20",
    paper="#1f2224",
    code="#2a2e31",
    line="#303438",
    hover="#25292c",
    chosen="#2a3b36",
    selected="#2f5549",
    found="#564a22",
    added="#23492f",
    removed="#5c2f2b",
    ink="#e4e6e7",
    soft="#aab0b6",
    faint="#9da4ab",
    accent="#7fcdb5",
    on_accent="#0f241e",
    accent_hover="#97d9c4",
    good="#7fcb9b",
    warn="#e3b566",
    danger="#f19488",
    toast="#3a3f44",
    on_toast="#f1f2f3",
    toast_action="#93e0c9",
    author_1="#253a4e",
    author_2="#46341f",
    author_3="#263e24",
    author_4="#442c46",
    author_5="#3d381b",
    author_6="#1c3e3e",
    person_1="#8fbcf2",
    person_2="#e6ad7e",
    person_3="#a3cf8a",
    person_4="#d7a3e0",
    person_5="#d9c766",
    person_6="#7fcfcf",
    code_keyword="#d7a3e0",
    code_string="#a9d191",
    code_comment="#9da4ab",
    code_number="#e6ad7e",
    code_name="#8fbcf2",
)

CONTRAST = Shades(  # everything at 7 or more: WCAG 2.1, level AAA
    sidebar="#000000",
    listing="#000000",
    paper="#000000",
    code="#1a1a1a",
    line="#8a8a8a",
    hover="#1f2a33",
    chosen="#0b3a5c",
    selected="#14537f",
    found="#5c4a00",
    added="#004d1f",
    removed="#5c0f0f",
    ink="#ffffff",
    soft="#f0f0f0",
    faint="#dcdcdc",
    accent="#ffe14d",
    on_accent="#000000",
    accent_hover="#fff3a6",
    good="#8dffb0",
    warn="#ffd479",
    danger="#ffb3a8",
    toast="#ffffff",
    on_toast="#000000",
    toast_action="#003a8c",
    author_1="#0f2f4a",
    author_2="#43290c",
    author_3="#12380f",
    author_4="#3f1a42",
    author_5="#3a3200",
    author_6="#073838",
    person_1="#a8d1ff",
    person_2="#ffc48a",
    person_3="#b8f59a",
    person_4="#f2b3ff",
    person_5="#f7e27a",
    person_6="#8df0f0",
    code_keyword="#f2b3ff",
    code_string="#b8f59a",
    code_comment="#dcdcdc",
    code_number="#ffc48a",
    code_name="#a8d1ff",
)

READABLE = 4.5
READABLE_AT_ONCE = 7.0


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21, as WCAG 2.1 defines it."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def pairs(shades: Shades) -> list[tuple[str, str]]:
    """Every ink with every ground it is read on, as names of `Shades`."""
    grounds = ("sidebar", "listing", "paper", "code", "hover", "chosen")
    found = [(ink, ground) for ink in ("ink", "soft") for ground in grounds]
    found += [("faint", ground) for ground in ("sidebar", "listing", "paper", "chosen")]
    found += [(ink, "paper") for ink in ("accent", "good", "warn", "danger")]
    found += [(ink, "sidebar") for ink in ("accent", "good", "warn", "danger")]
    found += [
        ("ink", "selected"),
        ("ink", "found"),
        ("ink", "added"),
        ("ink", "removed"),
        ("on_accent", "accent"),
        ("on_accent", "accent_hover"),
    ]
    found += [(ink, f"author_{tint}") for ink in ("ink", "faint", "accent") for tint in range(1, 7)]
    found += [("paper", f"person_{tint}") for tint in range(1, 7)]
    found += [
        (f"code_{kind}", ground)
        for kind in ("keyword", "string", "comment", "number", "name")
        for ground in ("paper", "code")
    ]
    found += [("on_toast", "toast"), ("toast_action", "toast"), ("accent", "code")]
    return found
