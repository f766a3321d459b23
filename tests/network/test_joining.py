"""Sharing and joining with a code: two installations, nothing shared but the loopback network."""

from __future__ import annotations

import pytest

from goatcore import Database, Network, Refused, Role, Schema, string, text

NOTE = Schema("note", 1, title=string(), body=text())
GARDEN = "/notes/garden"
DIARY = "/notes/diary"


class Computer:
    """One installation."""

    def __init__(self, folder, name: str) -> None:
        self.folder = folder
        self.name = name
        self.home = folder / "state"
        self.network = Network(self.home, interfaces="loopback", port=0)
        self.database: Database | None = None

    def found(self) -> Database:
        self.database = Database.open(
            self.folder / "own", home=self.home, member_name=self.name, device_name="laptop"
        )
        self.network.add(self.database)
        return self.database

    def join(self, code: str, **words):
        return self.network.join(
            code,
            folder=self.folder / "joined",
            member_name=self.name,
            device_name="desk",
            **words,
        )

    async def close(self) -> None:
        await self.network.close()
        if self.database is not None:
            self.database.close()
            self.database = None


@pytest.fixture
def computer(tmp_path, closing):
    def make(name: str) -> Computer:
        made = Computer(tmp_path / name, name)
        closing.append(made.close)
        return made

    return make


def two(computer):
    """A host with a workspace of its own, and a guest."""
    host, guest = computer("host"), computer("guest")
    return host, guest, host.found()


async def start(*computers) -> None:
    for one in computers:
        await one.network.start()


async def let_in(until, host, guest, path, **words) -> Database:
    """The guest joins with the host's code; the host's person says yes."""
    share = host.network.share(host.database, path, **words)
    join = guest.join(share.code)
    await until(lambda: share.state == "asking")
    share.confirm()
    guest.database = await join.wait()
    return guest.database


async def test_a_person_joins_one_notebook_and_both_write(computer, until):
    host, guest, database = two(computer)
    garden, diary = database.repository(GARDEN), database.repository(DIARY)
    here = garden.create(NOTE, title="Beans", body="along the wall")
    diary.create(NOTE, title="secret")
    await start(host, guest)
    share = host.network.share(database, GARDEN, whom="person")
    join = guest.join(share.code)
    await until(lambda: share.state == "asking")
    assert share.guest == ("guest", "desk")
    assert join.state == "waiting"
    assert join.host == ("host", "laptop")
    share.confirm()
    joined = guest.database = await join.wait()
    assert share.state == "done"
    await until(lambda: [info.path for info in joined.repositories()] == [GARDEN])
    theirs = joined.repository(GARDEN)
    theirs.register(NOTE)
    await until(lambda: theirs.item(here.key) is not None)
    there = theirs.item(here.key)
    there.body.splice(0, 0, "Beans ")
    here.title = "Runner beans"
    await until(lambda: str(here.body) == "Beans along the wall" and there.title == "Runner beans")
    await until(lambda: theirs.digest == garden.digest)
    assert joined.repositories()[0].role is Role.editor
    assert [(m.name, m.me) for m in joined.members()] == [("guest", True), ("host", False)]
    assert there.author == here.author
    with pytest.raises(Refused):
        joined.repository(DIARY)
    await until(lambda: host.network.status(database).saved_on == 1)


async def test_ones_other_device_gets_all_notebooks_and_later_ones_too(computer, until):
    host, guest, database = two(computer)
    database.repository(GARDEN).create(NOTE, title="Beans")
    await start(host, guest)
    joined = await let_in(until, host, guest, GARDEN, whom="device")
    await until(lambda: len(joined.repositories()) == 1)
    assert [len(m.devices) for m in joined.members()] == [2]
    later = database.repository(DIARY)
    note = later.create(NOTE, title="today")
    await until(lambda: len(joined.repositories()) == 2)
    theirs = joined.repository(DIARY)
    theirs.register(NOTE)
    await until(lambda: theirs.item(note.key) is not None and theirs.item(note.key).title)
    own = joined.repository("/notes/from-desk")
    own.create(NOTE, title="hello")
    await until(lambda: len(database.repositories()) == 3)
    await until(lambda: database.repository("/notes/from-desk").count == 1)


async def test_a_restarted_host_still_knows_who_joined(computer, until, tmp_path):
    host, guest, database = two(computer)
    garden = database.repository(GARDEN)
    await start(host, guest)
    joined = await let_in(until, host, guest, GARDEN, whom="person")
    await until(lambda: len(joined.repositories()) == 1)
    theirs = joined.repository(GARDEN)
    await host.close()
    offline = theirs.create(NOTE, title="written while the host was away")
    again = computer("host")
    database = again.found()
    await again.network.start()
    garden = database.repository(GARDEN)
    garden.register(NOTE)
    await until(lambda: garden.item(offline.key) is not None)
    assert garden.item(offline.key).author == "guest"


