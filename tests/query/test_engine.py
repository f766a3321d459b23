import pytest

from goatcore.query import Insert, Remove, RowChange, Update, replay


def test_a_batch_is_one_call_a_subscription_with_one_change_a_row(table):
    query = table.query().order_by("title")
    heard = []
    query.subscribe(heard.append)
    with table:
        a, b = table.add(title="a"), table.add(title="b")
        gone = table.add(title="c")
        table.edit(a, title="z")
        table.remove(gone)
    assert heard == [[Insert(0, a), Insert(0, b)]]


def test_every_pipeline_has_the_batch_before_anybody_hears_of_it(table):
    some, every = table.query().where(done=False), table.query()
    seen = []
    some.subscribe(lambda splices: seen.append((len(some), len(every))))
    every.subscribe(lambda splices: seen.append((len(some), len(every))))
    with table:
        table.add()
        table.add(done=True)
    assert seen == [(1, 2), (1, 2)]


def test_nobody_hears_of_a_batch_that_changes_nothing_for_them(table):
    heard = []
    query = table.query().where(done=True)
    query.subscribe(heard.append)
    table.edit(table.add(), title="x")
    table.add(schema="other", done=True)
    table.engine.apply([])
    assert heard == []


def test_schemas_are_apart(table):
    with table:
        notes, others = [table.add()], [table.add(schema="other"), table.add(schema="other")]
    assert list(table.query()) == notes
    assert list(table.query("other")) == others
    with table:
        notes.append(table.add())
        others.append(table.add(schema="other"))
    assert list(table.query()) == notes
    assert list(table.query("other")) == others


def test_a_change_that_arrives_twice_does_no_harm(table):
    query = table.query()
    note = table.add()
    heard = []
    query.subscribe(heard.append)
    table.engine.apply([RowChange("added", note, frozenset(), note.ordinal)])
    table.remove(note)
    table.engine.apply([RowChange("removed", note, frozenset(), note.ordinal)])
    table.engine.apply([RowChange("edited", note, frozenset(), note.ordinal)])
    assert heard == [[Update(0, note)], [Remove(0, note)], [Insert(0, note)]]


def test_a_listener_that_raises_is_reported_and_the_others_hear(table):
    query, twin = table.query(), table.query()
    heard = []

    def broken(splices):
        raise RuntimeError("the window is gone")

    query.subscribe(broken)
    query.subscribe(heard.append)
    twin.subscribe(heard.append)
    table.add()
    table.add()
    assert [str(error) for error in table.errors] == ["the window is gone"] * 2
    assert "listener" in table.errors[0].__notes__[0]
    assert len(heard) == 4


def test_a_listener_that_raised_is_silent_after_its_end(table):
    query, dropped, twin = table.query(), table.query(), table.query()
    heard = []

    def broken(splices):
        heard.append(splices)
        raise RuntimeError("the window is gone")

    end = query.subscribe(broken)
    dropped.subscribe(broken)
    assert list(twin) == []
    table.add()
    assert len(heard) == len(table.errors) == 2  # whose tracebacks are still held
    end()
    del dropped
    table.add()
    assert len(heard) == 2
    assert len(query) == len(twin) == 2


def test_what_is_no_error_goes_through_and_nobody_misses_a_splice(table):
    query = table.query()
    rows = []

    def interrupted(splices):
        if len(query) == 1:
            raise KeyboardInterrupt

    def follow(splices):
        rows[:] = replay(rows, splices)

    query.subscribe(interrupted)
    query.subscribe(follow)
    with pytest.raises(KeyboardInterrupt):
        table.add()
    table.add()
    assert rows == list(query)
    assert len(rows) == 2


def test_an_edit_from_inside_a_listener_is_heard_after_the_present_batch(table):
    query, twin = table.query().order_by("size"), table.query().order_by("size")
    log, rows = [], []

    def doubling(splices):
        log.append(("first", len(query)))
        if len(query) < 3:
            table.add(size=-len(query))
            table.add(size=-len(query) - 10)
            log.append(("still", len(query)))

    def follow(splices):
        rows[:] = replay(rows, splices)
        assert rows == list(query) == list(twin)
        log.append(("second", len(rows)))

    query.subscribe(doubling)
    twin.subscribe(follow)
    table.add()
    assert table.errors == []
    assert log == [
        ("first", 1), ("still", 1), ("second", 1),
        ("first", 2), ("still", 2), ("second", 2),
        *[entry for n in range(3, 6) for entry in [("first", n), ("second", n)]],
    ]  # fmt: skip
    assert len(rows) == 5


def test_a_query_first_read_inside_a_listener_agrees_once_all_is_delivered(table):
    query = table.query()
    opened, rows = [], []

    def follow(splices):
        rows[:] = replay(rows, splices)

    def open_another(splices):
        if not opened:
            table.add(title="from inside")
            table.remove(table.notes["n0000"])
            opened.append(table.query().order_by("-title"))
            rows[:] = opened[0]
            opened[0].subscribe(follow)

    query.subscribe(open_another)
    table.add(title="x")
    assert table.errors == []
    assert rows == list(opened[0]) == list(query) == list(table.notes.values())


def test_the_right_listener_is_unsubscribed(table):
    query = table.query()
    first, second = [], []
    end_first = query.subscribe(first.append)
    query.subscribe(second.append)
    end_first_again = query.subscribe(first.append)
    end_first()
    end_first()
    table.add()
    assert (len(first), len(second)) == (1, 1)
    end_first_again()
    table.add()
    assert (len(first), len(second)) == (1, 2)


def test_unsubscribing_inside_a_delivery_is_safe_for_everybody(table):
    query, twin = table.query(), table.query()
    heard, ends = [], []

    def end_all(splices):
        heard.append("a")
        for end in ends:
            end()

    ends.append(query.subscribe(end_all))
    ends.append(query.subscribe(lambda splices: heard.append("b")))
    twin.subscribe(lambda splices: heard.append("c"))
    table.add()
    table.add()
    assert heard == ["a", "c", "c"]
    assert table.errors == []


def test_closing_a_query_inside_a_delivery_silences_it_at_once(table):
    query, twin = table.query(), table.query()
    heard = []
    query.subscribe(lambda splices: twin.close())
    twin.subscribe(heard.append)
    table.add()
    assert heard == []
    assert table.errors == []


def test_who_subscribes_inside_a_delivery_hears_of_the_next_batch(table):
    query = table.query()
    heard = []

    def subscribe_once(splices):
        if len(query) == 1:
            query.subscribe(heard.append)

    query.subscribe(subscribe_once)
    table.add()
    second = table.add()
    assert heard == [[Insert(1, second)]]


def test_a_listener_may_keep_and_change_its_list(table):
    query = table.query()
    lists = []
    query.subscribe(lambda splices: splices.clear())
    query.subscribe(lists.append)
    note = table.add()
    assert lists == [[Insert(0, note)]]


def test_a_row_put_back_as_another_object_takes_the_place_of_the_old_one(table):
    note = table.add("k", title="old")
    query = table.query()
    rows = list(query)
    query.subscribe(lambda splices: rows.__setitem__(slice(None), replay(rows, splices)))
    with table:
        table.remove(note)
        again = table.add("k", title="new")
    assert rows == list(query) == [again]
    assert note not in query
