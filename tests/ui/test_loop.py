"""The loop: exact timers, ordered callbacks, and everything asyncio needs."""

from __future__ import annotations

import asyncio
import threading

import pytest
from PySide6.QtWidgets import QApplication

from ui.bridge.loop import Loop


async def test_timers_never_fire_early(loop: Loop) -> None:
    early: list[float] = []
    done = asyncio.Event()
    start = loop.time()
    due = [start + 0.003 + index * 0.00137 for index in range(120)]
    fired: list[int] = []

    def fire(index: int) -> None:
        fired.append(index)
        if loop.time() < due[index]:
            early.append(due[index] - loop.time())
        if len(fired) == len(due):
            done.set()

    for index, when in enumerate(due):
        loop.call_at(when, fire, index)
    await done.wait()
    assert early == []
    assert sorted(fired) == list(range(120))


async def test_a_cancelled_timer_leaves_nothing_behind(loop: Loop) -> None:
    before = loop.waiting
    handles = [loop.call_later(60, pytest.fail, "must not run") for _ in range(500)]
    assert loop.waiting == before + 500
    for handle in handles:
        handle.cancel()
        handle.cancel()
    assert loop.waiting == before
    assert all(handle.cancelled() for handle in handles)


async def test_time_limits_leave_nothing_behind(loop: Loop) -> None:
    before = loop.waiting
    for _ in range(300):
        async with asyncio.timeout(60):
            pass
    assert loop.waiting == before
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.01)
    assert loop.waiting == before


async def test_soon_keeps_its_order_and_cancelled_ones_do_not_run(loop: Loop) -> None:
    order: list[int] = []
    handles = [loop.call_soon(order.append, index) for index in range(100)]
    for handle in handles[::3]:
        handle.cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert order == [index for index in range(100) if index % 3]


async def test_a_callback_that_calls_itself_does_not_starve_timers(loop: Loop) -> None:
    rounds = 0
    running = True

    def again() -> None:
        nonlocal rounds
        rounds += 1
        if running:
            loop.call_soon(again)

    again()
    await asyncio.sleep(0.02)
    running = False
    assert rounds > 1


async def test_a_failing_callback_is_reported_and_the_loop_goes_on(loop: Loop) -> None:
    reports: list[BaseException] = []
    loop.set_exception_handler(lambda _loop, context: reports.append(context["exception"]))

    def fail() -> None:
        raise ValueError("spilled milk")

    loop.call_soon(fail)
    loop.call_later(0.001, fail)
    await asyncio.sleep(0.02)
    assert [str(report) for report in reports] == ["spilled milk"] * 2


async def test_a_timer_longer_than_qt_can_count_waits(loop: Loop) -> None:
    handle = loop.call_later(10**8, pytest.fail, "must not run")
    await asyncio.sleep(0.005)
    assert not handle.cancelled()
    assert handle.when() > loop.time() + 10**7
    handle.cancel()


async def test_threads_and_sockets_work(loop: Loop) -> None:
    assert await asyncio.to_thread(sum, range(10)) == 45

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            writer.write(data.upper())
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    for word in (b"milk", b"oats"):
        writer.write(word)
        assert await reader.readexactly(4) == word.upper()
    writer.close()
    await writer.wait_closed()
    server.close()
    await server.wait_closed()


async def test_a_task_group_cancels_its_siblings(loop: Loop) -> None:
    stopped: list[str] = []

    async def wait_for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append("sibling")

    async def fail() -> None:
        await asyncio.sleep(0)
        raise KeyError("lost")

    async def run_both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(wait_for_ever())
            group.create_task(fail())

    with pytest.raises(ExceptionGroup):
        await run_both()
    assert stopped == ["sibling"]


def test_a_thread_that_is_done_after_the_end_does_no_harm(qapp: QApplication) -> None:
    loop = Loop(qapp)
    called: list[int] = []
    thread = threading.Thread(target=loop.call_soon_threadsafe, args=(called.append, 1))
    thread.start()
    thread.join()  # its word waits in Qt's queue
    loop.close()
    QApplication.processEvents()
    assert called == []
    with pytest.raises(RuntimeError):
        loop.call_soon(called.append, 2)
