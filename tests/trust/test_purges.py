"""Who may delete for good, and what it comes to: a function of the set."""

from __future__ import annotations

import random

import pytest

from goatcore.ids import CommitId, RepositoryId
from goatcore.trust import records
from goatcore.trust.purges import NOTHING_PURGED, Purged, item_tag
from goatcore.trust.records import Purge, Role

NOTES = RepositoryId(b"r" * 16)
ITEMS = (b"t" * 16, b"u" * 16)
COMMITS = (CommitId(b"c" * 32), CommitId(b"d" * 32))
PURGE = Purge(NOTES, ITEMS, COMMITS)
ALL = Purged(frozenset(ITEMS), frozenset(COMMITS))


@pytest.fixture
def notes(ledger):
    """A repository of bert's group."""
    bert = ledger.device("bert")
    ledger.let_in(ledger.founder, bert, Role.viewer)
    return bert, ledger.found_group(bert, NOTES)


def purged(ledger):
    return ledger.evaluate().purged.get(NOTES, NOTHING_PURGED)


@pytest.mark.parametrize("role", Role)
def test_admins_and_owners_of_the_group_may(ledger, notes, role):
    bert, group = notes
    carla = ledger.device("carla")
    ledger.let_in(ledger.founder, carla, Role.viewer)
    ledger.grant(bert, ledger.member(carla), role, group)
    id_ = ledger.write(carla, PURGE)
    assert purged(ledger) == (ALL if role >= Role.admin else NOTHING_PURGED)
    assert ((id_, 0) in ledger.evaluate().counted) == (role >= Role.admin)


def test_an_owner_of_the_workspace_alone_may_not(ledger, notes):
    ledger.write(ledger.founder, PURGE)
    assert purged(ledger) == NOTHING_PURGED


def test_purges_add_up_and_name_one_repository(ledger, notes):
    bert, _ = notes
    ledger.write(bert, Purge(NOTES, ITEMS[:1], COMMITS[:1]))
    ledger.write(bert, Purge(NOTES, ITEMS[1:], COMMITS[1:]))
    ledger.write(bert, Purge(RepositoryId(b"s" * 16), (b"x" * 16,), ()))
    assert ledger.evaluate().purged == {NOTES: ALL}


def test_who_was_lowered_at_the_same_time_may_not_any_more(ledger, notes):
    bert, group = notes
    carla = ledger.device("carla")
    ledger.let_in(ledger.founder, carla, Role.viewer)
    base = ledger.grant(bert, ledger.member(carla), Role.admin, group)
    ledger.write(carla, PURGE, deps=[base])
    ledger.grant(bert, ledger.member(carla), Role.viewer, group, deps=[base])
    assert purged(ledger) == NOTHING_PURGED


def test_what_was_purged_before_somebody_was_lowered_stays_purged(ledger, notes):
    bert, group = notes
    carla = ledger.device("carla")
    ledger.let_in(ledger.founder, carla, Role.viewer)
    ledger.grant(bert, ledger.member(carla), Role.admin, group)
    ledger.write(carla, PURGE)
    ledger.grant(bert, ledger.member(carla), Role.viewer, group)
    assert purged(ledger) == ALL
    chance = random.Random(1)
    for _ in range(5):
        commits = list(ledger.commits)
        chance.shuffle(commits)
        assert ledger.evaluate(commits).purged == {NOTES: ALL}


def test_lists_have_their_bounds():
    many = tuple(n.to_bytes(16, "big") for n in range(records.LISTED_MAX + 1))
    assert isinstance(records.decode((75, NOTES, many, ())), records.Unknown)
    assert records.decode((75, NOTES, many[1:], ())) == Purge(NOTES, many[1:], ())
    assert isinstance(records.decode((75, NOTES, (b"t" * 15,), ())), records.Unknown)
    assert isinstance(records.decode((75, NOTES, (), (b"t" * 16,))), records.Unknown)


def test_a_tag_is_of_one_item_of_one_repository_of_one_workspace():
    tags = {
        item_tag(naming, repository, key)
        for naming in (b"n" * 32, b"m" * 32)
        for repository in (NOTES, RepositoryId(b"s" * 16))
        for key in ("a", "b")
    }
    assert len(tags) == 8
    assert item_tag(b"n" * 32, NOTES, "a").hex() == "956552c108bca3782b3e8b9fe1297aef"
