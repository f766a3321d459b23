"""A whole repository as it was at a moment.

Owns which items showed then. Invariant: reads only; an item that nobody has changed since costs no
replay. Must never import the repository.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from goatcore.ids import CommitId
from goatcore.query import Query, QueryEngine
from goatcore.repository.environment import Environment
from goatcore.repository.past_source import PastSource
from goatcore.repository.version import Version
from goatcore.schema import Registry, Schema

if TYPE_CHECKING:
    from goatcore.repository.view import View


class RepositoryVersion(NamedTuple):
    """One exact state of a repository: all that is in the chains up to these commits."""

    tips: tuple[CommitId, ...]


class RepositoryAt:
    """All items as they were at `time_ms`, by the times that commits claim: a commit whose author's
    clock went wrong is where that clock said, but never later than now."""

    __slots__ = ("_registry", "_repository", "engine", "time_ms")

    def __init__(
        self, repository: View, time_ms: int, registry: Registry, environment: Environment
    ) -> None:
        self._repository = repository
        self._registry = registry
        self.time_ms = time_ms
        self.engine: QueryEngine[Version] = QueryEngine(
            self._source,
            elapsed_ms=environment.elapsed_ms,
            on_error=environment.on_error,
            language=environment.language,
        )

    def item(self, key: str) -> Version | None:
        """The item of that key as it was, a deleted one too; None if it was not made yet."""
        item = self._repository.item(key)
        return None if item is None else item.at(self.time_ms)

    def items(self, schema: Schema | None = None) -> Iterator[Version]:
        """All items that showed, of one schema or of all that the program knows."""
        for item in self._repository.known_items(schema):
            if item.created_ms <= self.time_ms or self.time_ms >= self._repository.now_ms:
                version = item.at(self.time_ms)
                if version is not None and version.exists:
                    yield version

    def query(self, schema: Schema) -> Query[Version]:
        """All items of a schema that showed, to be narrowed and ordered; it changes no more."""
        self._registry.add(schema)
        return self.engine.query(schema.name)

    def _source(self, name: Hashable) -> PastSource:
        assert isinstance(name, str)
        schema = self._registry.get(name)
        assert schema is not None
        return PastSource(schema, self._registry, self.items(schema), self.item)
