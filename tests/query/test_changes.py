from types import SimpleNamespace

import pytest

from goatcore.query.changes import RowChange, coalesced

ROW = SimpleNamespace(key="r")


def change(kind, *fields):
    return RowChange(kind, ROW, frozenset(fields), 1)


@pytest.mark.parametrize(
    ("kinds", "sum_"),
    [
        (["added", "edited"], "added"),
        (["added", "removed"], "removed"),
        (["edited", "removed"], "removed"),
        (["removed", "added"], "edited"),
        (["removed", "added", "removed"], "removed"),
        (["added", "removed", "added"], "edited"),
        (["edited", "edited"], "edited"),
    ],
)
def test_a_batch_says_one_thing_about_a_row(kinds, sum_):
    assert coalesced([change(kind) for kind in kinds]) == [change(sum_)]


def test_rows_keep_the_order_of_their_first_change_and_fields_add_up():
    other = SimpleNamespace(key="o")
    changes = [
        change("edited", "a"),
        RowChange("added", other, frozenset(), 2),
        change("edited", "b"),
    ]
    assert coalesced(changes) == [
        change("edited", "a", "b"),
        RowChange("added", other, frozenset(), 2),
    ]
