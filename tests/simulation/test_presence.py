"""Three devices move about in one text, links are cut: in the end each sees the others’ places."""

from __future__ import annotations

import asyncio

import pytest

from goatcore.network.session import PeerSession
from goatcore.sync.presence import QUIET_MS


class Editor:
    """A caret in one text, which stays at its letter as an editor's does."""

    def __init__(self, node) -> None:
        self.node = node
        self.place = 0
        self.item = node.home.item("shared")
        self.item.subscribe(self._on_change)
        self.types = False
        node.presence.enter(self.item, "body", lambda: (self.place, self.place))

    def _on_change(self, change) -> None:
        for position, deleted, inserted in change.splices.get("body", ()) if not self.types else ():
            if self.place > position:
                self.place = position + max(self.place - position - deleted, 0) + len(inserted)

    def type(self, words: str) -> None:
        self.types = True
        self.item.body.splice(self.place, 0, words)
        self.types = False
        self.place += len(words)
        self.node.presence.moved(typing=True)

    def go(self, place: int) -> None:
        self.place = place
        self.node.presence.moved()


def seen(node):
    """Where a device sees the others."""
    presence, item = node.presence, node.home.item("shared")
    return {
        person.device_name: presence.place(person, item, "body") for person in presence.people(item)
    }


@pytest.mark.parametrize("seed", range(12))
def test_in_the_end_everybody_sees_where_the_others_are(simulate, note, seed, monkeypatch):
    said = []
    say = PeerSession.say

    def listen(session, repository, word):
        said.append((session.peer, word.author, round(asyncio.get_running_loop().time() * 1000)))
        say(session, repository, word)

    monkeypatch.setattr(PeerSession, "say", listen)

    async def story(cluster):
        chance = cluster.chance
        cluster.connect_all()
        await asyncio.sleep(3)
        editors = [Editor(node) for node in cluster.nodes]
        for _ in range(150):
            editor = chance.choice(editors)
            match chance.choice(["type"] * 5 + ["go", "go", "wait", "wait", "cut", "connect"]):
                case "type":
                    editor.type(f"<{editor.node.name}🐐>")
                case "go":
                    editor.go(chance.randint(0, len(editor.item.body)))
                case "cut":
                    cluster.cut(editor.node, chance.choice(cluster.nodes))
                case "connect":
                    cluster.connect_all()
                case "wait":
                    await asyncio.sleep(chance.choice([0.004, 0.02, 0.12, 0.5]))
        cluster.connect_all()
        await asyncio.sleep(10)
        assert len({str(editor.item.body) for editor in editors}) == 1
        for editor in editors:
            editor.node.presence.moved()
        await asyncio.sleep(1)
        places = {editor.node.name: (editor.place, editor.place) for editor in editors}
        for node in cluster.nodes:
            assert seen(node) == {name: at for name, at in places.items() if name != node.name}
        count = len(said)
        await asyncio.sleep(3600)
        assert len(said) == count  # nobody moved, nobody says a word
        for node in cluster.nodes:
            assert set(seen(node).values()) == {None}
        assert QUIET_MS < 3_600_000
        cluster.isolate(cluster.nodes[0])
        assert seen(cluster.nodes[0]) == {}
        assert set(seen(cluster.nodes[1])) == {"c"}

    simulate(seed, story)
    by_link = {}
    for peer, author, at_ms in said:
        by_link.setdefault((peer, author), []).append(at_ms)
    for times in by_link.values():  # a new link is told at once, beside the pace
        assert all(sum(at <= one < at + 1000 for one in times) <= 16 for at in times)


def test_a_word_to_one_who_comes_is_not_taken_for_one_to_all(simulate):
    async def story(cluster):
        a, b, c = cluster.nodes
        cluster.connect(a, b)
        await asyncio.sleep(3)
        editor = Editor(a)
        await asyncio.sleep(1)
        editor.go(1)
        editor.go(0)  # waits for its time; c comes sooner, and is told at once
        cluster.connect(a, c)
        await asyncio.sleep(0.05)
        assert (seen(b), seen(c)) == ({"a": (1, 1)}, {"a": (0, 0)})
        await asyncio.sleep(3)
        here = {"a": (editor.place, editor.place)}
        assert (seen(b), seen(c)) == (here, here)

    simulate(1, story)


def test_who_was_silent_and_moves_to_where_they_were_is_seen_again(simulate):
    async def story(cluster):
        a, b, _ = cluster.nodes
        cluster.connect(a, b)
        await asyncio.sleep(3)
        editor = Editor(a)
        editor.go(1)
        await asyncio.sleep(1)
        assert seen(b) == {"a": (1, 1)}
        await asyncio.sleep(QUIET_MS / 1000)
        assert seen(b) == {"a": None}
        editor.go(1)
        await asyncio.sleep(1)
        assert seen(b) == {"a": (1, 1)}

    simulate(1, story)


def test_what_is_recorded_late_is_told_exactly_in_the_end(simulate):
    async def story(cluster):
        a, b, _ = cluster.nodes
        cluster.connect(a, b)
        await asyncio.sleep(3)
        editor = Editor(a)
        assert not a.home.shared  # so typing is recorded after a second
        editor.type("Oats")
        await asyncio.sleep(0.8)
        assert seen(b) == {"a": (0, 0)}  # before the letters that nobody has yet
        await asyncio.sleep(3)
        assert seen(b) == {"a": (4, 4)}

    simulate(1, story)
