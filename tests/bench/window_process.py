"""The process that the rows of the window time: `window_process.py start|use HOME`.

The real window on the installation in HOME. `start` says when the first list is painted, and ends;
`use` chooses notes and searches, and prints its times, in nanoseconds, and resident bytes.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from pathlib import Path
from time import perf_counter_ns

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.folders import find_folders
from app.window import WindowPlan, run_window
from ui.window.main_window import MainWindow

SWITCHES = 60
TYPED = ("planting", "the device", "st co in", "tag:garden todo", "nothing like this", "東京の天気")
LOOK_S = 0.001


class Painted(QObject):
    """Counts how often a widget was painted; `next` waits until it was, and the loop is free."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._waiting: list[asyncio.Future[None]] = []
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._waiting:
            QTimer.singleShot(0, self._tell)
        return False

    def _tell(self) -> None:
        for future in self._waiting:
            future.set_result(None)
        self._waiting.clear()

    async def next(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        await future


class FirstList(QObject):
    """Says when the list with its notes is painted for the first time, and closes the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._told = False
        window.list.view.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and not self._told and self._window.list.model.rows:
            self._told = True
            QTimer.singleShot(0, self._tell)
        return False

    def _tell(self) -> None:
        print(len(self._window.list.model.rows), flush=True)
        self._window.close()


class Use:
    """A person who reads one note after the other, then searches."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._task = asyncio.get_running_loop().create_task(self._go())

    async def _go(self) -> None:
        window = self._window
        await Painted(window.list.view.viewport()).next()
        resident = {"rss.start": resident_bytes()}
        switches = await self._switch()
        window.searching.begin()
        while window.searching.found is None or not window.searching.found.settled:
            await asyncio.sleep(0.05)
        gc.collect()
        letters = await self._search()
        resident["rss"] = resident_bytes()
        print(json.dumps({"switch": switches, "search": letters, **resident}), flush=True)
        window.close()

    async def _switch(self) -> list[int]:
        """Notes all over the list, none of which was open before."""
        listing, desk = self._window.list, self._window.desk
        painted = Painted(desk.editor.viewport())
        count = len(listing.model.rows)
        times = []
        for number in range(SWITCHES):
            row = (1 + number * 7_919) % count
            began = perf_counter_ns()
            listing.view.setCurrentIndex(listing.model.index(row, 0))
            await painted.next()
            times.append(perf_counter_ns() - began)
            assert desk.note is listing.model.rows[row]
            await asyncio.sleep(0.02)
        return times

    async def _search(self) -> list[int]:
        self._window.searching.ask()
        panel, found = self._window.searching.panel, self._window.searching.found
        assert found is not None
        painted = Painted(panel)
        times = []
        for words in TYPED:
            for letter in words:
                began = perf_counter_ns()
                if letter.isascii():
                    QTest.keyClicks(panel.line, letter)
                else:  # as an input method writes it
                    panel.line.insert(letter)
                while found.busy:
                    await asyncio.sleep(LOOK_S)
                panel.update()
                await painted.next()
                times.append(perf_counter_ns() - began)
            panel.line.clear()
            while found.busy:
                await asyncio.sleep(LOOK_S)
        panel.leave()
        return times


def resident_bytes() -> int:
    """0 where the system does not say it as Linux does."""
    if sys.platform != "linux":
        return 0
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def main(what: str, home: str) -> int:
    kept: list[object] = []  # who works while the window is there
    works = FirstList if what == "start" else Use
    plan = WindowPlan(
        interfaces="loopback",
        welcome=False,
        debug=True,
        on_shown=lambda window: kept.append(works(window)),
    )
    return run_window(find_folders(Path(home), {}), plan)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
