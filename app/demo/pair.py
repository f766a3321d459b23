"""The story of the demo: two peers meet, one shares, both write, both hold the same.

Owns the order of events and what is measured. Invariant: it ends well only if both peers hold the
same commits and the same items; every wait has an end, with a sentence. Each step is told as a
`Told`, so that a terminal, a program or a benchmark can listen.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from app.demo.control import Answer, DemoFailed, Peer
from app.demo.typist import latencies_ms, percentile

HOST: Final = ("Host", "first computer")
GUEST: Final = ("Guest", "second computer")
START_S: Final = 30.0
FILL_S: Final = 300.0
JOIN_S: Final = 90.0
SAME_S: Final = 60.0
POLL_S: Final = 0.05

Tell = Callable[[str], None]


class Outcome(NamedTuple):
    """How it ended. Times in milliseconds, from recorded at one side to seen at the other."""

    same: bool
    peers: dict[str, Answer]
    latencies_ms: list[float]
    join_s: float
    receive_s: float

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        found = self.latencies_ms
        return {
            "same": self.same,
            "peers": self.peers,
            "latency": {
                "edits": len(found),
                "p50_ms": round(percentile(found, 50), 3) if found else None,
                "p95_ms": round(percentile(found, 95), 3) if found else None,
            },
            "join_s": round(self.join_s, 3),
            "receive_s": round(self.receive_s, 3),
        }


class Pair:
    """Both peers, each in a process and a folder of its own. Use it as an async context."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="goat-demo-", ignore_cleanup_errors=True)
        self.homes = [Path(self._folder.name) / name for name, _ in (HOST, GUEST)]
        self.peers: list[Peer] = []

    async def __aenter__(self) -> Pair:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        self._folder.cleanup()

    async def start(self) -> None:
        """Start both processes."""
        for (member, device), home in zip((HOST, GUEST), self.homes, strict=True):
            peer = await Peer.start(
                member, home, "demo-peer", "--member", member, "--device", device
            )
            self.peers.append(peer)
        for peer in self.peers:
            await peer.ask("state", START_S)

    async def stop(self) -> None:
        """End both processes; the folders stay until the context ends."""
        peers, self.peers = self.peers, []
        await asyncio.gather(*(peer.stop() for peer in peers))

    async def meet(self, notes: Path, name: str, tell: Tell) -> tuple[float, float]:
        """One fills a notebook and shares it, the other joins. Seconds until joined, and from
        then until both hold the same."""
        host, guest = self.peers
        filled = await host.ask("fill", FILL_S, folder=str(notes), name=name)
        state = await host.ask("state", START_S)
        if not state["notes"]:
            raise DemoFailed(f"There are no Markdown files in “{notes.name}”.")
        tell(f"{host.name} imported {_notes(state)} into “{filled['name']}”.")
        for problem in filled["failed"]:
            tell(f"Not imported: {problem}")
        loop = asyncio.get_running_loop()
        code = (await host.ask("share", START_S))["code"]
        tell(f"{host.name} shares the notebook and reads out the code {code}.")
        began = loop.time()
        _, joined = await _both(host.ask("confirm", JOIN_S), guest.ask("join", JOIN_S, code=code))
        met = loop.time()
        tell(
            f"{guest.name} typed the code, {joined['host'][0]} said yes: joined in "
            f"{met - began:.2f} s, found by multicast on this computer."
        )
        states = await self.settle()
        done = loop.time()
        tell(f"{guest.name} has {_notes(states[1])}, {done - met:.2f} s later.")
        return met - began, done - met

    async def write(self, seconds: float, tell: Tell) -> list[float]:
        """Both type into one note at once. The latencies, in milliseconds."""
        host, guest = self.peers
        title = (await host.ask("begin", START_S, mine="a", other="b", seed=1))["title"]
        await guest.ask("begin", START_S, mine="b", other="a", seed=2)
        tell(f"Both type at the end of “{title}” at once, for {seconds:g} s.")
        limit_s = seconds + START_S
        counts = await _both(
            host.ask("type", limit_s, seconds=seconds), guest.ask("type", limit_s, seconds=seconds)
        )
        await self.settle()
        mine, others = await _both(host.ask("times", START_S), guest.ask("times", START_S))
        found = latencies_ms(mine["recorded_ns"], others["seen_ns"])
        found += latencies_ms(others["recorded_ns"], mine["seen_ns"])
        words = counts[0]["words"] + counts[1]["words"]
        if len(found) != words:
            raise DemoFailed(f"Of {words} words only {len(found)} were seen at the other side.")
        tell(f"{host.name} typed {counts[0]['words']} words, {guest.name} {counts[1]['words']}.")
        return found

    async def settle(self) -> tuple[Answer, Answer]:
        """Wait until both hold the same and have it on disk; their states. Raises `DemoFailed`."""
        loop = asyncio.get_running_loop()
        end = loop.time() + SAME_S
        while True:
            held = await _both(*(peer.ask("commits", START_S) for peer in self.peers))
            if all(held) and held[0] == held[1] and held[0]["durable"]:
                states = await _both(*(peer.ask("state", START_S) for peer in self.peers))
                if same(*states):
                    return states
            if loop.time() > end:
                raise DemoFailed(
                    f"After {SAME_S:.0f} s the two still do not hold the same: "
                    f"{held[0].get('commits', 0)} and {held[1].get('commits', 0)} commits."
                )
            await asyncio.sleep(POLL_S)


async def run_headless(notes: Path, name: str, seconds: float, tell: Tell) -> Outcome:
    """The whole story without windows. Raises `DemoFailed`."""
    async with Pair() as pair:
        tell("Two peers: two processes, two folders, nothing between them but the network.")
        await pair.start()
        join_s, receive_s = await pair.meet(notes, name, tell)
        found = await pair.write(seconds, tell)
        states = await pair.settle()
        names = [peer.name for peer in pair.peers]
        await pair.stop()
        return Outcome(
            same(*states), dict(zip(names, states, strict=True)), found, join_s, receive_s
        )


def same(one: Answer, other: Answer) -> bool:
    """Whether two peers hold the same commits and show the same items."""
    return bool(one) and bool(other) and all(
        one[name] == other[name] for name in ("digest", "content", "items", "commits")
    )  # fmt: skip


def _notes(state: Answer) -> str:
    return f"{state['notes']:,} note{'' if state['notes'] == 1 else 's'}"


async def _both(one: Any, other: Any) -> tuple[Answer, Answer]:
    """Two deeds at once; the first failure ends both."""
    try:
        async with asyncio.TaskGroup() as group:
            first, second = group.create_task(one), group.create_task(other)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return first.result(), second.result()
