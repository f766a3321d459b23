"""Runs do to a list what the splices do that they were joined from."""

from __future__ import annotations

import random
from typing import Any

from goatcore import Insert, Move, Remove, Splice, Update
from ui.models.row_runs import Changed, Entered, Left, Moved, Run, join_runs


def done(rows: list[Any], runs: list[Run]) -> list[Any]:
    rows = list(rows)
    for run in runs:
        match run:
            case Entered():
                rows[run.at : run.at] = run.rows
            case Left():
                del rows[run.at : run.at + run.count]
            case Moved():
                del rows[run.source]
                rows.insert(run.target, run.row)
            case Changed():
                for at, row in run.rows.items():
                    rows[at] = row
    return rows


def test_neighbours_are_one_run() -> None:
    assert len(join_runs([Insert(3, "a"), Insert(4, "b")])) == 1
    assert len(join_runs([Insert(3, "a"), Insert(3, "b"), Insert(4, "c")])) == 1
    assert len(join_runs([Insert(3, "a"), Insert(5, "b")])) == 2
    assert len(join_runs([Remove(3, "a"), Remove(3, "b"), Remove(2, "c")])) == 1
    assert len(join_runs([Remove(3, "a"), Remove(1, "b")])) == 2
    assert len(join_runs([Update(3, "a"), Update(900, "b"), Update(3, "c")])) == 1
    assert len(join_runs([Move(5, 0, "a"), Update(0, "b"), Update(1, "c")])) == 2


def test_what_came_and_went_is_no_run() -> None:
    assert join_runs([Insert(3, "a"), Update(3, "b"), Remove(3, "b")]) == []
    assert len(join_runs([Insert(3, "a"), Remove(2, "c")])) == 2


def test_ten_thousand_at_the_top_are_one_run() -> None:
    (run,) = join_runs(Insert(0, n) for n in range(10_000))
    assert isinstance(run, Entered)
    assert run.rows == list(range(9_999, -1, -1))


def test_random_splices_and_their_runs_are_the_same() -> None:
    rng = random.Random(11)
    for round_ in range(2_000):
        before = [f"r{n}" for n in range(rng.randint(0, 6))]
        rows, splices = list(before), list[Splice[str]]()
        for step in range(rng.randint(1, 12)):
            row = f"n{round_}.{step}"
            verb = rng.choice("iirmu") if rows else "i"
            if verb == "i":
                at = rng.randint(0, len(rows))
                splices.append(Insert(at, row))
                rows.insert(at, row)
            elif verb == "r":
                at = rng.randrange(len(rows))
                splices.append(Remove(at, rows.pop(at)))
            elif verb == "m":
                source, target = rng.randrange(len(rows)), rng.randrange(len(rows))
                splices.append(Move(source, target, row))
                del rows[source]
                rows.insert(target, row)
            else:
                at = rng.randrange(len(rows))
                splices.append(Update(at, row))
                rows[at] = row
        assert done(before, join_runs(splices)) == rows, splices
