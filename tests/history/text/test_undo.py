"""Undo of one's own edits although others went on."""

from __future__ import annotations

from random import Random

import pytest

from goatcore.history.item_state import ChangeRecord, ItemState
from goatcore.history.splices import TextSplice


def change(letter, parents, *splices):
    on = tuple(parent.encode() * 32 for parent in parents)
    edits = tuple((1, "body", *splice) for splice in splices)
    return ChangeRecord(letter.encode() * 32, 1, letter.encode() * 32, 1, on, edits)


def commits(letters):
    return [letter.encode() * 32 for letter in letters]


@pytest.fixture
def state():
    """ "one two three" of which b made "one TWO three" and c, not knowing, "one two three four"."""
    state = ItemState()
    state.apply(change("a", "", (0, 0, "one two three")))
    state.apply(change("b", "a", (4, 3, "TWO")))
    state.apply(change("c", "a", (13, 0, " four")))
    assert state.text("body") == "one TWO three four"
    return state


def test_only_what_the_undone_change_did_is_taken_back(state):
    assert state.reversal("body", commits("b")) == [TextSplice(4, 3, ""), TextSplice(4, 0, "two")]
    assert state.reversal("body", commits("c")) == [TextSplice(13, 5, "")]


def test_several_changes_are_taken_back_at_once(state):
    splices = state.reversal("body", commits("bc"))
    assert splices == [TextSplice(4, 3, ""), TextSplice(4, 0, "two"), TextSplice(13, 5, "")]


def test_what_two_people_deleted_comes_back_only_if_both_are_undone(state):
    state.apply(change("d", "a", (4, 4, "")))
    assert state.text("body") == "one TWOthree four"
    assert state.reversal("body", commits("d")) == [TextSplice(7, 0, " ")]
    assert state.reversal("body", commits("bd")) == [
        TextSplice(4, 3, ""),
        TextSplice(4, 0, "two"),
        TextSplice(7, 0, " "),
    ]


def test_a_change_that_did_nothing_here_has_nothing_to_take_back(state):
    state.apply(change("e", "bc"))
    assert state.reversal("body", commits("e")) == []
    assert state.reversal("title", commits("e")) == []
    assert state.reversal("body", []) == []


@pytest.mark.parametrize("seed", range(60))
def test_undo_leaves_what_would_be_there_without_the_changes(seed, naive, histories):
    random = Random(seed)
    records = histories.random_history(random, random.choice([12, 30]))
    meaning = naive.Meaning(records)
    state = ItemState()
    state.rebuild(histories.shuffled(random, records))
    for name in state.texts:
        for _ in range(6):
            undone = {random.choice(records).commit for _ in range(random.randint(1, 3))}
            splices = state.reversal(name, undone)
            names = {meaning.names[commit] for commit in undone}
            assert histories.spliced(state.text(name), splices) == meaning.without(name, names)
