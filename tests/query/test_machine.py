"""Random tables, random queries: every open query is what a full rescan gives, at every moment,
and its splices lead from the rows it had to the rows it has."""

from __future__ import annotations

import functools
import re

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from goatcore.query import Q, blocks, chunks, indexes, replay, runs
from goatcore.query.operators import sort

TITLES = ["", "a", "A", "ä", "b 2", "b 10", "B 2", "c"]
SIZES = [None, -1, 0, 0.5, 1, 2, 2**60]
TAGS = [frozenset(), frozenset({"x"}), frozenset({"x", "y"})]
fields = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(TITLES),
        "size": st.sampled_from(SIZES),
        "done": st.booleans(),
        "tags": st.sampled_from(TAGS),
        "near": st.sampled_from(["", *(f"n{n:04}" for n in range(6))]),
    },
)


def longer(note, ctx):
    return len(note.title) >= ctx


def number(value):
    return isinstance(value, int | float)


# each leaf: what the query is asked, and the same question in plain Python
leaves = st.one_of(
    st.booleans().map(lambda v: (Q(done=v), lambda note: note.done == v)),
    st.sampled_from(SIZES).map(lambda v: (Q(size=v), lambda note: note.size == v)),
    st.sampled_from(SIZES[1:]).map(
        lambda v: (Q(size__gte=v), lambda note: number(note.size) and note.size >= v)
    ),
    st.sampled_from(SIZES[1:]).map(
        lambda v: (Q(size__lt=v), lambda note: number(note.size) and note.size < v)
    ),
    st.booleans().map(lambda v: (Q(size__isnull=v), lambda note: (note.size is None) == v)),
    st.sampled_from(["a", "b", "2"]).map(
        lambda v: (Q(title__icontains=v), lambda note: v in note.title.casefold())
    ),
    st.lists(st.sampled_from(TITLES)).map(lambda v: (Q(title__in=v), lambda note: note.title in v)),
    st.sampled_from(["x", "y"]).map(lambda v: (Q(tags__contains=v), lambda note: v in note.tags)),
    st.sampled_from(TITLES).map(
        lambda v: (
            Q(near__title=v),
            lambda note: note.beside is not None and note.beside.title == v,
        )
    ),
    st.booleans().map(
        lambda v: (
            Q(near__near__done__isnull=v),
            lambda note: (note.beside is None or note.beside.beside is None) == v,
        )
    ),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(
            lambda p: (p[0][0] & p[1][0], lambda note: p[0][1](note) and p[1][1](note))
        ),
        st.tuples(inner, inner).map(
            lambda p: (p[0][0] | p[1][0], lambda note: p[0][1](note) or p[1][1](note))
        ),
        inner.map(lambda p: (~p[0], lambda note: not p[1](note))),
    ),
    max_leaves=4,
)
names = ["title", "-title", "size", "-size", "-done", "key", "near__title", "-near__size"]
orders = st.lists(st.sampled_from(names), max_size=3)


def plain_key(value):
    if value is None:
        return (0,)
    if number(value):
        return (1, value)
    folded = value.casefold().replace("ä", "a")
    parts = re.findall("[0-9]+|[^0-9]", folded)
    return (2, [(48, int(p)) if p.isdigit() else (ord(p), 0) for p in parts], value)


def rescan_where(test, rows):
    return [row for row in rows if test(row)]


def read_along(row, path):
    *through, field = path
    for _ in through:
        row = row.beside
    return None if row is None else getattr(row, field)


def rescan_order(order, rows):
    rows = sorted(rows, key=lambda row: row.key)
    seen = {}
    for name in order:
        seen.setdefault(name.lstrip("-"), name)
    for name in reversed(seen.values()):
        read = functools.partial(read_along, path=name.lstrip("-").split("__"))
        rows.sort(key=lambda row, read=read: plain_key(read(row)), reverse=name.startswith("-"))
    return rows


