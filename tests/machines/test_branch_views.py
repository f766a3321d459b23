"""Three devices work on one repository and its branches, in any order.

Branches are made from anything there was, edited on several devices, merged, dropped and brought
back; commits arrive late and in any order, rights come and go, folders are opened again. After
every step the main line and each branch of each device show what their definition gives, computed
here from nothing but the held commits; so equal sets give equal views, and no work on a branch
shows on the main line before it is merged.
"""

from __future__ import annotations

import random
from types import ModuleType
from typing import Any

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

from goatcore.history.body import decode_body
from goatcore.history.item_state import ChangeRecord, ItemState
from goatcore.repository.branch_base import branch_key, decode_base

KEYS = "abc"
WHO = st.integers(0, 2)
KEY = st.sampled_from(KEYS)
SEED = st.integers(0, 1 << 16)
FIELDS = ("title", "done")


class Naive:
    """What one device holds, and what follows from it by the definition of a view alone."""

    def __init__(self, peer: Any, barred: set[bytes]) -> None:
        self.commits: dict[bytes, tuple[Any, Any]] = {}
        for commit in peer.store.commits():
            body = decode_body(peer.sealer.unseal(commit))
            self.commits[commit.id] = (commit, body)
        self.passing = {id_ for id_, (c, _) in self.commits.items() if c.author not in barred}

    def parents(self, id_: bytes, change: Any) -> list[bytes]:
        found = []
        for parent in change.parents:
            at, back = (parent, 0) if isinstance(parent, int) else parent
            one = self.commits[id_][0].header.deps[at]
            for _ in range(back):
                one = self.commits[one][0].prev
            found.append(one)
        return found

    def past(self, ids: Any, without: Any = ()) -> set[bytes]:
        """These and everything reachable from them through parents of changes."""
        found: set[bytes] = set()
        stack = list(ids)
        while stack:
            id_ = stack.pop()
            if id_ not in found and id_ not in without:
                found.add(id_)
                for change in self.commits[id_][1].changes:
                    stack.extend(self.parents(id_, change))
        return found

    def main(self) -> dict[str, Any]:
        return self.states(self.past(self.of(None)))

    def of(self, branch: Any) -> set[bytes]:
        return {id_ for id_ in self.passing if self.commits[id_][1].branch == branch}

    def branch(self, branch: Any) -> dict[str, Any]:
        record = self.main()[branch_key(branch)]
        base = decode_base(record[0].value("base"))
        assert base is not None
        if base.key is not None:
            of_item = self.item_past(base.key, base.commits)
            return self.states(self.past(self.of(branch), of_item), of_item, base.key)
        chains: set[bytes] = set()
        for tip in base.commits:
            one = tip if tip in self.commits else None
            while one is not None and one not in chains:
                chains.add(one)
                one = self.commits[one][0].prev
        return self.states(self.past(self.of(None) & chains | self.of(branch)))

    def item_past(self, key: str, heads: Any) -> set[bytes]:
        found: set[bytes] = set()
        stack = [head for head in heads if head in self.commits]
        while stack:
            id_ = stack.pop()
            for change in self.commits[id_][1].changes:
                if change.key == key and id_ not in found:
                    found.add(id_)
                    stack.extend(self.parents(id_, change))
        return found

    def states(self, ids: set[bytes], of_item: Any = (), item: str = "") -> dict[str, Any]:
        """By key: the state, and who changed it first and last."""
        found: dict[str, Any] = {}
        for id_, (commit, body) in self.commits.items():  # parents first
            for change in body.changes:
                if id_ in ids or (id_ in of_item and change.key == item):
                    state, row = found.setdefault(change.key, (ItemState(), []))
                    on = tuple(sorted(self.parents(id_, change)))
                    author, seq, time = commit.header[1:4]
                    state.apply(
                        ChangeRecord(author, seq, id_, time, on, change.operations, change.version)
                    )
                    row.append((time, id_, author))
        return found


