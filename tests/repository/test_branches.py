"""Branches: work aside that the main line does not see before it is merged."""

from __future__ import annotations

import random
import string

import pytest

from goatcore.errors import InvalidValue, LocalMisuse, Refused, TransactionMisuse
from goatcore.history.splices import TextSplice
from goatcore.ids import CommitId
from goatcore.repository.past_repository import RepositoryVersion


def texts(view, note):
    return {item.key: (item.title, str(item.body)) for item in view.items(note)}


def exchange(*peers):
    for _ in range(2):
        for one in peers:
            one.repository.record_drafts()
            for other in peers:
                if other is not one:
                    one.pull(other)


@pytest.fixture
def pair(peer, note):
    """Two peers, each of which knows notes."""
    one, two = peer(1), peer(2)
    for each in (one, two):
        each.repository.register(note)
    return one, two


# -- apart and together --------------------------------------------------------------------------


def test_nothing_done_on_a_branch_shows_before_it_is_merged(peer, note):
    repository = peer().repository
    kept = repository.create(note, "kept", title="Kept", body="one two")
    gone = repository.create(note, "gone", title="Gone")
    heard = []
    repository.subscribe(heard.append)

    branch = repository.branch("new plan")
    branch.item("kept").title = "Other"
    branch.item("kept").body.splice(3, 0, " and a half")
    branch.item("gone").delete()
    branch.create(note, "made", title="Made")
    branch.record_drafts()

    assert texts(branch, note) == {"kept": ("Other", "one and a half two"), "made": ("Made", "")}
    assert texts(repository, note) == {"kept": ("Kept", "one two"), "gone": ("Gone", "")}
    assert heard == []
    assert repository.item("made") is None
    assert gone.exists
    assert kept.title == "Kept"
    assert branch.state == "open"


def test_a_merge_is_one_commit_and_one_exact_change_an_item(peer, note):
    one = peer()
    repository = one.repository
    item = repository.create(note, "kept", title="Kept", body="one two")
    query = repository.query(note).order_by("title")
    assert [row.key for row in query] == ["kept"]
    branch = repository.branch("new plan")
    branch.item("kept").body.splice(3, 0, "!")
    branch.create(note, "made", title="Made")
    branch.record_drafts()
    item.body.splice(7, 0, " three")
    repository.record_drafts()
    heard, moved = [], []
    repository.subscribe(heard.append)
    query.subscribe(moved.append)
    held = repository.count

    merged = branch.merge()

    assert (merged.items, merged.commits, repository.count) == (2, 1, held + 1)
    assert str(item.body) == "one! two three"
    heard.sort(key=lambda change: change.item.key)
    assert [(c.item.key, c.kind, dict(c.splices), c.local) for c in heard] == [
        ("kept", "edited", {"body": [TextSplice(3, 0, "!")]}, False),
        ("made", "added", {}, False),
    ]
    assert len(moved) == 1
    assert [row.key for row in query] == ["kept", "made"]
    assert branch.state == "merged"
    assert item.version.label == "new plan"
    assert branch.merge() == (0, 0)
    assert repository.count == held + 1


def test_a_branch_does_not_move_when_others_commit(pair, note):
    one, two = pair
    repository = one.repository
    item = repository.create(note, "a", title="A", body="x")
    repository.create(note, "b", title="B")
    branch = repository.branch("aside")
    exchange(one, two)
    assert texts(branch, note) == {"a": ("A", "x"), "b": ("B", "")}

    item.title = "Later"
    two.repository.item("b").delete()
    two.repository.create(note, "c", title="C")
    exchange(one, two)

    assert texts(repository, note) == {"a": ("Later", "x"), "c": ("C", "")}
    assert texts(branch, note) == {"a": ("A", "x"), "b": ("B", "")}
    (again,) = two.repository.branches()
    assert texts(again, note) == {"a": ("A", "x"), "b": ("B", "")}
    assert again.item("c") is None


