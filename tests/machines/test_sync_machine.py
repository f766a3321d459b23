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
    precondition,
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
            self.names = "abcde"[:count]
            self.network = sim.Network(self.names, latency_ms=latency, fsync_ms=3)
            self.backups: list[tuple[str, list[Any]]] = []
            self.authors = {name: [number] for number, name in enumerate(self.names)}

        def name(self, who: int) -> str:
            return self.names[who % len(self.names)]

        @rule(who=WHO, times=st.integers(1, 6), size=st.sampled_from([10, 10, 10, 30_000]))
        def write(self, who: int, times: int, size: int) -> None:
            name = self.name(who)
            replica = self.network[name]
            for _ in range(times):
                body = f"{name} {len(self.network.log)} {len(replica.held)}".encode()
                replica.write(sim.author(self.authors[name][-1]), body.ljust(size, b"."))
            self.network.wrote(name)

        @rule(one=WHO, other=WHO)
        def connect(self, one: int, other: int) -> None:
            if self.name(one) != self.name(other):
                self.network.connect(self.name(one), self.name(other))

        @rule(one=WHO, other=WHO)
        def disconnect(self, one: int, other: int) -> None:
            if self.name(one) != self.name(other):
                self.network.disconnect(self.name(one), self.name(other))

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
            self.authors[name].append(self.authors[name][-1] + 10)

        @rule(who=WHO)
        def back_up(self, who: int) -> None:
            self.backups.append((self.name(who), self.network[self.name(who)].backup()))

        @precondition(lambda self: self.backups)
        @rule(choice=st.integers(0, 20))
        def restore(self, choice: int) -> None:
            """The device goes on under its old key, from where it was: its next commit forks."""
            name, commits = self.backups[choice % len(self.backups)]
            self.network.isolate(name)
            self.network[name].restore(commits)

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
            network.run(network.now_ms + 60_000)
            for replica in network.replicas.values():
                replica.flush()
            alive = {id_ for replica in network.replicas.values() for id_ in replica.held}
            for name in self.names:
                network.isolate(name)
            network.log.clear()
            for replica in network.replicas.values():
                replica.events.clear()
            for one, other in combinations(self.names, 2):
                network.connect(one, other)
            network.run()
            for name, replica in network.replicas.items():
                assert alive <= replica.held.keys(), f"{name} lost something"
                assert not replica.waiting
                assert replica.told(Stuck) == []
                assert all(exchange.agreed for exchange in replica.exchanges.values())
                assert all(e.unacknowledged == 0 for e in replica.exchanges.values())
            assert network.is_equal()
            links = len(network.links)
            assert len(network.log) <= links * (40 + 4 * len(alive))
            network.log.clear()
            network.run(network.now_ms + 3_600_000)
            assert network.log == [], "equal replicas are silent"

    return Replicas


def test_whatever_happened_all_end_equal_and_nothing_is_lost(sim: ModuleType) -> None:
    run_state_machine_as_test(
        machine(sim),
        settings=settings(
            max_examples=60,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
