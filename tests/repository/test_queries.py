"""Queries of a repository's own items: along references, of the past, on branches."""

from __future__ import annotations

import pytest

from goatcore.errors import InvalidValue, LocalMisuse, UnknownField
from goatcore.query import Q, indexes, replay
from goatcore.schema import Schema, counter, mapping, reference, string, tags

PLACE = Schema("place", 1, name=string(), inside=reference(), facts=mapping(), visits=counter())
TRIP = Schema("trip", 1, title=string(), to=reference(), words=tags())


@pytest.fixture
def here(peer):
    """A repository with places and trips to them."""
    one = peer(1)
    repository = one.repository
    repository.create(PLACE, "europe", name="Europe")
    repository.create(PLACE, "alps", name="Alps", inside="europe")
    repository.create(PLACE, "sea", name="Sea")
    repository.create(TRIP, "a", title="Walk", to="alps", words={"feet"})
    repository.create(TRIP, "b", title="Swim", to="sea", words={"feet", "hands"})
    repository.create(TRIP, "c", title="Climb", to="alps", words={"hands"})
    return one


def keys(rows):
    return [row.key for row in rows]


def told(changes):
    """What a digest says, without the items."""
    return [
        [(one.row.key, sorted(one.fields), one.authors) for one in part]
        for part in (changes.added, changes.removed, changes.edited)
    ]


# -- along references ------------------------------------------------------------------------------


def test_items_are_found_and_ordered_by_what_they_refer_to(here):
    trips = here.repository.query(TRIP)
    assert keys(trips.where(to__name="Alps")) == ["a", "c"]
    assert keys(trips.where(to__inside__name="Europe").order_by("title")) == ["c", "a"]
    assert keys(trips.order_by("to__name", "-title")) == ["a", "c", "b"]
    assert keys(trips.where(to__edited_ms__gte=0)) == ["a", "b", "c"]


def test_what_others_do_to_a_place_moves_the_trips_to_it(here, peer):
    there = peer(2)
    there.pull(here)
    query = here.repository.query(TRIP).where(to__name="Alps")
    rows = list(query)
    query.subscribe(lambda splices: rows.__setitem__(slice(None), replay(rows, splices)))
    there.repository.register(PLACE)
    there.repository.item("sea").name = "Alps"
    there.repository.item("alps").delete()
    there.repository.record_drafts()
    here.pull(there)
    assert keys(query) == keys(rows) == ["b"]
    here.repository.item("alps").restore()
    assert keys(query) == keys(rows) == ["a", "b", "c"]
    here.repository.undo_stack().undo()
    assert keys(query) == keys(rows) == ["b"]


def test_a_field_that_no_item_has_is_named(here):
    with pytest.raises(UnknownField, match="to__colour"):
        here.repository.query(TRIP).where(to__colour="red")
    with pytest.raises(InvalidValue, match="title refers to no other item"):
        here.repository.query(TRIP).where(title__name="x")


def test_a_field_cannot_be_named_like_a_way_along_references():
    with pytest.raises(LocalMisuse, match="to__name"):
        Schema("bad", 1, to__name=string())


def test_items_that_nobody_asked_for_are_read_as_they_would_show(here, peer):
    def asked(repository):
        places, trips = repository.query(PLACE), repository.query(TRIP)
        return [
            keys(places.where(facts__contains="depth")),
            keys(places.where(visits__gte=3)),
            keys(places.order_by("-visits", "name")),
            keys(trips.where(words__contains="hands")),
            keys(trips.where(words=frozenset({"feet"}))),
            keys(trips.where(words__len=2)),
            keys(trips.order_by("-created_ms", "author", "title")),
        ]

    repository = here.repository
    repository.item("sea").facts["depth"] = 9
    repository.item("sea").visits.add(3)
    repository.record_drafts()
    expected = [["sea"], ["sea"], ["sea", "alps", "europe"], ["b", "c"], ["a"], ["b"]]
    assert asked(repository)[:6] == expected
    fresh = peer(1, here.log.entries())
    fresh.repository.register(PLACE)
    assert asked(fresh.repository) == asked(repository)
    assert fresh.repository.query(PLACE).where(visits=3).first().facts == {"depth": 9}


# -- the past --------------------------------------------------------------------------------------


