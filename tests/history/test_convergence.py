"""Three replicas, edited and connected in every way a machine can think of."""

from __future__ import annotations

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

REPLICAS = st.integers(0, 2)
FIELDS = st.sampled_from(["body", "title"])
INSERTED = st.text("abcdé😀", max_size=4)
MEMBERS = st.sampled_from([1, True, "x"])
CONTAINER_EDITS = st.one_of(
    st.tuples(st.sampled_from([2, 3, 5]), st.just("tags"), MEMBERS),
    st.tuples(st.just(4), st.just("tags"), MEMBERS, st.integers(0, 2)),
    st.tuples(st.just(6), st.just("tags"), st.integers(-2, 2)),
)


class Replica:
    """One device: its state, what it holds, and the texts that it shows."""

    def __init__(self, author):
        self.author = bytes([author]) * 32
        self.seq = 0
        self.state = ItemState()
        self.held = {}
        self.shown = {}


@pytest.fixture
def machine(naive, histories):
    """The class of machines; three replicas with no network between them but the rules."""

    class Replicas(RuleBasedStateMachine):
        @initialize()
        def begin(self):
            self.replicas = [Replica(author) for author in range(3)]
            self.made = 0

        def take(self, replica, record):
            replica.held[record.commit] = record
            delta = replica.state.apply(record)
            for name, splices in delta.splices.items():
                replica.shown[name] = histories.spliced(replica.shown[name], splices)
            assert delta.visible == replica.state.visible

        def commit(self, who, parents, *operations):
            replica = self.replicas[who]
            replica.seq += 1
            self.made += 1
            commit = ((self.made * 7919) % 251).to_bytes(1, "big") + self.made.to_bytes(31, "big")
            stamp = self.made * 31 % 4
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
                heads = self.replicas[who].state.heads
                self.commit(who, heads, (1, field, position, deleted, inserted))

        @rule(who=REPLICAS, field=FIELDS, signs=st.lists(st.sampled_from("xyz"), max_size=5))
        def type_on(self, who, field, signs):
            state = self.replicas[who].state
            for offset, sign in enumerate(signs):
                self.commit(who, state.heads, (1, field, offset, 0, sign))

        @rule(who=REPLICAS, value=st.sampled_from([0, False, "v"]), field=st.sampled_from("rs"))
        def set_register(self, who, value, field):
            self.commit(who, self.replicas[who].state.heads, (0, field, value))

        @rule(who=REPLICAS, edits=st.lists(CONTAINER_EDITS, min_size=1, max_size=3))
        def edit_containers(self, who, edits):
            self.commit(who, self.replicas[who].state.heads, *edits)

        @rule(who=REPLICAS, code=st.sampled_from([7, 8]))
        def delete_or_restore(self, who, code):
            self.commit(who, self.replicas[who].state.heads, (code,))

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
            held = sorted(self.replicas[who].held)
            if held:
                parents = data.draw(st.lists(st.sampled_from(held), min_size=1, max_size=3))
                edit = (1, "body", data.draw(st.integers(0, 8)), 1, "old")
                self.commit(who, tuple(parents), edit, data.draw(CONTAINER_EDITS))

        @rule(sender=REPLICAS, receiver=REPLICAS, data=st.data())
        def deliver(self, sender, receiver, data):
            """Some or all, in any order that has parents first; some of it for the second time."""
            left = dict(self.replicas[sender].held)
            replica = self.replicas[receiver]
            budget = data.draw(st.integers(1, len(left) + 1))
            random = data.draw(st.randoms(use_true_random=False))
            while left and budget:
                free = [c for c, r in left.items() if not any(p in left for p in r.parents)]
                record = left.pop(random.choice(free))
                if record.commit not in replica.held:
                    budget -= 1
                self.take(replica, record)

        @rule(who=REPLICAS, field=FIELDS)
        def read(self, who, field):
            state = self.replicas[who].state
            if field in state.texts:
                self.replicas[who].shown[field] = state.text(field)

        @rule(who=REPLICAS)
        def forget_what_is_computed(self, who):
            replica = self.replicas[who]
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
                records = list(replica.held.values())
                held = frozenset(replica.held)
                expected = views.get(held)
                if expected is None:
                    expected = views[held] = histories.meant(naive.Meaning(records))
                assert histories.view(replica.state) == expected
                again = ItemState()
                again.rebuild(records)
                assert histories.view(again) == expected

    return Replicas


def test_replicas_that_hold_the_same_show_the_same(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=60, stateful_step_count=40))


@pytest.mark.slow
def test_replicas_that_hold_the_same_show_the_same_for_long(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=1500, stateful_step_count=60))
