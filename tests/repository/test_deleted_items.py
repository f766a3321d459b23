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
