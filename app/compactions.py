"""Notebooks' files that are made shorter by themselves, while nobody writes and the window is open.

Owns when one is due. Invariant: one at a time, each at most once a day, never while a notebook's
file grows; nothing is lost however it ends, and nobody waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from app.settings import Settings
from app.workspaces import OpenWorkspaces
from goatcore import Closed, Database, GoatError, Repository
from ui.engine_words import told_by
from ui.language import tr

EVERY_MS: Final = 24 * 3_600_000
LOOSE_MIN: Final = 0.5  # of the changes, in records of their own
BYTES_MIN: Final = 4 << 20
COMPACTED: Final = "compacted_ms "


def is_due(loose: float, log_bytes: int, last_ms: int | None, now_ms: int) -> bool:
    """Whether a file is worth being written anew: enough of its changes (`loose`, 0 … 1) stand in
    records of their own, it is long enough, and the last time was a day ago (None: never)."""
    worth = loose > LOOSE_MIN and log_bytes > BYTES_MIN
    return worth and (last_ms is None or abs(now_ms - last_ms) >= EVERY_MS)


class IdleCompactions:
    """Looks now and then whether a file is due, and writes it anew. `on_problem` hears a
    sentence."""

    def __init__(
        self,
        workspaces: OpenWorkspaces,
        clock: Callable[[], int],
        on_problem: Callable[[str], None],
    ) -> None:
        self._workspaces = workspaces
        self._clock = clock
        self._on_problem = on_problem
        self._lengths: dict[bytes, int] = {}  # of the files at the last look, by repository
        self._running: asyncio.Task[None] | None = None

    def look(self) -> None:
        """Begin with one file that is due, and did not grow since the last look."""
        if self._running is not None and not self._running.done():
            return
        before, self._lengths = self._lengths, {}
        due = None
        for database in self._workspaces.databases:
            for repository in database.opened():
                length = self._lengths[repository.id] = repository.store.log_bytes
                rests = before.get(repository.id) == length
                if due is None and rests and self._is_due(repository):
                    due = database, repository
        if due is not None:
            self._running = asyncio.ensure_future(self._compact(*due))

    def _is_due(self, repository: Repository) -> bool:
        store = repository.store
        if store.read_only or store.lost or store.log_bytes <= BYTES_MIN:
            return False
        last = self._settings.text(COMPACTED + repository.id.hex())
        last_ms = int(last) if last.isdecimal() else None
        return is_due(store.loose_share(), store.log_bytes, last_ms, self._clock())

    @property
    def _settings(self) -> Settings:
        return self._workspaces.settings

    async def _compact(self, database: Database, repository: Repository) -> None:
        try:
            self._settings.keep({COMPACTED + repository.id.hex(): str(self._clock())})
            await database.compact(repository.path)
        except Closed:
            pass  # the notebook was closed; another day
        except GoatError as error:
            self._on_problem(told_by(error))
        except OSError as error:
            reason = error.strerror or error
            self._on_problem(tr("The settings could not be written: {}.").format(reason))

    def close(self) -> None:
        """Stop; the file that was being written anew stays as it was."""
        if self._running is not None:
            self._running.cancel()
