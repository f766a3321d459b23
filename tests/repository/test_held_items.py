"""Items are found by number for as long as somebody has them."""

from __future__ import annotations

import gc
from weakref import ref

import pytest

from goatcore.repository import held_items
from goatcore.repository.held_items import HeldItems
from goatcore.repository.item import item_class
from goatcore.schema import Schema, string

CLASS = item_class(Schema("note", 1, title=string()), None)


@pytest.fixture
def held():
    return HeldItems()


def test_what_nobody_has_is_not_found(held):
    one, two = CLASS("one"), CLASS("two")
    held.put(1, one)
    held.put_all([(2, two)])
    assert (held.get(1), held.get(2), held.get(3), len(held)) == (one, two, None, 2)
    del one
    gc.collect()
    assert (held.get(1), held.get(2), len(held)) == (None, two, 1)
    assert (held.any_of([1, 3]), held.any_of([1, 2])) == (False, True)
    held.drop(2)
    assert (held.get(2), len(held), bool(held)) == (None, 0, True)
    held.clear()
    assert not held


def test_a_number_may_be_another_items_later(held):
    first = CLASS("first")
    held.put(1, first)
    second = CLASS("second")
    held.put(1, second)
    del first
    gc.collect()
    assert held.get(1) is second


def test_what_went_takes_no_room(held, monkeypatch):
    monkeypatch.setattr(held_items, "LOST_MIN", 4)
    items = [CLASS(str(n)) for n in range(100)]
    held.put_all(enumerate(items))
    kept = items[::10]
    del items
    gc.collect()
    assert len(held._refs) < 25
    assert [held.get(n).key for n in range(0, 100, 10)] == [item.key for item in kept]


def test_it_goes_before_its_items():
    item, held = CLASS("one"), HeldItems()
    held.put(1, item)
    gone = ref(held)
    gc.disable()  # no cycle keeps it
    try:
        del held
        assert gone() is None
    finally:
        gc.enable()
    del item  # and tells nobody
