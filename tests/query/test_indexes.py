"""Which rows are looked at: indexes come when they pay, are kept up, and go when nobody asks."""

import pytest

from goatcore.query import indexes

ROWS = 300


@pytest.fixture
def notes(table):
    return [
        table.add(f"k{n:03}", size=n, title=f"t{n % 10}", tags=frozenset({f"g{n % 7}", "all"}))
        for n in range(ROWS)
    ]


@pytest.fixture
def looked(table, notes):
    """Asks, and gives how many rows had one of their fields read in bulk for it."""

    def looked(ask):
        table.reads = 0
        rows = list(ask(table.query()))
        return rows, table.reads

    return looked


def kinds(table):
    return {(kind, field) for _, kind, field in table.engine.indexed}


def test_the_second_question_about_a_field_makes_its_index_and_the_third_uses_it(table, looked):
    assert looked(lambda q: q.where(title="t1"))[1] >= ROWS
    assert kinds(table) == set()
    looked(lambda q: q.where(title="t2"))
    assert kinds(table) == {("value", "title")}
    rows, reads = looked(lambda q: q.where(title="t3"))
    assert [row.key for row in rows] == [f"k{n:03}" for n in range(3, ROWS, 10)]
    assert reads < ROWS / 2


@pytest.mark.parametrize(
    ("asks", "index"),
    [
        ([{"size": n} for n in (3, 4, 3.0, True, -1)], ("value", "size")),
        ([{"size__in": v} for v in ([1, 5, 900], [], range(3), (2.0,))], ("value", "size")),
        ([{"tags__contains": v} for v in ("g1", "g2", "none", "g6", 7)], ("element", "tags")),
        ([{"size__gt": n} for n in (290, 291, 280, 299, 295.5, 299, 270)], ("order", "size")),
        ([{"size__lte": n} for n in (4, 3, 4.5, -1, 2, 0, 1)], ("order", "size")),
        ([{"title__gte": v} for v in ("t9", "t10", "T9", "u", "t9", "t8", "t9")],
         ("order", "title")),
        ([{"title__lt": v} for v in ("t1", "T1", "t00", "u", "t01", "a", "t1")],
         ("order", "title")),
    ],
)  # fmt: skip
def test_every_answer_is_the_same_with_an_index(table, notes, new_table, asks, index):
    plain = new_table()
    for note in notes:
        plain.add(note.key, size=note.size, title=note.title, tags=note.tags)
    for round_ in range(2):
        for ask in asks:
            with_index = [row.key for row in table.query().where(**ask)]
            fresh = plain.query().where(**ask).where(lambda row: True)
            assert with_index == [row.key for row in fresh], ask
        if round_:
            assert index in kinds(table)


def test_changes_keep_an_index_right(table, notes):
    for title in ("t1", "t2"):
        list(table.query().where(title=title))
    assert kinds(table) == {("value", "title")}
    table.edit(notes[0], title="t5")
    table.edit(notes[5], title="none")
    table.remove(notes[15])
    added = table.add(title="t5")
    found = {row.key for row in table.query().where(title="t5")}
    expected = {note.key for note in (*notes[25::10], notes[0], added)}
    assert found == expected
    table.restore(notes[15])
    assert notes[15] in table.query().where(title="t5")


def test_the_smallest_index_is_the_one_that_is_used(table, notes, looked):
    for n in range(3):
        list(table.query().where(title=f"t{n}"))
        list(table.query().where(size=n))
    rows, reads = looked(lambda q: q.where(title="t5", size=5))
    assert [row.key for row in rows] == ["k005"]
    assert reads <= 8


def test_queries_that_are_ordered_by_a_field_lend_their_order(table, notes, looked):
    by_size = table.query().order_by("size")
    assert len(by_size) == ROWS
    rows, reads = looked(lambda q: q.where(size__gte=ROWS - 3))
    assert [row.size for row in rows] == [ROWS - 3, ROWS - 2, ROWS - 1]
    assert reads < ROWS
    assert kinds(table) == set()  # it is the query's, and goes with it


def test_an_index_that_nobody_asks_any_more_goes(table, notes):
    for title in ("t1", "t2"):
        list(table.query().where(title=title))
    for n in range(ROWS - 1):
        table.edit(notes[n], done=True)
    assert kinds(table) == {("value", "title")}
    assert len(table.query().where(title="t7")) == ROWS // 10  # a use: it stays as long again
    for n in range(ROWS - 1):
        table.edit(notes[n], done=False)
    assert kinds(table) == {("value", "title")}
    table.edit(notes[0], done=True)
    assert kinds(table) == set()


def test_nothing_is_left_of_an_order_that_nobody_asks_any_more(table, notes):
    for n in range(6):
        list(table.query().where(size__gt=ROWS - n))
    assert kinds(table) == {("order", "size")}
    for n in range(ROWS):
        table.edit(notes[n], done=True)
    assert kinds(table) == set()
    assert table.engine.running == 0


def test_few_rows_get_no_index(table):
    for n in range(indexes.ROWS_MIN - 1):
        table.add(size=n)
    for n in range(9):
        list(table.query().where(size=n))
        list(table.query().where(size__gt=n))
    assert kinds(table) == set()


def test_rows_changed_in_an_open_transaction_are_found(table, notes):
    for title in ("t1", "t2"):
        list(table.query().where(title=title))
    for n in range(6):
        list(table.query().where(size__gt=ROWS - n))
    with table:
        table.edit(notes[0], title="new", size=10_000)
        gone, added = notes[1], table.add(title="new", size=9_999)
        table.remove(gone)
        assert list(table.query().where(title="new")) == [notes[0], added]
        assert list(table.query().where(size__gt=9_000)) == [notes[0], added]
        assert gone not in table.query().where(title="t1")
    assert list(table.query().where(title="new")) == [notes[0], added]
    assert list(table.query().where(size__gt=9_000)) == [notes[0], added]


def test_a_row_whose_field_cannot_be_read_is_no_reason_to_hide_it(table, notes):
    class Broken:
        def __str__(self):
            raise RuntimeError("no text")

    list(table.query().where(title="t1"))
    table.edit(notes[3], title=Broken())
    for title in ("t2", "t1", "t4", "t5"):
        with pytest.raises(RuntimeError, match="no text"):
            list(table.query().where(title=title))
    assert kinds(table) == {("value", "title")}
    assert len(table.query().where(size=3)) == 1  # who asks for other fields is unharmed
    table.edit(notes[3], title="t1")
    assert notes[3] in table.query().where(title="t1")


def test_an_index_is_made_in_slices_too_and_a_query_closed_meanwhile_harms_nobody(table, notes):
    table.step_ms = 10.0
    list(table.query().where(title="t1"))
    abandoned = table.query().where(title="t2")
    coroutine = abandoned.ready()
    coroutine.send(None)
    coroutine.send(None)
    coroutine.close()
    del abandoned
    table.edit(notes[4], title="t2")
    assert notes[4] in table.query().where(title="t2")
    assert len(table.query().where(title="t3")) == ROWS // 10
    assert notes[4] in table.query().where(title="t2")
