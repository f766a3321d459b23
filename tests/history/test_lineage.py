"""The bare order of events, against sets."""

from __future__ import annotations

from random import Random

import pytest

from goatcore.history.lineage import ROOT, Lineage


def random_lineage(random, count):
    lineage, pasts = Lineage(), []
    for event in range(count):
        kind = random.random()
        if kind < 0.4 and event:
            parents = [event - 1]
        elif kind < 0.6:
            parents = list(lineage.heads)
        else:
            parents = [random.randrange(event) for _ in range(random.randint(0, 3)) if event]
        parents = [p for p in set(parents) if not any(p in pasts[q] for q in parents)]
        lineage.add(tuple(sorted(parents)))
        pasts.append(set(parents).union(*[pasts[p] for p in parents]))
    return lineage, pasts


@pytest.mark.parametrize("seed", range(60))
def test_the_past_of_every_event_is_known_exactly(seed):
    random = Random(seed)
    lineage, pasts = random_lineage(random, random.randint(1, 40))
    count = lineage.count
    for event in range(count):
        assert {a for a in range(count) if lineage.is_ancestor(a, event)} == pasts[event]
        assert lineage.whole(event) == (len(pasts[event]) == event)
        parents = lineage.parents(event)
        assert set(parents) | {a for p in parents for a in pasts[p]} == pasts[event]
        critical = [
            c
            for c in range(event + 1)
            if len(pasts[c]) == c and all(c in pasts[later] for later in range(c + 1, count))
        ]
        assert lineage.critical(event) == max(critical, default=ROOT)
    assert lineage.heads == tuple(e for e in range(count) if not any(e in past for past in pasts))


@pytest.mark.parametrize("seed", range(60))
def test_versions_are_reduced_to_what_no_other_member_has_seen(seed):
    random = Random(seed)
    lineage, pasts = random_lineage(random, random.randint(1, 40))
    for _ in range(30):
        version = [random.randrange(lineage.count) for _ in range(random.randint(0, 6))]
        older = set().union(*[pasts[e] for e in version])
        assert lineage.maximal(version) == tuple(sorted(set(version) - older))
        ranges = lineage.past(version)
        assert {e for first, stop in ranges for e in range(first, stop)} == older | set(version)


@pytest.mark.parametrize("seed", range(20))
def test_runs_are_the_events_each_on_the_one_before(seed):
    random = Random(seed)
    lineage, _ = random_lineage(random, 40)
    start, stop = sorted(random.sample(range(41), 2))
    at = start
    for first, end, parents in lineage.runs(start, stop):
        assert first == at
        assert parents == lineage.parents(first)
        assert all(lineage.parents(event) == (event - 1,) for event in range(first + 1, end))
        at = end
    assert at == stop


def test_a_line_of_any_length_is_one_run():
    lineage = Lineage()
    for event in range(1000):
        lineage.add(() if event == 0 else (event - 1,))
    assert len(lineage.run_start) == 1
    assert lineage.critical(700) == 700


def test_a_late_event_revokes_what_was_critical():
    lineage = Lineage()
    lineage.add(())
    lineage.add((0,))
    lineage.add((1,))
    assert lineage.critical(2) == 2
    lineage.add((0,))
    assert lineage.critical(2) == 0
    assert lineage.heads == (2, 3)
    lineage.add((2, 3))
    assert lineage.critical(4) == 4
    lineage.add(())
    assert lineage.critical(5) == ROOT
