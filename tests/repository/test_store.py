"""The store: held commits come back from the log, byte for byte, and few of them stay in memory."""

from __future__ import annotations

import gc
from weakref import ref

import pytest

from goatcore.errors import Damaged
from goatcore.history.packing import WHOLE_EVERY
from goatcore.repository.recent import Recent


def test_a_commit_comes_back_from_the_log_as_it_was_made(peer, note):
    a, b = peer(1), peer(2)
    raw = {}
    for round_ in range(WHOLE_EVERY + 3):  # whole and packed ones, of two authors
        for one, other in ((a, b), (b, a)):
            one.repository.create(note, f"{one.author.hex()[:4]} {round_}", title=f"{round_}")
            commit = one.store.raw(one.store.last(one.author).id)
            raw[commit.id] = commit.raw
            other.repository.admit([commit])
    reopened = peer(1, a.log.entries())
    for store in (a.store, reopened.store):
        store._recent.clear()
        assert {id_: store.raw(id_).raw for id_ in raw} == raw
        assert [commit.id for commit in store.commits()] == list(raw)


def test_a_commit_knows_its_auth_and_time_without_being_read(peer, note):
    a = peer()
    a.repository.create(note, title="one")
    first = a.store.raw(a.store.last(a.author).id)
    a.repository.create(note, title="two")
    second = a.store.raw(a.store.last(a.author).id)
    assert second.header.auth is None
    assert a.store.auth_of(first.id) == a.store.auth_of(second.id) == first.header.auth
    assert a.store.time_of(second.id) == second.header.time
    assert a.store.tip(second.id) == (a.author, 2, second.id)
    assert a.store.tip(b"?" * 32) is None
    assert a.store.ancestor(second.id, 1) == first.id
    assert a.store.ancestor(second.id, 2) is None


def test_another_record_in_a_commits_place_is_damage(peer, note):
    a = peer()
    a.repository.create(note, title="one")
    a.repository.create(note, title="two")
    a.store._recent.clear()
    a.log._records[1] = a.log._records[1]._replace(body=a.log._records[0].body, type=1)
    assert a.store.find(a.store.durable.id(0)) is not None
    with pytest.raises(Damaged):
        a.store.find(a.store.last(a.author).id)


class Thing:
    """Something that tells when it is gone."""


def test_what_was_not_used_for_long_is_let_go():
    recent: Recent[int, Thing] = Recent(10)
    kept = Thing()
    recent.put(0, kept, 5)
    gone = Thing()
    weak = ref(gone)
    recent.put(1, gone, 5)
    del gone
    for key in range(2, 20):
        recent.put(key, Thing(), 5)
        assert recent.get(0) is kept
        assert len(recent) <= 5
    gc.collect()
    assert recent.get(1) is None
    assert weak() is None
    recent.clear()
    assert recent.get(0) is None
