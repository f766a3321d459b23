"""The channel: whole messages in, whole messages out, and nothing that was touched on the way."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goatcore.errors import LocalMisuse, Malformed
from goatcore.transport.channel import (
    MESSAGE_SIZE_MAX,
    PACKET_SIZE_MAX,
    PLAIN_SIZE_MAX,
    REKEY_PACKETS,
    Channel,
)
from goatcore.transport.noise import CipherState

MARK = b"\xff\xff\xff\xff"


def _pair(rekey_packets: int = REKEY_PACKETS) -> tuple[Channel, Channel]:
    one, two = bytes(32), b"\1" * 32
    return (
        Channel(CipherState(one), CipherState(two), rekey_packets=rekey_packets),
        Channel(CipherState(two), CipherState(one), rekey_packets=rekey_packets),
    )


def _raw() -> tuple[CipherState, Channel]:
    """A peer that seals whatever it likes, and the channel that hears it."""
    return CipherState(bytes(32)), Channel(CipherState(b"\1" * 32), CipherState(bytes(32)))


@pytest.mark.parametrize(
    ("size", "packets"),
    [
        (1, 1),
        (PLAIN_SIZE_MAX - 4, 1),
        (PLAIN_SIZE_MAX - 3, 2),
        (2 * PLAIN_SIZE_MAX - 4, 2),
        (2 * PLAIN_SIZE_MAX - 3, 3),
        (MESSAGE_SIZE_MAX, 33),
    ],
)
def test_a_message_is_cut_into_packets_and_comes_out_whole(size: int, packets: int) -> None:
    ours, theirs = _pair()
    message = random.Random(size).randbytes(size)
    sent = ours.send(message)
    assert len(sent) == packets
    assert max(map(len, sent)) <= PACKET_SIZE_MAX
    assert sum(map(len, sent)) == size + 4 + 16 * packets
    heard = [theirs.receive(packet) for packet in sent]
    assert heard == [[]] * (packets - 1) + [[message]]


@given(
    st.lists(st.lists(st.integers(1, 70_000), min_size=1, max_size=6), max_size=5),
    st.integers(1, 4),
)
@settings(max_examples=40, deadline=None)
def test_batches_of_any_sizes_arrive_in_order_across_rekeys(
    batches: list[list[int]], rekey_packets: int
) -> None:
    ours, theirs = _pair(rekey_packets)
    generator = random.Random(1)
    for sizes in batches:
        messages = [generator.randbytes(size) for size in sizes]
        heard: list[bytes] = []
        for packet in ours.send_all(messages):
            assert len(packet) <= PACKET_SIZE_MAX
            heard += theirs.receive(packet)
        assert heard == messages


def test_small_messages_share_a_packet() -> None:
    ours, theirs = _pair()
    messages = [bytes((number,)) * 30 for number in range(100)]
    (packet,) = ours.send_all(messages)
    assert len(packet) == 100 * 34 + 16
    assert theirs.receive(packet) == messages


def test_both_directions_go_on_independently() -> None:
    ours, theirs = _pair()
    (one,) = ours.send(b"ping")
    (two,) = theirs.send(b"pong")
    assert ours.receive(two) == [b"pong"]
    assert theirs.receive(one) == [b"ping"]


@pytest.mark.parametrize("size", [0, MESSAGE_SIZE_MAX + 1])
def test_a_message_of_an_impossible_size_is_our_callers_mistake(size: int) -> None:
    with pytest.raises(LocalMisuse, match=f"A message of {size} bytes"):
        _pair()[0].send(bytes(size))


def test_an_announced_size_beyond_the_bound_is_refused_at_its_first_four_bytes() -> None:
    for size in (MESSAGE_SIZE_MAX + 1, 0x7FFFFFFF, 0xFFFFFFFE):
        peer, channel = _raw()
        with pytest.raises(Malformed, match="larger than 2 MiB"):
            channel.receive(peer.encrypt(b"", size.to_bytes(4, "big")))


def test_an_empty_message_is_refused() -> None:
    peer, channel = _raw()
    with pytest.raises(Malformed, match="without bytes"):
        channel.receive(peer.encrypt(b"", bytes(4)))


def test_an_oversize_packet_is_refused_unopened() -> None:
    _, channel = _raw()
    with pytest.raises(Malformed, match="larger than 65,535"):
        channel.receive(bytes(PACKET_SIZE_MAX + 1))


@pytest.mark.parametrize("size", range(16))
def test_a_packet_without_a_whole_seal_is_refused(size: int) -> None:
    with pytest.raises(Malformed, match="shorter than its seal"):
        _raw()[1].receive(bytes(size))


def test_a_packet_without_content_is_nothing() -> None:
    peer, channel = _raw()
    assert channel.receive(peer.encrypt(b"", b"")) == []
    assert channel.receive(peer.encrypt(b"", b"\0\0\0\1x")) == [b"x"]


def test_a_length_may_be_cut_between_packets() -> None:
    peer, channel = _raw()
    assert channel.receive(peer.encrypt(b"", b"\0\0")) == []
    assert channel.receive(peer.encrypt(b"", b"\0\2a")) == []
    assert channel.receive(peer.encrypt(b"", b"b\0\0\0\1")) == [b"ab"]
    assert channel.receive(peer.encrypt(b"", b"c")) == [b"c"]


def test_every_tampered_byte_is_refused_and_the_link_stays_broken() -> None:
    size = 4 + 20 + 16
    for at in range(size):
        ours, theirs = _pair()
        (packet,) = ours.send(b"twenty bytes of text")
        assert len(packet) == size
        wrong = packet[:at] + bytes((packet[at] ^ 1,)) + packet[at + 1 :]
        with pytest.raises(Malformed):
            theirs.receive(wrong)
        with pytest.raises(Malformed, match="broken by a packet before"):
            theirs.receive(packet)


@pytest.mark.parametrize("order", [(1, 0), (0, 0), (0, 2)], ids=["reordered", "replayed", "lost"])
def test_reordered_replayed_and_lost_packets_are_refused(order: tuple[int, int]) -> None:
    ours, theirs = _pair()
    packets = [ours.send(text)[0] for text in (b"one", b"two", b"three")]
    with pytest.raises(Malformed, match="altered, repeated or came in the wrong order"):
        _hear(theirs, [packets[number] for number in order])


def _hear(channel: Channel, packets: list[bytes]) -> None:
    for packet in packets:
        channel.receive(packet)


def test_a_packet_of_the_other_direction_is_refused() -> None:
    ours, _ = _pair()
    (packet,) = ours.send(b"to them")
    with pytest.raises(Malformed):
        ours.receive(packet)


def test_a_rekey_on_request_changes_the_key_of_one_direction() -> None:
    ours, theirs = _pair()
    sealing = CipherState(bytes(32))
    assert theirs.receive(ours.rekey()) == []
    (packet,) = ours.send(b"after")
    assert theirs.receive(packet) == [b"after"]
    sealing.nonce = 1
    assert packet != sealing.encrypt(b"", b"\0\0\0\5after")
    (back,) = theirs.send(b"back")
    assert ours.receive(back) == [b"back"]


def test_the_key_changes_by_itself_after_so_many_packets() -> None:
    ours, theirs = _pair(rekey_packets=3)
    counts = []
    for number in range(1, 8):
        packets = ours.send(b"x" * number)
        counts.append(len(packets))
        heard = [message for packet in packets for message in theirs.receive(packet)]
        assert heard == [b"x" * number]
    assert counts == [1, 1, 2, 1, 1, 2, 1]


def test_a_rekey_word_that_does_not_end_its_packet_is_refused() -> None:
    peer, channel = _raw()
    with pytest.raises(Malformed):
        channel.receive(peer.encrypt(b"", MARK + b"\0\0\0\1x"))


def test_a_rekey_word_may_follow_a_message() -> None:
    peer, channel = _raw()
    assert channel.receive(peer.encrypt(b"", b"\0\0\0\1x" + MARK)) == [b"x"]
    peer.rekey()
    assert channel.receive(peer.encrypt(b"", b"\0\0\0\1y")) == [b"y"]


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_whatever_a_member_seals_only_malformed_is_raised(plain: bytes) -> None:
    peer, channel = _raw()
    expected: list[bytes] | None = []
    rest = plain
    while expected is not None and len(rest) >= 4 and rest != MARK:
        size = int.from_bytes(rest[:4], "big")
        if size == 0 or size > MESSAGE_SIZE_MAX:
            expected = None
        elif len(rest) >= 4 + size:
            expected.append(rest[4 : 4 + size])
            rest = rest[4 + size :]
        else:
            break
    if expected is None:
        with pytest.raises(Malformed):
            channel.receive(peer.encrypt(b"", plain))
    else:
        assert channel.receive(peer.encrypt(b"", plain)) == expected
