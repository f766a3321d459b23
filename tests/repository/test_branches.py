"""Branches: work aside that the main line does not see before it is merged."""

from __future__ import annotations

import pytest

from goatcore.errors import InvalidValue, LocalMisuse, Refused
from goatcore.history.splices import TextSplice


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
