"""The graph of one item."""

from __future__ import annotations

from goatcore.history.graph import Graph, VertexName


def name(letter, seq=1):
    return VertexName(letter.encode() * 32, seq, letter.encode() * 32)


def test_parents_may_come_in_any_order_repeated_and_with_their_own_ancestors():
    graph = Graph()
    graph.append(name("a"), ())
    graph.append(name("b"), (0,))
    graph.append(name("c"), (0,))
    assert graph.heads == (1, 2)
    graph.append(name("d"), (2, 1, 0, 2))
    assert graph.parents(3) == (1, 2)
    assert graph.heads == (3,)
    graph.append(name("e"), [1, 0])
    assert graph.parents(4) == (1,)
    assert graph.heads == (3, 4)


def test_a_change_without_parents_is_a_root_beside_the_others():
    graph = Graph()
    graph.append(name("a"), ())
    graph.append(name("b"), ())
    assert graph.heads == (0, 1)
    assert not graph.is_ancestor(0, 1)


def test_names_order_by_author_then_seq_then_commit():
    assert name("a", 9) < name("b", 1)
    assert name("a", 2) < name("a", 10)
    assert VertexName(b"a", 1, b"x") < VertexName(b"a", 1, b"y")


def test_a_vertex_may_get_another_name():
    graph = Graph()
    graph.append(name("b"), ())
    graph.rename(0, name("a"))
    assert graph.names == [name("a")]
