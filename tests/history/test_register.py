"""Registers: writes that have not seen each other compete."""

from __future__ import annotations

from goatcore.history.graph import Graph, VertexName
from goatcore.history.register import RegisterField


class Item:
    """A graph and one register of it."""

    def __init__(self):
        self.graph = Graph()
        self.register = RegisterField(self.graph)

    def write(self, commit, parents, stamp, value):
        vertex = self.graph.append(VertexName(b"a" * 32, 1, commit), parents)
        return self.register.add(vertex, stamp, value)


def test_a_register_nobody_wrote_has_no_value():
    register = Item().register
    assert register.value is None
    assert register.vertex is None
    assert register.alternatives == []


def test_a_write_that_has_seen_another_replaces_it_whatever_its_stamp():
    item = Item()
    assert item.write(b"a", (), 100, "old")
    assert item.write(b"b", (0,), 1, "new")
    assert item.register.alternatives == ["new"]
    assert item.register.vertex == 1


def test_of_concurrent_writes_the_greater_stamp_shows_and_the_other_stays_readable():
    item = Item()
    item.write(b"a", (), 1, "first")
    assert item.write(b"b", (0,), 7, "seven")
    assert not item.write(b"c", (0,), 5, "five")
    assert item.register.alternatives == ["seven", "five"]
    assert item.write(b"d", (0,), 9, "nine")
    assert item.register.alternatives == ["nine", "seven", "five"]


def test_equal_stamps_are_decided_by_the_commit_id():
    item = Item()
    item.write(b"b", (), 5, "b")
    item.write(b"c", (), 5, "c")
    item.write(b"a", (), 5, "a")
    assert item.register.alternatives == ["c", "b", "a"]


def test_a_write_settles_only_those_that_it_has_seen():
    item = Item()
    item.write(b"a", (), 1, "a")
    item.write(b"b", (), 2, "b")
    item.write(b"c", (), 3, "c")
    item.write(b"d", (0, 2), 0, "d")
    assert item.register.alternatives == ["b", "d"]


def test_within_one_commit_the_last_write_wins():
    item = Item()
    item.write(b"a", (), 1, "a")
    item.write(b"b", (), 2, "b")
    item.register.add(1, 2, "later")
    assert item.register.alternatives == ["later", "a"]


def test_another_name_of_a_write_moves_it_among_its_rivals():
    item = Item()
    item.write(b"c", (), 5, "c")
    item.write(b"b", (), 5, "b")
    item.graph.rename(0, VertexName(b"a" * 32, 1, b"a"))
    assert item.register.rename(0, 5)
    assert item.register.alternatives == ["b", "c"]
    item.graph.append(VertexName(b"d" * 32, 1, b"d"), ())  # touches other fields only
    assert not item.register.rename(2, 5)
