"""A passage of an old text is brought back where it stood: what comes with it and what stays."""

from __future__ import annotations

import random

import pytest

from goatcore.history.item_state import ItemState
from goatcore.history.passage import Letters, lettered, splices_back
from goatcore.history.splices import TextSplice
from goatcore.history.text.alignment import Stretch


def brought_back(letters, start, stop):
    """The text of now after the passage came back."""
    text = "".join(piece.text for piece in letters if piece.now)
    for position, deleted, inserted in splices_back(letters, start, stop):
        assert position + deleted <= len(text)
        text = text[:position] + inserted + text[position + deleted :]
    return text


def row(*pieces):
    """Letters from words: `=kept`, `-gone`, `+new`."""
    return [Letters(piece[1:], piece[0] != "+", piece[0] != "-") for piece in pieces]


@pytest.mark.parametrize(
    ("letters", "passage", "wanted"),
    [
        # a word that went, one that was replaced, before or behind where it stood
        (row("=Sow ", "-two ", "=rows"), "two ", "Sow two rows"),
        (row("=Sow ", "-two", "+three", "= rows"), "two", "Sow two rows"),
        (row("=Sow ", "+three", "-two", "= rows"), "two", "Sow two rows"),
        # half of it is there still, and something was written in between
        (row("=Sow two", "+ long", "= rows", "- of oats", "=."), "two rows of oats",
         "Sow two rows of oats."),
        # what was written beside a passage that is there stays
        (row("=Sow ", "+only ", "=two", "+ or three", "= rows"), "two",
         "Sow only two or three rows"),
        # what stands for more than the passage stays
        (row("=Sow ", "-two rows", "+everything", "=."), "two", "Sow twoeverything."),
        # a whole line comes back as a line of its own
        (row("=A\n", "-B\n", "=C"), "B\n", "A\nB\nC"),
        (row("=A\n", "-B\n", "=C"), "B", "A\nB\nC"),
        (row("=A", "-\nB", "=\nC"), "B", "A\nB\nC"),
        (row("=A", "-\nB\n", "=C"), "B\n", "A\nB\nC"),
        (row("=A", "-\nB"), "B", "A\nB"),
        (row("-A\nB\n", "=C"), "B\n", "B\nC"),
        # a line that was written anew goes; lines of others do not
        (row("=A\n", "-B", "+new", "=\nC"), "B\n", "A\nB\nC"),
        (row("=A\n", "+X\nnew", "-B", "=\nC"), "B", "A\nX\nB\nC"),
        (row("=A\n", "+X\n", "-B\n", "=C"), "B\n", "A\nX\nB\nC"),
        (row("=A\n", "-B\n", "+X\n", "=C"), "B\n", "A\nB\nX\nC"),
        (row("=A\n", "-B\n", "+Y", "=C"), "B\n", "A\nB\nYC"),
        # nothing is left
        (row("-All that was"), "that", "that"),
        (row("-All that was", "+New"), "All that was", "All that was"),
    ],
)  # fmt: skip
def test_a_passage_comes_back_where_it_stood(letters, passage, wanted):
    then = "".join(piece.text for piece in letters if piece.then)
    start = then.index(passage)
    assert brought_back(letters, start, start + len(passage)) == wanted


def test_what_is_there_needs_no_splice():
    assert splices_back(row("=Sow two rows", "+ and more"), 4, 7) == []
    assert splices_back(row("-gone", "=there"), 2, 2) == []


def test_letters_that_are_there_are_not_written_anew():
    letters = row("=Sow two", "+ long", "= rows", "- of oats")
    assert splices_back(letters, 0, 21) == [TextSplice(7, 5, ""), TextSplice(12, 0, " of oats")]


def test_words_that_an_undo_wrote_anew_are_those_that_were_there():
    stretches = [Stretch(2, True, True), Stretch(12, True, False), Stretch(12, False, True)]
    then = now = "A\nB one\nC two\n"
    letters = lettered(stretches, then, now)
    assert letters == row("=A\n", "=B one\nC two\n")
    assert splices_back(letters, 2, 8) == []


def test_a_line_break_in_both_does_not_make_one_line_of_another():
    stretches = [Stretch(2, True, True), Stretch(2, True, False), Stretch(2, False, True)]
    letters = lettered(stretches, "A\nB\n", "A\nX\n")
    assert letters == row("=A\n", "-B\n", "+X\n")


@pytest.mark.parametrize("seed", range(150))
def test_any_passage_of_any_version_is_there_afterwards(histories, seed):
    chance = random.Random(seed)
    state = ItemState()
    for record in histories.random_history(chance, chance.randint(2, 25)):
        state.apply(record)
    now = state.text("body")
    for commit in chance.sample(sorted(state.commits), min(3, state.count)):
        then = state.text_at("body", [commit])
        stretches = state.aligned("body", [commit])
        assert sum(one.size for one in stretches if one.then) == len(then)
        assert sum(one.size for one in stretches if one.now) == len(now)
        letters = lettered(stretches, then, now)
        assert "".join(piece.text for piece in letters if piece.then) == then
        assert "".join(piece.text for piece in letters if piece.now) == now
        if then:
            start = chance.randrange(len(then))
            stop = chance.randint(start + 1, len(then))
            assert then[start:stop] in brought_back(letters, start, stop)
