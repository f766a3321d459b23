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

REPLICAS = st.integers(0, 4)
FIELDS = st.sampled_from(["body", "title"])
INSERTED = st.text("abcdé😀", max_size=4)
MEMBERS = st.sampled_from([1, True, "x"])
CONTAINER_EDITS = st.one_of(
    st.tuples(st.sampled_from([2, 3, 5]), st.just("tags"), MEMBERS),
    st.tuples(st.just(4), st.just("tags"), MEMBERS, st.integers(0, 2)),
    st.tuples(st.just(6), st.just("tags"), st.integers(-2, 2)),
)


class Replica:
    """One device: what it holds, the main line and a branch of it, and the texts that it shows."""

    def __init__(self, author):
        self.author = bytes([author]) * 32
        self.seq = 0
        self.held = {}  # in order of arrival
        self.revoked = set()  # commits whose authors had no right, as far as is known here
        self.state = ItemState()
        self.branch = ItemState()
        self.shown = {}


@pytest.fixture
def machine(naive, histories):
    """The class of machines; replicas with no network between them but the rules."""

    class Replicas(RuleBasedStateMachine):
        @initialize(count=st.integers(3, 5))
        def begin(self, count):
            self.replicas = [Replica(author) for author in range(count)]
            self.made = 0
            self.branched = set()  # commits that were made on the branch

        def of(self, who):
            return self.replicas[who % len(self.replicas)]

        # -- what counts: all that pass, and all that they stand on

        def counted(self, replica, *, branch=False):
            """The commits of the main line, or of the branch, parents first."""
            passing = [
                commit
                for commit in replica.held
                if (commit in self.branched) == branch and commit not in replica.revoked
            ]
            wanted = histories.closed(replica.held, passing)
            return [record for commit, record in replica.held.items() if commit in wanted]

        def show(self, replica, delta):
            for name, splices in delta.splices.items():
                if name in replica.shown:
                    replica.shown[name] = histories.spliced(replica.shown[name], splices)
            for name in replica.shown.keys() - replica.state.texts.keys():
                assert replica.shown.pop(name) == ""  # nobody has edited it any more
            assert delta.visible == replica.state.visible

        def take(self, replica, *records):
            """Hold records; walk what counts with them, one by one or all at once."""
            for record in records:
                replica.held[record.commit] = record
            news = [r for r in self.counted(replica) if r.commit not in replica.state]
            if len(records) == 1:
                for record in news:
                    self.show(replica, replica.state.apply(record))
            else:
                self.show(replica, replica.state.apply_all(news))
            replica.branch.apply_all(self.counted(replica, branch=True))

        def commit(self, who, parents, *operations, branch=False):
            replica = self.of(who)
            replica.seq += 1
            self.made += 1
            commit = ((self.made * 7919) % 251).to_bytes(1, "big") + self.made.to_bytes(31, "big")
            stamp = self.made * 31 % 4
            if branch:
                self.branched.add(commit)
            self.take(
                replica,
                ChangeRecord(replica.author, replica.seq, commit, stamp, parents, operations),
            )

        @rule(
            who=REPLICAS,
            field=FIELDS,
            position=st.integers(0, 12),
            deleted=st.integers(0, 4),
            inserted=INSERTED,
        )
        def edit(self, who, field, position, deleted, inserted):
            if deleted or inserted:
                heads = self.of(who).state.heads
                self.commit(who, heads, (1, field, position, deleted, inserted))

        @rule(who=REPLICAS, field=FIELDS, signs=st.lists(st.sampled_from("xyz"), max_size=5))
        def type_on(self, who, field, signs):
            state = self.of(who).state
            for offset, sign in enumerate(signs):
                self.commit(who, state.heads, (1, field, offset, 0, sign))

        @rule(who=REPLICAS, value=st.sampled_from([0, False, "v"]), field=st.sampled_from("rs"))
        def set_register(self, who, value, field):
            self.commit(who, self.of(who).state.heads, (0, field, value))

        @rule(who=REPLICAS, edits=st.lists(CONTAINER_EDITS, min_size=1, max_size=3))
        def edit_containers(self, who, edits):
            self.commit(who, self.of(who).state.heads, *edits)

        @rule(who=REPLICAS, code=st.sampled_from([7, 8]))
        def delete_or_restore(self, who, code):
            self.commit(who, self.of(who).state.heads, (code,))

        @rule(who=REPLICAS, inserted=st.sampled_from(["one", "two"]))
        def begin_the_item_again(self, who, inserted):
            edits = (
                (1, "body", 0, 0, inserted),
                (0, "r", inserted),
                (4, "tags", 1, 0),
                (6, "tags", 1),
            )
            self.commit(who, (), *edits)

        @rule(who=REPLICAS, data=st.data())
        def edit_an_old_version(self, who, data):
            held = sorted(self.of(who).held)
            if held:
                parents = data.draw(st.lists(st.sampled_from(held), min_size=1, max_size=3))
                edit = (1, "body", data.draw(st.integers(0, 8)), 1, "old")
                self.commit(who, tuple(parents), edit, data.draw(CONTAINER_EDITS))

        @rule(sender=REPLICAS, receiver=REPLICAS, data=st.data())
        def deliver(self, sender, receiver, data):
            """Some or all, in any order that has parents first; some of it for the second time; one
            by one or in portions."""
            left = dict(self.of(sender).held)
            replica = self.of(receiver)
            budget = data.draw(st.integers(1, len(left) + 1))
            random = Random(data.draw(st.integers(0, 1 << 16)))
            portion = []
            while left and budget:
                free = [c for c, r in left.items() if not any(p in left for p in r.parents)]
                record = left.pop(random.choice(free))
                if record.commit not in replica.held:
                    budget -= 1
                portion.append(record)
                if random.random() < 0.5:
                    self.take(replica, *portion)
                    portion = []
            self.take(replica, *portion)

        # -- the counted set, up and down

        @rule(who=REPLICAS, data=st.data(), back=st.booleans())
        def learn_of_rights(self, who, data, back):
            """Some commits lose their right, or have it again: walk what counts now."""
            replica = self.of(who)
            of = sorted(replica.revoked if back else replica.held)
            if not of:
                return
            some = set(data.draw(st.lists(st.sampled_from(of), min_size=1, max_size=3)))
            replica.revoked = replica.revoked - some if back else replica.revoked | some
            self.show(replica, replica.state.rebuild(self.counted(replica)))
            replica.branch.rebuild(self.counted(replica, branch=True))

        @rule(one=REPLICAS, other=REPLICAS)
        def agree_on_rights(self, one, other):
            self.of(one).revoked = revoked = set(self.of(other).revoked)
            replica = self.of(one)
            self.show(replica, replica.state.rebuild(self.counted(replica)))
            replica.branch.rebuild(self.counted(replica, branch=True))
            assert replica.revoked == revoked

        # -- a branch: a line of work that the main line does not show before it is merged

        @rule(who=REPLICAS, position=st.integers(0, 12), inserted=INSERTED, more=CONTAINER_EDITS)
        def edit_on_the_branch(self, who, position, inserted, more):
            replica = self.of(who)
            heads = replica.branch.heads or replica.state.heads
            if inserted:
                edit = (1, "body", position, 1, inserted)
                self.commit(who, heads, edit, more, (0, "r", inserted), branch=True)

        @rule(who=REPLICAS)
        def merge_the_branch(self, who):
            replica = self.of(who)
            if replica.branch.heads:
                parents = tuple(sorted({*replica.state.heads, *replica.branch.heads}))
                self.commit(who, parents)
                assert set(replica.branch.commits) <= set(replica.state.commits)

        # -- who looks, and who comes back

        @rule(who=REPLICAS)
        def restart(self, who):
            """From a snapshot, with the history in the log."""
            replica = self.of(who)
            records = self.counted(replica)
            value = unpack(pack(replica.state.snapshot()))
            replica.state = ItemState.resumed(value, lambda: records)
            replica.shown.clear()

        @rule(who=REPLICAS, field=FIELDS)
        def read(self, who, field):
            state = self.of(who).state
            if field in state.texts:
                self.of(who).shown[field] = state.text(field)

        @rule(who=REPLICAS)
        def forget_what_is_computed(self, who):
            replica = self.of(who)
            for text in replica.state.texts.values():
                text.cool()
            replica.shown.clear()

        @invariant()
        def what_is_shown_is_the_text(self):
            for replica in self.replicas:
                for name, text in replica.shown.items():
                    assert replica.state.text(name) == text

        def teardown(self):
            views = {}
            for replica in getattr(self, "replicas", []):
                for state, branch in ((replica.state, False), (replica.branch, True)):
                    records = self.counted(replica, branch=branch)
                    held = frozenset(record.commit for record in records)
                    expected = views.get(held)
                    if expected is None:
                        expected = views[held] = histories.meant(naive.Meaning(records))
                    assert histories.view(state) == expected
                    again = ItemState()
                    again.rebuild(records)
                    assert histories.view(again) == expected

    return Replicas


def test_replicas_that_hold_the_same_show_the_same(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=1000, stateful_step_count=20))


@pytest.mark.slow
def test_replicas_that_hold_the_same_show_the_same_for_long(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=1500, stateful_step_count=60))
