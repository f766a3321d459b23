"""The edit of a text, as a value. Must never import anything of ours."""

from __future__ import annotations

from typing import NamedTuple


class TextSplice(NamedTuple):
    """At `position` take `deleted` letters away, then put `inserted` there; all in code points."""

    position: int
    deleted: int
    inserted: str