def test_a_branch_is_the_same_after_a_restart(peer, note):
    one = peer()
    repository = one.repository
    repository.create(note, "a", title="A", body="x")
    branch = repository.branch("aside")
    branch.item("a").body.splice(1, 0, "y")
    repository.item("a").title = "Later"
    repository.record_drafts()

    again = peer(1, one.log.entries()).repository
    again.register(note)
    (branch,) = again.branches()
    assert (branch.name, branch.state, branch.author) == ("aside", "open", one.author.hex()[:4])
    assert texts(branch, note) == {"a": ("A", "xy")}
    assert texts(again, note) == {"a": ("Later", "x")}
    branch.merge()
    assert texts(again, note) == {"a": ("Later", "xy")}


def test_two_devices_edit_one_branch_and_see_each_other_live(pair, note):
    one, two = pair
    one.repository.create(note, "a", title="A", body="one two")
    ours = one.repository.branch("together")
    exchange(one, two)
    (theirs,) = two.repository.branches()
    assert theirs.id == ours.id
    query = theirs.query(note).order_by("title")
    assert [row.title for row in query] == ["A"]
    heard, moved = [], []
    theirs.subscribe(heard.append)
    query.subscribe(moved.append)

    ours.item("a").body.splice(0, 0, "zero ")
    theirs.item("a").body.splice(7, 0, " three")
    ours.create(note, "b", title="B")
    exchange(one, two)

    same = {"a": ("A", "zero one two three"), "b": ("B", "")}
    assert texts(ours, note) == texts(theirs, note) == same
    assert [row.title for row in query] == ["A", "B"]
    assert ("added", "b", False) in [(c.kind, c.item.key, c.local) for c in heard]
    for each in (one, two):
        assert texts(each.repository, note) == {"a": ("A", "one two")}

    theirs.merge()
    exchange(one, two)
    assert texts(one.repository, note) == texts(two.repository, note) == same
    assert ours.state == theirs.state == "merged"


def test_what_was_done_elsewhere_after_a_merge_can_be_merged_again(pair, note):
    one, two = pair
    one.repository.create(note, "a", title="A", body="one")
    ours = one.repository.branch("together")
    exchange(one, two)
    (theirs,) = two.repository.branches()
    theirs.item("a").body.splice(3, 0, " offline")
    ours.item("a").body.splice(0, 0, "zero ")
    ours.merge()
    exchange(one, two)

    assert texts(one.repository, note) == {"a": ("A", "zero one")}
    assert ours.state == theirs.state == "open"
    assert texts(ours, note) == {"a": ("A", "zero one offline")}
    assert theirs.merge() == (1, 1)
    exchange(one, two)
    assert texts(one.repository, note) == {"a": ("A", "zero one offline")}
    assert ours.state == "merged"


def heads(item):
    return item.repository.past(item).states.live.heads


def test_a_merge_stands_on_the_heads_of_both_lines_and_nothing_else(pair, note):
    one, two = pair
    item = one.repository.create(note, "a", title="A", body="x")
    branch = one.repository.branch("aside")
    exchange(one, two)
    (theirs,) = two.repository.branches()
    for n in range(3):  # only the last of these is a head
        branch.item("a").title = f"ours {n}"
        branch.record_drafts()
    theirs.item("a").body.splice(0, 0, "y")
    item.done = True
    exchange(one, two)
    on = {*heads(item), *heads(branch.item("a"))}
    assert len(on) == 3
    branch.merge()

    (merge,) = heads(item)
    change, label = one.repository.past(item).change(merge)
    assert (len(change.parents), change.operations, label) == (3, (), "aside")
    assert {version.commit for version in item.history} >= on
    assert item.history[-1].summary == "merged"


