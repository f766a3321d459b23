"""Frozen histories of sets, maps and counters; nothing here may ever change."""

from __future__ import annotations

import json
from random import Random

import pytest

from goatcore.history.item_state import ChangeRecord, ItemState
from goatcore.values import pack, unpack


def commit(letter):
    return letter.encode() * 32


def records_of(vector):
    for letter, author, seq, stamp, parents, operations in vector["changes"]:
        on = tuple(commit(parent) for parent in parents)
        edits = tuple(tuple(operation) for operation in operations)
        yield ChangeRecord(author.encode() * 32, seq, commit(letter), stamp, on, edits)


def shown(state):
    """As the vectors say it; encoded where 1, True and 1.0 must not be taken for each other."""
    return {
        "sets": {name: [pack(one) for one in state.members(name)] for name in state.sets},
        "maps": {
            name: [
                [key, [pack(value) for value in state.entry_alternatives(name, key)]]
                for key, _ in state.entries(name)
            ]
            for name in state.maps
        },
        "counters": {name: state.total(name) for name in state.counters},
    }


def encoded(expected):
    sets = {name: [pack(one) for one in members] for name, members in expected["sets"].items()}
    maps = {
        name: [[key, [pack(value) for value in values]] for key, values in entries]
        for name, entries in expected["maps"].items()
    }
    return {**expected, "sets": sets, "maps": maps}


@pytest.fixture
def cases(vectors):
    found = json.loads((vectors / "container_states.json").read_text("utf-8"))
    assert len(found) == 9
    return found


def test_every_vector_holds_in_every_order(cases, histories):
    for vector in cases:
        records = list(records_of(vector))
        random = Random(vector["name"])
        for order in [records, *[histories.shuffled(random, records) for _ in range(12)]]:
            state = ItemState()
            for record in order:
                state.apply(record)
            assert shown(state) == encoded(vector["expected"]), vector["name"]


def test_the_plain_reading_agrees_with_the_vectors(cases, naive):
    for vector in cases:
        meaning = naive.Meaning(list(records_of(vector)))
        expected = encoded(vector["expected"])
        for name, members in expected["sets"].items():
            assert meaning.members(name) == sorted(members)
        for name, entries in expected["maps"].items():
            found = {unpack(key): list(map(pack, v)) for key, v in meaning.entries(name).items()}
            assert found == dict(entries)
        for name, total in expected["counters"].items():
            assert meaning.total(name) == total
