"""What an application says of its items, so that they can be searched.

Owns the declaration. The engine knows no schema of its own: a function of the application makes
of an item what is searched. Imports schemas; knows no index.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from goatcore.schema import Schema


class Facets(NamedTuple):
    """What part of a text is found by besides its words."""

    tags: Collection[str] = ()
    marks: Collection[str] = ()  # what `has:` finds it by


class Document(NamedTuple):
    """An item as search sees it. `place`: the key of what it is in, "" for the repository itself;
    `time_ms`: what `before:` and `after:` compare, and what makes it recent; `facets`: those that
    follow from other fields than the text."""

    title: str
    body: str = ""
    place: str = ""
    time_ms: int = 0
    facets: Facets = Facets()


def _no_facets(_lines: str) -> Facets:
    return Facets()


class Searched(NamedTuple):
    """How items of one schema are searched. When the functions make something else of items than
    before, `version` must be another."""

    schema: Schema
    document: Callable[[Any], Document]  # quick: reads fields, computes nothing of the text
    # of a run of whole lines of the text; a pure function of it, called on another thread
    facets: Callable[[str], Facets] = _no_facets
    version: int = 1
    marks: Collection[str] = ()  # every mark there can be
