"""Is the workspace's folder still there? It can be deleted or moved, or its disk be taken out.

Owns one look a second, where a loop runs. Invariant: what it tells of is over as soon as the folder
is back; whether something was saved is the logs' to say, which sync nothing that nobody would find.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from goatcore.scheduling import Scheduler
from goatcore.storage.disk import Disk
from goatcore.workspace.problems import Problems

LOOK_MS: Final = 1_000
GONE: Final = (
    "The folder “{}” is not there any more. Put it back, or connect its disk: what you write "
    "meanwhile is kept in this window and saved then. To be safe, export your notes."
)


class FolderWatch:
    """Watches the folder of one workspace from `begin` to `close`: `file` is one that is always
    in it."""

    def __init__(self, file: Path, disk: Disk, scheduler: Scheduler, problems: Problems) -> None:
        self._file = file
        self._disk = disk
        self._scheduler = scheduler
        self._problems = problems
        self._cancel: Callable[[], None] | None = None

    def begin(self) -> None:
        """Look again, now and then."""
        self._cancel = self._scheduler.later(LOOK_MS, self._look)

    def close(self) -> None:
        """Look no more."""
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    def _look(self) -> None:
        try:
            self._disk.open(self._file).close()
        except OSError:
            self._problems.folder_vanished(GONE.format(self._file.parent))
        else:
            self._problems.folder_returned()
        self.begin()
