"""Words of presence: their bytes, who is believed, how often one speaks and listens."""

from __future__ import annotations

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.errors import Malformed
from goatcore.ids import AuthorKey, CommitId, GroupId, ItemKey, RepositoryId, epoch_id
from goatcore.sync import presence as p
from goatcore.sync.messages import WORD_BYTES_MAX
from goatcore.trust.sealing import Epoch, body_nonce
from goatcore.trust.signing import SigningKey

REPOSITORY = RepositoryId(bytes([1]) * 16)
OTHER = RepositoryId(bytes([2]) * 16)
KEY = bytes([7]) * 32
EPOCH = Epoch(epoch_id(KEY), GroupId(bytes([3]) * 16), KEY)
DEVICE = SigningKey(bytes(range(32)))
ELSE = SigningKey(bytes(range(1, 33)))
HERE = p.Whereabouts(ItemKey("milk"), "body", (CommitId(bytes([9]) * 32),), 3, 8, True)


def said(where=HERE, counter=5, *, key=DEVICE, author=None, repository=REPOSITORY):
    return p.say(where, repository, EPOCH, author or key.public, key.sign, counter)


names = st.text(min_size=1, max_size=40)
places = st.integers(0, p.PLACE_MAX - 1)
heads = st.lists(st.binary(min_size=32, max_size=32).map(CommitId), max_size=16).map(tuple)


@given(
    st.one_of(
        st.builds(p.Whereabouts, names.map(ItemKey), names, heads, places, places, st.booleans()),
        st.just(p.NOWHERE),
    ),
    st.integers(0, (1 << 63) - 1),
)
def test_a_word_is_understood_as_it_was_said(where, counter):
    assert p.understand(said(where, counter), REPOSITORY, KEY) == where


def test_the_longest_word_fits():
    name = "x" * 255
    top = p.PLACE_MAX - 1
    where = p.Whereabouts(ItemKey(name), name, (CommitId(bytes(32)),) * 16, top, top, True)
    assert len(said(where).sealed) <= WORD_BYTES_MAX


def test_nobody_speaks_for_another_device():
    word = said(key=ELSE, author=DEVICE.public)
    with pytest.raises(Malformed, match="signed"):
        p.understand(word, REPOSITORY, KEY)


def test_a_word_is_about_one_repository_and_has_one_counter():
    word = said()
    for other in (
        word._replace(counter=6),
        word._replace(author=ELSE.public),
        word._replace(epoch=epoch_id(bytes(32))),
        word._replace(sealed=bytes(len(word.sealed))),
        word._replace(signature=bytes(64)),
    ):
        with pytest.raises(Malformed):
            p.understand(other, REPOSITORY, KEY)
    with pytest.raises(Malformed):
        p.understand(word, OTHER, KEY)
    with pytest.raises(Malformed, match="sealed"):
        p.understand(word, REPOSITORY, bytes(32))


@pytest.mark.parametrize(
    "word",
    [
        None,
        [],
        ["milk", "body", [], 0, 0],
        [5, "body", [], 0, 0, False],
        ["", None, [], 0, 0, False],
        [None, "body", [], 0, 0, False],
        ["x" * 256, None, [], 0, 0, False],
        ["milk", "body", [bytes(31)], 0, 0, False],
        ["milk", "body", [bytes(32)] * 17, 0, 0, False],
        ["milk", "body", "heads", 0, 0, False],
        ["milk", "body", [], -1, 0, False],
        ["milk", "body", [], 0, 1 << 32, False],
        ["milk", "body", [], 0, True, False],
        ["milk", "body", [], 0, 0, 1],
    ],
)
def test_what_cannot_be_is_malformed_even_when_signed(word):
    about = b"goat/presence/1\0" + REPOSITORY + DEVICE.public + (5).to_bytes(8, "big")
    cipher = p._cipher(KEY, REPOSITORY)
    sealed = cipher.encrypt(body_nonce(DEVICE.public, 5), msgpack.packb(word), about)
    signature = DEVICE.sign(about + EPOCH.id + sealed)
    with pytest.raises(Malformed):
        p.understand(p.Presence(DEVICE.public, 5, EPOCH.id, signature, sealed), REPOSITORY, KEY)


# -- how often -------------------------------------------------------------------------------------


