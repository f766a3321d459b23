from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.clock import Stamp
from goatcore.errors import DiskFailed, Malformed, Refused
from goatcore.history.body import Body, Change, encode_body
from goatcore.history.commit import Commit, Header, build, parse
from goatcore.ids import (
    CLEAR,
    MEMBERS_PATH,
    WORKSPACE_GROUP,
    CommitId,
    GroupId,
    InviteId,
    ItemKey,
    MemberId,
    repository_id,
    workspace_id,
)
from goatcore.trust import join_messages, records
from goatcore.trust.arrival import Arrival
from goatcore.trust.causality import read_membership
from goatcore.trust.join_messages import Ask, Cancel, Offer, Reason, Welcome, decode, encode
from goatcore.trust.joining import GuestCalls, HostCalls, JoinGuest, JoinHost, Step
from goatcore.trust.members import evaluate
from goatcore.trust.records import InviteKind, Record, Role
from goatcore.trust.signing import DeviceKeys, SigningKey
from goatcore.values import pack

SESSION = b"s" * 32
NAMING = b"n" * 32
EPOCH = (WORKSPACE_GROUP, b"k" * 32)
LATER = 5 * 60 * 1000


class Household:
    """A host's workspace with real commits, and a guest's installation; both in memory."""

    def __init__(self, kind: InviteKind = InviteKind.person) -> None:
        self.kind = kind
        self.root = SigningKey(b"r" * 32)
        self.frida = DeviceKeys(b"f" * 32, b"F" * 32)
        self.bert = DeviceKeys(b"b" * 32, b"B" * 32)
        self.founding = records.Founding(
            self.root.public,
            MemberId(b"m" * 16),
            self.frida.author,
            self.frida.box,
            sha256(NAMING).digest(),
            1,
            b"o" * 16,
        )
        self.genesis = self.founding.encode()
        self.workspace = workspace_id(self.genesis)
        self.held: list[Commit] = []
        self.seqs: dict[bytes, int] = {}
        self.write(self.frida, records.found(self.founding, self.root, b"", b""))
        self.stored: list[Arrival] = []
        self.change: Callable[[Welcome], Welcome] = lambda welcome: welcome
        self.check: Callable[[Ask], None] = lambda _ask: None
        self.now = 1000
        self.host = JoinHost(
            self.workspace,
            kind,
            ("Frida", "laptop"),
            SESSION,
            HostCalls(self.asked, self.admit, self.joined),
            self.now,
        )
        self.guest = JoinGuest(
            ("Bert", "tablet"),
            SESSION,
            GuestCalls(self.keys, self.accept),
            self.now,
        )

    def write(self, by: DeviceKeys, *written: Record, upon: Sequence[Commit] = ()) -> Commit:
        last = [c.id for c in self.held if c.author == by.author][-1:]
        seq = self.seqs[by.author] = self.seqs.get(by.author, 0) + 1
        heads = [commit.id for commit in (upon or self.held[-1:])]
        deps: tuple[CommitId, ...] = tuple(dict.fromkeys(last + heads))
        operations = tuple(records.encode(record) for record in written)
        change = Change(ItemKey("members"), "sys/members", 1, tuple(range(len(deps))), operations)
        header = Header(
            repository_id(NAMING, MEMBERS_PATH),
            by.author,
            seq,
            Stamp(seq),
            deps,
            None,
            CLEAR,
            b"",
            {},
        )
        commit = build(header, encode_body(Body(None, None, (change,))), by.sign)
        self.held.append(commit)
        return commit

    # the host's calls

    def asked(self, ask: Ask) -> None:
        self.check(ask)

    def admit(self, ask: Ask) -> tuple[Welcome, list[bytes]]:
        endorser, endorsement, member = None, None, records.first_member(ask.device)
        if self.kind is InviteKind.person:
            invite = InviteId(b"i" * 16)
            self.write(
                self.frida, records.Invite(invite, WORKSPACE_GROUP, Role.editor, self.kind, 9)
            )
            self.write(self.frida, records.Admit(invite, member, ask.device, ask.box, b"", b""))
        else:
            member, endorser = self.founding.member, self.frida.author
            endorsement = self.frida.sign(
                records.endorsement_message(self.workspace, member, ask.device, ask.box)
            )
        welcome = Welcome(
            self.genesis, NAMING, (b"l" * 32,), (EPOCH,), member, endorser, endorsement, "/n", 0
        )
        return self.change(welcome), [commit.raw for commit in self.held]

    def joined(self, commits: Sequence[bytes]) -> bool:
        self.held += [parse(raw) for raw in commits]
        found = evaluate(self.workspace, [read_membership(commit) for commit in self.held])
        return found.member_of(self.bert.author) is not None

    # the guest's calls

    def keys(self, _offer: Offer) -> DeviceKeys:
        return self.bert

    def accept(self, arrival: Arrival) -> list[bytes]:
        self.stored.append(arrival)
        welcome = arrival.welcome
        if welcome.endorser is None or welcome.endorsement is None:
            return []
        record = records.DeviceAdd(
            welcome.member,
            self.bert.author,
            self.bert.box,
            welcome.endorser,
            welcome.endorsement,
            b"",
        )
        return [self.write(self.bert, record, upon=arrival.commits[-1:]).raw]

    # the wire

    def run(self) -> None:
        """Carry messages both ways until nobody says anything."""
        while True:
            to_guest, to_host = self.host.take_outgoing(), self.guest.take_outgoing()
            if not to_guest and not to_host:
                return
            for data in to_guest:
                self.guest.receive(data, self.now)
            for data in to_host:
                self.host.receive(data, self.now)


