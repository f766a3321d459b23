"""The state of an item at any version, against the plain reading of that version alone."""

from __future__ import annotations

import random

import pytest

from goatcore.history.footprint import footprint
from goatcore.history.item_state import ChangeRecord, ItemState
from goatcore.history.states_at import PastStates


def past_of(records):
    """A live state of these changes, and its past."""
    state, by_commit = ItemState(), {record.commit: record for record in records}
    for record in records:
        state.apply(record)
    return PastStates(state, by_commit.__getitem__)


def distinct(naive, histories, chance, steps):
    """A random history in which no two root changes are equal."""
    kept, names = naive.merged(histories.random_history(chance, steps))
    records = [
        record._replace(parents=tuple(names[parent] for parent in record.parents))
        for record in kept.values()
    ]
    return histories.shuffled(chance, records)


def shown(fields, texts):
    return {
        "visible": fields.visible,
        "registers": {n: repr(fields.alternatives(n)) for n in ("done", "date")},
        "members": repr(fields.members("tags")),
        "entries": repr(fields.entries("tags")),
        "total": fields.total("tags"),
        "texts": {name: texts.text(name) for name in ("body", "title")},
    }


@pytest.mark.parametrize("seed", range(300))
def test_a_version_is_what_its_commits_and_all_they_had_seen_mean(naive, histories, seed):
    chance = random.Random(seed)
    records = distinct(naive, histories, chance, chance.randint(1, 25))
    past = past_of(records)
    commits = {record.commit: record for record in records}
    for _ in range(4):
        version = chance.sample(sorted(commits), chance.randint(1, min(3, len(commits))))
        seen = histories.closed(commits, version)
        alone = ItemState()
        for record in records:
            if record.commit in seen:
                alone.apply(record)
        at = past.at(version)
        assert shown(at.fields, at) == shown(alone, alone)
        assert at.visible == alone.visible
        assert at.heads == alone.heads


@pytest.mark.parametrize("seed", range(100))
def test_without_some_changes_fields_are_as_if_these_had_done_nothing(naive, histories, seed):
    chance = random.Random(seed)
    records = distinct(naive, histories, chance, chance.randint(2, 20))
    past = past_of(records)
    dropped = {r.commit for r in records if r.parents and chance.random() < 0.4}
    plain = ItemState()
    for record in records:
        plain.apply(record._replace(operations=()) if record.commit in dropped else record)
    heads = [past.live.vertex(commit) for commit in past.live.heads]
    assert shown(past.fields(heads, dropped), plain) == shown(plain, plain)


def change(number, operations, parents=(), stamp=0):
    return ChangeRecord(b"A" * 32, number, bytes([number]) * 32, stamp, parents, operations)


def test_only_changes_that_still_matter_are_fetched():
    records = [change(1, ((0, "title", "a"), (1, "body", 0, 0, "x")))]
    for number in range(2, 60):
        operation = (0, "done", number) if number % 2 else (1, "body", 0, 0, "y")
        records.append(change(number, (operation,), (records[-1].commit,)))
    fetched = []
    state = ItemState()
    for record in records:
        state.apply(record)

    def fetch(commit):
        fetched.append(commit[0])
        return records[commit[0] - 1]

    past = PastStates(state, fetch)
    at = past.at([bytes([30]) * 32])
    assert at.fields.value("done") == 29
    assert at.fields.value("title") == "a"
    assert at.text("body") == "y" * 15 + "x"
    assert fetched == [1, 29]


def test_a_version_stays_the_same_when_more_comes():
    first = change(1, ((0, "title", "a"), (1, "body", 0, 0, "x")))
    past = past_of([first])
    at = past.at([first.commit])
    past.live.apply(change(2, ((0, "title", "b"), (1, "body", 0, 1, ""), (7,)), (first.commit,)))
    assert (at.fields.value("title"), at.text("body"), at.visible) == ("a", "x", True)
    assert past.at([first.commit]).visible


def test_a_commit_of_another_item_is_no_version():
    with pytest.raises(KeyError):
        past_of([change(1, ())]).at([b"?" * 32])


def test_a_footprint_leaves_texts_and_what_means_nothing_out():
    operations = ((1, "body", 0, 0, "x"), (0, "a", 1), (0, "a", 2), (7,), (64, 5), (17, "m", 1))
    assert footprint(operations) == ((0, "a"), (7, ""), (17, "m"))
