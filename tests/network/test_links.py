"""Devices of one member, each with a folder of its own, linked over loopback by real discovery."""

from __future__ import annotations

import asyncio
import os
import shutil
from itertools import pairwise

import pytest
from websockets.asyncio.client import connect

from goatcore import Database, Schema, string, system_clock, text
from goatcore.errors import HandshakeFailed
from goatcore.ids import repository_tag
from goatcore.network.links import Links, identity
from goatcore.network.session import ADMIT_TOGETHER
from goatcore.sync.messages import Bye, Keys, encode
from goatcore.transport.handshake import Initiator, WorkspaceKeys
from goatcore.transport.link import dial
from goatcore.trust.signing import DeviceKeys, verify
from goatcore.values import pack

NOTE = Schema("note", 1, title=string(), body=text())
HOME = "/notes/home"


class NoDoor:
    """Nobody is invited."""

    def invitation(self, number):
        return None

    def why_closed(self, number):
        raise AssertionError("nobody was invited")

    def wrong_code(self, number):
        raise AssertionError("nobody was invited")

    def guest_arrived(self, link):
        raise AssertionError("nobody was invited")


class Device:
    """One folder, open and linked as long as it is `online`."""

    def __init__(self, root, name: str) -> None:
        self.root, self.name = root, name
        self.folder = root / name
        self.links: Links | None = None
        self.avoids: set[bytes] = set()
        self.open()

    def open(self) -> None:
        self.database = Database.open(
            self.folder, home=self.root / f"{self.name}-home", member_name="Ann",
            device_name=self.name,
        )  # fmt: skip
        self.author = self.database.device.author

    @property
    def home(self):
        return self.repository(HOME)

    def repository(self, path):
        repository = self.database.repository(path)
        repository.register(NOTE)
        return repository

    def log(self, path=HOME):
        return self.folder / f"{self.database.repository_id(path).hex()}.goat"

    async def online(self) -> None:
        self.links = Links(
            NoDoor(), interfaces="loopback", clock=system_clock, random=os.urandom,
            on_change=lambda: None,
        )  # fmt: skip
        admit = self.links.admit
        self.links.admit = lambda device, of: device not in self.avoids and admit(device, of)
        self.links.add(self.database)
        await self.links.start(0)

    async def offline(self) -> None:
        links, self.links = self.links, None
        if links is not None:
            await links.close()

    async def close(self) -> None:
        await self.offline()
        self.database.close()

    def linked(self, other) -> bool:
        return any(session.peer == other.author for session in self.links.sessions())

    def titles(self, path=HOME):
        return sorted(item.title for item in self.repository(path).items(NOTE))


@pytest.fixture
def devices(tmp_path, closing):
    """Makes devices of one member: the later ones from copies of the first one's folder."""

    def make(*names):
        first = Device(tmp_path, names[0])
        first.repository(HOME)
        first.database.flush_now()
        made = [first]
        for name in names[1:]:
            shutil.copytree(first.folder, tmp_path / name)
            made.append(Device(tmp_path, name))
        for one in made:
            closing.append(one.close)
            for other in made:
                one.database.members_here.admit(list(other.database.members_here.store.commits()))
        return made

    return make


def equal(*devices):
    return lambda: (
        len({device.home.digest for device in devices}) == 1
        and all(device.home.durable for device in devices)
    )