def finished(home: Household) -> tuple[Step, Step]:
    return home.host.step, home.guest.step


@pytest.mark.parametrize("kind", list(InviteKind))
def test_a_guest_is_asked_for_let_in_and_has_all_records(kind: InviteKind) -> None:
    home = Household(kind)
    home.run()
    assert finished(home) == (Step.asking, Step.waiting)
    assert home.host.guest is not None
    assert (home.host.guest.member_name, home.host.guest.device_name) == ("Bert", "tablet")
    assert home.guest.offer is not None
    assert (home.guest.offer.member_name, home.guest.offer.device_name) == ("Frida", "laptop")
    assert home.guest.offer.kind is kind
    assert len(home.held) == 1  # nothing before the yes
    home.host.confirm(home.now)
    home.run()
    assert finished(home) == (Step.done, Step.done)
    assert home.host.problem is home.guest.problem is None
    (arrival,) = home.stored
    assert arrival.welcome.path == "/n"
    assert arrival.welcome.epochs == (EPOCH,)
    assert arrival.welcome.links == (b"l" * 32,)
    assert home.guest.received == home.guest.expected == len(arrival.commits)
    found = evaluate(home.workspace, [read_membership(commit) for commit in home.held])
    member = found.member_of(home.bert.author)
    assert member is not None
    assert member.id == arrival.welcome.member
    role = Role.editor if kind is InviteKind.person else Role.owner
    assert member.roles == {WORKSPACE_GROUP: role}


def test_nothing_secret_is_said_before_the_yes() -> None:
    home = Household()
    said = home.host.take_outgoing()
    for data in said:
        home.guest.receive(data, home.now)
    for data in home.guest.take_outgoing():
        home.host.receive(data, home.now)
    said += home.host.take_outgoing()
    assert [type(decode(data)) for data in said] == [Offer]


