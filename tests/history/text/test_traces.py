"""Real editing traces, where GOAT_TRACES names the folder that has them; generated ones always."""

from __future__ import annotations

import gzip
import json
from random import Random

import pytest

from goatcore.history.graph import Graph, VertexName
from goatcore.history.item_state import ChangeRecord, ItemState
from goatcore.history.splices import TextSplice
from goatcore.history.text import TextField


def load(folder, name):
    if folder is None or not (folder / name).exists():
        pytest.skip("the environment variable GOAT_TRACES names no folder with this trace")
    path = folder / name
    with gzip.open(path) if name.endswith("gz") else path.open("rb") as file:
        return json.load(file)


def splices_of(transaction):
    """Patches of a transaction as splices; a patch may hold several triples."""
    return [
        TextSplice(*p[at : at + 3]) for p in transaction["patches"] for at in range(0, len(p), 3)
    ]


def test_two_people_typing_at_once_end_in_their_text(traces):
    trace = load(traces, "friendsforever.json.gz")
    graph, cold = Graph(), None
    warm, cold = TextField(graph), TextField(graph)
    seqs, changes = {}, []
    assert warm.text == ""
    for number, transaction in enumerate(trace["txns"]):
        agent = transaction["agent"]
        seqs[agent] = seqs.get(agent, 0) + 1
        name = VertexName(bytes([agent]) * 32, seqs[agent], number.to_bytes(32, "big"))
        vertex = graph.append(name, transaction["parents"])
        edits = splices_of(transaction)
        warm.add(vertex, edits)
        changes.append((vertex, edits))
    cold.extend(changes)
    assert warm.text == trace["endContent"]
    assert cold.text == trace["endContent"]
    runs = cold.blame()
    assert sum(size for size, _ in runs) == len(trace["endContent"])
    for vertex in (100, 5_000, 20_000):
        assert warm.at([vertex]) == cold.at([vertex])


def test_one_person_writing_code_ends_in_their_text(traces):
    trace = load(traces, "sveltecomponent.json.gz")
    graph = Graph()
    field = TextField(graph)
    start = [TextSplice(0, 0, trace["startContent"])] if trace["startContent"] else []
    assert field.text == ""
    for number, transaction in enumerate([{"patches": start}, *trace["txns"]]):
        name = VertexName(b"A" * 32, number + 1, number.to_bytes(32, "big"))
        vertex = graph.append(name, graph.heads)
        edits = transaction["patches"] if not number else splices_of(transaction)
        field.add(vertex, edits)
    assert len(graph.run_start) == 1
    assert field.text == trace["endContent"]
    field.cool()
    assert field.text == trace["endContent"]


def conformance_changes(case):
    """A case of the walker's public conformance set as changes: (name, parents, splices), one an
    event run; transactions are cut where another one stands on their middle."""
    cuts = {parent + 1 for t in case["txns"] for parent in t["parents"]}
    ends, changes = {}, []
    for transaction in case["txns"]:
        event, _ = transaction["span"]
        parents = [ends[parent] for parent in transaction["parents"]]
        author, splices, first = transaction["agent"].encode(), [], event
        seq = transaction["seqStart"]

        def finish():
            nonlocal parents, splices, first, seq
            changes.append((VertexName(author, seq, b""), parents, splices))  # noqa: B023
            ends[event - 1] = len(changes) - 1  # noqa: B023
            seq += event - first  # noqa: B023
            parents, splices, first = [len(changes) - 1], [], event  # noqa: B023

        for position, deleted, inserted in transaction["ops"]:
            for sign in "-" * deleted:
                splices.append(TextSplice(position, len(sign), ""))
                event += 1
                if event in cuts:
                    finish()
            for offset, sign in enumerate(inserted):
                splices.append(TextSplice(position + offset, 0, sign))
                event += 1
                if event in cuts:
                    finish()
        if splices:
            finish()
    return changes


def test_the_order_of_letters_conforms_in_any_order_of_arrival(traces, histories):
    cases = load(traces, "walker-conformance.json")
    assert len(cases) == 500
    for number, case in enumerate(cases):
        changes = conformance_changes(case)
        for order in (range(len(changes)), any_order(Random(number), changes)):
            graph, numbers, shown = Graph(), {}, ""
            field, cold = TextField(graph), TextField(graph)
            assert field.text == ""
            for change in order:
                name, parents, splices = changes[change]
                vertex = graph.append(name, [numbers[parent] for parent in parents])
                numbers[change] = vertex
                shown = histories.spliced(shown, field.add(vertex, splices))
                cold.extend([(vertex, splices)])
            assert field.text == shown == cold.text == case["endContent"], number


def test_the_plain_reading_conforms_too(traces, naive):
    cases = load(traces, "walker-conformance.json")
    for case in cases[::10]:
        records = []
        for number, (name, parents, splices) in enumerate(conformance_changes(case)):
            on = tuple(records[parent].commit for parent in parents)
            edits = tuple((1, "body", *splice) for splice in splices)
            edits = (*edits, (0, "number", number))  # so that no two roots are one
            commit = number.to_bytes(32, "big")
            records.append(ChangeRecord(name.author, name.seq, commit, 0, on, edits))
        assert naive.Meaning(records).text("body") == case["endContent"]


def any_order(random, changes):
    """Another order of changes, parents first."""
    left, order = set(range(len(changes))), []
    while left:
        free = sorted(c for c in left if not any(parent in left for parent in changes[c][1]))
        order.append(random.choice(free))
        left.discard(order[-1])
    return order


@pytest.mark.parametrize("seed", range(6))
def test_a_generated_trace_of_three_people_ends_in_the_plain_reading(seed, naive, histories):
    random = Random(seed)
    records, heads, seqs = [], [(), (), ()], [0, 0, 0]
    carets, known = [0, 0, 0], [set(), set(), set()]
    commits = {}
    for step in range(160):
        who = random.randrange(3)
        if random.random() < 0.06:  # a meeting: this one takes in all of another
            known[who] |= known[random.randrange(3)]
            older = {parent for commit in known[who] for parent in commits[commit].parents}
            heads[who] = tuple(sorted(known[who] - older))
        if random.random() < 0.1:
            carets[who] = random.randint(0, 40)
        seqs[who] += 1
        if random.random() < 0.15:
            splice, carets[who] = (1, "body", max(0, carets[who] - 1), 1, ""), carets[who] - 1
        else:
            word = random.choice(["a", "b", "c", "word "])
            splice = (1, "body", max(0, carets[who]), 0, word)
            carets[who] += len(word)
        carets[who] = max(0, carets[who])
        commit = random.randbytes(32)
        record = ChangeRecord(bytes([who]) * 32, seqs[who], commit, step, heads[who], (splice,))
        commits[commit] = record
        records.append(record)
        known[who].add(commit)
        heads[who] = (commit,)
    expected = naive.Meaning(records).text("body")
    for order in (records, histories.shuffled(random, records)):
        state, shown = ItemState(), None
        for record in order:
            splices = state.apply(record).splices.get("body", ())
            shown = state.text("body") if shown is None else histories.spliced(shown, splices)
        assert state.text("body") == shown == expected
        again = ItemState()
        again.rebuild(order)
        assert again.text("body") == expected
