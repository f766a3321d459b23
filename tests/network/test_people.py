"""Who has a notebook, who is here, what they lack, and the ways to them."""

from __future__ import annotations

import pytest

from goatcore import Database, GoatError, Network, Refused, Role, Schema, string, system_clock

NOTE = Schema("note", 1, title=string())
GARDEN, DIARY = "/notes/garden", "/notes/diary"


class Computer:
    """One installation, whose network can go and come back."""

    def __init__(self, folder, name: str) -> None:
        self.folder, self.name, self.home = folder, name, folder / "state"
        self.network = self.new_network()
        self.database: Database | None = None

    def new_network(self) -> Network:
        return Network(self.home, interfaces="loopback", port=0)

    def open(self, folder: str = "own") -> Database:
        self.database = Database.open(
            self.folder / folder, home=self.home, member_name=self.name, device_name="laptop"
        )
        return self.database

    async def offline(self) -> None:
        await self.network.close()

    async def online(self) -> None:
        self.network = self.new_network()
        assert self.database is not None
        self.network.add(self.database)
        await self.network.start()

    async def close(self) -> None:
        await self.network.close()
        if self.database is not None:
            self.database.close()

    def other(self, path: str | None = None):
        """What is known of the other one's device."""
        assert self.database is not None
        (other,) = [one for one in self.network.devices(self.database, path) if not one.here]
        return other


@pytest.fixture
def pair(tmp_path, closing, until):
    """Two who share the garden; the host has a diary, too."""

    async def make(role: Role = Role.editor):
        host, guest = Computer(tmp_path / "host", "Ann"), Computer(tmp_path / "guest", "Ben")
        for one in (host, guest):
            closing.append(one.close)
        database = host.open()
        database.repository(GARDEN).create(NOTE, title="Beans")
        database.repository(DIARY).create(NOTE, title="secret")
        await host.online()
        await guest.network.start()
        share = host.network.share(database, GARDEN, whom="person", role=role)
        join = guest.network.join(
            share.code, folder=guest.folder / "joined", member_name="Ben", device_name="desk"
        )
        await until(lambda: share.state == "asking")
        share.confirm()
        guest.database = await join.wait()
        await until(lambda: host.other(GARDEN).missing == 0)
        await until(guest.database.repositories)
        theirs = guest.database.repository(GARDEN)
        theirs.register(NOTE)
        await until(lambda: [one.title for one in theirs.items(NOTE)] == ["Beans"])
        return host, guest

    return make


def member_of(database: Database, name: str):
    return next(one for one in database.members() if one.name == name)


async def test_everybody_who_has_a_notebook_is_listed_with_what_they_lack(pair):
    host, guest = await pair()
    mine, other = sorted(host.network.devices(host.database, GARDEN), key=lambda one: not one.here)
    assert mine.device == host.database.device.author
    assert other.device == guest.database.device.author
    assert (other.connected, other.missing, other.problem) == (True, 0, None)
    assert other.address == "127.0.0.1"
    assert [one.here for one in host.network.devices(host.database, DIARY)] == [True]
    assert len(host.network.devices(host.database)) == 2


async def test_a_status_is_of_one_notebook_or_of_all(pair, until):
    host, _guest = await pair()
    await until(lambda: host.network.status(host.database, GARDEN).saved_on == 1)
    assert host.network.status(host.database, GARDEN).connected == 1
    assert host.network.status(host.database, DIARY).connected == 0
    assert host.network.status(host.database, DIARY).saved_on == 0
    assert host.network.status(host.database).connected == 1


async def test_who_left_is_remembered_with_what_they_lack_also_after_the_next_start(pair, until):
    host, guest = await pair()
    began_ms = system_clock()
    await guest.offline()
    await until(lambda: not host.other().connected)
    left_ms = host.other().seen_ms
    assert left_ms is not None
    assert left_ms >= began_ms
    garden = host.database.repository(GARDEN)
    garden.create(NOTE, title="Peas")
    garden.create(NOTE, title="Oats")
    await host.database.flush()
    await until(lambda: host.other(GARDEN).missing == 2)
    assert host.network.status(host.database, GARDEN).sending == 2

    await host.offline()
    await host.online()
    assert host.other(GARDEN).missing == 2
    assert host.other().seen_ms == left_ms
    assert host.network.status(host.database, GARDEN).sending == 2

    await guest.online()
    await until(lambda: host.other(GARDEN).missing == 0)


async def test_a_device_is_dialled_where_it_was_reached_before(pair, until):
    host, guest = await pair()
    await until(lambda: guest.other().connected)
    port = host.network.port
    for one in (host, guest):
        await one.offline()
    host.network = Network(host.home, interfaces="loopback", port=port)
    host.network.add(host.database)
    await host.network.start()
    guest.network = guest.new_network()
    await silence(guest.network)
    guest.network.add(guest.database)
    await guest.network.start()
    await until(lambda: guest.other().connected)


async def silence(network: Network) -> None:
    """Nothing is found by this network, as where multicast is forbidden."""
    network._links._discovery._open = refuse_multicast


def refuse_multicast():
    raise OSError("no multicast here")


