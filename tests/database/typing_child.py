"""Types into a note, a letter every few milliseconds, and says what it typed, until it is killed.
Run by `test_typing_killed.py`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from goatcore import Database, Schema, flag, string, text

NOTE = Schema("note", 1, title=string(), body=text(), done=flag())


async def type_on(folder: Path, letters: int) -> None:
    database = Database.open(
        folder / "w", home=folder / "home", member_name="Ann", device_name="Desk"
    )
    repository = database.repository("/notes/home")
    note = repository.create(NOTE, "note")
    await database.flush()
    for number in range(letters):
        note.body.splice(len(str(note.body)), 0, chr(97 + number % 26))
        sys.stdout.write(f"{number + 1}\n")
        sys.stdout.flush()
        await asyncio.sleep(0.02)
    await asyncio.sleep(60)


asyncio.run(type_on(Path(sys.argv[1]), int(sys.argv[2])))
