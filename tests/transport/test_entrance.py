"""The entrance under a virtual clock."""

from __future__ import annotations

from goatcore.transport.entrance import ADDRESSES_REMEMBERED, Entrance


def test_the_seventeenth_half_open_handshake_waits_until_one_ends() -> None:
    entrance = Entrance()
    assert [entrance.enter(f"10.0.0.{number}", 0) for number in range(17)] == [True] * 16 + [False]
    assert entrance.half_open == 16
    entrance.leave()
    assert entrance.enter("10.0.0.99", 0)
    assert not entrance.enter("10.0.0.98", 0)


def test_one_address_gets_its_attempts_at_once_then_its_rate() -> None:
    entrance = Entrance(at_once=3, per_minute=6)
    said = []
    for now_ms in (0, 0, 0, 0, 9_999, 10_000, 10_001, 20_000, 80_000, 80_000, 80_000, 80_000):
        said.append(entrance.enter("192.168.1.5", now_ms))
        if said[-1]:
            entrance.leave()
    assert said == [
        True, True, True, False, False, True, False, True, True, True, True, False,
    ]  # fmt: skip


def test_a_busy_address_does_not_hurt_another() -> None:
    entrance = Entrance(at_once=1)
    assert entrance.enter("192.168.1.5", 0)
    assert not entrance.enter("192.168.1.5", 0)
    assert entrance.enter("192.168.1.6", 0)


def test_the_addresses_of_one_ipv6_network_count_as_one() -> None:
    entrance = Entrance(at_once=1)
    assert entrance.enter("2001:db8:1:2::1", 0)
    assert not entrance.enter("2001:db8:1:2:ffff::9", 0)
    assert entrance.enter("2001:db8:1:3::1", 0)
    assert entrance.enter("fe80::1%eth0", 0)
    assert not entrance.enter("fe80::2%eth0", 0)


def test_an_ipv4_address_inside_ipv6_is_the_same_address() -> None:
    entrance = Entrance(at_once=1)
    assert entrance.enter("::ffff:192.168.1.5", 0)
    assert not entrance.enter("192.168.1.5", 0)


def test_a_refused_attempt_holds_no_place() -> None:
    entrance = Entrance(at_once=1)
    assert entrance.enter("10.0.0.1", 0)
    assert not entrance.enter("10.0.0.1", 0)
    assert entrance.half_open == 1


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    entrance = Entrance(at_once=1, per_minute=60)
    assert entrance.enter("10.0.0.1", 100_000)
    assert not entrance.enter("10.0.0.1", 0)
    assert entrance.enter("10.0.0.1", 1_000)


def test_the_list_of_addresses_stays_bounded_and_forgets_the_oldest() -> None:
    entrance = Entrance(half_open_max=10**6, at_once=1)
    for number in range(ADDRESSES_REMEMBERED):
        assert entrance.enter(f"10.0.{number >> 8}.{number & 255}", 0)
    assert not entrance.enter("10.0.0.1", 0)  # remembered, and now the newest
    assert entrance.enter("10.1.0.0", 0)  # pushes out 10.0.0.0
    assert not entrance.enter("10.0.0.1", 0)
    assert entrance.enter("10.0.0.0", 0)
