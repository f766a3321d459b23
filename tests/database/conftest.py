"""Real folders, and a real disk that fails where a test says so."""

from __future__ import annotations

import asyncio
import errno
import inspect
import os
from pathlib import Path

import pytest

from goatcore import Database, Schema, flag, string, text
from goatcore.storage.file_disk import FileDisk

NOTE = Schema("note", 1, title=string(), body=text(), done=flag())


class WeakFile:
    """A file whose calls the disk may refuse."""

    def __init__(self, disk: WeakDisk, path: Path, file) -> None:
        self._disk, self._path, self._file = disk, path, file

    def __getattr__(self, name):
        call = getattr(self._file, name)

        def checked(*arguments):
            self._disk.check(name, self._path)
            return call(*arguments)

        return checked


class WeakDisk(FileDisk):
    """`fails` has what is refused now: calls by name, with the error's number."""

    def __init__(self) -> None:
        self.fails: dict[str, int] = {}
        self.only = ""  # on paths that end so
        self.calls: list[str] = []

    def check(self, call: str, path: Path) -> None:
        self.calls.append(call)
        if call in self.fails and str(path).endswith(self.only):
            code = self.fails[call]
            raise OSError(code, os.strerror(code))

    def open(self, path, *, write=False, create=False):
        self.check("create" if create else "open to write" if write else "open", path)
        return WeakFile(self, path, super().open(path, write=write, create=create))

    def mkdir(self, path):
        self.check("mkdir", path)
        return super().mkdir(path)

    def lock(self, path):
        self.check("lock", path)
        return super().lock(path)

    def rename(self, source, target):
        self.check("rename", source)
        super().rename(source, target)

    def sync_folder(self, path):
        self.check("sync folder", path)
        super().sync_folder(path)

    def be_full(self) -> None:
        self.fails = dict.fromkeys(["write_at", "create"], errno.ENOSPC)

    def be_read_only(self) -> None:
        names = ["write_at", "create", "open to write", "lock", "rename", "sync folder"]
        self.fails = dict.fromkeys(names, errno.EROFS)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run coroutine tests on a fresh loop, with a time limit."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}

    async def limited():
        async with asyncio.timeout(60):
            await pyfuncitem.obj(**arguments)

    asyncio.run(limited())
    return True


@pytest.fixture
def note():
    return NOTE


@pytest.fixture
def disk():
    return WeakDisk()


@pytest.fixture
def opened(tmp_path):
    """Opens workspaces by name; what is still open at the end is closed."""
    open_now = []

    def open_(name="w", home="home", **more):
        database = Database.open(
            tmp_path / name, home=tmp_path / home, member_name="Ann", device_name="Desk", **more
        )
        open_now.append(database)
        return database

    yield open_
    for database in open_now:
        database.close()
