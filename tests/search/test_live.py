"""Search on a running loop, as a window uses it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from goatcore import Closed, Document, LocalMisuse, Search, Searched
from goatcore.query import replay
from goatcore.search.index import Index
from goatcore.search.upkeep import SAVE_AFTER


class Heard:
    """What a listener of a live search heard, as rows."""

    def __init__(self, live) -> None:
        self.rows = list(live.rows)
        self.deliveries = 0
        live.subscribe(self._hear)

    def _hear(self, splices):
        self.rows = replay(self.rows, splices)
        self.deliveries += 1


def write(database, note, count, word="oat"):
    notes = database.repository("/notes/garden")
    with notes.transaction("many"):
        for number in range(count):
            notes.create(note, str(number), title=f"{word} {number}", body="milk", edited=number)
    return notes


async def test_hits_come_a_moment_after_they_were_asked_for(workspace, searching, note, titles):
    database = workspace()
    write(database, note, 3)
    search = searching(database)
    live = search.live("oat", limit=2)
    assert live.rows == []
    assert live.busy
    heard = Heard(live)
    await search.wait_settled()
    await live.ready()
    assert titles(live.rows) == ["oat 2", "oat 1"]
    assert live.more
    assert not live.busy
    assert heard.rows == live.rows
    assert search.settled
    assert search.pending == 0


async def test_only_what_was_asked_last_is_answered(workspace, searching, note, titles):
    database = workspace()
    write(database, note, 3)
    search = searching(database)
    await search.wait_settled()
    live = search.live()
    heard = Heard(live)
    for typed in ("o", "oa", "oat", "oat 1"):
        live.ask(typed)
    await live.ready()
    assert titles(live.rows) == ["oat 1"]
    assert heard.deliveries == 1
    live.ask("")
    await live.ready()
    assert heard.rows == live.rows == []


async def test_a_search_that_runs_is_given_up_for_the_next_one(
    workspace, searching, note, titles, monkeypatch
):
    database = workspace()
    write(database, note, 3)
    search = searching(database)
    await search.wait_settled()
    begun, find = threading.Event(), Index.find
    asked = []

    def slow(self, wanted, names, **more):
        asked.append(wanted.title)
        if wanted.title == "oat":
            begun.set()
            while not more["stopped"]():
                threading.Event().wait(0.001)
        return find(self, wanted, names, **more)

    monkeypatch.setattr(Index, "find", slow)
    live = search.live("oat")
    heard = Heard(live)
    await asyncio.to_thread(begun.wait)
    live.ask("oat 2")
    await live.ready()
    assert titles(live.rows) == ["oat 2"]
    assert asked == ["oat", "oat 2"]
    assert heard.deliveries == 1


async def test_hits_move_while_notes_are_written(workspace, searching, note, titles):
    database = workspace()
    notes = write(database, note, 3)
    search = searching(database)
    await search.wait_settled()
    live = await search.live("oat").ready()
    heard = Heard(live)
    notes.create(note, title="oat 9", edited=9)
    notes.item("1").delete()
    notes.item("0").title = "goat 0"
    notes.item("2").body.splice(0, 0, "soy ")
    assert [hit.item.key for hit in live.rows] == ["2", "1", "0"]
    await search.wait_settled()
    await live.ready()
    assert titles(live.rows) == ["oat 9", "oat 2", "goat 0"]
    assert heard.rows == live.rows
    assert live.rows[1].snippet.text == "soy milk"


async def test_many_edits_of_one_note_are_taken_in_once(workspace, searching, note):
    database = workspace()
    notes = write(database, note, 2)
    search = searching(database)
    await search.wait_settled()
    search.texts.clear()
    for letter in "compost":
        notes.item("1").body.splice(0, 0, letter)
    await search.wait_settled()
    assert search.texts == ["tsopmocmilk"]


async def test_it_takes_edits_in_by_itself(workspace, searching, note, titles):
    database = workspace()
    notes = write(database, note, 2)
    search = searching(database)
    await search.wait_settled()
    live = await search.live("compost").ready()
    moved = asyncio.Event()
    live.subscribe(lambda _splices: moved.set())
    notes.item("1").body = "compost"
    await moved.wait()
    assert titles(live.rows) == ["oat 1"]


async def test_much_is_saved_by_itself(workspace, searching, note):
    database = workspace()
    write(database, note, SAVE_AFTER)
    search = searching(database)
    await search.wait_settled()
    live = await search.live("oat").ready()  # its turn comes after the saving
    assert live.more
    files = list((database.home / "search").iterdir())
    assert len(files) == 1
    assert b"milk" not in files[0].read_bytes()
    search.close()
    again = searching(database)
    await again.wait_settled()
    assert again.texts == []


async def test_a_long_text_is_taken_in_by_parts(workspace, searching, note, titles):
    database = workspace()
    notes = database.repository("/notes/garden")
    lines = "".join(f"line {number} of a very long text\n" for number in range(3_000))
    notes.create(note, title="Long", body=lines + "#end compost")
    notes.create(note, title="One line", body="word " * 8_000 + "compost")
    notes.create(note, title="One word", body="x" * 30_000 + " compost")
    search = searching(database)
    await search.wait_settled()
    live = await search.live("compost").ready()
    assert sorted(titles(live.rows)) == ["Long", "One line", "One word"]
    assert len(search.texts) > 15
    assert "".join(search.texts).count("line 2999 of a very long text\n") == 1
    live.ask("tag:end")
    assert titles((await live.ready()).rows) == ["Long"]
    live.ask('"line 1500 of a very"')
    assert titles((await live.ready()).rows) == ["Long"]


async def test_an_index_that_fails_on_its_thread_is_made_anew(workspace, searching, note, titles):
    database = workspace()
    notes = write(database, note, 3)
    search = searching(database)
    await search.wait_settled()
    live = await search.live("oat").ready()
    search._upkeep.index._connection.execute("DROP TABLE documents")
    notes.item("1").title = "soy"
    await search.wait_settled()
    await live.ready()
    assert titles(live.rows) == ["oat 2", "oat 0"]
    assert search.problem is None


async def test_without_a_usable_database_it_says_so_and_nobody_waits(
    workspace, searching, note, monkeypatch
):
    database = workspace()
    write(database, note, 3)
    monkeypatch.setattr("goatcore.search.index._TABLES", "CREATE VIRTUAL TABLE x USING none;")
    search = searching(database)
    live = search.live("oat")
    await search.wait_settled()
    await live.ready()
    assert live.rows == []
    assert search.problem == (
        "Nothing can be searched: no such module: none. Start the program again."
    )


async def test_a_fault_in_reading_texts_harms_no_other_note(workspace, note, titles):
    def facets(lines):
        if "oat 1" in lines:
            raise ValueError("A fault.")
        from goatcore import Facets

        return Facets(["fine"])

    database = workspace()
    notes = write(database, note, 3)
    for number in range(3):
        notes.item(str(number)).body = f"oat {number}"
    searched = Searched(note, lambda item: Document(item.title, str(item.body)), facets)
    with Search(database, [searched]) as search:
        await search.wait_settled()
        live = await search.live("oat").ready()
        assert len(live.rows) == 3
        live.ask("tag:fine")
        assert sorted(titles((await live.ready()).rows)) == ["oat 0", "oat 2"]
        assert database.problem == "A fault."


async def test_closing_in_the_middle_of_it_harms_nothing(workspace, searching, note):
    database = workspace()
    write(database, note, 300)
    search = searching(database)
    live = search.live("oat")
    waiting = asyncio.create_task(live.ready())
    settled = asyncio.create_task(search.wait_settled())
    await asyncio.sleep(0)
    search.close()
    search.close()
    await waiting
    await settled
    with pytest.raises(Closed):
        search.live("oat")
    await asyncio.sleep(0)


async def test_what_blocks_is_refused_on_a_loop(workspace, searching):
    search = searching(workspace())
    with pytest.raises(LocalMisuse):
        search.find("oat")
    with pytest.raises(LocalMisuse):
        search.settle()


async def test_a_fault_of_a_listener_reaches_nobody_else(workspace, searching, note):
    database = workspace()
    write(database, note, 1)
    search = searching(database)
    await search.wait_settled()
    live = search.live("oat")

    def fail(_splices):
        raise ValueError("A listener's fault.")

    live.subscribe(fail)
    heard = Heard(live)
    await live.ready()
    assert len(heard.rows) == 1
    assert database.problem == "A listener's fault."
