"""Conditions: which rows a query shows. `Q(done=False) & ~Q(title__icontains="x")`.

Owns the tree of conditions and what makes two of them the same. Invariant: conditions are
immutable; equal conditions decide alike on every row. Negation is exact: `~c` shows precisely the
rows that `c` does not (a missing value is a value like any other, unlike in SQL).
Imports lookups, identity and the error tree; knows nothing of pipelines.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable

from goatcore.errors import InvalidValue, LocalMisuse, UnknownField
from goatcore.query.changes import Row
from goatcore.query.field_values import reader
from goatcore.query.identity import copied, described, function_identity, identity
from goatcore.query.lookups import LOOKUPS

Matcher = Callable[[Row], bool]


class Condition(ABC):
    """A test of rows. Combine with `&`, `|` and `~`."""

    __slots__ = ("fields", "identity")

    identity: Hashable  # equal for conditions that decide alike
    fields: frozenset[str]  # that lookups name

    @abstractmethod
    def matcher(self) -> Matcher:
        """A function that decides on a row; raises LocalMisuse when a predicate raises."""

    def __and__(self, other: Condition) -> Condition:
        return all_of((self, other))

    def __or__(self, other: Condition) -> Condition:
        return AnyOf((self, other))

    def __invert__(self) -> Condition:
        return Negated(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)


class Lookup(Condition):
    """One field against one value: `title__icontains="x"`."""

    __slots__ = ("_field", "_test")

    def __init__(self, name: str, wanted: object) -> None:
        field, _, lookup = name.rpartition("__")
        if not field:
            field, lookup = name, "exact"
        build = LOOKUPS.get(lookup)
        if build is None:
            raise InvalidValue(
                f'{name}: there is no lookup "{lookup}"; there are {", ".join(LOOKUPS)}.'
            )
        self._field = field
        self._test = build(name, wanted)
        self.fields = frozenset((field,))
        self.identity = (field, lookup, identity(wanted))

    def matcher(self) -> Matcher:
        read, test = reader(self._field), self._test
        return lambda row: test(read(row))


class Predicate(Condition):
    """Any pure function of a row, or of a row and `ctx`.

    Pure: it reads nothing but its arguments (and constants of its module). Raises InvalidValue
    for a function that captures variables.
    """

    __slots__ = ("_ctx", "_function")

    def __init__(self, function: Callable[..., object], *ctx: object) -> None:
        assert len(ctx) <= 1
        self._function = function
        self._ctx = tuple(map(copied, ctx))
        self.fields = frozenset()
        self.identity = (function_identity(function), identity(self._ctx))

    def matcher(self) -> Matcher:
        function, ctx = self._function, self._ctx

        def test(row: Row) -> bool:
            try:
                return bool(function(row, *ctx))
            except Exception as error:
                raise LocalMisuse(
                    f"The condition {described(function)} failed on item {row.key!r}: "
                    f"{type(error).__name__}: {error}. Make it answer for every item."
                ) from error

        return test


class AllOf(Condition):
    """Every part; nested ones are flattened, and their order does not matter."""

    __slots__ = ("parts",)

    def __init__(self, parts: Iterable[Condition]) -> None:
        self.parts = tuple(dict.fromkeys(_flat(AllOf, parts)))
        self.fields = frozenset().union(*(part.fields for part in self.parts))
        self.identity = _joint("all", self.parts)

    def matcher(self) -> Matcher:
        tests = [part.matcher() for part in self.parts]
        match tests:
            case []:
                return lambda row: True
            case [only]:
                return only
            case [first, second]:
                return lambda row: first(row) and second(row)

        def every(row: Row) -> bool:
            return all(test(row) for test in tests)

        return every


class AnyOf(Condition):
    """At least one part; nested ones are flattened, and their order does not matter."""

    __slots__ = ("parts",)

    def __init__(self, parts: Iterable[Condition]) -> None:
        self.parts = tuple(dict.fromkeys(_flat(AnyOf, parts)))
        self.fields = frozenset().union(*(part.fields for part in self.parts))
        self.identity = _joint("any", self.parts)

    def matcher(self) -> Matcher:
        tests = [part.matcher() for part in self.parts]

        def some(row: Row) -> bool:
            return any(test(row) for test in tests)

        return some


class Negated(Condition):
    """Precisely the rows that the condition does not match."""

    __slots__ = ("condition",)

    def __init__(self, condition: Condition) -> None:
        self.condition = condition
        self.fields = condition.fields
        self.identity = ("not", condition.identity)

    def matcher(self) -> Matcher:
        test = self.condition.matcher()
        return lambda row: not test(row)

    def __invert__(self) -> Condition:
        return self.condition


class Q(AllOf):
    """All of the given conditions and field lookups; `Q()` matches every row."""

    __slots__ = ()

    def __init__(self, *conditions: Condition, **lookups: object) -> None:
        for condition in conditions:
            if not isinstance(condition, Condition):
                raise InvalidValue(f"Q combines conditions, not {condition!r}.")
        super().__init__((*conditions, *(Lookup(name, value) for name, value in lookups.items())))


def all_of(conditions: Iterable[Condition]) -> AllOf:
    """One condition that asks for all of them."""
    return AllOf(conditions)


def check_fields(condition: Condition, fields: frozenset[str]) -> None:
    """Raises UnknownField when the condition names a field that is not in `fields`."""
    unknown = condition.fields - fields
    if unknown:
        raise UnknownField(
            f"There is no field {', '.join(sorted(map(repr, unknown)))}; "
            f"there are {', '.join(sorted(fields))}."
        )


def _flat(kind: type[AllOf] | type[AnyOf], parts: Iterable[Condition]) -> Iterable[Condition]:
    for part in parts:
        if isinstance(part, kind):
            yield from part.parts
        elif isinstance(part, (AllOf, AnyOf)) and len(part.parts) == 1:
            yield part.parts[0]
        else:
            yield part


def _joint(word: str, parts: tuple[Condition, ...]) -> Hashable:
    if len(parts) == 1:
        return parts[0].identity
    return word, frozenset(part.identity for part in parts)
