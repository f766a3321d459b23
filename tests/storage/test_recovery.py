from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.storage.framing import RECORDS_BEGIN, Record
from goatcore.storage.recovery import Condition, Hole, Plan, decide, sentence

B = RECORDS_BEGIN


def _at(*offsets: int) -> list[Record]:
    return [Record(B + offset, 1, 0, b"12345678") for offset in offsets]  # 40 bytes each


@pytest.mark.parametrize(
    ("offsets", "size", "intact", "condition"),
    [
        ((), 0, True, Condition.CLEAN),
        ((0, 40), 80, True, Condition.CLEAN),
        ((0, 40), 81, True, Condition.TORN_TAIL),
        ((), 7, True, Condition.TORN_TAIL),
        ((0, 50), 90, True, Condition.DAMAGED),
        ((1,), 41, True, Condition.DAMAGED),
        ((0, 50), 99, False, Condition.DAMAGED),
        ((0, 40), 80, False, Condition.HEADER_COPY),
        ((0, 40), 85, False, Condition.HEADER_COPY),
    ],
)
def test_a_scan_decides_the_condition(
    offsets: tuple[int, ...], size: int, intact: bool, condition: Condition
) -> None:
    assert decide(_at(*offsets), B + size, intact).condition is condition


def test_a_plan_says_what_is_sound_and_what_is_not() -> None:
    plan = decide(_at(3, 43, 90, 200), B + 250, True)
    assert plan == Plan(
        4, B + 240, B + 250, (Hole(B, B + 3), Hole(B + 83, B + 90), Hole(B + 130, B + 200)), True
    )
    assert list(plan.sound_ranges()) == [(B + 3, B + 83), (B + 90, B + 130), (B + 200, B + 240)]
    assert plan.bytes_bad == 3 + 7 + 70 + 10
    assert [plan.follows_gap(B + n) for n in (3, 43, 90, 200)] == [True, False, True, True]


@given(st.lists(st.integers(0, 3)), st.integers(0, 5))
def test_every_byte_is_accounted_for(gaps: list[int], tail: int) -> None:
    offsets, end = [], 0
    for gap in gaps:
        offsets.append(end + gap)
        end += gap + 40
    plan = decide(_at(*offsets), B + end + tail, True)
    sound = sum(stop - start for start, stop in plan.sound_ranges())
    assert sound + plan.bytes_bad == end + tail
    assert sound == 40 * plan.kept
    assert plan.bytes_bad == sum(gaps) + tail


@pytest.mark.parametrize(
    ("plan", "aside", "said"),
    [
        (Plan(7, B + 9, B + 9, (), True), None, None),
        (
            Plan(1204, B + 9, B + 10, (), True),
            "lost/x",
            (
                "“n” was cut off while it was written: the incomplete 1 byte at its end is kept in "
                "“lost/x”, 1,204 records could be read."
            ),
        ),
        (
            Plan(1, B + 99, B + 99, (Hole(B, B + 59),), True),
            "lost/x",
            (
                "“n” was damaged in 1 place, 59 bytes cannot be read: 1 record could be saved, the "
                "damaged file is kept in “lost/x”, and what is missing comes back from your other "
                "devices."
            ),
        ),
        (
            Plan(2, B + 99, B + 99, (), False),
            None,
            (
                "The beginning of “n” was damaged: 2 records could be read, and the damaged file "
                "is left where it is."
            ),
        ),
        (
            Plan(0, B, 1000, (), False),
            "lost/x",
            (
                "Only the first 1,000 bytes of “n” were there: what was in it comes back from your "
                "other devices, and the damaged file is kept in “lost/x”."
            ),
        ),
    ],
)
def test_a_plan_is_told_in_one_sentence(plan: Plan, aside: str | None, said: str | None) -> None:
    assert sentence(plan, "n", aside) == said
