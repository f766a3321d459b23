"""What the session and the system ask of a window: to end, to save now, to open a link.

Owns signals of the system and those of Qt. Invariant: whoever asks for the end, everything that was
typed is on disk before anything else is done, for there may be no time for more.
"""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from PySide6.QtGui import QSessionManager

from app.log import note_failure
from app.workspaces import OpenWorkspaces
from goatcore import GoatError
from ui.app import Application
from ui.bridge.loop import Loop
from ui.window.main_window import MainWindow

STOPPING: Final = () if sys.platform == "win32" else (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def session(
    application: Application, loop: Loop, window: MainWindow, workspaces: OpenWorkspaces
) -> Iterator[None]:
    """Listens to whoever may end the program, until the block is left."""

    def flush(_manager: QSessionManager | None = None) -> None:
        try:
            window.record()
            workspaces.flush_now()
        except GoatError as error:
            note_failure("the end of the session", error)

    def end() -> None:
        flush()
        window.leave()

    application.commitDataRequest.connect(flush)
    application.aboutToQuit.connect(flush)
    window.hidden.connect(flush)
    application.on_quit = end
    application.on_link = window.links.open
    try:
        with _signals(loop, end):
            yield
    finally:
        application.on_quit = application.on_link = None
        window.hidden.disconnect(flush)
        application.commitDataRequest.disconnect(flush)
        application.aboutToQuit.disconnect(flush)


@contextmanager
def _signals(loop: Loop, end: Callable[[], None]) -> Iterator[None]:
    """A socket wakes the loop: Qt waits outside of Python, where no signal handler runs."""
    if sys.platform == "win32":
        yield
        return
    here, there = socket.socketpair()
    here.setblocking(False)
    there.setblocking(False)

    def stop() -> None:
        here.recv(64)
        end()

    before = {number: signal.signal(number, _hear) for number in STOPPING}
    woken_before = signal.set_wakeup_fd(there.fileno(), warn_on_full_buffer=False)
    loop.add_reader(here.fileno(), stop)
    try:
        yield
    finally:
        loop.remove_reader(here.fileno())
        signal.set_wakeup_fd(woken_before)
        for number, handler in before.items():
            signal.signal(number, handler)
        here.close()
        there.close()


def _hear(_number: int, _frame: FrameType | None) -> None:
    """The socket says the rest."""
