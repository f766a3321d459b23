"""What is written is read again, in whole and in part, after any course of changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goatcore.storage.checkpoint.contents import FixedDraft, LookupDraft, RowsDraft, ValueDraft
from goatcore.values import pack


def _rows(start: int, stop: int) -> list[bytes]:
    return [pack([number, f"row {number}" * (number % 7)]) for number in range(start, stop)]


def test_rows_are_read_by_number_in_order_and_from_a_place(place: Any) -> None:
    rows = _rows(0, 1000)
    found = place.write(RowsDraft("items", rows)).rows("items")
    assert len(found) == 1000
    assert [found.raw(number) for number in (999, 0, 128, 127, 500)] == [
        rows[number] for number in (999, 0, 128, 127, 500)
    ]
    assert found[3] == [3, "row 3row 3row 3"]
    assert list(found) == rows
    assert list(found.scan(517)) == rows[517:]
    assert list(found.scan(1000)) == []
    for start, stop in ((0, 1000), (5, 6), (100, 300), (128, 256), (7, 7)):
        assert found.together(start, stop) == b"".join(rows[start:stop])
    for beyond in (1000, -1):
        with pytest.raises(IndexError):
            found.raw(beyond)


def test_elements_are_read_by_number_and_as_slices(place: Any) -> None:
    ids = [number.to_bytes(32, "little") for number in range(1500)]
    offsets = [4160 + 200 * number for number in range(5000)]
    checkpoint = place.write(
        FixedDraft("ids", 32, b"".join(ids)),
        FixedDraft("at", 8, b"".join(n.to_bytes(8, "big") for n in offsets), planes=True),
    )
    found = checkpoint.fixed("ids")
    assert (len(found), found.width) == (1500, 32)
    assert [found[number] for number in (0, 511, 512, 1499)] == [
        ids[number] for number in (0, 511, 512, 1499)
    ]
    assert found.slice() == b"".join(ids)
    assert found.slice(500, 1100) == b"".join(ids[500:1100])
    assert found.slice(1490, 9999) == b"".join(ids[1490:])
    assert found.slice(7, 7) == b""
    at = checkpoint.fixed("at")
    assert at.number(2345) == offsets[2345]
    assert list(at.numbers()) == offsets
    assert list(at.numbers(2000, 4100)) == offsets[2000:4100]
    with pytest.raises(IndexError):
        at.number(5000)


def test_numbers_that_repeat_take_next_to_nothing(place: Any) -> None:
    numbers = b"".join(n.to_bytes(4, "big") for n in range(100_000))
    place.write(FixedDraft("seq", 4, numbers, planes=True))
    assert len(place.data()) < 4096 + 100_000 // 10


def test_a_key_leads_to_its_number(place: Any) -> None:
    keys = [b"key %d" % number for number in range(3000)]
    found = place.write(LookupDraft("by key", keys)).lookup("by key")
    assert len(found) == 3000
    assert [found.candidates(key) for key in keys] == [[number] for number in range(3000)]
    assert found.candidates(b"another") == []


def test_one_key_may_have_many_numbers(place: Any) -> None:
    found = place.write(LookupDraft("tags", [b"a", b"b", b"a", b"a"])).lookup("tags")
    assert (found.candidates(b"a"), found.candidates(b"b")) == ([0, 2, 3], [1])


def test_values_are_read_as_they_were(place: Any) -> None:
    checkpoint = place.write(ValueDraft("tips", pack([1, [b"x", None], "y"])))
    assert checkpoint.value("tips") == [1, [b"x", None], "y"]
    assert "tips" in checkpoint
    assert "others" not in checkpoint
    with pytest.raises(KeyError):
        checkpoint.value("others")


def test_sections_may_be_empty(place: Any) -> None:
    checkpoint = place.write(RowsDraft("r"), FixedDraft("f", 4), LookupDraft("l"))
    for _ in range(2):
        assert list(checkpoint.rows("r")) == []
        assert checkpoint.fixed("f").slice() == b""
        assert checkpoint.lookup("l").candidates(b"") == []
        assert (len(checkpoint.rows("r")), len(checkpoint.lookup("l"))) == (0, 0)
        checkpoint = place.write(
            RowsDraft("r"), FixedDraft("f", 4), LookupDraft("l"), previous=checkpoint
        )
    assert checkpoint.generation == 3


def test_many_blocks_have_a_table_of_several(place: Any) -> None:
    rows = [bytes([number % 251]) * 1025 for number in range(1200)]
    checkpoint = place.write(RowsDraft("texts", rows), FixedDraft("ids", 1024, b"".join(
        number.to_bytes(1024, "big") for number in range(16 * 600)
    )))  # fmt: skip
    found = checkpoint.rows("texts")
    assert [found.raw(number) == rows[number] for number in range(1199, -1, -1)] == [True] * 1200
    assert checkpoint.fixed("ids").number(16 * 513 + 1) == 16 * 513 + 1


change = st.dictionaries(st.integers(0, 10**6), st.integers(0, 3000), max_size=6)
course = st.lists(st.tuples(st.integers(0, 400), change, st.booleans()), min_size=1, max_size=5)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(course)
def test_every_course_of_changes_is_read_as_it_ended(
    new_place: Callable[[], Any], course: list[tuple[int, dict[int, int], bool]]
) -> None:
    place = new_place()
    rows: list[bytes] = []
    ids: list[bytes] = []
    checkpoint = None
    for turn, (more, change, planes_again) in enumerate(course):
        new_rows = [pack([turn, n, "x" * (n % 61)]) for n in range(more)]
        new_ids = [(turn << 40 | n * n).to_bytes(8, "big") for n in range(more * 20)]
        changed = {n % len(rows): bytes([turn]) * size for n, size in change.items() if rows}
        changed_ids = {n % len(ids): size.to_bytes(8, "big") for n, size in change.items() if ids}
        for number, row in changed.items():
            rows[number] = row
        for number, id_ in changed_ids.items():
            ids[number] = id_
        rows += new_rows
        ids += new_ids
        checkpoint = place.write(
            RowsDraft("rows", new_rows, changed),
            FixedDraft("ids", 8, b"".join(new_ids), changed_ids),
            FixedDraft("numbers", 8, b"".join(new_ids), changed_ids, planes=True),
            LookupDraft("keys", [b"%d %d" % (turn, n) for n in range(more * 9)]),
            RowsDraft("again", rows, fresh=True)
            if planes_again
            else RowsDraft(f"anew {turn}", rows),
            previous=checkpoint,
        )
        assert checkpoint.generation == turn + 1
    assert checkpoint is not None
    assert list(checkpoint.rows("rows")) == rows
    assert [checkpoint.rows("rows").raw(number) for number in range(len(rows))] == rows
    assert checkpoint.fixed("ids").slice() == b"".join(ids)
    assert checkpoint.fixed("numbers").slice() == b"".join(ids)
    assert [checkpoint.fixed("ids")[number] for number in range(len(ids))] == ids
    last = "again" if course[-1][2] else f"anew {len(course) - 1}"
    assert list(checkpoint.rows(last)) == rows
    number = 0
    for turn, (more, _, _) in enumerate(course):
        for n in range(more * 9):
            assert number in checkpoint.lookup("keys").candidates(b"%d %d" % (turn, n))
            number += 1
    assert len(checkpoint.lookup("keys")) == number
