"""What an application does with one repository, and what two peers make of it."""

from __future__ import annotations

import pytest

from goatcore.errors import (
    InvalidValue,
    Refused,
    TransactionMisuse,
    TransactionTooLarge,
    UnknownField,
)
from goatcore.history.body import Body
from goatcore.ids import BranchId
from goatcore.repository import authoring
from goatcore.schema import Schema


def test_a_field_is_set_when_the_line_is_done(peer, note):
    repository = peer().repository
    item = repository.create(note, title="Milk")
    item.title = "Oat milk"
    assert (item.title, item.done, item.mood) == ("Oat milk", False, "calm")
    assert repository.item(item.key) is item


def test_a_reopened_repository_has_the_same_items(peer, note):
    first = peer()
    item = first.repository.create(note, title="Milk", body="one\n", done=True)
    item.body.splice(4, 0, "two\n")
    first.repository.record_drafts()
    again = peer(1, first.log.entries()).repository
    again.register(note)
    copy = again.item(item.key)
    assert (copy.title, str(copy.body), copy.done) == ("Milk", "one\ntwo\n", True)
    assert again.count == 2
    assert again.digest == first.repository.digest


def test_edits_of_one_moment_are_one_commit(peer, note, timers):
    repository = peer().repository
    item = repository.create(note, title="a")
    item.title, item.done = "b", True
    assert repository.count == 1
    timers.advance(0)
    assert repository.count == 2


def test_typing_is_committed_after_a_pause_or_five_seconds(peer, note, timers):
    repository = peer().repository
    item = repository.create(note)
    item.body.splice(0, 0, "a")
    timers.advance(900)
    item.body.splice(1, 0, "b")
    timers.advance(900)
    assert repository.count == 1
    timers.advance(100)
    assert repository.count == 2
    for i in range(12):
        item.body.splice(i + 2, 0, "x")
        timers.advance(500)
    assert repository.count == 3


def test_typing_is_committed_at_once_while_others_are_connected(peer, note, timers):
    repository = peer().repository
    repository.shared = True
    item = repository.create(note)
    item.body.splice(0, 0, "a")
    timers.advance(149)
    assert repository.count == 1
    timers.advance(1)
    assert repository.count == 2


def test_words_typed_at_once_at_one_place_both_stay_whole(peer, note):
    a, b = peer(1), peer(2)
    here = a.repository.create(note, body="-")
    b.pull(a)
    b.repository.register(note)
    there = b.repository.item(here.key)
    for i, letter in enumerate("goat"):
        here.body.splice(i, 0, letter)
        there.body.splice(i, 0, "milk"[i])
    a.repository.record_drafts()
    b.repository.record_drafts()
    b.pull(a)
    a.pull(b)
    assert str(here.body) == str(there.body)
    assert str(here.body) in {"goatmilk-", "milkgoat-"}
    assert a.repository.digest == b.repository.digest


def test_a_draft_is_committed_before_a_remote_change_is_shown(peer, note):
    a, b = peer(1), peer(2)
    here = a.repository.create(note, body="hello")
    b.pull(a)
    b.repository.register(note)
    there = b.repository.item(here.key)
    there.body.splice(5, 0, " there")
    b.repository.record_drafts()
    here.body.splice(0, 0, "oh ")
    a.pull(b)
    assert str(here.body) == "oh hello there"
    b.pull(a)
    assert str(there.body) == "oh hello there"


def test_writes_that_have_not_seen_each_other_stay_readable(peer, note):
    a, b = peer(1), peer(2)
    here = a.repository.create(note, title="x")
    b.pull(a)
    b.repository.register(note)
    there = b.repository.item(here.key)
    here.title, there.title = "here", "there"
    a.repository.record_drafts()
    b.repository.record_drafts()
    a.pull(b)
    b.pull(a)
    assert here.title == there.title
    assert sorted(here.alternatives("title")) == ["here", "there"]
    assert here.alternatives("title") == there.alternatives("title")
    here.title = "settled"
    a.repository.record_drafts()
    b.pull(a)
    assert there.alternatives("title") == ["settled"]


def test_an_edit_that_had_not_seen_the_delete_brings_the_item_back(peer, note):
    a, b = peer(1), peer(2)
    here = a.repository.create(note, title="x")
    b.pull(a)
    b.repository.register(note)
    there = b.repository.item(here.key)
    here.delete()
    there.done = True
    b.repository.record_drafts()
    a.pull(b)
    b.pull(a)
    assert here.exists
    assert there.exists