def told(states: dict[str, Any]) -> dict[str, object]:
    """What a view of these states shows."""
    seen: dict[str, object] = {}
    for key in KEYS:
        if key in states:
            state, row = states[key]
            seen[key] = (
                state.visible,
                {name: state.alternatives(name) or [DEFAULTS[name]] for name in FIELDS},
                state.text("body"),
                (min(row)[0] >> 16, max(row)[0] >> 16, max(row)[2].hex()[:4]),
            )
    return seen


DEFAULTS: dict[str, object] = {"title": "", "done": False}


def shown(view: Any) -> dict[str, object]:
    """What a program sees of the items of a view."""
    seen: dict[str, object] = {}
    for key in KEYS:
        item = view.item(key)
        if item is not None:
            seen[key] = (
                item.exists,
                {name: item.alternatives(name) for name in FIELDS},
                str(item.body),
                (item.created_ms, item.edited_ms, item.author),
            )
    return seen


def machine(peers: ModuleType) -> type[RuleBasedStateMachine]:
    note = peers.NOTE

    class Branching(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.timers = peers.Timers()
            self.barred: set[bytes] = set()
            self.peers = [peers.Peer(n + 1, self.timers) for n in range(3)]
            self.letters = 0
            self.moments: list[int] = []
            self.versions: list[tuple[int, Any]] = []
            for who in range(3):
                self.watch(who)

        def watch(self, who: int) -> None:
            repository = self.peers[who].repository
            repository.register(note)
            self.versions = [pair for pair in self.versions if pair[0] != who]

        def branches(self, who: int) -> list[Any]:
            return list(self.peers[who].repository.branches(None))

        def pick(self, who: int, seed: int) -> Any:
            found = self.branches(who)
            return found[seed % len(found)] if found else None

        # -- work

        def edit(self, view: Any, key: str, seed: int) -> None:
            chance = random.Random(seed)
            item = view.item(key)
            if item is None:
                twin = chance.random() < 0.3
                self.letters += 1
                body = "" if twin else chr(0x4E00 + self.letters)
                view.create(note, key, title="same" if twin else f"{seed % 7}", body=body)
                return
            kind = chance.choice(["type", "type", "title", "done", "gone", "there"])
            if kind == "type":
                at = chance.randint(0, len(item.body))
                self.letters += 1
                cut = min(chance.randint(0, 1), len(item.body) - at)
                item.body.splice(at, cut, chr(0x4E00 + self.letters))
            elif kind == "title":
                item.title = f"{seed % 7}"
            elif kind == "done":
                item.done = not item.done
            elif kind == "gone":
                item.delete()
            else:
                item.restore()

        @rule(who=WHO, key=KEY, seed=SEED)
        def edit_the_main_line(self, who: int, key: str, seed: int) -> None:
            if self.peers[who].repository.writable:
                self.edit(self.peers[who].repository, key, seed)
                self.peers[who].repository.record_drafts()

        @rule(who=WHO, key=KEY, which=SEED, seed=SEED, twice=st.booleans())
        def edit_a_branch(self, who: int, key: str, which: int, seed: int, twice: bool) -> None:
            branch = self.pick(who, which)
            if branch is None or not branch.writable:
                return
            before = shown(self.peers[who].repository)
            if twice:
                with branch.transaction("both"):
                    self.edit(branch, key, seed)
                    self.edit(branch, KEYS[seed % 3], seed + 1)
            else:
                self.edit(branch, key, seed)
                branch.record_drafts()
            assert shown(self.peers[who].repository) == before

        @rule(who=WHO, seed=SEED, kind=st.sampled_from(["now", "version", "moment", "item"]))
        def branch_off(self, who: int, seed: int, kind: str) -> None:
            repository = self.peers[who].repository
            if not repository.writable or len(self.branches(who)) > 6:
                return
            if kind == "now":
                branch = repository.branch(kind)
                assert shown(branch) == shown(repository)
            elif kind == "version":
                mine = [version for at, version in self.versions if at == who]
                repository.branch(kind, mine[seed % len(mine)] if mine else None)
            elif kind == "moment":
                repository.branch(
                    kind, self.moments[seed % len(self.moments)] if self.moments else 0
                )
            else:
                view = self.pick(who, seed) or repository
                item = view.item(KEYS[seed % 3])
                if item is not None and item.version is not None:
                    history = item.history
                    version = history[seed % len(history)]
                    branch = item.branch(kind, version)
                    assert str(branch.item(item.key).body) == str(version.body)

        @rule(who=WHO)
        def note_the_moment(self, who: int) -> None:
            self.versions.append((who, self.peers[who].repository.version))
            self.moments.append(self.timers.now_ms)
            self.timers.advance(7)

        @rule(who=WHO, which=SEED)
        def merge(self, who: int, which: int) -> None:
            branch, peer = self.pick(who, which), self.peers[who]
            if branch is None or not branch.writable:
                return
            held, before = peer.repository.count, shown(peer.repository)
            told_before = {one.key: one for one in branch.compare()}
            merged = branch.merge()
            assert peer.repository.count == held + merged.commits
            assert merged.commits <= 1
            assert branch.state != "open" or not merged.commits
            assert branch.compare() == []
            after = shown(peer.repository)
            for key in KEYS:
                if before.get(key, (False,))[:1] != after.get(key, (False,))[:1]:
                    assert key in told_before
                if key in told_before and "title" in told_before[key].fields:
                    assert peer.repository.item(key).title == told_before[key].fields["title"].new

        @rule(who=WHO, which=SEED)
        def drop_or_bring_back(self, who: int, which: int) -> None:
            branch = self.pick(who, which)
            if branch is None or not self.peers[who].repository.writable:
                return
            if branch.state == "dropped":
                branch.restore()
                assert branch.state != "dropped"
            else:
                branch.drop()
                assert branch.state == "dropped"

        # -- what happens to commits

        @rule(origin=WHO, at=WHO, seed=SEED, share=st.floats(0.1, 1))
        def deliver(self, origin: int, at: int, seed: int, share: float) -> None:
            chance = random.Random(seed)
            offered = [c for c in self.peers[origin].store.commits() if chance.random() < share]
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
            entries = self.peers[who].log.entries()
            self.peers[who].repository.close()
            self.peers[who] = peers.Peer(who + 1, self.timers, entries)
            self.watch(who)
            self.learn(who)

        @rule(who=WHO, on=st.booleans())
        def bar(self, who: int, on: bool) -> None:
            author = self.peers[who].author
            self.barred = self.barred | {author} if on else self.barred - {author}
            for each in range(3):
                self.learn(each)

        def learn(self, who: int) -> None:
            peer = self.peers[who]
            peer.membership.barred = set(self.barred)
            peer.membership.reason = "No." if peer.author in self.barred else None
            peer.repository.membership_changed()

        # -- what holds always

        @invariant()
        def every_view_is_what_its_definition_gives(self) -> None:
            for who, peer in enumerate(getattr(self, "peers", ())):
                assert peer.errors == []
                naive = Naive(peer, self.barred)
                assert shown(peer.repository) == told(naive.main())
                for branch in self.branches(who):
                    assert shown(branch) == told(naive.branch(branch.id))
                    rows = {item.key for item in branch.query(note)}
                    assert rows == {k for k, one in shown(branch).items() if one[0]}  # type: ignore[index]

        @precondition(lambda self: hasattr(self, "peers"))
        @rule()
        def all_is_exchanged(self) -> None:
            for _ in range(2):
                for target in self.peers:
                    for source in self.peers:
                        target.pull(source)
            states = [
                {b.id: (b.name, b.state, b.created_ms, b.author) for b in self.branches(who)}
                for who in range(3)
            ]
            assert states[0] == states[1] == states[2]
            assert len({peer.repository.digest for peer in self.peers}) == 1

    return Branching


def test_main_line_and_branches_show_what_their_definitions_give(
    peers: ModuleType, request: Any
) -> None:
    slow = request.config.getoption("--slow")
    run_state_machine_as_test(
        machine(peers),
        settings=settings(
            max_examples=1_500 if slow else 120,
            stateful_step_count=40,
            phases=[phase for phase in Phase if slow or phase is not Phase.shrink],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