class Watched:
    """An open query, the same question as plain steps, and the rows a listener made of splices."""

    def __init__(self, ask, query, stages):
        self.ask = ask
        self.query = query
        self.stages = stages  # [(tests, order, offset, limit)]
        self.rows = None

    def rescan(self, notes):
        rows = [note for note in notes if note.schema == "note"]
        for tests, order, offset, limit in self.stages:
            for test in tests:
                rows = rescan_where(test, rows)
            rows = rescan_order(order, rows)[offset:]
            rows = rows if limit is None else rows[:limit]
        return rows

    def next_stage(self):
        _, order, offset, limit = self.stages[-1]
        if offset or limit is not None:
            return [*self.stages, ((), order, 0, None)]
        return self.stages

    def follow(self, notes):
        self.rows = list(self.query)
        assert self.rows == self.rescan(notes)
        self.query.subscribe(self.take)

    def take(self, splices):
        assert splices
        self.rows = replay(self.rows, splices)
        assert self.rows == list(self.query)


class Machine(RuleBasedStateMachine):
    queries = Bundle("queries")

    def __init__(self, new_table):
        super().__init__()
        self.table = new_table()
        self.table.step_ms = 10.0  # ready pauses after every step
        self.removed = []
        self.watched = []
        self.waiting = []
        self.entered = False

    # -- the data

    def present(self):
        return sorted(self.table.notes.values(), key=lambda note: note.key)

    @rule(given=fields, schema=st.sampled_from(["note", "note", "place"]))
    def add(self, given, schema):
        self.table.add(schema=schema, **given)

    @rule(given=fields, pick=st.randoms(use_true_random=False))
    def edit(self, given, pick):
        if self.table.notes:
            self.table.edit(pick.choice(self.present()), **given)

    @rule(pick=st.randoms(use_true_random=False))
    def remove(self, pick):
        if self.table.notes:
            note = pick.choice(self.present())
            self.table.remove(note)
            self.removed.append(note)

    @precondition(lambda self: self.removed)
    @rule()
    def restore(self):
        self.table.restore(self.removed.pop())

    @precondition(lambda self: not self.entered)
    @rule()
    def begin(self):
        self.entered = True
        self.table.__enter__()

    @precondition(lambda self: self.entered)
    @rule()
    def commit(self):
        self.entered = False
        self.table.__exit__()

    @precondition(lambda self: not self.entered)
    @rule(given=st.lists(fields, max_size=3), pick=st.randoms(use_true_random=False))
    def close_and_reopen_with_changes_in_between(self, given, pick):
        for coroutine in self.waiting:
            coroutine.close()
        self.waiting.clear()
        table, changed = self.table, set()
        saved = table.engine.export()
        table.reopen((), ())  # an engine without queries: nobody hears of these
        for one in given if table.notes else ():
            note = pick.choice(self.present())
            table.edit(note, **one)
            changed.update((note.ordinal, table.add(**one).ordinal))
        if table.notes and given:
            note = pick.choice(self.present())
            table.remove(note)
            self.removed.append(note)
            changed.add(note.ordinal)
        table.reopen(saved, changed)
        for watched in self.watched:
            watched.query = watched.ask(table.query())
            if watched.rows is not None:
                watched.follow(table.notes.values())

    # -- the queries

    def watch(self, parent, step, stages):
        asked = self.table.query() if parent is None else parent.query

        def ask(query):
            return step(query if parent is None else parent.ask(query))

        watched = Watched(ask, step(asked), stages)
        self.watched.append(watched)
        return watched

    @precondition(lambda self: not self.entered)
    @rule(target=queries)
    def everything(self):
        return self.watch(None, lambda query: query, [((), (), 0, None)])

    @rule(target=queries, parent=queries, condition=conditions)
    def where(self, parent, condition):
        asked, test = condition
        *before, (tests, order, offset, limit) = parent.next_stage()
        stages = [*before, ((*tests, test), order, offset, limit)]
        return self.watch(parent, lambda query: query.where(asked), stages)

    @rule(target=queries, parent=queries, least=st.integers(0, 3))
    def where_predicate(self, parent, least):
        *before, (tests, order, offset, limit) = parent.next_stage()
        test = functools.partial(longer, ctx=least)
        stages = [*before, ((*tests, test), order, offset, limit)]
        return self.watch(parent, lambda query: query.where(longer, ctx=least), stages)

    @rule(target=queries, parent=queries, order=orders)
    def order_by(self, parent, order):
        *before, (tests, _, offset, limit) = parent.next_stage()
        stages = [*before, (tests, order, offset, limit)]
        return self.watch(parent, lambda query: query.order_by(*order), stages)

    @rule(target=queries, parent=queries, rows=st.none() | st.integers(0, 6))
    def limit(self, parent, rows):
        *before, (tests, order, offset, _) = parent.stages
        stages = [*before, (tests, order, offset, rows)]
        return self.watch(parent, lambda query: query.limit(rows), stages)

    @rule(target=queries, parent=queries, rows=st.integers(0, 4))
    def offset(self, parent, rows):
        *before, (tests, order, _, limit) = parent.stages
        stages = [*before, (tests, order, rows, limit)]
        return self.watch(parent, lambda query: query.offset(rows), stages)

    @precondition(lambda self: not self.entered)
    @rule(watched=queries)
    def follow(self, watched):
        if watched.rows is None:
            watched.follow(self.table.notes.values())

    @precondition(lambda self: not self.entered and self.table.notes)
    @rule(watched=queries, given=fields, pick=st.randoms(use_true_random=False))
    def edit_from_inside_a_listener(self, watched, given, pick):
        victim = pick.choice(self.present())

        def edit_once(splices):
            end()
            self.table.edit(victim, **given)
            self.table.add(**given)

        end = watched.query.subscribe(edit_once)
        self.table.edit(pick.choice(self.present()), **given)
        end()

    @rule(watched=queries)
    def begin_in_slices(self, watched):
        coroutine = watched.query.ready()
        try:
            coroutine.send(None)
        except StopIteration:
            return
        self.waiting.append(coroutine)

    @precondition(lambda self: self.waiting)
    @rule()
    def go_on_in_slices(self):
        try:
            self.waiting[0].send(None)
        except StopIteration:
            self.waiting.pop(0)

    @rule(watched=consumes(queries))
    def drop(self, watched):
        self.watched.remove(watched)
        for coroutine in self.waiting:
            coroutine.close()
        self.waiting.clear()

    # -- what always holds

    @invariant()
    def every_query_is_a_full_rescan(self):
        assert self.table.errors == []
        if self.entered:
            return
        for watched in self.watched:
            if watched.rows is not None:
                expected = watched.rescan(self.table.notes.values())
                assert list(watched.query) == expected
                assert watched.rows == expected
                assert [watched.query.rows.index(row) for row in expected] == [
                    *range(len(expected))
                ]
                sizes = {}
                for row in expected:
                    sizes[row.size] = sizes.get(row.size, 0) + 1
                assert watched.query.group_count("size") == sizes
                assert watched.query.find("size", 1) is next(
                    (row for row in expected if row.size == 1), None
                )

    def teardown(self):
        if self.entered:
            self.commit()
        for coroutine in self.waiting:
            coroutine.close()
        for watched in self.watched:
            if watched.rows is None:
                watched.follow(self.table.notes.values())


@pytest.fixture
def small_pieces(monkeypatch):
    """Makes every boundary inside the engine one that a few rows cross."""
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 2)
    monkeypatch.setattr(sort, "RUN_SIZE", 4)
    monkeypatch.setattr(runs, "SAMPLE_EVERY", 2)
    monkeypatch.setattr(blocks, "BLOCK_MAX", 4)
    monkeypatch.setattr(blocks, "COLD_MAX", 3)
    monkeypatch.setattr(indexes, "ROWS_MIN", 0)


@pytest.mark.usefixtures("small_pieces")
def test_every_open_query_is_a_full_rescan_after_every_change(new_table):
    run_state_machine_as_test(
        lambda: Machine(new_table),
        settings=settings(
            max_examples=200,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
