"""`goat bench`: which rows a word names, and what one row says."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from app.commands import bench


@pytest.fixture
def run():
    """The program that measures, as a module."""
    spec = importlib.util.spec_from_file_location("bench_run", bench.PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_family_names_all_its_rows_and_no_other(run):
    assert run.chosen(["create"]) == ["create", "create.durable"]
    assert run.chosen(["latency"]) == ["latency.p50", "latency.p95"]
    assert run.chosen(["latency.p95", "update"]) == ["update", "latency.p95"]
    assert tuple(run.chosen([])) == run.ROWS
    with pytest.raises(SystemExit, match="There is no row nope"):
        run.chosen(["create", "nope"])


def test_a_row_is_an_object_a_line(process):
    said = process("bench", "--json", "create-100", "read-one")
    assert said.code == 0
    normal, full, read = [json.loads(line) for line in said.out.splitlines()]
    assert (read["row"], read["unit"]) == ("read-one", "us")
    assert set(read) == {"row", "value", "unit", "runs", "timed"}
    for row, setting in ((normal, "NORMAL"), (full, "FULL")):
        assert row["row"] == "create-100"
        assert row["peer"].startswith("SQLite 3.")
        assert row["peer"].endswith(setting)
        assert row["ratio"] == round(row["value"] / row["peer_value"], 3)
    assert all(row["value"] > 0 for row in (normal, full, read))


def test_a_row_that_is_not_there_ends_with_1(process):
    said = process("bench", "nope")
    assert said.code == 1
    assert said.err.startswith("There is no row nope.")


def test_without_a_checkout_it_says_so(goat, monkeypatch):
    monkeypatch.setattr(bench, "PROGRAM", Path("/nowhere/run.py"))
    said = goat("bench")
    assert said.code == 1
    assert said.err.startswith("The benchmarks come with the source only.")
