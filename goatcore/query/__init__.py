"""Live queries: filtered, ordered sets of rows that report their changes as splices.

The room's face. Pure: it is fed with changes of rows and knows neither repositories nor history,
does no input or output, and reads no clock.
"""

from __future__ import annotations

from goatcore.query.changes import Kind, Row, RowChange, Source
from goatcore.query.conditions import Condition, Q
from goatcore.query.engine import QueryEngine
from goatcore.query.past import ChangedRow, Changes, Past, Since, Then
from goatcore.query.query import Query
from goatcore.query.results import Saved
from goatcore.query.rows import Rows
from goatcore.query.splices import Insert, Move, Remove, Splice, Update, replay

__all__ = [
    "ChangedRow",
    "Changes",
    "Condition",
    "Insert",
    "Kind",
    "Move",
    "Past",
    "Q",
    "Query",
    "QueryEngine",
    "Remove",
    "Row",
    "RowChange",
    "Rows",
    "Saved",
    "Since",
    "Source",
    "Splice",
    "Then",
    "Update",
    "replay",
]
