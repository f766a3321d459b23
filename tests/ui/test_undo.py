"""Undo takes back one's own edits, and only those."""

from __future__ import annotations

import random

from ui.bridge import edits
from ui.bridge.undo import PAUSE_MS, UndoStack


class Paper:
    """A text with an undo stack, edited by two."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.stack = UndoStack()
        self.now_ms = 0

    def type(self, position: int, deleted: int, inserted: str) -> None:
        old = self.text[position : position + deleted]
        self.text = edits.apply(edits.splice_edit(position, deleted, inserted), self.text)
        self.stack.mine(position, old, inserted, self.now_ms)

    def write(self, position: int, letters: str) -> None:
        for offset, letter in enumerate(letters):
            self.type(position + offset, 0, letter)

    def receive(self, position: int, deleted: int, inserted: str) -> None:
        edit = edits.splice_edit(position, deleted, inserted)
        self.text = edits.apply(edit, self.text)
        self.stack.theirs(edit)

    def undo(self) -> str:
        self.text = edits.apply(self.stack.undo(self.text), self.text)
        return self.text

    def redo(self) -> str:
        self.text = edits.apply(self.stack.redo(self.text), self.text)
        return self.text


def test_typing_is_undone_word_by_word() -> None:
    paper = Paper()
    paper.write(0, "oat milk")
    assert paper.undo() == "oat "
    assert paper.undo() == ""
    assert paper.undo() == ""
    assert paper.redo() == "oat "
    assert paper.redo() == "oat milk"
    assert not paper.stack.can_redo


def test_a_pause_begins_a_new_step() -> None:
    paper = Paper()
    paper.write(0, "oa")
    paper.now_ms += PAUSE_MS + 1
    paper.write(2, "ts")
    assert paper.undo() == "oa"


def test_erasing_is_one_step() -> None:
    paper = Paper("milk")
    for position in (3, 2, 1):
        paper.type(position, 1, "")
    assert paper.text == "m"
    assert paper.undo() == "milk"
    assert paper.redo() == "m"


def test_what_others_wrote_inside_mine_stays() -> None:
    paper = Paper()
    paper.write(0, "milk")
    paper.receive(2, 0, "--")
    assert paper.text == "mi--lk"
    assert paper.undo() == "--"
    assert paper.redo() == "mi--lk"


def test_what_others_removed_does_not_come_back_twice() -> None:
    paper = Paper("bread")
    paper.write(5, "butter")
    paper.receive(5, 6, "")
    assert paper.undo() == "bread"
    assert not paper.stack.can_undo


def test_a_new_edit_forgets_what_could_be_redone() -> None:
    paper = Paper()
    paper.write(0, "a")
    paper.undo()
    paper.write(0, "b")
    assert not paper.stack.can_redo
    assert paper.text == "b"


def test_undoing_everything_leaves_what_others_wrote() -> None:
    for seed in range(300):
        rng = random.Random(seed)
        paper = Paper()
        theirs = ""
        for _ in range(rng.randint(1, 40)):
            length = len(paper.text)
            kind = rng.random()
            if kind < 0.55:  # mine: only inserts, so that theirs is untouched by me
                paper.now_ms += rng.choice((1, 5_000))
                letters = "".join(rng.choices("abc \n", k=rng.randint(1, 3)))
                paper.type(rng.randint(0, length), 0, letters)
            elif kind < 0.8:
                word = "".join(rng.choices("XYZ", k=2))
                paper.receive(rng.randint(0, length), 0, word)
                theirs += word
            elif kind < 0.9:
                paper.undo()
            else:
                paper.redo()
            paper.stack.check(paper.text)
        while paper.stack.can_undo:
            paper.undo()
        assert sorted(paper.text) == sorted(theirs), seed
        assert not set(paper.text) & set("abc \n"), seed


def test_undo_and_redo_are_exact_alone() -> None:
    for seed in range(200):
        rng = random.Random(seed)
        paper = Paper("The goat ate the oats.")
        for _ in range(rng.randint(1, 30)):
            paper.now_ms += rng.choice((1, 5_000))
            position = rng.randint(0, len(paper.text))
            deleted = rng.randint(0, min(3, len(paper.text) - position))
            letters = "".join(rng.choices("ab😀\n", k=rng.randint(0, 3)))
            if deleted or letters:
                paper.type(position, deleted, letters)
        last = paper.text
        while paper.stack.can_undo:
            paper.undo()
        assert paper.text == "The goat ate the oats."
        while paper.stack.can_redo:
            paper.redo()
        assert paper.text == last
