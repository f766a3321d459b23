"""Replicas, edited and connected in every way a machine can think of.

What counts grows and shrinks, work is done aside and merged, devices restart. Equal counted sets
show the same: what the plain reading of the set says.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from goatcore.history.item_state import ChangeRecord, ItemState
from goatcore.values import pack, unpack

MEMBERS = [1, True, "x"]
OFTEN = ["edit", "edit", "edit", "type_on", "deliver", "deliver", "deliver_all"]
SELDOM = [
    "several_fields",
    "delete_or_restore",
    "begin_again",
    "edit_an_old_version",
    "edit_on_the_branch",
    "merge_the_branch",
    "learn_of_rights",
    "agree_on_rights",
    "restart",
    "look",
    "forget_what_is_computed",
]


class Replica:
    """One device: what it holds, the main line and a branch of it, and the texts that it shows."""

    def __init__(self, author):
        self.author = bytes([author]) * 32
        self.seq = 0
        self.held = {}  # in order of arrival
        self.revoked = set()  # commits whose authors had no right, as far as is known here
        self.state = ItemState()
        self.branch = ItemState()
        self.walked = set()  # commits that are in the state
        self.looks = author % 2 == 0  # somebody looks at all texts, all the time
        self.shown = {}


class World:
    """Some replicas and what can happen to them; every choice is `chance`'s."""

    def __init__(self, histories, count):
        self.histories = histories
        self.replicas = [Replica(author) for author in range(count)]
        self.made = 0
        self.branched = set()  # commits that were made on the branch
        self.told = 0  # splices

    def happen(self, action, who, chance):
        getattr(self, action)(self.replicas[who % len(self.replicas)], chance)

    # -- what counts: all that pass, and all that they stand on

    def counted(self, replica, *, branch=False):
        """The changes of the main line, or of the branch, parents first."""
        passing = [
            commit
            for commit in replica.held
            if (commit in self.branched) == branch and commit not in replica.revoked
        ]
        wanted = self.histories.closed(replica.held, passing)
        return [record for commit, record in replica.held.items() if commit in wanted]

    def show(self, replica, delta):
        for name, splices in delta.splices.items():
            if name in replica.shown:
                self.told += len(splices)
                replica.shown[name] = self.histories.spliced(replica.shown[name], splices)
        for name in replica.shown.keys() - replica.state.texts.keys():
            assert replica.shown.pop(name) == ""  # nobody has edited it any more
        assert delta.visible == replica.state.visible

    def take(self, replica, *records):
        """Hold records; walk what counts with them, one by one or all at once."""
        for record in records:
            replica.held[record.commit] = record
        news = [r for r in self.counted(replica) if r.commit not in replica.walked]
        replica.walked.update(record.commit for record in news)
        if len(records) == 1:
            for record in news:
                self.show(replica, replica.state.apply(record))
        else:
            self.show(replica, replica.state.apply_all(news))
        replica.branch.apply_all(self.counted(replica, branch=True))
        self.look(replica)

    def commit(self, replica, parents, *operations, branch=False):
        replica.seq += 1
        self.made += 1
        commit = ((self.made * 7919) % 251).to_bytes(1, "big") + self.made.to_bytes(31, "big")
        stamp = self.made * 31 % 4
        if branch:
            self.branched.add(commit)
        record = ChangeRecord(replica.author, replica.seq, commit, stamp, parents, operations)
        self.take(replica, record)

    # -- edits

    def splice(self, chance, field=None):
        deleted = chance.choice([0, 0, 1, 4])
        inserted = "".join(chance.choice("abcdé😀") for _ in range(chance.choice([0, 1, 1, 4])))
        field = field or chance.choice(["body", "body", "title"])
        return (1, field, chance.randint(0, 12), deleted, inserted or "z" * (not deleted))

    def container_edit(self, chance):
        code, member = chance.choice([2, 2, 3, 4, 4, 5, 6]), chance.choice(MEMBERS)
        if code == 6:
            return (6, "tags", chance.randint(-2, 2))
        return (code, "tags", member, *([chance.randint(0, 2)] * (code == 4)))

    def edit(self, replica, chance):
        self.commit(replica, replica.state.heads, self.splice(chance))

    def type_on(self, replica, chance):
        at = chance.randint(0, 6)
        for offset, sign in enumerate(chance.choice(["xyz", "goat", "k"])):
            self.commit(replica, replica.state.heads, (1, "body", at + offset, 0, sign))

    def several_fields(self, replica, chance):
        value = chance.choice([0, False, "v"])
        edits = [(0, chance.choice("rs"), value), self.container_edit(chance), self.splice(chance)]
        chosen = chance.sample(edits, chance.randint(1, 3))
        self.commit(replica, replica.state.heads, *chosen)

    def delete_or_restore(self, replica, chance):
        self.commit(replica, replica.state.heads, (chance.choice([7, 8]),))

    def begin_again(self, replica, chance):
        """The item is made anew by somebody who does not know of it; perhaps the same."""
        text = chance.choice(["one", "two"])
        edits = ((1, "body", 0, 0, text), (0, "r", text), (4, "tags", 1, 0), (6, "tags", 1))
        self.commit(replica, (), *edits)

    def edit_an_old_version(self, replica, chance):
        held = sorted(replica.held)
        if held:
            parents = tuple(chance.choices(held, k=chance.randint(1, 3)))
            self.commit(replica, parents, self.splice(chance, "body"), self.container_edit(chance))

    # -- a branch: a line of work that the main line does not show before it is merged

    def edit_on_the_branch(self, replica, chance):
        heads = replica.branch.heads or replica.state.heads
        edits = (self.splice(chance), self.container_edit(chance), (0, "r", self.made))
        self.commit(replica, heads, *edits, branch=True)

    def merge_the_branch(self, replica, _chance):
        if replica.branch.heads:
            parents = tuple(sorted({*replica.state.heads, *replica.branch.heads}))
            self.commit(replica, parents)
            assert set(replica.branch.commits) <= replica.walked

    # -- the network: late, in portions, in any order that has parents first, twice

    def deliver(self, replica, chance, share=None):
        left = dict(chance.choice(self.replicas).held)
        budget = share or chance.randint(1, len(left) + 1)
        portion = []
        while left and budget:
            free = [c for c, r in left.items() if not any(p in left for p in r.parents)]
            record = left.pop(chance.choice(free))
            if record.commit not in replica.held:
                budget -= 1
            portion.append(record)
            if chance.random() < 0.5:
                self.take(replica, *portion)
                portion = []
        self.take(replica, *portion)

    def deliver_all(self, replica, chance):
        self.deliver(replica, chance, share=1 << 30)

    # -- rights: the counted set, up and down

    def count_again(self, replica):
        records = self.counted(replica)
        replica.walked = {record.commit for record in records}
        self.show(replica, replica.state.rebuild(records))
        replica.branch.rebuild(self.counted(replica, branch=True))
        self.look(replica)

    def learn_of_rights(self, replica, chance):
        """Some commits lose their right, or have it again: walk what counts now."""
        back = chance.random() < 0.4
        some = sorted(replica.revoked if back else replica.held)
        some = set(some[-chance.randint(1, 3) :] if chance.random() < 0.5 else
                   chance.sample(some, min(len(some), 2)))  # fmt: skip
        replica.revoked = replica.revoked - some if back else replica.revoked | some
        self.count_again(replica)

    def agree_on_rights(self, replica, chance):
        replica.revoked = set(chance.choice(self.replicas).revoked)
        self.count_again(replica)

    # -- who looks, and who comes back

    def look(self, replica, _chance=None):
        if replica.looks or _chance is not None:
            for name in replica.state.texts:
                if name not in replica.shown:
                    replica.shown[name] = replica.state.text(name)

    def restart(self, replica, _chance):
        """From a snapshot, with the history in the log."""
        records = self.counted(replica)
        value = unpack(pack(replica.state.snapshot()))
        replica.state = ItemState.resumed(value, lambda: records)
        replica.shown.clear()
        self.look(replica)

    def forget_what_is_computed(self, replica, _chance):
        for text in replica.state.texts.values():
            text.cool()
        replica.shown.clear()

    # -- what holds

    def check_texts(self):
        for replica in self.replicas:
            for name, text in replica.shown.items():
                assert replica.state.text(name) == text

    def check_states(self, naive):
        """As from scratch, as the plain reading; so equal sets show the same."""
        views = {}
        for replica in self.replicas:
            for state, branch in ((replica.state, False), (replica.branch, True)):
                records = self.counted(replica, branch=branch)
                counted = frozenset(record.commit for record in records)
                expected = views.get(counted)
                if expected is None:
                    meaning = naive.Meaning(records)
                    expected = views[counted] = self.histories.meant(meaning)
                    again = ItemState()
                    again.rebuild(records)
                    assert self.histories.view(again) == expected
                assert self.histories.view(state) == expected


