"""Folders of Markdown into notebooks and out of them, in a window."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from ui.models.places import ALL
from ui.operations import notebooks, notes
from ui.operations.schemas import NOTE
from ui.window.main_window import MainWindow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "Herbs"
    (made / "beds").mkdir(parents=True)
    (made / "mint.md").write_text("# Mint\n\nSpreads.\n")
    (made / "beds/south.md").write_text("Thyme.\n")
    return made


def done(window: MainWindow, loop: Any) -> str:
    loop.run_until_complete(window.carrying.task)
    return window.progress.words


def herbs(window: MainWindow) -> Any:
    (listed,) = [it for it in notebooks.listing(window.shelf.databases[0]) if it.name == "Herbs"]
    return listed.repository


def test_a_folder_becomes_a_notebook_and_comes_in_again_without_doubles(
    window: MainWindow, folder: Path, loop: Any
) -> None:
    window.carrying.bring_in(folder)
    assert window.carrying.busy
    assert done(window, loop) == "2 notes are in “Herbs”."
    assert not window.progress.isHidden()
    assert sorted(note.title for note in herbs(window).items(NOTE)) == ["Mint", "south"]
    assert "Herbs" in [place.name for place in window.shelf.places]
    mint = next(note for note in herbs(window).items(NOTE) if note.title == "Mint")
    mint.title = "Peppermint"
    (folder / "mint.md").write_text("# Mint\n\nSpreads, and how.\n")
    (folder / "broken.md").write_bytes(b"\0\0")
    window.carrying.bring_in(folder)
    first, *others = done(window, loop).splitlines()
    assert first == "1 note is in “Herbs”."
    assert others[0].startswith("broken.md: ")
    assert others[1] == "mint.md: it was edited since, and is left as it is."
    assert len(list(herbs(window).items(NOTE))) == 2


def test_what_is_stopped_keeps_what_is_done(window: MainWindow, tmp_path: Path, loop: Any) -> None:
    many = tmp_path / "Herbs"
    many.mkdir()
    for number in range(400):
        (many / f"{number}.md").write_text(f"Herb {number}")
    window.carrying.bring_in(many)
    told: list[str] = []

    async def stop_at_the_first_news() -> None:
        while " of 400" not in window.progress.words:
            await asyncio.sleep(0)
        told.append(window.progress.button.text())
        window.progress.button.click()

    loop.run_until_complete(stop_at_the_first_news())
    words = done(window, loop)
    count = len(list(herbs(window).items(NOTE)))
    assert told == ["Stop"]
    assert 0 < count < 400
    assert words.split()[:2] == ["Stopped:", str(count)]


def test_an_empty_folder_and_one_that_is_gone_are_told(
    window: MainWindow, tmp_path: Path, loop: Any
) -> None:
    window.carrying.bring_in(tmp_path)
    done(window, loop)
    assert window.banner.words == f"There are no Markdown files in “{tmp_path.name}”."
    window.carrying.bring_in(tmp_path / "Gone")
    done(window, loop)
    assert window.banner.words.startswith("The folder “Gone” cannot be used: No such file")
    assert window.progress.isHidden()


def test_notebooks_are_written_as_folders(window: MainWindow, tmp_path: Path, loop: Any) -> None:
    database = window.shelf.databases[0]
    for name in ("Garden", "Kitchen"):
        notes.create(notebooks.create(database, name), "Plan", body=f"Of the {name}.", now_ms=1)
    window.shelf.refresh()
    places = {place.name: place for place in window.shelf.places}
    window.carrying.write(places["Garden"], tmp_path / "one")
    assert done(window, loop) == "1 note is in the folder “one”."
    assert [it.name for it in (tmp_path / "one").iterdir()] == ["Garden"]
    assert (tmp_path / "one/Garden/Plan.md").read_text().endswith("Of the Garden.")
    everything = next(place for place in window.shelf.places if place.kind == ALL)
    window.carrying.write(everything, tmp_path / "all")
    done(window, loop)
    assert {"Garden", "Kitchen"} <= {it.name for it in (tmp_path / "all").iterdir()}


def test_one_thing_at_a_time(window: MainWindow, folder: Path, loop: Any) -> None:
    window.carrying.bring_in(folder)
    window.carrying.ask_import()
    assert window.banner.words == "Something is imported or exported already. Stop it, or wait."
    done(window, loop)


def test_a_window_that_is_closed_ends_what_is_under_way(
    window: MainWindow, folder: Path, loop: Any
) -> None:
    window.carrying.bring_in(folder)
    window.close()
    assert window.carrying.task is not None
    loop.run_until_complete(_ended(window.carrying.task))
    assert window.carrying.task.cancelled()


async def _ended(task: Any) -> None:
    await asyncio.wait([task])
