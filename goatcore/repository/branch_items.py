"""The items of a branch, made when they are asked for.

Owns which of them somebody asked for. Invariant: what was not asked for takes no room; once all
were, all are kept, so that queries hear of each. Must never import what walks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from goatcore.ids import ItemKey
from goatcore.repository.environment import paused_collector
from goatcore.repository.items import Items
from goatcore.repository.record import Record
from goatcore.schema import Registry

if TYPE_CHECKING:
    from goatcore.repository.view import View


class BranchItems(Items):
    """The items of a branch. Records are made by `make`, `keys` are those that there could be."""

    def __init__(
        self,
        view: View,
        registry: Registry,
        make: Callable[[ItemKey], Record | None],
        keys: Callable[[], Iterable[ItemKey]],
    ) -> None:
        super().__init__(view, registry)
        self._make = make
        self._keys = keys
        self.whole = False  # whether all of them were asked for

    def __iter__(self) -> Iterator[Record]:
        self.whole = True
        with paused_collector():
            for key in self._keys():
                self.find(key)
        return super().__iter__()

    def found(self) -> list[Record]:
        """Those that somebody asked for."""
        return list(super().__iter__())

    def find(self, key: str) -> Record | None:
        record = super().find(key)
        if record is None:
            record = self._make(ItemKey(key))
            if record is not None:
                self._enter(record)
        return record

    def record(self, key: ItemKey) -> Record:
        return self.find(key) or super().record(key)
