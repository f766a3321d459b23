"""What was deleted can be listed, apart from what shows."""

from __future__ import annotations

from goatcore import Database, Schema, string

NOTE = Schema("note", 1, title=string())
TASK = Schema("task", 1, title=string())


def test_deleted_items_are_listed_until_they_are_restored(tmp_path):
    with Database.open(tmp_path / "own", home=tmp_path / "home") as database:
        repository = database.repository("/data/things")
        kept, gone = (repository.create(NOTE, title=title) for title in ("kept", "gone"))
        task = repository.create(TASK, title="done")
        gone.delete()
        task.delete()
        assert list(repository.items(NOTE)) == [kept]
        assert list(repository.items(NOTE, deleted=True)) == [gone]
        assert set(repository.items(deleted=True)) == {gone, task}
        gone.restore()
        assert list(repository.items(NOTE, deleted=True)) == []
    with Database.open(tmp_path / "own", home=tmp_path / "home") as database:
        (item,) = database.repository("/data/things").items(TASK, deleted=True)
        assert (item.title, item.exists) == ("done", False)


def test_a_query_by_time_moves_when_an_item_is_kept_against_a_delete(peer, timers, note):
    a, b = peer(1), peer(2)
    for key in ("kept", "other"):
        timers.advance(10)
        a.repository.create(note, key, title=key)
    b.pull(a)
    b.repository.register(note)
    a.repository.item("kept").delete()
    timers.advance(10)
    b.repository.item("kept").title = "edited beside it"
    b.repository.record_drafts()
    a.pull(b)
    newest = a.repository.query(note).order_by("edited_ms")
    timers.advance(10)
    a.repository.create(note, "last", title="last")
    assert [item.key for item in newest] == ["other", "kept", "last"]
    timers.advance(10)
    a.repository.item("kept").restore()
    assert [item.key for item in newest] == ["other", "last", "kept"]
