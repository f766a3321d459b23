"""Held items: those that somebody has, by number.

Owns how they are found without being kept. Invariant: what nobody has is not here, and takes room
for no more than as many as are. Knows nothing of what items are but that they can be referred to
weakly.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Final
from weakref import ref

if TYPE_CHECKING:
    from goatcore.repository.item import Item

LOST_MIN: Final = 256  # for fewer that went nothing is cleared away


class HeldItems:
    """Weak references by number, for a fourth of what `WeakValueDictionary` takes: what went is
    only counted, and cleared away when it is half of all."""

    __slots__ = ("__weakref__", "_clearing", "_gone", "_lost", "_refs")

    def __init__(self) -> None:
        self._refs: dict[int, ref[Item]] = {}
        self._lost = 0  # about how many of those refer to nothing any more
        self._clearing = False
        self._gone = _teller(ref(self))

    def __len__(self) -> int:
        return sum(one() is not None for one in list(self._refs.values()))

    def __bool__(self) -> bool:
        """False: there is none; True: there may be one."""
        return bool(self._refs)

    def get(self, number: int) -> Item | None:
        """The item of a number, if somebody has it."""
        found = self._refs.get(number)
        return None if found is None else found()

    def any_of(self, numbers: Collection[int]) -> bool:
        """Whether somebody has one of these."""
        if self._refs.keys().isdisjoint(numbers):
            return False
        return any(self.get(number) is not None for number in numbers)

    def put(self, number: int, item: Item) -> None:
        """Somebody has this item now."""
        self._refs[number] = ref(item, self._gone)

    def put_all(self, numbered: Iterable[tuple[int, Item]]) -> None:
        """Somebody has these items now."""
        refs, gone = self._refs, self._gone
        for number, item in numbered:
            refs[number] = ref(item, gone)

    def drop(self, number: int) -> None:
        """What somebody has under this number is another's now."""
        self._refs.pop(number, None)

    def clear(self) -> None:
        """Forget all."""
        self._refs.clear()
        self._lost = 0

    def lose(self) -> None:
        """An item went. It may be in the middle of anything."""
        self._lost += 1
        if self._lost < LOST_MIN or self._lost * 2 < len(self._refs) or self._clearing:
            return
        self._clearing = True
        refs = self._refs
        for number in [number for number, one in refs.copy().items() if one() is None]:
            del refs[number]
        self._lost = 0
        self._clearing = False


def _teller(held: ref[HeldItems]) -> Callable[[ref[Item]], None]:
    def gone(_item: ref[Item]) -> None:
        items = held()
        if items is not None:
            items.lose()

    return gone
