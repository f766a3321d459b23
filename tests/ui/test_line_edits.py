"""What a key does to the lines around the caret. `|` is the caret, `<` and `>`… are its selection:
in these texts `«` is the anchor and `|` the caret."""

from __future__ import annotations

import pytest

from ui.bridge import edits
from ui.editing import line_edits
from ui.editing.line_edits import Edited


def read(written: str) -> tuple[str, int, int]:
    caret = written.index("|")
    text = written.replace("|", "")
    if "«" in text:
        anchor = text.index("«")
        caret -= anchor < caret
        return text.replace("«", ""), anchor, caret
    return text, caret, caret


def write(text: str, done: Edited | None) -> str | None:
    if done is None:
        return None
    after = edits.apply(done.edit, text)
    marks = [(done.caret, "|")] + ([(done.anchor, "«")] if done.anchor != done.caret else [])
    for place, mark in sorted(marks, reverse=True):
        after = after[:place] + mark + after[place:]
    return after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("plain|", None),
        ("- one|", "- one\n- |"),
        ("* one|two", "* one\n* |two"),
        ("  + one|", "  + one\n  + |"),
        ("1. one|", "1. one\n2. |"),
        ("9) one|", "9) one\n10) |"),
        ("- [x] one|", "- [x] one\n- [ ] |"),
        ("- one\n- |", "- one\n|"),
        ("  - |", "  |"),
        ("- [ ] |", "|"),
        ("- [ ]|", "|"),
        ("> said|", "> said\n> |"),
        ("> |", "|"),
        ("> - one|", "> - one\n> - |"),
        ("|- one", None),
        ("-|", None),
        ("- 🐐|", "- 🐐\n- |"),
        ("2024|", None),
        ("---|", None),
    ],
)
def test_enter_goes_on_with_the_list(before: str, after: str | None) -> None:
    text, _, caret = read(before)
    assert write(text, line_edits.new_line(text, caret)) == after


@pytest.mark.parametrize(
    ("before", "inward", "outward"),
    [
        ("plain|", None, "plain|"),
        ("- one|", "  - one|", "- one|"),
        ("1. one|", "   1. one|", "1. one|"),
        ("  - |one", "    - |one", "- |one"),
        ("\t- one|", "  \t- one|", "- one|"),
        ("«- a\n- b|", "  «- a\n  - b|", "«- a\n- b|"),
        ("«- a\n- b\n|- c", "  «- a\n  - b\n|- c", "«- a\n- b\n|- c"),
        ("«a\n\nb|", "    «a\n\n    b|", "«a\n\nb|"),
        (" |a", None, "|a"),
    ],
)
def test_tab_moves_items_in_and_out(before: str, inward: str | None, outward: str) -> None:
    text, anchor, caret = read(before)
    assert write(text, line_edits.indent(text, anchor, caret, outward=False)) == inward
    assert write(text, line_edits.indent(text, anchor, caret, outward=True)) == outward


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- [ ] one|", "- [x] one|"),
        ("- [X] one|", "- [ ] one|"),
        ("- one|", "- [ ] one|"),
        ("1. one|", "1. [ ] one|"),
        ("  one|", "  - [ ] one|"),
        ("|", "- [ ] |"),
        ("«- [ ] a\n- [x] b|", "«- [x] a\n- [x] b|"),
        ("«- [x] a\n- [x] b|", "«- [ ] a\n- [ ] b|"),
        ("«a\n\n- b|", "- [ ] «a\n\n- [ ] b|"),
    ],
)
def test_boxes_are_made_and_checked(before: str, after: str) -> None:
    text, anchor, caret = read(before)
    assert write(text, line_edits.toggle_box(text, anchor, caret)) == after


@pytest.mark.parametrize(
    ("before", "mark", "after"),
    [
        ("a «word| b", "**", "a **«word|** b"),
        ("a **«word|** b", "**", "a «word| b"),
        ("a «**word**| b", "**", "a «word| b"),
        ("a |word« b", "*", "a *|word«* b"),
        ("a **«word|** b", "*", "a ***«word|*** b"),
        ("a ***«word|*** b", "*", "a **«word|** b"),
        ("a wo|rd b", "**", "a **wo|rd** b"),
        ("a word| b", "**", "a **word|** b"),
        ("a **wo|rd** b", "**", "a wo|rd b"),
        ("a | b", "**", "a **|** b"),
        ("a **|** b", "**", "a | b"),
        ("«- one\n- two|", "**", "- **«one**\n- **two|**"),
        ("« pad |", "*", "« *pad* |"),
        ("it’|s", "*", "*it’|s*"),
    ],
)
def test_marks_are_set_and_taken_away(before: str, mark: str, after: str) -> None:
    text, anchor, caret = read(before)
    done = line_edits.toggle_mark(text, anchor, caret, mark)
    assert edits.apply(done.edit, text) == after.replace("|", "").replace("«", "")
    low, high = sorted((done.anchor, done.caret))
    inner = edits.apply(done.edit, text)[low:high]
    marks = sorted(after.index(mark) for mark in "|«" if mark in after)
    wanted = after[marks[0] + 1 : marks[1]] if len(marks) == 2 else ""
    assert inner.strip("* -") == wanted.strip("* -")


@pytest.mark.parametrize(
    ("before", "pasted", "after"),
    [
        ("see «this| now", "https://example.org/a", "see [this](https://example.org/a)| now"),
        ("«this|", " mailto:someone@example.org\n", "[this](mailto:someone@example.org)|"),
        ("«this|", "https://example.org/a_(b)", "[this](<https://example.org/a_(b)>)|"),
        ("«this|", "just words", None),
        ("«this|", "https://example.org and more", None),
        ("«https://example.org|", "https://example.com", None),
        ("«two\nlines|", "https://example.org", None),
        ("th|is", "https://example.org", None),
        ("«this|", "javascript:alert(1)", None),
    ],
)
def test_an_address_pasted_over_words_makes_a_link(
    before: str, pasted: str, after: str | None
) -> None:
    text, anchor, caret = read(before)
    assert write(text, line_edits.link(text, anchor, caret, pasted)) == after
