"""Tables as they are written. In these texts `^` is the caret and `«` the anchor."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.bridge import edits
from ui.editing import tables
from ui.editing.line_edits import Edited


def read(written: str) -> tuple[str, int, int]:
    anchor = written.replace("^", "").index("«") if "«" in written else -1
    text = written.replace("«", "")
    caret = text.index("^")
    return text.replace("^", ""), anchor if anchor >= 0 else caret, caret


def write(text: str, done: Edited | None) -> str | None:
    if done is None:
        return None
    after = edits.apply(done.edit, text)
    marks = [(done.caret, "^")] + ([(done.anchor, "«")] if done.anchor != done.caret else [])
    for place, mark in sorted(marks, reverse=True):
        after = after[:place] + mark + after[place:]
    return after


def tab(written: str, *, backward: bool = False) -> str | None:
    text, anchor, caret = read(written)
    return write(text, tables.next_cell(text, anchor, caret, backward=backward))


def enter(written: str) -> str | None:
    text, anchor, caret = read(written)
    return write(text, tables.next_row(text, anchor, caret))


NAMES = "| what | gram |\n| --- | --- |\n"
TIDY = "| what | gram |\n| ---- | ---- |\n"


def test_tab_puts_the_columns_in_line_and_selects_the_next_cell() -> None:
    assert tab("a\n| wh^at | g |\n|---|:-:|\n|rye flour|5|\nb") == (
        "a\n| what      | «g^   |\n| --------- | :-: |\n| rye flour | 5   |\nb"
    )


def test_tab_goes_from_row_to_row_past_the_dashes_and_makes_a_new_row_at_the_end() -> None:
    assert tab("| what | gr^am |\n| --- | --- |\n| rye | 5 |") == (TIDY + "| «rye^  | 5    |")
    assert tab(NAMES + "| rye | ^5 |") == TIDY + "| rye  | 5    |\n| ^     |      |"
    assert tab(NAMES + "| rye | 5^ |\nbelow") == (TIDY + "| rye  | 5    |\n| ^     |      |\nbelow")


def test_tab_fills_cells_that_are_missing() -> None:
    assert tab(NAMES + "| rye^") == TIDY + "| rye  | ^     |"
    assert tab(NAMES + "|^") == TIDY + "|      | ^     |"


def test_shift_tab_goes_back_and_stays_in_the_first_cell() -> None:
    assert (
        tab(NAMES + "| ^rye | 5 |", backward=True)
        == "| what | «gram^ |\n| ---- | ---- |\n| rye  | 5    |"
    )
    assert tab("| wh^at | gram |\n| ---- | ---- |\n", backward=True) == (
        "| «what^ | gram |\n| ---- | ---- |\n"
    )


def test_a_selected_cell_goes_on_to_the_next_one() -> None:
    assert tab(TIDY + "| «rye^  | 5    |") == TIDY + "| rye  | «5^    |"


def test_enter_goes_down_and_ends_the_table_in_an_empty_row() -> None:
    assert enter("| what | gr^am |\n| ---- | ---- |\n| rye  | 5    |") == (
        TIDY + "| rye  | «5^    |"
    )
    assert enter(TIDY + "| rye  | 5^    |") == TIDY + "| rye  | 5    |\n|      | ^     |"
    assert enter(TIDY + "| rye  | 5    |\n|      | ^     |") == TIDY + "| rye  | 5    |\n^"


@pytest.mark.parametrize(
    "written",
    ["plain^", "| no dashes ^ |\n| below |", "| a^ |", "a | b^\n--- | ---\n", NAMES + "\nx^"],
)
def test_what_is_no_table_keeps_its_keys(written: str) -> None:
    assert tab(written) is None
    assert enter(written) is None


def test_a_selection_over_several_rows_is_not_ours() -> None:
    assert tab("| wh«at | gram |\n| --- | --- |\n| r^ye | 5 |") is None


def test_an_escaped_sign_stays_in_its_cell_and_wide_letters_count_twice() -> None:
    assert tab("| a\\|b | ^小麦 |\n| --- | --- |\n| c | d |") == (
        "| a\\|b | 小麦 |\n| ---- | ---- |\n| «c^    | d    |"
    )


CELLS = st.text(st.sampled_from("ab |\\-:é小"), max_size=8)


@given(st.lists(CELLS, min_size=2, max_size=8), st.integers(0, 60), st.booleans(), st.booleans())
def test_what_stands_in_the_cells_is_never_changed(
    rows: list[str], at: int, backward: bool, down: bool
) -> None:
    text = "| a | b |\n| --- | :-- |\n" + "\n".join("|" + row for row in rows)
    caret = min(at, len(text))
    done = (
        tables.next_row(text, caret, caret)
        if down
        else tables.next_cell(text, caret, caret, backward=backward)
    )
    if done is None:
        return
    after = edits.apply(done.edit, text)
    assert 0 <= done.anchor <= len(after)
    assert 0 <= done.caret <= len(after)

    def letters(words: str) -> str:
        return re.sub(r"[ |\n:-]", "", words)

    assert letters(after) == letters(text)
    again = tables.next_cell(after, done.anchor, done.caret, backward=backward)
    if again is not None and not down:  # in line already: only the caret moves, or a row is added
        tidy = edits.apply(again.edit, after)
        assert tidy == after or tidy.startswith(after.rstrip("\n"))