async def test_a_typed_address_is_dialled_and_how_it_goes_is_told(pair, until):
    host, guest = await pair()
    for one in (host, guest):
        await one.offline()
    for folder in (guest.home / "met").iterdir():
        folder.unlink()
    guest.network = guest.new_network()
    await silence(guest.network)
    guest.network.add(guest.database)
    await guest.network.start()
    assert "You can still type the other computer's address" in (guest.network.problem or "")
    assert (guest.other().seen_ms, guest.other().missing) == (None, None)

    with pytest.raises(GoatError, match="is not an address"):
        guest.network.reach(guest.database, "nowhere:at:all:")
    free = guest.network.port + 1 if guest.network.port < 65_000 else guest.network.port - 1
    guest.network.reach(guest.database, f"127.0.0.1:{free}")
    await until(lambda: guest.network.attempts(guest.database)[0].problem is not None)
    (attempt,) = guest.network.attempts(guest.database)
    assert (attempt.address, attempt.nearby) == (f"127.0.0.1:{free}", False)
    assert attempt.problem.startswith(f"Nobody answers at 127.0.0.1, port {free}")

    await host.online()
    guest.network.reach(guest.database, f"127.0.0.1:{host.network.port}")
    await until(lambda: guest.other().connected)
    assert [one.address for one in guest.network.attempts(guest.database)] == [f"127.0.0.1:{free}"]


async def test_a_name_too_long_for_a_network_is_told(pair, until):
    host, _guest = await pair()
    host.network.reach(host.database, "a" * 300)
    await until(lambda: any(one.problem for one in host.network.attempts(host.database)))
    problem = next(one.problem for one in host.network.attempts(host.database) if one.problem)
    assert problem.startswith("There is no computer called aaa")


async def test_a_member_gets_another_notebook_and_a_higher_role(pair, until):
    host, guest = await pair(Role.viewer)
    ben = member_of(host.database, "Ben").id
    theirs = guest.database.repository(GARDEN)
    assert not theirs.writable
    assert host.database.roles_to_give(GARDEN, ben) == (Role.owner, Role.admin, Role.editor)
    host.database.grant(GARDEN, ben, Role.editor)
    await until(lambda: theirs.writable)
    theirs.create(NOTE, title="by Ben")
    await until(lambda: "by Ben" in [n.title for n in host.database.repository(GARDEN).items(NOTE)])

    assert host.database.roles_to_give(DIARY, ben) == tuple(sorted(Role, reverse=True))
    host.database.grant(DIARY, ben, Role.viewer)
    await until(lambda: DIARY in [one.path for one in guest.database.repositories()])
    diary = guest.database.repository(DIARY)
    diary.register(NOTE)
    await until(lambda: [one.title for one in diary.items(NOTE)] == ["secret"])
    assert not diary.writable


async def test_a_role_can_be_lowered_and_what_was_written_stays(pair, until):
    host, guest = await pair()
    theirs = guest.database.repository(GARDEN)
    theirs.create(NOTE, title="by Ben")
    garden = host.database.repository(GARDEN)
    await until(lambda: "by Ben" in [n.title for n in garden.items(NOTE)])
    host.database.grant(GARDEN, member_of(host.database, "Ben").id, Role.viewer)
    await until(lambda: not theirs.writable)
    assert sorted(n.title for n in theirs.items(NOTE)) == ["Beans", "by Ben"]


async def test_only_who_may_changes_roles(pair):
    host, guest = await pair()
    ann, ben = member_of(host.database, "Ann").id, member_of(host.database, "Ben").id
    assert guest.database.roles_to_give(GARDEN, ann) == ()
    assert guest.database.roles_to_give(GARDEN, ben) == ()
    with pytest.raises(Refused, match="Only owners and admins"):
        guest.database.grant(GARDEN, ben, Role.owner)
    assert host.database.roles_to_give(GARDEN, ann) == ()  # the only owner
    with pytest.raises(Refused):
        host.database.grant(GARDEN, ann, Role.viewer)
    host.database.grant(GARDEN, ben, Role.owner)
    assert host.database.roles_to_give(GARDEN, ben) == ()
    assert host.database.roles_to_give(GARDEN, ann) == (Role.admin, Role.editor, Role.viewer)


async def test_while_a_notebook_comes_it_is_told_how_far_it_is(tmp_path, closing, until):
    host, guest = Computer(tmp_path / "host", "Ann"), Computer(tmp_path / "guest", "Ben")
    for one in (host, guest):
        closing.append(one.close)
    garden = host.open().repository(GARDEN)
    for number in range(1_500):
        garden.create(NOTE, title=f"Bean {number}")
        garden.record_drafts()
    await host.online()
    await guest.network.start()
    share = host.network.share(host.database, GARDEN, whom="person")
    join = guest.network.join(
        share.code, folder=guest.folder / "joined", member_name="Ben", device_name="desk"
    )
    await until(lambda: share.state == "asking")
    share.confirm()
    guest.database = await join.wait()
    told = []

    def look() -> bool:
        status = guest.network.status(guest.database, GARDEN)
        told.append((status.arrived, status.expected))
        paths = [one.path for one in guest.database.repositories()]
        return bool(paths) and guest.database.repository(GARDEN).digest == garden.digest

    await until(look)
    await until(lambda: guest.network.status(guest.database, GARDEN).arrived == 0)
    counts = [arrived for arrived, _ in told if arrived]
    assert counts
    assert max(counts) <= 1_500  # it begins anew where another link takes over
    assert {expected for _, expected in told} <= {0, 1_500}


async def test_a_computer_that_may_not_listen_still_reaches_others_and_says_so(
    pair, until, monkeypatch
):
    host, guest = await pair()
    for one in (host, guest):
        await one.offline()
    await host.online()

    def refuse(_port, _interfaces):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("goatcore.transport.listener._bind", refuse)
    await guest.online()
    assert guest.network.problem.startswith("This computer does not let Goat Notes listen on port")
    await until(lambda: guest.other().connected)
    with pytest.raises(Refused, match="Others cannot reach this computer"):
        guest.network.share(guest.database, GARDEN, whom="device")
