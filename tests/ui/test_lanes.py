"""The lanes of a version graph: lines lead from every child to its parents, through nobody else."""

from __future__ import annotations

import random

import pytest

from ui.models.lanes import LaneRow, Line, lanes


def test_one_after_the_other_is_one_lane() -> None:
    assert lanes([(1,), (2,), ()]) == [
        LaneRow(0, (), (Line(0, 0),), ()),
        LaneRow(0, (Line(0, 0),), (Line(0, 1),), ()),
        LaneRow(0, (Line(0, 1),), (), ()),
    ]


def test_work_at_once_stands_side_by_side_and_meets_again() -> None:
    # 0 merges 1 and 2, which were both made on 3
    rows = lanes([(1, 2), (3,), (3,), ()])
    assert [row.lane for row in rows] == [0, 0, 1, 0]
    assert rows[0].leaving == (Line(0, 0), Line(1, 0))
    assert rows[1].passing == (Line(1, 0),)
    assert rows[3].ending == (Line(0, 1), Line(1, 2))


def test_a_lane_that_is_free_is_taken_again() -> None:
    rows = lanes([(1, 2), (3,), (3,), (4, 5), (6,), (6,), ()])
    assert max(row.lane for row in rows) == 1


@pytest.mark.parametrize("seed", range(120))
def test_every_line_leads_from_a_child_to_its_parent(seed: int) -> None:
    chance = random.Random(seed)
    count = chance.randint(1, 40)
    parents = [
        sorted(chance.sample(range(row + 1, count), min(chance.choice([0, 1, 1, 1, 2, 3]),
                                                        count - row - 1)))
        for row in range(count)
    ]  # fmt: skip
    rows = lanes(parents)
    assert len(rows) == count
    arrived: list[list[int]] = [[] for _ in range(count)]
    below: dict[int, int] = {}  # lane -> the child whose line runs in it, under the last row
    edges = 0
    for number, row in enumerate(rows):
        above = {line.lane: line.row for line in (*row.ending, *row.passing)}
        assert above == below  # no line begins or ends between two rows
        assert len(above) == len(row.ending) + len(row.passing)
        assert row.lane not in [line.lane for line in row.passing]  # nor runs through the dot
        arrived[number] = sorted(line.row for line in row.ending)
        below = {line.lane: line.row for line in (*row.leaving, *row.passing)}
        assert len(below) == len(row.leaving) + len(row.passing)
        assert [line.row for line in row.leaving] == [number] * len(parents[number])
        edges = max(edges, len(below) + 1, len(above) + 1)
    assert below == {}
    for number in range(count):  # each parent is found by exactly its children
        children = [child for child, on in enumerate(parents) if number in on]
        assert arrived[number] == children
    assert max(row.lane for row in rows) < edges  # no more lanes than lines at once, and a dot
