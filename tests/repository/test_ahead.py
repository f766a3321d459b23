"""Commits that are not durable yet, and the way back among them."""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest

from goatcore.repository.ahead import Ahead, AheadCommits


class Signed(NamedTuple):
    """As much of a commit as is looked at."""

    id: bytes
    author: bytes
    seq: int
    prev: bytes | None


def naive(commits, ahead, id_, steps):
    while steps and id_ in ahead:
        id_, steps = commits[id_].prev, steps - 1
        if id_ is None:
            return None
    return id_, steps


@pytest.mark.parametrize("seed", range(20))
def test_the_way_back_is_that_along_prev(seed):
    chance = random.Random(seed)
    found, commits, order = AheadCommits(), {}, []
    newest = {}  # of each author, as the store knows it
    for n in range(150):
        author = chance.choice((b"a", b"b"))
        own = [one for one in commits.values() if one.author == author]
        if own and chance.random() < 0.1:
            prev = chance.choice(own)  # a fork, most of the time
        else:
            prev = commits.get(newest[author].id) if author in newest else None
        seq, before = (1, None) if prev is None else (prev.seq + 1, prev.id)
        commit = Signed(n.to_bytes(2, "big"), author, seq, before)
        commits[commit.id] = commit
        order.append(commit)
        last = found.tip(author) or newest.get(author)
        found.add(Ahead(commit, n, n), last)
        if last is None or before == last.id:
            newest[author] = commit
        for _ in range(chance.choice((0, 0, 0, 1, 3))):
            if order:
                found.remove(order.pop(0))
        there = {one.id for one in order}
        assert [one.commit for one in found] == order
        assert (len(found), commit.id in found) == (len(order), commit.id in there)
        for one in chance.sample(list(commits.values()), min(5, len(commits))):
            for steps in (0, 1, 2, chance.randrange(80)):
                assert found.back(one.id, steps) == naive(commits, there, one.id, steps)
    for place, one in enumerate(order):
        assert found.at(place).commit is one
        assert found.get(one.id).commit is one
