"""Search over a workspace, as a program without a loop uses it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goatcore import Closed, Search, Searched
from goatcore.query import replay
from goatcore.search.index import Index
from goatcore.search.sidecar import sidecar_path
from goatcore.search.upkeep import SAVE_AT_CLOSE


@pytest.fixture
def garden(workspace, note):
    """A workspace with a garden notebook of three notes."""
    database = workspace()
    notes = database.repository("/notes/garden")
    notes.create(note, "oat", title="Oat milk", body="for Ann #shop", edited=3)
    notes.create(note, "plan", title="Planting plan", body="- [ ] beans along the wall", edited=2)
    notes.create(note, "goat", title="Goats", body="See https://x.org, Ann’s goats", edited=1)
    return database


def test_notes_are_found_by_what_they_say(garden, searching, titles):
    search = searching(garden)
    assert titles(search.find("oat")) == ["Oat milk", "Goats"]
    assert titles(search.find("ann")) == ["Oat milk", "Goats"]
    assert titles(search.find("has:todo")) == ["Planting plan"]
    assert titles(search.find("tag:shop")) == ["Oat milk"]
    assert titles(search.find("has:link goat")) == ["Goats"]
    assert titles(search.find("compost")) == []
    assert search.find("") == []
    assert titles(search.find("ann", limit=1)) == ["Oat milk"]
    hit = search.find("wall")[0]
    assert (hit.title.text, hit.title.ranges) == ("Planting plan", ())
    assert (hit.snippet.text, hit.snippet.ranges) == ("beans along the wall", ((16, 20),))


def test_every_kind_of_change_is_followed(garden, searching, note, titles):
    search = searching(garden)
    notes = garden.repository("/notes/garden")
    assert titles(search.find("plan")) == ["Planting plan"]
    plan = notes.item("plan")
    plan.delete()
    assert search.find("plan") == []
    plan.restore()
    assert titles(search.find("plan")) == ["Planting plan"]
    plan.title = "Sowing"
    assert search.find("title:plan") == []
    plan.body.splice(0, 0, "Compost first. ")
    assert titles(search.find("compost")) == ["Sowing"]
    plan.pinned = True
    assert titles(search.find("is:pinned")) == ["Sowing"]
    with notes.transaction("more"):
        notes.create(note, title="More oats")
        notes.item("oat").delete()
    assert titles(search.find("oat")) == ["More oats", "Goats"]


def test_notebooks_are_found_by_the_names_they_have_now(garden, searching, note, shelf, titles):
    search = searching(garden)
    work = garden.repository("/notes/work")
    inside = work.create(shelf, name="Old plans")
    work.create(note, title="Oats", notebook=inside.key)
    work.create(note, title="Oat report")
    assert sorted(titles(search.find("oat notebook:work"))) == ["Oat report"]
    assert titles(search.find("oat notebook:plans")) == ["Oats"]
    assert sorted(titles(search.find("oat -notebook:garden"))) == ["Oat report", "Oats"]
    inside.name = "Dreams"
    assert titles(search.find("notebook:dream")) == ["Oats"]
    assert titles(search.find("notebook:plans")) == []


def test_notes_are_found_by_who_wrote_them_last(garden, searching, titles):
    search = searching(garden)
    assert len(search.find("author:lee")) == 3
    assert search.find("author:bo") == []
    garden.rename("Bo", "Desk")
    assert len(search.find("author:bo")) == 3


def test_other_paths_and_schemas_are_left_alone(garden, searching, note, shelf, titles):
    search = searching(garden)
    garden.repository("/data/elsewhere").create(note, title="Oat elsewhere")
    garden.repository("/notes/garden").create(shelf, name="Oat shelf")
    assert titles(search.find("oat")) == ["Oat milk", "Goats"]


def test_a_restart_reads_only_what_has_changed_since(workspace, searching, note, titles):
    with workspace() as database:
        notes = database.repository("/notes/garden")
        with notes.transaction("many"):
            for number in range(SAVE_AT_CLOSE):
                notes.create(note, str(number), title=f"Oat {number}", body=f"text {number}")
        database.flush_now()
        search = searching(database)
        assert len(search.find("oat")) == SAVE_AT_CLOSE
        assert len(search.texts) == SAVE_AT_CLOSE
        search.close()
    with workspace() as database:
        search = searching(database)
        assert len(search.find("oat")) == SAVE_AT_CLOSE
        assert search.texts == []
        notes = database.repository("/notes/garden")
        notes.item("7").body = "compost"
        notes.item("8").delete()
        search.close()
    with workspace() as database:
        notes = database.repository("/notes/garden")
        notes.register(note)
        notes.item("9").title = "Goats"
        search = searching(database)
        assert titles(search.find("compost")) == ["Oat 7"]
        assert len(search.find("oat 8")) == 0
        assert len(search.find("oat")) == SAVE_AT_CLOSE - 1
        assert search.texts == ["text 9", "compost"] or search.texts == ["compost", "text 9"]


@pytest.mark.parametrize("harm", ["gone", "cut", "changed", "other form", "no database"])
def test_an_index_that_cannot_be_used_is_made_anew(
    workspace, searching, note, titles, monkeypatch, harm
):
    with workspace() as database:
        notes = database.repository("/notes/garden")
        with notes.transaction("many"):
            for number in range(SAVE_AT_CLOSE):
                notes.create(note, str(number), title=f"Oat {number}")
        search = searching(database)
        search.settle()
        if harm == "no database":
            monkeypatch.setattr(Index, "image", lambda _self: b"nothing of the kind" * 300)
        search.close()
        monkeypatch.undo()
        path = sidecar_path(database.home, database.id)
    data = path.read_bytes()
    assert b"Oat" not in data
    if harm == "gone":
        path.unlink()
    elif harm == "cut":
        path.write_bytes(data[:-1])
    elif harm == "changed":
        path.write_bytes(data[:100] + b"\0\0" + data[102:])
    with workspace() as database:
        search = searching(database, version=2 if harm == "other form" else 1)
        assert len(search.find("oat")) == SAVE_AT_CLOSE
        assert len(search.texts) == SAVE_AT_CLOSE
        assert search.problem is None


def test_an_index_that_fails_is_made_anew_once(garden, searching, monkeypatch, titles):
    search = searching(garden)
    assert titles(search.find("plan")) == ["Planting plan"]
    search._upkeep.index._connection.execute("DROP TABLE documents")
    garden.repository("/notes/garden").item("plan").title = "Sowing plan"
    assert titles(search.find("plan")) == ["Sowing plan"]
    assert search.problem is None
    search._upkeep.index._connection.execute("DROP TABLE documents")
    garden.repository("/notes/garden").item("plan").title = "Plan"
    assert search.find("plan") == []
    assert search.problem == (
        "Nothing can be searched: no such table: documents. Start the program again."
    )


def test_notebooks_that_are_no_longer_read_leave_a_saved_index(workspace, searching, note):
    with workspace() as database:
        for path in ("/notes/garden", "/notes/work"):
            notes = database.repository(path)
            with notes.transaction("many"):
                for number in range(SAVE_AT_CLOSE):
                    notes.create(note, title=f"Oat {number}")
        with searching(database) as search:
            search.settle()
    with workspace() as database:
        infos = database.repositories
        database.repositories = lambda: [one for one in infos() if one.path == "/notes/work"]
        with searching(database) as search:
            assert len(search.find("oat")) == SAVE_AT_CLOSE
            assert search.texts == []
            assert len(search._upkeep.index.repositories()) == 1


def test_a_fault_of_the_application_harms_one_item_only(garden, note, titles):
    def document(item):
        if item.key == "plan":
            raise ValueError("A fault.")
        from goatcore import Document

        return Document(item.title, str(item.body))

    with Search(garden, [Searched(note, document)]) as search:
        assert titles(search.find("oat")) == ["Oat milk", "Goats"]
        assert search.find("plan") == []
        assert garden.problem == "A fault."


def test_a_live_search_moves_with_the_notes(garden, searching, note, titles):
    search = searching(garden)
    live = search.live("oat")
    heard = []
    rows = list(live.rows)
    live.subscribe(heard.extend)
    assert titles(live.rows) == ["Oat milk", "Goats"]
    notes = garden.repository("/notes/garden")
    notes.create(note, title="Oats", edited=9)
    notes.item("goat").delete()
    notes.item("oat").title = "Oat milk, again"
    search.settle()
    assert titles(live.rows) == ["Oat milk, again", "Oats"]
    assert replay(rows, heard) == live.rows
    live.ask("plan")
    assert titles(live.rows) == ["Planting plan"]
    assert replay(rows, heard) == live.rows
    live.ask("")
    assert live.rows == []
    live.close()
    with pytest.raises(Closed):
        live.ask("more")
    search.close()
    with pytest.raises(Closed):
        search.find("oat")


def test_what_was_typed_wrongly_is_said(garden, searching):
    live = searching(garden).live("oat has:unicorn")
    assert len(live.rows) == 2
    assert live.problems == ("“has:unicorn” means nothing; after has: comes link, pinned, todo.",)


def test_a_notebook_that_came_is_searched_and_one_that_closed_is_opened_again(
    garden, searching, note, titles
):
    search = searching(garden)
    assert search.find("report") == []
    garden.repository("/notes/work").create(note, title="Report")
    assert titles(search.find("report")) == ["Report"]
    garden.close_repository("/notes/work")
    assert titles(search.find("report")) == ["Report"]
    garden.repository("/notes/work").create(note, title="Report two")
    assert len(search.find("report")) == 2


EDITS = st.lists(
    st.tuples(
        st.sampled_from(["create", "title", "body", "delete", "restore", "settle", "pin"]),
        st.integers(0, 4),
        st.lists(st.sampled_from(["oat", "goat", "milk", "#a", "- [ ]", "日本"]), max_size=4),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(EDITS)
def test_taken_in_bit_by_bit_is_the_same_as_made_anew(tmp_path_factory, note, edits):
    from goatcore import Database

    folder = tmp_path_factory.mktemp("same")
    with Database.open(folder / "w", home=folder / "h", clock=lambda: 0) as database:
        notes = database.repository("/notes/one")
        with Search(database, [Searched(note, plain)]) as search:
            for verb, number, words in edits:
                change(notes, note, verb, f"key{number}", " ".join(words), search)
            with Search(database, [Searched(note, plain)]) as anew:
                for typed in ("oat", "milk", "oat milk", "日本", "-goat", "a", '"oat goat"'):
                    assert rows(search, typed) == rows(anew, typed), typed


def plain(item):
    from goatcore import Document

    return Document(item.title, str(item.body))


def rows(search, typed):
    return {(hit.item.key, round(hit.score, 6), hit.within) for hit in search.find(typed)}


def change(notes, note, verb, key, words, search):
    item = notes.item(key)
    if verb == "settle":
        search.settle()
    elif verb == "create" and item is None:
        notes.create(note, key, title=words)
    elif item is not None:
        match verb:
            case "title":
                item.title = words
            case "body":
                item.body.splice(0, min(2, len(item.body)), words)
            case "delete":
                item.delete()
            case "restore":
                item.restore()
            case "pin":
                item.pinned = not item.pinned
