"""Conditions and orders along references."""

import pytest

from goatcore.errors import InvalidValue, UnknownField
from goatcore.query import Insert, Q, Remove, Update, blocks, replay


@pytest.fixture
def notes(table):
    """Two notes that others are near to, of another schema, and those."""
    home, work = table.add("home", "place", title="Home"), table.add("work", "place", title="Work")
    return (
        home,
        work,
        [
            table.add("a", near="home"),
            table.add("b", near="work"),
            table.add("c", near="home"),
            table.add("d", near="nowhere"),
            table.add("e"),
        ],
    )


def keys(query):
    return [row.key for row in query]


def test_a_condition_reads_the_field_of_what_is_referred_to(table, notes):
    assert keys(table.query().where(near__title="Home")) == ["a", "c"]
    assert keys(table.query().where(near__title__istartswith="w")) == ["b"]
    assert keys(table.query().where(~Q(near__title="Home"))) == ["b", "d", "e"]
    assert keys(table.query().where(near__title__in=["Home", "Work"], near__size=0)) == [*"abc"]


def test_where_there_is_nothing_the_field_is_none(table, notes):
    assert keys(table.query().where(near__title__isnull=True)) == ["d", "e"]
    assert keys(table.query().where(near__title=None)) == ["d", "e"]


def test_rows_are_ordered_by_the_field_of_what_they_refer_to(table, notes):
    assert keys(table.query().order_by("near__title")) == ["d", "e", "a", "c", "b"]
    assert keys(table.query().order_by("-near__title", "-key")) == ["b", "c", "a", "e", "d"]


def test_a_lookup_and_a_joined_field_are_told_apart_by_name(table, notes):
    assert keys(table.query().where(near="home")) == ["a", "c"]
    assert keys(table.query().where(near__in=["work"])) == ["b"]
    assert keys(table.query().where(near__title__exact="Work")) == ["b"]
    assert keys(table.query().where(near__title__len=4)) == ["a", "b", "c"]


def test_queries_follow_what_is_referred_to(table, notes):
    home, work, (a, b, c, d, _) = notes
    query = table.query().where(near__title="Home")
    ordered = table.query().order_by("near__title")
    rows, heard = list(ordered), []
    query.subscribe(heard.append)
    ordered.subscribe(lambda splices: rows.__setitem__(slice(None), replay(rows, splices)))
    table.edit(work, title="Home")
    assert heard.pop() == [Insert(1, b)]
    table.edit(home, title="Away")
    assert heard.pop() == [Remove(0, a), Remove(1, c)]
    table.edit(home, size=7)
    assert heard == []
    table.remove(work)
    assert heard.pop() == [Remove(0, b)]
    nowhere = table.add("nowhere", "place", title="Home")
    assert heard.pop() == [Insert(0, d)]
    table.edit(a, near="nowhere")
    assert heard.pop() == [Insert(0, a)]
    table.restore(work)
    table.remove(nowhere)
    assert heard == [[Insert(1, b)], [Remove(0, a), Remove(1, d)]]
    assert rows == list(ordered) == list(table.query().order_by("near__title", "key"))


def test_one_batch_of_both_ends_is_one_delivery(table, notes):
    home, work, (a, b, *_) = notes
    query = table.query().where(near__title="Home")
    heard = []
    query.subscribe(heard.append)
    with table:
        table.edit(home, title="x")
        table.edit(work, title="Home")
        table.edit(a, near="work", size=1)
        new = table.add("aa", near="work")
    assert list(query) == [a, new, b]
    assert len(heard) == 1
    assert replay([a, notes[2][2]], heard[0]) == [a, new, b]


def test_references_lead_through_references(table, notes):
    home, work, (_, b, *_) = notes
    table.add("city", "place", title="City")
    table.edit(home, near="city")
    query = table.query().where(near__near__title="City")
    heard = []
    query.subscribe(heard.append)
    assert keys(query) == ["a", "c"]
    table.edit(work, near="city")
    assert heard.pop() == [Insert(1, b)]
    table.edit(table.notes["city"], title="Town")
    assert keys(query) == []
    table.add("town", "place", title="City")
    table.edit(home, near="town")
    assert keys(query) == ["a", "c"]
    table.edit(table.notes["city"], title="City")
    assert keys(query) == ["a", "b", "c"]


def test_a_row_may_refer_to_its_own_kind_and_to_itself(table):
    top = table.add("top", title="Top")
    table.edit(top, near="top")
    child = table.add("child", near="top")
    query = table.query().where(near__title="Top")
    assert list(query) == [child, top]
    heard = []
    query.subscribe(heard.append)
    table.edit(top, title="Tip")
    assert list(query) == []
    table.edit(top, title="Top")
    assert list(query) == [child, top]
    table.edit(child, size=3)
    assert heard[-1] == [Update(0, child)]


def test_nothing_is_kept_of_a_join_that_nobody_asks_for(table, notes):
    query = table.query().where(near__title="Home")
    assert len(query) == 2
    del query
    assert table.engine.running == 0
    table.edit(notes[0], title="x")


def test_a_join_is_built_in_slices_while_things_change(table, notes):
    home, _, (_, b, *_) = notes
    table.step_ms = 10.0
    query = table.query().where(near__title="Home").order_by("-near__title")
    coroutine = query.ready()
    pauses = 0
    while True:
        try:
            coroutine.send(None)
        except StopIteration:
            break
        pauses += 1
        table.edit(home, title="Home" if pauses % 2 else "Away")
        table.edit(b, near="home")
    table.edit(home, title="Home")
    assert pauses >= 3
    assert set(keys(query)) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("near__colour", UnknownField, 'near__colour: there is no item with a field "colour"'),
        ("title__length", InvalidValue, 'there is no lookup "length", and title refers to no'),
        ("size__title__exact", InvalidValue, 'there is no lookup "title"'),
        ("near__title__title", UnknownField, '"title" that refers to another item'),
        ("colour__title", UnknownField, 'no field "colour"'),
    ],
)
def test_a_way_that_leads_nowhere_is_named(table, name, error, words):
    with pytest.raises(error, match=words):
        table.query().where(**{name: 1})
    with pytest.raises(error, match=words):
        table.query().order_by(f"-{name.removesuffix('__exact')}")


def test_rows_are_grouped_by_fields_of_their_own(table, notes):
    with pytest.raises(InvalidValue, match="near__title"):
        table.query().group_count("near__title")


def test_rows_that_only_might_have_moved_keep_their_place_for_what_comes(table, notes, monkeypatch):
    """A place changes in a field that nobody joins by, while a trip to it stands in a block that
    is looked at for the first time."""
    monkeypatch.setattr(blocks, "COLD_MAX", 8)
    home, _, (a, *_) = notes
    query = table.query().where(near__title="Home").order_by("title")
    assert len(query) == 2
    with table:
        table.edit(home, size=5)
        table.edit(a, title="m")
    new = table.add("f", near="home", title="b")
    last = table.add("g", near="home", title="")
    assert list(query) == [table.notes["c"], last, new, a]
