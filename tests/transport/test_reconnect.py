"""Redialling under a virtual clock."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from goatcore.transport.reconnect import (
    STEADY_MS,
    WAIT_MS_MAX,
    YIELD_MS,
    LinkFacts,
    Redial,
    keeps_new,
    yield_ms,
)

LOW, HIGH = b"\1" * 32, b"\2" * 32


def _no_jitter(count: int) -> bytes:
    return bytes(count)


def _full_jitter(count: int) -> bytes:
    return b"\xff" * count


def test_the_lower_key_dials_at_once_the_higher_a_little_later() -> None:
    assert yield_ms(LOW, HIGH) == 0
    assert yield_ms(HIGH, LOW) == YIELD_MS


def test_of_two_links_made_at_once_the_lower_keys_stays_on_both_sides() -> None:
    """Each side sees the two in its own order."""
    by_low = [LinkFacts(b"a" * 32, initiator, 0) for initiator in (True, False)]
    by_high = [LinkFacts(b"b" * 32, initiator, 50) for initiator in (False, True)]
    assert keeps_new(LOW, HIGH, old=by_low[0], new=by_high[0]) is False
    assert keeps_new(HIGH, LOW, old=by_low[1], new=by_high[1]) is False
    assert keeps_new(HIGH, LOW, old=by_high[1], new=by_low[1]) is True
    assert keeps_new(LOW, HIGH, old=by_high[0], new=by_low[0]) is True


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.booleans(),
       st.booleans(), st.integers(0, STEADY_MS - 1), st.booleans())  # fmt: skip
def test_both_sides_keep_the_same_one_of_two_whatever_order_they_saw(
    one: bytes, two: bytes, low_dialled_one: bool, low_dialled_two: bool, apart: int, swapped: bool
) -> None:
    if one == two:
        return

    def kept_by(mine: bytes, theirs: bytes, order: list[int]) -> bytes:
        dialled = [low_dialled_one, low_dialled_two]
        links = [
            LinkFacts(session, low_dialled == (mine == LOW), 0)
            for session, low_dialled in zip((one, two), dialled, strict=True)
        ]
        old, new = links[order[0]], links[order[1]]._replace(opened_ms=apart)
        return (new if keeps_new(mine, theirs, old, new) else old).session

    order = [1, 0] if swapped else [0, 1]
    assert kept_by(LOW, HIGH, [0, 1]) == kept_by(HIGH, LOW, order)


def test_a_peer_that_dials_again_later_has_lost_the_old_link() -> None:
    """It lost power: its new link must win, although the lower key dialled the dead one."""
    old = LinkFacts(b"a" * 32, True, 0)
    new = LinkFacts(b"b" * 32, False, STEADY_MS)
    assert keeps_new(LOW, HIGH, old, new) is True


def test_a_found_peer_is_dialled_once() -> None:
    redial: Redial[str] = Redial(_no_jitter)
    redial.want("ann", 1000, delay_ms=1500)
    redial.want("ann", 1200, delay_ms=5000)
    assert redial.next_due_ms() == 2500
    assert redial.take_due(2499) == []
    assert redial.take_due(2500) == ["ann"]
    assert redial.take_due(9999) == []
    redial.want("ann", 3000)
    assert redial.take_due(9999) == []
    assert redial.next_due_ms() is None


def test_waits_grow_twofold_with_jitter_up_to_a_minute() -> None:
    waits = {}
    for name, jitter in (("least", _no_jitter), ("most", _full_jitter)):
        redial: Redial[str] = Redial(jitter)
        redial.want("ann", 0)
        now, waits[name] = 0, []
        for _ in range(20):
            assert redial.take_due(now) == ["ann"]
            redial.failed("ann", now)
            due = redial.next_due_ms()
            assert due is not None
            waits[name].append(due - now)
            now = due
    assert waits["least"] == [250, 500, 1000, 2000, 4000, 8000, 16_000] + [30_000] * 13
    assert waits["most"] == [499, 999, 1999, 3999, 7999, 15_999, 31_999] + [59_999] * 13
    assert max(waits["most"]) < WAIT_MS_MAX


def test_news_of_a_peer_ends_its_long_wait() -> None:
    redial: Redial[str] = Redial(_no_jitter)
    redial.want("ann", 0)
    now = 0
    for _ in range(10):
        redial.take_due(now)
        redial.failed("ann", now)
        now = redial.next_due_ms() or 0
    redial.take_due(now)
    redial.failed("ann", now)
    redial.want("ann", now + 5)
    assert redial.take_due(now + 5) == ["ann"]
    redial.failed("ann", now + 10)
    assert redial.next_due_ms() == now + 10 + 250


def test_a_link_that_lived_is_redialled_soon_one_that_fell_at_once_later() -> None:
    redial: Redial[str] = Redial(_no_jitter)
    redial.want("ann", 0)
    waits = []
    now = 0
    for lived in (100, 100, 100, STEADY_MS, 100):
        redial.take_due(now)
        redial.connected("ann", now)
        assert redial.next_due_ms() is None
        now += lived
        redial.lost("ann", now)
        due = redial.next_due_ms()
        assert due is not None
        waits.append(due - now)
        now = due
    assert waits == [250, 500, 1000, 250, 500]


def test_a_peer_that_dialled_us_is_not_dialled_back() -> None:
    redial: Redial[str] = Redial(_no_jitter)
    redial.want("ann", 0, delay_ms=1500)
    redial.connected("ann", 700)
    assert redial.take_due(5000) == []
    redial.lost("ann", 20_000)
    assert redial.take_due(20_250) == ["ann"]


def test_a_dial_that_fails_after_the_peer_came_in_changes_nothing() -> None:
    redial: Redial[str] = Redial(_no_jitter)
    redial.want("ann", 0)
    assert redial.take_due(0) == ["ann"]
    redial.connected("ann", 10)
    redial.failed("ann", 5000)
    assert redial.next_due_ms() is None


def test_only_so_many_are_dialled_at_once_longest_due_first() -> None:
    redial: Redial[str] = Redial(_no_jitter, at_once=2)
    for number, name in enumerate(("eve", "bob", "cid", "ann")):
        redial.want(name, 100 - number)
    assert redial.take_due(200) == ["ann", "cid"]
    assert redial.next_due_ms() is None
    assert redial.take_due(200) == []
    redial.connected("ann", 210)
    assert redial.next_due_ms() == 99
    assert redial.take_due(210) == ["bob"]
    redial.failed("cid", 220)
    assert redial.take_due(220) == ["eve"]


def test_a_forgotten_peer_is_left_alone_also_while_it_is_dialled() -> None:
    redial: Redial[str] = Redial(_no_jitter)
    redial.want("ann", 0)
    assert redial.take_due(0) == ["ann"]
    redial.forget("ann")
    redial.failed("ann", 10)
    redial.lost("ann", 20)
    assert "ann" not in redial
    assert redial.next_due_ms() is None


def test_two_devices_behind_one_switch_end_with_one_link() -> None:
    """A simulation of both policies: who dials, who is dropped, until nothing happens any more."""
    for seed in range(50):
        generator = random.Random(seed)
        sides = {LOW: Redial[bytes](generator.randbytes), HIGH: Redial[bytes](generator.randbytes)}
        found_ms = {key: generator.randrange(0, 3000) for key in sides}
        links: dict[bytes, dict[bytes, LinkFacts]] = {LOW: {}, HIGH: {}}
        for now in range(0, 20_000, 10):
            for me, redial in sides.items():
                other = HIGH if me == LOW else LOW
                if now // 10 == found_ms[me] // 10:
                    redial.want(other, now, delay_ms=yield_ms(me, other))
                for _ in redial.take_due(now):
                    session = generator.randbytes(32)
                    for side, initiator in ((me, True), (other, False)):
                        peer = other if side == me else me
                        new = LinkFacts(session, initiator, now)
                        old = links[side].get(peer)
                        if old is None or keeps_new(side, peer, old, new):
                            links[side][peer] = new
                        sides[side].connected(peer, now)
        assert links[LOW][HIGH].session == links[HIGH][LOW].session
