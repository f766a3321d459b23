"""Recording many changes at once: the same as one by one."""

from __future__ import annotations

from random import Random

import pytest

from goatcore.history.graph import Graph, VertexName
from goatcore.history.splices import TextSplice
from goatcore.history.text.events import TextEvents


def grown(random, count):
    """A random graph, made of lines that fork and join."""
    graph = Graph()
    for number in range(count):
        heads = graph.heads
        if not heads or random.random() < 0.02:
            parents = ()
        elif random.random() < 0.15:
            parents = random.sample(range(number), min(number, random.randint(1, 3)))
        elif random.random() < 0.2:
            parents = heads
        else:
            parents = (number - 1,)
        graph.append(VertexName(b"A" * 32, number + 1, number.to_bytes(32, "big")), parents)
    return graph


def typed(random):
    """The splices of a change: mostly one letter further on, now and then several or none."""
    return [
        TextSplice(
            random.randint(0, 3), random.choice((0, 0, 0, 1)), random.choice(("a", "bc", ""))
        )
        for _ in range(random.choice((1, 1, 1, 1, 0, 2)))
    ]


@pytest.mark.parametrize("seed", range(60))
def test_many_at_once_are_recorded_as_one_by_one(seed):
    random = Random(seed)
    graph = grown(random, 120)
    sparse = random.random() < 0.5  # not every change of the item edits the text
    changes = [
        (vertex, [TextSplice(vertex, 0, "x")] if random.random() < 0.6 else typed(random))
        for vertex in range(graph.count)
        if not sparse or random.random() < 0.8
    ]
    one_by_one, at_once, in_parts = (TextEvents(graph) for _ in range(3))
    for vertex, splices in changes:
        one_by_one.record(vertex, splices)
    at_once.record_all(changes)
    cut = random.randrange(len(changes))
    in_parts.record_all(changes[:cut])
    in_parts.record_all(changes[cut:])
    for other in (at_once, in_parts):
        for name in ("count", "heads", "run_start", "run_parents", "run_whole", "critical_from",
                     "critical_to", "vertices"):  # fmt: skip
            assert getattr(other.lineage, name) == getattr(one_by_one.lineage, name), name
        assert other.letters == one_by_one.letters
        count = one_by_one.lineage.count
        assert list(other.column.operations(0, count)) == list(
            one_by_one.column.operations(0, count)
        )
        for start in range(0, count, 7):
            assert list(other.column.operations(start, start + 3)) == list(
                one_by_one.column.operations(start, start + 3)
            )