def test_a_transaction_is_one_commit_and_told_once(peer, note):
    repository = peer().repository
    told = []
    query = repository.query(note).where(done=True).order_by("title")
    assert len(query) == 0
    query.subscribe(told.append)
    with repository.transaction("three"):
        for name in "cab":
            repository.create(note, title=name, done=True)
        assert told == []
    assert [item.title for item in query] == ["a", "b", "c"]
    assert len(told) == 1
    assert repository.count == 1


def test_an_exception_inside_a_transaction_leaves_no_trace(peer, note):
    repository = peer().repository
    item = repository.create(note, title="before", body="text")
    heard = []
    repository.subscribe(heard.append)
    with pytest.raises(ZeroDivisionError), repository.transaction():
        item.title = "after"
        item.body.splice(0, 4, "gone")
        item.delete()
        other = repository.create(note, title="other")
        raise ZeroDivisionError
    assert (item.title, str(item.body), item.exists) == ("before", "text", True)
    assert repository.item(other.key) is None
    assert (repository.count, heard) == (1, [])


def test_transactions_do_not_nest(peer, note):
    repository = peer().repository
    with repository.transaction():
        with pytest.raises(TransactionMisuse), repository.transaction():
            pass
        repository.create(note)
    assert repository.count == 1


def test_what_arrives_inside_a_transaction_undoes_it_and_is_kept(peer, note):
    a, b = peer(1), peer(2)
    b.repository.create(note, title="remote")
    with pytest.raises(TransactionMisuse), a.repository.transaction():
        a.repository.create(note, title="local")
        a.pull(b)
    assert [item.title for item in a.repository.items(note)] == ["remote"]


def test_refused_values_name_the_field_and_change_nothing(peer, note):
    repository = peer().repository
    item = repository.create(note, title="a")
    with pytest.raises(InvalidValue, match="^title: must be a string, not int"):
        item.title = 1
    with pytest.raises(InvalidValue, match="^mood: must be one of calm, wild"):
        item.mood = "odd"
    with pytest.raises(InvalidValue, match="^title: the text has half"):
        item.title = "\ud800"
    with pytest.raises(UnknownField, match="note has no field colour"):
        item.colour = "red"
    with pytest.raises(UnknownField, match="note has no field colour"):
        item.colour  # noqa: B018
    with pytest.raises(InvalidValue, match="there are no 1 letters at 0"):
        item.body.splice(0, 1, "")
    with pytest.raises(InvalidValue, match="there is an item"):
        repository.create(note, item.key)
    assert (item.title, repository.count) == ("a", 1)


def test_a_whole_text_assigned_is_recorded_by_words(peer, note):
    a, b = peer(1), peer(2)
    here = a.repository.create(note, body="the quick brown fox jumps")
    b.pull(a)
    b.repository.register(note)
    there = b.repository.item(here.key)
    here.body = "the slow brown fox jumps"
    there.body = "the quick brown fox sleeps"
    a.repository.record_drafts()
    b.repository.record_drafts()
    a.pull(b)
    b.pull(a)
    assert str(here.body) == str(there.body) == "the slow brown fox sleeps"


def test_commits_of_those_who_may_not_write_change_nothing_until_built_upon(peer, note):
    a, b, c = peer(1), peer(2), peer(3)
    here = a.repository.create(note, title="a")
    b.pull(a)
    b.repository.register(note)
    b.repository.item(here.key).title = "b"
    b.repository.record_drafts()
    for one in (a, c):
        one.membership.barred.add(b.author)
    a.pull(b)
    assert here.title == "a"
    assert (a.repository.count, a.repository.quarantined) == (2, 1)
    assert a.repository.digest == b.repository.digest
    c.membership.barred.clear()
    c.pull(b)
    c.repository.register(note)
    c.repository.item(here.key).done = True
    c.repository.record_drafts()
    a.pull(c)
    assert (here.title, here.done) == ("b", True)
    assert a.repository.quarantined == 0


def test_a_changed_verdict_walks_again(peer, note):
    a, b = peer(1), peer(2)
    here = a.repository.create(note, title="a")
    b.pull(a)
    b.repository.register(note)
    b.repository.item(here.key).title = "b"
    b.repository.record_drafts()
    a.pull(b)
    assert here.title == "b"
    heard = []
    here.subscribe(heard.append)
    a.membership.barred.add(b.author)
    a.repository.membership_changed()
    assert here.title == "a"
    assert [change.kind for change in heard] == ["edited"]
    a.membership.barred.clear()
    a.repository.membership_changed()
    assert here.title == "b"


def test_strangers_commits_are_never_held(peer, note):
    a, b = peer(1), peer(2)
    b.repository.create(note)
    a.membership.strangers.add(b.author)
    a.pull(b)
    assert a.repository.count == 0
    assert a.store.pending == 1


