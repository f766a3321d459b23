"""Hits: items that were found, and how one list of them becomes the next.

Owns the row of a search. Invariant: the splices of `difference` lead from the old rows to the new
ones; a row that shows the same stays the same object. What is lit is computed when it is looked at.
Imports items; knows no index.
"""

from __future__ import annotations

from collections.abc import Sequence

from goatcore.query import Insert, Move, Remove, Splice, Update
from goatcore.repository.item import Item
from goatcore.search.documents import Searched
from goatcore.search.snippets import Marked, marked, snippet
from goatcore.search.wanted import Wanted

Identity = tuple[bytes, str]


class Hit:
    """One item that was found. `within`: what was typed is only inside of its words."""

    __slots__ = ("_searched", "_snippet", "_title", "item", "score", "stamp", "wanted", "within")

    def __init__(
        self,
        item: Item,
        searched: Searched,
        wanted: Wanted,
        score: float,
        stamp: bytes,
        *,
        within: bool,
    ) -> None:
        self.item = item
        self.score = score
        self.stamp = stamp
        self.wanted = wanted
        self.within = within
        self._searched = searched
        self._title: Marked | None = None
        self._snippet: Marked | None = None

    @property
    def identity(self) -> Identity:
        """What tells hits of one workspace apart."""
        return bytes(self.item.repository.store.repository), self.item.key

    @property
    def title(self) -> Marked:
        """The item's title, and what to light in it."""
        if self._title is None:
            text = self._searched.document(self.item).title
            self._title = marked(text, self.wanted.words, within=self.within)
        return self._title

    @property
    def snippet(self) -> Marked:
        """The part of the item's text that shows why it was found, and what to light in it."""
        if self._snippet is None:
            text = self._searched.document(self.item).body
            self._snippet = snippet(text, self.wanted.words, within=self.within)
        return self._snippet

    def shows_as(self, other: Hit) -> bool:
        """Whether another row of the same item would look the same."""
        return (
            self.item is other.item
            and self.stamp == other.stamp != b""
            and self.within == other.within
            and self.wanted.words == other.wanted.words
        )

    def __repr__(self) -> str:
        return f"<Hit {self.item!r} {self.score:.1f}>"


def difference(old: Sequence[Hit], new: Sequence[Hit]) -> tuple[list[Hit], list[Splice[Hit]]]:
    """The new rows, with those of the old that show the same, and the splices that lead there."""
    known = {hit.identity: hit for hit in old}
    rows = [_kept(known.get(hit.identity), hit) for hit in new]
    wanted = {hit.identity for hit in rows}
    splices: list[Splice[Hit]] = []
    present = list(old)
    gone = [at for at, hit in enumerate(present) if hit.identity not in wanted]
    splices.extend(Remove(at, present.pop(at)) for at in reversed(gone))
    for at, hit in enumerate(rows):
        before = known.get(hit.identity)
        if before is None:
            present.insert(at, hit)
            splices.append(Insert(at, hit))
            continue
        source = next(n for n in range(at, len(present)) if present[n] is before)
        if source != at:
            present.insert(at, present.pop(source))
            splices.append(Move(source, at, hit))
        elif hit is not before:
            splices.append(Update(at, hit))
    return rows, splices


def _kept(before: Hit | None, after: Hit) -> Hit:
    if before is None or not before.shows_as(after):
        return after
    before.score = after.score
    return before
