"""A purge reaches every device; after it nobody has the bodies, and all is still sound."""

from __future__ import annotations

import asyncio

import pytest

from goatcore import Refused


@pytest.mark.parametrize("seed", range(3))
def test_a_purge_reaches_everybody_and_the_bodies_go(simulate, note, seed):
    async def story(cluster):
        a, b, _ = cluster.nodes
        cluster.connect(a, b)
        for n in range(10):
            a.home.create(note, f"k{n}", title=f"note {n}", body="something to forget")
        await asyncio.sleep(2)
        a.home.purge([a.home.item("k3"), a.home.item("k4")])
        b.home.item("k3").title = "edited at the same time"
        b.home.create(note, "other", title="other")
        await asyncio.sleep(5)
        cluster.connect_all()  # the third hears of it from those who have no bodies any more
        await asyncio.sleep(5)
        states = [node.state() for node in cluster.nodes]
        assert states[0] == states[1] == states[2]
        assert set(states[0]) == {f"k{n}" for n in range(10) if n not in (3, 4)} | {
            "other", "shared",
        }  # fmt: skip
        assert len({node.home.digest for node in cluster.nodes}) == 1
        for node in cluster.nodes:
            members = node.database.members_here
            purged = members.purged(node.home.id)
            assert len(purged.commits) == 2
            assert not node.home.store.has_bodies(purged.commits)
            node.restart()
            assert node.state() == states[0]
            with pytest.raises(Refused, match="for good"):
                node.home.create(note, "k3", title="again")

    simulate(seed, story)