def test_a_branch_from_after_a_merge_has_what_it_brought(pair, note):
    one, two = pair
    one.repository.create(note, "a", title="A", body="one")
    before = one.repository.version
    first = one.repository.branch("first")
    first.item("a").body.splice(3, 0, " two")
    first.create(note, "b", title="B")
    first.merge()
    after = one.repository.branch("after")
    past = one.repository.branch("past", before)
    exchange(one, two)
    for each in (one, two):
        views = {branch.name: texts(branch, note) for branch in each.repository.branches()}
        assert (
            views["after"]
            == texts(each.repository, note)
            == {"a": ("A", "one two"), "b": ("B", "")}
        )
        assert views["past"] == {"a": ("A", "one")}
    after.item("a").body.splice(0, 0, "zero ")
    past.item("a").title = "P"
    past.merge()
    after.merge()
    assert texts(one.repository, note) == {"a": ("P", "zero one two"), "b": ("B", "")}


def test_what_counts_only_because_others_stand_on_it_is_in_a_base_that_stands_on_it(peer, note):
    one, two, three = peer(1), peer(2), peer(3)
    for each in (one, two, three):
        each.repository.register(note)
    one.repository.create(note, "x", title="X")
    one.repository.create(note, "y", title="Y", body="y")
    for each in (two, three):
        each.pull(one)
    three.membership.barred = {one.author}
    three.repository.membership_changed()
    assert texts(three.repository, note) == {}
    with one.repository.transaction():
        one.repository.item("x").title = "X1"
        one.repository.item("y").body.splice(1, 0, "y")
    two.pull(one)
    two.repository.item("x").done = True
    two.repository.record_drafts()
    three.pull(two)  # brings all that it stands on, also of y
    assert texts(three.repository, note) == {"x": ("X1", ""), "y": ("Y", "yy")}
    three.repository.item("y").body.splice(2, 0, "z")
    three.repository.record_drafts()
    tips = {c.author: c.id for c in three.store.commits()}

    branch = three.repository.branch("plan", RepositoryVersion((tips[three.author],)))
    assert texts(branch, note)["y"] == ("Y", "yyz")
    again = peer(3, three.log.entries())
    again.repository.register(note)
    again.membership.barred = {one.author}
    again.repository.membership_changed()
    (branch,) = again.repository.branches()
    assert texts(branch, note)["y"] == ("Y", "yyz")


def test_the_past_of_the_main_line_has_a_branch_from_its_merge_on(pair, note, timers):
    one, two = pair
    item = one.repository.create(note, "a", title="A", body="one")
    branch = one.repository.branch("aside")
    timers.advance(10)
    branch.item("a").body.splice(3, 0, " two")
    branch.create(note, "b", title="B")
    branch.record_drafts()
    timers.advance(10)
    item.title = "main"
    one.repository.record_drafts()
    between = timers.now_ms
    timers.advance(10)
    branch.merge()
    merged = timers.now_ms
    timers.advance(10)
    item.done = True
    exchange(one, two)

    for each in (one, two):
        repository = each.repository
        assert texts(repository.at(between), note) == {"a": ("main", "one")}
        assert texts(repository.at(merged), note) == {"a": ("main", "one two"), "b": ("B", "")}
        assert str(repository.item("a").at(between).body) == "one"
        assert [(v.summary, v.time - merged) for v in repository.item("a").history] == [
            ("created", -30),
            ("edited title", -10),
            ("+4 letters in body", -20),
            ("merged", 0),
            ("edited done", 10),
        ]
        assert texts(repository.branch("then", between), note) == {"a": ("main", "one")}
        later = repository.branch("later")
        assert str(later.item("a").at(between).body) == "one"
    (aside,) = [b for b in two.repository.branches(None) if b.name == "aside"]
    assert str(aside.item("a").at(between).body) == "one two"  # on the branch it was there


# -- from where ------------------------------------------------------------------------------------


