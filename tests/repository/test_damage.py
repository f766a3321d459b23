"""Commits that no honest program makes: the same verdict on every peer, in any order, no raise."""

from __future__ import annotations

import random

import msgspec
import pytest

from goatcore.ids import CLEAR, RepositoryId

SET = [0, "title", "evil"]
# a body that sets the title of item "k" to the value that follows
TITLE = b"\x00\x93\xc0\xc0\x91\x95\xa1k\xa4note\x01\x91\x00\x91\x93\x00\xa5title"


def nested(depth: int) -> bytes:
    return b"\x91" * depth + b"\xc0"


def bad_bodies() -> dict[str, bytes]:
    """Bodies by what is wrong with them."""
    pack = msgspec.msgpack.encode
    change = ["k", "note", 1, [], [SET]]
    extension = [0, "title", msgspec.msgpack.Ext(3, b"x")]
    return {
        "empty": b"",
        "unknown codec": b"\x07abc",
        "not zstandard": b"\x01abcdefgh",
        "not msgpack": b"\x00\xc1",
        "cut off": b"\x00" + pack([None, None, [change]])[:-3],
        "trailing bytes": b"\x00" + pack([None, None, [change]]) + b"\x00",
        "not three": b"\x00" + pack([None, [change]]),
        "changes a map": b"\x00" + pack([None, None, {"k": 1}]),
        "branch too short": b"\x00" + pack([b"short", None, [change]]),
        "label too long": b"\x00" + pack([None, "x" * 256, [change]]),
        "nested deep": b"\x00" + b"\x93\xc0\xc0" + nested(5_000),
        "nested beyond all": b"\x00" + b"\x93\xc0\xc0" + nested(300_000),
        "an extension type": b"\x00" + pack([None, None, [["k", "note", 1, [], [extension]]]]),
        "half of a surrogate pair": TITLE + b"\xa3\xed\xa0\x80",
        "a value that is a map with a key twice": TITLE + b"\x82\xa1a\x01\xa1a\x02",
        "invalid utf-8": b"\x00\x93\xc0\xc0\x91\x95\xa2\xff\xfe\xa1n\x01\x90\x90",
    }  # fmt: skip


def bad_changes() -> dict[str, list]:
    """Changes of the item "k", by what is wrong with them; deps[0] made it, deps[1] did not."""
    return {
        "an unknown operation": ["k", "note", 1, [0], [[200, "title", 1]]],
        "a reserved operation": ["k", "note", 1, [0], [[40, "colour", 1]]],
        "a negative code": ["k", "note", 1, [0], [[-1]]],
        "no operation at all": ["k", "note", 1, [0], []],
        "an operation that is no list": ["k", "note", 1, [0], ["delete"]],
        "a splice that does nothing": ["k", "note", 1, [0], [[1, "body", 0, 0, ""]]],
        "a splice far out of range": ["k", "note", 1, [0], [[1, "body", 4_000_000_000, 9, "!"]]],
        "a splice that deletes all": ["k", "note", 1, [0], [[1, "body", 0, 4_294_967_295, ""]]],
        "a negative position": ["k", "note", 1, [0], [[1, "body", -1, 0, "x"]]],
        "a register of text": ["k", "note", 1, [0], [[0, "body", "x"]]],
        "text in a register": ["k", "note", 1, [0], [[1, "title", 0, 0, "x"]]],
        "a value of another type": ["k", "note", 1, [0], [[0, "done", [1, [2, None]]]]],
        "a map as value": ["k", "note", 1, [0], [[0, "title", {"a": 1}]]],
        "not a number": ["k", "note", 1, [0], [[0, "edited", float("nan")]]],
        "a parent out of range": ["k", "note", 1, [9], [SET]],
        "an ancestor out of range": ["k", "note", 1, [[0, 77]], [SET]],
        "an ancestor of a negative kind": ["k", "note", 1, [[0, -1]], [SET]],
        "a huge ancestor": ["k", "note", 1, [[0, 1 << 63]], [SET]],
        "a parent twice": ["k", "note", 1, [0, 0], [SET]],
        "a parent that is no number": ["k", "note", 1, ["0"], [SET]],
        "a parent of another item": ["k", "note", 1, [0, 1], [SET]],
        "only a parent of another item": ["k", "note", 1, [1], [SET]],
        "an item's key of no length": ["", "note", 1, [], [SET]],
        "a key too long": ["k" * 256, "note", 1, [], [SET]],
        "no schema": ["k", "", 1, [0], [SET]],
        "version 0": ["k", "note", 0, [0], [SET]],
        "version true": ["k", "note", True, [0], [SET]],
        "too short": ["k", "note", 1, [0]],
        "another schema": ["k", "task", 1, [0], [SET]],
        "a root beside the root": ["k", "note", 7, [], [SET]],
        "a membership operation": ["k", "note", 1, [0], [[64, 1, 2]]],
        "very many operations": ["k", "note", 1, [0], [[7]] * 65_537],
        "delete": ["k", "note", 1, [0], [[7]]],
    }


