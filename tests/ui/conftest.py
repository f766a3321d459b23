"""A Qt application on our own loop, windows on real workspaces, and a network that is scripted."""

from __future__ import annotations

import asyncio
import errno
import inspect
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from goatcore import Database, GoatError
from goatcore.storage.disk import DiskFile
from goatcore.storage.file_disk import FileDisk
from ui.bridge.loop import Loop
from ui.theme.theme import Theme
from ui.window.main_window import MainWindow
from ui.window.memory import WindowMemory
from ui.workspaces import Names

COROUTINE_S_MAX = 30.0


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[Loop]:
    """A fresh loop; tasks that a test left behind are cancelled and awaited."""
    qapp.setQuitOnLastWindowClosed(False)
    loop = Loop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.close()
    asyncio.set_event_loop(None)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs `async def` tests, which must ask for `loop`, on it, with a limit of time."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    running: Loop = pyfuncitem.funcargs["loop"]
    running.run_until_complete(asyncio.wait_for(pyfuncitem.obj(**arguments), COROUTINE_S_MAX))
    return True


NOW_MS = 1_763_700_000_000


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


class Status(NamedTuple):
    """A network's word on a workspace."""

    connected: int = 0
    looking: bool = False
    sending: int = 0
    saved_on: int = 0
    problem: str | None = None
    arrived: int = 0
    expected: int = 0


class SeenDevice(NamedTuple):
    """What a network knows of a device."""

    device: bytes
    member: bytes
    here: bool = False
    connected: bool = False
    address: str = ""
    seen_ms: int | None = None
    missing: int | None = None
    problem: str | None = None


class Way(NamedTuple):
    """A way to others that led to no link."""

    address: str
    nearby: bool
    problem: str | None


class Peer(NamedTuple):
    """A device in the network."""

    device_name: str
    member_name: str
    connected: bool = True