def test_commits_in_any_order_wait_for_what_they_stand_on(peer, note):
    a, b = peer(1), peer(2)
    item = b.repository.create(note, title="0")
    for i in range(1, 5):
        item.title = str(i)
        b.repository.record_drafts()
    commits = list(b.store.commits())
    assert a.repository.admit(commits[3:]).held == 0
    assert a.repository.admit(commits[1:3]).held == 0
    assert a.repository.admit(commits[:1]).held == 5
    a.repository.register(note)
    assert a.repository.item(item.key).title == "4"


def test_equal_first_changes_of_one_key_are_one(peer, note):
    a, b = peer(1), peer(2)
    here = a.repository.create(note, "daily", title="Monday", body="# Monday\n")
    b.repository.create(note, "daily", title="Monday", body="# Monday\n")
    a.pull(b)
    assert str(here.body) == "# Monday\n"
    assert here.alternatives("title") == ["Monday"]


def test_a_closed_membership_refuses_writes_with_its_reason(peer, note):
    one = peer()
    item = one.repository.create(note, title="a")
    one.membership.reason = "You can read this notebook, not write in it."
    with pytest.raises(Refused, match="You can read"):
        item.title = "b"
    assert item.title == "a"


def test_a_long_text_is_recorded_in_several_commits(peer, note):
    a, b = peer(1), peer(2)
    here = a.repository.create(note)
    text = "".join(f"line {i} 🐐\n" for i in range(40_000))
    here.body = text
    a.repository.record_drafts()
    assert a.repository.count > 2
    b.pull(a)
    b.repository.register(note)
    assert str(b.repository.item(here.key).body) == text


def test_a_branch_does_not_show_until_the_main_line_stands_on_it(peer, note, monkeypatch):
    a, b = peer(1), peer(2)
    here = a.repository.create(note, title="main")
    b.pull(a)
    b.repository.register(note)
    there = b.repository.item(here.key)
    with monkeypatch.context() as patch:  # branches are not made yet, but newer peers make them
        patch.setattr(authoring, "Body", lambda _, *rest: Body(BranchId(b"b" * 16), *rest))
        there.title = "draft"
        b.repository.record_drafts()
    a.pull(b)
    assert (here.title, a.repository.quarantined) == ("main", 0)
    assert a.repository.digest == b.repository.digest
    there.done = True
    b.repository.record_drafts()
    a.pull(b)
    assert (here.title, here.done) == ("draft", True)


def test_a_hidden_item_is_kept_up_to_date_and_out_of_queries(peer, note):
    a, b = peer(1), peer(2)
    here = a.repository.create(note, title="x", body="one")
    b.pull(a)
    b.repository.register(note)
    there = b.repository.item(here.key)
    rows = a.repository.query(note)
    assert [row.title for row in rows] == ["x"]
    here.delete()
    here.title, here.body = "y", "two"
    a.repository.record_drafts()
    assert list(rows) == []
    b.pull(a)
    assert (there.exists, there.title, str(there.body)) == (False, "y", "two")
    there.restore()
    a.pull(b)
    assert [(row.title, str(row.body)) for row in rows] == [("y", "two")]


def test_a_query_made_inside_a_transaction_that_fails_sees_nothing_of_it(peer, note):
    repository = peer().repository
    item = repository.create(note, title="a")
    queries = []
    with pytest.raises(ZeroDivisionError), repository.transaction():
        item.delete()
        repository.create(note, title="b")
        queries.append(repository.query(note).order_by("title"))
        assert [row.title for row in queries[0]] == ["b"]
        raise ZeroDivisionError
    assert [row.title for row in queries[0]] == ["a"]


def test_an_item_whose_transaction_failed_cannot_be_written(peer, note):
    repository = peer().repository
    made = []
    with pytest.raises(ZeroDivisionError), repository.transaction():
        made.append(repository.create(note, title="b"))
        raise ZeroDivisionError
    with pytest.raises(Refused, match="not there"):
        made[0].title = "c"
    repository.record_drafts()
    assert repository.count == 0


def test_own_commits_after_the_right_ended_change_nothing_here_either(peer, note):
    a = peer(1)
    item = a.repository.create(note, title="kept")
    item.title = "typed before the news"
    a.membership.barred.add(a.author)
    a.membership.heads = lambda: (b"n" * 32,)
    a.membership.may_write = lambda author, auth, repository: auth != (b"n" * 32,)
    a.repository.record_drafts()
    assert (item.title, a.repository.count, a.repository.quarantined) == ("kept", 2, 1)


