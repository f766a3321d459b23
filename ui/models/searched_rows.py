"""The notes that a search finds in all workspaces, as a list shows them: pinned first, the newest
next.

Owns one live search a workspace. Invariant: looks like a query of notes, and moves as its hits do.
Reads goatcore, writes nothing. Must never import Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from ui.models.merged_rows import MergedRows
from ui.models.places import note_order

if TYPE_CHECKING:  # loaded by who searches
    from goatcore import Search, Splice

NOTES_MAX: Final = 2_000


class SearchedRows:
    """Looks like a query of notes."""

    def __init__(self, searches: Sequence[Search], words: str) -> None:
        self._hits = MergedRows(
            [search.live(words, limit=NOTES_MAX) for search in searches],
            order=lambda hit: note_order(hit.item),
            identity=lambda hit: hit.identity,
        )

    @property
    def rows(self) -> Sequence[Any]:
        """The notes."""
        return [hit.item for hit in self._hits.rows]

    def subscribe(self, callback: Callable[[list[Splice[Any]]], None]) -> Callable[[], None]:
        """Call back with the splices that change the rows."""
        return self._hits.subscribe(
            lambda splices: callback([it._replace(row=it.row.item) for it in splices])
        )

    def close(self) -> None:
        """Hear of nothing any more."""
        self._hits.close()