def test_a_query_of_a_moment_shows_what_there_was(here, timers):
    repository = here.repository
    then = timers.now_ms
    query = repository.query(TRIP).where(Q(to__name="Alps") | Q(title="Swim")).order_by("-title")
    assert keys(query) == ["a", "b", "c"]
    timers.advance(10_000)
    repository.item("a").title = "Run"
    repository.item("alps").name = "Hills"
    repository.item("b").delete()
    repository.create(TRIP, "d", title="Swim")
    repository.record_drafts()
    assert keys(query) == ["d"]
    past = query.at(then)
    assert [(row.key, row.title) for row in past] == [("a", "Walk"), ("b", "Swim"), ("c", "Climb")]
    assert keys(query.at(timers.now_ms)) == ["d"]
    assert keys(query.at(then - 1)) == []
    assert keys(past.where(title="Walk")) == ["a"]
    assert keys(query.limit(1).at(then)) == ["a"]
    assert past.group_count("to") == {"alps": 2, "sea": 1}
    assert keys(repository.at(then).query(TRIP).order_by("title")) == ["c", "b", "a"]
    timers.advance(10_000)
    repository.item("a").title = "Walk"
    assert past[0].title == "Walk"


def test_a_moment_is_a_whole_number(here):
    with pytest.raises(InvalidValue, match="milliseconds"):
        here.repository.query(TRIP).at("yesterday")
    with pytest.raises(InvalidValue, match="changes_since takes"):
        here.repository.query(TRIP).changes_since("yesterday")


def test_the_past_has_no_past(here):
    past = here.repository.query(TRIP).at(0)
    with pytest.raises(LocalMisuse):
        past.changes_since(0)


# -- while you were away ---------------------------------------------------------------------------


def test_what_happened_since_a_version_is_told_by_item_field_and_author(here, peer, timers):
    repository, there = here.repository, peer(2)
    there.pull(here)
    there.repository.register(TRIP)
    version = repository.version
    trips = repository.query(TRIP)
    assert not trips.changes_since(version)
    timers.advance(5_000)
    there.repository.item("a").title = "Run"
    there.repository.item("a").words.add("road")
    there.repository.item("b").delete()
    there.repository.create(TRIP, "n", title="New", to="sea")
    there.repository.record_drafts()
    timers.advance(5_000)
    repository.item("a").title = "Walk on"
    here.pull(there)
    me, other = (one.author.hex()[:4] for one in (here, there))
    added, removed, edited = told(trips.changes_since(version))
    assert added == [("n", ["title", "to"], (other,))]
    assert removed == [("b", [], (other,))]
    assert edited == [("a", ["title", "words"], (other, me))]
    assert told(trips.changes_since(repository.version)) == [[], [], []]


def test_changes_are_those_of_the_querys_rows(here, timers):
    repository = here.repository
    version = repository.version
    timers.advance(1)
    for key in "abc":
        repository.item(key).title = {"a": "Climb", "b": "Dive", "c": "Fall"}[key]
    repository.item("sea").name = "Ocean"

    def of(query):
        return [keys(one.row for one in part) for part in query.changes_since(version)]

    trips = repository.query(TRIP)
    assert of(trips.where(title="Climb")) == [["a"], ["c"], []]
    assert of(trips.where(title="Dive").limit(1)) == [["b"], [], []]
    assert of(trips.where(to="alps")) == [[], [], ["a", "c"]]
    assert of(trips.where(words__contains="feet")) == [[], [], ["a", "b"]]
    assert of(trips.where(title="Dive", to__name="Sea")) == [[], [], []]
    assert of(trips.where(to__name="Sea")) == [[], ["b"], []]  # it was written in, too
    assert of(trips.where(lambda row: row.title < "D")) == [["a"], ["c"], []]
    assert of(repository.query(PLACE)) == [[], [], ["sea"]]


def test_what_came_and_went_meanwhile_is_not_told(here, timers):
    repository = here.repository
    version = repository.version
    timers.advance(1)
    repository.create(TRIP, "x").delete()
    repository.item("a").delete()
    repository.item("a").restore()
    repository.record_drafts()
    assert told(repository.query(TRIP).changes_since(version)) == [
        [], [], [("a", [], (here.author.hex()[:4],))]
    ]  # fmt: skip


def test_a_time_counts_what_claims_to_be_later(here, timers):
    repository = here.repository
    before = timers.now_ms
    timers.advance(1_000)
    repository.item("a").title = "Run"
    repository.record_drafts()
    timers.advance(1_000)
    between = timers.now_ms
    timers.advance(1_000)
    repository.item("c").title = "Fall"
    trips = repository.query(TRIP)
    assert [keys(one.row for one in part) for part in trips.changes_since(before)][2] == ["a", "c"]
    assert [keys(one.row for one in part) for part in trips.changes_since(between)][2] == ["c"]
    assert keys(one.row for one in trips.changes_since(0).added) == ["a", "b", "c"]
    assert not trips.changes_since(timers.now_ms)


