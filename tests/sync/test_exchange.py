"""Two and more replicas over a simulated network: who says what, and where everything ends."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from goatcore.errors import Malformed, PeerMisbehaved
from goatcore.history.commit import Commit, build
from goatcore.ids import Digest, GroupId, RepositoryId
from goatcore.sync.events import Agreed, KeysReceived, PeerHas, PeerLeft, Received, Stuck
from goatcore.sync.messages import Commits, Hello, Keys, Same, State, Tips, Want
from goatcore.values import pack


def filled(sim: ModuleType, *chains: list[Any], names: str = "ab") -> Any:
    """A network whose replicas all hold these chains durably."""
    network = sim.Network(names)
    for name in names:
        network[name].restore([commit for chain in chains for commit in chain])
    return network


def packed(sim: ModuleType, *commits: Commit) -> Commits:
    """One COMMITS of these, each whole."""
    entries: list[bytes | list[object]] = [commit.raw for commit in commits]
    return Commits(entries, len(pack(entries)))


def settle(network: Any) -> None:
    network.connect("a", "b")
    network.run()


# -- scripts: hears this, says that ---------------------------------------------------------------


def test_equal_sides_say_hello_and_same_and_nothing_more(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 3))
    settle(network)
    assert network.said() == ["a HELLO", "b SAME"]
    assert [size for *_, size in network.log] == [31, 12]
    assert network["a"].told(Agreed) == [Agreed(3)] == network["b"].told(Agreed)
    assert network["a"].exchanges["b"].agreed
    assert network["a"].exchanges["b"].unacknowledged == 0


def test_two_empty_sides_agree(sim: ModuleType) -> None:
    network = sim.Network()
    settle(network)
    assert network.said() == ["a HELLO", "b SAME"]
    assert network["a"].exchanges["b"].agreed


def test_the_initiator_lacks_commits(sim: ModuleType) -> None:
    chain = sim.chain(sim.author(1), 5)
    network = sim.Network()
    network["a"].restore(chain[:3])
    network["b"].restore(chain)
    settle(network)
    assert network.said() == ["a HELLO", "b TIPS", "a WANT", "b COMMITS", "a STATE", "b STATE"]
    assert network.is_equal()
    assert network["a"].told(Agreed) == [Agreed(5)] == network["b"].told(Agreed)


def test_the_responder_lacks_commits(sim: ModuleType) -> None:
    chain = sim.chain(sim.author(1), 5)
    network = sim.Network()
    network["a"].restore(chain)
    network["b"].restore(chain[:3])
    settle(network)
    assert network.said() == ["a HELLO", "b TIPS", "a COMMITS", "a STATE", "b STATE"]
    assert network.is_equal()


def test_both_wrote_while_apart(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 3), sim.chain(sim.author(2), 3))
    network["a"].write(sim.author(1))
    network["b"].write(sim.author(2))
    network["a"].flush()
    network["b"].flush()
    settle(network)
    assert network.said() == [
        "a HELLO",
        "b TIPS",
        "a WANT",
        "a COMMITS",
        "b COMMITS",
        "a STATE",
        "b STATE",
    ]
    assert network.is_equal()
    assert network["a"].durable.count == 8


def test_a_wiped_initiator_gets_everything_back_at_once(sim: ModuleType) -> None:
    network = sim.Network()
    network["b"].restore(sim.chain(sim.author(1), 5))
    settle(network)
    assert network.said() == ["a HELLO", "b COMMITS", "b STATE", "a STATE"]
    assert network["a"].durable.count == 5
    assert network.is_equal()


def test_a_wiped_responder_gets_everything_back(sim: ModuleType) -> None:
    network = sim.Network()
    network["a"].restore(sim.chain(sim.author(1), 5))
    settle(network)
    assert network.said() == ["a HELLO", "b TIPS", "a COMMITS", "a STATE", "b STATE"]
    assert network["b"].durable.count == 5


def test_a_responder_whose_initiator_is_silent_begins_after_a_second(sim: ModuleType) -> None:
    replica = sim.Replica("b")
    replica.restore(sim.chain(sim.author(1), 2))
    exchange = sim.Exchange(replica, sim.REPOSITORY, initiator=False)
    exchange.start(0, opens=False)
    assert exchange.take_outgoing(0) == []
    assert exchange.next_deadline() == 1000
    exchange.tick(1000)
    assert exchange.take_outgoing(1000) == [Hello(2, replica.durable.digest())]
    assert exchange.next_deadline() is None


def test_two_hellos_at_once_are_answered_once(sim: ModuleType) -> None:
    chain = sim.chain(sim.author(1), 5)
    network = sim.Network()
    network["a"].restore(chain[:2])
    network["b"].restore(chain)
    network.connect("a", "b")
    network["b"].exchanges["a"].start(0, opens=True)
    network._pump("b", "a")
    network.run()
    assert len(network.sent(Hello)) == 2
    assert len(network.sent(Tips)) == 1
    assert len(network.sent(Commits)) == 1
    assert network.is_equal()


# -- live -----------------------------------------------------------------------------------------


def test_a_durable_commit_is_pushed_at_once_and_acknowledged(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 3))
    settle(network)
    network.log.clear()
    begin = network.now_ms
    commit = network["a"].write(sim.author(1))
    exchange = network["a"].exchanges["b"]
    network.wrote("a")
    network.run(begin)
    assert network.log == []  # not durable yet
    network.run(begin + 1)
    assert network.said() == ["a COMMITS"]
    assert exchange.unacknowledged == 1
    assert not exchange.peer_has(commit.id)
    network.run(begin + 22)
    assert network.said() == ["a COMMITS", "b HAVE"]
    assert exchange.unacknowledged == 0
    assert exchange.peer_has(commit.id)
    tips = (network["a"].durable.tip(network["a"].durable.order(commit.id)),)
    assert network["a"].told(PeerHas)[-1] == PeerHas(tips)
    network.run()
    assert network.said() == ["a COMMITS", "b HAVE", "b STATE", "a STATE"]
    assert network.now_ms <= begin + 1 + 250 + 20 + 10 + 250


def test_a_commit_passes_through_a_peer_to_the_next(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 3), names="abc")
    network.connect("a", "b")
    network.connect("b", "c")
    network.run()
    commit = network["a"].write(sim.author(1))
    network.wrote("a")
    network.run()
    assert network["c"].durable.contains(commit.id)
    assert network.is_equal()


def test_idle_links_say_nothing(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 3))
    settle(network)
    network["a"].write(sim.author(1))
    network.wrote("a")
    network.run()
    network.log.clear()
    network.run(network.now_ms + 24 * 3_600_000)
    assert network.log == []
    assert network["a"].exchanges["b"].next_deadline() is None
    assert network["b"].exchanges["a"].next_deadline() is None


def test_state_is_said_every_256_commits_even_without_a_pause(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 1))
    settle(network)
    network.log.clear()
    for _ in range(600):
        network["a"].write(sim.author(1), seen=False)
        network.wrote("a")
        network.run(network.now_ms + 100)
    said = [m for _, me, _, m, _ in network.log if me == "a" and isinstance(m, State)]
    assert len(said) == 2
    network.run()
    assert network.is_equal()


def test_commits_written_during_the_first_exchange_arrive_too(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 3), sim.chain(sim.author(2), 3))
    network["a"].write(sim.author(1))
    network["a"].flush()
    network.connect("a", "b")
    for _ in range(12):
        network["a"].write(sim.author(1))
        network["b"].write(sim.author(2))
        network.wrote("a")
        network.wrote("b")
        network.run(network.now_ms + 4)
    network.run()
    assert network.is_equal()
    assert network["a"].durable.count == 6 + 1 + 24


# -- large ----------------------------------------------------------------------------------------


def test_large_histories_flow_in_chunks_within_their_credit(sim: ModuleType) -> None:
    chain = sim.chain(sim.author(1), 6000, size=500)
    network = sim.Network()
    network["a"].restore(chain)
    settle(network)
    assert network.is_equal()
    messages = [(m, size) for *_, m, size in network.log if isinstance(m, Commits)]
    assert max(size for _, size in messages) <= 64 * 1024
    assert sum(len(m.entries) for m, _ in messages) == 6000
    assert sum(size for _, size in messages) <= 1.05 * sum(len(c.raw) for c in chain)
    assert network["b"].told(Stuck) == []


def test_a_commit_larger_than_a_chunk_and_than_the_credit_left_arrives(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 2))
    for _ in range(3):
        network["a"].write(sim.author(1), bytes((1 << 20) - 300), seen=False)
        network["a"].write(sim.author(1), seen=False)
    network["a"].flush()
    settle(network)
    assert network.is_equal()
    assert network["b"].durable.count == 8


def test_credit_stops_a_sender_until_the_receiver_has_decided(sim: ModuleType) -> None:
    network = sim.Network(fsync_ms=60_000)  # a very slow disk
    network["a"].restore(sim.chain(sim.author(1), 6000, size=500))
    network.connect("a", "b")
    network.run(30_000)
    received = sum(len(c.raw) for e in network["b"].told(Received) for c in e.commits)
    assert 1_000_000 < received < 1.3 * (1 << 20)
    network.run()
    assert network.is_equal()


# -- forks, backups, damage -----------------------------------------------------------------------


def test_a_device_restored_from_a_backup_gets_its_own_commits_back(sim: ModuleType) -> None:
    chain = sim.chain(sim.author(1), 9)
    network = sim.Network()
    network["a"].restore(chain[:4])
    network["b"].restore(chain)
    settle(network)
    assert network.is_equal()
    assert network["a"].durable.count == 9


def test_forks_of_every_shape_end_as_two_tips(sim: ModuleType) -> None:
    for common in (0, 1, 2, 7, 40):
        for longer_a in (1, 2, 5, 30):
            for longer_b in (1, 3, 30):
                shared = sim.chain(sim.author(1), common)
                network = sim.Network()
                for name, longer in (("a", longer_a), ("b", longer_b)):
                    network[name].restore(shared)
                    for _ in range(longer):
                        network[name].write(sim.author(1))
                    network[name].flush()
                settle(network)
                shape = (common, longer_a, longer_b)
                assert network.is_equal(), shape
                assert network["a"].durable.count == common + longer_a + longer_b, shape
                assert len(network["a"].durable.tips()) == 2
                assert network["a"].told(Stuck) == []
                moved = sum(len(m.entries) for m in network.sent(Commits))
                assert moved <= 4 * (longer_a + longer_b) + 4, shape
                assert round_trips(network) <= 3.5, shape


def test_a_single_commit_is_sent_again_on_request(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 9))
    settle(network)
    lost = network["b"].durable.id(4)
    network["b"].exchanges["a"].ask([lost], network.now_ms)
    network._pump("b", "a")
    network.run()
    [event] = network["b"].told(Received)
    assert [commit.id for commit in event.commits] == [lost]
    assert network["a"].exchanges["b"].agreed


def test_a_want_of_what_is_not_here_is_ignored(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 3))
    settle(network)
    exchange = network["a"].exchanges["b"]
    point = sim.author(1)[:8], 0, b"nowhere!"
    exchange.receive(Want((point, (b"nobody!!", 0, b"nowhere!")), (bytes(32),)), network.now_ms)
    assert exchange.take_outgoing(network.now_ms) == []


# -- when it cannot end well ----------------------------------------------------------------------


def test_a_commit_that_one_side_refuses_is_told_once_and_then_silence(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 3))
    bad = network["a"].write(sim.author(1))
    network["a"].flush()
    network["b"].refuses = lambda commit: commit.id == bad.id
    settle(network)
    assert not network.is_equal()
    assert len(network["a"].told(Stuck)) == 1
    assert len(network["b"].told(Stuck)) == 1
    assert len(network.log) <= 24
    said = len(network.log)
    network.run(network.now_ms + 24 * 3_600_000)
    assert len(network.log) == said


def test_one_refused_commit_does_not_block_others(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 3), sim.chain(sim.author(2), 3))
    bad = network["a"].write(sim.author(1))
    network["a"].flush()
    network["b"].refuses = lambda commit: commit.id == bad.id
    settle(network)
    for _ in range(20):
        good = network["a"].write(sim.author(2), seen=False)
        network.wrote("a")
        network.run(network.now_ms + 5_000)
    network.run()
    assert network["b"].durable.contains(good.id)
    assert len(network["a"].told(Stuck)) == 1
    network["b"].refuses = lambda _commit: False
    network["a"].write(sim.author(2), seen=False)
    network.wrote("a")
    network.run()
    network.isolate("b")
    settle(network)
    assert network.is_equal()


def test_repeated_messages_change_nothing(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 30), sim.chain(sim.author(2), 30))
    for _ in range(5):
        network["a"].write(sim.author(1))
        network["b"].write(sim.author(2))
    network["a"].flush()
    network["b"].flush()
    network.repeats = lambda _message: True
    settle(network)
    assert network.is_equal()
    assert network["a"].durable.count == 70


def test_commits_beyond_the_credit_are_refused(sim: ModuleType) -> None:
    network = sim.Network(fsync_ms=10_000)
    big = [sim.make(sim.author(n), None, body=bytes((1 << 20) - 400)) for n in range(3)]
    network["b"].restore(sim.chain(sim.author(9), 1))
    settle(network)
    exchange = network["b"].exchanges["a"]
    exchange.receive(packed(sim, big[0]), network.now_ms)
    exchange.receive(packed(sim, big[1]), network.now_ms)
    before = exchange.take_outgoing(), len(exchange.take_events())
    assert before == ([], 2)
    with pytest.raises(PeerMisbehaved):
        exchange.receive(packed(sim, big[2]), network.now_ms)
    assert (exchange.take_outgoing(), exchange.take_events()) == ([], [])


def test_commits_of_another_repository_are_malformed_and_change_nothing(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 3))
    settle(network)
    commit = sim.make(sim.author(1), None)
    foreign = build(
        commit.header._replace(repository=RepositoryId(bytes(16))), b"body", lambda _: bytes(64)
    )
    good = packed(sim, sim.make(sim.author(2), None))
    bad = Commits([*good.entries, foreign.raw], 0)
    exchange = network["b"].exchanges["a"]
    deadline = exchange.next_deadline()
    with pytest.raises(Malformed):
        exchange.receive(bad, network.now_ms)
    with pytest.raises(Malformed):
        exchange.receive(Commits([[0, 0, [], None, bytes(64), b""]], 0), network.now_ms)
    assert (exchange.take_outgoing(), exchange.take_events()) == ([], [])
    assert exchange.next_deadline() == deadline
    exchange.receive(good, network.now_ms)
    assert len(exchange.take_events()) == 1


def test_an_empty_peer_never_wins(sim: ModuleType) -> None:
    chain = sim.chain(sim.author(1), 50)
    for wiped in "ab":
        network = filled(sim, chain)
        settle(network)
        for _ in range(3):
            network.isolate(wiped)
            network[wiped].restore([])
            settle(network)
            assert [network[name].durable.count for name in "ab"] == [50, 50]


def test_commits_that_nobody_asked_for_are_welcome(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 3))
    settle(network)
    commit = sim.make(sim.author(2), None)
    network["b"].exchanges["a"].receive(packed(sim, commit), network.now_ms)
    network._pump("b", "a")
    network.run()
    assert network["b"].durable.contains(commit.id)
    assert network.is_equal()


def test_a_hello_that_came_too_early_does_not_keep_the_next_one_waiting(sim: ModuleType) -> None:
    replica = sim.Replica("a")
    replica.restore(sim.chain(sim.author(1), 2))
    exchange = sim.Exchange(replica, sim.REPOSITORY, initiator=True)
    exchange.start(0, opens=True)
    exchange.take_outgoing(0)
    other = Hello(1, Digest(bytes(16)))
    exchange.receive(other, 100)  # they may have crossed
    assert exchange.take_outgoing() == []
    exchange.tick(exchange.next_deadline())
    assert [type(m) for m in exchange.take_outgoing()] == [Tips]
    exchange.start(1000, opens=True)
    exchange.take_outgoing()
    exchange.receive(other, 1250)  # ours was lost
    assert [type(m) for m in exchange.take_outgoing()] == [Tips]


def test_keys_travel_with_the_members_only(sim: ModuleType) -> None:
    keys = ((GroupId(bytes(16)), bytes(32)),)
    members = sim.Exchange(sim.Replica("a"), sim.REPOSITORY, initiator=True, members=True)
    members.send_keys(keys)
    assert members.take_outgoing(0) == [Keys(keys)]
    members.receive(Keys(keys), 0)
    assert members.take_events() == [KeysReceived(keys)]
    other = sim.Exchange(sim.Replica("a"), sim.REPOSITORY, initiator=True)
    with pytest.raises(PeerMisbehaved):
        other.receive(Keys(keys), 0)
    assert other.take_events() == []


def test_a_peer_that_leaves_gets_nothing_more(sim: ModuleType) -> None:
    network = filled(sim, sim.chain(sim.author(1), 3))
    settle(network)
    network["b"].exchanges["a"].leave("not shared any more")
    network._pump("b", "a")
    network.run()
    assert network["a"].told(PeerLeft) == [PeerLeft("not shared any more")]
    network.log.clear()
    network["a"].write(sim.author(1))
    network.wrote("a")
    network.run()
    assert network.log == []


# -- many authors ---------------------------------------------------------------------------------


def test_many_authors_compare_buckets_first(sim: ModuleType) -> None:
    chains = [sim.chain(sim.author(n), 2) for n in range(300)]
    network = filled(sim, *chains)
    network["a"].write(sim.author(7), seen=False)
    network["b"].write(sim.author(9), seen=False)
    network["b"].write(sim.author(1000), seen=False)
    network["a"].flush()
    network["b"].flush()
    settle(network)
    assert network.is_equal()
    assert network["a"].durable.count == 603
    assert network.said()[:5] == ["a HELLO", "b BUCKETS", "a TIPS", "b WANT", "b COMMITS"]
    [tips] = network.sent(Tips)
    assert len(tips.points) <= 12
    assert network.bytes_beyond_payload() < 2600


def test_an_author_in_a_bucket_that_the_other_side_lacks_is_found(sim: ModuleType) -> None:
    chains = [sim.chain(sim.author(n), 1) for n in range(70)]
    free = next(n for n in range(1000) if all(sim.author(n)[0] != c[0].author[0] for c in chains))
    network = filled(sim, *chains)
    network["b"].write(sim.author(free), seen=False)
    network["b"].flush()
    settle(network)
    assert network.is_equal()
    assert network["a"].durable.count == 71


# -- measured -------------------------------------------------------------------------------------


def reconcile(sim: ModuleType, ahead: dict[str, list[int]]) -> Any:
    """20 authors × 5,000 commits; then each side writes one commit for every author listed."""
    chains = [sim.chain(sim.author(n), 5000, size=4) for n in range(20)]
    network = filled(sim, *chains)
    for name, authors in ahead.items():
        for number in authors:
            index = network[name].durable
            at = network[name].raw(index.tips()[number].id)
            commit = sim.make(sim.author(number), at, body=b"new")
            network[name].held[commit.id] = commit
            network[name].flush()
    settle(network)
    assert network.is_equal()
    assert network["a"].durable.count == 100_010
    return network


def round_trips(network: Any) -> float:
    """Until the last commit has arrived, in round trips of 20 ms."""
    return max(at + 10 for at, *_, m, _ in network.log if isinstance(m, Commits)) / 20


def test_ten_commits_of_two_devices_cost_little(sim: ModuleType) -> None:
    network = reconcile(sim, {"a": [3] * 5, "b": [11] * 5})
    assert network.bytes_beyond_payload() == 514
    assert round_trips(network) == 2


def test_ten_commits_of_ten_devices_cost_little(sim: ModuleType) -> None:
    network = reconcile(sim, {"a": [0, 1, 2, 3, 4], "b": [5, 6, 7, 8, 9]})
    assert network.bytes_beyond_payload() == 586
    assert round_trips(network) == 2


def test_nothing_to_do_costs_two_short_messages(sim: ModuleType) -> None:
    network = filled(sim, *[sim.chain(sim.author(n), 50) for n in range(20)])
    settle(network)
    assert network.said() == ["a HELLO", "b SAME"]
    assert [type(m) for m in network.sent(Same)] == [Same]
    assert network.bytes_beyond_payload() < 50