class Told:
    """Something others subscribe to; `tell` calls them back."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[], None]] = []

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def tell(self) -> None:
        for callback in tuple(self._callbacks):
            callback()


class ScriptedShare(Told):
    """An invitation whose fate a test decides."""

    def __init__(self, expires_ms: int) -> None:
        super().__init__()
        self.code = "7-copper-violin"
        self.state = "waiting"
        self.guest: tuple[str, str] | None = None
        self.problem: str | None = None
        self.tries_left = 3
        self.expires_ms = expires_ms
        self.calls: list[str] = []

    def become(self, state: str, **values: object) -> None:
        self.state = state
        for name, value in values.items():
            setattr(self, name, value)
        self.tell()

    def confirm(self) -> None:
        self.calls.append("confirm")
        self.become("done")

    def reject(self) -> None:
        self.calls.append("reject")
        self.become("failed", problem="You rejected the other computer.")

    def cancel(self) -> None:
        self.calls.append("cancel")
        self.become("closed")


class ScriptedJoin(Told):
    """A joining whose fate a test decides."""

    def __init__(self) -> None:
        super().__init__()
        self.state = "looking"
        self.problem: str | None = None
        self.host: tuple[str, str] | None = None
        self.database: Any = None
        self.received = 0
        self.expected = 0
        self.cancelled = False

    def become(self, state: str, **values: object) -> None:
        self.state = state
        for name, value in values.items():
            setattr(self, name, value)
        self.tell()

    def cancel(self) -> None:
        self.cancelled = True


class ScriptedNetwork(Told):
    """A network that says what a test wants it to, and remembers what it was asked."""

    code_words = ("copper", "cotton", "violin", "village")

    def __init__(self) -> None:
        super().__init__()
        self.the_status = Status()
        self.the_peers: list[Peer] = []
        self.the_devices: dict[bytes, SeenDevice] = {}
        self.ways: list[Way] = []
        self.problem: str | None = None
        self.statuses: dict[str, Status] = {}  # of single notebooks, by path
        self.reached: list[str] = []
        self.invites: list[Any] = []
        self.asked: list[tuple[object, ...]] = []
        self.refusal: GoatError | None = None
        self.made: list[Any] = []

    def status(self, _database: object, path: str | None = None) -> Status:
        return self.statuses.get(path or "", self.the_status)

    def devices(self, database: Any, _path: str | None = None) -> list[SeenDevice]:
        mine = database.device.author
        return [
            self.the_devices.get(
                device.key, SeenDevice(device.key, member.id, here=device.key == mine)
            )
            for member in database.members()
            for device in member.devices
        ]

    def attempts(self, _database: object) -> list[Way]:
        return self.ways

    def reach(self, _database: object, address: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.reached.append(address)

    def peers(self) -> list[Peer]:
        return self.the_peers

    def nearby(self) -> list[Any]:
        return self.invites

    def presence(self, _repository: object) -> None:
        return None

    def share(self, _database: object, path: str, *, whom: str, role: object) -> ScriptedShare:
        if self.refusal is not None:
            raise self.refusal
        self.asked.append((path, whom, role))
        self.made.append(ScriptedShare(NOW_MS + 300_000))
        return self.made[-1]

    def join(
        self, code: str, *, folder: Path, address: str | None, member_name: str, device_name: str
    ) -> ScriptedJoin:
        if self.refusal is not None:
            raise self.refusal
        self.asked.append((code, folder, address, member_name, device_name))
        self.made.append(ScriptedJoin())
        return self.made[-1]


class FillingFile:
    """A file on a disk that may be full."""

    def __init__(self, disk: FillingDisk, file: DiskFile) -> None:
        self._disk, self._file = disk, file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write_at(self, position: int, data: bytes | memoryview) -> int:
        self._disk.check()
        return self._file.write_at(position, data)


class FillingDisk(FileDisk):
    """The real disk; while it is `full` nothing can be written."""

    def __init__(self) -> None:
        self.full = False

    def check(self) -> None:
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def open(self, path: Path, *, write: bool = False, create: bool = False) -> Any:
        if create:
            self.check()
        return FillingFile(self, super().open(path, write=write, create=create))


class OpenWorkspaces(Told):
    """Real workspaces in a test's folder."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        super().__init__()
        self.disk = FillingDisk()
        self._folder = folder
        self._clock = clock
        self.databases: list[Database] = []
        self.names = Names("Host", "desk")
        self.names_confirmed = False
        self.add(self.make("own"))

    def make(self, name: str) -> Database:
        """A workspace; not in the list yet."""
        return Database.open(
            self._folder / name,
            home=self._folder / f"home of {name}",
            clock=self._clock,
            member_name="Host",
            device_name="desk",
            disk=self.disk,
        )

    def new_folder(self) -> Path:
        return self._folder / "joined"

    def add(self, database: Database) -> None:
        self.databases.append(database)
        self.tell()

    def confirm_names(self, names: Names) -> None:
        self.names, self.names_confirmed = names, True
        self.tell()

    def close(self) -> None:
        for database in self.databases:
            database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspaces(tmp_path: Path, clock: Clock, loop: Loop) -> Iterator[OpenWorkspaces]:
    opened = OpenWorkspaces(tmp_path, clock)
    yield opened
    opened.close()


@pytest.fixture
def network() -> ScriptedNetwork:
    return ScriptedNetwork()


@pytest.fixture
def stands(network: ScriptedNetwork) -> Callable[..., None]:
    """Says how the neighbour's tablet stands."""

    def say(**values: Any) -> None:
        network.the_devices[b"t" * 32] = SeenDevice(b"t" * 32, b"n" * 16, **values)

    return say


@pytest.fixture
def way() -> type[Way]:
    return Way


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    theme = qapp.property("goat theme")
    if theme is None:
        theme = Theme(qapp, "light")
        qapp.setProperty("goat theme", theme)
    theme.set_mode("light")
    return theme


@pytest.fixture
def open_window(
    workspaces: OpenWorkspaces,
    network: ScriptedNetwork,
    theme: Theme,
    clock: Clock,
    tmp_path: Path,
) -> Iterator[Callable[[], MainWindow]]:
    """Opens windows on the test's workspaces."""
    opened: list[MainWindow] = []

    def open_one() -> MainWindow:
        window = MainWindow(workspaces, network, WindowMemory(tmp_path), theme, clock)
        opened.append(window)
        window.show()
        window.activateWindow()
        assert QTest.qWaitForWindowActive(window)
        return window

    yield open_one
    for window in opened:
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, int(QEvent.Type.DeferredDelete))


@pytest.fixture
def window(open_window: Callable[[], MainWindow]) -> MainWindow:
    return open_window()