def state(one, note):
    one.repository.register(note)
    item = one.repository.item("k")
    if item is None:
        return None
    if item.schema is not note:
        return (item.schema.name, item.created_ms, item.edited_ms, item.author)
    return (
        item.exists, item.title, str(item.body), item.done, item.edited, item.schema.name,
        [repr(v) for v in item.alternatives("title")], item.created_ms, item.edited_ms, item.author,
    )  # fmt: skip


def everywhere(peer, note, commits, held):
    """Give the commits to several peers in many orders; all must end the same. What they see."""
    seen = []
    for seed in range(6):
        one = peer(50 + seed)
        chance = random.Random(seed)
        if seed % 2:
            one.repository.register(note)
            one.repository.query(note).subscribe(lambda splices: None)
        order = list(commits)
        if seed:
            chance.shuffle(order)
        for commit in order:
            one.repository.admit([commit])
        one.repository.admit(order)
        assert one.errors == []
        seen.append((one.repository.digest, state(one, note), one.repository.count))
        again = peer(50 + seed, one.log.entries())
        assert state(again, note) == seen[-1][1]
        assert one.repository.count == held
    assert seen == [seen[0]] * len(seen)
    return seen[0][1]


@pytest.fixture
def start(peer, note):
    """An honest item "k" and another by one device, and a second device that holds them."""
    a, b = peer(1), peer(2)
    a.repository.create(note, "other", title="o")
    other = a.store.last(a.author)
    a.repository.create(note, "k", title="good", body="text")
    b.pull(a)
    return a, b, (a.store.last(a.author).id, other.id)


@pytest.mark.parametrize("wrong", list(bad_changes()))
def test_a_change_that_is_wrong_is_void_everywhere(peer, note, start, wrong):
    _, b, deps = start
    # the second dep is held, is not of item "k", and stands apart from the first: by a third
    c = peer(3)
    c.pull(b)
    bad = b.hand_made([bad_changes()[wrong]], deps=(deps[0], deps[1]))
    b.repository.admit([bad])
    assert b.store.find(bad.id).raw == bad.raw
    c.repository.register(note)
    c.repository.item("k").title = "concurrent"
    c.repository.record_drafts()
    c.pull(b)
    c.repository.item("k").done = True
    c.repository.record_drafts()
    saw = everywhere(peer, note, list(c.store.commits()), held=5)
    assert saw == state(c, note)
    assert saw[3] is True


@pytest.mark.parametrize("wrong", list(bad_bodies()))
def test_a_body_that_cannot_be_read_changes_nothing(peer, note, start, wrong):
    _, b, deps = start
    bad = b.hand_made(body=bad_bodies()[wrong], deps=deps[:1])
    b.repository.admit([bad])
    assert everywhere(peer, note, list(b.store.commits()), held=3)[1] == "good"


def test_a_body_under_another_seal_changes_nothing(peer, note, start):
    _, b, deps = start
    clear = b.hand_made([["k", "note", 1, [0], [SET]]], deps=deps[:1])
    for bad in (
        b.hand_made(sealed=b"", deps=deps[:1]),
        b.hand_made(sealed=b"\x00not sealed at all, but long enough", deps=deps[:1]),
        b.hand_made(sealed=clear.sealed, deps=deps[:1], time=7),
        b.hand_made([["k", "note", 1, [0], [SET]]], deps=deps[:1], epoch=CLEAR),
    ):
        c = peer(9)
        c.pull(b)
        c.repository.admit([bad])
        assert everywhere(peer, note, list(c.store.commits()), held=3)[1] == "good"


def test_a_commit_under_an_unknown_key_locks_and_is_forwarded(peer, note, start):
    a, b, deps = start
    bad = b.hand_made([["k", "note", 1, [0], [SET]]], deps=deps[:1], epoch=b"e" * 16)
    a.repository.admit([bad])
    assert (a.repository.locked, a.repository.count, a.repository.writable) == (1, 3, False)
    c = peer(3)
    c.pull(a)
    assert c.repository.digest == a.repository.digest


def test_commits_that_break_the_rules_of_chains_are_never_held(peer, note, start):
    a, b, deps = start
    first = b.hand_made([["x", "note", 1, [], [SET]]])
    b.repository.admit([first])
    mine = b.store.last(b.author)
    bad = {
        "a gap": b.hand_made(seq=9, deps=(mine.id,)),
        "a first dep of another author": b.hand_made(seq=2, deps=(deps[0], mine.id)),
        "an unknown predecessor": b.hand_made(seq=2, deps=(b"?" * 32,)),
        "an unknown dep": b.hand_made(seq=2, deps=(mine.id, b"?" * 32)),
        "no signature": b.hand_made(sign=lambda message: bytes(64)),
        "another's signature": b.hand_made(sign=a.device.sign),
        "another repository": b.hand_made(repository=RepositoryId(b"z" * 16)),
        "another's name": b.hand_made(author=a.author, deps=(deps[0],), seq=3),
    }
    for name, commit in bad.items():
        before = len(b.store)
        b.repository.admit([commit])
        assert len(b.store) == before, name
    everywhere(peer, note, [*b.store.commits(), *bad.values()], held=3)


