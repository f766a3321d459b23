from types import SimpleNamespace

import pytest

from goatcore.errors import InvalidValue, UnknownField
from goatcore.query.ordering import OrderKey, parse_order, sort_key

FIELDS = frozenset({"title", "size"})


def rows(*fields):
    return [SimpleNamespace(key=str(i), title=t, size=s) for i, (t, s) in enumerate(fields)]


def keys(order, given):
    return [row.key for row in sorted(given, key=sort_key(parse_order(order, FIELDS)))]


def test_a_minus_means_descending():
    assert parse_order(["-size", "title"], FIELDS) == (
        OrderKey("size", True),
        OrderKey("title", False),
    )


def test_a_field_named_again_adds_nothing():
    assert parse_order(["size", "-size"], FIELDS) == (OrderKey("size", False),)


def test_an_unknown_field_is_named():
    with pytest.raises(UnknownField, match='"weight"'):
        parse_order(["-weight"], FIELDS)


@pytest.mark.parametrize("name", ["", "-", 3])
def test_what_is_no_name_is_refused(name):
    with pytest.raises(InvalidValue):
        parse_order([name], FIELDS)


def test_later_keys_decide_where_earlier_ones_are_equal():
    given = rows(("b", 1), ("a", 2), ("a", 1), ("b", 2))
    assert keys(["size", "-title"], given) == ["0", "2", "3", "1"]
    assert keys(["-size", "title"], given) == ["1", "3", "2", "0"]


def test_ties_go_by_key_upwards_in_both_directions():
    given = rows(("a", 1), ("a", 1), ("a", 1))
    assert keys(["title"], given) == keys(["-title"], given) == ["0", "1", "2"]


def test_none_is_first_upwards_and_last_downwards():
    given = rows((None, 0), ("a", 0))
    assert keys(["title"], given) == ["0", "1"]
    assert keys(["-title"], given) == ["1", "0"]


def test_a_text_that_begins_another_comes_last_downwards():
    given = rows(("a", 0), ("ab", 0), ("a\x00", 0))
    assert keys(["-title"], given) == ["1", "2", "0"]
