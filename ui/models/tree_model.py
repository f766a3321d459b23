"""A tree for a view, kept up to date step by step.

Owns the tree as the view knows it. Invariant: `show` inserts, moves and removes only what differs,
so that choices and open branches stay while others come and go; one row for one identity.
What a row shows is given from outside, a function a role. Must never know what its values are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

Index = QModelIndex | QPersistentModelIndex

VALUE_ROLE = int(Qt.ItemDataRole.UserRole)  # the value itself


class Entry(NamedTuple):
    """A row to be: what tells it apart, how deep it is, and its value. The rows come as they are
    seen when all is open; the parent is the last row before that is less deep."""

    identity: Hashable
    depth: int
    value: Any


class _Node:
    """A row; `number` names it inside Qt's indexes."""

    __slots__ = ("children", "identity", "number", "parent", "value")

    def __init__(self, number: int, identity: Hashable, value: Any) -> None:
        self.number = number
        self.identity = identity
        self.value = value
        self.parent: _Node | None = None
        self.children: list[_Node] = []


class TreeModel(QAbstractItemModel):
    """One column; `roles` gives what a value shows."""

    def __init__(
        self, roles: Mapping[int, Callable[[Any], Any]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._readers = dict(roles)
        self._readers[VALUE_ROLE] = lambda value: value
        self._root = _Node(0, None, None)
        self._nodes: dict[int, _Node] = {}
        self._by_identity: dict[Hashable, _Node] = {}
        self._last = 0

    @property
    def values(self) -> list[Any]:
        """All values, as they are seen when all is open."""
        found: list[Any] = []
        stack = self._root.children[::-1]
        while stack:
            node = stack.pop()
            found.append(node.value)
            stack.extend(reversed(node.children))
        return found

    def index_of(self, identity: Hashable) -> QModelIndex:
        """Where a row is; an invalid index if it is nowhere."""
        node = self._by_identity.get(identity)
        return QModelIndex() if node is None else self._index(node)

    def show(self, entries: Sequence[Entry]) -> None:
        """Becomes this tree, from the top down: whatever a row is to be below of stands already."""
        wanted = {entry.identity for entry in entries}
        assert len(wanted) == len(entries), "a row is shown once"
        path: list[tuple[int, _Node]] = []  # the rows that are open above, with their depths
        filled: dict[int, int] = {}  # how many children of a row are in place
        for entry in entries:
            while path and path[-1][0] >= entry.depth:
                path.pop()
            parent = path[-1][1] if path else self._root
            at = filled.get(parent.number, 0)
            filled[parent.number] = at + 1
            path.append((entry.depth, self._put(entry, parent, at)))
        for node in [node for node in self._nodes.values() if node.identity not in wanted]:
            if node.number in self._nodes:
                self._remove(node)

    def _put(self, entry: Entry, parent: _Node, at: int) -> _Node:
        node = self._by_identity.get(entry.identity)
        if node is None:
            self._last += 1
            node = _Node(self._last, entry.identity, entry.value)
            self.beginInsertRows(self._index(parent), at, at)
            parent.children.insert(at, node)
            node.parent = parent
            self._nodes[node.number] = self._by_identity[entry.identity] = node
            self.endInsertRows()
            return node
        before = node.parent
        assert before is not None
        source = before.children.index(node)
        if before is not parent or source != at:
            self.beginMoveRows(self._index(before), source, source, self._index(parent), at)
            before.children.pop(source)
            parent.children.insert(at, node)
            node.parent = parent
            self.endMoveRows()
        if node.value != entry.value:
            node.value = entry.value
            index = self._index(node)
            self.dataChanged.emit(index, index)
        return node

    def _remove(self, node: _Node) -> None:
        """Takes a row away with all below it: what stays was moved elsewhere before."""
        parent = node.parent
        assert parent is not None
        at = parent.children.index(node)
        self.beginRemoveRows(self._index(parent), at, at)
        del parent.children[at]
        stack = [node]
        while stack:
            gone = stack.pop()
            del self._nodes[gone.number], self._by_identity[gone.identity]
            stack.extend(gone.children)
        self.endRemoveRows()

    # -- what Qt asks --------------------------------------------------------------------------

    def _index(self, node: _Node) -> QModelIndex:
        if node.parent is None:
            return QModelIndex()
        return self.createIndex(node.parent.children.index(node), 0, node.number)

    def _node(self, index: Index) -> _Node | None:
        return self._nodes.get(index.internalId()) if index.isValid() else self._root

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        node = self._node(parent)
        if node is None or column or not 0 <= row < len(node.children):
            return QModelIndex()
        return self.createIndex(row, 0, node.children[row].number)

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        node = self._node(index)
        if node is None or node.parent is None:
            return QModelIndex()
        return self._index(node.parent)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        node = self._node(parent)
        return 0 if node is None else len(node.children)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def data(self, index: Index, role: int = 0) -> Any:
        node = self._node(index)
        reader = self._readers.get(role)
        return None if reader is None or node is None or node.parent is None else reader(node.value)