def test_what_can_never_be_held_is_refused_with_the_same_reason_everywhere(peer, note, start):
    a, b, deps = start
    first = b.hand_made([["x", "note", 1, [], [SET]]])
    b.repository.admit([first])
    reasons = {
        b.hand_made(repository=RepositoryId(b"z" * 16)): "it belongs to another repository",
        b.hand_made(seq=9): "its seq does not follow that of its predecessor",
        b.hand_made(seq=2, deps=(deps[0],)): "its first dep is of another author",
        b.hand_made(sign=a.device.sign): "its signature is not its author's",
        b.hand_made(sign=lambda _: bytes(64)): "its signature is not its author's",
    }
    waits = b.hand_made(deps=(first.id, b"?" * 32))
    stands = b.hand_made(seq=3, deps=(waits.id,))  # claims what waits for ever
    for seed in range(6):
        one = peer(40 + seed)
        order = [*b.store.commits(), *reasons, waits, stands]
        if seed:
            random.Random(seed).shuffle(order)
        refused = [reason for commit in order for reason in one.repository.admit([commit]).refused]
        told = [f"{commit.id.hex()[:12]}: {reason}" for commit, reason in reasons.items()]
        assert sorted(refused) == sorted(told)
        assert (len(one.store), one.store.pending) == (3, 2)


def test_an_item_twice_in_one_commit_is_changed_once_everywhere(peer, note, start):
    _, b, deps = start
    twice = [["k", "note", 1, [0], [[0, "title", "once"]]], ["k", "note", 1, [0], [SET]]]
    b.repository.admit([b.hand_made(twice, deps=deps[:1])])
    saw = everywhere(peer, note, list(b.store.commits()), held=3)
    assert saw[1] == "once"


def test_both_branches_of_a_fork_are_held_and_counted(peer, note, start):
    _, b, deps = start
    fork = [
        b.hand_made([["k", "note", 1, [0], [[1, "body", 4, 0, f" {n}"]]]], deps=deps[:1], time=n)
        for n in range(3)
    ]
    b.repository.admit(fork)
    longer = b.hand_made(
        [["k", "note", 1, [0, 1, 2], [[0, "done", True]]]],
        seq=2,
        deps=(fork[0].id, fork[1].id, fork[2].id),
    )
    b.repository.admit([longer])
    saw = everywhere(peer, note, list(b.store.commits()), held=6)
    assert saw[3] is True
    assert sorted(saw[2].split()) == ["0", "1", "2", "text"]


def test_a_bad_signature_that_a_later_one_vouches_for_is_held_in_any_order(peer, note, start):
    a, b, deps = start
    unsigned = b.hand_made([["k", "note", 1, [0], [SET]]], deps=deps[:1], sign=lambda _: bytes(64))
    after = b.hand_made([["k", "note", 1, [0], [[0, "done", True]]]], seq=2, deps=(unsigned.id,))
    assert everywhere(peer, note, [*a.store.commits(), unsigned, after], held=4)[1] == "evil"


def test_more_than_64_heads_are_the_same_for_all(peer, note, start):
    _, b, deps = start
    fork = [
        b.hand_made([["k", "note", 1, [0], [[0, "title", f"{n}"]]]], deps=deps[:1], time=n)
        for n in range(100)
    ]
    b.repository.admit(fork)
    b.repository.register(note)
    b.repository.item("k").title = "one"
    b.repository.record_drafts()
    saw = everywhere(peer, note, list(b.store.commits()), held=103)
    assert saw == state(b, note)
    assert saw[1] == "one"


@pytest.mark.parametrize("salt", range(8))
def test_a_key_in_two_schemas_is_of_one_for_all(peer, note, start, salt):
    _, b, _ = start
    roots = [
        b.hand_made([["n", schema, 1, [], [[0, "title", schema]]]], time=salt * 10 + n)
        for n, schema in enumerate(["note", "task"])
    ]
    seen = set()
    for order in (roots, roots[::-1]):
        one = peer(60)
        one.repository.register(note)
        query = one.repository.query(note)
        assert list(query) == []
        for root in order:
            one.repository.admit([root])
        rescan = [item.key for item in one.repository.items(note)]
        assert [row.key for row in query] == rescan
        seen.add((one.repository.item("n").schema.name, tuple(rescan)))
    assert len(seen) == 1


def test_very_many_commits_come_in_any_order(peer, note):
    a, b = peer(1), peer(2)
    item = a.repository.create(note, "k")
    for n in range(3_000):
        item.title = str(n)
        a.repository.record_drafts()
    commits = list(a.store.commits())
    b.repository.admit(reversed(commits))
    assert b.repository.digest == a.repository.digest


def test_what_waits_for_ever_does_not_keep_others_out(peer, note, monkeypatch):
    monkeypatch.setattr("goatcore.repository.admission.WAITING_MAX", 50)
    a, b, c = peer(1), peer(2), peer(3)
    for n in range(120):
        b.repository.admit([a.hand_made([], deps=(bytes([n]) * 32,), seq=2)])
    for n in range(200):
        c.repository.create(note, f"{n}", title="honest")
    b.repository.admit(list(c.store.commits()))
    assert b.repository.count == 200
    assert b.store.pending <= 50
