"""Changes of items, as they are told after they happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
