"""Joining: the two machines that bring a new device into a workspace.

They speak over a link that is secured already (by the code, so each side knows that the other knew
it). Offer, ask, a person's yes, welcome with the members, joined, done; either side may end it at
any step and the other is told why, in a sentence. Sans-I/O: messages and `now` in, messages and
state out; what touches a disk or makes commits is in the callables that the caller gives.
Invariant: no secret leaves the host before `confirm`, and the guest keeps nothing that it has not
checked against the workspace's id. Must never import storage, sync or items.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final, NamedTuple

from goatcore.errors import GoatError, Malformed, Refused
from goatcore.ids import WorkspaceId
from goatcore.trust import join_messages as messages
from goatcore.trust.arrival import Arrival, check_arrival
from goatcore.trust.join_messages import (
    JOIN_VERSION,
    Ask,
    Cancel,
    Commits,
    Done,
    Joined,
    Message,
    Offer,
    Reason,
    Welcome,
)
from goatcore.trust.records import InviteKind
from goatcore.trust.signing import DeviceKeys, verify

WAIT_MS: Final = 5 * 60 * 1000  # for the other side, or for the person, at each step


class Step(Enum):
    """How far it is. The host: offering, asking, welcoming; the guest: connecting, waiting,
    receiving, finishing; both: done or failed."""

    offering = "offering"  # the host waits for the guest's ask
    asking = "asking"  # the host's person decides
    welcoming = "welcoming"  # the guest is let in and stores what it was given
    connecting = "connecting"  # the guest waits for the offer
    waiting = "waiting"  # … for the host's person
    receiving = "receiving"  # … for the membership commits
    finishing = "finishing"  # … for the host's last word
    done = "done"
    failed = "failed"


_HEARD: Final = {
    Reason.cancelled: "The other computer cancelled.",
    Reason.rejected: "The other person declined. Ask them for a new code.",
    Reason.member: "This computer is a member already.",
    Reason.version: "The two computers have different versions of Goat Notes. "
    "Install the newest version on both.",
    Reason.timeout: "The other computer gave up waiting. Start again with a new code.",
    Reason.failed: "Something went wrong on the other computer; it shows what. Then start again.",
    Reason.broken: "The two computers do not understand each other. "
    "Install the newest version on both.",
}
_TIMEOUT: Final = "Nobody answered for five minutes. Start again with a new code."
_LOST: Final = "The connection to the other computer was lost. Start again with a new code."
_LOST_LATE: Final = (
    "The connection to the other computer was lost just before the end. It was let in; "
    "if it does not show the notes, start again with a new code."
)
_LOST_JOINED: Final = (
    "The connection to the other computer was lost just before the end. What was joined is here; "
    "if it does not fill, start again with a new code."
)


class _Machine(ABC):
    """What both sides share: the queue of messages, the deadline, and how it ends."""

    def __init__(self, step: Step, now_ms: int) -> None:
        self.step = step
        self.problem: str | None = None  # why it failed, for the person at this side
        self.deadline_ms = now_ms + WAIT_MS
        self._outgoing: list[bytes] = []

    @property
    def over(self) -> bool:
        return self.step in (Step.done, Step.failed)

    def take_outgoing(self) -> list[bytes]:
        """The messages to send now, in order; also after the end, before the link is closed."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def receive(self, data: bytes, now_ms: int) -> None:
        """Take one message of the other side."""
        if self.over:
            return
        try:
            message = messages.decode(data)
            if isinstance(message, Cancel):
                self._end(_HEARD[message.reason])
            else:
                self._take(message, now_ms)
        except Malformed as error:
            self._end(_HEARD[Reason.broken] + f" ({error})", Reason.broken)
        except GoatError as error:
            self._end(str(error), Reason.failed)

    def tick(self, now_ms: int) -> None:
        """Give up if the deadline is over."""
        if not self.over and now_ms >= self.deadline_ms:
            self._end(_TIMEOUT, Reason.timeout)

    def cancel(self) -> None:
        """The person at this side does not want it any more."""
        if not self.over:
            self._end("You cancelled.", Reason.cancelled)

    def lost(self) -> None:
        """The link closed."""
        if not self.over:
            late = {Step.welcoming: _LOST_LATE, Step.finishing: _LOST_JOINED}
            self._end(late.get(self.step, _LOST))

    @abstractmethod
    def _take(self, message: Message, now_ms: int) -> None: ...

    def _go(self, step: Step, now_ms: int, *said: Message) -> None:
        self.step = step
        self.deadline_ms = now_ms + WAIT_MS
        self._outgoing += [messages.encode(message) for message in said]

    def _end(self, problem: str | None, told: Reason | None = None) -> None:
        self.step = Step.done if problem is None else Step.failed
        self.problem = problem
        if told is not None:
            self._outgoing.append(messages.encode(Cancel(told)))

    def _unexpected(self, message: Message) -> None:
        raise Malformed(f"{type(message).__name__.lower()} while {self.step.value}")