def test_many_records_come_in_several_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(join_messages, "CHUNK_BYTES", 1000)
    home = Household()
    for number in range(20):
        home.write(home.frida, records.InviteCancel(InviteId(bytes([number]) * 16)))
    home.run()
    home.host.confirm(home.now)
    said = home.host.take_outgoing()
    assert len(said) > 5
    for data in said[:-1]:
        home.guest.receive(data, home.now)
    assert home.guest.step is Step.receiving
    assert 0 < home.guest.received < (home.guest.expected or 0) == 23
    home.guest.receive(said[-1], home.now)
    assert home.guest.step is Step.finishing


def test_a_rejected_guest_is_told() -> None:
    home = Household()
    home.run()
    home.host.reject()
    home.run()
    assert finished(home) == (Step.failed, Step.failed)
    assert home.guest.problem == "The other person declined. Ask them for a new code."
    assert home.host.problem == "You declined."
    home.host.confirm(home.now)
    assert home.host.step is Step.failed
    assert len(home.held) == 1


def test_a_guest_that_is_a_member_already_is_told_on_both_sides() -> None:
    home = Household()

    def known(ask: Ask) -> None:
        raise Refused(f"{ask.member_name} is a member of this notebook already.")

    home.check = known
    home.run()
    assert home.host.problem == "Bert is a member of this notebook already."
    assert home.guest.problem == "This computer is a member already."


def test_a_guest_that_finds_itself_a_member_tells_the_host() -> None:
    home = Household()

    def known(_offer: Offer) -> DeviceKeys:
        raise Refused("You have this workspace already.")

    home.guest._calls = GuestCalls(known, home.accept)
    home.run()
    assert home.guest.problem == "You have this workspace already."
    assert home.host.problem == "This computer is a member already."


@pytest.mark.parametrize("code", [0, 1])
def test_another_version_is_named_on_both_sides(code: int) -> None:
    home = Household()
    machine = home.guest if code == 0 else home.host
    machine.receive(pack([code, 2, "whatever", {"it": "has"}]), home.now)
    assert machine.step is Step.failed
    assert machine.problem is not None
    assert machine.problem.startswith("The two computers have different versions")
    assert decode(machine.take_outgoing()[-1]) == Cancel(Reason.version)


@pytest.mark.parametrize("step", [Step.asking, Step.welcoming])
def test_a_side_that_waits_for_five_minutes_gives_up_and_tells(step: Step) -> None:
    home = Household()
    home.run()
    if step is Step.welcoming:
        home.host.confirm(home.now)
    assert home.host.step is step
    home.host.tick(home.now + LATER - 1)
    assert home.host.step is step
    home.host.tick(home.now + LATER)
    assert home.host.step is Step.failed
    assert home.host.problem == "Nobody answered for five minutes. Start again with a new code."
    assert decode(home.host.take_outgoing()[-1]) == Cancel(Reason.timeout)


def test_each_step_has_its_own_five_minutes() -> None:
    home = Household()
    home.now += LATER - 1
    home.run()
    home.guest.tick(home.now + LATER - 1)
    assert home.guest.step is Step.waiting
    home.guest.tick(home.now + LATER)
    home.run()
    assert home.guest.step is Step.failed
    assert home.host.problem is not None
    assert "gave up waiting" in home.host.problem


@pytest.mark.parametrize("side", ["host", "guest"])
def test_either_side_may_cancel(side: str) -> None:
    home = Household()
    home.run()
    one, other = (home.host, home.guest) if side == "host" else (home.guest, home.host)
    one.cancel()
    home.run()
    assert one.problem == "You cancelled."
    assert other.problem == "The other computer cancelled."
    assert one.over
    assert other.over


def test_a_lost_connection_is_said_and_what_it_means_late() -> None:
    home = Household()
    home.run()
    home.guest.lost()
    assert home.guest.problem is not None
    assert "was lost. Start again" in home.guest.problem
    home = Household()
    home.run()
    home.host.confirm(home.now)
    for data in home.host.take_outgoing():
        home.guest.receive(data, home.now)
    home.host.lost()
    home.guest.lost()
    assert home.host.problem is not None
    assert "It was let in" in home.host.problem
    assert home.guest.problem is not None
    assert "What was joined is here" in home.guest.problem
    assert len(home.stored) == 1


