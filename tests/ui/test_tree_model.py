"""A tree that changes step by step ends as it was wanted, and its views keep their place."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from ui.models.tree_model import Entry, TreeModel

DISPLAY = int(Qt.ItemDataRole.DisplayRole)


@pytest.fixture
def tree(qapp: object) -> TreeModel:
    model = TreeModel({DISPLAY: str})
    model.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    return model


def rows(model: TreeModel, parent: QModelIndex | None = None, depth: int = 0) -> Iterator[Entry]:
    """The tree as a view reads it."""
    parent = QModelIndex() if parent is None else parent
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        assert model.parent(index) == parent
        name = index.data(DISPLAY)
        yield Entry(name.lower(), depth, name)
        yield from rows(model, index, depth + 1)


def entries(*lines: str) -> list[Entry]:
    return [Entry(it.strip().lower(), len(it) - len(it.lstrip()), it.strip()) for it in lines]


def test_a_tree_is_shown_as_it_is_given(tree: TreeModel) -> None:
    wanted = entries("a", " b", "  c", " d", "e")
    tree.show(wanted)
    assert list(rows(tree)) == wanted
    assert tree.values == ["a", "b", "c", "d", "e"]


def test_a_child_becomes_the_parent_of_its_parent(tree: TreeModel) -> None:
    tree.show(entries("a", " b", "  c"))
    tree.show(entries("c", " b", "  a"))
    assert list(rows(tree)) == entries("c", " b", "  a")


def test_what_is_below_a_removed_row_stays_if_it_is_wanted(tree: TreeModel) -> None:
    tree.show(entries("a", " b", "  c"))
    kept = QPersistentModelIndex(tree.index_of("c"))
    tree.show(entries("c"))
    assert list(rows(tree)) == entries("c")
    assert kept.isValid()
    assert kept.row() == 0


def test_a_row_that_is_called_otherwise_stays_the_same_row(tree: TreeModel) -> None:
    tree.show(entries("a", " b"))
    told: list[str] = []
    tree.dataChanged.connect(lambda index, _to: told.append(index.data(DISPLAY)))
    kept = QPersistentModelIndex(tree.index_of("b"))
    tree.show(entries("B", "a"))
    assert kept.data(DISPLAY) == "B"
    assert told == ["B"]
    tree.show(entries("B", "a"))
    assert told == ["B"]


def test_an_unknown_row_is_nowhere(tree: TreeModel) -> None:
    assert not tree.index_of("x").isValid()
    assert not tree.index(0, 0).isValid()


@pytest.mark.parametrize("seed", range(4))
def test_any_tree_becomes_any_other(tree: TreeModel, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(150):
        names = rng.sample("abcdefghij", rng.randint(0, 10))
        depth = 0
        wanted = []
        for at, name in enumerate(names):
            depth = rng.randint(0, depth + 1) if at else 0
            wanted.append(Entry(name, depth, rng.choice([name, name.upper()])))
        tree.show(wanted)
        assert list(rows(tree)) == wanted
