"""One repository over one link: finds out what each side lacks, and moves exactly that.

Owns the conversation of FORMATS.md section 4. Invariants: only durable commits are named or sent;
nothing that a peer says is taken away from here; without news on either side no byte is sent; what
two honest sides hold becomes equal whatever was lost, wiped or restored before. Sans-I/O: messages
and `now_ms` in; messages, events and one deadline out. Must never import asyncio, sockets, time,
storage, repository or query.

The flow: HELLO → SAME, or TIPS of the other side → WANT for what this side lacks and COMMITS for
what the other lacks → COMMITS → STATE of both. Above 64 chains BUCKETS go before the TIPS, and only
those of buckets that differ follow. A HELLO of an empty side is answered by COMMITS at once. Later,
what becomes durable is pushed at once; HAVE acknowledges it; STATE follows after 250 ms without
news. Unequal STATEs after all that: one more TIPS; if that changes nothing, `Stuck`, and silence.

What the owner does:
* `start`, then `receive` for each message of the peer, and `tick` when `next_deadline` has come;
* after each call: send all of `take_outgoing()` (a call gives at most one COMMITS: ask again until
  it gives nothing), and handle `take_events()`;
* for `Received`: admit the commits, at once or later, then `decided(ids, …)`. What is not
  held by then was refused, or waits for others. Every id must be decided, or credit runs out;
* `advanced` whenever `held.durable` grew, from wherever the commits came.
`receive` raises `PeerMisbehaved` for what no correct peer sends; then nothing was changed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol

from goatcore.errors import PeerMisbehaved
from goatcore.history.commit import Commit
from goatcore.history.packing import Unpacker
from goatcore.ids import CommitId, GroupId, RepositoryId
from goatcore.sync.agreement import Agreement, Answer, Verdict
from goatcore.sync.asking import Asking
from goatcore.sync.events import Agreed, Event, KeysReceived, PeerHas, PeerLeft, Received, Stuck
from goatcore.sync.flow import Inbox, Outbox
from goatcore.sync.held import SHORT, HeldIndex
from goatcore.sync.messages import (
    TIPS_MAX,
    Buckets,
    Bye,
    Commits,
    Credit,
    Have,
    Hello,
    Keys,
    Message,
    Presence,
    Same,
    State,
    Tips,
    Unknown,
    Want,
)
from goatcore.sync.peer_view import Heard, PeerView, bucket_points, point, tip_points

CHAINS_MAX: Final = 64  # with more, BUCKETS are smaller than TIPS
HELLO_MS: Final = 1_000  # the initiator's time to say HELLO
CROSSING_MS: Final = 250  # the time for an answer to a HELLO that crossed the peer's
WANT_MS: Final = 30_000
HAVE_EVERY: Final = 256  # while the first agreement is still to come
_THEIRS_MAX: Final = 65_536

STUCK_SENTENCE: Final = (
    "This computer and the other one hold different changes, and neither can send what the other "
    "lacks. Nothing is lost; see that both run the newest version."
)


class Held(Protocol):
    """What an exchange reads of its repository."""

    @property
    def durable(self) -> HeldIndex:
        """The commits that are on disk, with what they stand on. Only grows."""

    def raw(self, id_: CommitId) -> Commit:
        """A durable commit."""

    def holds(self, id_: CommitId) -> bool:
        """Whether a commit is held, durable or not yet."""


class Exchange:
    """The machine of one (link, repository). `initiator`: this side opened the link."""

    def __init__(
        self, held: Held, repository: RepositoryId, *, initiator: bool, members: bool = False
    ) -> None:
        self._held = held
        self._index = held.durable
        self._repository = repository
        self._initiator = initiator
        self._members = members
        self._view = PeerView(self._index)
        self._agreement = Agreement()
        self._asking = Asking(self._index)
        self._outbox = Outbox(repository, self._index, held.raw)
        self._inbox = Inbox()
        self._messages: list[Message] = []
        self._events: list[Event] = []
        self._now_ms = 0  # of the last call
        self._hello: list[int] | None = None  # tips when we said HELLO, until it is answered
        self._hello_ms = 0  # when we said it
        self._hello_at: int | None = None
        self._offered: list[int] | None = None  # tips when we named them, until that is answered
        self._met = False  # what the peer lacks is known: push
        self._conclude = False  # say STATE as soon as nothing is under way
        self._seen = self._index.count  # orders below were looked at
        self._theirs: dict[CommitId, None] = {}  # the peer has them, we not yet durably
        self._to_acknowledge: list[int] = []
        self.peer_held = 0  # how many commits the peer said that it holds, when it said so last

    # -- what the owner asks -----------------------------------------------------------------------

    @property
    def agreed(self) -> bool:
        """Whether both sides hold the same commits durably, as far as they told each other."""
        return self._agreement.agreed == self._index.digest()

    @property
    def unacknowledged(self) -> int:
        """How many of our durable commits the peer has not acknowledged."""
        return self._index.count - self._view.acknowledged.count

    def peer_has(self, id_: CommitId) -> bool:
        """Whether the peer said that it holds a commit of ours durably."""
        order = self._index.order(id_)
        return order is not None and order in self._view.acknowledged

    def take_outgoing(self, now_ms: int | None = None) -> list[Message]:
        """Messages to send now, in order; at most one COMMITS. Ask again until there is none.
        `now_ms` may be left out directly after another call."""
        if now_ms is None:
            now_ms = self._now_ms
        sent = self._outbox.next(self._view.acknowledged)
        if sent is not None:
            commits, orders = sent
            self._messages.append(commits)
            for order in orders:
                self._view.expected.add(order)
            self._agreement.moved(len(orders), now_ms)
        self._decide(now_ms)
        messages, self._messages = self._messages, []
        return messages

    def take_events(self) -> list[Event]:
        """What happened, in order."""
        events, self._events = self._events, []
        return events

    def next_deadline(self) -> int | None:
        """When `tick` is to be called, in milliseconds of the owner's clock; None = never."""
        times = [at for at in (self._agreement.quiet_at, self._hello_at) if at is not None]
        return min(times, default=None)

    # -- what the owner tells ----------------------------------------------------------------------

    def start(self, now_ms: int, *, opens: bool) -> None:
        """Begin. `opens`: say HELLO now; else the peer is expected to, and gets one second."""
        self._now_ms = now_ms
        if opens:
            self._say_hello(now_ms)
        else:
            self._hello_at = now_ms + HELLO_MS

    def advanced(self, now_ms: int) -> None:
        """`held.durable` grew."""
        self._look_at_new(now_ms)
        self._decide(now_ms)

    def decided(
        self, ids: Iterable[CommitId], now_ms: int, *, missing: Iterable[CommitId] = ()
    ) -> None:
        """These received commits were admitted, refused, or wait for others. `missing`: commits
        to ask for one by one, such as deps that nothing else announces."""
        for id_ in ids:
            if self._index.contains(id_) or not self._held.holds(id_):
                self._inbox.settle(id_)
        self.ask((id_ for id_ in missing if not self._is_known(id_)), now_ms)
        self.advanced(now_ms)

    def ask(self, ids: Iterable[CommitId], now_ms: int) -> None:
        """Ask for single commits, held or not: say, whose bytes were damaged here."""
        self._messages += self._asking.singles(ids)
        self._agreement.touch(now_ms)

    def send_keys(self, keys: Iterable[tuple[GroupId, bytes]]) -> None:
        """Hand epoch keys to the peer. Only on `/sys/members`; the owner decides which."""
        assert self._members, "keys travel with /sys/members"
        self._messages.append(Keys(tuple(keys)))

    def leave(self, reason: str) -> None:
        """Tell the peer that this repository is left alone from now on."""
        self._part()
        self._messages.append(Bye(reason))

    def tick(self, now_ms: int) -> None:
        """Time has come to `next_deadline`."""
        if self._hello_at is not None and now_ms >= self._hello_at:
            self._hello_at = None
            if not self._met:
                self._begin_anyway(now_ms)
        quiet_at = self._agreement.quiet_at
        if quiet_at is not None and now_ms >= quiet_at:
            self._agreement.quiet_at = None
            self._compare(now_ms)
        self._decide(now_ms)

    def receive(self, message: Message, now_ms: int) -> None:
        """Hear one message. Raises `PeerMisbehaved` (`Malformed`); nothing was changed then."""
        match message:
            case Hello():
                self._on_hello(message, now_ms)
            case Same():
                self._on_same(now_ms)
            case Tips():
                self._on_tips(message, now_ms)
            case Buckets():
                self._on_buckets(message, now_ms)
            case Want():
                self._on_want(message, now_ms)
            case Commits():
                self._on_commits(message, now_ms)
            case Have(points):
                heard = self._view.hear(points, complete=False, whole_chains=False)
                self._follow(heard, now_ms)
            case State(held, digest):
                self.peer_held = held
                self._take_as_answer(now_ms)
                self._agreement.hear(digest, Answer.STATE)
                self._agreement.touch(now_ms)
            case Credit(size):
                self._outbox.grant(size)
            case Keys(keys):
                if not self._members:
                    raise PeerMisbehaved("The peer sent keys beside the membership repository.")
                self._events.append(KeysReceived(keys))
            case Bye(reason):
                self._part()
                self._events.append(PeerLeft(reason))
            case Unknown() | Presence():
                pass
        self._decide(now_ms)

    # -- hearing -----------------------------------------------------------------------------------

    def _on_hello(self, hello: Hello, now_ms: int) -> None:
        """The peer begins, or begins anew: what was known of it is void."""
        self._part()
        self.peer_held = hello.held
        self._view.forget()
        self._asking.give_up()
        self._asking.forget_located()
        self._agreement.hear(hello.digest, Answer.SAME)
        if hello.digest == self._index.digest():
            return
        if hello.held == 0:
            self._conclude = True
            self._meet(now_ms)
        elif self._hello_may_be_answered(now_ms):
            self._hello_at = self._hello_ms + CROSSING_MS
        else:
            self._offer()

    def _hello_may_be_answered(self, now_ms: int) -> bool:
        """Whether two HELLOs crossed, and it is the peer's turn to answer ours. After a while ours
        must have come before the peer had the repository open."""
        return (
            self._hello is not None
            and (self._initiator or not self._index.count)
            and now_ms < self._hello_ms + CROSSING_MS
        )

    def _on_same(self, now_ms: int) -> None:
        if self._hello is not None:
            tips, self._hello = self._hello, None
            self._hold(tips)
            self._meet(now_ms)
            if tips == self._all_tips():
                self._agreement.hear(self._index.digest(), Answer.NOTHING)

    def _on_tips(self, tips: Tips, now_ms: int) -> None:
        is_marked = any(point.seq == 0 for point in tips.points)
        if tips.complete:
            self._hello = self._offered = None
        else:
            self._take_as_answer(now_ms)
        heard = self._view.hear(tips.points, complete=tips.complete, whole_chains=True)
        if tips.complete or is_marked:
            self._asking.forget_located()
            self._conclude = True
            self._meet(now_ms)
        else:
            self._outbox.put(heard.missing)
        self._follow(heard, now_ms)

    def _on_buckets(self, buckets: Buckets, now_ms: int) -> None:
        """Of buckets that are equal the peer has all; of the others we tell our tips."""
        index = self._index
        ours, theirs = index.buckets(), buckets.hashes
        differing = [b for b in range(256) if ours[8 * b : 8 * b + 8] != theirs[8 * b : 8 * b + 8]]
        self._hello = self._hello_at = None
        for number in range(index.author_count):
            if index.author(number)[0] not in differing:
                self._hold(index.tip_orders(number))
        self._messages += [Tips(points, False) for points in bucket_points(index, differing)]
        self._offered = self._all_tips()
        self._conclude = not differing
        self._agreement.touch(now_ms)

    def _on_want(self, want: Want, now_ms: int) -> None:
        self._take_as_answer(now_ms)
        index = self._index
        by_author: dict[bytes, dict[bytes, list[int]]] = {}
        for author, after, short_id in want.ranges:
            if author not in by_author:
                by_author[author] = index.by_short_id(author)
            for tip in by_author[author].get(short_id, ()):
                for order in index.back(tip):
                    if index.seq(order) <= after or not self._outbox.force(order):
                        break
        for id_ in want.ids:
            single = index.order(id_)
            if single is not None:
                self._outbox.force(single)

    def _on_commits(self, message: Commits, now_ms: int) -> None:
        self._inbox.check()
        unpacker = Unpacker(self._repository)
        commits = [unpacker.unpack(entry) for entry in message.entries]
        self._take_as_answer(now_ms)
        fresh: dict[CommitId, Commit] = {}
        loose: dict[bytes, Commit] = {}  # the first of an author whose prev is not here
        for commit in commits:
            is_asked = self._asking.is_asked(commit.id)
            self._asking.arrived(commit.author, commit.id)
            if self._is_new(commit.id) or is_asked:
                prev = commit.prev
                if prev is not None and prev not in fresh and not self._is_known(prev):
                    loose.setdefault(commit.author, commit)
                fresh[commit.id] = commit
        self._inbox.take(fresh, message.spent)
        if fresh:
            self._agreement.moved(len(fresh), now_ms)
            self._events.append(Received(tuple(fresh.values())))
        for commit in loose.values():
            self._messages += self._asking.before(commit)

    def _is_new(self, id_: CommitId) -> bool:
        """Whether a commit that came is to be handed to the owner. Notes that the peer has it."""
        order = self._index.order(id_)
        if order is not None:
            self._view.has(order)
            return False
        if id_ in self._inbox:
            return False
        if len(self._theirs) >= _THEIRS_MAX:
            del self._theirs[next(iter(self._theirs))]
        self._theirs[id_] = None
        return not self._held.holds(id_)

    # -- following from what was heard -------------------------------------------------------------

    def _follow(self, heard: Heard, now_ms: int) -> None:
        """Ask for what we lack; tell where our chains stand if they fork; tell the owner."""
        if heard.wants:
            coming = {id_[:SHORT] for id_ in self._theirs}
            self._messages += self._asking.ranges(heard.wants, coming)
        self._messages += self._asking.chains(heard.forked)
        self._tell_peer_has(heard.known)
        self._agreement.touch(now_ms)

    def _take_as_answer(self, now_ms: int) -> None:
        """The peer speaks after we named our tips: what it lacks of them it asks for."""
        if self._offered is None and self._hello == []:
            self._offered = []  # the HELLO of an empty side is a list of its tips
        if self._offered is not None:
            for order in self._offered:
                self._view.expected.add(order)
            self._hello = self._offered = None
            self._meet(now_ms)

    def _meet(self, now_ms: int) -> None:
        """From here on we know what the peer lacks."""
        self._met = True
        self._hello_at = None
        self._look_at_new(now_ms)
        self._outbox.put(self._view.expected.missing())
        self._agreement.touch(now_ms)

    def _part(self) -> None:
        self._met = self._conclude = False
        self._offered = self._hello_at = None
        self._agreement.forget()
        self._outbox.clear()

    def _hold(self, tips: Iterable[int]) -> None:
        """The peer has these and all before them."""
        self._tell_peer_has([order for order in tips if self._view.has(order)])

    def _tell_peer_has(self, orders: Iterable[int]) -> None:
        tips = tuple(self._index.tip(order) for order in orders)
        if tips:
            self._events.append(PeerHas(tips))

    def _is_known(self, id_: CommitId) -> bool:
        return self._index.contains(id_) or id_ in self._inbox or self._held.holds(id_)

    def _look_at_new(self, now_ms: int) -> None:
        """What became durable since the last time is acknowledged if the peer sent it, else
        pushed unless the peer has it."""
        index, view = self._index, self._view
        fresh = range(self._seen, index.count)
        self._seen = index.count
        for order in fresh:
            author, _, id_ = index.tip(order)
            self._asking.arrived(author, id_)
            self._inbox.settle(id_)
            if id_ in self._theirs:
                del self._theirs[id_]
                view.has(order)
                self._to_acknowledge.append(order)
        if fresh:
            self._agreement.touch(now_ms)
        if self._met:
            self._outbox.put(order for order in fresh if order not in view.expected)

    # -- deciding ----------------------------------------------------------------------------------

    def _decide(self, now_ms: int) -> None:
        """What to say, given all that is known. Called after every input."""
        self._now_ms = now_ms
        digest = self._index.digest()
        agreement = self._agreement
        if agreement.heard == digest:
            self._agree()
        elif not (self._outbox or self._inbox or self._asking):
            if self._conclude:
                self._conclude = False
                self._say_state()
                agreement.touch(now_ms)
            elif self._met and agreement.is_due(digest):
                self._say_state()
        if agreement.agreed is not None or len(self._to_acknowledge) >= HAVE_EVERY:
            self._acknowledge()
        grant = self._inbox.take_grant()
        if grant:
            self._messages.append(Credit(grant))

    def _agree(self) -> None:
        digest = self._index.digest()
        is_news = self._agreement.agreed != digest
        answer, knows = self._agreement.agree(digest)
        if answer is Answer.SAME:
            self._messages.append(Same())
        elif answer is Answer.STATE:
            self._say_state()
        if knows:
            self._to_acknowledge.clear()
        self._met = True
        self._hello = self._hello_at = None
        if is_news:
            self._conclude = False
            self._asking.give_up()
            self._hold(self._all_tips())
            self._outbox.clear()
            self._events.append(Agreed(self._index.count))

    def _acknowledge(self) -> None:
        if self._to_acknowledge:
            orders = set(self._to_acknowledge)
            self._to_acknowledge.clear()
            last = sorted(orders.difference(self._index.prev(order) for order in orders))
            for start in range(0, len(last), TIPS_MAX):
                some = last[start : start + TIPS_MAX]
                self._messages.append(Have(tuple(point(self._index, order) for order in some)))

    def _compare(self, now_ms: int) -> None:
        """A quiet time went by: if nothing is under way, let the peer know what we hold."""
        if self.agreed or not self._met:
            return
        self._acknowledge()
        if self._asking:
            give_up_at = self._agreement.active_ms + WANT_MS
            if now_ms < give_up_at:
                self._agreement.quiet_at = give_up_at
                return
            self._asking.give_up()
        if self._outbox or self._inbox:
            return
        verdict = self._agreement.judge(self._index.digest(), now_ms)
        if verdict is Verdict.STATE:
            self._say_state()
        elif verdict is Verdict.LOOK:
            self._asking.forget_located()
            self._offer()
        elif verdict is Verdict.STUCK:
            if not self._agreement.told_stuck:
                self._agreement.told_stuck = True
                self._events.append(Stuck(STUCK_SENTENCE))
            self._say_state()

    # -- saying ------------------------------------------------------------------------------------

    def _begin_anyway(self, now_ms: int) -> None:
        """The peer was expected to speak and did not."""
        if self._agreement.heard is not None:
            self._offer()
        elif self._hello is None:
            self._say_hello(now_ms)

    def _say_hello(self, now_ms: int) -> None:
        digest = self._index.digest()
        self._hello = self._all_tips()
        self._hello_ms = now_ms
        self._agreement.say(digest)
        self._messages.append(Hello(self._index.count, digest))

    def _say_state(self) -> None:
        digest = self._index.digest()
        self._agreement.say(digest)
        self._messages.append(State(self._index.count, digest))

    def _offer(self) -> None:
        """Name our chains: the peer then asks for what it lacks and sends what we lack."""
        self._offered = self._all_tips()
        if len(self._offered) <= CHAINS_MAX:
            self._messages.append(Tips(tip_points(self._index), complete=True))
        else:
            self._messages.append(Buckets(self._index.buckets()))

    def _all_tips(self) -> list[int]:
        index = self._index
        return [o for number in range(index.author_count) for o in index.tip_orders(number)]
