"""Two computers in one process: real folders, real sockets on loopback, real discovery."""

from __future__ import annotations

import asyncio
import inspect
import os

import pytest

LIMIT_S = 30


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run coroutine tests on a fresh loop, with a time limit; no task may be left."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    arguments = {name: pyfuncitem.funcargs[name] for name in names}

    async def limited():
        try:
            async with asyncio.timeout(LIMIT_S):
                await pyfuncitem.obj(**arguments)
        finally:
            for close in pyfuncitem.funcargs.get("closing", ()):
                await close()

    asyncio.run(limited())
    return True


@pytest.fixture
def closing():
    """Coroutine functions that are called, on the test's loop, when it ends, however it ends."""
    return []


@pytest.fixture
def until():
    """Waits until a condition holds; says which did not."""

    async def wait(condition, limit_s=30.0):
        loop = asyncio.get_running_loop()
        end = loop.time() + limit_s
        while not condition():
            assert loop.time() < end, f"never came: {inspect.getsource(condition).strip()}"
            await asyncio.sleep(0.005)

    return wait


@pytest.fixture
def chance():
    return os.urandom
