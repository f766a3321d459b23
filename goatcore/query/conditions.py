"""Conditions: which rows a query shows. `Q(done=False) & ~Q(title__icontains="x")`.

Owns the tree of conditions and what makes two of them the same. Invariant: conditions are
immutable; equal conditions decide alike on every row, and one by one as in bulk. Negation is exact:
`~c` shows precisely the rows that `c` does not (a missing value is a value like any other, unlike
in SQL). Imports lookups, reading, identity and the error tree; knows nothing of pipelines.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from goatcore.errors import InvalidValue, LocalMisuse
from goatcore.query.collation import Collation
from goatcore.query.field_values import plain
from goatcore.query.identity import copied, described, function_identity, identity
from goatcore.query.lookups import LOOKUPS
from goatcore.query.reading import Path, Reading, parse_path

Matcher = Callable[[int], bool]
Selector = Callable[[Sequence[int]], list[int]]


class Condition(ABC):
    """A test of rows. Combine with `&`, `|` and `~`."""

    __slots__ = ("identity", "paths", "storable")

    identity: Hashable  # equal for conditions that decide alike
    paths: frozenset[Path]  # that lookups read
    storable: bool  # it means the same in the next run of the program

    @abstractmethod
    def matcher(self, reading: Reading) -> Matcher:
        """A function that decides on a row; raises LocalMisuse when a predicate raises."""

    def selector(self, reading: Reading) -> Selector:
        """A function that gives those of many rows that match, in their order."""
        matches = self.matcher(reading)
        return lambda ordinals: [one for one in ordinals if matches(one)]

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
    """One field against one value: `title__icontains="x"`, `notebook__name="Home"`. The last word
    of a name is a lookup if there is one of that name."""

    __slots__ = ("lookup", "name", "path", "wanted")

    def __init__(self, name: str, wanted: object) -> None:
        path = parse_path(name)
        if len(path) > 1 and path[-1] in LOOKUPS:
            self.path, self.lookup = path[:-1], path[-1]
        else:
            self.path, self.lookup = path, "exact"
        self.name = name
        if self.lookup == "in" and isinstance(wanted, Iterator):
            wanted = tuple(wanted)
        LOOKUPS[self.lookup](name, wanted, Collation())  # refuses a value that means nothing
        self.wanted = plain(copied(tuple(wanted) if isinstance(wanted, range) else wanted))
        self.paths = frozenset((self.path,))
        self.identity = (self.path, self.lookup, identity(wanted))
        self.storable = True

    def matcher(self, reading: Reading) -> Matcher:
        read = reading.reader(self.path)
        test = LOOKUPS[self.lookup](self.name, self.wanted, reading.collation)
        return lambda ordinal: test(read(ordinal))

    def selector(self, reading: Reading) -> Selector:
        column, wanted = reading.column(self.path), self.wanted
        if self.lookup == "exact":
            return lambda ordinals: [
                one for one, value in zip(ordinals, column(ordinals), strict=True)
                if value == wanted
            ]  # fmt: skip
        test = LOOKUPS[self.lookup](self.name, wanted, reading.collation)
        return lambda ordinals: [
            one for one, value in zip(ordinals, column(ordinals), strict=True) if test(value)
        ]


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
        self.paths = frozenset()
        self.identity = (function_identity(function), identity(self._ctx))
        self.storable = False

    def matcher(self, reading: Reading) -> Matcher:
        function, ctx, row_of = self._function, self._ctx, reading.row

        def test(ordinal: int) -> bool:
            row = row_of(ordinal)
            try:
                return bool(function(row, *ctx))
            except Exception as error:
                raise LocalMisuse(
                    f"The condition {described(function)} failed on item {row.key!r}: "
                    f"{type(error).__name__}: {error}. Make it answer for every item."
                ) from error

        return test


class _Joint(Condition):
    """Several conditions; nested ones are flattened, and their order does not matter."""

    __slots__ = ("parts",)

    word: str

    def __init__(self, parts: Iterable[Condition]) -> None:
        self.parts = tuple(dict.fromkeys(self._flat(parts)))
        self.paths = frozenset().union(*(part.paths for part in self.parts))
        self.storable = all(part.storable for part in self.parts)
        if len(self.parts) == 1:
            self.identity = self.parts[0].identity
        else:
            self.identity = self.word, frozenset(part.identity for part in self.parts)

    def _flat(self, parts: Iterable[Condition]) -> Iterable[Condition]:
        for part in parts:
            if isinstance(part, _Joint) and (part.word == self.word or len(part.parts) == 1):
                yield from part.parts
            else:
                yield part


class AllOf(_Joint):
    """Every part."""

    __slots__ = ()

    word = "all"

    def matcher(self, reading: Reading) -> Matcher:
        tests = [part.matcher(reading) for part in self.parts]
        match tests:
            case []:
                return lambda ordinal: True
            case [only]:
                return only
            case [first, second]:
                return lambda ordinal: first(ordinal) and second(ordinal)

        def every(ordinal: int) -> bool:
            return all(test(ordinal) for test in tests)

        return every

    def selector(self, reading: Reading) -> Selector:
        selectors = [part.selector(reading) for part in self.parts]

        def select(ordinals: Sequence[int]) -> list[int]:
            for selector in selectors:
                ordinals = selector(ordinals)
            return list(ordinals)

        return select


class AnyOf(_Joint):
    """At least one part."""

    __slots__ = ()

    word = "any"

    def matcher(self, reading: Reading) -> Matcher:
        tests = [part.matcher(reading) for part in self.parts]

        def some(ordinal: int) -> bool:
            return any(test(ordinal) for test in tests)

        return some

    def selector(self, reading: Reading) -> Selector:
        selectors = [part.selector(reading) for part in self.parts]

        def select(ordinals: Sequence[int]) -> list[int]:
            found: set[int] = set()
            for selector in selectors:
                found.update(selector([one for one in ordinals if one not in found]))
            return [one for one in ordinals if one in found]

        return select


class Negated(Condition):
    """Precisely the rows that the condition does not match."""

    __slots__ = ("condition",)

    def __init__(self, condition: Condition) -> None:
        self.condition = condition
        self.paths = condition.paths
        self.identity = ("not", condition.identity)
        self.storable = condition.storable

    def matcher(self, reading: Reading) -> Matcher:
        test = self.condition.matcher(reading)
        return lambda ordinal: not test(ordinal)

    def selector(self, reading: Reading) -> Selector:
        selector = self.condition.selector(reading)

        def select(ordinals: Sequence[int]) -> list[int]:
            matching = set(selector(ordinals))
            return [one for one in ordinals if one not in matching]

        return select

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
