"""The arithmetic of window edges, against slices of a plain list, for every splice there is."""

import itertools
from types import SimpleNamespace

import pytest

from goatcore.query import Insert, Move, Remove, Update, replay
from goatcore.query.operators.ordered import Ordered, Subscription
from goatcore.query.operators.window import Window


class ListOfRows(Ordered):
    """An ordered operator over a list that the test changes; a row's ordinal is its key."""

    def __init__(self, rows, outbox):
        super().__init__(outbox)
        self.list = rows
        self.known = {int(row.key): row for row in rows}

    def apply(self, splice):
        self.list = replay(self.list, [splice])
        ordinal = int(splice.row.key)
        self.known[ordinal] = splice.row
        self.publish(splice, ordinal, frozenset({"title"}))

    def __len__(self):
        return len(self.list)

    def at(self, index):
        assert 0 <= index < len(self.list)
        return int(self.list[index].key)

    def slice(self, start, stop):
        return [int(row.key) for row in self.list[start:stop]]

    def rank(self, ordinal):
        row = self.known[ordinal]
        return self.list.index(row) if row in self.list else None

    def row(self, ordinal):
        return self.known[ordinal]

    def ordinal(self, row):
        return int(row.key)

    def admits(self, ordinal):
        return self.known[ordinal] in self.list

    def unsettled(self):
        return frozenset()

    @property
    def progress(self):
        return 0, 0

    def step(self):
        return True

    def chunks(self):
        yield self.slice(0, len(self.list))

    def check(self):
        pass


def every_splice(rows, new):
    for index in range(len(rows) + 1):
        yield Insert(index, new)
    for index, row in enumerate(rows):
        yield Remove(index, row)
        yield Update(index, row)
        for target in range(len(rows)):
            if target != index:
                yield Move(index, target, row)


@pytest.mark.parametrize("count", range(7))
def test_a_window_is_the_slice_after_every_splice_and_says_how_it_came_there(count):
    for offset, limit in itertools.product(range(5), [0, 1, 2, 3, 10, None]):
        rows = [SimpleNamespace(key=str(n)) for n in range(count)]
        for splice in every_splice(rows, SimpleNamespace(key="99")):
            outbox = []
            upstream = ListOfRows(rows, outbox)
            window = Window(upstream, offset, limit, outbox)
            subscription = Subscription(lambda splices: None)
            window.subscribe(subscription)
            before = list(map(window.row, window.slice(0, len(window))))
            upstream.apply(splice)
            expected = upstream.list[offset:] if limit is None else upstream.list[offset:][:limit]
            ordinals = [int(row.key) for row in expected]
            splices, told = window.take_splices()
            assert window.slice(0, len(window)) == ordinals
            assert list(itertools.chain(*window.chunks())) == ordinals
            assert len(window) == len(expected)
            assert [window.at(i) for i in range(len(window))] == ordinals
            assert [window.rank(one) for one in ordinals] == list(range(len(expected)))
            assert all(map(window.admits, ordinals))
            assert replay(before, splices) == expected, (offset, limit, splice)
            assert [reference() for reference in told] == [subscription]
            if before == expected and not isinstance(splice, Update):
                assert len(splices) <= 1  # a row may move within the window's own order only