def test_a_branch_of_a_moment_or_a_version_has_exactly_what_was(pair, note, timers):
    one, two = pair
    repository = one.repository
    repository.create(note, "a", title="A1")
    repository.create(note, "b", title="B1")
    exchange(one, two)
    version, moment = repository.version, timers.now_ms
    timers.advance(10)
    repository.item("a").title = "A2"
    two.repository.item("b").title = "B2"
    two.repository.create(note, "c", title="C2")
    repository.record_drafts()
    exchange(one, two)

    was = {"a": ("A1", ""), "b": ("B1", "")}
    assert texts(repository.branch("version", version), note) == was
    assert texts(repository.branch("moment", moment), note) == was
    assert texts(repository.branch("moment", repository.at(moment)), note) == was
    now = {"a": ("A2", ""), "b": ("B2", ""), "c": ("C2", "")}
    assert texts(repository.branch("now"), note) == now
    exchange(one, two)
    found = two.repository.branches()
    assert sorted(branch.name for branch in found) == ["moment", "moment", "now", "version"]
    for branch in found:
        assert texts(branch, note) == (now if branch.name == "now" else was)


def test_a_branch_of_one_item_has_that_item_at_that_version(pair, note):
    one, two = pair
    repository = one.repository
    with repository.transaction():
        item = repository.create(note, "a", title="A", body="one")
        repository.create(note, "b", title="B")
    item.title = "A2"
    repository.record_drafts()
    branch = item.branch("draft", item.history[0])
    here = item.branch("here")
    exchange(one, two)

    assert texts(branch, note) == {"a": ("A", "one")}
    assert texts(here, note) == {"a": ("A2", "one")}
    assert branch.item("b") is None
    branch.item("a").body.splice(3, 0, " two")
    branch.create(note, "c", title="C")
    exchange(one, two)
    (theirs,) = [b for b in two.repository.branches() if b.name == "draft"]
    assert texts(theirs, note) == {"a": ("A", "one two"), "c": ("C", "")}
    theirs.merge()
    exchange(one, two)
    assert texts(repository, note) == {"a": ("A2", "one two"), "b": ("B", ""), "c": ("C", "")}


def test_a_branch_can_be_made_from_a_version_on_another_branch(peer, note):
    repository = peer().repository
    repository.create(note, "a", title="A", body="one")
    first = repository.branch("first")
    first.item("a").body.splice(3, 0, " two")
    second = first.item("a").branch("second")
    second.item("a").body.splice(0, 0, "zero ")
    assert texts(first, note) == {"a": ("A", "one two")}
    assert texts(second, note) == {"a": ("A", "zero one two")}
    second.merge()  # brings what it stands on
    assert texts(repository, note) == {"a": ("A", "zero one two")}
    assert (first.state, second.state) == ("merged", "merged")


def test_the_base_may_arrive_after_the_branch(pair, peer, note):
    one, two = pair
    one.repository.create(note, "a", title="A")
    two.repository.create(note, "b", title="B")
    exchange(one, two)
    branch = one.repository.branch("aside")
    branch.create(note, "c", title="C")
    three = peer(3)
    three.repository.register(note)
    three.repository.admit([c for c in one.store.commits() if c.author == one.author])

    (seen,) = three.repository.branches()
    query = seen.query(note).order_by("title")
    assert [row.key for row in query] == ["a", "c"]
    assert not seen.complete
    with pytest.raises(Refused, match="has not arrived"):
        seen.item("a").title = "no"
    three.pull(two)
    assert [row.key for row in query] == ["a", "b", "c"]
    assert seen.complete
    seen.item("b").title = "yes"
    assert texts(three.repository, note) == {"a": ("A", ""), "b": ("B", "")}


# -- comparing -------------------------------------------------------------------------------------


