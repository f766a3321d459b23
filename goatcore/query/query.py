"""The query: a live, ordered, filtered set of rows that reports its changes as splices.

Owns one description and, from the first read on, a hold on the pipeline that runs it. Invariant:
`rows` is always what a full rescan would give for the changes applied so far. A query is closed by
`close()` or by letting go of it, and its subscriptions with it: a subscription alone keeps nothing
alive. Imports descriptions, pipelines and operators; knows no repositories.
"""

from __future__ import annotations

import weakref
from collections.abc import Awaitable, Callable, Generator, Iterator
from typing import Generic, TypeVar, cast

from goatcore.errors import Closed, InvalidValue, LocalMisuse
from goatcore.query.changes import Row
from goatcore.query.conditions import AllOf, Condition, Lookup, Predicate
from goatcore.query.description import Description
from goatcore.query.field_values import plain
from goatcore.query.operators.groups import Groups
from goatcore.query.operators.ordered import Listener, Ordered, Subscription
from goatcore.query.ordering import parse_order
from goatcore.query.past import Changes, Past, changes_of
from goatcore.query.pipelines import Pipelines
from goatcore.query.reading import Reading, parse_path
from goatcore.query.rows import Rows
from goatcore.query.splices import Splice

R = TypeVar("R", bound=Row)

SLICE_MS = 2.0  # how long `ready` works before it yields; one step of work may come on top
_NO_CTX = object()


