"""What an exchange tells its owner. Values only."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from goatcore.history.commit import Commit
from goatcore.ids import GroupId
from goatcore.sync.held import Tip


class Received(NamedTuple):
    """Commits to admit, in the order in which they came (parents first). The owner answers with
    `Exchange.decided`."""

    commits: tuple[Commit, ...]


class Agreed(NamedTuple):
    """Both sides hold the same commits, so many, all durable on both."""

    held: int


class PeerHas(NamedTuple):
    """The peer said that it holds these commits of ours, and all before them, durably."""

    tips: tuple[Tip, ...]


class Stuck(NamedTuple):
    """Both sides said everything and still hold different commits; the sentence is for people.
    Told once; what comes later is still exchanged, and an `Agreed` ends it."""

    sentence: str


class KeysReceived(NamedTuple):
    """Epoch keys from the peer; the owner judges them."""

    keys: tuple[tuple[GroupId, bytes], ...]


class PeerLeft(NamedTuple):
    """The peer leaves this repository alone from now on."""

    reason: str


Event: TypeAlias = Received | Agreed | PeerHas | Stuck | KeysReceived | PeerLeft
