"""A notebook that is not shared with somebody is not named to them: no tag, no path, no byte."""

from __future__ import annotations

from goatcore import Database, Network, Schema, string
from goatcore.ids import repository_tag
from goatcore.transport.link import Link

NOTE = Schema("note", 1, title=string())


async def test_a_notebook_that_is_not_shared_is_not_named(tmp_path, closing, until, monkeypatch):
    sent: list[tuple[bytes, bytes]] = []
    send = Link.send

    def listen(link, message):
        sent.append((link.session.id, message))
        send(link, message)

    monkeypatch.setattr(Link, "send", listen)
    host = Database.open(tmp_path / "a", home=tmp_path / "ha", member_name="Ann", device_name="x")
    garden, diary = host.repository("/notes/garden"), host.repository("/notes/diary")
    garden.create(NOTE, title="Beans")
    diary.create(NOTE, title="the secret of the diary")
    networks = [Network(tmp_path / name, interfaces="loopback", port=0) for name in ("ha", "hb")]
    for network in networks:
        closing.insert(0, network.close)
        await network.start()
    networks[0].add(host)
    share = networks[0].share(host, "/notes/garden", whom="person")
    join = networks[1].join(share.code, folder=tmp_path / "b", member_name="Bob", device_name="y")
    await until(lambda: share.state == "asking")
    share.confirm()
    guest = await join.wait()
    await until(lambda: [info.path for info in guest.repositories()] == ["/notes/garden"])
    theirs = guest.repository("/notes/garden")
    await until(lambda: theirs.digest == garden.digest and theirs.count == 1)
    diary.create(NOTE, title="written while the guest is there")
    later = host.repository("/notes/later")
    later.create(NOTE, title="also mine")
    garden.create(NOTE, title="Peas")
    await until(lambda: theirs.count == 2)
    ids = {link for link, _ in sent}
    shared = {repository_tag(link, garden.id) for link in ids}
    unshared = {repository_tag(link, r.id) for link in ids for r in (diary, later)}
    everything = b"".join(message for _, message in sent)
    assert any(tag in everything for tag in shared)
    assert not any(tag in everything for tag in unshared)
    assert b"diary" not in everything
    assert set(guest.members_here.names.paths.values()) == {"/notes/garden"}
    assert guest.keyring.newest(host.members_here.group_of(diary.id)) is None
    assert [p.name for p in (tmp_path / "b").glob(f"{diary.id.hex()}*")] == []
    await networks[1].close()
    await networks[0].close()
    guest.close()
    host.close()
