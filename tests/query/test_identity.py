import functools

import pytest

from goatcore.errors import InvalidValue
from goatcore.query.conditions import Predicate
from goatcore.query.identity import identity


def test_equal_values_of_equal_types_are_the_same():
    assert identity([1, {"a": (2.0, None)}]) == identity([1, {"a": (2.0, None)}])
    assert identity({3, 1, 2}) == identity({1, 2, 3})


@pytest.mark.parametrize(
    ("one", "other"), [(1, True), (1, 1.0), (0.0, -0.0), ([1], (1,)), ({1}, frozenset({1}))]
)
def test_values_that_are_merely_equal_are_not_the_same(one, other):
    assert identity(one) != identity(other)
    assert identity((one,)) != identity((other,))


def test_a_mutable_object_of_unknown_kind_is_refused():
    with pytest.raises(InvalidValue, match="change unnoticed"):
        identity([bytearray(b"x")])


def test_predicates_are_the_same_by_code_and_ctx():
    made = [Predicate(lambda row, ctx: row.f > ctx, size) for size in (1, 1, 2, True)]
    assert made[0] == made[1]
    assert len(set(made)) == 3


def test_predicates_of_other_code_defaults_or_modules_are_not_the_same():
    def test(row, least=1):
        return row.f >= least

    first = Predicate(test)
    test.__defaults__ = (2,)
    assert Predicate(test) != first
    assert Predicate(lambda row: row.f) != Predicate(lambda row: not row.f)
    here = eval(compile("lambda row: row.f > LEAST", "x.py", "eval"), {"LEAST": 1})
    there = eval(compile("lambda row: row.f > LEAST", "x.py", "eval"), {"LEAST": 2})
    assert Predicate(here) != Predicate(there)


def test_a_function_that_captures_variables_is_refused_by_their_names():
    tests = []
    for size in (1, 2):

        def test(row, size_now=None):
            return row.f > size  # noqa: B023 - that this is a trap is the point

        tests.append(test)
    with pytest.raises(InvalidValue, match=r"captures size .*ctx"):
        Predicate(tests[0])


def test_a_variable_inside_the_function_itself_is_no_capture():
    assert Predicate(lambda row: any(row.f == n for n in (1, 2))).paths == frozenset()


@pytest.mark.parametrize("function", [len, functools.partial(max, 1), "".join, int])
def test_only_plain_functions_are_conditions(function):
    with pytest.raises(InvalidValue, match="plain function"):
        Predicate(function)


def test_a_coroutine_is_no_condition():
    async def later(row):
        return True

    with pytest.raises(InvalidValue, match="answer at once"):
        Predicate(later)
