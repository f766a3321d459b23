"""A damaged log heals from peers by itself: nothing that any device still has is lost."""

from __future__ import annotations

import asyncio

import pytest

from goatcore.storage.checkpoint.reading import SUFFIX

PATH = "/notes/home"
MEMBERS = "/sys/members"


def damage(node, path, chance, places, *, seen=True):
    """While the program is closed, some bytes at these parts of the file become others."""
    node.cluster.isolate(node)
    node.database.close()
    log = node.folder / f"{node.database.repository_id(path).hex()}.goat"
    live = bytearray(node.disk.data(log))
    for place in places:
        at = 4160 + round((len(live) - 4160) * place)
        live[at : at + 9] = chance.randbytes(9)
    node.disk.put(log, bytes(live))
    for path in list(node.disk.names) if seen else ():
        if path.suffix == SUFFIX:
            node.disk.unlink(path)  # so that every record is looked at
    node.open()


async def quiet(seconds=5):
    await asyncio.sleep(seconds)


async def write(cluster, note, count):
    for n in range(count):
        for node in cluster.nodes:
            node.home.create(note, title=f"{node.name}{n}", body="words")
        await quiet(0.1)


def told(cluster):
    return [
        (node.home.digest, node.home.store.lost, node.database.members_here.store.lost)
        for node in cluster.nodes
    ]


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_notebook_is_whole_again(simulate, note, seed):
    async def story(cluster):
        cluster.connect_all()
        await write(cluster, note, 30)
        await quiet()
        before = told(cluster)
        assert len(set(before)) == 1
        a = cluster.nodes[seed % 3]
        damage(a, PATH, cluster.chance, [0.1, 0.4, 0.7])
        assert a.home.digest != before[0][0]
        assert "damaged" in a.database.problem
        lost = a.home.store.lost
        assert lost > 0
        cluster.connect_all()
        await quiet()
        assert told(cluster) == before
        a.restart()
        assert told(cluster) == before
        assert a.state() == cluster.nodes[(seed + 1) % 3].state()

    simulate(seed, story)


@pytest.mark.parametrize("seed", range(4))
def test_what_only_the_damaged_device_had_is_saved_when_what_it_stands_on_returns(
    simulate, note, seed
):
    async def story(cluster):
        a, b, _ = cluster.nodes
        cluster.connect_all()
        await write(cluster, note, 10)
        await quiet()
        cluster.isolate(a)
        keys = [a.home.create(note, title=f"alone {n}").key for n in range(80)]
        for key in keys:
            a.home.item(key).title += "!"
            a.home.record_drafts()
        a.database.flush_now()
        whole = a.home.digest
        damage(a, PATH, cluster.chance, [0.05, 0.1])  # of what the others have, too
        assert a.home.store.lost > 0
        cluster.connect_all()
        await quiet()
        assert told(cluster) == [(whole, 0, 0)] * 3
        assert [b.home.item(key).title for key in keys] == [f"alone {n}!" for n in range(80)]

    simulate(seed, story)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("place", [0.0, 0.3, 0.6, 0.9])
def test_damaged_members_are_whole_again(simulate, note, seed, place):
    async def story(cluster):
        cluster.connect_all()
        await write(cluster, note, 3)
        await quiet()
        before = told(cluster)
        members = {commit.id for commit in cluster.nodes[0].database.members_here.store.commits()}
        a = cluster.nodes[seed % 3]
        damage(a, MEMBERS, cluster.chance, [place])
        cluster.connect_all()
        await quiet(20)
        stores = [node.database.members_here.store for node in cluster.nodes]
        assert len({store.digest() for store in stores}) == 1
        assert members <= {commit.id for commit in a.database.members_here.store.commits()}
        assert told(cluster) == before
        assert a.state() == cluster.nodes[(seed + 1) % 3].state()

    simulate(seed, story)


@pytest.mark.parametrize("seed", range(4))
def test_damage_behind_an_index_is_found_while_one_works_and_healed_at_the_next_start(
    simulate, note, seed
):
    async def story(cluster):
        cluster.connect_all()
        await write(cluster, note, 60)
        await quiet()
        before = told(cluster)
        a = cluster.nodes[seed % 3]
        damage(a, PATH, cluster.chance, [0.1, 0.4, 0.7], seen=False)
        assert a.home.digest == before[0][0]  # as the index says
        assert a.database.problem is None
        await quiet(20)
        assert "The disk has damaged /notes/home" in a.database.problem
        assert "in 3 places" in a.database.problem
        a.restart()
        assert a.home.store.lost > 0
        assert "was damaged in 3 places" in a.database.problem
        cluster.connect_all()
        await quiet()
        assert told(cluster) == before
        a.restart()
        assert told(cluster) == before
        await quiet(20)
        assert a.database.problem is None

    simulate(seed, story)
