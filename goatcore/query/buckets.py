"""Rows by the value of one field: who has it, in the time of one look.

Owns each row's values as they were when it was put in. Invariant: every row is in the bucket of its
value (in one bucket an element, if the value is a collection and they are asked for), and no bucket
is empty. Pure; imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Collection


class Buckets:
    """Buckets by value, or by element of a collection."""

    __slots__ = ("_buckets", "_elements", "_values")

    def __init__(self, *, elements: bool) -> None:
        self._elements = elements
        self._values: dict[int, object] = {}
        self._buckets: dict[object, int | set[int]] = {}  # a single row stands for itself

    def __len__(self) -> int:
        """How many rows are in."""
        return len(self._values)

    def put(self, ordinal: int, value: object) -> None:
        """Puts a row in, or in other buckets than before."""
        if ordinal in self._values:
            self.take_out(ordinal)
        self._values[ordinal] = value
        buckets = self._buckets
        for one in self.of(value):
            bucket = buckets.get(one)
            if bucket is None:
                buckets[one] = ordinal
            elif isinstance(bucket, int):
                buckets[one] = {bucket, ordinal}
            else:
                bucket.add(ordinal)

    def take_out(self, ordinal: int) -> None:
        """Takes a row out, if it is in."""
        if ordinal not in self._values:
            return
        for one in self.of(self._values.pop(ordinal)):
            bucket = self._buckets[one]
            if isinstance(bucket, int):
                del self._buckets[one]
            else:
                bucket.discard(ordinal)
                if not bucket:
                    del self._buckets[one]

    def rows(self, value: object) -> Collection[int]:
        """The rows that have a value."""
        bucket = self._buckets.get(value, ())
        return (bucket,) if isinstance(bucket, int) else bucket

    def counts(self) -> dict[object, int]:
        """How many rows have each value."""
        return {
            value: 1 if isinstance(bucket, int) else len(bucket)
            for value, bucket in self._buckets.items()
        }

    def of(self, value: object) -> Collection[object]:
        """The buckets of a value: it, or each of its elements once."""
        if self._elements and isinstance(value, (tuple, frozenset)):
            return value if isinstance(value, frozenset) else tuple(dict.fromkeys(value))
        return (value,)
