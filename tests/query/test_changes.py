from types import SimpleNamespace

import pytest

from goatcore.query.changes import RowChange, coalesced

ROW = SimpleNamespace(key="r")


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
    assert coalesced([RowChange(kind, ROW) for kind in kinds]) == [RowChange(sum_, ROW)]


def test_rows_keep_the_order_of_their_first_change_and_fields_add_up():
    other = SimpleNamespace(key="o")
    changes = [
        RowChange("edited", ROW, frozenset({"a"})),
        RowChange("added", other),
        RowChange("edited", ROW, frozenset({"b"})),
    ]
    assert coalesced(changes) == [
        RowChange("edited", ROW, frozenset({"a", "b"})),
        RowChange("added", other),
    ]
