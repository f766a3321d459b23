"""Texts that are typed in: what is only noted shows, is recorded and is heard all the same."""

from __future__ import annotations

import random

import pytest

from goatcore.errors import DiskFailed, InvalidValue, Refused
from goatcore.history.operations import TEXT_SPLICE
from goatcore.storage.memory_log import MemoryLog


@pytest.fixture
def typed(peer, note):
    """A peer, and an item whose body somebody types in, unheard."""
    one = peer()
    item = one.repository.create(note, body="ab")
    item.body.splice(2, 0, "c")
    item.body.splice(3, 0, "d")
    return one, item


def test_what_is_typed_unheard_shows(typed):
    _, item = typed
    assert (len(item.body), str(item.body), item.body[1:3]) == (4, "abcd", "bc")
    item.body.splice(0, 2, "")
    assert (len(item.body), str(item.body)) == (2, "cd")


def test_what_is_typed_unheard_is_recorded_as_one_splice(typed):
    one, item = typed
    one.repository.record_drafts()
    (change,) = one.repository.body(list(one.store.commits())[-1]).changes
    assert change.operations == ((TEXT_SPLICE, "body", 2, 0, "cd"),)
    assert str(item.body) == "abcd"


def test_who_begins_to_listen_hears_the_next_letter(typed, note):
    one, item = typed
    heard, told = [], []
    end = item.subscribe(lambda change: heard.append((change.splices, str(item.body))))
    item.body.splice(4, 0, "e")
    end()
    item.body.splice(5, 0, "f")
    one.repository.subscribe(lambda change: told.append(str(item.body)))
    item.body.splice(6, 0, "g")
    assert heard == [({"body": [(4, 0, "e")]}, "abcde")]
    assert told == ["abcdefg"]
    found = one.repository.query(note).where(lambda row: str(row.body).endswith("h"))
    assert list(found) == []
    item.body.splice(7, 0, "h")
    assert list(found) == [item]


def test_a_place_that_is_not_in_the_text_is_refused_while_typing(typed):
    _, item = typed
    for position, deleted in ((5, 0), (4, 1), (-1, 0), (0, -1)):
        with pytest.raises(InvalidValue, match="the text has 4"):
            item.body.splice(position, deleted, "x")
    with pytest.raises(InvalidValue, match="must be a string"):
        item.body.splice(0, 0, 7)
    with pytest.raises(InvalidValue, match="surrogate"):
        item.body.splice(0, 0, "\ud800")
    assert str(item.body) == "abcd"


def test_who_may_not_write_any_more_is_told_at_the_next_letter(typed):
    one, item = typed
    one.membership.reason = "You may only read here."
    one.repository.membership_changed()
    with pytest.raises(Refused, match="only read"):
        item.body.splice(0, 0, "x")
    assert str(item.body) == "abcd"


def test_a_closed_notebook_takes_no_letter_even_if_its_disk_failed(typed, monkeypatch):
    one, item = typed

    def fail(_log, _entries):
        raise DiskFailed("The disk is full.")

    monkeypatch.setattr(MemoryLog, "append", fail)
    with pytest.raises(DiskFailed):
        one.repository.close()
    with pytest.raises(Refused, match="closed"):
        item.body.splice(0, 0, "x")


def test_what_was_typed_while_the_disk_fails_is_recorded_when_it_does_not(
    typed, timers, monkeypatch
):
    one, item = typed
    append, count = MemoryLog.append, one.repository.count

    def fail(_log, _entries):
        raise DiskFailed("The disk is full.")

    monkeypatch.setattr(MemoryLog, "append", fail)
    timers.advance(1_000)
    assert len(one.errors) == 1
    item.body.splice(4, 0, "e")
    timers.advance(999)
    assert len(one.errors) == 1
    timers.advance(1)
    assert len(one.errors) == 2
    monkeypatch.setattr(MemoryLog, "append", append)
    item.body.splice(5, 0, "f")
    timers.advance(1_000)
    assert one.repository.count == count + 1
    assert str(item.body) == "abcdef"


def test_a_clock_that_is_set_back_holds_nothing_up(typed, timers):
    one, item = typed
    count = one.repository.count
    timers.advance(-3_600_000)
    item.body.splice(4, 0, "e")
    timers.advance(3_600_000 + 1_000)
    assert one.repository.count == count + 1


def test_another_who_connects_makes_the_letters_be_recorded_sooner(typed, timers):
    one, _ = typed
    count = one.repository.count
    timers.advance(100)
    one.repository.shared = True
    timers.advance(49)
    assert one.repository.count == count
    timers.advance(1)
    assert one.repository.count == count + 1


def test_what_is_undone_in_a_transaction_leaves_the_letters_before_it(typed):
    one, item = typed

    class Cancelled(Exception):
        pass

    with pytest.raises(Cancelled), one.repository.transaction():
        item.body.splice(0, 4, "gone")
        item.body.splice(4, 0, "!")
        assert str(item.body) == "gone!"
        raise Cancelled
    assert str(item.body) == "abcd"


@pytest.mark.parametrize("seed", range(60))
def test_any_splices_heard_or_not_come_to_the_same(make_peer, note, seed):
    """Beside a plain string, and to a second device, however it is looked at and recorded."""
    chance = random.Random(seed)
    one, other = make_peer(1), make_peer(2)
    item = one.repository.create(note, body="the goat", title="t")
    text, last, ends = "the goat", 0, []
    for number in range(chance.choice([40, 700])):
        at = chance.randint(0, len(text))
        gone = chance.choice([0, 0, 0, 1, 5])
        gone = min(gone, len(text) - at)
        new = chance.choice(["", "x", "yz", "é", "🐐", "w" * 70]) if gone else "x"
        if chance.random() < 0.7 and number:
            at, gone = min(last, len(text)), 0  # typing on
            new = new or "k"
        item.body.splice(at, gone, new)
        text, last = text[:at] + new + text[at + gone :], at + len(new)
        kind = chance.random()
        if kind < 0.05:
            assert str(item.body) == text
        elif kind < 0.1:
            item.title = f"{number}"
        elif kind < 0.13:
            ends.append(item.subscribe(lambda change: None))
        elif kind < 0.2 and ends:
            ends.pop()()
        elif kind < 0.22:
            one.repository.record_drafts()
        elif kind < 0.24:
            text += " new words"
            item.body = text
        assert len(item.body) == len(text)
    one.repository.record_drafts()
    other.pull(one)
    other.repository.register(note)
    assert str(item.body) == str(other.repository.item(item.key).body) == text
