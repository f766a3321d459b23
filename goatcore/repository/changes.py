"""Changes of items, as they are told after they happened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from goatcore.history.splices import TextSplice

if TYPE_CHECKING:
    from goatcore.repository.item import Item

Kind = Literal["added", "removed", "edited"]

NO_SPLICES: Final[Mapping[str, Sequence[TextSplice]]] = MappingProxyType({})


class ItemChange(NamedTuple):
    """What happened to one item, told after it happened."""

    item: Item
    kind: Kind
    fields: frozenset[str]
    splices: Mapping[str, Sequence[TextSplice]]  # of text fields, to be applied in order
    local: bool  # written here, not received


def kind_of(was: bool, now: bool) -> Kind:
    """What happened to an item that showed before or did not, and shows now or does not."""
    if was == now:
        return "edited"
    return "added" if now else "removed"


def joined(changes: Iterable[ItemChange]) -> list[ItemChange]:
    """Changes that happened at once, as one an item; what came and went again is left out."""
    rows: dict[int, list[ItemChange]] = {}
    for change in changes:
        rows.setdefault(id(change.item), []).append(change)
    return [one for row in rows.values() if (one := _as_one(row)) is not None]


def _as_one(row: Sequence[ItemChange]) -> ItemChange | None:
    if len(row) == 1:
        return row[0]
    was, now = row[0].kind != "added", row[-1].kind != "removed"
    if not (was or now):
        return None
    splices: dict[str, list[TextSplice]] = {}
    for change in row:
        for name, told in change.splices.items():
            splices.setdefault(name, []).extend(told)
    fields = frozenset[str]().union(*(change.fields for change in row))
    return ItemChange(row[0].item, kind_of(was, now), fields, splices, all(c.local for c in row))