@pytest.fixture
def machine(naive, histories):
    """The class of machines; replicas with no network between them but the rules."""

    class Replicas(RuleBasedStateMachine):
        @initialize(count=st.integers(3, 5))
        def begin(self, count):
            self.world = World(histories, count)

        @rule(
            action=st.sampled_from([*OFTEN, *SELDOM]),
            who=st.integers(0, 4),
            seed=st.integers(0, 1 << 16),
        )
        def happen(self, action, who, seed):
            self.world.happen(action, who, Random(seed))

        @rule(actions=st.integers(1, 12), seed=st.integers(0, 1 << 16))
        def much_happens(self, actions, seed):
            chance = Random(seed)
            for _ in range(actions):
                action = chance.choice(OFTEN if chance.random() < 0.7 else SELDOM)
                self.world.happen(action, chance.randrange(5), chance)

        @invariant()
        def what_is_shown_is_the_text(self):
            if hasattr(self, "world"):
                self.world.check_texts()

        def teardown(self):
            if hasattr(self, "world"):
                self.world.check_states(naive)

    return Replicas


def test_replicas_that_hold_the_same_show_the_same(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=150, stateful_step_count=10))


@pytest.mark.parametrize("seed", range(20))
def test_a_hundred_worlds_in_which_much_happens(naive, histories, seed):
    """What fails is said with its seed."""
    for number in range(100):
        chance = Random(f"{seed} {number}")
        world = World(histories, chance.randint(3, 5))
        for _ in range(chance.choice([8, 16, 24, 40])):
            action = chance.choice(OFTEN if chance.random() < 0.7 else SELDOM)
            world.happen(action, chance.randrange(5), chance)
            world.check_texts()
        try:
            world.check_states(naive)
        except AssertionError:
            print(f"seed {seed}, world {number}")
            raise


@pytest.mark.slow
def test_replicas_that_hold_the_same_show_the_same_for_long(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=3000, stateful_step_count=15))