def test_comparing_tells_what_a_merge_would_do(peer, note):
    repository = peer().repository
    edited = repository.create(note, "edited", title="E", body="the red fox runs")
    repository.create(note, "removed", title="R")
    repository.create(note, "same", title="S")
    branch = repository.branch("plan")
    branch.item("edited").body = "the quick red fox jumps"
    branch.item("edited").title = "E2"
    branch.item("removed").delete()
    branch.create(note, "added", title="new", body="words")
    branch.item("same").title = "T"
    branch.item("same").title = "S"
    edited.done = True  # meanwhile
    repository.create(note, "elsewhere", title="X")

    found = {one.key: one for one in branch.compare()}

    assert {key: one.kind for key, one in found.items()} == {
        "added": "added",
        "edited": "edited",
        "removed": "removed",
    }
    assert found["edited"].fields.keys() == {"title", "body"}
    assert found["edited"].fields["title"] == ("E", "E2")
    assert [(h.kind, h.text) for h in found["edited"].fields["body"].hunks] == [
        ("equal", "the "),
        ("insert", "quick "),
        ("equal", "red fox "),
        ("delete", "runs"),
        ("insert", "jumps"),
    ]
    assert found["edited"].item is edited
    assert found["edited"].ours is branch.item("edited")
    assert found["added"].item is None
    assert found["added"].fields["exists"] == (False, True)
    assert found["removed"].fields == {"exists": (True, False)}
    branch.merge()
    assert branch.compare() == []
    assert edited.done
    assert edited.title == "E2"


# -- the list --------------------------------------------------------------------------------------


def test_branches_are_listed_by_state_dropped_and_brought_back(pair, note, timers):
    one, two = pair
    repository = one.repository
    repository.create(note, "a", title="A")
    first = repository.branch("twice")
    timers.advance(1)
    second = repository.branch("twice")
    second.item("a").title = "B"
    assert repository.branches() == [first, second]
    heard = []
    two.repository.subscribe_branches(lambda: heard.append(len(two.repository.branches())))
    exchange(one, two)
    assert heard == [2]

    second.drop()
    exchange(one, two)
    assert repository.branches() == [first]
    assert repository.branches("dropped") == [second]
    assert heard == [2, 1]
    with pytest.raises(Refused, match="restore it"):
        second.item("a").title = "C"
    with pytest.raises(Refused, match="restore it"):
        second.merge()
    second.restore()
    second.rename("once")
    exchange(one, two)
    assert sorted(b.name for b in two.repository.branches()) == ["once", "twice"]
    states = []
    repository.subscribe_branches(lambda: states.append(second.state))
    second.merge()
    second.item("a").done = True
    second.record_drafts()
    assert states == ["merged", "open"]
    second.merge()
    assert repository.branches("merged") == [second]
    assert repository.branches(None) == [first, second]
    assert (first.created_ms, second.created_ms) == (timers.now_ms - 1, timers.now_ms)


def test_what_records_a_branch_is_no_item_of_the_program(peer, note):
    repository = peer().repository
    heard = []
    repository.subscribe(heard.append)
    branch = repository.branch("plan")
    assert list(repository.items()) == list(repository.known_items()) == []
    assert list(branch.items()) == []
    assert repository.item(f"sys/branch/{branch.id.hex()}") is None
    assert heard == []
    assert not repository.undo_stack().undo()
    assert repository.branches() == [branch]


def test_names_versions_and_moments_that_cannot_be_are_refused(peer, note):
    one, other = peer(1).repository, peer(2).repository
    item = one.create(note, "a", title="A")
    with pytest.raises(InvalidValue, match="1 to 255 bytes"):
        one.branch("")
    other.create(note, "b")
    other.record_drafts()
    with pytest.raises(LocalMisuse, match="another repository"):
        one.branch("x", other.version)
    with pytest.raises(LocalMisuse, match="another repository"):
        one.branch("x", other.item("b").version)
    with pytest.raises(LocalMisuse, match="no version of that moment"):
        item.branch("x", 0)
    assert one.branches(None) == []


# -- rights ----------------------------------------------------------------------------------------


