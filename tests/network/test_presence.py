"""Presence over real links: who is where, between which letters, and whom nobody believes."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from goatcore import Database, LocalMisuse, Network, Role, Schema, UnknownField, string, text
from goatcore.ids import CommitId, ItemKey, RepositoryTag
from goatcore.network.session import PeerSession
from goatcore.sync import presence
from goatcore.sync.messages import encode
from goatcore.sync.presence import Whereabouts, say
from goatcore.trust.signing import SigningKey

NOTE = Schema("note", 1, title=string(), body=text())
GARDEN = "/notes/garden"
DIARY = "/notes/diary"


class Side:
    """One computer with its view of the garden and of one note in it."""

    def __init__(self, database: Database, network: Network, key: str) -> None:
        self.database, self.network = database, network
        self.garden = database.repository(GARDEN)
        self.garden.register(NOTE)
        self.note = self.garden.item(key)
        self.presence = network.presence(self.garden)
        self.at = (0, 0)

    def enter(self) -> None:
        self.presence.enter(self.note, "body", lambda: self.at)

    def go(self, anchor: int, cursor: int) -> None:
        self.at = anchor, cursor
        self.presence.moved()

    def type(self, position: int, letters: str) -> None:
        self.note.body.splice(position, 0, letters)
        self.at = (position + len(letters),) * 2
        self.presence.moved(typing=True)

    @property
    def others(self):
        return self.presence.people(self.note)

    @property
    def seen(self):
        """Where the only other one is."""
        others = self.others
        return self.presence.place(others[0], self.note, "body") if len(others) == 1 else None

    @property
    def session(self) -> PeerSession:
        (session,) = self.network._links.sessions(self.database.id)
        return session

    def link_says(self, word, repository=None) -> None:
        """Send a word as it is."""
        course = self.session._courses[(repository or self.garden).id]
        self.session.link.send(encode(word, course.tag))

    def epoch(self):
        return self.database.keyring.newest(self.database.members_here.group_of(self.garden.id))


@pytest.fixture
def together(tmp_path, closing, until):
    """Two people, or two devices of one, with one note in one notebook."""

    async def make(whom="person", role=Role.editor, body="Beans along the wall"):
        ann = Database.open(
            tmp_path / "a", home=tmp_path / "ha", member_name="Ann", device_name="laptop"
        )
        networks = [
            Network(tmp_path / home, interfaces="loopback", port=0) for home in ("ha", "hb")
        ]
        for one in networks:
            closing.insert(0, one.close)  # who dials ends first
        networks[0].add(ann)
        garden = ann.repository(GARDEN)
        note = garden.create(NOTE, title="Beans", body=body)
        ann.repository(DIARY).create(NOTE, title="mine")
        for one in networks:
            await one.start()
        share = networks[0].share(ann, GARDEN, whom=whom, role=role)
        join = networks[1].join(
            share.code, folder=tmp_path / "b", member_name="Bob", device_name="desk",
            address=f"127.0.0.1:{networks[0].port}",
        )  # fmt: skip
        await until(lambda: share.state == "asking")
        share.confirm()
        bob = await join.wait()
        closing[:] = [*closing, close(ann), close(bob)]
        await until(lambda: any(one.path == GARDEN for one in bob.repositories()))
        bob.repository(GARDEN).register(NOTE)
        await until(lambda: bob.repository(GARDEN).item(note.key) is not None)
        sides = Side(ann, networks[0], note.key), Side(bob, networks[1], note.key)
        await until(lambda: all(side.session.speaks_of(side.garden) for side in sides))
        return sides

    def close(database):
        async def closed():
            database.close()

        return closed

    return make


async def test_the_other_is_seen_at_the_letter_where_they_are(together, until):
    ann, bob = await together()
    told = []
    end = ann.presence.subscribe(lambda: told.append(len(ann.others)))
    assert ann.others == []
    bob.go(6, 11)  # nobody hears of it before one is in a note
    bob.enter()
    await until(lambda: ann.seen == (6, 11))
    (person,) = ann.others
    assert (person.member_name, person.device_name, person.me) == ("Bob", "desk", False)
    assert (person.item, person.typing) == (ann.note.key, False)
    assert ann.presence.people() == [person]
    bob.go(3, 3)
    await until(lambda: ann.seen == (3, 3))
    assert ann.others[0].word > person.word
    bob.presence.leave()
    await until(lambda: ann.others == [])
    assert (told[0], told[-1]) == (1, 0)
    end()
    bob.enter()
    await until(lambda: ann.seen == (3, 3))
    assert told[-1] == 0


async def test_ones_own_other_device_is_seen_as_ones_own(together, until):
    ann, desk = await together(whom="device")
    ann.at = (2, 4)
    ann.enter()
    await until(lambda: desk.seen == (2, 4))
    (person,) = desk.others
    assert (person.me, person.device_name) == (True, "laptop")


async def test_a_viewer_is_seen_too(together, until):
    ann, bob = await together(role=Role.viewer)
    await until(lambda: not bob.garden.writable)
    bob.at = (6, 6)
    bob.enter()
    await until(lambda: ann.seen == (6, 6))
    ann.note.body.splice(0, 0, "Runner ")
    assert ann.seen == (13, 13)


async def test_both_write_at_once_and_each_sees_the_other_where_they_write(together, until):
    ann, bob = await together(body="begin end")
    ann.enter()
    bob.enter()
    ann.at = bob.at = (0, 0)
    for n in range(12):
        ann.type(len("begin") + n, "x")
        where = str(bob.note.body).index("end")
        bob.type(where, "y")
        await asyncio.sleep(0.02)
    words = lambda side: str(side.note.body)  # noqa: E731
    await until(lambda: words(ann) == words(bob) and words(ann).count("y") == 12)
    whole = words(ann)
    assert whole == "begin" + "x" * 12 + " " + "y" * 12 + "end"
    ann.at = (whole.rindex("x") + 1,) * 2  # its editor has kept it there
    bob.at = (whole.rindex("y") + 1,) * 2
    ann.presence.moved()
    bob.presence.moved()
    await until(lambda: ann.seen == bob.at and bob.seen == ann.at)


async def test_what_is_typed_here_meanwhile_moves_nobody_from_their_letter(together, until):
    ann, bob = await together()
    ann.garden.shared = False  # so that it is not recorded for long
    ann.note.body.splice(0, 0, "Runner ")
    bob.at = (6, 11)
    bob.enter()
    await until(lambda: ann.seen == (13, 18))
    ann.note.body.splice(0, 13, "")
    assert ann.seen == (0, 5)
    assert str(ann.note.body)[:5] == "along"


async def test_a_place_in_letters_that_are_on_their_way_is_seen_when_they_come(together, until):
    ann, bob = await together()
    admit, held = ann.garden.admit, []
    ann.garden.admit = held.extend
    bob.enter()
    bob.type(0, "Runner ")
    await until(lambda: bool(held) and len(ann.others) == 1 and ann.others[0].typing)
    assert ann.seen is None or ann.seen == (0, 0)
    await until(lambda: ann.presence._people.here(ann.database.clock())[0].where.cursor == 7)
    assert ann.seen is None
    told = []
    ann.presence.subscribe(lambda: told.append(ann.seen))
    ann.garden.admit = admit
    bob.garden.create(NOTE, title="brings the rest")
    admit(held)
    await until(lambda: ann.seen == (7, 7))
    await until(lambda: bool(told) and told[-1] == (7, 7))


async def test_who_comes_later_hears_where_everybody_is(together, until):
    ann, bob = await together()
    bob.at = (1, 5)
    bob.enter()
    await until(lambda: ann.seen == (1, 5))
    ann.session.link.abandon("cut")
    assert ann.others == []  # who cannot be heard is not here
    await until(lambda: ann.seen == (1, 5))


async def test_ten_words_a_second_at_most_and_none_without_news(together, until, monkeypatch):
    ann, bob = await together()
    words = []
    say_it = PeerSession.say
    monkeypatch.setattr(
        PeerSession, "say",
        lambda self, repository, word: (words.append(word), say_it(self, repository, word)),
    )  # fmt: skip
    bob.enter()
    for at in range(40):
        bob.go(at % 20, at % 20)
        await asyncio.sleep(0)
    bob.go(7, 7)
    await until(lambda: ann.seen == (7, 7))
    count = len(words)
    assert count >= 2
    for _ in range(20):
        bob.presence.moved()
    await until(lambda: not bob.presence._pace.wanted)
    assert len(words) == count
    times = [word.counter for word in words]
    assert all(later - sooner >= presence.WORD_MS for sooner, later in pairwise(times))


async def test_nobody_is_told_of_what_they_may_not_read(together, until):
    ann, bob = await together()
    diary = ann.database.repository(DIARY)
    mine = next(diary.items(NOTE))
    where = ann.network.presence(diary)
    where.enter(mine, "body", lambda: (0, 0))
    assert where._who_listens() == []
    word = say(
        Whereabouts(ItemKey(mine.key)), diary.id, bob.epoch(), bob.session.link.session.peer,
        bob.database.device.sign, 5,
    )  # fmt: skip
    tag = RepositoryTag(bob.session._catalog.tag(diary.id))
    bob.session.link.send(encode(word, tag))  # a tag that names nothing for bob
    bob.at = (1, 1)
    bob.enter()
    await until(lambda: ann.seen == (1, 1))
    assert where.people() == []


async def test_a_peer_that_lies_is_not_believed(together, until):
    ann, bob = await together()
    me, device = bob.database.device, SigningKey(bytes(range(32)))
    here = Whereabouts(bob.note.key, "body", tuple(map(CommitId, bob.note.version.heads)), 2, 2)
    honest = lambda where, counter: say(  # noqa: E731
        where, bob.garden.id, bob.epoch(), me.author, me.sign, counter
    )
    bob.link_says(honest(here._replace(cursor=3), 100))
    await until(lambda: ann.seen == (2, 3))
    lies = [
        say(here, bob.garden.id, bob.epoch(), device.public, device.sign, 200),  # not this link's
        say(here, bob.garden.id, bob.epoch(), me.author, device.sign, 201),  # not its signature
        say(here, bob.garden.id, bob.epoch(), ann.database.device.author, me.sign, 202),
        honest(here, 99),  # an old one
        honest(here, 203)._replace(counter=204),
        honest(here, 205)._replace(epoch=bob.epoch().id[::-1]),
    ]
    for lie in lies:
        bob.link_says(lie)
        await until(lambda: ann.session._intake.due(0) is None)
    bob.link_says(honest(here._replace(heads=(CommitId(bytes(32)),)), 300))
    await until(lambda: ann.others[0].word == 300)
    assert ann.seen is None  # a version that is nowhere
    bob.link_says(honest(here._replace(anchor=1 << 31, cursor=1 << 31), 301))
    await until(lambda: ann.others[0].word == 301)
    size = len(str(ann.note.body))
    assert ann.seen == (size, size)  # no place is beyond the end
    bob.link_says(honest(Whereabouts(ItemKey("no such note"), "body", (), 0, 0), 302))
    await until(lambda: ann.others == [])
    assert len(ann.presence.people()) == 1
    assert not ann.session.closed


async def test_a_flood_of_words_takes_room_for_one(together, until):
    ann, bob = await together()
    me = bob.database.device
    here = Whereabouts(bob.note.key)
    looked = []
    heard = ann.presence.heard
    ann.presence.heard = lambda peer, word: (looked.append(word), heard(peer, word))
    for counter in range(1, 500):
        word = say(here, bob.garden.id, bob.epoch(), me.author, me.sign, counter)
        bob.link_says(word)
    await until(lambda: len(ann.others) == 1 and ann.others[0].word == 499)
    assert len(looked) < 250
    assert len(ann.session._intake._waiting) == 0


async def test_a_repository_that_is_closed_is_let_go_of(together, until):
    ann, bob = await together()
    bob.enter()
    await until(lambda: len(ann.others) == 1)
    ann.database.close_repository(GARDEN)
    assert ann.presence not in ann.network._links.presences._known.values()
    again = ann.network.presence(ann.database.repository(GARDEN))
    assert again is not ann.presence
    assert again.people() == []
    await until(lambda: [one.item for one in again.people()] == [bob.note.key])


async def test_presence_is_asked_for_in_its_own_repository(together):
    ann, _ = await together()
    other = ann.database.repository(DIARY)
    with pytest.raises(LocalMisuse):
        ann.presence.enter(next(other.items(NOTE)))
    with pytest.raises(UnknownField):
        ann.presence.enter(ann.note, "nothing", lambda: (0, 0))
    assert ann.network.presence(ann.garden) is ann.presence
    await ann.network.remove(ann.database)
    with pytest.raises(LocalMisuse):
        ann.network.presence(ann.garden)
