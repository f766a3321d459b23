"""When rights change, the items are walked anew that it makes a difference to, and no others."""

from __future__ import annotations

import pytest

from goatcore.repository.item import record_of


@pytest.fixture
def two(peer, note):
    """A device that hears everything, another that edited one of its items and made one."""
    here, there = peer(1), peer(2)
    calm = here.repository.create(note, title="calm", body="untouched")
    shared = here.repository.create(note, title="shared", body="one three")
    there.pull(here)
    there.repository.register(note)
    theirs = there.repository.item(shared.key)
    theirs.body.splice(4, 0, "and ")
    theirs.title = "edited"
    there.repository.record_drafts()
    here.pull(there)
    heard = []
    here.repository.subscribe(heard.append)
    return here, there, calm, shared, heard


def learn(here, barred):
    here.membership.barred = set(barred)
    here.repository.membership_changed()


def test_only_the_items_of_who_lost_the_right_are_walked_and_told(two):
    here, there, calm, shared, heard = two
    untouched = record_of(calm).state
    learn(here, {there.author})
    assert (shared.title, str(shared.body)) == ("shared", "one three")
    assert [(change.item, change.kind, change.fields) for change in heard] == [
        (shared, "edited", {"title", "body"})
    ]
    assert heard[0].splices == {"body": [(4, 4, "")]}  # a caret stays where it was
    assert record_of(calm).state is untouched
    assert here.repository.quarantined == 1


def test_a_right_that_comes_back_brings_back_what_was_written(two):
    here, there, calm, shared, heard = two
    untouched = record_of(calm).state
    learn(here, {there.author})
    learn(here, ())
    assert (shared.title, str(shared.body)) == ("edited", "one and three")
    assert heard[1].splices == {"body": [(4, 0, "and ")]}
    assert record_of(calm).state is untouched
    assert here.repository.quarantined == 0


def test_what_others_built_on_stays_though_its_author_lost_the_right(two):
    here, there, _, shared, heard = two
    shared.body.splice(0, 0, "zero ")
    here.repository.record_drafts()
    heard.clear()
    learn(here, {there.author})
    assert str(shared.body) == "zero one and three"
    assert heard == []


def test_what_is_typed_here_stays_when_somebody_elses_edit_goes(two):
    here, there, _, shared, heard = two
    beside = there.repository.item(shared.key)
    beside.body.splice(0, 0, "aside ")
    there.repository.record_drafts()
    shared.body.splice(0, 0, "mine ")
    here.pull(there)
    assert "mine " in str(shared.body)
    assert "aside " in str(shared.body)
    heard.clear()
    learn(here, {there.author})
    assert str(shared.body) == "mine one and three"  # it had seen that, and not "aside"
    assert [change.item for change in heard] == [shared]


def test_an_item_of_which_nothing_counts_any_more_is_gone(two, note):
    here, there, calm, shared, heard = two
    alone = there.repository.create(note, title="alone")
    here.pull(there)
    assert here.repository.item(alone.key).title == "alone"
    learn(here, {there.author})
    assert {item.key for item in here.repository.items(note)} == {calm.key, shared.key}
    assert "removed" in [change.kind for change in heard if change.item.key == alone.key]
    learn(here, ())
    assert here.repository.item(alone.key).exists
    assert str(shared.body) == "one and three"
