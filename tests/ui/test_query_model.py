"""A model follows its query splice by splice, as Qt's own tester demands."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from goatcore import Insert, Move, Remove, Splice, Update
from ui.models.merged_rows import MergedRows
from ui.models.query_model import ROW_ROLE, SINGLE_CHANGES_MAX, QueryModel, join_runs

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
    assert removed == [(0, 399)]
    assert shown(model) == [row.name for row in query.rows]


def test_a_storm_of_splices_resets(model: QueryModel) -> None:
    query = ScriptedRows(rows("ab"))
    model.show_query(query)
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    query.tell(*(Insert(0, Row(str(n))) for n in range(SINGLE_CHANGES_MAX + 1)))
    assert resets == [True]
    assert shown(model) == [row.name for row in query.rows]


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


def test_runs_are_only_joined_where_order_allows() -> None:
    a, b = Row("a"), Row("b")
    assert len(join_runs([Insert(3, a), Insert(4, b)])) == 1
    assert len(join_runs([Insert(3, a), Insert(3, b)])) == 2
    assert len(join_runs([Remove(3, a), Remove(3, b)])) == 1
    assert len(join_runs([Remove(3, a), Remove(2, b)])) == 2
    assert len(join_runs([Insert(3, a), Remove(3, a)])) == 2


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
