"""One list of hits becomes the next."""

from __future__ import annotations

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from goatcore.query import Update, replay
from goatcore.search.hits import Hit, difference
from goatcore.search.wanted import Wanted

ROWS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1)), unique_by=lambda row: row[0])
ITEMS = [
    SimpleNamespace(key=str(n), repository=SimpleNamespace(store=SimpleNamespace(repository=b"r")))
    for n in range(10)
]


def hits(rows):
    made = Wanted()
    return [
        Hit(ITEMS[number], None, made, 1.0 * at, b"stamp%d" % state, within=False)
        for at, (number, state) in enumerate(rows)
    ]


def names(rows):
    return [(hit.item.key, hit.stamp, hit.score) for hit in rows]


@given(ROWS, ROWS)
def test_splices_lead_from_the_old_hits_to_the_new(old, new):
    before, after = hits(old), hits(new)
    rows, splices = difference(before, after)
    assert names(rows) == names(after)
    assert replay(before, splices) == rows


@given(ROWS)
def test_what_shows_the_same_stays_and_is_not_told_of(rows):
    before = hits(rows)
    after, splices = difference(before, hits(rows))
    assert splices == []
    assert all(one is other for one, other in zip(before, after, strict=True))


def test_what_shows_something_else_is_told_of():
    before = hits([(1, 0), (2, 0)])
    after, splices = difference(before, hits([(1, 1), (2, 0)]))
    assert splices == [Update(0, after[0])]
    assert after[0] is not before[0]
