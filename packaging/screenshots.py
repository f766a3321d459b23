"""Takes pictures of the window, light and dark, without a screen: `screenshots.py [FOLDER]`.

`screenshots.py FOLDER de` takes them in German; a third word is Qt's: `-reverse` is right-to-left.

Everything shown is real: workspaces in a temporary folder, notes in them, windows on them. Only in
the pictures of dialogs the network is played, since a code must not depend on who is in the room;
the two windows on one note are two installations that found each other on the loopback interface.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QPoint  # noqa: E402
from PySide6.QtGui import QPainter, QPixmap, QTextCursor  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402
from scenes.settings import take_settings  # noqa: E402

from goatcore import Database, Network, Role, system_clock  # noqa: E402
from ui.app import build_application  # noqa: E402
from ui.operations import notebooks, notes  # noqa: E402
from ui.theme.theme import Theme  # noqa: E402
from ui.window.main_window import MainWindow  # noqa: E402
from ui.window.memory import WindowMemory  # noqa: E402
from ui.workspaces import Names  # noqa: E402

NOW_MS = 1_763_722_800_000  # 21 November 2025, 11:00 UTC
HOUR_MS, DAY_MS = 3_600_000, 86_400_000

GARDEN = [
    (
        "Planting plan for the south bed",
        """The south bed gets **six hours of sun** until October, and the wall behind it keeps the \
frost away for two weeks longer than elsewhere.

## What goes where

1. Beans along the wall, *after* the last frost
2. Two rows of carrots, one of onions between them
3. Marigolds at the corners: the snails go there first

## To do before March