class HostCalls(NamedTuple):
    """What the host's machine needs of the workspace. All may raise `GoatError`."""

    check: Callable[[Ask], None]  # raises `Refused` if the guest is a member already
    admit: Callable[[Ask], tuple[Welcome, Sequence[bytes]]]  # lets in; all membership commits
    joined: Callable[[Sequence[bytes]], bool]  # stores; whether the guest's device counts now


class JoinHost(_Machine):
    """The side that shares."""

    def __init__(
        self,
        workspace: WorkspaceId,
        kind: InviteKind,
        names: tuple[str, str],
        session: bytes,
        calls: HostCalls,
        now_ms: int,
    ) -> None:
        """`names`: of this member and this device; `session`: the link's handshake hash, 32."""
        super().__init__(Step.offering, now_ms)
        self.guest: Ask | None = None  # who asks; whether they are who they say, a person decides
        self._workspace = workspace
        self._session = session
        self._calls = calls
        offer = Offer(JOIN_VERSION, workspace, kind, *names)
        self._go(Step.offering, now_ms, offer)

    def _take(self, message: Message, now_ms: int) -> None:
        if isinstance(message, Ask) and self.step is Step.offering:
            self._asked(message, now_ms)
        elif isinstance(message, Joined) and self.step is Step.welcoming:
            if not self._calls.joined(message.commits):
                raise Malformed("its device was not let in by what it sent")
            self._go(Step.done, now_ms, Done())
        else:
            self._unexpected(message)

    def _asked(self, ask: Ask, now_ms: int) -> None:
        if ask.version != JOIN_VERSION:
            self._end(_HEARD[Reason.version], Reason.version)
            return
        proof = messages.ask_message(self._session, self._workspace, ask.device, ask.box)
        if not verify(ask.device, proof, ask.signature):
            raise Malformed("the keys are not the guest's own")
        self.guest = ask
        try:
            self._calls.check(ask)
        except Refused as refusal:
            self._end(str(refusal), Reason.member)
            return
        self._go(Step.asking, now_ms)

    def confirm(self, now_ms: int) -> None:
        """The person at the host says yes: the guest is admitted and welcomed."""
        if self.step is not Step.asking:
            return
        assert self.guest is not None
        try:
            welcome, commits = self._calls.admit(self.guest)
        except GoatError as error:
            self._end(str(error), Reason.failed)
            return
        counted = welcome._replace(commit_count=len(commits))
        self._go(Step.welcoming, now_ms, counted, *messages.chunks(commits))

    def reject(self) -> None:
        """The person at the host says no."""
        if self.step in (Step.offering, Step.asking):
            self._end("You declined.", Reason.rejected)


class GuestCalls(NamedTuple):
    """What the guest's machine needs of its installation. Both may raise `GoatError`."""

    keys: Callable[[Offer], DeviceKeys]  # the device's keys there; `Refused`: a member already
    accept: Callable[[Arrival], Sequence[bytes]]  # stores; the commits to send (its device_add)


class JoinGuest(_Machine):
    """The side that joins."""

    def __init__(
        self, names: tuple[str, str], session: bytes, calls: GuestCalls, now_ms: int
    ) -> None:
        """`names`: of the person (who may have none yet) and of this device; `session`: the
        link's handshake hash, 32."""
        super().__init__(Step.connecting, now_ms)
        self.offer: Offer | None = None
        self.received = 0  # commits
        self.expected: int | None = None
        self._names = names
        self._session = session
        self._calls = calls
        self._keys: DeviceKeys | None = None
        self._welcome: Welcome | None = None
        self._commits: list[bytes] = []

    def _take(self, message: Message, now_ms: int) -> None:
        if isinstance(message, Offer) and self.step is Step.connecting:
            self._offered(message, now_ms)
        elif isinstance(message, Welcome) and self.step is Step.waiting:
            self._welcome = message
            self.expected = message.commit_count
            self._go(Step.receiving, now_ms)
        elif isinstance(message, Commits) and self.step is Step.receiving:
            self._commits += message.commits
            self.received = len(self._commits)
            self._go(Step.receiving, now_ms)
            if self.received >= (self.expected or 0):
                self._arrived(now_ms)
        elif isinstance(message, Done) and self.step is Step.finishing:
            self._end(None)
        else:
            self._unexpected(message)

    def _offered(self, offer: Offer, now_ms: int) -> None:
        if offer.version != JOIN_VERSION:
            self._end(_HEARD[Reason.version], Reason.version)
            return
        self.offer = offer
        try:
            self._keys = keys = self._calls.keys(offer)
        except Refused as refusal:
            self._end(str(refusal), Reason.member)
            return
        proof = messages.ask_message(self._session, offer.workspace, keys.author, keys.box)
        ask = Ask(JOIN_VERSION, keys.author, keys.box, *self._names, keys.sign(proof))
        self._go(Step.waiting, now_ms, ask)

    def _arrived(self, now_ms: int) -> None:
        assert self.offer is not None
        assert self._keys is not None
        assert self._welcome is not None
        arrival = check_arrival(self.offer, self._keys, self._welcome, self._commits)
        commits = tuple(self._calls.accept(arrival))
        self._go(Step.finishing, now_ms, Joined(commits))
