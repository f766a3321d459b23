"""Rows of typing: letters into a note of 1 MB on the desk of a window, while a peer's edits arrive.

The desk and the list of notes are the window's own, without a screen; the repository is in memory,
and the peer's commits are made beforehand: signed, sealed, parsed and admitted one at a time on the
same loop, as a link hands them over.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
from collections.abc import Callable, Iterator, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from statistics import quantiles
from time import perf_counter_ns
from types import ModuleType
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.memory import quiet_memory
from goatcore import Repository, system_clock
from goatcore.history.commit import parse
from ui.app import build_application
from ui.operations.schemas import NOTE
from ui.panels.desk import Desk
from ui.panels.note_list import NoteList
from ui.theme.theme import Theme

LETTERS = 1_000_000
KEYS = 600
EDITS = 300  # of the peer; one a turn of EVERY_S
EVERY_S = 0.04
WAIT_S = 0.02  # between two keys
TIMED = (
    "a letter typed into a note of 1 MB until it is painted and the loop is free, while another "
    "device's edits of a word all over the note arrive, 25 a second"
)

Row = dict[str, Any]


def measure(rows: Sequence[str]) -> Iterator[Row]:
    """Both come from one run."""
    application, loop = build_application(["goat"])
    try:
        with quiet_memory():
            times = loop.run_until_complete(_typed(Theme(application, "light")))
    finally:
        loop.close()
    cuts = quantiles(times, n=100)
    for row in rows:
        value = float(f"{cuts[49 if row.endswith('p50') else 98] / 1e6:.4g}")
        yield {"row": row, "value": value, "unit": "ms", "runs": len(times), "timed": TIMED}


async def _typed(theme: Theme) -> list[int]:
    loop = asyncio.get_running_loop()

    def later(delay_ms: float, then: Callable[[], None]) -> Callable[[], None]:
        return loop.call_later(delay_ms / 1000, then).cancel

    mine, theirs = _side("queries").alone(1, later), _side("queries").alone(2)
    text = _text()
    note = mine.create(NOTE, title="Long", body=text, created=1, edited=1)
    raw = _edits(mine, theirs, len(text))
    window = QWidget()
    listing = NoteList(theme, system_clock, lambda one: one.key, window)
    desk = Desk(theme, system_clock, window)
    layout = QHBoxLayout(window)
    layout.addWidget(listing)
    layout.addWidget(desk, 1)
    window.resize(1200, 800)
    listing.show_notes("Notes", mine.query(NOTE).order_by("-edited"), lambda _note: "")
    window.show()
    desk.open(note)
    desk.editor.setFocus()
    await asyncio.sleep(1)
    gc.collect()
    gc.freeze()
    times = await _keys(desk, mine, raw)
    assert desk.editor.toPlainText() == str(note.body)
    listing.model.close()
    desk.close_note()
    window.deleteLater()
    return times


async def _keys(desk: Desk, mine: Repository, raw: list[bytes]) -> list[int]:
    """Types in the middle; commits arrive meanwhile, whether or not it keeps up."""
    loop = asyncio.get_running_loop()
    left = iter(raw)

    def arrive() -> None:
        message = next(left, None)
        if message is not None:
            loop.call_later(EVERY_S, arrive)
            assert mine.admit([parse(message)]).held == 1

    cursor = desk.editor.textCursor()
    cursor.setPosition(LETTERS // 2)
    desk.editor.setTextCursor(cursor)
    painted = _side("window_process").Painted(desk.editor.viewport())
    await asyncio.sleep(0.2)
    arrive()
    times = []
    for number in range(KEYS):
        began = perf_counter_ns()
        QTest.keyClicks(desk.editor, " " if number % 6 == 5 else "abcde"[number % 6])
        await painted.next()
        times.append(perf_counter_ns() - began)
        await asyncio.sleep(WAIT_S)
    assert next(left, None) is None
    return times


def _edits(mine: Repository, theirs: Repository, size: int) -> list[bytes]:
    """A word at a place of the note, as the peer has it, in a commit each."""
    mine.record_drafts()
    theirs.admit([parse(commit.raw) for commit in mine.store.commits()])
    theirs.register(NOTE)
    (note,) = theirs.items(NOTE)
    known = len(list(theirs.store.commits()))
    chance = random.Random(3)
    for _ in range(EDITS):
        note.body.splice(chance.randrange(size), chance.randrange(3), "word ")
        theirs.record_drafts()
    return [commit.raw for commit in theirs.store.commits()][known:]


def _text() -> str:
    """1 MB of the bodies of the corpus."""
    parts: list[str] = []
    size = 0
    for note in _side("corpus").notes(2_000):
        parts.append(note.body)
        size += len(note.body) + 2
        if size > LETTERS:
            break
    assert size > LETTERS
    return "\n\n".join(parts)[:LETTERS]


def _side(name: str) -> ModuleType:
    """A file beside this one, which are no package."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = spec_from_file_location(f"bench_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
