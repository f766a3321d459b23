"""States that were written down and resumed: the same as ones that were never away."""

from __future__ import annotations

from random import Random

import pytest

from goatcore.history.item_state import ChangeRecord, ItemState
from goatcore.history.snapshot import Snapshot
from goatcore.values import pack, unpack

A, B = b"A" * 32, b"B" * 32


def resumed(state, load):
    """The state, through its bytes."""
    return ItemState.resumed(unpack(pack(state.snapshot())), load)


def refuse():
    raise AssertionError("the history was loaded")


def change(number, operations, parents=(), author=A, stamp=None, version=1):
    return ChangeRecord(
        author, number, bytes([number]) * 32, stamp or number, parents, operations, version
    )


def commit(number):
    return bytes([number]) * 32


def shown(state):
    """What can be read without the history."""
    return {
        "heads": state.heads,
        "count": state.count,
        "twins": set(state.twins),
        "texts": {name: state.text(name) for name in sorted(state.texts)},
        "registers": {n: repr(state.alternatives(n)) for n in sorted(state.registers)},
        "written": {
            n: [write[:2] + write[4:] for write in r.writes]
            for n, r in sorted(state.registers.items())
        },
        "sets": {n: state.members(n) for n in sorted(state.sets)},
        "maps": {n: state.entries(n) for n in sorted(state.maps)},
        "counters": {n: state.total(n) for n in sorted(state.counters)},
        "exists": (state.visible, state.flagged),
        "oldest": state.oldest_version,
        "unknown": sorted(state.unknown_fields),
    }


@pytest.mark.parametrize("seed", range(1_500))
def test_a_state_that_was_away_is_as_if_never(seed, naive, histories):
    """Any history, left at any place, twice; every delta, every text that somebody reads, too."""
    random = Random(seed)
    records = histories.random_history(random, random.choice([4, 12, 30]))
    order = histories.shuffled(random, records)
    cuts = sorted(random.choices(range(len(order) + 1), k=2))
    never, away = ItemState(), ItemState()
    taken = []
    reader = random.random() < 0.7
    mirror = {}
    for at, record in enumerate(order):
        for _ in range(cuts.count(at)):
            assert shown(resumed(away, refuse)) == shown(never)
            upto = taken.copy()
            extra = order[at : at + random.choice([0, 0, 3])]  # a log has more than was walked
            away = resumed(away, lambda found=(*upto, *extra): found)
            if reader:
                mirror = {name: away.text(name) for name in away.texts}
                assert mirror == {name: never.text(name) for name in never.texts}
        taken.append(record._replace(version=random.choice([1, 1, 2])))
        delta, expected = away.apply(taken[-1]), never.apply(taken[-1])
        assert (delta.visible_before, delta.visible) == expected[2:]
        for name, splices in delta.splices.items():
            if name in mirror:
                mirror[name] = histories.spliced(mirror[name], splices)
        if reader:
            assert {name: away.text(name) for name in mirror} == mirror
            for name in away.texts:
                mirror.setdefault(name, away.text(name))
    assert shown(away) == shown(never)
    assert histories.view(away) == histories.view(never)
    assert histories.view(away) == histories.meant(naive.Meaning(order))
    for name in never.texts:
        assert [(s, e.commit) for s, e in away.blame(name)] == [
            (s, e.commit) for s, e in never.blame(name)
        ]
    assert {c for c in (r.commit for r in order) if c in away} == {r.commit for r in order}


@pytest.mark.parametrize("seed", range(400))
def test_batches_that_meet_a_resumed_state(seed, naive, histories):
    random = Random(seed)
    records = histories.random_history(random, random.choice([12, 30]))
    order = histories.shuffled(random, records)
    cut = random.randrange(len(order) + 1)
    state = ItemState()
    state.apply_all(order[:cut])
    state = resumed(state, lambda: order)
    mirror = {name: state.text(name) for name in state.texts}
    while cut < len(order):
        size = random.randint(1, 6)
        delta = state.apply_all(order[cut : cut + size])
        cut += size
        for name, splices in delta.splices.items():
            mirror[name] = histories.spliced(mirror.get(name, ""), splices)
        assert {name: state.text(name) for name in mirror} == mirror
        mirror.update({name: state.text(name) for name in state.texts})
    assert histories.view(state) == histories.meant(naive.Meaning(order))


def everything(number, parents):
    return change(
        number,
        (
            (0, "title", f"t{number}"),
            (1, "body", 0, 0, f"b{number} "),
            (2, "labels", f"l{number}"),
            (3, "labels", f"l{number - 2}"),
            (4, "facts", number % 3, number),
            (5, "facts", (number + 1) % 3),
            (6, "n", 1),
        ),
        parents,
    )


