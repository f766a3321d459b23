"""The rows of compaction, on a small log."""

from __future__ import annotations

ROWS = ("compact-1M", "compact-1M.bytes", "compact-1M.p99", "compact-1M.max")


def test_a_small_log_gives_all_rows(compact):
    found = {row["row"]: row for row in compact.measure(ROWS, commits=3000)}
    assert tuple(found) == ROWS
    assert [row["unit"] for row in found.values()] == ["ms", "bytes", "ms", "ms"]
    assert all(row["value"] > 0 for row in found.values())
    assert 140 < found["compact-1M.bytes"]["value"] < 170
    assert found["compact-1M.p99"]["value"] <= found["compact-1M.max"]["value"]
