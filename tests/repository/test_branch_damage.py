"""Branches that no honest program makes: the same for every peer, in any order, and no harm."""

from __future__ import annotations

import random

import msgspec
import pytest

from goatcore.errors import Refused

B = b"\xbb" * 16
KEY = f"sys/branch/{B.hex()}"
UNKNOWN = b"?" * 32
pack = msgspec.msgpack.encode


def on_branch(one, changes, branch=B, **header):
    """A commit of a branch, made by hand."""
    return one.hand_made(body=b"\0" + pack([branch, None, changes]), **header)


def recorded(one, base, *, key=KEY, schema="sys/branch", name="x"):
    """The record of a branch, made by hand."""
    return one.hand_made([[key, schema, 1, [], [[0, "name", name], [0, "base", base]]]])


def shown(one, note):
    """All that a program sees."""
    one.repository.register(note)
    seen = {}
    branches = one.repository.branches(None)
    for name, view in [("main", one.repository), *((b.id, b) for b in branches)]:
        seen[name] = {i.key: (i.title, str(i.body), i.author) for i in view.items(note)}
    states = {b.id: (b.name, b.state, b.complete, b.author, b.writable) for b in branches}
    return seen, states, len(one.store)


def everywhere(peer, note, commits):
    """Give commits to several peers in many orders; what all of them see."""
    saw = []
    for seed in range(6):
        one = peer(60 + seed)
        order = list(commits)
        if seed:
            random.Random(seed).shuffle(order)
        for commit in order:
            one.repository.admit([commit])
            if seed % 2:
                shown(one, note)  # a view that is open follows
        assert one.errors == []
        saw.append(shown(one, note))
        assert shown(peer(60 + seed, one.log.entries()), note) == saw[-1]
    assert saw == [saw[0]] * len(saw)
    return saw[0]


@pytest.fixture
def start(peer, note):
    """A device with an item, and a second one that holds it."""
    a, b = peer(1), peer(2)
    a.repository.create(note, "k", title="good", body="text")
    b.pull(a)
    return a, b, a.store.last(a.author).id


@pytest.mark.parametrize(
    "wrong",
    [
        "text",
        b"",
        b"\xc1",
        None,
        7,
        pack([]),
        pack([None]),
        pack([None, None]),
        pack([None, [1]]),
        pack([None, [b"short"]]),
        pack(["", [UNKNOWN]]),
        pack(["k" * 256, [UNKNOWN]]),
        pack([7, [UNKNOWN]]),
        pack([None, [UNKNOWN], 1]),
        pack({"key": None}),
        b"\x91" * 5_000 + b"\xc0",
    ],
    ids=str,
)
def test_a_record_without_a_base_is_no_branch(peer, note, start, wrong):
    _, b, _ = start
    b.repository.admit([recorded(b, wrong)])
    b.repository.admit([on_branch(b, [["n", "note", 1, [], [[0, "title", "made"]]]])])
    seen, states, held = everywhere(peer, note, list(b.store.commits()))
    assert (states, held) == ({}, 3)
    assert seen == {"main": {"k": ("good", "text", start[0].author.hex()[:4])}}


@pytest.mark.parametrize(
    ("key", "schema"),
    [
        ("sys/branch/", "sys/branch"),
        ("sys/branch/xyz", "sys/branch"),
        (KEY.upper(), "sys/branch"),
        (KEY + "00", "sys/branch"),
        ("sys/branch/" + B.hex().upper(), "sys/branch"),
        (KEY, "note"),
        (KEY, "sys/other"),
        ("elsewhere", "sys/branch"),
    ],
)
def test_a_record_under_another_key_or_schema_is_no_branch(peer, note, start, key, schema):
    _, b, made = start
    b.repository.admit([recorded(b, pack([None, [made]]), key=key, schema=schema)])
    _, states, held = everywhere(peer, note, list(b.store.commits()))
    assert (states, held) == ({}, 2)


@pytest.mark.parametrize("item", [None, "k", "n"])
def test_a_base_that_nobody_has_shows_what_there_is_and_is_not_written(peer, note, start, item):
    _, b, made = start
    b.repository.admit([recorded(b, pack([item, [made, UNKNOWN]]))])
    b.repository.admit([on_branch(b, [["n", "note", 1, [], [[0, "title", "made"]]]])])
    seen, states, _ = everywhere(peer, note, list(b.store.commits()))
    me = b.author.hex()[:4]
    assert states == {B: ("x", "open", False, me, False)}
    base = {} if item == "n" else {"k": ("good", "text", start[0].author.hex()[:4])}
    assert seen[B] == {**base, "n": ("made", "", me)}
    b.repository.register(note)
    (branch,) = b.repository.branches()
    with pytest.raises(Refused, match="has not arrived"):
        branch.merge()
    with pytest.raises(Refused, match="has not arrived"):
        branch.create(note, "m")


