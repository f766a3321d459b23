"""`goat demo --windows`: the peers meet as in the terminal, then each gets a real window."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from app.demo.control import DemoFailed, Peer
from app.demo.pair import GUEST, HOST, Outcome, Pair, Tell, same
from app.display import obstacle


async def run_windows(notes: Path, name: str, seconds: float | None, tell: Tell) -> Outcome:
    """The story with windows; ends when both were closed. Raises `DemoFailed`."""
    trouble = obstacle(os.environ)
    if trouble is not None:
        raise DemoFailed(trouble)
    async with Pair() as pair:
        await pair.start()
        join_s, receive_s = await pair.meet(notes, name, tell)
        await pair.stop()
        tell("Now both get a window. Type in one and look at the other; close both to end.")
        limit = [] if seconds is None else ["--seconds", str(seconds)]
        for (member, _), home, side in zip(
            (HOST, GUEST), pair.homes, ("left", "right"), strict=True
        ):
            peer = await Peer.start(member, home, "demo-window", "--side", side, *limit)
            pair.peers.append(peer)
        states = await asyncio.gather(*(peer.last_word() for peer in pair.peers))
        names = [peer.name for peer in pair.peers]
        return Outcome(same(*states), dict(zip(names, states, strict=True)), [], join_s, receive_s)
