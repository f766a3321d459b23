"""Deletes, restores, and edits that met them."""

from __future__ import annotations

from goatcore.history.existence import Existence
from goatcore.history.graph import Graph, VertexName


class Item:
    """A graph and its existence."""

    def __init__(self):
        self.graph = Graph()
        self.existence = Existence(self.graph)

    def change(self, *parents, restores=False, deletes=False):
        vertex = self.graph.append(VertexName(b"", 1, b""), parents)
        self.existence.add(vertex, restores=restores, deletes=deletes)
        return vertex

    @property
    def shows(self):
        return self.existence.visible, self.existence.flagged


THERE, HIDDEN, SAVED = (True, False), (False, False), (True, True)


def test_an_item_is_there_once_it_has_a_change():
    item = Item()
    assert item.shows == HIDDEN
    item.change()
    assert item.shows == THERE


def test_a_delete_hides_and_a_later_edit_alone_does_not_bring_back():
    item = Item()
    root = item.change()
    delete = item.change(root, deletes=True)
    assert item.shows == HIDDEN
    item.change(delete)
    assert item.shows == HIDDEN


def test_a_restore_that_has_seen_the_delete_brings_back():
    item = Item()
    delete = item.change(item.change(), deletes=True)
    item.change(delete, restores=True)
    assert item.shows == THERE


def test_an_edit_that_had_not_seen_the_delete_brings_back_flagged():
    for late in (False, True):  # which of both arrives first
        item = Item()
        root = item.change()
        item.change(root, deletes=late)
        item.change(root, deletes=not late)
        assert item.shows == SAVED


def test_deleting_again_with_the_edit_seen_hides():
    item = Item()
    root = item.change()
    delete = item.change(root, deletes=True)
    edit = item.change(root)
    item.change(delete, edit, deletes=True)
    assert item.shows == HIDDEN


def test_two_deletes_at_once_hide_and_one_restore_does_not_undo_the_other():
    item = Item()
    root = item.change()
    one = item.change(root, deletes=True)
    other = item.change(root, deletes=True)
    assert item.shows == HIDDEN
    restore = item.change(one, restores=True)
    assert item.shows == SAVED  # the restore itself had not seen the other delete
    item.change(restore, other, restores=True)
    assert item.shows == THERE


def test_every_change_must_be_covered_by_some_standing_delete():
    item = Item()
    left = item.change()
    right = item.change()
    item.change(left, deletes=True)
    assert item.shows == SAVED
    item.change(right, deletes=True)
    assert item.shows == HIDDEN


def test_restore_and_delete_in_one_change_follow_their_order():
    item = Item()
    delete = item.change(item.change(), deletes=True)
    again = item.change(delete, restores=True, deletes=True)
    assert item.shows == HIDDEN
    assert item.existence.deletes == (again,)