def test_work_on_a_branch_without_the_right_changes_nothing_until_built_upon(pair, note):
    one, two = pair
    one.repository.create(note, "a", title="A", body="one")
    branch = one.repository.branch("plan")
    exchange(one, two)
    (theirs,) = two.repository.branches()
    theirs.item("a").body.splice(3, 0, " two")
    two.repository.record_drafts()
    one.membership.barred = {two.author}
    one.pull(two)
    assert texts(branch, note) == {"a": ("A", "one")}
    assert one.repository.quarantined == 1
    assert branch.merge() == (0, 0)
    assert branch.state == "open"

    one.membership.barred = set()
    heard = []
    branch.subscribe(heard.append)
    one.repository.membership_changed()
    assert texts(branch, note) == {"a": ("A", "one two")}
    assert [change.item.key for change in heard] == ["a"]
    branch.merge()
    assert texts(one.repository, note) == {"a": ("A", "one two")}


def test_who_may_not_write_makes_no_branch_and_writes_in_none(peer, note):
    one = peer()
    item = one.repository.create(note, "a", title="A")
    branch = one.repository.branch("plan")
    branch.item("a").title = "B"
    branch.record_drafts()
    one.membership.reason = "You can read this notebook, not change it."
    for refused in (
        lambda: one.repository.branch("more"),
        lambda: item.branch("more"),
        lambda: setattr(branch.item("a"), "title", "C"),
        lambda: branch.create(note, title="N"),
        branch.merge,
        branch.drop,
        lambda: branch.rename("other"),
    ):
        with pytest.raises(Refused, match="You can read this notebook"):
            refused()
    assert not branch.writable
    assert texts(branch, note) == {"a": ("B", "")}
    assert [b.name for b in one.repository.branches(None)] == ["plan"]


def test_a_merge_after_the_right_ended_brings_nothing_and_says_so(peer, note):
    one = peer()
    one.repository.create(note, "a", title="A", body="one")
    branch = one.repository.branch("plan")
    branch.item("a").body = "two"
    branch.record_drafts()
    ended = (CommitId(b"z" * 32),)  # by what these records say, which no reason is known of yet
    one.membership.heads = lambda: ended
    one.membership.may_write = lambda author, auth, repository: auth != ended
    with pytest.raises(Refused, match="nothing was merged"):
        branch.merge()
    assert texts(one.repository, note) == {"a": ("A", "one")}


# -- transactions and undo -------------------------------------------------------------------------


def test_a_transaction_on_a_branch_is_one_commit_or_nothing(peer, note):
    one = peer()
    one.repository.create(note, "a", title="A", body="x")
    branch = one.repository.branch("plan")
    rows = branch.query(note).order_by("title")
    assert [row.title for row in rows] == ["A"]
    held = one.repository.count
    with branch.transaction("two"):
        branch.item("a").title = "Z"
        branch.create(note, "b", title="B")
    assert one.repository.count == held + 1
    assert [row.title for row in rows] == ["B", "Z"]

    before = texts(branch, note)
    with pytest.raises(ZeroDivisionError), branch.transaction("fails"):
        branch.item("a").body.splice(0, 1, "")
        branch.create(note, "c", title="C")
        branch.item("b").delete()
        raise ZeroDivisionError
    assert texts(branch, note) == before
    assert branch.item("c") is None
    assert [row.title for row in rows] == ["B", "Z"]
    assert one.repository.count == held + 1
    with (
        branch.transaction("outer"),
        pytest.raises(TransactionMisuse, match="do not nest"),
        branch.transaction("inner"),
    ):
        pass


def test_what_arrives_inside_a_transaction_on_a_branch_undoes_it_and_is_kept(pair, note):
    one, two = pair
    one.repository.create(note, "a", title="A")
    branch = one.repository.branch("plan")
    exchange(one, two)
    two.repository.create(note, "b", title="B")
    with pytest.raises(TransactionMisuse, match="await"), branch.transaction("waits"):
        branch.item("a").title = "Z"
        one.pull(two)
    assert texts(branch, note) == {"a": ("A", "")}
    assert texts(one.repository, note) == {"a": ("A", ""), "b": ("B", "")}


