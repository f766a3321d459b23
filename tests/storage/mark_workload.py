"""High-water marks on the fault suite's disk."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from goatcore.errors import DiskFailed
from goatcore.ids import AuthorKey, CommitId, RepositoryId, WorkspaceId
from goatcore.marking import HighWaterMarks
from goatcore.sync import Tip
from tests.storage.fault_disk import FaultDisk, Files
from tests.storage.fault_suite import Violation

AUTHOR, WORKSPACE = AuthorKey(b"a" * 32), WorkspaceId(b"w" * 32)
REPOSITORIES = (RepositoryId(b"1" * 16), RepositoryId(b"2" * 16))


class Inline:
    """A scheduler that does the work here and now."""

    def offload(self, work: Callable[[], int], done: Callable[[Any], None]) -> None:
        try:
            result: object = work()
        except DiskFailed as error:
            result = error
        done(result)


class MarkFacts:
    def __init__(self) -> None:
        self.reached = dict.fromkeys(REPOSITORIES, 0)
        self.marked = dict.fromkeys(REPOSITORIES, 0)

    def take(self, note: object) -> None:
        what, repository, seq = cast("tuple[str, RepositoryId, int]", note)
        {"reached": self.reached, "marked": self.marked}[what][repository] = seq

    def key(self) -> bytes:
        return repr((self.reached, self.marked)).encode()


class MarkWorkload:
    """A device marks what it is about to send, in two repositories."""

    name = "high-water marks"

    def files(self) -> Files:
        return {}

    def _open(self, disk: FaultDisk) -> HighWaterMarks:
        def marked() -> None:
            for repository in REPOSITORIES:
                tip = marks.of(AUTHOR, repository)
                if tip is not None:
                    disk.note(("marked", repository, tip.seq))

        marks = HighWaterMarks(
            Path("/home"), WORKSPACE, disk, lambda size: b"r" * size,
            cast(Any, Inline()), marked, lambda error: None,
        )  # fmt: skip
        return marks

    def run(self, disk: FaultDisk) -> Callable[[], None]:
        marks: HighWaterMarks | None = None
        with suppress(DiskFailed):
            marks = self._open(disk)
            for seq in range(1, 9):
                for repository in REPOSITORIES[: 1 + seq % 2]:
                    disk.note(("reached", repository, seq))
                    marks.reach(repository, Tip(AUTHOR, seq, CommitId(bytes([seq]) * 32)))
                if seq == 4:
                    marks.close()
                    marks = None
                    marks = self._open(disk)

        def go_on() -> None:
            now = self._open(disk) if marks is None else marks
            disk.note(("reached", REPOSITORIES[0], 20))
            now.reach(REPOSITORIES[0], Tip(AUTHOR, 20, CommitId(bytes([20]) * 32)))
            now.flush_now()
            assert now.of(AUTHOR, REPOSITORIES[0]) == (AUTHOR, 20, bytes([20]) * 32)
            now.close()

        return go_on

    def facts(self) -> MarkFacts:
        return MarkFacts()

    def check(self, disk: FaultDisk, facts: MarkFacts) -> None:
        marks = self._open(disk)
        for repository in REPOSITORIES:
            tip = marks.of(AUTHOR, repository)
            seq = 0 if tip is None else tip.seq
            if not facts.marked[repository] <= seq <= facts.reached[repository]:
                raise Violation(f"marked {facts.marked[repository]}, found {seq}")
            if tip is not None and tip.id != bytes([seq]) * 32:
                raise Violation("a mark of another commit")
