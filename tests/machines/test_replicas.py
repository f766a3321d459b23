"""Three devices edit the same items, in any order, with everything that goes wrong in between.

Commits arrive late, twice, in any order; rights come and go; transactions fail; folders are opened
again, also from a backup, so that a device forks its own chain. Then everything is exchanged: all
show the same, it is what the logs say, and nothing that was typed is missing.
"""

from __future__ import annotations

import random
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from goatcore.query import Insert, Move, Remove, Update
from goatcore.repository import shelved_items

WHO = st.integers(0, 2)
KEY = st.sampled_from(["a", "b", "c", "d"])
PLACE = st.floats(0, 1)
REGISTERS = st.one_of(
    st.tuples(st.just("title"), st.sampled_from(["", "x", "X", "y", "é"])),
    st.tuples(st.just("done"), st.booleans()),
    st.tuples(st.just("edited"), st.sampled_from([None, 0, 5, -3])),
    st.tuples(st.just("mood"), st.sampled_from(["calm", "wild"])),
)
DEED = st.one_of(
    st.tuples(st.just("create"), KEY, st.integers(0, 2)),
    st.tuples(st.just("set"), KEY, REGISTERS),
    st.tuples(st.just("splice"), KEY, st.tuples(PLACE, st.integers(0, 3), st.integers(0, 3))),
    st.tuples(st.just("assign"), KEY, st.integers(0, 1 << 16)),
    st.tuples(st.just("delete"), KEY, st.none()),
    st.tuples(st.just("restore"), KEY, st.none()),
    st.tuples(st.just("look"), KEY, st.none()),
)


class Cancelled(Exception):
    """What an application raises inside a transaction."""


class Watched:
    """A query and what a listener made of its splices."""

    def __init__(self, query: Any) -> None:
        self.query = query
        self.rows = list(query)
        query.subscribe(self.hear)

    def hear(self, splices: list[Any]) -> None:
        for splice in splices:
            match splice:
                case Insert(index, row):
                    self.rows.insert(index, row)
                case Remove(index, row):
                    assert self.rows.pop(index) is row
                case Move(source, target, row):
                    assert self.rows.pop(source) is row
                    self.rows.insert(target, row)
                case Update(index, row):
                    assert self.rows[index] is row


def shown(peer: Any, note: Any) -> dict[str, object]:
    """All that a program can see of the items."""
    peer.repository.register(note)
    seen: dict[str, object] = {}
    for key in "abcd":
        item = peer.repository.item(key)
        if item is not None:
            seen[key] = (
                item.exists,
                {name: getattr(item, name) for name in note.fields if name != "body"},
                str(item.body),
                {name: item.alternatives(name) for name in note.fields if name != "body"},
                (item.created_ms, item.edited_ms, item.author),
            )
    return seen