def fill(device, count, size=40):
    for n in range(count):
        device.home.create(NOTE, title=f"{n}", body="word " * (size // 5))


async def test_a_wiped_side_gets_everything_back(devices, until):
    a, b = devices("a", "b")
    fill(a, 300)
    await a.online()
    await b.online()
    await until(lambda: b.home.count == 300)
    await until(equal(a, b))
    await b.offline()
    b.home.item(next(a.home.items(NOTE)).key).title = "by b"
    b.database.close()
    os.unlink(b.log())
    b.open()
    assert b.titles() == []
    await b.online()
    await until(lambda: b.home.count == 300 and a.linked(b))
    assert a.home.count == 300
    assert b.titles() == a.titles()
    b.home.create(NOTE, title="after the loss")
    await until(lambda: "after the loss" in a.titles())
    await until(equal(a, b))


async def test_a_side_that_lost_its_own_commits_gets_them_back(devices, until):
    a, b = devices("a", "b")
    await a.online()
    await b.online()
    fill(b, 50)
    await until(lambda: a.home.count == 50)
    await b.offline()
    b.database.close()
    os.unlink(b.log())
    b.open()
    b.home.create(NOTE, "fork", title="written before they were back")
    await b.online()
    await until(lambda: len(b.titles()) == 51 and len(a.titles()) == 51)
    b.home.item("fork").title = "and after"
    for item in list(b.home.items(NOTE)):
        item.body.splice(0, 0, "b ")
    await b.database.flush()
    await until(lambda: a.home.item("fork").title == "and after")
    await until(equal(a, b))
    assert all(str(item.body).startswith("b ") for item in a.home.items(NOTE) if item.body)


async def test_a_damaged_file_heals_from_the_other_side(devices, until):
    a, b = devices("a", "b")
    fill(a, 400)
    await a.online()
    await b.online()
    await until(lambda: b.home.count == 400)
    await until(equal(a, b))
    await b.close()
    data = bytearray(b.log().read_bytes())
    for place in (len(data) // 4, len(data) // 2):
        data[place : place + 100] = os.urandom(100)
    b.log().write_bytes(data)
    b.log().with_suffix(".index").unlink()
    b.open()
    assert 0 < len(b.titles()) < 400
    assert "damaged in 2 places" in b.database.problem
    await b.online()
    await until(lambda: b.home.count == 400)
    await until(equal(a, b))
    await b.close()
    b.open()
    assert b.titles() == a.titles()


async def test_sides_that_diverged_offline_meet_in_the_middle(devices, until):
    a, b = devices("a", "b")
    a.home.create(NOTE, "k", title="start", body="one two three")
    await a.online()
    await b.online()
    await until(lambda: b.home.item("k") is not None)
    await b.offline()
    for n, side in enumerate((a, b)):
        fill(side, 200)
        side.home.item("k").body = ("one hundred two three", "one two three hundred")[n]
        side.repository(f"/notes/only {side.name}").create(NOTE, title=side.name)
        await side.database.flush()
    await b.online()
    await until(equal(a, b))
    assert a.home.count == b.home.count == 403
    assert str(a.home.item("k").body) == str(b.home.item("k").body)
    assert str(a.home.item("k").body) == "one hundred two three hundred"
    for side in (a, b):
        await until(lambda side=side: side.titles("/notes/only a") == ["a"])
        await until(lambda side=side: side.titles("/notes/only b") == ["b"])


async def test_a_commit_of_nearly_a_mebibyte_arrives(devices, until):
    a, b = devices("a", "b")
    await a.online()
    await b.online()
    noise = os.urandom(250_000).hex()
    with a.home.transaction("big"):
        for n in range(2):
            a.home.create(NOTE, f"{n}", title=noise[:480_000], body=os.urandom(220_000).hex())
    assert a.home.count == 1
    assert len(next(iter(a.home.store.commits())).raw) > 700_000
    await until(lambda: b.home.count == 1)
    assert b.home.item("1").title == a.home.item("1").title
    assert b.home.item("1").body == a.home.item("1").body


async def test_a_pull_that_is_cut_goes_on_where_it_was(devices, until):
    a, b = devices("a", "b")
    fill(a, 5_000)
    await a.database.flush()
    await a.online()
    await b.online()
    cuts = 0
    while b.home.count < 5_000:
        before = b.home.count
        await until(lambda before=before: b.home.count > before + 900 or b.home.count == 5_000)
        if cuts < 2 and b.home.count < 5_000:
            cuts += 1
            for session in b.links.sessions():
                session.link._websocket.transport.abort()
    assert cuts == 2
    await until(equal(a, b))
    assert b.titles() == a.titles()


async def test_the_loop_gets_its_turn_while_much_arrives(devices, until):
    a, b = devices("a", "b")
    fill(a, 600)
    await a.database.flush()
    counts = [b.home.count]
    admitted: list[int] = []
    admit = b.home.admit
    b.home.admit = lambda commits: (admitted.append(len(commits)), admit(commits))[1]
    await a.online()
    await b.online()
    while b.home.count < 600:
        await asyncio.sleep(0)
        if b.home.count != counts[-1]:
            counts.append(b.home.count)
    await until(equal(a, b))
    assert max(admitted) <= ADMIT_TOGETHER
    assert sum(admitted) >= 600
    assert max(later - sooner for sooner, later in pairwise(counts)) <= 4 * ADMIT_TOGETHER


async def test_three_in_a_line_hold_the_same(devices, until):
    a, b, c = devices("a", "b", "c")
    a.avoids.add(c.author)
    c.avoids.add(a.author)
    for one in (a, b, c):
        await one.online()
    await until(lambda: b.linked(a) and b.linked(c))
    fill(a, 30)
    fill(c, 30)
    await until(lambda: a.home.count == b.home.count == c.home.count == 60)
    await until(equal(a, b, c))
    assert not a.linked(c)
    item = next(a.home.items(NOTE))
    item.title = "seen from far"
    a.home.record_drafts()
    await until(lambda: c.home.item(item.key).title == "seen from far")


async def test_a_device_that_becomes_known_while_others_are_linked(
    devices, until, tmp_path, closing
):
    a, b = devices("a", "b")
    fill(a, 20)
    await a.online()
    await b.online()
    await until(lambda: b.home.count == 20)
    await a.database.flush()
    shutil.copytree(a.folder, tmp_path / "c")
    c = Device(tmp_path, "c")
    closing.append(c.close)
    await c.online()
    await until(lambda: len(c.links.found) >= 2)
    assert c.links.sessions() == []
    a.database.members_here.admit(list(c.database.members_here.store.commits()))
    await until(lambda: b.database.members_here.may_read(c.author, b.home.id))
    await until(lambda: c.home.count == 20 and c.linked(a) and c.linked(b), 20)
    assert c.titles() == a.titles()


# -- strangers and misbehaviour --------------------------------------------------------------------


async def as_member(device, port):
    """A link to a port as this device, with nothing behind it; what is heard, and how it ended."""
    keys = WorkspaceKeys(device.database.id, device.database.keys.links,
                         identity(device.database.device))  # fmt: skip
    machine = Initiator.for_member(
        keys, admit=lambda device, of: True, verify=verify, random=os.urandom
    )
    link = await dial("127.0.0.1", port, machine, clock=system_clock)
    heard, ended = [], []
    link.start(heard.append, ended.append)
    return link, heard, ended


async def knock(port, keys):
    """Shake hands by hand; what came back, packet by packet, and how it ended."""
    machine = Initiator.for_member(
        keys, admit=lambda device, of: True, verify=verify, random=os.urandom
    )
    heard = []
    async with connect(f"ws://127.0.0.1:{port}", proxy=None, compression=None) as socket:
        with pytest.raises(HandshakeFailed):
            while True:
                for packet in machine.take_outgoing():
                    await socket.send(packet)
                heard.append(await socket.recv())
                machine.receive(heard[-1])
        with pytest.raises(Exception, match="close|received"):
            heard.append(await asyncio.wait_for(socket.recv(), 5))
    return heard, machine


async def test_a_stranger_with_the_secret_gets_one_handshake_packet_and_a_refusal(devices):
    (a,) = devices("a")
    fill(a, 5)
    await a.online()
    stranger = identity(DeviceKeys(os.urandom(32), os.urandom(32)))
    keys = WorkspaceKeys(a.database.id, a.database.keys.links, stranger)
    heard, machine = await knock(a.links.port, keys)
    assert machine.session is None
    assert [len(packet) for packet in heard][1:] == [2]
    assert len(heard[0]) < 256
    assert a.links.sessions() == []


async def test_a_member_without_the_secret_gets_a_refusal_and_no_more(devices):
    a, b = devices("a", "b")
    fill(a, 5)
    await a.online()
    keys = WorkspaceKeys(a.database.id, (os.urandom(32),), identity(b.database.device))
    heard, machine = await knock(a.links.port, keys)
    assert [len(packet) for packet in heard] == [2]
    assert machine.session is None


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00",
        b"\xff" * 64,
        os.urandom(5_000),
        b"\x00" * 70_000,
        bytes(9) + b"\x93" * 500,
        b"\xdd\xff\xff\xff\xff" * 30,
    ],
    ids=["a byte", "ones", "noise", "zeros", "nested", "huge counts"],
)
async def test_garbage_after_the_handshake_ends_that_link_alone(devices, until, garbage):
    a, b, c = devices("a", "b", "c")
    fill(a, 5)
    await a.online()
    await b.online()
    await until(lambda: b.home.count == 5)
    link, heard, ended = await as_member(c, a.links.port)
    await until(lambda: a.linked(c))
    assert heard or not ended
    link.send(garbage)
    await until(lambda: ended)
    await until(lambda: not a.linked(c))
    a.home.create(NOTE, title="life goes on")
    await until(lambda: b.home.count == 6)
    await link.close()


async def test_a_member_that_leaves_the_members_is_let_go(devices, until):
    a, b, c = devices("a", "b", "c")
    await a.online()
    await b.online()
    await until(lambda: a.linked(b))
    link, _, ended = await as_member(c, a.links.port)
    tag = repository_tag(link.session.id, a.database.members_here.store.repository)
    link.send(encode(Bye("go away"), tag))
    await until(lambda: ended and not a.linked(c))
    a.repository("/notes/new").create(NOTE, title="new")
    await until(lambda: b.titles("/notes/new") == ["new"])


async def test_a_key_that_a_member_made_up_locks_nobody_out(devices, until):
    a, b, c = devices("a", "b", "c")
    fill(a, 5)
    await a.online()
    await b.online()
    await until(lambda: b.home.count == 5)
    link, _, _ = await as_member(c, a.links.port)
    await until(lambda: a.linked(c))
    tag = repository_tag(link.session.id, a.database.members_here.store.repository)
    group = a.database.members_here.group_of(a.home.id)
    link.send(encode(Keys(((group, b"k" * 32),)), tag))
    link.send(pack((99, tag, "of a later version")))
    await until(lambda: a.database.keyring.newest(group).key == b"k" * 32)
    a.home.create(NOTE, title="under the new key")
    await until(lambda: "under the new key" in b.titles())
    assert b.home.locked == 0
    await link.close()


async def test_a_database_that_closes_while_linked_opens_nothing_anew(devices, until):
    a, b = devices("a", "b")
    fill(a, 5)
    await a.online()
    await b.online()
    await until(lambda: b.home.count == 5 and a.linked(b))
    a.database.close()
    assert a.database.opened() == []
    again = Database.open(a.folder, home=a.root / "a-home")
    assert again.repository(HOME).count == 5
    again.close()


async def test_a_notebook_made_by_two_devices_at_once_is_one(devices, until):
    a, b = devices("a", "b")
    for side in (a, b):
        side.repository("/notes/new").create(NOTE, title=f"by {side.name}")
        await side.database.flush()
    await a.online()
    await b.online()
    for side in (a, b):
        await until(lambda side=side: side.titles("/notes/new") == ["by a", "by b"])
    a.repository("/notes/new").create(NOTE, title="later")
    await until(lambda: "later" in b.titles("/notes/new"))