def test_branches_are_not_made_or_merged_inside_a_transaction(peer, note):
    repository = peer().repository
    repository.create(note, "a", title="A")
    branch = repository.branch("plan")
    branch.item("a").title = "B"
    branch.record_drafts()
    for view in (repository, branch):
        with view.transaction():
            for refused in (lambda: repository.branch("x"), branch.merge, branch.drop):
                with pytest.raises(TransactionMisuse):
                    refused()
    assert [b.state for b in repository.branches(None)] == ["open"]


def test_undo_on_a_branch_takes_back_what_was_done_on_it(pair, note):
    one, two = pair
    item = one.repository.create(note, "a", title="A", body="one")
    branch = one.repository.branch("plan")
    exchange(one, two)
    (theirs,) = two.repository.branches()
    ours = branch.item("a")
    ours.body.splice(3, 0, " two")
    branch.record_drafts()
    theirs.item("a").body.splice(0, 0, "zero ")
    exchange(one, two)
    item.title = "main"
    one.repository.record_drafts()
    undo = branch.undo_stack()
    assert undo.undo()
    assert str(ours.body) == "zero one"
    assert not undo.undo()
    assert undo.redo()
    assert str(ours.body) == "zero one two"
    assert item.title == "main"
    assert [version.summary for version in ours.history][-1] == "+4 letters in body"


def test_a_merge_is_undone_as_one_step_and_done_again(peer, note):
    repository = peer().repository
    item = repository.create(note, "a", title="A", body="one")
    branch = repository.branch("plan")
    branch.item("a").body.splice(3, 0, " two")
    branch.create(note, "b", title="B")
    branch.merge()
    item.done = True
    repository.record_drafts()
    undo = repository.undo_stack()
    assert undo.undo()
    assert undo.undo()
    assert texts(repository, note) == {"a": ("A", "one")}
    assert undo.redo()
    assert texts(repository, note) == {"a": ("A", "one two"), "b": ("B", "")}
    assert texts(branch, note) == {"a": ("A", "one two"), "b": ("B", "")}


# -- much ------------------------------------------------------------------------------------------


def test_what_is_too_much_for_one_commit_is_merged_in_several_and_told_once(
    peer, note, monkeypatch
):
    monkeypatch.setattr("goatcore.history.commit.COMMIT_BYTES_MAX", 40_000)  # not a mebibyte
    one = peer()
    chance = random.Random(1)
    branch = one.repository.branch("import")
    for part in range(6):
        with branch.transaction():
            for n in range(60):
                key = "".join(chance.choices(string.ascii_letters + string.digits, k=250))
                branch.create(note, key, title=f"{part} {n}")
    rows = one.repository.query(note)
    assert rows.count() == 0
    moved = []
    rows.subscribe(moved.append)
    held = one.repository.count
    merged = branch.merge()
    assert (merged.items, merged.commits) == (360, 2)
    assert one.repository.count == held + 2
    assert rows.count() == 360
    assert len(moved) == 1
    assert branch.state == "merged"


def test_more_heads_than_a_change_may_have_are_merged_in_several_commits(peer, make_peer, note):
    one = peer()
    one.repository.create(note, "a", body=".")
    branch = one.repository.branch("many")
    start = list(one.store.commits())
    for n in range(70):
        other = make_peer(n + 2)
        other.repository.admit(start)
        other.repository.register(note)
        (theirs,) = other.repository.branches()
        theirs.item("a").body.splice(0, 0, chr(0x4E00 + n))
        other.repository.record_drafts()
        one.repository.admit([c for c in other.store.commits() if c.author == other.author])
        assert len(branch.item("a").body) == n + 2
    merged = branch.merge()
    assert (merged.items, merged.commits) == (1, 3)
    assert len(heads(one.repository.item("a"))) == 1
    assert sorted(str(one.repository.item("a").body)) == sorted(str(branch.item("a").body))
    assert len(one.repository.item("a").body) == 71
