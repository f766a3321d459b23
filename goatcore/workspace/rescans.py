"""Rescans: what opening a repository behind its index passed over, looked at in the background.

Owns those that are under way and what is done about damage: the index is given up, so that the next
opening reads and mends the whole log, and a person is told. Invariant: none outlives its
repository; a file that was written anew meanwhile is not blamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import sleep

from goatcore.ids import RepositoryId
from goatcore.repository.repository import Repository
from goatcore.repository.store import Store
from goatcore.scheduling import Scheduler
from goatcore.storage.log import LogMark
from goatcore.storage.rescan import Damage, Rescan, Unseen
from goatcore.workspace.problems import Problems


class Rescans:
    """The rescans of one workspace's repositories."""

    def __init__(
        self, opened: Mapping[str, Repository], scheduler: Scheduler, problems: Problems
    ) -> None:
        self._opened = opened
        self._scheduler = scheduler
        self._problems = problems
        self._under_way: dict[RepositoryId, Rescan] = {}

    def begin(self, store: Store, unseen: Unseen, mark: LogMark) -> None:
        """Look at what stands before the mark that a store was opened behind, in a while; without
        a loop, never."""

        def damaged(damage: Damage) -> None:
            if store.has(mark):
                store.distrust()
                self._problems.say(self._sentence(store, unseen.path.name, damage))

        def failed(error: Exception) -> None:
            if store.has(mark):
                self._problems.on_error(error)

        offload, later = self._scheduler.offload, self._scheduler.later
        rescan = Rescan(unseen, offload, later, sleep, damaged, failed)
        self._under_way[store.repository] = rescan
        rescan.begin()

    def cancel(self, id_: RepositoryId) -> None:
        """A repository closes."""
        rescan = self._under_way.pop(id_, None)
        if rescan is not None:
            rescan.cancel()

    def _sentence(self, store: Store, name: str, damage: Damage) -> str:
        notebook = next(path for path, one in self._opened.items() if one.store is store)
        places = "1 place" if damage.places == 1 else f"{damage.places:,} places"
        return (
            f"The disk has damaged {notebook} (“{name}”) in {places}, the first at byte "
            f"{damage.first:,}; `goat verify` names the notes concerned. It is put right when the "
            "program starts the next time, and what cannot be comes back from your other devices "
            "or the last backup."
        )
