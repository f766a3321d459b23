"""What is announced, byte by byte, and what is understood of what others announce."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.transport.announcement import (
    TAGS_MAX,
    Announcement,
    hour_of,
    read_txt,
    recognise,
    rotating_tag,
    write_txt,
)

HOUR_MS = 3_600_000
NOW_MS = 1_700_000_000_000


def test_the_record_of_two_workspaces_and_two_invitations() -> None:
    txt = write_txt([b"a" * 8, b"b" * 8], [7, 65_535], 3)
    assert txt == {b"v": b"1", b"n": b"3", b"t": b"aaaaaaaabbbbbbbb", b"i": b"7,65535"}
    assert read_txt(txt) == Announcement(1, (b"a" * 8, b"b" * 8), (7, 65_535))


def test_a_device_without_workspaces_announces_its_version_only() -> None:
    assert write_txt([], [], 65_536) == {b"v": b"1", b"n": b"0"}
    assert read_txt({b"v": b"1"}) == Announcement(1, (), ())


def test_a_tag_is_frozen() -> None:
    assert hour_of(NOW_MS) == 472_222
    assert rotating_tag(bytes(range(32)), 472_222).hex() == "2ecc574806785022"


def test_a_tag_changes_each_hour_and_is_recognised_by_a_clock_an_hour_off() -> None:
    secrets = [b"x" * 32, b"y" * 32, b"z" * 32]
    tags = [rotating_tag(secrets[2], hour_of(NOW_MS)), rotating_tag(secrets[0], hour_of(NOW_MS))]
    assert len({rotating_tag(secrets[0], hour) for hour in range(1000)}) == 1000
    for shift, expected in ((0, [0, 2]), (1, [0, 2]), (-1, [0, 2]), (2, []), (-2, [])):
        assert recognise(tags, secrets, NOW_MS + shift * HOUR_MS) == expected
    assert recognise([], secrets, NOW_MS) == []


def test_many_workspaces_take_several_strings_of_at_most_255_bytes() -> None:
    tags = [number.to_bytes(8, "big") for number in range(TAGS_MAX + 5)]
    txt = write_txt(tags, range(40), 0)
    assert [len(txt[key]) for key in (b"t", b"t1", b"t2", b"t3")] == [248] * 4
    assert all(len(key) + 1 + len(value) <= 255 for key, value in txt.items())
    announced = read_txt(txt)
    assert announced is not None
    assert announced.tags == tuple(tags[:TAGS_MAX])
    assert announced.invites == tuple(range(16))


@pytest.mark.parametrize("version", [None, b"", b"x", b"-1", b"99999", b"1.0", b"123456", b"\xb2"])
def test_a_record_without_a_version_is_not_ours(version: bytes | None) -> None:
    assert read_txt({b"v": version, b"t": b"a" * 8}) is None


def test_a_later_version_is_seen_as_such() -> None:
    assert read_txt({b"v": b"2", b"new": b"?"}) == Announcement(2, (), ())


def test_what_is_malformed_counts_as_absent() -> None:
    txt = {b"v": b"1", b"t": b"abcdefgh123", b"t1": None, b"i": b"7,x,,70000,8"}
    assert read_txt(txt) == Announcement(1, (b"abcdefgh",), (7, 8))


@given(st.dictionaries(st.sampled_from([b"v", b"t", b"t1", b"i"]), st.binary(max_size=60)))
def test_nothing_that_others_announce_raises(txt: dict[bytes, bytes]) -> None:
    announced = read_txt({b"v": b"1", **txt})
    if announced is not None:
        assert {len(tag) for tag in announced.tags} <= {8}
        assert all(0 <= number <= 65_535 for number in announced.invites)
