"""A Qt application on our own loop, and coroutine tests that run on it."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

import pytest
from PySide6.QtWidgets import QApplication

from ui.bridge.loop import Loop

COROUTINE_S_MAX = 30.0


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[Loop]:
    """A fresh loop; tasks that a test left behind are cancelled and awaited."""
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
    running.run_until_complete(
        asyncio.wait_for(pyfuncitem.obj(**arguments), COROUTINE_S_MAX)
    )
    return True
