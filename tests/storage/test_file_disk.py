from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from goatcore.errors import DiskFailed
from goatcore.ids import RepositoryId
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.file_log import FileLog

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and descriptors of POSIX")


def test_a_file_is_written_read_cut_and_synced(tmp_path: Path) -> None:
    file = FileDisk().open(tmp_path / "a", create=True)
    assert file.write_at(0, b"hello world") == 11
    assert file.write_at(6, memoryview(b"there")) == 5
    assert (file.size(), file.read_at(6, 100), file.read_at(50, 1)) == (11, b"there", b"")
    file.truncate(5)
    file.sync()
    file.close()
    file.close()
    for call in (file.size, file.sync, lambda: file.read_at(0, 1), lambda: file.truncate(0)):
        with pytest.raises(OSError, match="Bad file descriptor"):
            call()
    assert (tmp_path / "a").read_bytes() == b"hello"


def test_names_are_made_replaced_and_removed(tmp_path: Path) -> None:
    disk = FileDisk()
    for name in ("a", "b"):
        file = disk.open(tmp_path / name, create=True)
        file.write_at(0, name.encode())
        file.close()
    disk.rename(tmp_path / "a", tmp_path / "b")
    disk.mkdir(tmp_path / "lost")
    disk.mkdir(tmp_path / "lost")
    disk.sync_folder(tmp_path)
    assert disk.listdir(tmp_path) == ["b", "lost"]
    assert (tmp_path / "b").read_bytes() == b"a"
    disk.unlink(tmp_path / "b")
    for call in (
        lambda: disk.open(tmp_path / "b", write=True),
        lambda: disk.unlink(tmp_path / "b"),
    ):
        with pytest.raises(FileNotFoundError):
            call()


def test_a_file_opened_to_read_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"kept")
    file = FileDisk().open(tmp_path / "a")
    with pytest.raises(OSError, match="Bad file descriptor"):
        file.write_at(0, b"x")
    file.close()
    assert (tmp_path / "a").read_bytes() == b"kept"


@posix
def test_new_files_are_for_the_user_alone_and_not_inherited(tmp_path: Path) -> None:
    disk = FileDisk()
    file = disk.open(tmp_path / "a", create=True)
    lock = disk.lock(tmp_path / "LOCK")
    nodes = {(tmp_path / name).stat().st_ino for name in ("a", "LOCK")}
    ours = [int(name) for name in os.listdir("/dev/fd") if _inode(int(name)) in nodes]
    assert [os.get_inheritable(descriptor) for descriptor in ours] == [False, False]
    file.close()
    lock.release()
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "LOCK")]
    assert modes == [0o600, 0o600]


def _inode(descriptor: int) -> int:
    try:
        return os.fstat(descriptor).st_ino
    except OSError:  # the one that listed them
        return -1


def test_a_log_keeps_one_descriptor_and_frees_it(tmp_path: Path) -> None:
    folder = Path("/dev/fd")
    if not folder.exists():
        pytest.skip("this system does not list descriptors")
    before = len(os.listdir(folder))
    log = FileLog.open(tmp_path / "a.goat", RepositoryId(bytes(16)), FileDisk(), os.urandom)
    log.append([(1, 0, b"x")])
    log.sync()
    assert len(os.listdir(folder)) == before + 1
    log.close()
    assert len(os.listdir(folder)) == before


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "a.goat"
    with pytest.raises(DiskFailed, match="“a.goat” is not there. Check that its folder exists"):
        FileLog.open(path, RepositoryId(bytes(16)), FileDisk(), os.urandom)


def test_a_copy_of_a_live_file_is_a_valid_log(tmp_path: Path) -> None:
    repository = RepositoryId(bytes(16))
    log = FileLog.open(tmp_path / "a.goat", repository, FileDisk(), os.urandom)
    bodies = []
    for count in range(20):
        bodies.append(bytes([count]) * 100)
        log.append([(1, 0, bodies[-1])])
        (tmp_path / "copy").mkdir(exist_ok=True)
        (tmp_path / "copy" / "a.goat").write_bytes((tmp_path / "a.goat").read_bytes())
        copy = FileLog.open(tmp_path / "copy" / "a.goat", repository, FileDisk(), os.urandom)
        assert [record.body for record in copy.records()] == bodies
        copy.close()
    log.close()
