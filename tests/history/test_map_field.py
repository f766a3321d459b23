"""Maps: a register per key, and a put that a drop had not seen survives."""

from __future__ import annotations

from goatcore.history.graph import Graph, VertexName
from goatcore.history.map_field import MapField


class Item:
    """A graph and one map of it; each call is one change."""

    def __init__(self):
        self.graph = Graph()
        self.map = MapField(self.graph)

    def put(self, commit, parents, stamp, key, value):
        vertex = self.graph.append(VertexName(b"a" * 32, 1, commit), parents)
        self.map.put(vertex, stamp, key, value)

    def drop(self, commit, parents, key):
        self.map.drop(self.graph.append(VertexName(b"a" * 32, 1, commit), parents), key)


def test_a_map_shows_the_newest_value_of_every_key():
    item = Item()
    item.put(b"a", (), 1, "k", 1)
    item.put(b"b", (0,), 1, "j", [2])
    item.put(b"c", (1,), 1, "k", 3)
    assert item.map.entries == (("j", (2,)), ("k", 3))
    item.drop(b"d", (2,), "j")
    assert item.map.entries == (("k", 3),)


def test_concurrent_puts_of_one_key_compete_and_stay_readable():
    item = Item()
    item.put(b"a", (), 1, "k", "a")
    item.put(b"b", (), 3, "k", "b")
    item.put(b"c", (), 2, "k", "c")
    assert item.map.entries == (("k", "b"),)
    assert item.map.alternatives("k") == ["b", "c", "a"]
    assert item.map.alternatives("j") == []


def test_equal_stamps_are_decided_by_the_commit_id():
    item = Item()
    item.put(b"b", (), 1, "k", "b")
    item.put(b"a", (), 1, "k", "a")
    assert item.map.alternatives("k") == ["b", "a"]


def test_a_put_that_a_drop_had_not_seen_survives_with_its_own_value():
    item = Item()
    item.put(b"a", (), 9, "k", "old")
    item.put(b"b", (0,), 1, "k", "new")
    item.drop(b"c", (0,), "k")
    assert item.map.alternatives("k") == ["new"]
    item.drop(b"d", (1, 2), "k")
    assert item.map.entries == ()
    assert len(item.map) == 0


def test_a_drop_takes_only_the_rivals_that_it_has_seen():
    item = Item()
    item.put(b"a", (), 1, "k", "a")
    item.put(b"b", (), 2, "k", "b")
    item.drop(b"c", (1,), "k")
    assert item.map.alternatives("k") == ["a"]
    assert item.map.entries == (("k", "a"),)


def test_dropping_a_key_that_nobody_put_does_nothing():
    item = Item()
    item.drop(b"a", (), "k")
    item.put(b"b", (), 1, "k", 1)
    assert item.map.entries == (("k", 1),)


def test_inside_one_change_the_later_operation_counts():
    item = Item()
    item.put(b"a", (), 1, "k", 1)
    item.map.drop(0, "k")
    item.map.put(0, 1, "k", 2)
    item.map.put(0, 1, "j", 3)
    item.map.drop(0, "j")
    assert item.map.alternatives("k") == [2]
    assert item.map.entries == (("k", 2),)


def test_keys_are_told_apart_by_their_bytes():
    item = Item()
    for letter, key in zip("abcd", [1, True, 1.0, "1"], strict=True):
        item.put(letter.encode(), item.graph.heads, 1, key, letter)
    assert {repr(k): v for k, v in item.map.entries} == {
        "1": "a",
        "True": "b",
        "1.0": "c",
        "'1'": "d",
    }


def test_another_name_of_a_put_moves_it_among_its_rivals():
    item = Item()
    item.put(b"c", (), 5, "k", "c")
    item.put(b"b", (), 5, "k", "b")
    item.graph.rename(0, VertexName(b"a" * 32, 1, b"a"))
    assert item.map.rename(0, 5)
    assert item.map.entries == (("k", "b"),)
    assert item.map.alternatives("k") == ["b", "c"]
