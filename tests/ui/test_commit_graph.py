"""What is one knot of a note's graph, and on which others it stands."""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest

from ui.models.commit_graph import commit_graph

MINUTE = 60_000


class Made(NamedTuple):
    author: str
    time: int
    parents: tuple[int, ...]
    aside: bool = False


def test_typing_in_one_go_is_one_knot() -> None:
    marks = [
        Made("Host", 0, ()),
        Made("Host", MINUTE, (0,)),
        Made("Host", 20 * MINUTE, (1,)),  # after a pause
        Made("Guest", 21 * MINUTE, (2,)),
    ]
    found = commit_graph(marks, [(5, 0), (1, 2), (3, 0), (0, 4)]).knots
    assert [(it.first, it.last, it.count, it.author, it.parents) for it in found] == [
        (0, 1, 2, "Host", ()),
        (2, 2, 1, "Host", (0,)),
        (3, 3, 1, "Guest", (1,)),
    ]
    assert [(it.inserted, it.deleted) for it in found] == [(6, 2), (3, 0), (0, 4)]
    assert (found[0].start_ms, found[0].end_ms) == (0, MINUTE)


def test_two_who_type_at_once_are_two_knots_though_their_changes_take_turns() -> None:
    marks = [
        Made("Host", 0, ()),
        Made("Host", 10, (0,)),
        Made("Guest", 11, (0,)),
        Made("Host", 20, (1,)),
        Made("Guest", 21, (2,)),
        Made("Host", 30, (3, 4)),
    ]
    found = commit_graph(marks, [(1, 0)] * 6).knots
    assert [(it.first, it.last, it.count, it.parents) for it in found] == [
        (0, 0, 1, ()),
        (1, 3, 2, (0,)),
        (2, 4, 2, (0,)),
        (5, 5, 1, (1, 2)),
    ]


def test_what_was_done_on_a_branch_is_a_knot_of_its_own() -> None:
    marks = [Made("Host", 0, ()), Made("Host", 1, (0,), aside=True), Made("Host", 2, (1,))]
    assert [it.aside for it in commit_graph(marks, [(0, 0)] * 3).knots] == [False, True, False]


@pytest.mark.parametrize("seed", range(60))
def test_every_change_is_in_one_knot_that_comes_after_its_parents(seed: int) -> None:
    chance = random.Random(seed)
    marks: list[Made] = []
    for place in range(chance.randint(1, 60)):
        near = range(max(0, place - 4), place)
        parents = chance.sample(near, min(len(near), chance.choice([0, 1, 1, 1, 1, 2])))
        marks.append(Made(chance.choice("ab"), place * 1000, tuple(sorted(parents))))
    graph = commit_graph(marks, [(1, 0)] * len(marks))
    found = graph.knots
    assert [graph.knot_of.count(row) for row in range(len(found))] == [it.count for it in found]
    assert sum(knot.count for knot in found) == len(marks) == sum(it.inserted for it in found)
    for row, knot in enumerate(found):
        assert all(parent < row for parent in knot.parents)
        on = {found[parent].last for parent in knot.parents}
        assert on == set(marks[knot.first].parents)
