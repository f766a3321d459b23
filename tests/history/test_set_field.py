"""Sets: an add that a remove had not seen survives."""

from __future__ import annotations

from goatcore.history.graph import Graph, VertexName
from goatcore.history.set_field import SetField


class Item:
    """A graph and one set of it; each call is one change."""

    def __init__(self):
        self.graph = Graph()
        self.members = SetField(self.graph)

    def vertex(self, parents):
        name = VertexName(b"a" * 32, 1, self.graph.count.to_bytes(32, "big"))
        return self.graph.append(name, parents)

    def add(self, parents, member):
        return self.members.add(self.vertex(parents), member)

    def remove(self, parents, member):
        return self.members.remove(self.vertex(parents), member)


def test_a_set_has_what_was_added_and_not_removed_since():
    item = Item()
    assert item.add((), "x")
    assert item.add((0,), "y")
    assert item.remove((1,), "x")
    assert item.members.members == ("y",)
    assert item.add((2,), "x")
    assert item.members.members == ("x", "y")


def test_an_add_that_a_remove_had_not_seen_survives():
    item = Item()
    item.add((), "x")
    assert not item.add((0,), "x")
    assert not item.remove((0,), "x")
    assert item.members.members == ("x",)


def test_adding_again_outlives_a_remove_of_the_first_add():
    item = Item()
    item.add((), "x")
    assert item.remove((0,), "x")
    assert item.add((0,), "x")
    assert "x" in item.members


def test_a_remove_of_all_heads_takes_every_add_away():
    item = Item()
    item.add((), "x")
    item.add((), "x")
    item.add((0,), "x")
    assert not item.remove((2,), "x")
    assert item.remove((1, 3), "x")
    assert len(item.members) == 0


def test_removing_what_is_not_there_does_nothing_to_a_later_or_concurrent_add():
    item = Item()
    assert not item.remove((), "x")
    assert item.add((), "x")
    assert item.members.members == ("x",)


def test_inside_one_change_the_later_operation_counts():
    item = Item()
    vertex = item.vertex(())
    item.members.add(vertex, "gone")
    item.members.remove(vertex, "gone")
    item.members.remove(vertex, "kept")
    item.members.add(vertex, "kept")
    assert item.members.members == ("kept",)


def test_members_are_told_apart_by_their_bytes():
    item = Item()
    values = [1, True, 1.0, "1", b"1", -0.0, 0.0, None, ("1",), ["2"]]
    for value in values:
        item.add(item.graph.heads, value)
    assert len(item.members) == len(values)
    assert item.remove(item.graph.heads, True)
    members = [repr(member) for member in item.members.members]
    assert sorted(members) == sorted(
        ["1", "1.0", "'1'", "b'1'", "-0.0", "0.0", "None", "('1',)", "('2',)"]
    )


def test_members_come_in_the_order_of_their_bytes():
    item = Item()
    for value in ["b", "aa", "a", 300, 2]:
        item.add(item.graph.heads, value)
    assert item.members.members == (2, "a", "b", "aa", 300)
