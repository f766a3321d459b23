"""Random work of two people on real items, with queries open on the main line and a branch.

After every step each open query is what a full rescan of the items gives, and the rows that a
listener made of its splices are those.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from goatcore.query import Q, blocks, chunks, indexes, replay, runs
from goatcore.query.operators import sort
from goatcore.schema import Schema, counter, flag, number, reference, string, tags

PLACE = Schema("place", 1, name=string(), inside=reference())
TRIP = Schema(
    "trip", 1, title=string(), to=reference(), words=tags(), done=flag(), size=number(),
    seen=counter(),
)  # fmt: skip
KEYS = ["p", "q", "r", "s"]
TITLES = ["", "a", "b 2", "b 10"]
titles, keys, sizes = map(st.sampled_from, (TITLES, KEYS, [0, 1, 2, 2.5, None]))


def place(row):
    """The place that a trip or place refers to, if it shows."""
    key = row.to if row.schema is TRIP else row.inside
    item = row.repository.item(key) if key else None
    return item if item is not None and item.exists else None


def place_of(row, field):
    found = place(row)
    return None if found is None else getattr(found, field, None)


def rank(title):
    """Where people look for a title."""
    return TITLES.index(title)


def is_number(value):
    return isinstance(value, (int, float))


# what is asked, and the same as plain Python: which rows, and by what they are ordered
ASKS = {
    "by title": (
        lambda q: q.order_by("-title"),
        lambda row: True,
        lambda row: rank(row.title),
        True,
    ),
    "done": (lambda q: q.where(done=True), lambda row: row.done, lambda row: "", False),
    "words": (
        lambda q: q.where(words__contains="x").order_by("title"),
        lambda row: "x" in row.words,
        lambda row: rank(row.title),
        False,
    ),
    "sizes": (
        lambda q: q.where(Q(size__gt=0) & ~Q(title="a")).order_by("-seen"),
        lambda row: is_number(row.size) and row.size > 0 and row.title != "a",
        lambda row: int(row.seen),
        True,
    ),
    "joined": (
        lambda q: q.where(to__name__in=["a", "b 2"]).order_by("to__name"),
        lambda row: place_of(row, "name") in ("a", "b 2"),
        lambda row: rank(place_of(row, "name")),
        False,
    ),
    "joined twice": (
        lambda q: q.where(to__inside__name__isnull=False).order_by("-to__inside__name"),
        lambda row: inner(row) is not None,
        lambda row: rank(inner(row)),
        True,
    ),
}


def inner(row):
    found = place(row)
    return None if found is None or found.schema is not PLACE else place_of(found, "name")


def rescan(view, ask):
    _, test, key, backwards = ASKS[ask]
    rows = sorted((row for row in view.items(TRIP) if test(row)), key=lambda row: row.key)
    rows.sort(key=key, reverse=backwards)
    return [row.key for row in rows]


class Watched:
    """An open query of one view, and what a listener made of its splices."""

    def __init__(self, ask, view):
        self.ask = ask
        self.view = view
        self.query = ASKS[ask][0](view.query(TRIP))
        self.rows = list(self.query)
        self.query.subscribe(self.hear)

    def hear(self, splices):
        self.rows = replay(self.rows, splices)


class Machine(RuleBasedStateMachine):
    def __init__(self, make_peer):
        super().__init__()
        self.make_peer = make_peer
        self.here, self.there = make_peer(1), make_peer(2)
        self.branch = None
        self.watched = []
        for peer in (self.here, self.there):
            peer.repository.register(PLACE)
            peer.repository.register(TRIP)

    def views(self):
        return [self.here.repository, *([self.branch] if self.branch is not None else [])]

    def view(self, who):
        views = [self.there.repository, *self.views()]
        return views[who % len(views)]

    # -- work

    @rule(who=st.integers(0, 2), key=keys, title=titles, to=keys)
    def make(self, who, key, title, to):
        view = self.view(who)
        item = view.item(key)
        if item is None and view.writable:
            if key in ("p", "q"):
                view.create(PLACE, key, name=title, inside=to)
            else:
                view.create(TRIP, key, title=title, to=to)

    @rule(who=st.integers(0, 2), key=keys, title=titles, size=sizes, kind=st.integers(0, 6))
    def edit(self, who, key, title, size, kind):
        view = self.view(who)
        item = view.item(key)
        if item is None or not view.writable:
            return
        if kind == 0:
            (item.restore if not item.exists else item.delete)()
        elif item.schema is PLACE:
            if kind < 5:
                item.name = title
            else:
                item.inside = KEYS[len(title) % 4]
        elif kind == 1:
            item.title = title
        elif kind == 2:
            item.size, item.done = size, bool(size)
        elif kind == 3:
            (item.words.discard if "x" in item.words else item.words.add)("x")
        elif kind == 4:
            item.seen.add(len(title) - 1)
        else:
            item.to = KEYS[len(title) % 4]

    @rule(who=st.integers(0, 2), key=keys, title=titles, good=st.booleans(), look=st.booleans())
    def several_at_once(self, who, key, title, good, look):
        view = self.view(who)
        if not view.writable:
            return
        try:
            with view.transaction("several"):
                for other in (key, *KEYS):
                    item = view.item(other)
                    if item is not None:
                        setattr(item, "title" if item.schema is TRIP else "name", title)
                if look:
                    asked = ASKS["joined"][0](view.query(TRIP))
                    assert [row.key for row in asked] == rescan(view, "joined")
                if not good:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            pass

    # -- what comes

    @rule()
    def pull(self):
        self.here.pull(self.there)

    @rule()
    def push(self):
        self.there.pull(self.here)

    @rule(barred=st.booleans())
    def rights_change(self, barred):
        barrier = {self.there.author} if barred else set()
        if self.here.membership.barred != barrier:
            self.here.membership.barred = barrier
            self.here.repository.membership_changed()

    @precondition(lambda self: self.branch is None)
    @rule()
    def begin_a_branch(self):
        self.branch = self.here.repository.branch("aside")

    @precondition(lambda self: self.branch is not None)
    @rule()
    def merge(self):
        self.branch.merge()

    # -- queries

    @rule(who=st.integers(1, 2), ask=st.sampled_from(sorted(ASKS)))
    def open(self, who, ask):
        view = self.view(who)
        if view is not self.there.repository:
            self.watched.append(Watched(ask, view))

    @precondition(lambda self: self.watched)
    @rule(at=st.integers(0, 20))
    def let_go(self, at):
        del self.watched[at % len(self.watched)]

    @rule()
    def close_and_open_again(self):
        asks = [watched.ask for watched in self.watched]
        self.watched.clear()
        self.branch = None
        self.here.repository.record_drafts()
        barred = self.here.membership.barred
        self.here = self.make_peer(1, self.here.log.entries())
        self.here.membership.barred = barred
        self.here.repository.membership_changed()
        self.here.repository.register(PLACE)
        self.here.repository.register(TRIP)
        self.watched = [Watched(ask, self.here.repository) for ask in asks]

    @invariant()
    def every_query_is_a_full_rescan(self):
        assert self.here.errors == []
        for watched in self.watched:
            found = [row.key for row in watched.query]
            assert found == [row.key for row in watched.rows]
            assert found == rescan(watched.view, watched.ask)


@pytest.fixture
def small_pieces(monkeypatch):
    """Makes every boundary inside the engine one that a few rows cross."""
    for module, name, value in (
        (chunks, "CHUNK_ROWS", 2), (sort, "RUN_SIZE", 4), (runs, "SAMPLE_EVERY", 2),
        (blocks, "BLOCK_MAX", 4), (blocks, "COLD_MAX", 2),
        (indexes, "ROWS_MIN", 0),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, value)


@pytest.mark.usefixtures("small_pieces")
def test_open_queries_are_full_rescans_whatever_people_do(make_peer):
    run_state_machine_as_test(
        lambda: Machine(make_peer),
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
