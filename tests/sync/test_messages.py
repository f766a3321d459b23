"""Messages to bytes and back, and what is refused on the way."""

from __future__ import annotations

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.errors import Malformed
from goatcore.ids import AuthorKey, CommitId, Digest, EpochId, GroupId, RepositoryTag
from goatcore.sync import messages as m

TAG = RepositoryTag(b"tag-of-8")
DIGEST = Digest(bytes(range(16)))
AUTHOR = b"author-8"
ID = b"commit-8"

counts = st.integers(0, m.SEQ_MAX)
points = st.lists(
    st.builds(m.Point, st.binary(min_size=8, max_size=8), st.integers(1, m.SEQ_MAX),
              st.binary(min_size=8, max_size=8)),
    max_size=5,
).map(tuple)  # fmt: skip
ids = st.lists(st.binary(min_size=32, max_size=32).map(CommitId), max_size=3).map(tuple)
digests = st.binary(min_size=16, max_size=16).map(Digest)
entries = st.lists(st.one_of(st.binary(max_size=20), st.lists(st.integers(0, 9))), min_size=1)
keys = st.lists(
    st.tuples(
        st.binary(min_size=16, max_size=16).map(GroupId), st.binary(min_size=32, max_size=32)
    ),
    max_size=3,
).map(tuple)
any_message = st.one_of(
    st.builds(m.Hello, counts, digests),
    st.just(m.Same()),
    st.builds(m.Tips, points, st.booleans()),
    st.builds(m.Want, points, ids),
    entries.map(lambda e: m.Commits(e, len(msgpack.packb(e)))),
    st.builds(m.State, counts, digests),
    st.builds(
        m.Presence,
        st.binary(min_size=32, max_size=32).map(AuthorKey),
        counts,
        st.binary(min_size=16, max_size=16).map(EpochId),
        st.binary(min_size=64, max_size=64),
        st.binary(min_size=17, max_size=300),
    ),
    st.builds(m.Have, points),
    st.builds(m.Keys, keys),
    st.binary(min_size=2048, max_size=2048).map(m.Buckets),
    st.integers(1, m.U32_MAX).map(m.Credit),
    st.text(max_size=100).map(m.Bye),
)


@given(any_message)
def test_a_message_comes_out_as_it_went_in(message: m.Message) -> None:
    assert m.decode(m.encode(message, TAG)) == (TAG, message)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_malformed(data: bytes) -> None:
    try:
        _tag, message = m.decode(data)
    except Malformed:
        return
    assert isinstance(message, tuple)


@given(any_message, st.data())
def test_a_damaged_message_is_a_message_or_malformed(
    message: m.Message, data: st.DataObject
) -> None:
    good = bytearray(m.encode(message, TAG))
    at = data.draw(st.integers(0, len(good) - 1))
    good[at] = data.draw(st.integers(0, 255))
    try:
        m.decode(bytes(good[: data.draw(st.integers(0, len(good)))]))
        m.decode(bytes(good))
    except Malformed:
        return


def test_the_layouts_are_those_of_the_formats_page() -> None:
    tag = b"\xc4\x08tag-of-8"
    digest = b"\xc4\x10" + DIGEST
    point = AUTHOR + b"\x88\x27" + ID  # seq 5000
    assert m.encode(m.Hello(100_000, DIGEST), TAG) == (
        b"\x94\x01" + tag + b"\xce\x00\x01\x86\xa0" + digest
    )
    assert m.encode(m.Same(), TAG) == b"\x92\x02" + tag
    assert m.encode(m.Tips((m.Point(AUTHOR, 5000, ID),), True), TAG) == (
        b"\x94\x03" + tag + b"\xc4\x12" + point + b"\xc3"
    )
    assert m.encode(m.Want((m.Point(AUTHOR, 1, ID),), (CommitId(bytes(32)),)), TAG) == (
        b"\x94\x04" + tag + b"\xc4\x11" + AUTHOR + b"\x01" + ID + b"\x91\xc4\x20" + bytes(32)
    )
    assert m.encode(m.Commits([b"abc", [1]], 8), TAG) == (
        b"\x94\x05" + tag + b"\x92\xc4\x03abc\x91\x01\x08"
    )
    assert m.encode(m.State(7, DIGEST), TAG) == b"\x94\x06" + tag + b"\x07" + digest
    word = m.Presence(AuthorKey(bytes(32)), 258, EpochId(bytes(16)), bytes(64), bytes(17))
    assert m.encode(word, TAG) == (
        b"\x97\x09" + tag + b"\xc4\x20" + bytes(32) + b"\xcd\x01\x02" + b"\xc4\x10" + bytes(16)
        + b"\xc4\x40" + bytes(64) + b"\xc4\x11" + bytes(17)
    )  # fmt: skip
    assert m.encode(m.Have((m.Point(AUTHOR, 5000, ID),)), TAG) == (
        b"\x93\x0b" + tag + b"\xc4\x12" + point
    )
    assert m.encode(m.Keys(((GroupId(bytes(16)), bytes(32)),)), TAG) == (
        b"\x93\x0c" + tag + b"\x91\x92\xc4\x10" + bytes(16) + b"\xc4\x20" + bytes(32)
    )
    assert m.encode(m.Buckets(bytes(2048)), TAG) == (
        b"\x93\x0d" + tag + b"\xc5\x08\x00" + bytes(2048)
    )
    assert m.encode(m.Credit(5), TAG) == b"\x93\x0e" + tag + b"\x05"
    assert m.encode(m.Bye("gone"), TAG) == b"\x93\x0f" + tag + b"\xa4gone"