async def test_three_wrong_codes_burn_an_invitation(computer, until):
    host, guest, database = two(computer)
    database.repository(GARDEN)
    await start(host, guest)
    share = host.network.share(database, GARDEN, whom="person")
    number, first, _ = share.code.split("-")
    for left in (2, 1, 0):
        wrong = "abacus" if not share.code.endswith("abacus") else "abbey"
        join = guest.join(f"{number}-{first}-{wrong}")
        with pytest.raises(Refused, match="code was not right" if left else "three times"):
            await join.wait()
        assert share.tries_left == left
    assert share.state == "failed"
    assert "three times" in share.problem
    assert not (guest.folder / "joined").exists()


async def test_a_rejected_guest_has_nothing(computer, until):
    host, guest, database = two(computer)
    database.repository(GARDEN)
    await start(host, guest)
    share = host.network.share(database, GARDEN, whom="person")
    join = guest.join(share.code)
    await until(lambda: share.state == "asking")
    share.reject()
    with pytest.raises(Refused, match="declined"):
        await join.wait()
    assert share.state == "failed"
    assert not (guest.folder / "joined").exists()
    assert [m.name for m in database.members()] == ["host"]


async def test_a_member_gets_a_second_notebook_of_the_workspace(computer, until):
    host, guest, database = two(computer)
    database.repository(GARDEN)
    diary = database.repository(DIARY)
    await start(host, guest)
    for path in (GARDEN, DIARY):
        share = host.network.share(database, path, whom="person")
        join = guest.join(share.code)
        await until(lambda share=share: share.state == "asking")
        share.confirm()
        guest.database = await join.wait()
    await until(lambda: len(guest.database.repositories()) == 2)
    assert [m.name for m in guest.database.members()] == ["guest", "host"]
    note = diary.create(NOTE, title="shared now")
    theirs = guest.database.repository(DIARY)
    theirs.register(NOTE)
    await until(lambda: theirs.item(note.key) is not None)


async def test_changes_made_alone_wait_for_who_was_linked_before(computer, until):
    host, guest, database = two(computer)
    garden = database.repository(GARDEN)
    await start(host, guest)
    await let_in(until, host, guest, GARDEN, whom="person")
    await until(lambda: host.network.status(database).saved_on == 1)
    await guest.close()
    await until(lambda: host.network.status(database).connected == 0)
    assert host.network.status(database).sending == 0
    told = []
    host.network.subscribe(lambda: told.append(host.network.status(database).sending))
    garden.create(NOTE, title="alone")
    await until(lambda: told[-1:] == [1])


async def test_a_new_name_reaches_the_others(computer, until):
    host, guest, database = two(computer)
    database.repository(GARDEN)
    await start(host, guest)
    await let_in(until, host, guest, GARDEN, whom="person")
    guest.database.rename("Mira", "kitchen tablet")
    await until(lambda: [m.name for m in database.members()] == ["host", "Mira"])
    assert [d.name for d in database.members()[1].devices] == ["kitchen tablet"]


async def test_a_viewer_reads_and_cannot_write(computer, until):
    host, guest, database = two(computer)
    note = database.repository(GARDEN).create(NOTE, title="Beans")
    await start(host, guest)
    await let_in(until, host, guest, GARDEN, whom="person", role=Role.viewer)
    await until(lambda: len(guest.database.repositories()) == 1)
    theirs = guest.database.repository(GARDEN)
    theirs.register(NOTE)
    await until(lambda: theirs.item(note.key) is not None)
    with pytest.raises(Refused, match="You can read this notebook"):
        theirs.item(note.key).title = "Peas"


async def test_a_typed_address_does_without_discovery(computer, until):
    host, guest, database = two(computer)
    database.repository(GARDEN)
    await start(host, guest)
    share = host.network.share(database, GARDEN, whom="person")
    join = guest.join(share.code, address=f"127.0.0.1:{host.network.port}")
    await until(lambda: share.state == "asking")
    share.confirm()
    guest.database = await join.wait()
    assert join.path == GARDEN


async def test_nobody_at_a_typed_address_is_said_plainly(computer):
    guest = computer("guest")
    await guest.network.start()
    join = guest.join("7-copper-violin", address="127.0.0.1:9")
    with pytest.raises(Refused, match="Nobody answers at 127.0.0.1"):
        await join.wait()


async def test_cancelling_tells_the_other_side(computer, until):
    host, guest, database = two(computer)
    database.repository(GARDEN)
    await start(host, guest)
    share = host.network.share(database, GARDEN, whom="person")
    join = guest.join(share.code)
    await until(lambda: share.state == "asking")
    join.cancel()
    assert join.problem == "You cancelled."
    await until(lambda: share.state == "failed")
    assert "cancelled" in share.problem
