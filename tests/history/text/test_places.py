"""Places of an older text in the present one, over random histories and by hand."""

from __future__ import annotations

from random import Random

import pytest

from goatcore.history.item_state import ChangeRecord, ItemState
from goatcore.history.splices import TextSplice
from goatcore.history.text.places import EVENTS_MAX, after, before


def with_letters_of_its_own(records):
    """The same history, in which no letter is written twice."""
    unused = iter(range(0x4E00, 0xD000))
    for record in records:
        operations = tuple([
            (*one[:4], "".join(chr(next(unused)) for _ in one[4])) if one[0] == 1 else one
            for one in record.operations
        ])  # fmt: skip
        yield record._replace(operations=operations)


@pytest.mark.parametrize("seed", range(60))
def test_a_place_stays_between_its_letters(histories, seed):
    random = Random(seed)
    state = ItemState()
    if seed % 2:
        assert state.text("body") == ""  # warm from the first change on
    for record in with_letters_of_its_own(histories.random_history(random, 25)):
        state.apply(record)
    now = state.text("body")
    commits = list(state.commits)
    for _ in range(12):
        version = random.sample(commits, random.randint(1, 2))
        then = state.text_at("body", version)
        places = range(len(then) + 1)
        found = state.places("body", version, places)
        if found is None:
            assert "body" not in state.texts
            continue
        for place, at in zip(places, found, strict=True):
            assert all(now.index(letter) < at for letter in then[:place] if letter in now)
            assert all(now.index(letter) >= at for letter in then[place:] if letter in now)
            if place and then[place - 1] in now:
                assert at == now.index(then[place - 1]) + 1
        assert found[0] == 0
    newest = state.places("body", state.heads, range(len(now) + 1))
    assert newest is None or newest == list(range(len(now) + 1))


def change(seq, parents, *splices, author=b"a"):
    return ChangeRecord(
        author * 32, seq, author * 31 + bytes([seq % 256]), seq, tuple(parents),
        tuple((1, "body", *splice) for splice in splices),
    )  # fmt: skip


def test_what_others_write_at_a_place_comes_behind_it():
    state = ItemState()
    first = change(1, (), (0, 0, "one two"))
    theirs = change(2, [first.commit], (3, 0, " and a half"), author=b"b")
    mine = change(2, [first.commit], (0, 0, "> "))
    for one in (first, theirs, mine):
        state.apply(one)
    assert state.text("body") == "> one and a half two"
    assert state.places("body", [first.commit], (0, 3, 4, 7)) == [0, 5, 17, 20]
    assert state.places("body", [mine.commit], (5, 9)) == [5, 20]
    assert state.places("body", [theirs.commit], (3, 14)) == [5, 16]
    assert state.places("body", [first.commit], (1000,)) == [20]


def test_an_unknown_version_has_no_place():
    state = ItemState()
    state.apply(change(1, (), (0, 0, "one")))
    assert state.places("body", [bytes(32)], (1,)) is None
    assert state.places("title", [change(1, ()).commit], (1,)) is None
    assert state.places("body", [], (1,)) is None


def test_a_state_without_its_past_is_asked_no_more_than_it_has():
    whole = ItemState()
    first = change(1, (), (0, 0, "one"))
    second = change(2, [first.commit], (3, 0, " two"))
    third = change(3, [second.commit], (0, 0, "> "))
    for one in (first, second):
        whole.apply(one)

    def load():
        raise AssertionError("nobody needs the past")

    state = ItemState.resumed(whole.snapshot(), load)
    assert state.places("body", [second.commit], (4,)) == [4]
    state.apply(third)
    assert state.text("body") == "> one two"
    assert state.places("body", [second.commit], (4,)) == [6]
    assert state.places("body", [third.commit], (4,)) == [4]
    assert state.places("body", [first.commit], (4,)) is None


def test_what_lies_too_far_back_is_not_looked_for():
    state = ItemState()
    records = [change(1, (), (0, 0, "x"))]
    for seq in range(2, EVENTS_MAX + 3):
        commit = seq.to_bytes(32, "big")
        record = change(seq, [records[-1].commit], (0, 0, "y"))
        records.append(record._replace(commit=commit))
    for record in records:
        state.apply(record)
    assert state.places("body", [records[0].commit], (1,)) is None
    assert state.places("body", [records[3].commit], (4,)) == [EVENTS_MAX + 2]


@pytest.mark.parametrize("seed", range(30))
def test_after_and_before_are_each_others_way_back(seed):
    random = Random(seed)
    text = [chr(0x4E00 + at) for at in range(12)]
    splices, size, unused = [], len(text), 0x9000
    now = text.copy()
    for _ in range(6):
        at = random.randint(0, size)
        deleted = random.randint(0, min(3, size - at))
        inserted = "".join(chr(unused + k) for k in range(random.randint(0, 3)))
        unused += 3
        splices.append(TextSplice(at, deleted, inserted))
        now[at : at + deleted] = inserted
        size = len(now)
    for place, at in enumerate(after(range(13), splices)):
        assert all(now.index(one) < at for one in text[:place] if one in now)
        assert all(now.index(one) >= at for one in text[place:] if one in now)
    for at, place in enumerate(before(range(size + 1), splices)):
        assert all(text.index(one) < place for one in now[:at] if one in text)
        assert all(text.index(one) >= place for one in now[at:] if one in text)
