"""Problems: what a person should know of a workspace, and who hears that something changed.

Owns the one sentence that is shown and the workspace's listeners. Invariant: whoever listens hears
after the change took place. Finds no fault itself.
"""

from __future__ import annotations

from collections.abc import Callable

from goatcore.errors import DiskFailed
from goatcore.repository.store import Store

Unsubscribe = Callable[[], None]


class Problems:
    """The trouble of one workspace, and its listeners."""

    def __init__(self) -> None:
        self.sentence: str | None = None  # None where all is well
        self._of_disk: str | None = None  # what was told of the disk last
        self._of_folder: str | None = None  # told while the folder is not there
        self._listeners: list[Callable[[], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call back when anything of the workspace changed."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def tell(self) -> None:
        """Something of the workspace changed."""
        for callback in tuple(self._listeners):
            callback()

    def on_error(self, error: Exception) -> None:
        """Note a fault, in the place of what was told. While the folder is not there, that is why
        the disk fails."""
        if self._of_folder is not None and isinstance(error, DiskFailed):
            return
        self.sentence = str(error)
        if isinstance(error, DiskFailed):
            self._of_disk = self.sentence
        self.tell()

    def folder_vanished(self, sentence: str) -> None:
        """The workspace's folder is not there."""
        if self._of_folder is None:
            self._of_folder = self.sentence = sentence
            self.tell()

    def folder_returned(self) -> None:
        """It is there, or there again."""
        before, self._of_folder = self._of_folder, None
        if before is not None and self.sentence == before:
            self.sentence = None
            self.tell()

    def disk_works(self) -> None:
        """What waited is on disk: a failure before is over."""
        before, self._of_disk = self._of_disk, None
        if before is not None and self.sentence == before:
            self.sentence = None
            self.tell()

    def say(self, sentence: str) -> None:
        """Tell of something, besides what was told."""
        if self.sentence is None or sentence not in self.sentence:
            self.sentence = sentence if self.sentence is None else f"{self.sentence} {sentence}"
            self.tell()

    def tell_of_lost(self, store: Store) -> None:
        """Of records that a damaged file still has, but nobody can read: known once it is read."""
        if store.lost and store.report:
            self.sentence = store.report
        if store.lost:
            ends: list[Unsubscribe] = []

            def look() -> None:
                if not store.lost:
                    self.sentence = "What was damaged came back: nothing is missing any more."
                    ends[0]()
                    self.tell()

            ends.append(store.on_durable(look))