def test_only_what_came_after_is_read(here, monkeypatch):
    repository = here.repository
    for n in range(50):
        repository.create(TRIP, title=f"{n}")
    version = repository.version
    repository.item("a").title = "Run"
    repository.record_drafts()
    read = []
    find = repository.store.find
    monkeypatch.setattr(repository.store, "find", lambda id_: read.append(id_) or find(id_))
    assert len(repository.query(TRIP).changes_since(version).edited) == 1
    assert len(set(read)) <= 4  # the new commit, and those of its item


def test_commits_that_do_not_count_are_not_told(here, peer):
    there = peer(2)
    there.pull(here)
    there.repository.register(TRIP)
    version = here.repository.version
    here.membership.barred.add(there.author)
    there.repository.item("a").title = "Spoilt"
    there.repository.record_drafts()
    here.pull(there)
    assert here.repository.quarantined == 1
    assert not here.repository.query(TRIP).changes_since(version)


def test_a_forked_chain_tells_what_is_new_in_each_branch_of_it(here, peer, timers):
    """A device that was restored from a backup went on twice."""
    twin = peer(1, here.log.entries())
    twin.repository.register(TRIP)
    version = here.repository.version
    timers.advance(1)
    here.repository.item("a").title = "Run"
    here.repository.record_drafts()
    after = here.repository.version
    twin.repository.item("c").title = "Fall"
    twin.repository.record_drafts()
    here.pull(twin)
    trips = here.repository.query(TRIP)
    assert keys(one.row for one in trips.changes_since(version).edited) == ["a", "c"]
    assert keys(one.row for one in trips.changes_since(after).edited) == ["c"]


# -- branches --------------------------------------------------------------------------------------


def test_a_branch_has_queries_of_its_own(here, timers):
    repository = here.repository
    draft = repository.branch("plan")
    ours, theirs = repository.query(TRIP), draft.query(TRIP).where(to__name="Alps")
    assert keys(theirs) == ["a", "c"]
    rows = list(theirs)
    theirs.subscribe(lambda splices: rows.__setitem__(slice(None), replay(rows, splices)))
    then, version = timers.now_ms, repository.version
    timers.advance(1_000)
    draft.item("b").to = "alps"
    draft.create(TRIP, "d", to="alps")
    draft.record_drafts()
    assert keys(theirs) == keys(rows) == ["a", "b", "c", "d"]
    assert keys(ours) == ["a", "b", "c"]
    assert keys(theirs.at(then)) == ["a", "c"]
    changes = theirs.changes_since(version)
    assert [keys(one.row for one in part) for part in changes] == [["b", "d"], [], []]
    assert not ours.changes_since(version)
    draft.merge()
    assert keys(ours.where(to__name="Alps")) == ["a", "b", "c", "d"]


# -- transactions ----------------------------------------------------------------------------------


def test_a_query_made_inside_a_transaction_sees_what_was_done_in_it(here, monkeypatch):
    monkeypatch.setattr(indexes, "ROWS_MIN", 0)
    repository = here.repository
    for title in ("Walk", "Swim", "Climb"):
        list(repository.query(TRIP).where(title=title))
    open_query = repository.query(TRIP).order_by("title")
    assert keys(open_query) == ["c", "b", "a"]
    with repository.transaction():
        repository.item("a").title = "Climb"
        repository.create(TRIP, "z", title="Climb")
        repository.item("c").delete()
        assert keys(repository.query(TRIP).where(title="Climb")) == ["a", "z"]
        assert keys(open_query) == ["c", "b", "a"]
    assert keys(open_query) == ["a", "z", "b"]
    with pytest.raises(ZeroDivisionError), repository.transaction():
        repository.item("a").title = "Walk"
        assert keys(repository.query(TRIP).where(title="Walk")) == ["a"]
        raise ZeroDivisionError
    assert keys(repository.query(TRIP).where(title="Walk")) == []
    assert keys(repository.query(TRIP).where(title="Climb")) == ["a", "z"]
    assert keys(open_query) == ["a", "z", "b"]


def test_an_edit_after_a_query_ended_is_in_the_next_one_of_the_same_words(here):
    repository = here.repository
    assert len(repository.query(TRIP).where(title="Walk")) == 1
    repository.item("b").title = "Walk"
    repository.item("a").delete()
    assert keys(repository.query(TRIP).where(title="Walk")) == ["b"]
