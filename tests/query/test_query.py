import asyncio
import gc

import pytest

from goatcore.errors import Closed, InvalidValue, LocalMisuse, UnknownField
from goatcore.query import Insert, Move, Q, Remove, Update


def titles(query):
    return [note.title for note in query]


@pytest.fixture
def fruit(table):
    for title, size, done in [
        ("pear", 3, False),
        ("Apple", 2, True),
        ("fig", 1, False),
        ("kiwi 10", 2, False),
        ("kiwi 9", 5, True),
    ]:
        table.add(title=title, size=size, done=done, tags=frozenset(title[0]))
    return table


# -- limits, offsets, directions: results exact from the first read on -----------------------------


def test_rows_come_filtered_ordered_and_cut(fruit):
    query = fruit.query().where(size__gte=2).order_by("-size", "title").offset(1).limit(2)
    assert titles(query) == ["pear", "Apple"]


def test_without_an_order_rows_go_by_key(fruit):
    assert titles(fruit.query()) == ["pear", "Apple", "fig", "kiwi 10", "kiwi 9"]


def test_a_limit_refills_when_a_row_inside_leaves(fruit):
    query = fruit.query().order_by("title").limit(2)
    assert titles(query) == ["Apple", "fig"]
    fruit.remove(query[0])
    assert titles(query) == ["fig", "kiwi 9"]


def test_a_limit_pushes_the_last_row_out_when_one_comes_in_before_it(fruit):
    query = fruit.query().order_by("title").limit(2)
    heard = []
    query.subscribe(heard.append)
    fig = query[1]
    ant = fruit.add(title="ant")
    assert titles(query) == ["ant", "Apple"]
    assert heard == [[Remove(1, fig), Insert(0, ant)]]


def test_a_limit_of_none_shows_all_and_one_of_zero_shows_nothing(fruit):
    assert len(fruit.query().limit(2).limit(None)) == 5
    assert titles(fruit.query().limit(0)) == []
    assert fruit.query().limit(0).first() is None


def test_an_offset_beyond_the_end_fills_when_rows_come(fruit):
    query = fruit.query().order_by("title").offset(5)
    assert titles(query) == []
    fruit.add(title="zucchini")
    assert titles(query) == ["zucchini"]


def test_ascending_and_descending_never_share_a_result(fruit):
    up, down = fruit.query().order_by("size"), fruit.query().order_by("-size")
    assert titles(up) == ["fig", "Apple", "kiwi 10", "pear", "kiwi 9"]
    assert titles(down) == ["kiwi 9", "pear", "Apple", "kiwi 10", "fig"]
    fruit.edit(up[0], size=9)
    assert titles(up)[-1] == titles(down)[0] == "fig"


def test_the_same_limit_with_another_offset_is_another_window(fruit):
    query = fruit.query().order_by("title").limit(2)
    assert titles(query) == ["Apple", "fig"]
    assert titles(query.offset(2)) == ["kiwi 9", "kiwi 10"]


@pytest.mark.parametrize("rows", [-1, True, "2", 1.5])
def test_a_count_of_rows_is_a_whole_number(fruit, rows):
    with pytest.raises(InvalidValue, match="limit"):
        fruit.query().limit(rows)
    with pytest.raises(InvalidValue, match="offset"):
        fruit.query().offset(rows)


# -- chaining --------------------------------------------------------------------------------------


def test_a_chained_query_loses_what_left_its_parent(fruit):
    parent = fruit.query().where(done=False)
    child = parent.where(size__gte=2).order_by("title")
    assert titles(child) == ["kiwi 10", "pear"]
    fruit.edit(child[0], done=True)
    assert titles(child) == ["pear"]
    fruit.remove(child[0])
    assert titles(child) == []


def test_where_after_a_limit_narrows_the_rows_of_the_window(fruit):
    largest = fruit.query().order_by("-size", "title").limit(3)
    open_ones = largest.where(done=False)
    assert titles(largest) == ["kiwi 9", "pear", "Apple"]
    assert titles(open_ones) == ["pear"]
    fruit.edit(fruit.query().find("title", "kiwi 10"), size=4)
    assert titles(open_ones) == ["kiwi 10", "pear"]
    fruit.add(title="melon", size=8)
    assert titles(open_ones) == ["melon", "kiwi 10"]