def machine(peers: ModuleType) -> type[RuleBasedStateMachine]:
    note = peers.NOTE

    class Replicas(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.timers = peers.Timers()
            self.peers = [peers.Peer(n + 1, self.timers) for n in range(3)]
            self.barred: set[bytes] = set()
            self.ever_barred = False
            self.letters = 0
            self.typed: set[str] = set()
            self.erased: set[str] = set()
            self.watched: list[list[Watched]] = [[], [], []]
            for who in range(3):
                self.watch(who)

        def watch(self, who: int) -> None:
            repository = self.peers[who].repository
            every = repository.query(note)
            self.watched[who] = [
                Watched(every),
                Watched(every.order_by("title", "-edited")),
                Watched(every.where(done=True).order_by("-title")),
                Watched(every.order_by("edited_ms").limit(2)),
            ]

        # -- writing

        def fresh(self, count: int) -> str:
            """Letters that were never typed before, every other one outside the 16-bit plane."""
            first, self.letters = self.letters, self.letters + count
            return "".join(
                chr((0x1F400 if n % 2 else 0x4E00) + n) for n in range(first, first + count)
            )

        def do(self, who: int, deed: Any, typed: set[str], erased: set[str]) -> None:
            kind, key, what = deed
            peer = self.peers[who]
            item = peer.repository.item(key)
            if kind == "look":
                self.watched[who].append(Watched(peer.repository.query(note).order_by("-edited")))
                del self.watched[who][4:-2]
            elif kind == "create":
                if item is None:
                    body = "twin" if what else self.fresh(3)
                    peer.repository.create(note, key, title=f"{what}", body=body, done=what == 2)
                    typed.update(body if not what else "")
            elif item is None:
                return
            elif kind == "set":
                setattr(item, *what)
            elif kind == "splice":
                place, gone, count = what
                position = round(place * len(item.body))
                gone = min(gone, len(item.body) - position)
                new = self.fresh(count)
                erased.update(item.body[position : position + gone])
                item.body.splice(position, gone, new)
                typed.update(new)
            elif kind == "assign":
                chance = random.Random(what)
                old = str(item.body)
                words = [old[i : i + 3] for i in range(0, len(old), 3)]
                kept = [word for word in words if chance.random() < 0.7]
                new = self.fresh(2)
                kept.insert(chance.randint(0, len(kept)), f" {new} ")
                item.body = "".join(kept)
                erased.update(set(old) - set(str(item.body)))
                typed.update(new)
            elif kind == "delete":
                item.delete()
            else:
                item.restore()

        def may_write(self, who: int) -> bool:
            return bool(self.peers[who].repository.writable)

        @rule(who=WHO, deed=DEED)
        def edit(self, who: int, deed: Any) -> None:
            if self.may_write(who):
                self.do(who, deed, self.typed, self.erased)

        @rule(who=WHO, deeds=st.lists(DEED, min_size=1, max_size=5), fails=st.booleans())
        def transact(self, who: int, deeds: list[Any], fails: bool) -> None:
            if not self.may_write(who):
                return
            repository = self.peers[who].repository
            repository.record_drafts()
            before, count = shown(self.peers[who], note), repository.count
            typed: set[str] = set()
            erased: set[str] = set()
            try:
                with repository.transaction("several"):
                    for deed in deeds:
                        self.do(who, deed, typed, erased)
                    if fails:
                        raise Cancelled
            except Cancelled:
                assert shown(self.peers[who], note) == before
                assert repository.count == count
            else:
                assert repository.count <= count + 1
                self.typed |= typed
                self.erased |= erased

        @rule(who=WHO)
        def record(self, who: int) -> None:
            self.peers[who].repository.record_drafts()
            assert self.peers[who].repository.durable

        @rule(ms=st.sampled_from([0, 150, 1_000, 6_000]))
        def let_time_pass(self, ms: int) -> None:
            self.timers.advance(ms)

        # -- what happens to commits

        @rule(origin=WHO, at=WHO, seed=st.integers(0, 1 << 16), share=st.floats(0.1, 1))
        def deliver(self, origin: int, at: int, seed: int, share: float) -> None:
            """Some, in any order, some of them twice, in several portions."""
            chance = random.Random(seed)
            offered = [c for c in self.peers[origin].store.commits() if chance.random() < share]
            offered += chance.sample(offered, len(offered) // 3)
            chance.shuffle(offered)
            while offered:
                portion = chance.randint(1, len(offered))
                self.peers[at].repository.admit(offered[:portion])
                del offered[:portion]

        @rule(origin=WHO, at=WHO)
        def deliver_all(self, origin: int, at: int) -> None:
            self.peers[at].pull(self.peers[origin])

        @rule(who=WHO)
        def reopen(self, who: int) -> None:
            peer = self.peers[who]
            peer.repository.record_drafts()
            self.open(who, peer.log.entries())

        def open(self, who: int, entries: Any) -> None:
            self.peers[who].repository.close()
            self.peers[who] = peers.Peer(who + 1, self.timers, entries)
            self.peers[who].membership.barred |= self.barred
            self.learn(who)
            self.watch(who)

        @rule(who=WHO, back=st.integers(1, 4))
        def restore_a_backup(self, who: int, back: int) -> None:
            """The folder is replaced by an older copy; what it lacks, others have."""
            peer = self.peers[who]
            peer.repository.record_drafts()
            self.peers[(who + 1) % 3].pull(peer)
            entries = peer.log.entries()
            self.open(who, entries[: max(0, len(entries) - back)])

        # -- rights

        @rule(who=WHO, on=st.booleans())
        def bar(self, who: int, on: bool) -> None:
            author = self.peers[who].author
            self.ever_barred = self.ever_barred or on
            self.barred = self.barred | {author} if on else self.barred - {author}

        @rule(who=WHO)
        def learn(self, who: int) -> None:
            """The news of `bar` reaches one device."""
            peer = self.peers[who]
            peer.membership.barred = set(self.barred)
            peer.membership.reason = "No." if peer.author in self.barred else None
            peer.repository.membership_changed()

        # -- what holds always

        @invariant()
        def queries_are_what_a_rescan_gives(self) -> None:
            if not hasattr(self, "peers"):
                return
            for who, peer in enumerate(self.peers):
                assert peer.errors == []
                rescanned = list(peer.repository.items(note))
                for n, watched in enumerate(self.watched[who]):
                    rows = list(watched.query)
                    assert watched.rows == rows
                    if n == 3:
                        assert len(rows) == min(2, len(rescanned))
                    elif n != 2:
                        assert {id(row) for row in rows} == {id(row) for row in rescanned}
                    again = self.again(peer, n)
                    assert [row.key for row in rows] == [row.key for row in again]

        def again(self, peer: Any, n: int) -> list[Any]:
            every = sorted(peer.repository.items(note), key=lambda i: i.key)
            by_edited = lambda i: (i.edited is not None, i.edited or 0)  # noqa: E731
            if n == 0:
                return every
            if n == 3:
                return sorted(every, key=lambda i: i.edited_ms)[:2]
            # the collation of texts is the query's own: a fresh query over the same rows
            query = peer.repository.query(note)
            if n == 1:
                return list(query.where(lambda row: True).order_by("title", "-edited"))
            if n == 2:
                return list(query.where(lambda row: row.done).order_by("-title"))
            return sorted(every, key=by_edited, reverse=True) and list(
                query.where(lambda row: True).order_by("-edited")
            )

        @precondition(lambda self: hasattr(self, "peers"))
        @rule()
        def all_is_exchanged(self) -> None:
            for peer in self.peers:
                peer.repository.record_drafts()
            for who in range(3):
                self.learn(who)
            for _ in range(2):
                for target in self.peers:
                    for source in self.peers:
                        target.pull(source)
            one, *others = self.peers
            state = shown(one, note)
            for other in others:
                assert other.repository.digest == one.repository.digest
                assert shown(other, note) == state
                assert other.repository.quarantined == one.repository.quarantined
            for peer in self.peers:
                assert peer.store.pending == 0
            for who, peer in enumerate(self.peers):
                rebuilt = peers.Peer(who + 1, self.timers)
                rebuilt.membership.barred |= self.barred
                rebuilt.pull(peer)
                assert shown(rebuilt, note) == state
                loaded = peers.Peer(who + 1, self.timers, peer.log.entries())
                loaded.membership.barred |= self.barred
                loaded.membership.reason = peer.membership.reason
                loaded.repository.membership_changed()
                assert shown(loaded, note) == state
                assert loaded.repository.digest == one.repository.digest
            if not self.ever_barred:
                texts = "".join(text for _, _, text, _, _ in state.values())
                assert self.typed - self.erased <= set(texts)

        def teardown(self) -> None:
            if hasattr(self, "peers"):
                self.all_is_exchanged()
                self.queries_are_what_a_rescan_gives()

    return Replicas


@pytest.mark.parametrize("records_kept", [shelved_items.LIVE_MAX, 1])
def test_whatever_happened_all_show_the_same(
    peers: ModuleType, request: Any, monkeypatch: pytest.MonkeyPatch, records_kept: int
) -> None:
    monkeypatch.setattr(shelved_items, "LIVE_MAX", records_kept)
    slow = request.config.getoption("--slow")
    run_state_machine_as_test(
        machine(peers),
        settings=settings(
            max_examples=500 if slow else 100,
            stateful_step_count=50,
            phases=[phase for phase in Phase if slow or phase is not Phase.shrink],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
