"""A log in which records are missing: nothing else is lost, and what comes back completes it."""

from __future__ import annotations

import random

import pytest

from goatcore.history.packing import WHOLE_EVERY
from goatcore.storage.framing import AFTER_GAP, NEW_STREAM


def without(entries, *gone):
    """The entries of a log without some, as mending leaves them."""
    kept, gap = [], False
    for number, (kind, flags, body) in enumerate(entries):
        if number in gone:
            gap = True
            continue
        kept.append((kind, flags | (AFTER_GAP if gap else 0), body))
        gap = False
    return kept


@pytest.fixture
def two_authors(peer, note):
    """A log with the commits of two devices in turn, which have not seen each other's."""
    a, b = peer(1), peer(2)
    for n in range(WHOLE_EVERY + 40):
        a.repository.create(note, f"a{n}", title=str(n))
        b.repository.create(note, f"b{n}", title=str(n))
    both = peer(3)
    for pair in zip(a.store.commits(), b.store.commits(), strict=True):
        both.repository.admit(list(pair))
    return both


def test_a_missing_record_costs_its_own_author_only(peer, two_authors):
    entries = two_authors.log.entries()
    one = peer(3, without(entries, 20))  # the eleventh of the first author
    seqs = {tip.author: tip.seq for tip in one.store.tips()}
    assert sorted(seqs.values()) == [10, WHOLE_EVERY + 40]
    assert one.store.lost == len(entries) - 1 - len(one.store)


def test_the_first_record_of_an_author_may_be_the_missing_one(peer, two_authors):
    one = peer(3, without(two_authors.log.entries(), 0))
    assert [tip.seq for tip in one.store.tips()] == [WHOLE_EVERY + 40]


@pytest.mark.parametrize("seed", range(6))
def test_what_stood_on_the_missing_is_there_when_they_come_back(peer, note, two_authors, seed):
    chance = random.Random(seed)
    entries, all_ = two_authors.log.entries(), list(two_authors.store.commits())
    gone = sorted(chance.sample(range(len(entries)), chance.choice([1, 2, 5])))
    one = peer(3, without(entries, *gone))
    back = [all_[number] for number in gone]
    chance.shuffle(back)
    for commit in back:
        one.repository.admit([commit])
    assert (one.repository.digest, one.store.lost) == (two_authors.repository.digest, 0)
    one.repository.register(note)
    assert len(list(one.repository.items(note))) == len(all_)
    again = peer(3, one.log.entries())
    assert (again.repository.digest, again.store.lost) == (two_authors.repository.digest, 0)


def test_what_is_written_behind_damage_is_read_again_whatever_the_numbers_were(
    peer, note, two_authors
):
    one = peer(2, without(two_authors.log.entries(), 0, 7))
    seq = one.store.last(one.author).seq
    one.repository.create(note, "fresh", title="fresh")
    one.repository.create(note, "more", title="more")
    flags = [entry[1] for entry in one.log.entries()]
    assert flags.count(NEW_STREAM) == 1
    again = peer(2, one.log.entries())
    assert again.repository.digest == one.repository.digest
    assert again.store.last(again.author).seq == seq + 2
    again.pull(two_authors)
    third = peer(2, again.log.entries())
    assert third.repository.digest == again.repository.digest
    third.repository.register(note)
    assert third.repository.item("a0").title == "0"
