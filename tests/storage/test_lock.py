from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from goatcore.errors import DiskFailed, InUse
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.lock import FolderLock

ROOT = Path(__file__).parents[2]
TRY = """
import sys
from pathlib import Path
from goatcore.errors import InUse
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.lock import FolderLock
try:
    lock = FolderLock.acquire(Path(sys.argv[1]), FileDisk())
    print("locked", flush=True)
    sys.stdin.read()
except InUse as error:
    print(error)
"""


def _other_process(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", TRY, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_the_second_opener_learns_that_it_is_in_use(tmp_path: Path) -> None:
    with FolderLock.acquire(tmp_path, FileDisk()) as lock:
        assert lock.writable
        with pytest.raises(InUse, match=f"“{tmp_path.name}” is already open in another window"):
            FolderLock.acquire(tmp_path, FileDisk())
    assert not lock.writable
    FolderLock.acquire(tmp_path, FileDisk()).release()


def test_another_process_learns_it_too(tmp_path: Path) -> None:
    with FolderLock.acquire(tmp_path, FileDisk()):
        said, _ = _other_process(tmp_path).communicate("")
        assert "already open" in said
    said, _ = _other_process(tmp_path).communicate("")
    assert said == "locked\n"


def test_a_killed_process_leaves_no_lock(tmp_path: Path) -> None:
    with _other_process(tmp_path) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        with pytest.raises(InUse):
            FolderLock.acquire(tmp_path, FileDisk())
        other.kill()
        other.wait()
    FolderLock.acquire(tmp_path, FileDisk()).release()


def test_the_lock_file_is_never_unlinked(tmp_path: Path) -> None:
    lock = FolderLock.acquire(tmp_path, FileDisk())
    number = (tmp_path / "LOCK").stat().st_ino
    lock.release()
    lock.release()
    FolderLock.acquire(tmp_path, FileDisk()).release()
    assert (tmp_path / "LOCK").stat().st_ino == number


def test_read_only_media_are_not_locked(disk: Any) -> None:
    for code in (errno.EROFS, errno.EACCES):
        disk.fail("lock", code)
        lock = FolderLock.acquire(Path("/cd"), disk)
        assert not lock.writable
        lock.release()
    assert disk.names == {}


def test_a_file_system_without_locks_is_one_sentence(disk: Any) -> None:
    disk.fail("lock", errno.ENOLCK)
    with pytest.raises(DiskFailed, match=os.strerror(errno.ENOLCK)):
        FolderLock.acquire(Path("/net"), disk)
