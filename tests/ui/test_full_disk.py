"""A disk that fills while somebody writes in the window, and has room again."""

from __future__ import annotations

import asyncio
from typing import Any

from PySide6.QtTest import QTest

from ui.operations import notebooks, notes
from ui.operations.schemas import NOTE
from ui.window.main_window import MainWindow

SECOND_MS = 1_000


async def test_a_full_disk_is_told_loses_nothing_and_writing_goes_on(
    loop: Any, workspaces: Any, clock: Any, open_window: Any, tmp_path: Any
) -> None:
    own = workspaces.databases[0]
    notebook = notebooks.create(own, "Garden")
    note = notes.create(notebook, "Oats", body="Sow", now_ms=clock())
    await own.flush()
    window: MainWindow = open_window()
    window.desk.editor.moveCursor(window.desk.editor.textCursor().MoveOperation.End)

    def time_goes_by() -> None:
        clock.now_ms += SECOND_MS

    async def until(holds: Any) -> None:
        while not holds():
            await asyncio.sleep(0.01)
            time_goes_by()

    workspaces.disk.full = True
    QTest.keyClicks(window.desk.editor, " in March")
    await until(window.banner.isVisible)
    assert window.banner.words.startswith("The disk is full")
    assert window.desk.editor.toPlainText() == "Sow in March"  # one writes on
    assert not window.desk.editor.isReadOnly()
    QTest.keyClicks(window.desk.editor, ", not in May")
    window.banner.hide()  # read, and closed
    for _ in range(20):
        await asyncio.sleep(0.01)
        time_goes_by()
    assert not notebook.durable
    assert not window.banner.isVisible()  # told once

    workspaces.disk.full = False
    await until(lambda: notebook.durable)
    assert own.problem is None
    QTest.keyClicks(window.desk.editor, "!")
    window.close()
    own.close()
    again = workspaces.make("own")
    (found,) = notebooks.listing(again)[0].repository.items(NOTE)
    assert (found.key, str(found.body)) == (note.key, "Sow in March, not in May!")
    again.close()
