import itertools
import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.errors import InvalidValue, LocalMisuse
from goatcore.query import Q
from goatcore.query.collation import Collation
from goatcore.query.conditions import Lookup, Predicate
from goatcore.query.field_values import plain


class Letters:
    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


class Values:
    """Rows that are values; their ordinals are their places."""

    collation = Collation()

    def __init__(self, values):
        self.values = values

    def row(self, ordinal):
        return SimpleNamespace(key="k", f=self.values[ordinal])

    def reader(self, path):
        assert path == ("f",)
        return lambda ordinal: plain(self.values[ordinal])

    def column(self, path):
        return lambda ordinals: list(map(self.reader(path), ordinals))


def matching(condition, values):
    """The values that match, which are the same one by one as in bulk."""
    reading, ordinals = Values(values), range(len(values))
    one_by_one = list(filter(condition.matcher(reading), ordinals))
    assert condition.selector(reading)(ordinals) == one_by_one
    return [values[ordinal] for ordinal in one_by_one]


def matches(condition, value):
    return len(matching(condition, [value])) == 1


@pytest.mark.parametrize(
    ("lookup", "yes", "no"),
    [
        ({"f": "a"}, ["a", Letters("a")], ["A", "", None, 1]),
        ({"f": None}, [None], ["", 0, False]),
        ({"f": 1}, [1, 1.0, True], [2, "1", None]),
        ({"f": ["a", "b"]}, [["a", "b"], ("a", "b")], [["b", "a"], {"a", "b"}]),
        ({"f__exact": 2}, [2], [3]),
        ({"f__ne": "a"}, ["b", None, 3], ["a", Letters("a")]),
        ({"f__lt": 5}, [4, 4.9, -1], [5, 6, None, "4", math.nan]),
        ({"f__lte": 5}, [5, 5.0], [5.1, None]),
        ({"f__gt": 5}, [6, math.inf], [5, None, "6", b"6"]),
        ({"f__gte": 5.5}, [5.5, 6], [5, None]),
        ({"f__gt": "note 2"}, ["note 10", "Note 3", Letters("öl")], ["Note 1", "apple", None, 3]),
        ({"f__gte": "é"}, ["é", "f"], ["e", "É", "a"]),
        ({"f__lt": b"b"}, [b"a"], [b"b", "a", None]),
        ({"f__in": [1, "a", None]}, [1, "a", None], [2, "b"]),
        ({"f__in": []}, [], [None, "", 0]),
        ({"f__in": [["a"]]}, [["a"], ("a",)], ["a", {"a"}]),
        ({"f__contains": "b"}, ["abc", Letters("b"), {"b", "c"}, ["b"]], ["B", {"abc"}, None, 1]),
        ({"f__contains": 3}, [{3}, (1, 3)], ["3", 3, b"3"]),
        ({"f__contains": b"x"}, [b"axb"], ["x", b"a"]),
        ({"f__icontains": "SS"}, ["Straße", "boss", {"ß"}], ["s", None, {"boss"}, {1}]),
        ({"f__startswith": "ab"}, ["abc", Letters("ab")], ["Abc", "cab", None, ["ab"]]),
        ({"f__istartswith": "AB"}, ["abc", "Abc"], ["cab", None, 1]),
        ({"f__isnull": True}, [None], ["", 0, False]),
        ({"f__isnull": False}, ["", 0, False], [None]),
        ({"f__len": 2}, ["ab", ["a", "b"], {1, 2}, {"a": 1, "b": 2}], ["a", None, 2]),
    ],
)
def test_each_lookup_matches_what_it_says_and_nothing_else(lookup, yes, no):
    condition = Q(**lookup)
    both = [value for pair in itertools.zip_longest(yes, no) for value in pair]
    both = both[: 2 * min(len(yes), len(no))]
    assert matching(condition, yes) == yes
    assert matching(condition, no) == matching(~condition, yes) == []
    assert matching(~condition, no) == no
    assert matching(condition, both) == both[::2]
    assert matching(~condition, both) == both[1::2]


@pytest.mark.parametrize(
    "lookup",
    [
        {"f__": 1},
        {"__f": 1},
        {"f__lt": None},
        {"f__gte": ["a"]},
        {"f__in": "abc"},
        {"f__in": 5},
        {"f__icontains": 5},
        {"f__startswith": None},
        {"f__isnull": 1},
        {"f__len": "2"},
        {"f__len": True},
    ],
)
def test_a_lookup_that_cannot_mean_anything_is_refused_by_name(lookup):
    with pytest.raises(InvalidValue, match=next(iter(lookup))):
        Q(**lookup)


values = st.none() | st.booleans() | st.integers() | st.text() | st.frozensets(st.text())


@given(values, st.sampled_from(["exact", "ne", "in", "contains", "isnull", "gt"]))
def test_no_test_raises_whatever_the_value(value, lookup):
    wanted = {"in": [1], "isnull": True, "gt": 3}.get(lookup, "a")
    assert matches(Q(**{f"f__{lookup}": wanted}), value) in (True, False)


def test_conditions_combine():
    small, large, even = Q(f__lt=3), Q(f__gt=7), Predicate(lambda row: row.f % 2 == 0)
    numbers = range(10)
    assert matching(small | large, numbers) == [0, 1, 2, 8, 9]
    assert matching((small | large) & even, numbers) == [0, 2, 8]
    assert matching(~(small | large) & ~even, numbers) == [3, 5, 7]
    assert matching(Q(small, even, f__gt=0), numbers) == [2]
    assert matching(Q(), numbers) == list(numbers)
    assert matching(~Q(), numbers) == []


def test_conditions_are_the_same_when_they_ask_for_the_same():
    a, b, c = Q(f=1), Q(f__gt=2), Q(f__lt=9)
    assert (a & b) & c == c & (b & a) == Q(a, b, c) == Q(b, f=1) & c
    assert a | b == b | a
    assert ~~a == a
    assert a & a == a
    assert Q(f=1) == Lookup("f__exact", 1)
    assert len({a & b, b & a, Q(a, b)}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Q(f=1), Q(f=2)),
        (Q(f=1), Q(f=True)),
        (Q(f=1), Q(g=1)),
        (Q(f=1), Q(f__ne=1)),
        (Q(f=1), ~Q(f=1)),
        (Q(f=1) & Q(g=1), Q(f=1) | Q(g=1)),
        (Q(f__in=[1, 2]), Q(f__in=[1, 3])),
        (Q(f=0.0), Q(f=-0.0)),
        (Q(), ~Q()),
    ],
)
def test_conditions_that_may_decide_differently_are_not_the_same(one, other):
    assert one != other


def test_q_takes_conditions_only():
    with pytest.raises(InvalidValue):
        Q(lambda row: True)


def test_a_predicate_that_raises_names_itself_the_item_and_the_reason():
    def halves(row):
        return 1 / row.f

    with pytest.raises(LocalMisuse, match=r"halves .*test_conditions.py.* 'k': ZeroDivisionError"):
        matches(Predicate(halves), 0)


def test_changing_a_collection_later_changes_no_condition():
    wanted = [1]
    among = Q(f__in=wanted)
    ctx = {"sizes": [1]}
    test = Predicate(lambda row, ctx: row.f in ctx["sizes"], ctx)
    wanted.append(2)
    ctx["sizes"].append(2)
    assert not matches(among, 2)
    assert not matches(test, 2)
    assert matches(test, 1)
