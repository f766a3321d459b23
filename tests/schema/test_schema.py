"""Schemas: what may be declared, and what values are refused."""

from __future__ import annotations

from enum import IntEnum

import pytest

from goatcore.errors import InvalidValue, LocalMisuse, UnknownField
from goatcore.schema import (
    Registry,
    Schema,
    binary,
    choice,
    counter,
    date,
    flag,
    mapping,
    number,
    order,
    reference,
    string,
    tags,
    text,
)

ALL = Schema(
    "all",
    1,
    string=string(),
    text=text(),
    number=number(),
    flag=flag(),
    date=date(),
    choice=choice("a", "b"),
    reference=reference(),
    binary=binary(),
    order=order(),
    tags=tags(),
    mapping=mapping(),
    counter=counter(),
)


def test_every_field_has_a_default():
    assert {name: field.default for name, field in ALL.fields.items()} == {
        "string": "",
        "text": "",
        "number": 0,
        "flag": False,
        "date": None,
        "choice": "a",
        "reference": "",
        "binary": b"",
        "order": b"",
        "tags": (),
        "mapping": {},
        "counter": 0,
    }


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("string", 1, "string: must be a string, not int."),
        ("string", b"x", "string: must be a string, not bytes."),
        ("text", None, "text: must be a string, not NoneType."),
        ("number", True, "number: must be a number, not bool."),
        ("number", "1", "number: must be a number, not str."),
        ("number", float("nan"), "number: not-a-number cannot be stored."),
        ("number", 1 << 64, "number: the number does not fit into 64 bits."),
        ("number", -(1 << 63) - 1, "number: the number does not fit into 64 bits."),
        ("flag", 1, "flag: must be True or False, not int."),
        ("date", 1.0, "date: must be milliseconds since 1970, not float."),
        ("choice", "c", "choice: must be one of a, b, not c."),
        ("reference", 1, "reference: must be an item's key, not int."),
        ("binary", "x", "binary: must be bytes, not str."),
        ("order", "x", "order: must be an order stamp (bytes), not str."),
        ("tags", "ab", "tags: must be a set of strings, not str."),
        ("mapping", [], "mapping: must be a mapping, not list."),
        ("counter", "1", "counter: must be a whole number, not str."),
    ],
)
def test_what_does_not_fit_is_refused_with_field_and_reason(name, value, sentence):
    with pytest.raises(InvalidValue) as caught:
        ALL.check({name: value})
    assert str(caught.value) == sentence


def test_values_are_stored_exactly():
    class Size(IntEnum):
        small = 3

    stored = ALL.check({"number": Size.small, "date": None, "tags": ["bb", "a", "bb"]})
    assert stored == {"number": 3, "date": None, "tags": ("a", "bb")}
    assert type(stored["number"]) is int
    assert ALL.check({"mapping": {"b": [1, [2]], "a": None}}) == {
        "mapping": {"a": None, "b": (1, (2,))}
    }


@pytest.mark.parametrize(
    "field",
    [
        string(required=True),
        number(required=True),
        flag(required=True),
        date(required=True),
        choice("a", required=True),
        reference(required=True),
        binary(required=True),
    ],
)
def test_a_required_field_is_needed_at_the_beginning_and_stays(field):
    schema = Schema("s", 1, it=field)
    for values in ({}, {"it": None}):
        with pytest.raises(InvalidValue, match=r"^it: a value is needed here\.$"):
            schema.check(values)
    with pytest.raises(InvalidValue, match="^it: a value is needed here"):
        field.check("it", None)
    assert schema.check({"it": field.default if field.default is not None else 0})


def test_unknown_fields_are_refused_with_those_there_are():
    with pytest.raises(UnknownField, match="^s has no field b; it has a, c.$"):
        Schema("s", 1, c=flag(), a=flag()).check({"b": 1})


@pytest.mark.parametrize(
    ("declare", "sentence"),
    [
        (lambda: Schema("", 1), "^A schema's name has"),
        (lambda: Schema("s", 0), "^s: a schema's version counts from 1"),
        (lambda: Schema("s", True), "^s: a schema's version counts from 1"),
        (lambda: Schema("s", 1 << 32), "^s: a schema's version counts from 1"),
        (lambda: Schema("s", 1, _x=flag()), "^s: _x cannot be the name of a field"),
        (lambda: Schema("s", 1, delete=flag()), "^s: delete cannot be the name of a field"),
        (lambda: Schema("s", 1, upgrade_problem=flag()), "^s: upgrade_problem cannot be"),
        (lambda: Schema("s", 1, upgrade=flag()), "^s: upgrade cannot be the name of a field"),
        (lambda: Schema("s", 1, stored=flag()), "^s: stored cannot be the name of a field"),
        (lambda: Schema("s", 1, x=str), "^s: x must be a field such as string"),
        (lambda: Schema("s", 1, x=number("1")), "^s: the default of x: must be a number, not str"),
        (lambda: Schema("s", 1, x=choice("a", default="b")), "^s: the default of x: must be one"),
        (choice, "^A choice needs at least one word"),
        (lambda: Schema("s", 2, upgrade={1: dict}), "^s: there can be steps to versions 2 to 2"),
        (lambda: Schema("s", 2, upgrade={3: dict}), "^s: there can be steps to versions 2 to 2"),
        (lambda: Schema("s", 1, stored={"y": "x"}, x=flag()), "^s: y cannot be stored as 'x'"),
        (lambda: Schema("s", 1, stored={"x": ""}, x=flag()), "^s: x cannot be stored as ''"),
        (
            lambda: Schema("s", 1, stored={"x": "y"}, x=flag(), y=flag()),
            "^s: x and y are both stored as y",
        ),
    ],
)
def test_what_cannot_be_declared_is_refused(declare, sentence):
    with pytest.raises(LocalMisuse, match=sentence):
        declare()


def test_fields_of_different_kinds_may_share_a_stored_name():
    schema = Schema("s", 1, stored={"label": "x", "words": "x"}, label=string(), words=text())
    assert schema.shown_as("x") == ("label", "words")
    assert schema.shown_as("label") == ()
    assert schema.stored_name("words") == "x"


def test_a_registry_has_one_schema_of_a_name():
    registry, one = Registry(), Schema("s", 1)
    registry.add(one)
    registry.add(one)
    with pytest.raises(LocalMisuse, match="two schemas named s"):
        registry.add(Schema("s", 1))
    assert registry.get("s") is one
    assert registry.get("t") is None
