"""Live queries: filtered, ordered sets of rows that report their changes as splices.

The room's face. Pure: it is fed with changes of rows and knows neither repositories nor history,
does no input or output, and reads no clock. Its parts are loaded when they are first named.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from goatcore.query.changes import Kind as Kind
    from goatcore.query.changes import Row as Row
    from goatcore.query.changes import RowChange as RowChange
    from goatcore.query.changes import Source as Source
    from goatcore.query.conditions import Condition as Condition
    from goatcore.query.conditions import Q as Q
    from goatcore.query.engine import QueryEngine as QueryEngine
    from goatcore.query.past import ChangedRow as ChangedRow
    from goatcore.query.past import Changes as Changes
    from goatcore.query.past import Past as Past
    from goatcore.query.past import Since as Since
    from goatcore.query.past import Then as Then
    from goatcore.query.query import Query as Query
    from goatcore.query.results import Saved as Saved
    from goatcore.query.rows import Rows as Rows
    from goatcore.query.splices import Insert as Insert
    from goatcore.query.splices import Move as Move
    from goatcore.query.splices import Remove as Remove
    from goatcore.query.splices import Splice as Splice
    from goatcore.query.splices import Update as Update
    from goatcore.query.splices import replay as replay

_WHERE: Final = {
    "Kind": "goatcore.query.changes",
    "Row": "goatcore.query.changes",
    "RowChange": "goatcore.query.changes",
    "Source": "goatcore.query.changes",
    "Condition": "goatcore.query.conditions",
    "Q": "goatcore.query.conditions",
    "QueryEngine": "goatcore.query.engine",
    "ChangedRow": "goatcore.query.past",
    "Changes": "goatcore.query.past",
    "Past": "goatcore.query.past",
    "Since": "goatcore.query.past",
    "Then": "goatcore.query.past",
    "Query": "goatcore.query.query",
    "Saved": "goatcore.query.results",
    "Rows": "goatcore.query.rows",
    "Insert": "goatcore.query.splices",
    "Move": "goatcore.query.splices",
    "Remove": "goatcore.query.splices",
    "Splice": "goatcore.query.splices",
    "Update": "goatcore.query.splices",
    "replay": "goatcore.query.splices",
}

__all__ = sorted(_WHERE)  # noqa: PLE0605


def __getattr__(name: str) -> object:
    module = _WHERE.get(name)
    if module is None:
        raise AttributeError(f"goatcore.query has no {name}")
    value = globals()[name] = getattr(import_module(module), name)
    return value
