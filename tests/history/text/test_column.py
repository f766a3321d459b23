"""Operations as they happened."""

from __future__ import annotations

from goatcore.history.splices import TextSplice
from goatcore.history.text.column import LETTERS, TYPING_MAX, Column


def typed(word, position=0):
    """A column in which `word` was typed, one event a letter."""
    column = Column()
    for event, sign in enumerate(word):
        splice = TextSplice(position + event, 0, sign)
        column.append(event, [splice], continues=event > 0)
    return column


def test_typing_over_several_events_is_one_operation():
    assert list(typed("hello", 3).operations(0, 5)) == [(0, 3, 0, "hello")]


def test_any_part_of_typing_can_be_had():
    column = typed("hello", 3)
    assert list(column.operations(1, 4)) == [(1, 4, 0, "ell")]
    assert list(column.operations(4, 5)) == [(4, 7, 0, "o")]
    assert list(column.operations(2, 2)) == []


def test_an_event_that_does_not_continue_begins_anew():
    column = typed("ab")
    column.append(2, [TextSplice(2, 0, "c")], continues=False)
    column.append(3, [TextSplice(9, 0, "d")], continues=True)
    column.append(4, [TextSplice(10, 1, "e")], continues=True)
    column.append(5, [TextSplice(11, 0, "f"), TextSplice(12, 0, "g")], continues=True)
    column.append(6, [TextSplice(13, 0, "h")], continues=True)
    assert list(column.operations(0, 7)) == [
        (0, 0, 0, "ab"),
        (2, 2, 0, "c"),
        (3, 9, 0, "d"),
        (4, 10, 1, "e"),
        (5, 11, 0, "f"),
        (5, 12, 0, "g"),
        (6, 13, 0, "h"),
    ]
    assert list(column.letters) == [0, 1, 2, 3, 4, 5, 7, 8]


def test_a_very_long_run_of_typing_is_cut():
    column = typed("x" * (TYPING_MAX + 1))
    sizes = [len(inserted) for _, _, _, inserted in column.operations(0, TYPING_MAX + 1)]
    assert sizes == [TYPING_MAX, 1]


def test_signed_operations_spell_who_typed_each_letter():
    column = typed("abc")
    column.append(3, [TextSplice(1, 2, "xy")], continues=True)
    assert list(column.signed(0, 4, 0)) == [(0, 0, 0, "\0\1\2"), (3, 1, 2, "\3\3")]
    assert list(column.signed(1, 4, 1)) == [(1, 1, 0, "\0\0"), (3, 1, 2, "\0\0")]
    assert LETTERS == 0x110000