def test_what_has_seen_all_needs_no_history():
    state, whole = ItemState(), ItemState()
    for record in (
        everything(1, ()),
        change(2, ((0, "title", "x"), (0, "other", 1)), (commit(1),), B),
        change(3, ((0, "title", "y"),), (commit(1),), stamp=9),
    ):
        state.apply(record)
        whole.apply(record)
    state = resumed(state, refuse)
    assert state.alternatives("title") == ["y", "x"]
    for number in range(4, 9):
        parents = (commit(2), commit(3)) if number == 4 else (commit(number - 1),)
        assert state.apply(everything(number, parents)) == whole.apply(everything(number, parents))
        state = resumed(state, refuse)
    beside = [change(11, ((1, "body", 3, 0, "<"), (0, "title", "1")), (commit(8),)),
              change(12, ((1, "body", 3, 0, ">"), (0, "title", "2")), (commit(8),), B),
              change(13, ((7,),), (commit(12),)),
              change(14, ((8,), (1, "body", 0, 1, "")), (commit(11), commit(12)))]  # fmt: skip
    for record in beside:  # apart from each other, but not from what was saved
        state.apply(record)
        whole.apply(record)
    assert shown(state) == shown(whole)
    assert state.read_only("body") is False


def test_what_is_apart_from_the_snapshot_has_the_history_loaded_once():
    records = [
        change(1, ((1, "body", 0, 0, "one"),)),
        change(2, ((1, "body", 3, 0, " two"),), (commit(1),)),
        change(3, ((1, "body", 3, 0, " three"),), (commit(1),), B),
    ]
    state, loaded = ItemState(), []
    for record in records[:2]:
        state.apply(record)

    def load():
        loaded.append(True)
        return records  # the log has the newest, too

    state = resumed(state, load)
    assert state.text("body") == "one two"
    assert commit(2) in state
    assert loaded == []
    told = state.apply(records[2]).splices["body"]
    assert state.text("body") == "one two three"
    assert told == [(7, 0, " three")]
    assert [entry.commit for entry in state.history()] == [commit(1), commit(2), commit(3)]
    assert loaded == [True]


@pytest.mark.parametrize(
    "ask",
    [
        lambda state: state.graph.count,
        lambda state: len(state.history()),
        lambda state: len(state.past([commit(2)])),
        lambda state: sum(size for size, _ in state.blame("body")) - 1,
        lambda state: len(state.text_at("body", [commit(1)])) + 1,
        lambda state: state.vertex(commit(2)) + 1,
        lambda state: len(state.reversal("body", [commit(1)])) + 1,
        lambda state: len(state.footprints) + 1,
        lambda state: 2 if commit(1) in state else 0,
        lambda state: len(state.unknown("marks")) + 1,
    ],
)
def test_who_asks_for_the_past_has_it(ask):
    records = [
        change(1, ((1, "body", 0, 0, "one"), (17, "marks", 1))),
        change(2, ((0, "title", "x"),), (commit(1),)),
    ]
    state = ItemState()
    for record in records:
        state.apply(record)
    expected = ask(state)
    assert ask(resumed(state, lambda: records)) == expected


def test_a_total_beyond_all_integers_comes_back():
    state = ItemState()
    big = (1 << 63) - 1
    state.apply(change(1, ((6, "n", big), (6, "m", -big - 1))))
    state.apply(change(2, ((6, "n", big), (6, "m", -big - 1)), (commit(1),)))
    again = resumed(state, refuse)
    assert (again.total("n"), again.total("m")) == (2 * big, 2 * (-big - 1))


def test_nothing_comes_back_as_nothing():
    state = resumed(ItemState(), refuse)
    assert (state.heads, state.count, state.visible) == ((), 0, False)
    state.apply(change(1, ((0, "title", "x"),)))
    assert state.value("title") == "x"


def test_the_bytes_of_a_snapshot():
    """Frozen: files have them."""
    state = ItemState()
    state.apply(change(1, ((0, "t", "a"), (1, "b", 0, 0, "xy"), (2, "s", 1), (17, "u", 1))))
    state.apply(change(2, ((0, "t", "b"), (4, "m", "k", True)), (commit(1),), B, 7, 3))
    state.apply(change(3, ((0, "t", "c"), (6, "n", 5)), (commit(1),)))
    one, two, three = commit(1), commit(2), commit(3)
    assert state.snapshot() == Snapshot(
        heads=(two, three),
        changes=3,
        twins=(),
        existence=0,
        oldest_version=1,
        writers=((7, 3, 0), (3, 1, 1), (7, 1, 0)),
        registers=(("t", (0, "b", 1, "c")),),
        texts=(("b", "xy"),),
        sets=(("s", (b"\x01",)),),
        maps=(("m", ((b"\xa1k", (2, True)),)),),
        counters=(("n", 5),),
        unknown=("u",),
    )
    assert one not in pack(state.snapshot())  # what nobody shows is not told
