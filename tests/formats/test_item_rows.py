"""Rows of a checkpoint's items: bytes that never change (FORMATS.md section 7.1)."""

from __future__ import annotations

from goatcore.history.body import Change
from goatcore.history.operations import DELETE, REGISTER_SET, TEXT_SPLICE
from goatcore.ids import ItemKey
from goatcore.repository.item_row import Row, made_row, pack_row
from goatcore.values import unpack

MADE = bytes.fromhex("98a46d696c6b0201002a000094a57469746c65a44d696c6ba4646f6e65c2")
MERGED = bytes.fromhex(
    "9ca46d696c6b02030a2a0592000992a57469746c65a44d696c6b92a4626f6479a36f6174cd03e80402"
)


def test_what_one_commit_made_is_short():
    operations = ((REGISTER_SET, "title", "Milk"), (REGISTER_SET, "done", False))
    change = Change(ItemKey("milk"), "note", 1, (), operations)
    assert made_row(2, change, 42) == MADE
    row = Row(*unpack(MADE))
    assert pack_row(row) == MADE
    assert pack_row(row._replace(texts=[], twins=[], writers=[], sets=[])) == MADE
    assert row == Row(ItemKey("milk"), 2, 1, 0, 42, 0, 0, ["title", "Milk", "done", False])
    assert row.visible
    assert row.oldest_version == 1


def test_what_several_made_says_who():
    row = Row(
        ItemKey("milk"), 2, 3, 10, 42, 5, [0, 9], ["title", "Milk"], ["body", "oat"], 1000, 4, 2
    )
    assert pack_row(row) == MERGED
    assert Row(*unpack(MERGED)) == row
    assert row.visible  # flagged: somebody edited beside the delete
    assert row.oldest_version == 2


def test_what_is_unusual_is_walked():
    spliced = (TEXT_SPLICE, "body", 0, 0, "oat")
    for operations in (None, ((DELETE,),), (spliced, spliced), (spliced,)):
        assert made_row(2, Change(ItemKey("milk"), "note", 1, (), operations), 42) is None
