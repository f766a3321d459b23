import pytest

from goatcore.errors import InvalidValue, UnknownField
from goatcore.query.collation import Collation
from goatcore.query.ordering import OrderKey, SortKeys, parse_order
from goatcore.query.reading import Reading


@pytest.fixture
def reading(table, source):
    return Reading(source, Collation())


@pytest.fixture
def rows(table):
    def rows(*fields):
        return [table.add(str(i), title=t, size=s) for i, (t, s) in enumerate(fields)]

    return rows


@pytest.fixture
def keys(reading):
    def keys(order, given):
        keys = SortKeys(parse_order(order, reading), reading)
        ordinals = [row.ordinal for row in given]
        assert keys.of_many(ordinals) == list(map(keys.of, ordinals))
        return [reading.row(one).key for one in sorted(ordinals, key=keys.of)]

    return keys


def test_a_minus_means_descending(reading):
    assert parse_order(["-size", "title"], reading) == (
        OrderKey(("size",), True),
        OrderKey(("title",), False),
    )


def test_a_field_named_again_adds_nothing(reading):
    assert parse_order(["size", "-size"], reading) == (OrderKey(("size",), False),)


def test_an_unknown_field_is_named(reading):
    with pytest.raises(UnknownField, match='"weight"'):
        parse_order(["-weight"], reading)


@pytest.mark.parametrize("name", ["", "-", 3, "a__", "__"])
def test_what_is_no_name_is_refused(name, reading):
    with pytest.raises(InvalidValue):
        parse_order([name], reading)


def test_later_keys_decide_where_earlier_ones_are_equal(rows, keys):
    given = rows(("b", 1), ("a", 2), ("a", 1), ("b", 2))
    assert keys(["size", "-title"], given) == ["0", "2", "3", "1"]
    assert keys(["-size", "title"], given) == ["1", "3", "2", "0"]


def test_ties_go_by_key_upwards_in_both_directions(rows, keys):
    given = rows(("a", 1), ("a", 1), ("a", 1))
    assert keys(["title"], given) == keys(["-title"], given) == ["0", "1", "2"]


def test_none_is_first_upwards_and_last_downwards(rows, keys):
    given = rows((None, 0), ("a", 0))
    assert keys(["title"], given) == ["0", "1"]
    assert keys(["-title"], given) == ["1", "0"]


def test_a_text_that_begins_another_comes_last_downwards(rows, keys):
    given = rows(("a", 0), ("ab", 0), ("a\x00", 0))
    assert keys(["-title"], given) == ["1", "2", "0"]