def test_what_no_commit_has_room_for_is_refused_at_the_write(peer, note):
    a, b = peer(1), peer(2)
    item = a.repository.create(note, title="a")
    with pytest.raises(InvalidValue, match="^title: it has 600,005 bytes; 524,288 are the most"):
        item.title = "x" * 600_000
    with pytest.raises(InvalidValue, match="^title: it has"):
        a.repository.create(note, "big", title="x" * 600_000)
    assert a.repository.item("big") is None
    with pytest.raises(InvalidValue, match="^label"), a.repository.transaction("x" * 256):
        pass
    with pytest.raises(TransactionTooLarge, match="131,072 edits"), a.repository.transaction():
        for i in range(65_536):
            a.repository.create(note, title=str(i), done=True)
    assert [row.title for row in a.repository.items(note)] == ["a"]
    item.title = "b"
    a.repository.record_drafts()
    b.pull(a)
    assert [row.title for row in b.repository.items(note)] == ["b"]


def test_very_many_edits_of_one_item_are_recorded_in_several_commits(peer, note):
    a, b = peer(1), peer(2)
    here = a.repository.create(note, body="-" * 70_000)
    for i in range(0, 140_000, 2):
        here.body.splice(i, 0, "x")
    a.repository.record_drafts()
    assert str(here.body) == "x-" * 70_000
    b.pull(a)
    b.repository.register(note)
    assert b.repository.item(here.key).body == here.body


def test_a_letter_typed_and_taken_back_is_no_commit(peer, note):
    repository = peer().repository
    item = repository.create(note)
    item.body.splice(0, 0, "x")
    item.body.splice(0, 1, "")
    repository.record_drafts()
    assert repository.count == 1
    assert repository.durable


def test_a_text_for_a_text_is_its_letters(peer, note):
    repository = peer().repository
    one = repository.create(note, body="abc")
    two = repository.create(note, body=one.body)
    assert two.body == "abc"
    one.body = "abcd"
    two.body = one.body
    assert two.body == "abcd"
    with pytest.raises(InvalidValue, match="^body: must be a string, not NoneType"):
        two.body = None
    with pytest.raises(InvalidValue, match="^body: must be a string, not int"):
        two.body = 5


def test_a_shown_text_stays_the_same_object(peer, note):
    a, b = peer(1), peer(2)
    here = a.repository.create(note, body="abc")
    b.pull(a)
    b.repository.register(note)
    text = b.repository.item(here.key).body
    here.body = "abcdef"
    a.repository.record_drafts()
    b.pull(a)
    text.splice(6, 0, "!")
    assert str(text) == "abcdef!"


def test_an_item_can_be_made_on_a_key_that_others_spoilt(peer, note):
    """A root change that is void has no schema, yet it is a vertex."""
    a, b = peer(1), peer(2)
    a.repository.admit([a.hand_made([["k", "note", 0, [], []]])])
    assert a.repository.item("k") is None
    item = a.repository.create(note, "k", title="mine")
    b.pull(a)
    b.repository.register(note)
    assert b.repository.item("k").title == "mine"
    item.delete()
    b.pull(a)
    again = peer(1, a.log.entries()).repository
    again.register(note)
    assert (item.exists, again.item("k").exists, b.repository.item("k").exists) == (False,) * 3


def test_a_device_that_forked_its_own_chain_stands_on_both_branches(peer, note):
    a, b = peer(1), peer(2)
    item = a.repository.create(note, "k", title="0")
    backup = a.log.entries()
    item.title, item.body = "lost", "one"
    a.repository.record_drafts()
    b.pull(a)
    a = peer(1, backup)
    a.repository.register(note)
    item = a.repository.item("k")
    item.body = "two"
    a.repository.record_drafts()
    a.pull(b)
    assert str(item.body) in {"onetwo", "twoone"}
    item.body.splice(6, 0, "!")
    a.repository.record_drafts()
    b.pull(a)
    b.repository.register(note)
    assert a.repository.digest == b.repository.digest
    assert str(b.repository.item("k").body) == str(item.body)


def test_typing_on_more_than_64_heads_goes_where_it_is_seen(peer, note):
    a = peer(1)
    here = a.repository.create(note, "k", body="-")
    others = [peer(n) for n in range(2, 75)]
    for other in others:
        other.pull(a)
        other.repository.register(note)
        other.repository.item("k").body.splice(1, 0, f"<{other.author.hex()[:4]}>")
        other.repository.record_drafts()
    for other in others:
        a.pull(other)
    here.body.splice(len(here.body), 0, "the end")
    a.repository.record_drafts()
    b = peer(99)
    b.pull(a)
    b.repository.register(note)
    assert str(b.repository.item("k").body) == str(here.body)
    assert str(here.body).endswith("the end")


def test_an_item_of_a_schema_without_fields_stays_the_one_it_is(peer):
    repository = peer().repository
    mark = repository.create(Schema("mark", 1), "here")
    assert repository.item("here") is mark
    mark.delete()
    assert repository.item("here") is mark
    assert not mark.exists
