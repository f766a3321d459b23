"""What was found in all workspaces, as one list: the best first, whichever workspace it is in.

Owns the live searches of one window. Pure of Qt. Reads goatcore, writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ui.engine_words import told_by
from ui.models.merged_rows import MergedRows

if TYPE_CHECKING:  # loaded by who searches
    from goatcore import Hit, LiveSearch, Search, Splice


class FoundNotes:
    """Looks like a query, of hits. `answered` is called when what was asked last is answered."""

    def __init__(self, searches: Sequence[Search], answered: Callable[[], None]) -> None:
        self._searches = searches
        self._answered = answered
        self._lives: list[LiveSearch] = [search.live() for search in searches]
        for live in self._lives:
            live.on_answer(self._on_answer)
        self._rows = MergedRows(
            self._lives,
            order=lambda hit: (hit.within, -hit.score),
            identity=lambda hit: hit.identity,
        )

    @property
    def rows(self) -> Sequence[Hit]:
        """The hits, the best first."""
        return self._rows.rows

    def ask(self, typed: str) -> None:
        """Look for something else from now on."""
        for live in self._lives:
            live.ask(typed)

    @property
    def asks(self) -> bool:
        """Whether what was typed asks for anything yet."""
        return any(live.wanted for live in self._lives)

    @property
    def busy(self) -> bool:
        """Whether what was asked last is still being looked for."""
        return any(live.busy for live in self._lives)

    @property
    def more(self) -> bool:
        """Whether there are more than are shown."""
        return any(live.more for live in self._lives)

    @property
    def problems(self) -> list[str]:
        """Sentences about what was typed and means nothing, and why something is not searched."""
        said = [told_by(search.problem) for search in self._searches if search.problem]
        said += [told_by(sentence) for live in self._lives for sentence in live.problems]
        return list(dict.fromkeys(said))

    @property
    def settled(self) -> bool:
        """Whether every note is found as it is."""
        return all(search.settled for search in self._searches)

    @property
    def pending(self) -> int:
        """Notes that are still to be read, as far as is known."""
        return sum(search.pending for search in self._searches if not search.settled)

    def subscribe(self, callback: Callable[[list[Splice[Any]]], None]) -> Callable[[], None]:
        """Call back with the splices that change the rows."""
        return self._rows.subscribe(callback)

    def close(self) -> None:
        """Hear of nothing any more."""
        self._rows.close()

    def _on_answer(self) -> None:
        if not self.busy:
            self._answered()
