"""Troubles of the open workspaces: each is told in the banner while it lasts.

Owns which sentence of a workspace was told. Invariant: a sentence is told once, until another takes
its place; one that is over leaves the banner by itself. Beside it stands the way to save the notes
elsewhere. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from ui.engine_words import told_by
from ui.language import tr
from ui.widgets.banner import Banner
from ui.workspaces import Workspaces


class Troubles:
    """The troubles that one window tells of."""

    def __init__(self, workspaces: Workspaces, banner: Banner) -> None:
        self._workspaces = workspaces
        self._banner = banner
        self._told: dict[bytes, str | None] = {}
        self._ends: list[Callable[[], None]] = [workspaces.subscribe(self._look)]
        self._look()

    def close(self) -> None:
        """Hears nothing any more."""
        for end in self._ends:
            end()
        self._ends.clear()

    def _look(self) -> None:
        for database in self._workspaces.databases:
            if database.id not in self._told:
                self._told[database.id] = None
                self._ends.append(database.subscribe(self._look))
            before, now = self._told[database.id], database.problem
            if now == before:
                continue
            self._told[database.id] = now
            if now is not None:
                self._banner.tell(told_by(now), tr("Export…"))
            elif before is not None and self._banner.words == told_by(before):
                self._banner.hide()
