"""Edits notes and says which edits are on disk, until it is killed. Run by `test_killed.py`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from goatcore import Database, Schema, flag, string, text

NOTE = Schema("note", 1, title=string(), body=text(), done=flag())


async def edit(folder: Path) -> None:
    database = Database.open(
        folder / "w", home=folder / "home", member_name="Ann", device_name="Desk"
    )
    repository = database.repository("/notes/home")
    log = repository.item("log") or repository.create(NOTE, "log")
    repository.register(NOTE)
    log = repository.item("log")
    while True:
        number = len(str(log.body).split())
        log.body.splice(len(log.body), 0, f"{number} ")
        with repository.transaction():
            repository.create(NOTE, f"{number}", title=f"note {number}", body="🐐 " * 50)
            log.title = f"{number}"
        await database.flush()
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


asyncio.run(edit(Path(sys.argv[1])))