def test_order_by_after_a_limit_orders_the_rows_of_the_window(fruit):
    query = fruit.query().order_by("-size").limit(2).order_by("title")
    assert titles(query) == ["kiwi 9", "pear"]
    assert titles(query.limit(1)) == ["kiwi 9"]
    fruit.add(title="apricot", size=7)
    assert titles(query) == ["apricot", "kiwi 9"]


def test_narrowing_leaves_the_query_alone(fruit):
    query = fruit.query()
    query.where(done=True).limit(1).order_by("title")
    assert len(query) == 5


def test_a_child_evaluates_from_its_parents_rows_when_those_are_there(fruit):
    asked = []
    parent = fruit.query().where(done=False)
    assert len(parent) == 3
    child = parent.where(lambda note, ctx: ctx.append(note.title) or True, ctx=Asked(asked))
    assert len(child) == 3
    assert sorted(asked) == ["fig", "kiwi 10", "pear"]


class Asked:
    """A ctx that notes what a predicate looked at."""

    def __init__(self, names):
        self.append = names.append


def test_a_child_of_a_parent_that_was_never_read_is_complete(fruit):
    parent = fruit.query().where(done=False)
    child = parent.where(size__gte=2)
    assert len(child) == 2


def test_a_child_of_a_parent_half_evaluated_is_complete(table):
    for n in range(600):
        table.add(size=n)
    parent = table.query().where(size__lt=500)
    table.step_ms = 5.0
    waiting = parent.ready()
    for _ in range(3):
        waiting.send(None)
    assert len(parent.where(size__gte=100)) == 400
    assert len(parent) == 500
    waiting.close()


# -- sharing and predicates ------------------------------------------------------------------------


def test_equal_descriptions_share_one_pipeline(fruit):
    one = fruit.query().where(done=False).where(size__gte=2).order_by("title")
    other = fruit.query().where(Q(size__gte=2) & Q(done=False)).order_by("-title").order_by("title")
    assert len(one) == 2
    running = fruit.engine.running
    assert len(other) == 2
    assert fruit.engine.running == running
    sibling = fruit.query().where(done=False, size__gte=2).order_by("-title")
    assert len(sibling) == 2
    assert fruit.engine.running == running + 1


def test_predicates_with_different_ctx_never_share(fruit):
    larger = [fruit.query().where(lambda note, ctx: note.size > ctx, ctx=n) for n in range(4)]
    assert [len(query) for query in larger] == [5, 4, 2, 1]
    fruit.add(size=2)
    assert [len(query) for query in larger] == [6, 5, 2, 1]


def test_a_predicate_that_captures_a_variable_is_refused(fruit):
    for size in (1, 2):
        with pytest.raises(InvalidValue, match="captures size"):
            fruit.query().where(lambda note: note.size > size)  # noqa: B023


def test_a_predicate_goes_with_lookups_and_conditions(fruit):
    query = fruit.query().where(
        Q(title__istartswith="K") | Q(title__contains="i"),
        lambda note, ctx: len(note.title) > ctx,
        done=False,
        ctx=3,
    )
    assert titles(query) == ["kiwi 10"]


def test_a_ctx_without_a_predicate_is_refused(fruit):
    with pytest.raises(InvalidValue, match="ctx"):
        fruit.query().where(done=True, ctx=1)


@pytest.mark.parametrize("condition", [None, 3, "done"])
def test_what_is_no_condition_is_refused(fruit, condition):
    with pytest.raises(InvalidValue):
        fruit.query().where(condition)


# -- bad input: a clear error at the right place, others unharmed ----------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda query: query.where(weight=1),
        lambda query: query.where(~Q(done=True) | Q(weight__gt=1)),
        lambda query: query.order_by("title", "-weight"),
        lambda query: query.group_count("weight"),
        lambda query: query.find("weight", 1),
    ],
)
def test_an_unknown_field_is_named_where_it_is_asked_for(fruit, ask):
    with pytest.raises(UnknownField, match="weight"):
        ask(fruit.query())


def test_an_unknown_lookup_is_named(fruit):
    with pytest.raises(InvalidValue, match="title__near"):
        fruit.query().where(title__near="x")