def test_ten_words_a_second_are_said_at_most():
    pace, times = p.Pace(), []
    for now_ms in range(5_000, 7_000):
        pace.wanted = True  # as somebody who moves all the time
        if pace.due(now_ms) == now_ms:
            pace.said(now_ms)
            times.append(now_ms)
    assert times == list(range(5_000, 7_000, 100))


def test_the_first_word_is_said_at_once_and_the_next_waits():
    pace = p.Pace()
    assert pace.due(50) is None
    pace.wanted = True
    assert pace.due(50) == 50
    pace.said(50)
    assert pace.due(51) is None
    pace.wanted = True
    assert (pace.due(51), pace.due(149), pace.due(400)) == (150, 150, 400)


def test_a_clock_that_is_set_back_silences_nobody():
    pace, intake = p.Pace(), p.Intake()
    pace.said(1_000_000)
    pace.wanted = True
    assert pace.due(500) == 500
    for _ in range(50):
        intake.put(REPOSITORY, said())
        intake.take(1_000_000)
    intake.put(REPOSITORY, said())
    assert intake.due(500) == 500
    assert intake.take(500) is not None


def test_a_flood_is_looked_at_fifty_times_a_second_and_the_last_word_counts():
    intake, looked = p.Intake(), []
    for now_ms in range(10_000):
        for at in range(3):
            intake.put(RepositoryId(bytes([at]) * 16), said(counter=0)._replace(counter=now_ms))
        while (one := intake.take(now_ms)) is not None:
            looked.append(one[1].counter)
    assert len(looked) == 10_000 // p.LISTEN_MS + p.LISTEN_BURST - 1
    assert len(intake._waiting) == 3
    assert intake.due(10_000) is not None
    left = {intake.take(20_000)[1].counter for _ in range(3)}
    assert left == {9_999}
    assert intake.due(20_000) is None
    assert intake.take(20_000) is None


def test_what_is_forgotten_is_not_looked_at():
    intake = p.Intake()
    intake.put(REPOSITORY, said())
    intake.forget(REPOSITORY)
    intake.forget(OTHER)
    assert intake.take(0) is None


# -- who is where ----------------------------------------------------------------------------------


def test_the_latest_word_of_each_device_counts():
    people = p.People()
    there = HERE._replace(cursor=1)
    assert people.hear(DEVICE.public, 5, HERE, 1_000)
    assert not people.hear(DEVICE.public, 5, there, 1_001)
    assert not people.hear(DEVICE.public, 4, there, 1_002)
    assert people.hear(ELSE.public, 1, there, 1_003)
    assert {one.device: one.where.cursor for one in people.here(1_004)} == {
        DEVICE.public: 8,
        ELSE.public: 1,
    }
    assert people.hear(DEVICE.public, 6, p.NOWHERE, 1_005)
    assert [one.device for one in people.here(1_006)] == [ELSE.public]
    assert not people.hear(DEVICE.public, 5, HERE, 1_007)  # an old one brings nobody back
    assert [one.device for one in people.here(1_008)] == [ELSE.public]


def test_who_says_nothing_stays_but_has_no_place_any_more():
    people = p.People()
    people.hear(DEVICE.public, 5, HERE, 1_000)
    (one,) = people.here(2_999)
    assert one.where == HERE
    (one,) = people.here(1_000 + p.TYPING_MS)
    assert one.where == HERE._replace(typing=False)
    assert people.due(2_000) == 61_000
    (one,) = people.here(61_000)
    assert one.where == p.Whereabouts(ItemKey("milk"))
    assert people.due(61_000) is None
    assert people.word(DEVICE.public, 61_000).where.field is None


def test_who_parts_is_gone_and_may_come_back_with_any_counter():
    people = p.People()
    assert not people.part(DEVICE.public)
    people.hear(DEVICE.public, 5, HERE, 0)
    assert people.part(DEVICE.public)
    assert people.here(0) == []
    assert people.word(DEVICE.public, 0) is None
    assert people.hear(DEVICE.public, 1, HERE, 0)


def test_devices_without_end_are_not_remembered():
    people = p.People()
    for at in range(p.PEOPLE_MAX + 50):
        people.hear(AuthorKey(at.to_bytes(32, "big")), 1, HERE, 0)
    assert len(people.here(0)) == p.PEOPLE_MAX
    assert people.hear(AuthorKey(bytes(32)), 2, HERE, 0)
