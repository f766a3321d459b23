"""The window's process: constructs loop, workspaces, network and window, and takes them down.

Owns their order: what is opened last is closed first, and everything is on disk before the process
ends, whether the person closes the window, the session ends or the process is asked to stop.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import Any, Final, Literal, NamedTuple, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.backups import DailyBackup
from app.compactions import IdleCompactions
from app.folders import Folders
from app.log import note_failure, start_log, stop_log
from app.memory import quiet_memory
from app.serving import RUN, Lent, serve
from app.session import session
from app.settings import LANGUAGE, Settings
from app.single_instance import Doorbell, Request, Wish
from app.upkeep import Upkeep
from app.workspaces import OpenWorkspaces
from goatcore import Network, system_clock
from ui.app import Application, build_application, open_window
from ui.bridge.loop import Loop
from ui.installation import Installation
from ui.window.main_window import MainWindow
from ui.window.tray import Tray
from ui.workspaces import Network as SeenNetwork

HEAL_S: Final = 2.0
FIRST_BACKUP_S: Final = 90.0
LOOK_S: Final = 60.0
CLOSE_S: Final = 5.0  # for the network to send what waits


class WindowPlan(NamedTuple):
    """How this window differs from any other."""

    debug: bool = False
    interfaces: Literal["all", "loopback"] = "all"
    welcome: bool = True
    wish: Wish = Wish()
    close_after_s: float | None = None
    on_shown: Callable[[MainWindow], None] | None = None
    on_closing: Callable[[OpenWorkspaces], None] | None = None


def run_window(folders: Folders, plan: WindowPlan) -> int:
    """Show the window until it is closed; the exit code. Raises what opening one's own workspace
    raises."""
    start_log(folders.state)
    language = Settings(folders.state).text(LANGUAGE)
    application, loop = build_application(sys.argv[:1], language)
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(lambda _loop, context: _on_fault(plan, context.get("exception")))
    before, sys.excepthook = sys.excepthook, _hook(plan)
    try:
        loop.run_until_complete(_show(application, loop, folders, plan))
    finally:
        sys.excepthook = before
        _end_tasks(loop)
        loop.close()
        asyncio.set_event_loop(None)
        stop_log()
    return 0


async def _show(application: Application, loop: Loop, folders: Folders, plan: WindowPlan) -> None:
    over = loop.create_future()

    def end() -> None:
        if not over.done():
            over.set_result(None)

    with OpenWorkspaces.open(folders, welcome=plan.welcome) as workspaces:
        network = Network(folders.state, interfaces=plan.interfaces)
        for database in workspaces.databases:
            network.add(database)
        seen = cast("SeenNetwork", network)

        def tell(problem: str) -> None:
            window.fail(problem)

        backups = DailyBackup(workspaces, system_clock, tell)
        window = open_window(
            application,
            workspaces,
            seen,
            folders.state,
            system_clock,
            installation=Installation(workspaces.settings, Upkeep(workspaces, backups, tell)),
        )
        window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        window.closed.connect(end)
        window.quit_wanted.connect(window.leave)
        Tray(window, workspaces.settings, lambda: to_front(window))
        for problem in workspaces.problems:
            window.fail(problem)
        if plan.on_shown is not None:
            plan.on_shown(window)
        if plan.close_after_s is not None:
            loop.call_later(plan.close_after_s, window.leave)
        compactions = IdleCompactions(workspaces, system_clock, window.fail)
        if plan.wish.verb != "show":
            loop.call_soon(grant, window, plan.wish)
        lent = Lent(workspaces, window.searching.of)
        bell = Doorbell(folders.state, partial(_answer, window, lent))
        with (
            session(application, loop, window, workspaces),
            _resting(application),
        ):
            ticking = loop.create_task(_keep_safe(backups, compactions))
            try:
                await network.start()
                await bell.start()
                await over
            finally:
                ticking.cancel()
                backups.close()
                compactions.close()
                await bell.close()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(network.close(), CLOSE_S)
                if plan.on_closing is not None:
                    plan.on_closing(workspaces)


async def _answer(window: MainWindow, lent: Lent, request: Request) -> Request:
    """Does what a second start, or a command, asks this window to do."""
    if request.get("do") == RUN:
        return await serve(request, lent)
    wish = Wish(str(request.get("do")), str(request.get("argument", "")))
    asyncio.get_running_loop().call_soon(grant, window, wish)
    return {}


async def _keep_safe(backups: DailyBackup, compactions: IdleCompactions) -> None:
    """Backups and compactions are no hurry: the window comes first."""
    await asyncio.sleep(HEAL_S)
    backups.heal()
    await asyncio.sleep(FIRST_BACKUP_S)
    while True:
        backups.look()
        compactions.look()
        await asyncio.sleep(LOOK_S)


def grant(window: MainWindow, wish: Wish) -> None:
    """What a start of the program wants of the window; what is not known brings it to the front."""
    if wish.verb == "quick":
        window.quick.ask()
        return
    to_front(window)
    if wish.verb == "open":
        window.links.open(wish.argument)


def to_front(window: MainWindow) -> None:
    """Show a window that may be minimized or behind others."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


@contextmanager
def _resting(application: QApplication) -> Iterator[None]:
    """Collects garbage while the person looks elsewhere."""

    def look(state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive:
            gc.collect()

    application.applicationStateChanged.connect(look)
    try:
        with quiet_memory():
            yield
    finally:
        application.applicationStateChanged.disconnect(look)


def _end_tasks(loop: Loop) -> None:
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


def _on_fault(plan: WindowPlan, error: Any) -> None:
    if isinstance(error, BaseException):
        note_failure("in the loop", error)
        if plan.debug:
            sys.__excepthook__(type(error), error, error.__traceback__)


def _hook(
    plan: WindowPlan,
) -> Callable[[type[BaseException], BaseException, TracebackType | None], None]:
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        note_failure("in the window", error)
        if plan.debug:
            sys.__excepthook__(kind, error, trace)

    return hook
