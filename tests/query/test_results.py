"""Results that outlive their query: in this run, and handed out for the next."""

import pytest

from goatcore.query import Q, Saved
from goatcore.query.results import CHANGES_MAX, RESULTS_MAX, Results


@pytest.fixture
def notes(table):
    return [table.add(size=n % 50, title=f"t{n}", done=n % 4 == 0) for n in range(200)]


@pytest.fixture
def reopened(table, new_table):
    """The same notes with the same ordinals, in an engine that has the saved results."""

    def reopened(saved, changed=()):
        again = new_table()
        again.notes, again.numbered = table.notes, table.numbered
        again.engine.resume(saved, changed)
        return again

    return reopened


ASKS = [
    lambda q: q,
    lambda q: q.order_by("-size", "title"),
    lambda q: q.where(done=True).order_by("title"),
    lambda q: q.where(Q(size__gt=10) | ~Q(title__in=["t3", "t4"])).order_by("-title"),
    lambda q: q.where(done=False).order_by("size").limit(5).offset(3),
]


@pytest.mark.parametrize("ask", ASKS)
def test_a_saved_result_is_brought_up_to_what_changed(table, notes, reopened, ask):
    query = ask(table.query())
    assert len(query)
    saved = table.engine.export()
    changed = [notes[n] for n in (0, 7, 100, 199)]
    table.edit(changed[0], size=1000, title="a")
    table.edit(changed[1], done=not changed[1].done)
    table.remove(changed[2])
    added = table.add(size=20, title="t20 b", done=True)
    again = reopened(saved, [note.ordinal for note in (*changed, added)])
    expected = list(ask(table.query()).where(lambda row: True))
    resumed = ask(again.query())
    rows = [resumed[i] for i in range(len(resumed))]
    assert rows == list(query)
    assert set(rows) == set(expected)


def test_a_resumed_result_lives_on(table, notes, reopened):
    query = table.query().where(done=True).order_by("-size")
    assert len(query) == 50
    again = reopened(table.engine.export())
    resumed = again.query().where(done=True).order_by("-size")
    heard = []
    resumed.subscribe(heard.append)
    for n in (3, 4, 50, 51, 120):
        again.edit(notes[n], done=not notes[n].done, size=n)
        table.edit(notes[n])
    again.edit(notes[8], size=-1)
    table.edit(notes[8])
    assert list(resumed) == list(query)
    assert len(heard) == 6


def test_untouched_results_are_read_without_looking_at_any_row(table, notes, reopened):
    query = table.query().order_by("-title")
    expected = list(query)
    again = reopened(table.engine.export())
    resumed = again.query().order_by("-title")
    assert list(resumed) == expected
    assert resumed.rows.index(notes[17]) == expected.index(notes[17])
    assert again.reads == 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda q: q.where(lambda row: row.done),
        lambda q: q.where(near__title="x"),
        lambda q: q.order_by("near__title"),
        lambda q: q.where(body=""),
        lambda q: q.order_by("size", "body"),
        lambda q: q.where(done=True, size=3).where(lambda row, ctx: True, ctx=1),
    ],
)
def test_what_may_be_another_in_the_next_run_is_not_saved(table, notes, ask):
    query = ask(table.query())
    len(query)
    assert table.engine.export() == []


@pytest.mark.parametrize(
    ("saved", "asked"),
    [
        (lambda q: q.order_by("size"), lambda q: q.order_by("-size")),
        (lambda q: q.where(size=1), lambda q: q.where(size=True)),
        (lambda q: q.where(size=1), lambda q: q.where(size=2)),
        (lambda q: q.where(size__gt=1), lambda q: q.where(size__gte=1)),
        (lambda q: q.where(title__in=["1"]), lambda q: q.where(title__in=[1])),
        (lambda q: q.where(Q(size=1) | Q(done=True)), lambda q: q.where(size=1, done=True)),
    ],
)
def test_another_question_never_gets_a_saved_result(table, notes, reopened, saved, asked):
    query = saved(table.query())
    len(query)
    again = reopened(table.engine.export())
    assert list(asked(again.query())) == list(asked(table.query()).where(lambda row: True))


