"""An item's changes in one row."""

from __future__ import annotations

import random

import pytest

from goatcore.history.item_state import ChangeRecord, ItemState
from goatcore.history.timeline import Timeline

MS = 1 << 16


def change(number, parents=(), stamp_ms=0, author="A"):
    commit = bytes([number]) * 32
    on = tuple(bytes([parent]) * 32 for parent in parents)
    operations = ((0, "n", number),)
    return ChangeRecord(author.encode() * 32, number, commit, stamp_ms * MS, on, operations)


def timeline_of(*records):
    state = ItemState()
    for record in records:
        state.apply(record)
    return Timeline(state)


def heads(timeline):
    return [[commit[0] for commit in timeline.heads(at)] for at in range(len(timeline))]


def test_work_one_after_the_other_has_one_head_each():
    timeline = timeline_of(change(1), change(2, [1]), change(3, [2]))
    assert heads(timeline) == [[1], [2], [3]]
    assert [timeline.is_next(at) for at in range(3)] == [True, True, True]


def test_work_at_the_same_time_has_several_heads_until_somebody_saw_both():
    timeline = timeline_of(
        change(1), change(2, [1], 5), change(3, [1], 4, "B"), change(4, [2, 3], 6)
    )
    assert [entry.commit[0] for entry in timeline.entries] == [1, 3, 2, 4]
    assert heads(timeline) == [[1], [3], [2, 3], [4]]
    assert [timeline.is_next(at) for at in range(4)] == [True, True, False, True]


def test_a_moment_is_a_beginning_of_the_row():
    timeline = timeline_of(change(1, (), 10), change(2, [1], 20), change(3, [1], 15, "B"))
    assert [timeline.count_until(ms) for ms in (9, 10, 15, 19, 20, 99)] == [0, 1, 2, 2, 3, 3]


def test_what_saw_a_change_of_a_fast_clock_comes_after_it():
    timeline = timeline_of(change(1, (), 10), change(2, [1], 90), change(3, [2], 20, "B"))
    assert [timeline.count_until(ms) for ms in (20, 89, 90)] == [1, 1, 3]


def test_a_timeline_knows_when_there_is_a_newer_one():
    state = ItemState()
    state.apply(change(1))
    timeline = Timeline(state)
    assert timeline.is_of(state)
    assert not timeline.is_of(ItemState())
    state.apply(change(2, [1]))
    assert not timeline.is_of(state)


def test_another_name_of_the_first_change_makes_another_timeline():
    state = ItemState()
    state.apply(change(9)._replace(operations=((0, "n", 0),)))
    timeline = Timeline(state)
    state.apply(change(1)._replace(operations=((0, "n", 0),)))
    assert not timeline.is_of(state)
    assert [entry.commit[0] for entry in Timeline(state).entries] == [1]


@pytest.mark.parametrize("seed", range(60))
def test_all_devices_have_the_same_row_and_versions(histories, seed):
    chance = random.Random(seed)
    records = histories.random_history(chance, 20)
    rows = []
    for order in (records, histories.shuffled(chance, records)):
        timeline = timeline_of(*order)
        rows.append([(e, timeline.heads(at)) for at, e in enumerate(timeline.entries)])
    assert rows[0] == rows[1]


@pytest.mark.parametrize("seed", range(60))
def test_a_version_of_the_row_holds_exactly_the_changes_up_to_it(histories, seed):
    chance = random.Random(seed)
    state = ItemState()
    for record in histories.random_history(chance, 20):
        state.apply(record)
    timeline = Timeline(state)
    for at in range(len(timeline)):
        names = {entry.commit for entry in timeline.entries[: at + 1]}
        assert state.past(timeline.heads(at)) == names


def test_links_lead_to_the_places_of_what_a_change_was_made_on():
    timeline = timeline_of(change(1), change(2, [1], 5), change(3, [1], 2), change(4, [2, 3], 9))
    assert [entry.commit[0] for entry in timeline.entries] == [1, 3, 2, 4]
    assert timeline.links() == [(), (0,), (0,), (1, 2)]


@pytest.mark.parametrize("seed", range(40))
def test_links_and_sizes_are_those_of_the_changes(histories, seed):
    state = ItemState()
    records = histories.random_history(random.Random(seed), 30)
    for record in records:
        state.apply(record)
    timeline = Timeline(state)
    links, sizes, graph = timeline.links(), timeline.sizes("body"), state.graph
    by_commit = {record.commit: record for record in records}
    for place, entry in enumerate(timeline.entries):
        parents = graph.parents(state.vertex(entry.commit))
        on = {timeline.entries[link].commit for link in links[place]}
        assert on == {state.commit(parent) for parent in parents}
        assert all(link < place for link in links[place])
        splices = [o[2:] for o in by_commit[entry.commit].operations if o[:2] == (1, "body")]
        assert sizes[place][0] == sum(len(inserted) for _, _, inserted in splices)
        assert sizes[place][1] == sum(deleted for _, deleted, _ in splices)
