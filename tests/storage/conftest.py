"""What the tests of this folder share: logs on a disk that fails, stops or forgets on purpose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from goatcore.ids import RepositoryId
from goatcore.storage.file_log import FileLog
from tests.storage.fault_disk import FaultDisk, PowerCut

REPOSITORY = RepositoryId(b"repository id 16")
SALT = b"a salt of 16 b.."


COUNTS = pytest.StashKey[dict[str, dict[str, int]]]()


@pytest.fixture
def counted(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Says how much a test of the fault suite tried; the summary has it."""
    counts = request.config.stash.setdefault(COUNTS, {})

    def counted(name: str, **more: int) -> None:
        row = counts.setdefault(name, {})
        for what, count in more.items():
            row[what] = row.get(what, 0) + count

    return counted


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts = terminalreporter.config.stash.get(COUNTS, {})
    if not counts:
        return
    columns = ["states", "kills", "refusals"]
    total = {what: sum(row.get(what, 0) for row in counts.values()) for what in columns}
    terminalreporter.section("fault suite")
    terminalreporter.write_line(f"{'workload':32}" + "".join(f"{what:>10}" for what in columns))
    for name, row in [*counts.items(), ("in all", total)]:
        terminalreporter.write_line(
            f"{name:32}" + "".join(f"{row.get(what, 0):>10,}" for what in columns)
        )


@pytest.fixture
def disk() -> FaultDisk:
    return FaultDisk()


@pytest.fixture
def path() -> Path:
    return Path("/workspace/notes.goat")


@pytest.fixture
def repository() -> RepositoryId:
    return REPOSITORY


@pytest.fixture
def salt() -> bytes:
    return SALT


@pytest.fixture
def power_cut() -> type[PowerCut]:
    return PowerCut


@pytest.fixture
def open_log(path: Path) -> Callable[..., FileLog]:
    def open_log(disk: FaultDisk, read_only: bool = False) -> FileLog:
        return FileLog.open(path, REPOSITORY, disk, lambda size: SALT[:size], read_only)

    return open_log


@pytest.fixture
def bodies(open_log: Callable[..., FileLog]) -> Callable[..., list[bytes]]:
    """The bodies that are in a disk's log when it is opened."""

    def bodies(disk: FaultDisk) -> list[bytes]:
        log = open_log(disk)
        found = [record.body for record in log.records()]
        log.close()
        return found

    return bodies
