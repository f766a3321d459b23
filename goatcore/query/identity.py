"""When two values that describe a query are the same: never by mere `==`.

Owns the rule that makes sharing safe: values are equal only with equal types all the way down
(1, True and 1.0 differ), and a predicate is its code, the module it runs in, its defaults and its
`ctx`. What cannot be compared is refused. Imports only the error tree.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Set
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR
from types import FunctionType

from goatcore.errors import InvalidValue

_NOT_A_TEST = CO_COROUTINE | CO_ASYNC_GENERATOR | CO_GENERATOR


def identity(value: object) -> Hashable:
    """A hashable that equals another's only if the two values behave alike.

    Raises InvalidValue for a mutable object of an unknown kind.
    """
    kind = type(value)
    if isinstance(value, float):
        return kind, value.hex()  # tells -0.0 from 0.0
    if isinstance(value, tuple | list):
        return kind, tuple(map(identity, value))
    if isinstance(value, Set):
        return kind, frozenset(map(identity, value))
    if isinstance(value, Mapping):
        return kind, tuple((identity(k), identity(v)) for k, v in value.items())
    if not isinstance(value, Hashable):
        raise InvalidValue(
            f"A query cannot depend on {value!r}, because it may change unnoticed; "
            "give it an immutable value."
        )
    return kind, value


def copied(value: object) -> object:
    """`value` with its lists, sets and dicts copied, so that nobody else can change them."""
    if isinstance(value, list):
        return list(map(copied, value))
    if isinstance(value, dict):
        return {k: copied(v) for k, v in value.items()}
    if isinstance(value, set):
        return set(value)
    if type(value) is tuple:
        return tuple(map(copied, value))
    return value


def function_identity(function: Callable[..., object]) -> Hashable:
    """What a predicate is, besides its `ctx`.

    Raises InvalidValue for anything but a plain function, and for one that captures variables:
    those may change after the query began, and two queries would share one by mistake.
    """
    if not isinstance(function, FunctionType):
        raise InvalidValue(
            f"A condition is a plain function of a row, not {function!r}; "
            "wrap it in a lambda, and pass what it needs as ctx."
        )
    code = function.__code__
    if function.__closure__:
        raise InvalidValue(
            f"The condition {described(function)} captures {', '.join(code.co_freevars)} from "
            "around it; pass the value as ctx instead, as in "
            "where(lambda row, ctx: row.size > ctx, ctx=size)."
        )
    if code.co_flags & _NOT_A_TEST:
        raise InvalidValue(
            f"The condition {described(function)} is a coroutine or generator; "
            "it must answer at once."
        )
    # code objects leave their file out of comparison, and globals are found by name
    return (
        code,
        code.co_filename,
        id(function.__globals__),
        identity(function.__defaults__),
        identity(function.__kwdefaults__),
    )


def described(function: Callable[..., object]) -> str:
    """A function's name and where it was written."""
    assert isinstance(function, FunctionType)
    code = function.__code__
    return f"{function.__qualname__} ({code.co_filename}:{code.co_firstlineno})"
