"""A model follows its query splice by splice, as Qt's own tester demands."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from goatcore import GoatError, Insert, Move, Remove, Splice, Update
from ui.models.merged_rows import MergedRows
from ui.models.query_model import ROW_ROLE, SINGLE_CHANGES_MAX, QueryModel

DISPLAY = int(Qt.ItemDataRole.DisplayRole)


class Row:
    """A row that can change."""

    def __init__(self, name: str, weight: int = 0) -> None:
        self.name = name
        self.weight = weight

    def __repr__(self) -> str:
        return f"{self.name}{self.weight}"


class ScriptedRows:
    """A query that does what a test tells it."""

    def __init__(self, rows: list[Row] | None = None) -> None:
        self.rows = rows or []
        self.closed = False
        self.callbacks: list[Callable[[list[Splice[Row]]], None]] = []

    def subscribe(self, callback: Callable[[list[Splice[Row]]], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)

    def close(self) -> None:
        self.closed = True

    def tell(self, *splices: Splice[Row]) -> None:
        for splice in splices:
            match splice:
                case Insert(at, row):
                    self.rows.insert(at, row)
                case Remove(at, _):
                    del self.rows[at]
                case Move(source, target, _):
                    self.rows.insert(target, self.rows.pop(source))
        for callback in tuple(self.callbacks):
            callback(list(splices))


@pytest.fixture
def model(qapp: object) -> QueryModel:
    model = QueryModel({DISPLAY: lambda row: row.name})
    model.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    return model


def shown(model: QueryModel) -> list[str]:
    return [model.data(model.index(at, 0), DISPLAY) for at in range(model.rowCount())]


def rows(names: str) -> list[Row]:
    return [Row(name) for name in names]


def test_splices_are_shown_one_by_one(model: QueryModel) -> None:
    query = ScriptedRows(rows("abc"))
    model.show_query(query)
    a, b, c = query.rows
    x = Row("x")
    query.tell(Insert(0, x), Remove(2, b), Move(0, 2, x), Update(0, a))
    assert shown(model) == ["a", "c", "x"]
    assert [row.name for row in query.rows] == shown(model)
    assert model.data(model.index(1, 0), ROW_ROLE) is c
    assert model.data(model.index(1, 0), 999) is None


def test_a_selection_moves_with_its_row(model: QueryModel) -> None:
    query = ScriptedRows(rows("abcde"))
    model.show_query(query)
    kept = QPersistentModelIndex(model.index(3, 0))
    query.tell(Move(3, 0, query.rows[3]))
    query.tell(Insert(0, Row("x")))
    query.tell(Move(1, 4, query.rows[1]))
    QCoreApplication.processEvents()
    assert kept.row() == 4
    assert model.data(kept, DISPLAY) == "d"


def test_many_neighbours_are_one_change(model: QueryModel) -> None:
    query = ScriptedRows(rows("a"))
    model.show_query(query)
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    query.tell(*(Insert(1 + n, Row(str(n))) for n in range(1_000)))
    assert inserted == [(1, 1_000)]
    removed: list[tuple[int, int]] = []
    model.rowsRemoved.connect(lambda _parent, first, last: removed.append((first, last)))
    query.tell(*(Remove(0, row) for row in query.rows[:400]))
    model.settle()
    assert removed == [(0, 399)]
    assert shown(model) == [row.name for row in query.rows]


def test_a_storm_of_splices_resets(model: QueryModel) -> None:
    query = ScriptedRows(rows("abc"))
    model.show_query(query)
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    a, b, c = query.rows
    query.tell(*(Move(2, 0, row) for row in [c, b, a] * (SINGLE_CHANGES_MAX // 3)))
    assert resets == []
    query.tell(*(Move(2, 0, row) for row in [c, b, a] * SINGLE_CHANGES_MAX), Remove(2, c))
    assert list(model.rows) == [a, b]
    assert resets == [True]


def announced(model: QueryModel) -> list[str]:
    """What is announced from now on, as it is."""
    heard: list[str] = []
    model.rowsInserted.connect(lambda _p, first, last: heard.append(f"in {first}-{last}"))
    model.rowsRemoved.connect(lambda _p, first, last: heard.append(f"out {first}-{last}"))
    model.rowsMoved.connect(lambda _p, first, _l, _q, to: heard.append(f"move {first}>{to}"))
    model.dataChanged.connect(lambda top, end: heard.append(f"new {top.row()}-{end.row()}"))
    model.modelReset.connect(lambda: heard.append("reset"))
    return heard


def test_the_first_delivery_of_a_turn_is_announced_at_once_and_the_others_together(
    model: QueryModel,
) -> None:
    query = ScriptedRows(rows("a"))
    model.show_query(query)
    heard = announced(model)
    for name in "bcde":
        query.tell(Insert(0, Row(name)))
    assert heard == ["in 0-0"]
    assert shown(model) == ["b", "a"]
    QCoreApplication.processEvents()
    assert heard == ["in 0-0", "in 0-2"]
    assert shown(model) == ["e", "d", "c", "b", "a"]
    query.tell(Remove(0, query.rows[0]))  # another turn
    assert heard == ["in 0-0", "in 0-2", "out 0-0"]


def test_whoever_asks_for_the_rows_gets_them_as_they_are(model: QueryModel) -> None:
    query = ScriptedRows(rows("ab"))
    model.show_query(query)
    heard = announced(model)
    a, b = query.rows
    query.tell(Insert(2, Row("c")))
    query.tell(Remove(0, a))
    query.tell(Update(0, b))
    assert heard == ["in 2-2"]
    assert model.row_of(lambda row: row is b) == 0
    assert heard == ["in 2-2", "out 0-0", "new 0-0"]


def test_a_row_that_came_and_went_in_one_turn_is_not_announced(model: QueryModel) -> None:
    query = ScriptedRows(rows("ab"))
    model.show_query(query)
    query.tell(Update(0, query.rows[0]))
    heard = announced(model)
    passing = Row("x")
    query.tell(Insert(1, passing))
    query.tell(Update(1, passing))
    query.tell(Remove(1, passing))
    QCoreApplication.processEvents()
    assert heard == []


def test_what_a_listener_causes_is_announced_after_what_it_heard(model: QueryModel) -> None:
    query = ScriptedRows(rows("abc"))
    model.show_query(query)
    heard = announced(model)

    def answer(_parent: object, first: int, _last: int) -> None:
        if len(query.rows) == 4:
            query.tell(Remove(3, query.rows[3]))
            heard.append(f"{len(model.rows)} rows at {first}")

    model.rowsInserted.connect(answer)
    query.tell(Insert(0, Row("x")))
    assert heard == ["in 0-0", "4 rows at 0", "out 3-3"]
    assert shown(model) == ["x", "a", "b"]


def test_a_listener_may_show_another_query(model: QueryModel) -> None:
    query, other = ScriptedRows(rows("abc")), ScriptedRows(rows("xyz"))
    model.show_query(query)
    model.rowsRemoved.connect(lambda *_: model.show_query(other))
    query.tell(Remove(0, query.rows[0]), Insert(2, Row("late")))
    assert shown(model) == ["x", "y", "z"]


def test_what_waits_is_not_shown_of_a_query_that_is_gone(model: QueryModel) -> None:
    query = ScriptedRows(rows("a"))
    model.show_query(query)
    query.tell(Insert(0, Row("b")))
    query.tell(Insert(0, Row("c")))
    model.show_query(ScriptedRows(rows("z")))
    QCoreApplication.processEvents()
    assert shown(model) == ["z"]


def test_another_query_closes_the_one_before(model: QueryModel) -> None:
    counts: list[int] = []
    model.count_changed.connect(counts.append)
    first, second = ScriptedRows(rows("ab")), ScriptedRows(rows("xyz"))
    model.show_query(first)
    model.show_query(second)
    assert first.closed
    assert first.callbacks == []
    second.tell(Remove(0, second.rows[0]))
    model.show_query(None)
    assert counts == [2, 3, 2, 0]


def test_random_deliveries_are_followed(model: QueryModel) -> None:
    rng = random.Random(7)
    query = ScriptedRows(rows("abcdef"))
    model.show_query(query)
    for _ in range(400):
        splices: list[Splice[Row]] = []
        length = len(query.rows)
        planned = list(query.rows)
        for _ in range(rng.randint(1, 5)):
            verb = rng.choice("irmu") if length else "i"
            if verb == "i":
                splices.append(Insert(rng.randint(0, length), Row("n")))
                planned.insert(splices[-1].index, splices[-1].row)
            elif verb == "r":
                at = rng.randrange(length)
                splices.append(Remove(at, planned.pop(at)))
            elif verb == "m":
                source, target = rng.randrange(length), rng.randrange(length)
                splices.append(Move(source, target, planned.pop(source)))
                planned.insert(target, splices[-1].row)
            else:
                at = rng.randrange(length)
                splices.append(Update(at, planned[at]))
            length = len(planned)
        query.tell(*splices)
        assert list(model.rows) == query.rows == planned


EDIT, CHECK = int(Qt.ItemDataRole.EditRole), int(Qt.ItemDataRole.CheckStateRole)


def renaming(query: ScriptedRows) -> QueryModel:
    """A model whose rows are renamed by what is entered, all but to nothing."""

    def rename(row: Row, name: str) -> None:
        if not name:
            raise GoatError("A name is needed.")
        row.name = name
        query.tell(Update(query.rows.index(row), row))

    model = QueryModel({EDIT: lambda row: row.name}, editable={EDIT: rename})
    model.show_query(query)
    return model


def test_what_is_entered_is_written_and_announced(qapp: object) -> None:
    query = ScriptedRows(rows("ab"))
    model = renaming(query)
    heard = announced(model)
    query.tell(Update(0, query.rows[0]))  # the turn has begun
    assert model.setData(model.index(1, 0), "bee", EDIT)
    assert heard == ["new 0-0", "new 1-1"]
    assert model.data(model.index(1, 0), EDIT) == "bee"


def test_what_is_refused_is_told_and_changes_nothing(qapp: object) -> None:
    query = ScriptedRows(rows("ab"))
    model = renaming(query)
    said: list[str] = []
    model.failed.connect(said.append)
    assert not model.setData(model.index(1, 0), "", EDIT)
    assert said == ["A name is needed."]
    assert not model.setData(model.index(1, 0), "x", CHECK)
    assert not model.setData(model.index(7, 0), "x", EDIT)
    assert [row.name for row in query.rows] == ["a", "b"]


def test_only_what_has_a_writer_can_be_entered(model: QueryModel) -> None:
    query = ScriptedRows(rows("ab"))
    model.show_query(query)
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    edits = renaming(ScriptedRows(rows("ab")))
    assert edits.flags(edits.index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    assert not edits.flags(edits.index(0, 0)) & Qt.ItemFlag.ItemIsUserCheckable
    checks = QueryModel({}, editable={CHECK: lambda row, state: None})
    checks.show_query(ScriptedRows(rows("a")))
    assert checks.flags(checks.index(0, 0)) & Qt.ItemFlag.ItemIsUserCheckable
    assert not checks.flags(checks.index(5, 0)) & Qt.ItemFlag.ItemIsUserCheckable


def test_merged_queries_stay_in_order() -> None:
    rng = random.Random(3)
    first = ScriptedRows([Row("a", 1), Row("b", 4)])
    second = ScriptedRows([Row("c", 2)])
    merged = MergedRows(
        [first, second], order=lambda row: (row.weight,), identity=lambda row: (row.name,)
    )
    assert [row.name for row in merged.rows] == ["a", "c", "b"]
    replayed = list(merged.rows)

    def follow(splices: list[Splice[Row]]) -> None:
        for splice in splices:
            match splice:
                case Insert(at, row):
                    replayed.insert(at, row)
                case Remove(at, row):
                    assert replayed.pop(at) is row
                case Move(source, target, row):
                    assert replayed.pop(source) is row
                    replayed.insert(target, row)

    merged.subscribe(follow)
    for number in range(300):
        query = rng.choice([first, second])
        verb = rng.choice("iiru")
        if verb == "i" or not query.rows:
            query.tell(Insert(0, Row(f"n{number}", rng.randint(0, 50))))
        elif verb == "r":
            at = rng.randrange(len(query.rows))
            query.tell(Remove(at, query.rows[at]))
        else:
            at = rng.randrange(len(query.rows))
            query.rows[at].weight = rng.randint(0, 50)
            query.tell(Update(at, query.rows[at]))
        everything = [*first.rows, *second.rows]
        everything.sort(key=lambda row: (row.weight, row.name))
        assert list(merged.rows) == everything == replayed
    merged.close()
    assert first.closed
    assert second.closed
