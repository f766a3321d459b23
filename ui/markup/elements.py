"""The elements of HTML by what they do to the words in them. Data, and how it is read from a tag.

Owns which elements are blocks, which nobody sees, and which end by themselves when another begins.
Must never import Qt.
"""

from __future__ import annotations

import re
from typing import Final


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split())


BLOCKS: Final = _words(
    "address article aside body center dd details div dl dt fieldset figcaption figure "
    "footer form header html legend main nav p section summary caption"
)
HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
UNSEEN: Final = _words(
    "script style head title meta link template noscript svg math iframe object audio "
    "video canvas select button textarea datalist noframes xml"
)
VOID: Final = _words("br hr img input wbr meta link col base area source track embed")
CELLS: Final = frozenset({"td", "th"})
ROWS: Final = frozenset({"tr", "thead", "tbody", "tfoot"})
LISTS: Final = frozenset({"ul", "ol", "menu"})
HOLDERS: Final = CELLS | LISTS | {"table", "li", "blockquote"}
# What ends by itself when another begins, up to what holds both.
ENDED_BY: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "menu"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "tr": (CELLS | {"tr"}, frozenset({"table"})),
    "td": (CELLS, frozenset({"tr", "table"})),
    "th": (CELLS, frozenset({"tr", "table"})),
    "tbody": (CELLS | ROWS, frozenset({"table"})),
}
CLOSES_P: Final = frozenset(HEADINGS) | BLOCKS | LISTS | {"table", "pre", "blockquote", "hr"}
PARAGRAPH: Final = frozenset({"p"})
OFFICE_ITEM: Final = re.compile(r"mso-list\s*:\s*(?!ignore)[^;]*?level(\d)", re.IGNORECASE)
OFFICE_MARK: Final = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
PROGRAM: Final = re.compile(r"white-space\s*:\s*pre", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"(?:language|lang|highlight-source)-([\w+#]+)")
COUNTED: Final = re.compile(r"[0-9a-zA-Z]{1,4}[.)]")


def box_of(attributes: dict[str, str]) -> bool | None:
    if attributes.get("role") != "checkbox":
        return None
    return attributes.get("aria-checked") == "true"


def language_of(attributes: dict[str, str]) -> str:
    found = _LANGUAGE.search(attributes.get("class", ""))
    return found[1] if found else ""
