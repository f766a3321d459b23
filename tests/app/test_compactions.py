"""Files that are made shorter by themselves: when, and that it is done."""

from __future__ import annotations

import asyncio

import pytest

from app import compactions
from app.compactions import BYTES_MIN, EVERY_MS, IdleCompactions, is_due
from app.folders import find_folders
from app.workspaces import OpenWorkspaces
from goatcore import Schema, string

NOTE = Schema("long", 1, title=string())
NOW = 50 * EVERY_MS


@pytest.mark.parametrize(
    ("loose", "log_bytes", "last_ms", "due"),
    [
        (0.51, BYTES_MIN + 1, None, True),
        (0.50, BYTES_MIN + 1, None, False),
        (0.51, BYTES_MIN, None, False),
        (1.0, 1 << 40, NOW - EVERY_MS, True),
        (1.0, 1 << 40, NOW - EVERY_MS + 1, False),
        (1.0, 1 << 40, NOW + EVERY_MS, True),  # the clock was wrong then
        (0.0, 1 << 40, None, False),
    ],
)
def test_a_file_is_due_when_it_is_long_loose_and_not_done_today(loose, log_bytes, last_ms, due):
    assert is_due(loose, log_bytes, last_ms, NOW) is due


def test_a_long_file_at_rest_is_made_shorter_once_a_day(home, monkeypatch):
    monkeypatch.setattr(compactions, "BYTES_MIN", 20_000)
    problems = []
    now_ms = NOW

    async def run(idle):
        if idle._running is not None:
            await idle._running

    async def work(workspaces):
        nonlocal now_ms
        [database] = workspaces.databases
        notes = database.repository("/notes/long")

        async def write(what):
            for number in range(300):
                notes.create(NOTE, f"{what} {number}", title="a title")
            await database.flush()

        idle = IdleCompactions(workspaces, lambda: now_ms, problems.append)
        await write("first")
        assert notes.store.loose_share() == 1
        before = notes.store.log_bytes
        idle.look()  # it may just be written to
        await run(idle)
        assert notes.store.log_bytes == before
        idle.look()
        await run(idle)
        after = notes.store.log_bytes
        assert after < before
        assert notes.store.loose_share() == 0
        await write("second")
        await write("third")
        assert notes.store.loose_share() > 0.5
        grown = notes.store.log_bytes
        for _ in range(3):
            idle.look()
            await run(idle)
        assert notes.store.log_bytes == grown
        now_ms += EVERY_MS
        idle.look()
        await run(idle)
        assert notes.store.log_bytes < grown
        assert len(list(notes.items(NOTE))) == 900
        idle.close()

    with OpenWorkspaces.open(find_folders(home, {})) as workspaces:
        asyncio.run(work(workspaces))
    assert problems == []


def test_closing_meanwhile_leaves_the_file(home, monkeypatch):
    monkeypatch.setattr(compactions, "BYTES_MIN", 20_000)
    problems = []

    async def work(workspaces):
        [database] = workspaces.databases
        notes = database.repository("/notes/long")
        for number in range(2000):
            notes.create(NOTE, f"{number}", title="a title")
        await database.flush()
        idle = IdleCompactions(workspaces, lambda: NOW, problems.append)
        idle.look()
        idle.look()
        before = notes.store.log_bytes
        await asyncio.sleep(0)
        idle.close()
        with pytest.raises(asyncio.CancelledError):
            await idle._running
        assert notes.store.log_bytes == before

    with OpenWorkspaces.open(find_folders(home, {})) as workspaces:
        asyncio.run(work(workspaces))
    assert problems == []