def test_a_predicate_that_raises_is_told_to_who_reads(fruit):
    query = fruit.query().where(lambda note: 6 // (note.size - 1) >= 2)
    for read in (len, list, lambda q: q.first(), lambda q: q.subscribe(print)):
        with pytest.raises(LocalMisuse, match="'n0002': ZeroDivisionError"):
            read(query)
    assert fruit.errors == []
    fruit.edit(fruit.notes["n0002"], size=2)
    assert titles(query) == ["pear", "Apple", "fig", "kiwi 10"]


def test_a_predicate_that_fails_on_a_change_is_reported_once_and_mends(fruit):
    query = fruit.query().where(lambda note: 6 // note.size > 2)
    others = fruit.query().where(size__gte=0).order_by("size")
    assert titles(query) == ["Apple", "fig", "kiwi 10"]
    heard = []
    query.subscribe(heard.append)
    fig = fruit.notes["n0002"]
    fruit.edit(fig, size=0)
    fruit.edit(fig, size=0)
    assert [type(error) for error in fruit.errors] == [LocalMisuse]
    assert "'n0002': ZeroDivisionError" in str(fruit.errors[0])
    assert others[0] is fig
    with pytest.raises(LocalMisuse, match="n0002"):
        len(query)
    fruit.edit(fig, size=1)
    assert titles(query) == ["Apple", "fig", "kiwi 10"]
    assert heard == [[Remove(1, fig)], [Insert(1, fig)]]


def test_a_child_of_a_query_with_a_failing_row_fails_as_well(fruit):
    query = fruit.query().where(lambda note: 6 // note.size > 2)
    assert len(query) == 3
    fruit.edit(fruit.notes["n0002"], size=0)
    with pytest.raises(LocalMisuse, match="n0002"):
        len(query.where(done=False))


def test_a_failing_row_that_is_removed_fails_no_more(fruit):
    query = fruit.query().where(lambda note: 6 // note.size > 2)
    assert len(query) == 3
    fig = fruit.notes["n0002"]
    fruit.edit(fig, size=0)
    fruit.remove(fig)
    assert titles(query) == ["Apple", "kiwi 10"]


def test_a_row_whose_field_cannot_be_read_harms_only_who_reads_it(fruit, letters):
    class Torn(letters):
        def __str__(self):
            if self._text == "torn":
                raise OSError("torn")
            return self._text

    by_body, grouped = fruit.query().order_by("body"), fruit.query().order_by("size")
    by_title = fruit.query().order_by("title")
    assert (len(by_body), grouped.group_count("body"), len(by_title)) == (5, {"": 5}, 5)
    fig = fruit.notes["n0002"]
    fruit.edit(fig, body=Torn("torn"), title="a")
    assert [str(error) for error in fruit.errors] == ["torn", "torn"]
    assert by_title[0] is fig
    assert len(grouped) == 5
    with pytest.raises(OSError, match="torn"):
        len(by_body)
    with pytest.raises(OSError, match="torn"):
        grouped.group_count("body")
    fruit.edit(fig, body=Torn("whole"))
    assert by_body[-1] is fig
    assert grouped.group_count("body") == {"": 4, "whole": 1}


# -- reading ---------------------------------------------------------------------------------------


def test_rows_are_a_live_sequence(fruit):
    query = fruit.query().order_by("title")
    rows = query.rows
    assert [note.title for note in rows[1:3]] == ["fig", "kiwi 9"]
    assert rows[-1].title == "pear"
    assert [note.title for note in rows[::-2]] == ["pear", "kiwi 9", "Apple"]
    assert rows[4:2] == []
    fig = rows[1]
    assert fig in rows
    assert rows.index(fig) == 1
    fruit.remove(fig)
    assert fig not in rows
    assert fig not in query
    assert len(rows) == 4
    with pytest.raises(ValueError, match="not in these rows"):
        rows.index(fig)
    with pytest.raises(IndexError):
        rows[4]
    assert "fig" not in rows


def test_deleting_while_going_through_skips_nothing(fruit):
    for note in fruit.query().where(done=False):
        fruit.remove(note)
    assert titles(fruit.query()) == ["Apple", "kiwi 9"]


def test_counts_and_groups_follow_every_change(fruit):
    query = fruit.query().where(size__gte=2)
    assert query.count() == 4
    assert query.group_count("size") == {2: 2, 3: 1, 5: 1}
    fruit.edit(query.first(), size=2)
    fruit.remove(query.find("size", 5))
    assert query.group_count("size") == {2: 3}
    assert query.count() == 3


def test_a_row_counts_once_for_each_of_its_tags(fruit):
    fruit.edit(fruit.notes["n0000"], tags=frozenset({"k", "x"}))
    assert fruit.query().group_count("tags") == {"k": 3, "x": 1, "A": 1, "f": 1}


def test_groups_of_a_window_count_the_window(fruit):
    query = fruit.query().order_by("title").limit(3)
    assert query.group_count("done") == {True: 2, False: 1}
    fruit.add(title="a", done=False)
    assert query.group_count("done") == {True: 1, False: 2}


def test_find_gives_the_first_in_the_querys_order(fruit):
    query = fruit.query().order_by("-title")
    assert query.find("size", 2).title == "kiwi 10"
    assert query.find("key", "n0002").title == "fig"
    assert query.find("size", 77) is None
    fruit.edit(query.find("size", 2), title="a")
    assert query.find("size", 2).title == "Apple"
    assert query.find("tags", "f").title == "fig"


def test_texts_are_read_as_what_they_say(fruit, letters):
    fruit.edit(fruit.notes["n0000"], body=letters("Über 10"))
    fruit.edit(fruit.notes["n0001"], body=letters("uber 9"))
    query = fruit.query().where(body__ne="").order_by("body")
    assert titles(query) == ["Apple", "pear"]
    assert query.group_count("body") == {"Über 10": 1, "uber 9": 1}
    assert query.where(body__icontains="ÜBER").first().title == "pear"


# -- a life of its own -----------------------------------------------------------------------------


def test_nothing_runs_until_it_is_read(fruit):
    query = fruit.query().where(done=False).order_by("title").limit(3)
    assert fruit.engine.running == 0
    assert len(query) == 3
    assert fruit.engine.running == 3


def test_a_query_that_nobody_holds_is_closed_without_the_garbage_collector(fruit):
    gc.disable()
    try:
        query = fruit.query().where(done=False).order_by("title").limit(3).where(size=1)
        heard = []
        unsubscribe = query.subscribe(heard.append)
        query.group_count("size")
        assert fruit.engine.running > 0
        del query
        assert fruit.engine.running == 0
        fruit.add(size=1)
        assert heard == []
        unsubscribe()
    finally:
        gc.enable()


def test_a_child_does_not_keep_its_parent_running(fruit):
    parent = fruit.query().order_by("title")
    assert len(parent) == 5
    child = parent.where(done=False)
    del parent
    assert fruit.engine.running == 0
    assert len(child) == 3


def test_the_rows_of_a_query_keep_it(fruit):
    rows = fruit.query().where(done=False).rows
    assert len(rows) == 3
    fruit.add()
    assert len(rows) == 4


def test_a_subscription_does_not_live_on_in_a_shared_pipeline(fruit):
    heard = []
    one, other = fruit.query(), fruit.query()
    unsubscribe = one.subscribe(heard.append)
    assert len(other) == 5
    del one
    fruit.add()
    assert heard == []
    unsubscribe()


def test_a_closed_query_says_so_and_leaves_others_alone(fruit):
    query, twin = fruit.query(), fruit.query()
    child = query.where(done=False)
    heard, twin_heard = [], []
    query.subscribe(heard.append)
    twin.subscribe(twin_heard.append)
    query.close()
    query.close()
    note = fruit.add()
    assert (heard, twin_heard) == ([], [[Insert(5, note)]])
    assert len(child) == 4
    asks = (len, lambda q: q.where(done=True), lambda q: q.limit(1), lambda q: q.subscribe(print))
    for ask in asks:
        with pytest.raises(Closed):
            ask(query)


def test_closing_the_engine_closes_every_query(fruit):
    query = fruit.query()
    assert len(query) == 5
    fruit.engine.close()
    for ask in (len, lambda q: q.where(done=True), lambda q: fruit.query()):
        with pytest.raises(Closed, match="repository"):
            ask(query)
    fruit.add()


def test_what_changed_while_a_query_was_closed_is_there_when_it_is_opened_again(fruit):
    query = fruit.query().order_by("title").limit(3)
    assert titles(query) == ["Apple", "fig", "kiwi 9"]
    query.close()
    fruit.edit(fruit.notes["n0002"], title="zzz")
    fruit.remove(fruit.notes["n0001"])
    fruit.add(title="b")
    assert titles(fruit.query().order_by("title").limit(3)) == ["b", "kiwi 9", "kiwi 10"]


# -- evaluation in slices --------------------------------------------------------------------------


def drive(coroutine, between):
    """Runs a coroutine to its end, calling `between` at each pause; gives the number of pauses."""
    pauses = 0
    while True:
        try:
            coroutine.send(None)
        except StopIteration:
            return pauses
        pauses += 1
        between(pauses)


def test_ready_pauses_by_the_clock_and_then_reading_is_complete(table):
    for n in range(1000):
        table.add(size=-n)
    query = table.query().order_by("size")
    table.step_ms = 1.0
    pauses = drive(query.ready(), lambda pause: None)
    assert pauses >= 2
    assert [note.size for note in query] == list(range(-999, 1))


def test_a_row_that_comes_by_twice_during_the_evaluation_is_there_once(table):
    notes = [table.add() for _ in range(300)]
    table.repeated.extend(notes[:200])
    assert list(table.query()) == notes


def test_ready_gives_the_query_and_runs_on_an_event_loop(fruit):
    fruit.step_ms = 5.0
    query = fruit.query().order_by("title").limit(2)
    assert asyncio.run(query.ready()) is query
    assert titles(query) == ["Apple", "fig"]


def test_changes_between_slices_are_in_the_result(table):
    notes = [table.add(size=n, done=n % 2 == 0) for n in range(600)]
    query = table.query().where(done=True).order_by("-size").limit(500)
    table.step_ms = 5.0

    def change(pause):
        table.add(size=1000 + pause, done=True)
        table.edit(notes[pause], done=True, size=2000 + pause)
        table.edit(notes[-2 * pause], done=False)
        table.remove(notes[300 + 2 * pause])

    assert drive(query.ready(), change) >= 5
    expected = sorted(
        (note for note in table.notes.values() if note.done), key=lambda n: (-n.size, n.key)
    )
    assert list(query) == expected[:500]


def test_reading_in_the_middle_completes_the_evaluation_at_once(table):
    for n in range(600):
        table.add(size=n)
    query = table.query().order_by("-size")
    table.step_ms = 5.0

    def read(pause):
        assert query.first().size == 599

    assert drive(query.ready(), read) == 1


def test_closing_in_the_middle_ends_the_evaluation(table):
    for _ in range(600):
        table.add()
    query = table.query()
    table.step_ms = 5.0
    with pytest.raises(Closed):
        drive(query.ready(), lambda pause: query.close())
    assert table.engine.running == 0


def test_a_failing_predicate_is_told_to_who_waits(fruit):
    with pytest.raises(LocalMisuse, match="ZeroDivisionError"):
        drive(fruit.query().where(lambda note: 1 // 0).ready(), lambda pause: None)


# -- splices ---------------------------------------------------------------------------------------


def test_each_kind_of_change_gives_its_splice(fruit):
    query = fruit.query().where(size__gte=2).order_by("title")
    heard = []
    query.subscribe(heard.extend)
    pear = query.find("title", "pear")
    fruit.edit(pear, title="a pear")
    fruit.edit(pear, done=True)
    fruit.edit(pear, size=0)
    fruit.edit(pear, size=4)
    fruit.edit(fruit.notes["n0002"], title="figs")
    assert heard == [Move(3, 0, pear), Update(0, pear), Remove(0, pear), Insert(0, pear)]


def test_a_row_that_moves_within_its_place_is_an_update(fruit):
    query = fruit.query().order_by("title")
    heard = []
    query.subscribe(heard.extend)
    fruit.edit(query[4], title="plum")
    assert heard == [Update(4, query[4])]
