"""Frozen small histories and what they come to; nothing here may ever change."""

from __future__ import annotations

import json
from random import Random

from goatcore.history.item_state import ChangeRecord, ItemState
from goatcore.values import pack, unpack


def commit(letter):
    return letter.encode() * 32


def letters(commits):
    return "".join(sorted(chr(one[0]) for one in commits))


def records_of(vector):
    for letter, author, seq, stamp, parents, operations in vector["changes"]:
        on = tuple(commit(parent) for parent in parents)
        edits = tuple(tuple(operation) for operation in operations)
        yield ChangeRecord(author.encode() * 32, seq, commit(letter), stamp, on, edits)


def shown(state):
    """What the vectors say of a state."""
    found = {
        "heads": letters(state.heads),
        "history": "".join(chr(entry.commit[0]) for entry in state.history()),
        "visible": state.visible,
        "flagged": state.flagged,
    }
    if "body" in state.texts:
        found["body"] = state.text("body")
        found["writers"] = "".join(
            chr(entry.commit[0]) * size for size, entry in state.blame("body")
        )
    if state.registers:
        found["registers"] = {name: state.alternatives(name) for name in state.registers}
    return found


def test_every_vector_holds_in_every_order_read_or_unread(vectors, histories):
    cases = json.loads((vectors / "item_states.json").read_text("utf-8"))
    assert len(cases) == 22
    for vector in cases:
        expected = dict(vector["expected"])
        versions = expected.pop("versions", {})
        records = list(records_of(vector))
        random = Random(vector["name"])
        orders = [records, *[histories.shuffled(random, records) for _ in range(12)]]
        for at, order in enumerate(orders):
            state = ItemState()
            for record in order:
                state.apply(record)
                if at % 2:
                    state.text("body")  # reading keeps a walk; not reading replays at the end
                if at % 3 == 2:  # away and back again after every change
                    state = ItemState.resumed(unpack(pack(state.snapshot())), order.__iter__)
            assert shown(state) == expected, vector["name"]
            for letter, text in versions.items():
                assert state.text_at("body", [commit(letter)]) == text, vector["name"]


def test_the_plain_reading_agrees_with_the_vectors(vectors, naive):
    cases = json.loads((vectors / "item_states.json").read_text("utf-8"))
    for vector in cases:
        meaning = naive.Meaning(list(records_of(vector)))
        expected = vector["expected"]
        assert letters(meaning.heads()) == expected["heads"]
        assert meaning.text("body") == expected.get("body", "")
        assert (meaning.visible(), meaning.flagged()) == (expected["visible"], expected["flagged"])