- [x] Order seeds (see [the list](https://example.org/seeds))
- [x] Sharpen the spade
- [ ] Ask next door for their `pH` kit
- [ ] Build the cold frame from the old windows

> A garden is never so good as it will be next year.

Last year's notes are in [[Garden diary 2024]]. #garden #spring
""",
        2 * 60_000,
    ),
    ("Garden diary 2025", "First frost on the 3rd, a week early. Covered the lettuce.", HOUR_MS),
    ("Compost, and what not to put into it", "No lemons, no glossy paper. Turn it once a month and \
keep it as wet as a wrung-out sponge.", 5 * HOUR_MS),
    ("Apples", "Boskoop keeps until **March**, Gravensteiner does not. Wrap each one in paper.",
     DAY_MS),
    ("Questions for the nursery", "- Which quince is hardy here?\n- Bare root or in pots?",
     3 * DAY_MS),
    ("", "The neighbour’s number changed: it is in the blue book now.", 12 * DAY_MS),
    ("Goats", "Three goats eat what one hedge grows. A fence of 1.40 m is a suggestion to them.",
     40 * DAY_MS),
]  # fmt: skip
WORK = [
    ("Release checklist", "1. Run everything once more\n2. Write to those who asked", 2 * DAY_MS),
    ("Reading: conflict-free types", "Order of operations does not matter *if* they commute.",
     4 * DAY_MS),
]  # fmt: skip
PAST = [  # how the first note came to be as it is: when, what was there, what became of it
    (2 * DAY_MS, "Two rows of carrots", "Three rows of leeks"),
    (DAY_MS, "- [x] Sharpen the spade\n", "- [x] Sharpen the spade and the shears\n"),
    (5 * HOUR_MS, "Three rows of leeks", "Two rows of carrots"),
    (HOUR_MS, " and the shears", ""),
]
DRAFT_BEGUN_MS, DRAFT_MERGED_MS = DAY_MS, HOUR_MS  # at these of them
DRAFTED = "4. A path of straw, so that nobody steps on the onions\n"
LONG_TITLE = (
    "Everything that has to be decided about the greenhouse before the carpenter comes on Monday, "
    "including the doors"
)


class Clock:
    """The database's clock while a past is written; then it stands."""

    now_ms = NOW_MS

    def __call__(self) -> int:
        return self.now_ms


class PlayedNetwork:
    """Says what the picture needs."""

    code_words = ("copper", "violin")

    def __init__(self) -> None:
        self.now = SimpleNamespace(
            connected=1, looking=True, sending=0, saved_on=1, problem=None, arrived=0, expected=0
        )
        self.invites: list[Any] = []
        self.last: Any = None

    problem = None

    def status(self, _database: object, _path: str | None = None) -> Any:
        return self.now

    def devices(self, _database: object, _path: str | None = None) -> list[Any]:
        return []

    def attempts(self, _database: object) -> list[Any]:
        return []

    def reach(self, _database: object, _address: str) -> None:
        """Nobody is there."""

    def peers(self) -> list[Any]:
        return []

    def nearby(self) -> list[Any]:
        return self.invites

    def presence(self, _repository: object) -> None:
        return None

    def subscribe(self, _callback: Callable[[], None]) -> Callable[[], None]:
        return lambda: None

    def share(self, *_: object, **__: object) -> Any:
        self.last = _played(
            code="7-copper-violin", state="waiting", guest=None, problem=None, tries_left=3,
            expires_ms=NOW_MS + 272_000,
        )  # fmt: skip
        return self.last

    def join(self, *_: object, **__: object) -> Any:
        self.last = _played(
            state="waiting", problem=None, host=("Neighbour", "kitchen tablet"), database=None,
            received=0, expected=0,
        )  # fmt: skip
        return self.last


def _played(**values: object) -> Any:
    played = SimpleNamespace(**values, callbacks=[])
    played.subscribe = lambda callback: (played.callbacks.append(callback), lambda: None)[1]
    played.confirm = played.reject = played.cancel = lambda: None

    def become(**changes: object) -> None:
        vars(played).update(changes)
        for callback in played.callbacks:
            callback()

    played.become = become
    return played


class PlayedWorkspaces:
    """One workspace, real; the names are asked for."""

    names = Names("Host", "host")
    names_confirmed = False

    def __init__(self, database: Database) -> None:
        self.databases = [database]

    def new_folder(self) -> Path:
        return Path()

    def add(self, database: Database) -> None:
        self.databases.append(database)

    def confirm_names(self, names: Names) -> None:
        self.names = names

    def subscribe(self, _callback: Callable[[], None]) -> Callable[[], None]:
        return lambda: None


def picture(window: QWidget, dialog: QWidget | None = None) -> QPixmap:
    """The window as it stands, with a dialog over it."""
    for _ in range(4):
        QApplication.processEvents()
    shot = window.grab()
    if dialog is not None:
        painter = QPainter(shot)
        painter.fillRect(shot.rect(), "#55000000")
        place = QPoint(
            (window.width() - dialog.width()) // 2, (window.height() - dialog.height()) // 3
        )
        painter.drawPixmap(place, dialog.grab())
        painter.end()
    return shot


def fill(database: Database, clock: Clock) -> None:
    """Notebooks and notes as somebody could have them, with a past."""
    clock.now_ms = NOW_MS - 3 * DAY_MS
    garden = notebooks.create(database, "Garden")
    work = notebooks.create(database, "Work")
    notebooks.create(database, "Recipes")
    notebooks.nested(garden, "Greenhouse")
    notebooks.nested(garden, "Seeds")
    for repository, written in ((garden, GARDEN), (work, WORK)):
        for title, body, ago_ms in reversed(written):
            notes.create(repository, title, body=body, now_ms=NOW_MS - ago_ms)
    plan = next(note for note in garden.items(notes.NOTE) if note.title == GARDEN[0][0])
    garden.record_drafts()
    draft: Any = None
    for ago_ms, old, new in PAST:
        if ago_ms == DRAFT_MERGED_MS:
            clock.now_ms = NOW_MS - 2 * HOUR_MS
            draft.merge()
        clock.now_ms = NOW_MS - ago_ms
        at = str(plan.body).index(old)
        plan.body.splice(at, len(old), new)
        garden.record_drafts()
        if ago_ms == DRAFT_BEGUN_MS:
            draft = plan.branch("Next year")
            there = draft.item(plan.key)
            there.body.splice(str(there.body).index("\n## To do"), 0, DRAFTED)
            clock.now_ms += HOUR_MS
            draft.record_drafts()
    clock.now_ms = NOW_MS


def take(application: QApplication, theme: Theme, folder: Path, scratch: Path) -> None:
    """All pictures of one mode."""
    mode = theme.mode
    (scratch / mode / "a").mkdir(parents=True)
    (scratch / mode / "b").mkdir()

    def save(name: str, shot: QPixmap) -> None:
        shot.save(str(folder / f"{name}-{mode}.png"))

    network = PlayedNetwork()
    empty = Database.open(scratch / "empty", home=scratch / "home of empty", clock=lambda: NOW_MS)
    window = MainWindow(
        PlayedWorkspaces(empty), network, WindowMemory(scratch / mode / "a"), theme, lambda: NOW_MS
    )
    window.show()
    save("empty", picture(window))
    window.close()
    empty.close()

    clock = Clock()
    database = Database.open(scratch / "own", home=scratch / "home", clock=clock,
                             member_name="Host", device_name="host")  # fmt: skip
    if not database.repositories()[1:]:
        fill(database, clock)
    workspaces = PlayedWorkspaces(database)
    memory = WindowMemory(scratch / mode / "b")
    window = MainWindow(workspaces, network, memory, theme, lambda: NOW_MS)
    window.show()
    window.shelf.others = lambda _place: ("Neighbour",)  # type: ignore[method-assign]
    garden = next(place for place in window.shelf.places if place.name == "Garden")
    window.sidebar.choose(garden)
    window.list.choose_first()
    window.desk.editor.moveCursor(QTextCursor.MoveOperation.Start)
    window.commands.run("search")
    window.searching.panel.line.setText("garden")
    picture(window)  # takes in the notes, and so their tags
    window.searching.panel.leave()
    save("window", picture(window))
    take_tabs(window, save)
    take_finding(window, save)
    take_settings(window, NOW_MS, save)
    window.toast.tell("Deleted “Compost, and what not to put into it”", lambda: None)
    window.toast._slide.setCurrentTime(10_000)
    window.banner.tell("The disk is full. Nothing was lost; make room and go on writing.")
    save("toast", picture(window))
    window.toast.hide()
    window.banner.hide()
    window.list.search.setText("pineapple")
    window.list.search.returnPressed.emit()
    save("nothing-found", picture(window))
    window.list.clear_search()
    window.sidebar.choose(window.shelf.places[0])
    window.list.choose_first()
    note = window.list.current
    title = note.title
    note.title = LONG_TITLE
    save("long-title", picture(window))
    note.title = title
    window.sidebar.choose(garden)

    assert window.sharing is not None
    share = window.sharing.share(garden)
    save("share", picture(window, share))
    share.show_code.click()
    save("share-code", picture(window, share))
    network.last.become(state="asking", guest=("Neighbour", "kitchen tablet"))
    save("share-confirm", picture(window, share))
    network.last.become(state="done")
    save("share-done", picture(window, share))
    share.close()
    join = window.sharing.join()
    save("join-nobody", picture(window, join))
    network.invites = [SimpleNamespace(number=7), SimpleNamespace(number=12)]
    join._look_around()
    join.code.setText("7-copper-violin")
    save("join", picture(window, join))
    join.join_button.click()
    save("join-waiting", picture(window, join))
    network.last.become(state="receiving", received=412, expected=1_180)
    save("join-receiving", picture(window, join))
    network.last.become(state="failed", problem="That was not the code. Look at the other screen "
                        "and type it again; two more tries are left.")  # fmt: skip
    save("join-failed", picture(window, join))
    join.close()
    window.close()
    database.close()
    application.processEvents()


def take_tabs(window: MainWindow, save: Callable[[str, QPixmap], None]) -> None:
    """Notes in tabs, one of them with a long title, one deleted elsewhere."""
    rows = list(window.list.model.rows)
    window.tabs.add(rows[1:4])
    title = rows[2].title
    rows[2].title = LONG_TITLE
    rows[3].delete()
    save("tabs", picture(window))
    rows[2].title = title
    rows[3].restore()
    window.commands.run("close_other_tabs")
    window.commands.run("focus")
    save("focus", picture(window))
    window.focus.leave()


def take_finding(window: MainWindow, save: Callable[[str, QPixmap], None]) -> None:
    """Going by name, finding in a note, the past, the trash."""
    window.commands.run("palette")
    window.going.chooser.line.setText("note")
    save("palette", picture(window))
    window.going.chooser.leave()
    window.commands.run("switch")
    window.going.chooser.line.setText("ga")
    save("switch", picture(window))
    window.going.chooser.line.setText("Zebra grass")
    save("switch-new", picture(window))
    window.going.chooser.leave()
    window.commands.run("search")
    save("search-help", picture(window))
    window.searching.panel.line.setText("garden OR frost")
    save("search", picture(window))
    window.searching.panel.line.setText("has:unicorn zebra")
    save("search-nothing", picture(window))
    window.searching.panel.leave()
    window.commands.run("replace")
    window.desk.find_bar.line.setText("the")
    save("find", picture(window))
    window.desk.finder.leave()
    window.commands.run("history")
    window.desk.past.strip.slider.setValue(3)
    save("past", picture(window))
    window.desk.past.strip.beside.click()
    save("past-beside", picture(window))
    window.desk.past.strip.beside.click()
    window.commands.run("history_graph")
    window.desk.past.graph.selectRow(2)
    save("graph", picture(window))
    window.desk.past.strip.graph.click()
    window.desk.leave_past()
    window.commands.run("notebook_then")
    notes_then = window.past_notes
    while notes_then.reads or not notes_then.slider.maximum():
        QApplication.processEvents()
    notes_then.slider.setValue(notes_then.slider.maximum())
    while notes_then.reads:
        QApplication.processEvents()
    save("notebook-then", picture(window))
    window.then.leave()
    window.desk.title_choice.show_titles([GARDEN[0][0], "South bed, spring"])
    save("titles", picture(window))
    window.desk.refresh()
    garden = window.place
    window.list.choose(window.list.model.rows[3])
    window.chosen.delete()
    window.toast.hide()
    window.commands.run("trash")
    save("trash", picture(window))
    window.chosen.restore()
    window.toast.hide()
    save("trash-empty", picture(window))
    window.sidebar.choose(garden)
    window.list.choose_first()


async def take_two(theme: Theme, folder: Path, scratch: Path) -> None:
    """Two people in one note: one installation each, joined over the network."""
    scratch.mkdir()
    windows: list[MainWindow] = []
    networks: list[Network] = []
    opened: list[PlayedWorkspaces] = []
    for name, device in (("Host", "host"), ("Neighbour", "kitchen tablet")):
        home = scratch / f"home of {name}"
        own = Database.open(scratch / name, home=home, member_name=name, device_name=device)
        network = Network(home, interfaces="loopback", port=0)
        network.add(own)
        await network.start()
        workspaces = PlayedWorkspaces(own)
        memory = WindowMemory(scratch / f"memory of {name}")
        window = MainWindow(workspaces, network, memory, theme, system_clock)
        window.resize(960, 620)
        window.parts.setSizes([170, 230, 560])
        window.show()
        networks.append(network)
        windows.append(window)
        opened.append(workspaces)
    host, guest = windows
    garden = notebooks.create(opened[0].databases[0], "Garden")
    for number, (title, body, ago_ms) in enumerate(GARDEN[::-1]):
        notes.create(garden, title, body=body, now_ms=system_clock() - ago_ms + number)
    share = networks[0].share(opened[0].databases[0], garden.path, whom="person")
    join = networks[1].join(
        share.code, folder=scratch / "joined", address=f"127.0.0.1:{networks[0].port}",
        member_name="Neighbour", device_name="kitchen tablet",
    )  # fmt: skip
    while join.state != "done":
        if share.state == "asking":
            share.confirm()
        assert join.state != "failed", join.problem
        await asyncio.sleep(0.05)
    opened[1].add(join.database)
    for window in windows:
        window.shelf.refresh()
        window.sidebar.choose(window.shelf.places[1])
        while len(window.list.model.rows) < len(GARDEN):
            await asyncio.sleep(0.05)
        window.list.choose_first()
    while not guest.desk.editor.toPlainText():
        await asyncio.sleep(0.05)
    guest.desk.editor.insertPlainText("Neighbour says: ")
    while host.desk.editor.toPlainText() != guest.desk.editor.toPlainText() or (
        host.desk.light.words != "Saved on 2 devices"
    ):
        await asyncio.sleep(0.05)
    for window, words in ((guest, "six hours of sun"), (host, "one of onions")):
        editor, at = window.desk.editor, window.desk.editor.toPlainText().index(words)
        place = editor.textCursor()
        place.setPosition(at)
        place.setPosition(at + len(words), QTextCursor.MoveMode.KeepAnchor)
        editor.setTextCursor(place)
    for window in windows:
        while not any(one.anchor != one.caret for one in window.desk.others.cursors.cursors):
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.3)
    both = QPixmap(2 * 960 + 3 * 24, 620 + 2 * 24)
    both.fill(theme.colour("line"))
    painter = QPainter(both)
    for number, window in enumerate(windows):
        painter.drawPixmap(24 + number * (960 + 24), 24, window.grab())
    painter.end()
    both.save(str(folder / f"together-{theme.mode}.png"))
    await take_people(host, networks[1], opened, folder / f"people-{theme.mode}.png")
    for window, network, workspaces in zip(windows, networks, opened, strict=True):
        window.close()
        await network.close()
        for database in workspaces.databases:
            await database.flush()
            database.close()


async def take_people(
    host: MainWindow, guest: Network, opened: list[PlayedWorkspaces], file: Path
) -> None:
    """Whom the notebook is shared with: while all are here, and when they are gone."""
    host.people.open()
    host.resize(1120, 620)
    neighbour = opened[0].databases[0].members()[1]
    here, gone = QPixmap(host.size()), QPixmap(host.size())
    await asyncio.sleep(0.3)
    host.render(here)
    await guest.remove(opened[1].databases[1])
    while host.people.panel.view.nobody is False:
        await asyncio.sleep(0.05)
    opened[0].databases[0].grant(host.place.path, neighbour.id, Role.viewer)
    host.desk.editor.insertPlainText("Back soon. ")
    while host.people.panel.view.people[1].devices[0].held == "Has everything":
        await asyncio.sleep(0.05)
    host.people.panel.by_address.click()
    host.render(gone)
    both = QPixmap(host.width(), 2 * host.height() + 24)
    both.fill("#888888")
    painter = QPainter(both)
    painter.drawPixmap(0, 0, here)
    painter.drawPixmap(0, host.height() + 24, gone)
    painter.end()
    both.save(str(file))


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "resources" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    language = sys.argv[2] if len(sys.argv) > 2 else "en"
    application, loop = build_application([sys.argv[0], *sys.argv[3:]], language)
    theme = Theme(application)
    with tempfile.TemporaryDirectory() as scratch, loop:
        for mode in ("light", "dark"):
            theme.set_mode(mode)
            take(application, theme, folder, Path(scratch))
            if language == "en":
                loop.run_until_complete(take_two(theme, folder, Path(scratch) / f"two {mode}"))


if __name__ == "__main__":
    main()