def test_bases_of_tips_of_branches_and_of_each_other_are_what_the_definition_says(
    peer, note, start
):
    _, b, made = start
    first = on_branch(b, [["k", "note", 1, [0], [[1, "body", 4, 0, "!"]]]], deps=(made,))
    b.repository.admit([first])
    b.repository.admit([recorded(b, pack([None, [first.id, made, made]]))])
    other = b"c" * 16
    own = b.store.last(b.author).id
    b.repository.admit(
        [recorded(b, pack([None, [own]]), key=f"sys/branch/{other.hex()}", name="y")]
    )
    seen, states, _ = everywhere(peer, note, list(b.store.commits()))
    maker = start[0].author.hex()[:4]  # hand-made commits are of the year 1970
    assert seen["main"] == {"k": ("good", "text", maker)}
    assert seen[B] == {"k": ("good", "text!", maker)}  # by its own commit, not by its base
    assert seen[other] == {}  # nothing of the main line is in the chain that it names
    assert {name for name, *_ in states.values()} == {"x", "y"}


def test_commits_of_a_branch_that_nobody_recorded_change_nothing(peer, note, start):
    _, b, made = start
    b.repository.admit(
        [on_branch(b, [["k", "note", 1, [0], [[0, "title", "evil"], [7]]]], deps=(made,))]
    )
    seen, states, held = everywhere(peer, note, list(b.store.commits()))
    assert seen == {"main": {"k": ("good", "text", start[0].author.hex()[:4])}}
    assert (states, held) == ({}, 2)


@pytest.mark.parametrize(
    "change",
    [
        ["k", "note", 1, [5], [[0, "title", "evil"]]],
        ["k", "note", 1, [[0, 9]], [[0, "title", "evil"]]],
        ["k", "note", 1, [0], [[0, "title", float("nan")]]],
        ["k", "note", 0, [0], [[0, "title", "evil"]]],
        ["k", "", 1, [0], [[0, "title", "evil"]]],
        ["k", "note", 1, [0, 1], [[0, "title", "evil"]]],
    ],
    ids=str,
)
def test_a_void_change_on_a_branch_is_void_there_and_after_a_merge(peer, note, start, change):
    _, b, made = start
    b.repository.admit([recorded(b, pack([None, [made]]))])
    record = b.store.last(b.author).id
    b.repository.admit([on_branch(b, [change], seq=2, deps=(record, made))])
    b.repository.register(note)
    (branch,) = b.repository.branches()
    assert branch.item("k").title == "good"
    branch.item("k").body.splice(4, 0, "!")
    branch.record_drafts()
    before = everywhere(peer, note, list(b.store.commits()))
    me = b.author.hex()[:4]
    assert before[0][B] == {"k": ("good", "text!", me)}
    branch.merge()
    after = everywhere(peer, note, list(b.store.commits()))
    assert after[0]["main"] == {"k": ("good", "text!", me)}
    assert after[1][B][1] == "merged"


def test_a_record_changed_on_a_branch_stays_what_the_main_line_says(peer, note, start):
    _, b, made = start
    b.repository.admit([recorded(b, pack([None, [made]]))])
    record = b.store.last(b.author).id
    evil = [KEY, "sys/branch", 1, [0], [[0, "name", "evil"], [7]]]
    b.repository.admit([on_branch(b, [evil], seq=2, deps=(record,))])
    seen, states, _ = everywhere(peer, note, list(b.store.commits()))
    assert states[B][:2] == ("x", "open")
    assert seen[B] == seen["main"]


def test_a_base_that_is_written_anew_is_followed_by_who_has_the_branch_open(peer, note, start):
    a, b, made = start
    b.repository.admit([recorded(b, pack([None, [made]]))])
    record = b.store.last(b.author).id
    b.repository.register(note)
    (branch,) = b.repository.branches()
    rows = branch.query(note).order_by("title")
    assert [row.key for row in rows] == ["k"]
    a.repository.create(note, "later", title="z")
    b.pull(a)
    assert [row.key for row in rows] == ["k"]
    newer = a.store.last(a.author).id
    change = [KEY, "sys/branch", 1, [0], [[0, "base", pack([None, [newer]])]]]
    b.repository.admit([b.hand_made([change], seq=2, deps=(record,))])
    assert [row.key for row in rows] == ["k", "later"]
    seen, _, _ = everywhere(peer, note, list(b.store.commits()))
    assert set(seen[B]) == {"k", "later"}
