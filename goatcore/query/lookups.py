"""Field lookups: the tests that `field__lookup=value` can mean, on plain values.

Owns the table of lookups. Invariant: a test never raises; a value of another kind than the wanted
one does not match (`ne` excepted: it is the negation of `exact`). Comparisons of text follow the
collation that orders use. A table entry is called with the lookup's name, the wanted value and the
collation, and gives the test. Imports the collation, field values and the error tree.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable
from typing import Any

from goatcore.errors import InvalidValue
from goatcore.query.collation import Collation
from goatcore.query.field_values import plain

Test = Callable[[object], bool]
Build = Callable[[str, object, Collation], Test]


def exact(name: str, wanted: object, _collation: Collation) -> Test:
    """Equal to `wanted`."""
    wanted = plain(wanted)
    return lambda value: value == wanted


def ne(name: str, wanted: object, _collation: Collation) -> Test:
    """Not equal to `wanted`; None is not equal to any value."""
    wanted = plain(wanted)
    return lambda value: value != wanted


def _compared(compare: Callable[[Any, Any], bool]) -> Build:
    def build(name: str, wanted: object, collation: Collation) -> Test:
        wanted = plain(wanted)
        if isinstance(wanted, str):
            key = collation.text_key
            bound = key(wanted)
            return lambda value: isinstance(value, str) and compare(key(value), bound)
        if isinstance(wanted, bytes):
            return lambda value: isinstance(value, bytes) and compare(value, wanted)
        if isinstance(wanted, (int, float)):
            return lambda value: isinstance(value, (int, float)) and compare(value, wanted)
        raise InvalidValue(
            f"{name} compares with a number, text or bytes, not with {wanted!r}; "
            "use isnull to ask for missing values."
        )

    return build


def is_in(name: str, wanted: object, _collation: Collation) -> Test:
    """Equal to one of the values of a collection."""
    if isinstance(wanted, (str, bytes)) or not isinstance(wanted, Iterable):
        raise InvalidValue(f"{name} takes a collection of values, not {wanted!r}.")
    values = frozenset(map(plain, wanted))
    return lambda value: value in values


def contains(name: str, wanted: object, _collation: Collation) -> Test:
    """A text that has `wanted` in it; a collection that has `wanted` as an element."""
    wanted = plain(wanted)

    def test(value: object) -> bool:
        if isinstance(value, str):
            return isinstance(wanted, str) and wanted in value
        if isinstance(value, bytes):
            return isinstance(wanted, bytes) and wanted in value
        return isinstance(value, (tuple, frozenset)) and wanted in value

    return test


def icontains(name: str, wanted: object, _collation: Collation) -> Test:
    """`contains` without regard to case."""
    folded = _text(name, wanted).casefold()

    def test(value: object) -> bool:
        if isinstance(value, str):
            return folded in value.casefold()
        return isinstance(value, (tuple, frozenset)) and any(
            isinstance(element, str) and element.casefold() == folded for element in value
        )

    return test


def startswith(name: str, wanted: object, _collation: Collation) -> Test:
    """A text that begins with `wanted`."""
    prefix = _text(name, wanted)
    return lambda value: isinstance(value, str) and value.startswith(prefix)


def istartswith(name: str, wanted: object, _collation: Collation) -> Test:
    """`startswith` without regard to case."""
    prefix = _text(name, wanted).casefold()
    return lambda value: isinstance(value, str) and value.casefold().startswith(prefix)


def isnull(name: str, wanted: object, _collation: Collation) -> Test:
    """None (True), or any value (False)."""
    if not isinstance(wanted, bool):
        raise InvalidValue(f"{name} takes True or False, not {wanted!r}.")
    return lambda value: (value is None) is wanted


def has_len(name: str, wanted: object, _collation: Collation) -> Test:
    """A text or collection of exactly so many letters or elements."""
    if not isinstance(wanted, int) or isinstance(wanted, bool):
        raise InvalidValue(f"{name} takes a whole number, not {wanted!r}.")
    return lambda value: isinstance(value, Collection) and len(value) == wanted


def _text(name: str, wanted: object) -> str:
    wanted = plain(wanted)
    if not isinstance(wanted, str):
        raise InvalidValue(f"{name} takes a text, not {wanted!r}.")
    return wanted


LOOKUPS: dict[str, Build] = {
    "exact": exact,
    "ne": ne,
    "lt": _compared(operator.lt),
    "lte": _compared(operator.le),
    "gt": _compared(operator.gt),
    "gte": _compared(operator.ge),
    "in": is_in,
    "contains": contains,
    "icontains": icontains,
    "startswith": startswith,
    "istartswith": istartswith,
    "isnull": isnull,
    "len": has_len,
}
