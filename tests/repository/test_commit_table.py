"""The commit table over what a checkpoint has of it, while logs are written anew."""

from __future__ import annotations

from array import array

import pytest

from goatcore.repository.commit_table import CommitTable

AUTH = (b"a" * 32,)
EPOCH = b"e" * 16


class Ground:
    """The first rows, as a checkpoint has them."""

    def __init__(self, positions):
        self.auths = [AUTH]
        self.epochs = [EPOCH]
        self.positions = positions
        self.count = len(positions)

    def position(self, order):
        return self.positions[order]

    def time(self, order):
        return order

    def auth(self, order):
        return 0

    def epoch(self, order):
        return 0


@pytest.fixture
def table():
    """Three rows of a ground and two beyond."""
    table = CommitTable()
    table.stand_on(Ground([10, 20, 30]))
    table.add(40, 3, AUTH, EPOCH)
    table.add(50, 4, AUTH, EPOCH)
    return table


def positions(table):
    return [table.position(order) for order in range(len(table))]


def test_rows_know_where_they_stand(table):
    assert table.stands_at(array("Q", [10, 20, 30, 40, 50]))
    for other in ([10, 20, 30, 40], [10, 20, 30, 40, 51], [10, 20, 31, 40, 50]):
        assert not table.stands_at(array("Q", other))


def test_when_the_log_is_written_anew_all_stand_elsewhere(table):
    table.move(array("Q", [1, 2, 3, 4, 5]))
    assert positions(table) == [1, 2, 3, 4, 5]
    assert table.stands_at(array("Q", [1, 2, 3, 4, 5]))
    assert [table.time(order) for order in range(5)] == [0, 1, 2, 3, 4]
    table.add(6, 5, AUTH, EPOCH)
    rows = table.rows()
    assert rows.moved is not None
    assert (rows.moved[:3], rows.positions) == (array("Q", [1, 2, 3]), array("Q", [4, 5, 6]))
    table.move(array("Q", [6, 5, 4, 3, 2, 1]))
    assert positions(table) == [6, 5, 4, 3, 2, 1]


def test_the_next_ground_has_it_so(table):
    table.move(array("Q", [1, 2, 3, 4, 5]))
    table.stand_on(Ground([1, 2, 3, 4]))
    assert positions(table) == [1, 2, 3, 4, 5]
    assert (table.rows().moved, table.rows().positions) == (None, array("Q", [5]))
