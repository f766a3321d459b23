"""Whatever happens to three devices: what was acknowledged stays, and in the end all are equal."""

from __future__ import annotations

import asyncio

import pytest

EVENTS = {
    "edit": 12, "type": 12, "flush": 8, "wait": 8, "connect": 6, "cut": 4,
    "power cut": 2, "restart": 2, "wipe": 1, "fail": 2,
}  # fmt: skip


async def happen(cluster, note, event, chance, told):
    node, other = chance.choice(cluster.nodes), chance.choice(cluster.nodes)
    home = node.home
    match event:
        case "edit":
            with home.transaction():
                item = home.create(note, title=f"{cluster.loop.now_s:.3f}")
                if chance.random() < 0.5:
                    rival = chance.choice(list(home.items(note)))
                    rival.title, rival.done = f"by {node.name}", chance.random() < 0.5
                told.setdefault(node.name, {"new": set(), "safe": set()})["new"].add(item.key)
        case "type":
            item = home.item("shared")
            if item is not None:
                place = chance.randint(0, len(item.body))
                item.body.splice(place, 0, f"<{node.name}🐐{place}>")
        case "flush":
            await node.database.flush()
            mine = told.setdefault(node.name, {"new": set(), "safe": set()})
            mine["safe"] |= mine["new"]
        case "wait":
            await asyncio.sleep(chance.choice([0.001, 0.004, 0.02, 0.3, 2.0]))
        case "connect":
            cluster.connect(node, other)
        case "cut":
            cluster.cut(node, other)
        case "power cut":
            node.power_cut()
            mine = told.setdefault(node.name, {"new": set(), "safe": set()})
            mine["new"] = set(mine["safe"])
            here = {item.key for item in node.home.items(note)}
            assert mine["safe"] <= here, "acknowledged, and gone after a power cut"
        case "restart":
            node.restart()
        case "wipe":
            await everybody_agrees(cluster)  # who is wiped before anybody has it loses it for good
            node.wipe()
            await everybody_agrees(cluster)
        case "fail":
            node.disk.fail("sync", 5, times=1)


async def everybody_agrees(cluster):
    for node in cluster.nodes:
        node.disk.work()
    cluster.connect_all()
    for _ in range(40):
        for node in cluster.nodes:
            node.home.record_drafts()
        await asyncio.sleep(2)
        if len({node.home.digest for node in cluster.nodes}) == 1 and all(
            node.home.durable for node in cluster.nodes
        ):
            tips = cluster.nodes[0].home.store.tips()
            assert len({tip.author for tip in tips}) == len(tips), "an honest device forked"
            return
    raise AssertionError("they never became equal")


@pytest.mark.parametrize(
    "seed", [*range(50), *[pytest.param(n, marks=pytest.mark.slow) for n in range(50, 400)]]
)
def test_what_was_acknowledged_stays_and_all_end_equal(simulate, note, seed):
    async def story(cluster):
        told = {}
        events = cluster.chance.choices(list(EVENTS), list(EVENTS.values()), k=120)
        for event in events:
            await happen(cluster, note, event, cluster.chance, told)
        await everybody_agrees(cluster)
        first, *others = [node.state() for node in cluster.nodes]
        assert others == [first, first]
        for mine in told.values():
            assert mine["safe"] <= first.keys()
        for node in cluster.nodes:
            node.restart()
            assert node.state() == first

    simulate(seed, story)