def test_other_schemas_and_languages_never_get_a_saved_result(table, notes, new_table):
    table.add("x", "other", title="Å")
    query = table.query("other").order_by("title")
    assert len(query) == 1
    (saved,) = table.engine.export()
    swedish = new_table(language="sv")
    swedish.notes, swedish.numbered = table.notes, table.numbered
    swedish.engine.resume([Saved(saved.fingerprint, b"")], ())
    assert len(swedish.query("other").order_by("title")) == 1
    assert len(swedish.query().order_by("title")) == 200


def test_a_result_with_failing_rows_is_not_saved(table, notes):
    class Broken:
        def __str__(self):
            raise RuntimeError("no text")

    query = table.query().order_by("title")
    assert len(query) == 200
    table.edit(notes[0], title=Broken())
    assert table.engine.export() == []
    table.edit(notes[0], title="x")
    assert len(table.engine.export()) == 1


def test_a_query_asked_again_goes_on_where_it_ended(table, notes):
    query = table.query().where(done=False).order_by("-size", "title")
    assert len(query) == 150
    del query
    assert table.engine.running == 0
    table.edit(notes[1], done=True)
    with table:
        table.edit(notes[2], size=999)
        table.remove(notes[3])
    table.reads = 0
    again = table.query().where(done=False).order_by("-size", "title")
    rows = list(again)
    assert table.reads < 500  # of blocks that rows enter or leave
    assert rows == list(table.query().where(lambda row: not row.done).order_by("-size", "title"))


def test_a_query_with_a_function_goes_on_as_well(table, notes):
    def small(row):
        seen.append(row)
        return row.size < 9

    seen.clear()
    query = table.query().where(small)
    expected = list(query)
    assert len(seen) == 200
    del query
    table.edit(notes[20], size=3)
    seen.clear()
    again = table.query().where(small)
    assert set(again) == {*expected, notes[20]}
    assert set(seen) == {notes[20]}


seen = []


def test_a_query_asked_again_in_a_transaction_shows_what_was_done_in_it(table, notes):
    query = table.query().where(done=True)
    assert len(query) == 50
    del query
    with table:
        table.edit(notes[1], done=True)
        table.remove(notes[0])
        added = table.add(done=True)
        now = list(table.query().where(done=True))
        assert notes[1] in now
        assert added in now
        assert notes[0] not in now
    assert len(table.query().where(done=True)) == 51


def test_what_ended_is_saved_as_it_would_be_now(table, notes, reopened):
    query = table.query().where(done=True).order_by("title")
    assert len(query) == 50
    del query
    table.edit(notes[1], done=True, title="a")
    saved = table.engine.export()
    assert len(saved) == 1
    again = reopened(saved)
    resumed = again.query().where(done=True).order_by("title")
    assert (len(resumed), resumed.first()) == (51, notes[1])
    assert again.reads == 0


def test_results_are_given_back_with_what_changed_since_they_ended():
    results = Results()
    results.note([1])  # nobody would ask
    results.put("a", b"A")
    results.note([2, 3])
    results.put("b", b"B")
    results.note([4, 2])
    assert results.take("c") is None
    assert results.take("b") == (b"B", {4, 2})
    assert results.take("a") == (b"A", {2, 3, 4})
    assert results.take("a") is None
    assert len(results) == 0


def test_results_that_are_too_old_or_too_many_go():
    results = Results()
    results.put("old", b"")
    results.note(range(CHANGES_MAX // 2))
    results.put("new", b"")
    results.note(range(CHANGES_MAX // 2 + 1))
    assert results.take("old") is None
    assert len(results.take("new").changed) == CHANGES_MAX // 2 + 1
    for n in range(RESULTS_MAX + 1):
        results.put(n, b"")
    assert results.take(0) is None
    assert results.take(1) is not None
