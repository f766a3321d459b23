"""The order of one field's events within the item's."""

from __future__ import annotations

from random import Random

import pytest

from goatcore.history.graph import Graph, VertexName
from goatcore.history.projection import Projection

NAME = VertexName(b"", 1, b"")


def test_a_field_that_one_side_edits_stays_a_line_however_the_item_forks():
    graph = Graph()
    projection = Projection(graph)
    graph.append(NAME, ())
    projection.record(0)
    mine = theirs = 0
    for _ in range(10):
        theirs = graph.append(NAME, (theirs,))  # somebody else edits another field
        mine = graph.append(NAME, (mine,))
        projection.record(mine)
    assert len(graph.heads) == 2
    assert projection.heads == (10,)
    assert len(projection.run_start) == 1
    assert projection.critical(10) == 10


def test_vertices_that_do_not_touch_the_field_cost_it_nothing():
    graph = Graph()
    projection = Projection(graph)
    for vertex in range(100):
        graph.append(NAME, (vertex - 1,) if vertex else ())
    assert projection.count == 0
    projection.record(99)
    assert projection.parents(0) == ()


@pytest.mark.parametrize("seed", range(80))
def test_an_event_has_seen_another_exactly_if_its_vertex_has(seed):
    random = Random(seed)
    graph = Graph()
    late = random.random() < 0.5  # the field is filled after the graph, as when it is loaded
    projection = Projection(graph)
    chosen = []
    for vertex in range(40):
        count = random.choice([1, 1, 1, 2, 3])
        parents = [random.randrange(max(0, vertex - 6), vertex) for _ in range(count) if vertex]
        if random.random() < 0.3:
            parents = list(graph.heads)
        graph.append(NAME, parents)
        if random.random() < random.choice([0.2, 0.9]):
            chosen.append(vertex)
            if not late:
                projection.record(vertex)
    if late:
        for vertex in chosen:
            projection.record(vertex)
    assert list(projection.vertices) == chosen
    for newer in range(len(chosen)):
        for older in range(len(chosen)):
            seen = graph.is_ancestor(chosen[older], chosen[newer])
            assert projection.is_ancestor(older, newer) == seen
    for _ in range(20):
        version = [random.randrange(graph.count) for _ in range(random.randint(1, 4))]
        past = {v for first, stop in graph.past(version) for v in range(first, stop)}
        inside = [event for event, vertex in enumerate(chosen) if vertex in past]
        assert projection.frontier(version) == projection.maximal(inside)