def test_a_side_that_is_over_hears_nothing_more() -> None:
    home = Household()
    home.run()
    home.host.cancel()
    problem = home.host.problem
    home.host.receive(encode(Cancel(Reason.failed)), home.now)
    home.host.lost()
    home.host.tick(home.now + LATER)
    home.host.reject()
    assert home.host.problem == problem
    assert len(home.host.take_outgoing()) == 1


@pytest.mark.parametrize("where", ["admit", "joined", "accept"])
def test_trouble_of_ones_own_is_shown_here_and_named_there(where: str) -> None:
    home = Household()

    def full(*_: object) -> list[bytes]:
        raise DiskFailed("The disk is full.")

    if where == "accept":
        home.guest._calls = home.guest._calls._replace(accept=full)
    else:
        home.host._calls = home.host._calls._replace(**{where: full})
    home.run()
    home.host.confirm(home.now)
    home.run()
    one, other = (home.guest, home.host) if where == "accept" else (home.host, home.guest)
    assert one.problem == "The disk is full."
    assert other.problem is not None
    assert other.problem.startswith("Something went wrong on the other computer")


# -- hosts and guests that lie ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"naming": b"N" * 32},
        {"epochs": ()},
        {"epochs": ((GroupId(b"g" * 16), b"k" * 32),)},
        {"member": MemberId(b"m" * 16)},
        {"genesis": b"other"},
    ],
    ids="".join,
)
def test_a_welcome_of_another_workspace_is_refused(change: dict[str, object]) -> None:
    home = Household()
    home.change = lambda welcome: welcome._replace(**change)  # type: ignore[arg-type]
    home.run()
    home.host.confirm(home.now)
    home.run()
    assert home.stored == []
    assert home.guest.problem is not None
    assert home.guest.problem.startswith("The two computers do not understand each other.")
    assert home.host.step is Step.failed


@pytest.mark.parametrize("change", ["endorsement", "endorser", "member", "none"])
def test_a_false_endorsement_is_refused(change: str) -> None:
    home = Household(InviteKind.device)
    fields: dict[str, dict[str, object]] = {
        "endorsement": {"endorsement": bytes(64)},
        "endorser": {"endorser": home.bert.author},
        "member": {"member": MemberId(b"x" * 16)},
        "none": {"endorser": None, "endorsement": None},
    }
    home.change = lambda welcome: welcome._replace(**fields[change])  # type: ignore[arg-type]
    home.run()
    home.host.confirm(home.now)
    home.run()
    assert home.stored == []
    assert home.guest.step is Step.failed


def test_records_that_do_not_hold_are_refused() -> None:
    def drop_genesis(commits: list[bytes]) -> list[bytes]:
        return commits[1:]

    def swap(commits: list[bytes]) -> list[bytes]:
        return [commits[0], *commits[:0:-1]]

    def unsign(commits: list[bytes]) -> list[bytes]:
        broken = parse(commits[-1])
        raw, at = bytearray(broken.raw), broken.sealed_at - 1
        raw[at] ^= 1
        return [*commits[:-1], bytes(raw)]

    def cut(commits: list[bytes]) -> list[bytes]:
        return [*commits[:-1], commits[-1][:-1]]

    def without_admit(commits: list[bytes]) -> list[bytes]:
        return commits[:-1]

    for lie in (drop_genesis, swap, unsign, cut, without_admit):
        home = Household()
        admit = home.admit

        def lying(
            ask: Ask,
            lie: Callable[[list[bytes]], list[bytes]] = lie,
            admit: Callable[[Ask], tuple[Welcome, list[bytes]]] = admit,
        ) -> tuple[Welcome, list[bytes]]:
            welcome, commits = admit(ask)
            return welcome, lie(commits)

        home.host._calls = home.host._calls._replace(admit=lying)
        home.run()
        home.host.confirm(home.now)
        home.run()
        assert home.stored == [], lie
        assert home.guest.step is Step.failed


