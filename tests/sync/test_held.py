"""The index of held commits, against a naive model that keeps plain sets."""

from __future__ import annotations

from hashlib import blake2b, sha256

from hypothesis import given
from hypothesis import strategies as st

from goatcore.ids import AuthorKey, CommitId
from goatcore.sync import Cover, HeldIndex, Tip


def author(number: int) -> AuthorKey:
    return AuthorKey(sha256(b"author %d" % number).digest())


def commit(name: str) -> CommitId:
    return CommitId(sha256(name.encode()).digest())


def chain(index: HeldIndex, who: int, length: int) -> list[CommitId]:
    ids: list[CommitId] = []
    for seq in range(1, length + 1):
        ids.append(commit(f"{who} {seq}"))
        index.add(ids[-1], author(who), seq, ids[-2] if seq > 1 else None)
    return ids


# a history: each step goes on from an earlier commit of an author (or from nothing)
STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 30)), max_size=40)


class Model:
    """Every commit with its whole past, as sets."""

    def __init__(self, steps: list[tuple[int, int]]) -> None:
        self.index = HeldIndex()
        self.rows: list[tuple[CommitId, int, int, CommitId | None]] = []
        self.past: dict[CommitId, set[CommitId]] = {}
        for number, (who, choice) in enumerate(steps):
            mine = [row for row in self.rows if row[1] == who]
            # mostly the newest, sometimes an older one (a fork) or none (a second beginning)
            prev = mine[-1 - choice % 4] if choice % 4 < len(mine) else None
            row = (
                commit(f"step {number}"),
                who,
                1 if prev is None else prev[2] + 1,
                None if prev is None else prev[0],
            )
            self.rows.append(row)
            self.past[row[0]] = {row[0]} | (set() if prev is None else self.past[prev[0]])
            assert self.index.add(row[0], author(who), row[2], row[3]) == number

    def tips(self) -> set[Tip]:
        inner = {row[3] for row in self.rows}
        return {Tip(author(who), seq, id_) for id_, who, seq, _ in self.rows if id_ not in inner}


def test_an_empty_index_has_the_digest_of_nothing() -> None:
    index = HeldIndex()
    assert index.digest() == blake2b(b"", digest_size=16).digest()
    assert index.count == 0
    assert index.tips() == []
    assert index.after([]) == []


def test_adding_a_commit_again_changes_nothing() -> None:
    index = HeldIndex()
    ids = chain(index, 1, 3)
    digest = index.digest()
    assert index.add(ids[1], author(1), 2, ids[0]) == 1
    assert index.count == 3
    assert index.digest() == digest


def test_a_fork_is_two_tips() -> None:
    index = HeldIndex()
    ids = chain(index, 1, 3)
    index.add(commit("other 3"), author(1), 3, ids[1])
    assert set(index.tips()) == {Tip(author(1), 3, ids[2]), Tip(author(1), 3, commit("other 3"))}
    assert index.after([ids[2]]) == [commit("other 3")]
    assert index.after([commit("other 3")]) == [ids[2]]


def test_short_names_find_commits_on_the_stem_and_beside_it() -> None:
    index = HeldIndex()
    ids = chain(index, 1, 3)
    index.add(commit("other 3"), author(1), 3, ids[1])
    short = author(1)[:8]
    assert index.find(short, 2, ids[1][:8]) == 1
    assert index.find(short, 3, commit("other 3")[:8]) == 3
    assert index.find(short, 2, ids[2][:8]) is None
    assert index.find(short, 9, ids[2][:8]) is None
    assert index.find(author(2)[:8], 1, ids[0][:8]) is None


@given(STEPS)
def test_tips_digest_and_buckets_are_those_of_the_set(steps: list[tuple[int, int]]) -> None:
    model = Model(steps)
    assert set(model.index.tips()) == model.tips()
    entries = sorted(tip.author + tip.id for tip in model.tips())
    assert model.index.digest() == blake2b(b"".join(entries), digest_size=16).digest()
    expected = [
        blake2b(b"".join(e for e in entries if e[0] == byte), digest_size=8).digest()
        for byte in range(256)
    ]
    assert model.index.buckets() == b"".join(expected)


@given(STEPS, st.data())
def test_after_gives_exactly_what_is_missing_parents_first(
    steps: list[tuple[int, int]], data: st.DataObject
) -> None:
    model = Model(steps)
    ids = [row[0] for row in model.rows]
    have = data.draw(st.lists(st.sampled_from(ids), max_size=4)) if ids else []
    known = set().union(*(model.past[id_] for id_ in have)) if have else set()
    assert model.index.after(have) == [id_ for id_ in ids if id_ not in known]


@given(STEPS, st.data())
def test_a_cover_counts_and_contains_what_lies_before(
    steps: list[tuple[int, int]], data: st.DataObject
) -> None:
    model = Model(steps)
    index = model.index
    cover = Cover(index)
    ids = [row[0] for row in model.rows]
    have = data.draw(st.lists(st.sampled_from(ids), max_size=4)) if ids else []
    for id_ in have:
        order = index.order(id_)
        assert order is not None
        cover.add(order)
    forgotten = data.draw(st.integers(0, 3))
    number = index.number(author(forgotten))
    if number is not None:
        cover.forget(number)
    known = {p for id_ in have for p in model.past[id_]}
    known -= {row[0] for row in model.rows if row[1] == forgotten}
    assert {index.id(order) for order in range(index.count) if order in cover} == known
    assert cover.count == len(known)
    assert cover.missing() == [order for order in range(index.count) if ids[order] not in known]


@given(STEPS, st.data())
def test_an_ancestor_is_found_by_its_seq(steps: list[tuple[int, int]], data: st.DataObject) -> None:
    model = Model([*steps, (0, 0)])
    order = data.draw(st.integers(0, model.index.count - 1))
    seq = data.draw(st.integers(1, model.index.seq(order)))
    found = model.index.ancestor(order, seq)
    assert model.index.seq(found) == seq
    assert model.index.id(found) in model.past[model.index.id(order)]


def test_the_digest_does_not_depend_on_the_order_of_arrival() -> None:
    one, two = HeldIndex(), HeldIndex()
    chain(one, 1, 3)
    chain(one, 2, 2)
    chain(two, 2, 2)
    assert one.digest() != two.digest()
    chain(two, 1, 3)
    assert one.digest() == two.digest()
    assert one.buckets() == two.buckets()
