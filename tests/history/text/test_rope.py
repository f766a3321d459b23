"""The visible text, against a string."""

from __future__ import annotations

from random import Random

import pytest

from goatcore.history.text import rope as rope_module
from goatcore.history.text.rope import PART, Rope


@pytest.mark.parametrize("seed", range(60))
def test_any_splices_give_what_a_string_gives(seed, monkeypatch):
    random = Random(seed)
    if seed % 2:
        monkeypatch.setattr(rope_module, "PART", 4)
        monkeypatch.setattr(rope_module, "TYPED_MAX", 5)
    text = "".join(random.choices("abc", k=random.choice([0, 3, 3 * PART])))
    rope, typed = Rope(text), 0
    for step in range(250):
        position = random.randint(0, len(text) + 3)
        deleted = random.choice([0, 0, 1, 5, len(text)])
        inserted = "x" * random.choice([0, 1, 3, 30])
        if random.random() < 0.6:  # typing on, or deleting what was typed
            position, deleted, inserted = random.choice(
                [(typed, 0, "y"), (typed, 0, "zz"), (max(0, typed - 1), 1, ""), (typed, 1, "k")]
            )
        begin = min(position, len(text))
        end = min(position + deleted, len(text))
        assert rope.clipped(position, deleted) == (begin, max(0, end - begin))
        rope.splice(position, deleted, inserted)
        typed = begin + len(inserted)
        text = text[:begin] + inserted + text[max(begin, end) :]
        assert rope.size == len(text)
        if step % 7 == 0:
            assert str(rope) == text
    assert str(rope) == text


def test_a_copy_goes_its_own_way():
    rope = Rope("one" * PART)
    other = rope.copy()
    rope.splice(0, 3, "")
    other.splice(other.size, 0, "!")
    assert str(rope) == "one" * (PART - 1)
    assert str(other) == "one" * PART + "!"


def test_letters_outside_the_first_plane_count_one():
    rope = Rope("a😀b")
    assert rope.size == 3
    rope.splice(1, 1, "é")
    assert str(rope) == "aéb"