def test_more_records_than_named_are_refused() -> None:
    home = Household()
    home.run()
    home.host.confirm(home.now)
    welcome = decode(home.host.take_outgoing()[0])
    assert isinstance(welcome, Welcome)
    home.guest.receive(encode(welcome._replace(commit_count=1)), home.now)
    both = tuple(commit.raw for commit in home.held)
    home.guest.receive(encode(join_messages.Commits(both)), home.now)
    assert home.guest.step is Step.failed
    assert home.stored == []


def test_a_guest_cannot_ask_with_keys_of_others() -> None:
    home = Household()
    mallory = DeviceKeys(b"x" * 32, b"X" * 32)
    proof = join_messages.ask_message(SESSION, home.workspace, home.bert.author, home.bert.box)
    ask = Ask(1, home.bert.author, home.bert.box, "Bert", "tablet", mallory.sign(proof))
    home.host.receive(encode(ask), home.now)
    assert home.host.step is Step.failed
    assert home.host.guest is None
    assert decode(home.host.take_outgoing()[-1]) == Cancel(Reason.broken)


def test_an_ask_of_another_link_is_refused() -> None:
    home = Household()
    home.guest._session = b"t" * 32
    home.run()
    assert home.host.step is Step.failed


def test_a_guest_whose_commits_do_not_let_it_in_is_not_done() -> None:
    home = Household(InviteKind.device)
    home.guest._calls = home.guest._calls._replace(accept=lambda _arrival: [])
    home.run()
    home.host.confirm(home.now)
    home.run()
    assert finished(home) == (Step.failed, Step.failed)


# -- messages --------------------------------------------------------------------------------------


def test_messages_read_back_as_they_were_said() -> None:
    home = Household()
    said = [
        Offer(1, home.workspace, InviteKind.device, "Frida", "laptop"),
        Ask(1, home.bert.author, home.bert.box, "Bért", "📱", b"s" * 64),
        Welcome(b"g", NAMING, (), (EPOCH,), MemberId(b"m" * 16), None, None, None, 1),
        join_messages.Commits((b"1", b"2")),
        join_messages.Joined(()),
        join_messages.Done(),
        Cancel(Reason.rejected),
    ]
    for message in said:
        assert decode(encode(message)) == message


@pytest.mark.parametrize("name", ["", " ", "x" * 256, "a\nb", "a\x1b[31m", "a\u2028b"])
def test_a_name_that_does_not_show_on_one_line_is_refused(name: str) -> None:
    with pytest.raises(Malformed):
        decode(pack([0, 1, bytes(32), 1, name, "laptop"]))
    with pytest.raises(Malformed):
        decode(pack([1, 1, bytes(32), bytes(32), "Bert", name, bytes(64)]))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3) | st.binary(max_size=33),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=12,
)


@given(st.integers(0, 7), st.lists(VALUES, max_size=10))
def test_what_is_no_message_is_malformed(code: int, parts: list[object]) -> None:
    try:
        message = decode(pack([code, *parts]))
    except Malformed:
        return
    assert decode(encode(message)) == message


@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x90", pack({}), pack([9]), b"\x92\x06\xcc\x02"])
def test_bytes_that_are_no_message_end_it(data: bytes) -> None:
    home = Household()
    home.host.receive(data, home.now)
    assert home.host.step is Step.failed
    assert decode(home.host.take_outgoing()[-1]) == Cancel(Reason.broken)


def test_a_message_out_of_turn_ends_it() -> None:
    for message in (join_messages.Done(), join_messages.Joined(()), join_messages.Commits(())):
        home = Household()
        home.host.receive(encode(message), home.now)
        home.guest.receive(encode(message), home.now)
        assert finished(home) == (Step.failed, Step.failed)
