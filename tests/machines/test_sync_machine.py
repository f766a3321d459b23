"""Anything may happen to two to five replicas; then the network heals, and all hold the same.

What happens: writes, partitions, power failures before a commit was durable, wiped folders, folders
replaced by older copies (whose devices then fork), repeated messages, links that drop while commits
are under way, all at any moment of an exchange.
"""

from __future__ import annotations

from itertools import combinations
from types import ModuleType
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from goatcore.sync.events import Stuck

WHO = st.integers(0, 4)


def machine(sim: ModuleType) -> type[RuleBasedStateMachine]:
    class Replicas(RuleBasedStateMachine):
        network: Any

        @initialize(count=st.integers(2, 5), latency=st.sampled_from([1, 10, 300]))
        def begin(self, count: int, latency: int) -> None:
            self.replica_names = "abcde"[:count]
            self.network = sim.Network(self.replica_names, latency_ms=latency, fsync_ms=3)
            self.authors = {name: number for number, name in enumerate(self.replica_names)}
            self.heal()

        def heal(self) -> None:
            for one, other in combinations(self.replica_names, 2):
                self.network.connect(one, other)

        def name(self, who: int) -> str:
            return self.replica_names[who % len(self.replica_names)]

        @rule(who=WHO, times=st.integers(1, 6), size=st.sampled_from([10, 10, 10, 30_000]))
        def write(self, who: int, times: int, size: int) -> None:
            name = self.name(who)
            replica = self.network[name]
            for _ in range(times):
                body = f"{name} {len(self.network.log)} {len(replica.held)}".encode()
                replica.write(sim.author(self.authors[name]), body.ljust(size, b"."))
            self.network.wrote(name)

        @rule(one=WHO, other=WHO)
        def connect(self, one: int, other: int) -> None:
            if self.name(one) != self.name(other):
                self.network.connect(self.name(one), self.name(other))

        @rule(one=WHO, other=WHO)
        def disconnect(self, one: int, other: int) -> None:
            if self.name(one) != self.name(other):
                self.network.disconnect(self.name(one), self.name(other))

        @rule()
        def heal_all(self) -> None:
            self.heal()

        @rule(ms=st.sampled_from([1, 4, 11, 40, 260, 700]))
        def let_time_pass(self, ms: int) -> None:
            self.network.run(self.network.now_ms + ms)

        @rule(who=WHO)
        def crash(self, who: int) -> None:
            name = self.name(who)
            self.network.isolate(name)
            self.network[name].crash()

        @rule(who=WHO)
        def wipe(self, who: int) -> None:
            """The folder is gone; the device goes on under new keys."""
            name = self.name(who)
            self.network.isolate(name)
            self.network[name].restore([])
            self.authors[name] += 10

        @rule(who=WHO, lost=st.integers(1, 8), times=st.integers(1, 5), spread=st.booleans())
        def restore(self, who: int, lost: int, times: int, spread: bool) -> None:
            """An older copy of the folder, in which the device goes on under its old key: it forks
            if others have what it lost."""
            name = self.name(who)
            if spread:
                self.write(who, lost, 10)
                self.network.run(self.network.now_ms + 2_000)
            self.network.isolate(name)
            commits = self.network[name].backup()
            own = [
                place
                for place, commit in enumerate(commits)
                if commit.author == sim.author(self.authors[name])
            ]
            self.network[name].restore(commits[: own[-lost:][0]] if own else commits)
            self.write(who, times, 10)

        @rule()
        def all_comes_to_rest(self) -> None:
            """Whoever is connected, also by way of others, is equal then, and knows it."""
            self.network.repeats = lambda _message: False
            self.network.run()
            for one, other in self.network.links:
                first, second = self.network[one], self.network[other]
                assert first.durable.digest() == second.durable.digest()
                assert first.held.keys() == second.held.keys()
                assert first.exchanges[other].agreed
                assert second.exchanges[one].agreed
                assert first.exchanges[other].unacknowledged == 0
                assert second.exchanges[one].unacknowledged == 0

        @rule(on=st.booleans())
        def repeat_messages(self, on: bool) -> None:
            self.network.repeats = lambda _message: on

        @invariant()
        def what_is_offered_is_closed(self) -> None:
            if not hasattr(self, "network"):
                return
            for replica in self.network.replicas.values():
                for commit in list(replica.held.values())[-3:]:
                    assert all(dep in replica.held for dep in commit.header.deps)

        def teardown(self) -> None:
            if not hasattr(self, "network"):
                return
            network = self.network
            network.repeats = lambda _message: False
            alive = {
                commit.id for replica in network.replicas.values() for commit in replica.backup()
            }
            if network.repeated:  # it spoiled the links' sums of credit
                for name in self.replica_names:
                    network.isolate(name)
            before = len(network.log)
            self.heal()
            self.all_comes_to_rest()
            links = len(network.links)
            for name, replica in network.replicas.items():
                assert alive <= replica.held.keys(), f"{name} lost something"
                for commit in replica.waiting.values():  # what it stands on is nowhere any more
                    assert any(dep not in alive for dep in commit.header.deps)
                assert replica.told(Stuck) == []
            assert network.is_equal()
            said = len(network.log)
            assert said - before <= links * (40 + 4 * network[self.replica_names[0]].durable.count)
            network.run(network.now_ms + 3_600_000)
            assert len(network.log) == said, "equal replicas are silent"

    return Replicas


def test_whatever_happened_all_end_equal_and_nothing_is_lost(sim: ModuleType) -> None:
    run_state_machine_as_test(
        machine(sim),
        settings=settings(
            max_examples=100,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
