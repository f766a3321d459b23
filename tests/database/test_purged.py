"""What is purged while a notebook is closed is gone when it opens, whatever its checkpoint says."""

from __future__ import annotations

import pytest

from goatcore.storage.checkpoint.reading import checkpoint_path
from goatcore.storage.file_log import log_path

PATH = "/notes/home"


def opened_notes(database, note):
    repository = database.repository(PATH)
    repository.register(note)
    return repository


@pytest.mark.parametrize("compacted", [False, True])
def test_a_checkpoint_from_before_a_purge_shows_nothing_of_it(opened, note, compacted):
    database = opened()
    home = opened_notes(database, note)
    for n in range(300):
        home.create(note, f"k{n}", title=f"note {n}", body="a secret" if n == 7 else "")
    database.flush_now()
    commits = [one.commit for one in home.item("k7").history]
    database.close()
    assert checkpoint_path(log_path(database.folder, home.id)).exists()

    again = opened()
    again.members_here.purge(again.repository_id(PATH), ["k7"], commits)
    home = opened_notes(again, note)
    assert home.item("k7") is None
    assert len(list(home.items(note))) == 299
    if compacted:
        again.compact_now(PATH)
        assert not home.store.has_bodies(commits)
    again.close()
    third = opened()
    home = opened_notes(third, note)
    assert home.item("k7") is None
    assert sorted(item.title for item in home.items(note)) == sorted(
        f"note {n}" for n in range(300) if n != 7
    )
