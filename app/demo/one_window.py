"""One window of `goat demo --windows`: the real window on a peer's folder, at one side of the
screen, with the shared note open."""

from __future__ import annotations

import json
from collections.abc import Sequence

from app.demo.control import Answer
from app.demo.peer import first_note, state_of
from app.folders import Folders
from app.window import WindowPlan, run_window
from app.workspaces import OpenWorkspaces
from goatcore import Database, Repository
from ui.operations.schemas import NOTE, NOTES_PATH
from ui.window.main_window import MainWindow


def run_one_window(folders: Folders, side: str, seconds: float | None) -> int:
    """Show it until it is closed, then print what it held."""
    held: list[Answer] = []

    def place(window: MainWindow) -> None:
        room = window.screen().availableGeometry()
        width = room.width() // 2
        window.setGeometry(
            room.left() + (width if side == "right" else 0) + 8, room.top() + 40,
            width - 16, min(room.height() - 80, 900),
        )  # fmt: skip
        repository = _shared(window.shelf.databases)
        if repository is not None:
            window.list.choose(first_note(repository))

    def remember(workspaces: OpenWorkspaces) -> None:
        repository = _shared(workspaces.databases)
        held.append({} if repository is None else state_of(repository))

    code = run_window(
        folders,
        WindowPlan(
            interfaces="loopback",
            welcome=False,
            close_after_s=seconds,
            on_shown=place,
            on_closing=remember,
        ),
    )
    print(json.dumps(held[0] if held else {}), flush=True)
    return code


def _shared(databases: Sequence[Database]) -> Repository | None:
    for database in databases:
        for info in database.repositories():
            repository = database.repository(info.path)
            if info.path.startswith(NOTES_PATH) and any(repository.items(NOTE)):
                return repository
    return None
