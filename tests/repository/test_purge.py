"""What is deleted for good is gone everywhere; what stays can be checked by anybody."""

from __future__ import annotations

import pytest

from goatcore.errors import Refused
from goatcore.history.commit import parse, signed_message
from goatcore.repository.compacting import compact_now
from goatcore.trust.signing import verify


@pytest.fixture
def garden(peer, note):
    """Two notes, one of them edited, with a commit that changes both."""
    one = peer(1)
    repository = one.repository
    repository.create(note, "secret", title="secret", body="the treasure is under the oak")
    repository.create(note, "plain", title="plain", body="beans")
    repository.item("secret").body.splice(0, 0, "shh: ")
    repository.record_drafts()
    with repository.transaction():
        repository.item("secret").title = "more secret"
        repository.item("plain").title = "plainer"
    return one


def purge(one, *keys):
    one.repository.purge([one.repository.item(key) for key in keys])
    one.repository.membership_changed()


def learn(one, from_):
    """Hear of another's purges."""
    one.membership.purges = from_.membership.purges
    one.repository.membership_changed()


def shown(one, note):
    one.repository.register(note)
    return {item.key: (item.title, str(item.body)) for item in one.repository.items(note)}


def compact(one):
    return compact_now(one.store, bytes, one.repository.flush_now, None)


def test_a_purged_item_is_gone_and_nobody_brings_it_back(garden, note):
    item, heard = garden.repository.item("secret"), []
    query = garden.repository.query(note)
    query.subscribe(heard.extend)
    digest = garden.repository.digest
    purge(garden, "secret")
    assert shown(garden, note) == {"plain": ("plainer", "beans")}
    assert next(type(splice).__name__ for splice in heard) == "Remove"
    assert [row.key for row in query] == ["plain"]
    assert not item.exists
    for forbidden in (item.restore, item.delete, lambda: setattr(item, "title", "x")):
        with pytest.raises(Refused):
            forbidden()
    with pytest.raises(Refused, match="deleted for good"):
        garden.repository.create(note, "secret", title="again")
    assert garden.repository.digest == digest
    assert len(garden.membership.purges.commits) == 2  # the third changes another note, too


def test_what_comes_later_of_a_purged_item_stays_hidden(garden, peer, note):
    other = peer(2)
    other.pull(garden)
    other.repository.register(note)
    other.repository.item("secret").title = "concurrent"
    other.repository.create(note, "fresh", title="fresh")
    other.repository.record_drafts()
    purge(garden, "secret")
    garden.pull(other)
    assert shown(garden, note) == {"plain": ("plainer", "beans"), "fresh": ("fresh", "")}
    learn(other, garden)
    assert shown(other, note) == shown(garden, note)
    assert garden.repository.digest != peer(3).repository.digest


def test_bodies_are_dropped_and_headers_stay_verifiable(garden, peer, note):
    before = {commit.id: commit for commit in garden.store.commits()}
    purge(garden, "secret")
    gone = garden.membership.purges.commits
    compact(garden)
    assert garden.store.count == len(before)
    for commit in garden.store.commits():
        assert commit.bodiless == (commit.id in gone)
        assert parse(commit.raw).id == commit.id
        assert verify(commit.author, signed_message(commit), commit.signature)
    log = b"".join(body for _, _, body in garden.log.entries())
    for id_, commit in before.items():
        assert (commit.sealed in log) == (id_ not in gone)
    assert not garden.store.has_bodies(gone)
    again = peer(1, garden.log.entries())
    learn(again, garden)
    assert again.repository.digest == garden.repository.digest
    assert shown(again, note) == {"plain": ("plainer", "beans")}
    again.repository.create(note, "next", title="the chain goes on")
    third = peer(1, again.log.entries())
    assert third.repository.digest == again.repository.digest


def test_the_body_dropped_or_not_the_same_shows(garden, peer, note):
    other = peer(2)
    other.pull(garden)
    purge(garden, "secret")
    compact(garden)
    learn(other, garden)
    assert other.store.has_bodies(garden.membership.purges.commits)
    assert shown(other, note) == shown(garden, note)
    assert other.repository.digest == garden.repository.digest


def test_a_peer_takes_a_purged_commit_without_its_body_and_no_other(garden, peer, note):
    purge(garden, "secret")
    compact(garden)
    told, stranger = peer(2), peer(3)
    learn(told, garden)
    told.pull(garden)
    assert told.repository.digest == garden.repository.digest
    assert shown(told, note) == shown(garden, note)
    stranger.pull(garden)
    assert (stranger.repository.count, stranger.store.pending) == (0, garden.repository.count)
    learn(stranger, garden)
    assert stranger.repository.digest == garden.repository.digest


def test_what_is_purged_is_sent_without_its_body_even_if_it_is_still_here(garden):
    purge(garden, "secret")
    for commit in list(garden.store.commits()):
        purged = commit.id in garden.membership.purges.commits
        assert garden.store.raw(commit.id).bodiless == purged
        assert garden.store.raw(commit.id).id == commit.id


def test_a_purge_that_names_too_much_is_the_same_for_all(garden, peer, note):
    """Whoever may purge can name any commit: then its changes show nowhere, body or not."""
    other = peer(2)
    other.pull(garden)
    ids = [commit.id for commit in garden.store.commits()]
    garden.membership.purge(None, [], ids[1:2])
    garden.repository.membership_changed()
    compact(garden)
    learn(other, garden)
    assert shown(other, note) == shown(garden, note)
    assert other.repository.digest == garden.repository.digest
