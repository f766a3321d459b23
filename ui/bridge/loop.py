"""One loop for Qt, asyncio and the network: qasync's, with exact timers.

Owns how callbacks are scheduled. Invariants: a timer never fires before its time; a cancelled timer
holds no Qt timer; `call_soon` keeps its order and never starves input or sockets (a batch is what
was ready when it began). qasync's own timers are coarse (they fire early by up to 5 %) and keep
cancelled handles until they would have fired. Must never import goatcore.
"""

from __future__ import annotations

import asyncio
import math
import os
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

os.environ.setdefault("QT_API", "pyside6")

import qasync
from PySide6.QtCore import QObject, Qt, QTimerEvent
from PySide6.QtWidgets import QApplication

DELAY_MS_MAX = (1 << 31) - 1  # what a Qt timer can count to, 24 days; longer ones are armed again


class TimedHandle(asyncio.TimerHandle):
    """A callback that waits for its time; remembers which Qt timer it waits on (0: none)."""

    __slots__ = ("timer_id",)
    timer_id: int


class _Alarms(QObject):
    """Qt timers on one side, asyncio handles on the other."""

    def __init__(self, now: Callable[[], float]) -> None:
        super().__init__()
        self._now = now
        self._waiting: dict[int, TimedHandle] = {}
        self._ready: deque[asyncio.Handle] = deque()
        self._ready_timer = 0
        self._stopped = False

    def __len__(self) -> int:
        return len(self._waiting)

    def soon(self, handle: asyncio.Handle) -> None:
        self._ready.append(handle)
        if not self._ready_timer and not self._stopped:
            self._ready_timer = self.startTimer(0)

    def later(self, handle: TimedHandle) -> None:
        delay_ms = math.ceil((handle.when() - self._now()) * 1000)
        timer_id = self.startTimer(min(max(delay_ms, 0), DELAY_MS_MAX), Qt.TimerType.PreciseTimer)
        handle.timer_id = timer_id
        self._waiting[timer_id] = handle

    def drop(self, handle: TimedHandle) -> None:
        if handle.timer_id and self._waiting.pop(handle.timer_id, None) is not None:
            self.killTimer(handle.timer_id)
        handle.timer_id = 0

    def timerEvent(self, event: QTimerEvent) -> None:
        timer_id = event.timerId()
        self.killTimer(timer_id)
        if timer_id == self._ready_timer:
            self._ready_timer = 0
            self._run_ready()
            return
        handle = self._waiting.pop(timer_id, None)
        if handle is None:
            return
        handle.timer_id = 0
        if self._now() < handle.when():  # a rounded or a very long one: sleep on
            self.later(handle)
        else:
            handle._run()

    def _run_ready(self) -> None:
        for _ in range(len(self._ready)):
            if not self._ready:  # a nested Qt loop ran the rest
                break
            handle = self._ready.popleft()
            if self._ready and not self._ready_timer:
                # armed before running, so that a nested Qt loop goes on with what waits
                self._ready_timer = self.startTimer(0)
            if not handle.cancelled():
                handle._run()

    def stop(self) -> None:
        self._stopped = True
        for timer_id in (*self._waiting, self._ready_timer):
            if timer_id:
                self.killTimer(timer_id)
        self._waiting.clear()
        self._ready.clear()
        self._ready_timer = 0

    def set_debug(self, _enabled: bool) -> None:
        """Called by qasync; there is nothing to tell."""


class _FromThread:
    """What another thread asks the loop to call."""

    __slots__ = ("_args", "_callback")

    def __init__(self, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        self._callback = callback
        self._args = args

    def __call__(self) -> None:
        self._callback(*self._args)


class Loop(qasync.QEventLoop):  # type: ignore[misc]
    """An asyncio loop inside Qt's. Make one per QApplication; `run_until_complete` as usual."""

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._timer = _Alarms(self.time)

    @property
    def waiting(self) -> int:
        """How many timers are waiting."""
        return len(self._timer)

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        if isinstance(callback, _FromThread) and self.is_closed():
            handle.cancel()  # a thread was done after the loop had ended: nobody waits for it
            return handle
        self._check_closed()
        self._timer.soon(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> None:
        super().call_soon_threadsafe(_FromThread(callback, args), context=context)

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        self._check_closed()
        handle = TimedHandle(when, callback, args, self, context)
        self._timer.later(handle)
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """asyncio's own notice that a handle was cancelled."""
        if isinstance(handle, TimedHandle):
            self._timer.drop(handle)