class Query(Generic[R]):
    """Made by `QueryEngine.query`; narrowing methods give new queries and leave this one alone."""

    __slots__ = (
        "__weakref__", "_closed", "_description", "_groups", "_near", "_ordered", "_past",
        "_pipelines", "_subscriptions",
    )  # fmt: skip

    def __init__(
        self,
        pipelines: Pipelines,
        description: Description,
        near: weakref.ref[Ordered] | None = None,
        past: Past[R] | None = None,
    ) -> None:
        self._pipelines = pipelines
        self._past = past
        self._description = description
        self._near = near
        self._ordered: Ordered | None = None
        self._groups: dict[str, Groups] = {}
        self._subscriptions: list[Subscription] = []
        self._closed = False

    # -- describing --------------------------------------------------------------------------------

    def where(
        self,
        *conditions: Condition | Callable[..., object],
        ctx: object = _NO_CTX,
        **lookups: object,
    ) -> Query[R]:
        """The rows that also match all of these: `Q` conditions, `field__lookup=value`, and pure
        predicates called with a row, or with a row and `ctx` if that is given. Along a reference a
        field is `reference__field`, or None where there is no such item.

        After a limit or offset it narrows the rows of that window. Raises UnknownField and
        InvalidValue.
        """
        given = () if ctx is _NO_CTX else (ctx,)
        parts: list[Condition] = []
        for condition in conditions:
            if isinstance(condition, Condition):
                parts.append(condition)
            elif callable(condition):
                parts.append(Predicate(condition, *given))
            else:
                raise InvalidValue(f"where takes conditions and functions, not {condition!r}.")
        if given and not any(isinstance(part, Predicate) for part in parts):
            raise InvalidValue(
                "ctx is for a predicate, and there is none; "
                "for a field of that name write where(Q(ctx=...))."
            )
        parts.extend(Lookup(name, wanted) for name, wanted in lookups.items())
        condition = AllOf(parts)
        reading = self._reading()
        for path in condition.paths:
            reading.check(path)
        return self._derived(self._description.where(condition))

    def order_by(self, *names: str) -> Query[R]:
        """The rows ordered by these fields, "-" for descending, and by key where those are equal;
        replaces the order before. After a limit or offset it orders the rows of that window.

        Raises UnknownField and InvalidValue.
        """
        return self._derived(self._description.ordered(parse_order(names, self._reading())))

    def limit(self, rows: int | None) -> Query[R]:
        """At most so many rows; None for all. Replaces the limit before. Raises InvalidValue."""
        if rows is not None:
            _check_count("limit", rows)
        return self._derived(self._description.limited(rows))

    def offset(self, rows: int) -> Query[R]:
        """The rows without the first so many. Replaces the offset before. Raises InvalidValue."""
        _check_count("offset", rows)
        return self._derived(self._description.offset_by(rows))

    # -- reading -----------------------------------------------------------------------------------

    @property
    def rows(self) -> Rows[R]:
        """The live rows as a sequence. The first read evaluates the query at once; see `ready`."""
        return Rows(self._evaluated)

    def __len__(self) -> int:
        return len(self._evaluated())

    def __getitem__(self, index: int) -> R:
        return self.rows[index]

    def __iter__(self) -> Iterator[R]:
        """Goes through the rows as they are now, whatever is changed meanwhile."""
        return iter(self.rows)

    def __contains__(self, row: object) -> bool:
        return row in self.rows

    def first(self) -> R | None:
        """The first row, None when there is none."""
        return self.rows[0] if len(self) else None

    def count(self) -> int:
        """How many rows there are."""
        return len(self)

    def group_count(self, field: str) -> dict[object, int]:
        """How many rows have each value of `field`; a row counts once for every element of a
        collection. The first call looks at all rows, later ones are kept up to date."""
        return self._grouped(field).counts()

    def find(self, field: str, value: object) -> R | None:
        """The first row whose `field` is `value` (or has it as an element, in a collection); None
        when there is none. The first call for a field looks at all rows."""
        groups = self._grouped(field)
        ordinal = groups.first(plain(value))
        return None if ordinal is None else cast("R", self._reading().row(ordinal))

    async def ready(self, progress: Callable[[int, int], None] | None = None) -> Query[R]:
        """Evaluates the query in slices of at most 4 ms, yielding to the event loop in between.
        Afterwards all reading is immediate. After each slice `progress` hears how many rows were
        looked at, and about how many there are. Gives the query itself."""
        ordered, elapsed_ms = self._operator(), self._pipelines.elapsed_ms
        until = elapsed_ms() + SLICE_MS
        while not ordered.step():
            if elapsed_ms() >= until:
                if progress is not None:
                    progress(*ordered.progress)
                await _Pause()
                ordered = self._operator()
                until = elapsed_ms() + SLICE_MS
        ordered.check()
        return self

    # -- the past ----------------------------------------------------------------------------------

    def at(self, time_ms: int) -> Query[Row]:
        """The same query over all rows as they were at a moment, milliseconds since 1970. It
        changes no more. Raises LocalMisuse where nothing is known of the past."""
        if not isinstance(time_ms, int) or isinstance(time_ms, bool):
            raise InvalidValue(f"at takes milliseconds since 1970, not {time_ms!r}.")
        then = self._known_past().at(time_ms).query(self._description.schema)
        return Query(then._pipelines, self._description)

    def changes_since(self, moment: object) -> Changes[R]:
        """What happened to the rows since a moment, which is a time in milliseconds since 1970 or a
        version that the repository gave: those that came in, that left, and in which somebody
        wrote; limits aside. Looks only at what changed. Raises LocalMisuse where nothing is known
        of the past."""
        schema = self._description.schema
        condition = AllOf(stage.condition for stage in self._description.stages)
        since = self._known_past().since(schema, moment)
        return changes_of(since, condition, self._reading())

    def _known_past(self) -> Past[R]:
        self._check_open()
        if self._past is None:
            raise LocalMisuse("Nothing is known of the past of these rows.")
        return self._past

    # -- following ---------------------------------------------------------------------------------

    def subscribe(self, listener: Callable[[list[Splice[R]]], None]) -> Callable[[], None]:
        """Calls `listener` with the splices of each batch that changes the rows; the rows are the
        new ones by then. Evaluates the query if nothing has yet.

        Gives a function that ends this subscription, and no other of the same listener. The query
        must be held for as long as the listener is to hear of it.
        """
        ordered = self._evaluated()
        subscription = Subscription(cast("Listener", listener))
        self._subscriptions.append(subscription)
        ordered.subscribe(subscription)
        query_reference, reference = weakref.ref(self), weakref.ref(subscription)

        def unsubscribe() -> None:
            query, ended = query_reference(), reference()
            if query is not None and ended is not None:
                query._end(ended)

        return unsubscribe

    def close(self) -> None:
        """Ends the query and its subscriptions; reading it raises Closed from now on. Queries made
        from it go on."""
        self._closed = True
        self._subscriptions.clear()
        self._groups.clear()
        self._ordered = self._near = None

    # -- inside ------------------------------------------------------------------------------------

    def _end(self, subscription: Subscription) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def _reading(self) -> Reading:
        self._check_open()
        return self._pipelines.origin(self._description.schema).reading

    def _check_open(self) -> None:
        if self._closed:
            raise Closed("This query was closed; make a new one.")
        if self._pipelines.closed:
            raise Closed("The repository of this query is closed; open it again to query it.")

    def _derived(self, description: Description) -> Query[R]:
        self._check_open()
        near = self._near
        if self._description.windowed:
            near = None  # the next stage reads the window itself
        elif self._ordered is not None:
            near = weakref.ref(self._ordered)
        return Query(self._pipelines, description, near, self._past)

    def _operator(self) -> Ordered:
        self._check_open()
        ordered = self._ordered
        if ordered is None:
            ordered = self._ordered = self._pipelines.ordered(self._description, self._near)
            self._near = None
        return ordered

    def _evaluated(self) -> Ordered:
        ordered = self._operator()
        while not ordered.step():
            pass
        ordered.check()
        return ordered

    def _grouped(self, field: str) -> Groups:
        ordered = self._evaluated()
        groups = self._groups.get(field)
        if groups is None:
            reading, path = self._reading(), parse_path(field)
            reading.check(path)
            if len(path) > 1:
                raise InvalidValue(f"{field}: rows are grouped by fields of their own.")
            groups = Groups(ordered, path, reading, self._pipelines.errors.append)
            self._groups[field] = groups
        return groups


class _Pause(Awaitable[None]):
    """Lets the event loop turn once, whichever it is."""

    def __await__(self) -> Generator[None, None, None]:
        yield


def _check_count(name: str, rows: object) -> None:
    if not isinstance(rows, int) or isinstance(rows, bool) or rows < 0:
        raise InvalidValue(f"{name} takes a whole number from 0 up, not {rows!r}.")