def test_a_message_of_a_later_version_is_ignored() -> None:
    assert m.decode(msgpack.packb([99, TAG, {"new": 1}])) == (TAG, m.Unknown(99))
    assert m.decode(msgpack.packb([7, TAG])) == (TAG, m.Unknown(7))


@pytest.mark.parametrize(
    "fields",
    [
        [],
        5,
        [1],
        [-1, TAG],
        ["1", TAG],
        [True, TAG],
        [1, b"short", 5, bytes(16)],
        [1, TAG, 5],
        [1, TAG, -5, bytes(16)],
        [1, TAG, 1 << 63, bytes(16)],
        [1, TAG, 5, bytes(15)],
        [2, TAG, 1],
        [3, TAG, AUTHOR + b"\x05" + ID, 1],
        [3, TAG, AUTHOR + b"\x05" + ID + b"x", True],
        [3, TAG, AUTHOR + b"\x05" + ID[:7], True],
        [3, TAG, AUTHOR + b"\x85\x00" + ID, True],  # a longer form of 5
        [3, TAG, AUTHOR + b"\xff" * 9 + b"\x01" + ID, True],  # past 63 bits
        [3, TAG, AUTHOR + b"\x00" + bytes(8), False],  # a mark is a byte and zeros
        [3, TAG, b"a" + bytes(7) + b"\x00" + bytes(8), True],  # complete needs no marks
        [3, TAG, [], True],
        [3, TAG, bytes((16 + 9) * m.TIPS_MAX + 1), True],
        [3, TAG, (AUTHOR + b"\x05" + ID) * (m.TIPS_MAX + 1), True],
        [4, TAG, (AUTHOR + b"\x05" + ID) * (m.RANGES_MAX + 1), []],
        [4, TAG, b"", [bytes(31)]],
        [4, TAG, b"", [bytes(32)] * (m.IDS_MAX + 1)],
        [5, TAG, [], 1],
        [5, TAG, ["text"], 6],
        [5, TAG, [b"abc"], 5],
        [5, TAG, [b"abc"], 1 << 32],
        [6, TAG, None, bytes(16)],
        [9, TAG, bytes(31), 1, bytes(16), bytes(64), bytes(17)],
        [9, TAG, bytes(32), -1, bytes(16), bytes(64), bytes(17)],
        [9, TAG, bytes(32), True, bytes(16), bytes(64), bytes(17)],
        [9, TAG, bytes(32), 1, bytes(15), bytes(64), bytes(17)],
        [9, TAG, bytes(32), 1, bytes(16), bytes(63), bytes(17)],
        [9, TAG, bytes(32), 1, bytes(16), bytes(64), bytes(16)],
        [9, TAG, bytes(32), 1, bytes(16), bytes(64), bytes(m.WORD_BYTES_MAX + 1)],
        [9, TAG, bytes(32), 1, bytes(16), bytes(64), "text of 17 letters"],
        [9, TAG],
        [11, TAG, AUTHOR + b"\x00" + ID],
        [12, TAG, [[bytes(16), bytes(31)]]],
        [12, TAG, [[bytes(16)]]],
        [12, TAG, 3],
        [12, TAG, [[bytes(16), bytes(32)]] * (m.KEYS_MAX + 1)],
        [13, TAG, bytes(2047)],
        [14, TAG, 0],
        [14, TAG, 1 << 32],
        [15, TAG, b"bytes"],
        [15, TAG, "x" * 1025],
    ],
)
def test_nonsense_is_malformed(fields: object) -> None:
    with pytest.raises(Malformed):
        m.decode(msgpack.packb(fields))


def test_a_message_that_is_too_large_is_not_even_read() -> None:
    with pytest.raises(Malformed, match="size"):
        m.decode(bytes(m.MESSAGE_BYTES_MAX + 1))


def test_an_announced_size_allocates_nothing() -> None:
    for data in (b"\xdd\xff\xff\xff\xff", b"\x94\x05\xc4\x08tag-of-8\xdd\xff\xff\xff\xff"):
        with pytest.raises(Malformed):
            m.decode(data)
