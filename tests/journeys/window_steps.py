"""A process with the real window that does what a person does: `window_steps.py WHAT HOME [HOW]`.

Prints what it saw, as one object.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.folders import Folders, find_folders
from app.window import WindowPlan, run_window
from app.workspaces import OpenWorkspaces
from ui.operations import notebooks, notes
from ui.panels.search_panel import title_of
from ui.window.main_window import MainWindow
from ui.window.tray import TOLD

MANY = 10_000
NOW_MS = 1_763_700_000_000
SOON_S = 0.001
Step = Callable[[MainWindow], Awaitable[None]]


def main(what: str, home: str, how: str = "") -> int:
    folders = find_folders(Path(home), {})
    tasks: list[object] = []

    def begin(step: Step) -> Callable[[MainWindow], None]:
        async def guarded(window: MainWindow) -> None:
            try:
                await step(window)
            except BaseException:
                window.close()
                raise

        return lambda window: tasks.append(asyncio.get_running_loop().create_task(guarded(window)))

    async def type_and_leave(window: MainWindow) -> None:
        await _type_and_leave(window, how)

    if what == "many":
        fill(folders)
        step: Step = look_around
    else:
        step = type_and_leave
    plan = WindowPlan(interfaces="loopback", welcome=False, debug=True, on_shown=begin(step))
    return run_window(folders, plan)


async def until(holds: Callable[[], object]) -> None:
    """Waits for what the window does by itself."""
    while not holds():
        await asyncio.sleep(0.005)


# -- a key, and the end ----------------------------------------------------------------------------


def hide(window: MainWindow) -> None:
    """Closes the window where the program goes on beside the clock."""
    window.installation.preferences.keep({TOLD: True})
    window.stays = lambda: True
    window.close()
    assert window.isHidden()


async def _type_and_leave(window: MainWindow, how: str) -> None:
    """The last letter, and one millisecond later the window goes."""
    window.chosen.new()
    window.desk.title.setFocus()
    QTest.keyClicks(window.desk.title, "Plan")
    await until(lambda: window.desk.note.title == "Plan")
    window.desk.editor.setFocus()
    QTest.keyClicks(window.desk.editor, "goats")
    loop = asyncio.get_running_loop()
    await asyncio.sleep(0.3)

    def kill() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if how.endswith("-killed"):  # nothing of the orderly end happens after the window is closed
        window.closed.connect(kill)
    leave: dict[str, Callable[[], object]] = {
        "close": window.close,
        "quit": window.commands["quit"].trigger,
        "terminate": lambda: os.kill(os.getpid(), signal.SIGTERM),
        "terminate-killed": lambda: os.kill(os.getpid(), signal.SIGTERM),
        "hang-up-killed": lambda: os.kill(os.getpid(), signal.SIGHUP),
        "qt-quit": QApplication.quit,
        "qt-quit-killed": QApplication.quit,
        "hide-killed": lambda: (hide(window), kill()),
    }
    if how == "quick":
        window.quick.ask()
        assert window.quick.window is not None
        QTest.keyClicks(window.quick.window.text, "sheep")
        window.closed.connect(kill)
        loop.call_later(SOON_S, leave["terminate"])
    elif how == "title":  # which is written at a pause only
        window.desk.title.setFocus()
        QTest.keyClicks(window.desk.title, "!")
        loop.call_later(SOON_S, window.close)
    else:
        QTest.keyClicks(window.desk.editor, "!")
        loop.call_later(SOON_S, leave[how])


# -- ten thousand notes ----------------------------------------------------------------------------


def fill(folders: Folders) -> None:
    """Note 0 is the newest; every hundredth has a goat in it."""
    with OpenWorkspaces.open(folders, welcome=False) as workspaces:
        repository = notebooks.create(workspaces.databases[0], "Notes")
        for start in range(0, MANY, 500):
            with repository.transaction("notes"):
                for number in range(start, start + 500):
                    animal = "goat" if number % 100 == 0 else "sheep"
                    notes.create(
                        repository, f"Note {number}", body=f"About a {animal}, no. {number}.",
                        now_ms=NOW_MS - number * 1_000,
                    )  # fmt: skip


async def look_around(window: MainWindow) -> None:
    saw: dict[str, object] = {}
    listing, desk = window.list, window.desk
    await until(lambda: len(listing.model.rows) == MANY)
    saw["count"] = listing.count.text()
    saw["open"] = desk.note.title
    bar = listing.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    last = listing.view.indexAt(listing.view.viewport().rect().bottomLeft())
    saw["at the bottom"] = listing.model.rows[last.row()].title if last.isValid() else None
    switched = []
    for row in (9_999, 5_000, 1):
        listing.view.setCurrentIndex(listing.model.index(row, 0))
        switched.append([desk.note.title, desk.editor.toPlainText()])
    saw["switched"] = switched
    window.searching.ask()
    panel, found = window.searching.panel, window.searching.found
    assert found is not None
    await until(lambda: found.settled)
    QTest.keyClicks(panel.line, "goat 7700")
    await until(lambda: not found.busy)
    saw["found"] = [title_of(hit)[0] for hit in panel.model.rows]
    panel.take()
    saw["opened"] = [desk.note.title, desk.editor.textCursor().selectedText()]
    window.filter_list()
    QTest.keyClicks(listing.search, "goat")
    await until(lambda: len(listing.model.rows) == MANY // 100)
    saw["narrowed"] = sorted(int(note.title.split()[1]) for note in listing.model.rows)
    listing.clear_search()
    await until(lambda: len(listing.model.rows) == MANY)
    window.chosen.new()
    await until(lambda: len(listing.model.rows) == MANY + 1)
    saw["one more"] = listing.count.text()
    print(json.dumps(saw), flush=True)
    window.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
