import itertools
import math
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.query.collation import COMPLEMENT, encode

texts = st.text(alphabet="aAbBäÄéßzZ 019\x00\x01\uac00\u0915\u093f\U0001f410", max_size=6)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False)
    | texts
    | st.binary(max_size=4)
)
values = scalars | st.tuples(scalars, scalars) | st.tuples(scalars)


def expected(value):
    """The order as a plain Python key, written without the encoding in mind."""
    if value is None:
        return (0,)
    if isinstance(value, int | float):
        return (1, value)
    if isinstance(value, str):
        folded = unicodedata.normalize("NFKD", value.casefold())
        folded = "".join(c for c in folded if not unicodedata.combining(c)).casefold()
        words = [
            (ord("0"), len(word.lstrip("0")), word.lstrip("0")) if word.isdigit() else (ord(word),)
            for word in re.findall("[0-9]+|[^0-9]", folded)
        ]
        return (2, words, value)
    if isinstance(value, bytes):
        return (3, value)
    return (4, [expected(element) for element in value])


@given(values, values)
def test_bytes_compare_as_values_do(a, b):
    assert (encode(a) < encode(b)) == (expected(a) < expected(b))
    assert (encode(a) == encode(b)) == (expected(a) == expected(b))


@given(values, values)
def test_the_complement_reverses_the_order_even_with_more_bytes_behind(a, b):
    reversed_a = encode(a).translate(COMPLEMENT) + b"\xff"
    reversed_b = encode(b).translate(COMPLEMENT) + b"\x00"
    if expected(a) < expected(b):
        assert reversed_a > reversed_b


@given(values, values)
def test_no_encoding_begins_another(a, b):
    if encode(a) != encode(b):
        assert not encode(a).startswith(encode(b))


@pytest.mark.parametrize(
    "ascending",
    [
        ["note 1", "note 2", "note 10", "note 10b"],
        ["ant", "Äpfel", "apple", "banana"],
        ["Resume", "resume", "résumé", "resumes"],
        ["Ete", "ete", "Été", "été", "éternel"],
        ["01", "1", "2", "10", "a"],
        ["note", "note 2", "notebook"],
        ["strasse", "straße", "strast"],
        ["", "a"],
    ],
)
def test_titles_come_in_the_order_people_expect(ascending):
    assert all(encode(a) < encode(b) for a, b in itertools.pairwise(ascending))


def test_numbers_of_both_kinds_share_one_exact_order():
    ascending = [-math.inf, -1e300, -(2**53) - 1, -0.5, 0, 0.1, 1, 1.5, 2**53, 2**53 + 1, math.inf]
    assert all(encode(a) < encode(b) for a, b in itertools.pairwise(ascending))
    assert encode(1) == encode(1.0) == encode(True)
    assert encode(0.0) == encode(-0.0)


def test_what_is_no_number_comes_before_all_numbers_and_after_none():
    assert encode(None) < encode(math.nan) < encode(-math.inf)


def test_integers_beyond_every_float_still_have_a_place():
    assert encode(-(10**400)) < encode(-(2**64)) < encode(2**64) < encode(10**400)


def test_a_set_has_one_encoding():
    assert encode(frozenset({"b", "a"})) == encode(("a", "b"))


def test_very_long_runs_of_digits_have_a_place():
    assert encode("1" * 60_000) < encode("2" * 60_000)
