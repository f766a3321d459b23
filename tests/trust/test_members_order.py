"""Any honest and any other writing: the same set says the same, and nobody climbs."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from goatcore.ids import WORKSPACE_GROUP, CommitId, GroupId, MemberId, RepositoryId
from goatcore.trust import records
from goatcore.trust.records import InviteKind, Record, Role
from goatcore.trust.signing import DeviceKeys

if TYPE_CHECKING:
    from tests.trust.conftest import Ledger

SMALL = st.integers(0, 7)


class Step(NamedTuple):
    kind: int
    by: int
    one: int
    two: int
    deps: tuple[int, ...]


STEPS = st.lists(
    st.builds(Step, SMALL, SMALL, SMALL, SMALL, st.lists(SMALL, max_size=2).map(tuple)),
    max_size=25,
)


class Writer:
    """Turns steps into records of a cast of devices, of groups and of invites."""

    def __init__(self, ledger: Ledger, cast: list[DeviceKeys], groups: list[GroupId]) -> None:
        self.ledger, self.cast, self.groups = ledger, cast, groups
        self.repositories = [RepositoryId(bytes([n]) * 16) for n in range(2)]

    def record(self, step: Step, author: DeviceKeys) -> Record:
        ledger, target = self.ledger, self.cast[step.one % len(self.cast)]
        role, group = Role(step.two % 4 + 1), self.groups[step.one % len(self.groups)]
        member = ledger.founding.member if target is ledger.founder else ledger.member(target)
        invite = ledger.invite_id(str(step.two % 3))
        match step.kind:
            case 0:
                return records.Grant(member, WORKSPACE_GROUP, role)
            case 1:
                return records.Grant(member, group, role)
            case 2:
                return records.Invite(invite, group, role, InviteKind(step.one % 2), 9)
            case 3:
                return records.Admit(invite, member, target.author, target.box, b"", b"")
            case 4:
                return records.InviteCancel(invite)
            case 5:
                repository = self.repositories[step.one % 2]
                own = records.founded_group(author.author, repository)
                return records.GroupOf(repository, own if step.two % 2 else group, b"")
            case 6:
                return ledger.endorsed(author, member, target)
        return ledger.endorsed(author, member, author)._replace(endorser=target.author)


def write_all(
    writer: Writer, steps: list[Step], authors: list[DeviceKeys], among: list[CommitId]
) -> None:
    """Each step is one commit upon its author's last one and some of `among` and its like."""
    ledger, last = writer.ledger, dict[bytes, CommitId]()
    for number, step in enumerate(steps):
        author = authors[step.by % len(authors)]
        deps = [among[-1 - back] for back in step.deps if back < len(among)]
        deps += [last[author.author]] if author.author in last else []
        record = writer.record(step, author)
        last[author.author] = ledger.write(
            author, record, deps=list(dict.fromkeys(deps)) or [ledger.genesis], salt=number
        )
        among.append(last[author.author])


def cast_of(ledger: Ledger, names: str) -> list[DeviceKeys]:
    return [ledger.device(name) for name in names.split()]


@settings(max_examples=150)
@given(steps=STEPS, seed=st.integers(0, 2**32))
def test_the_order_of_arrival_never_matters(
    new_ledger: type[Ledger], steps: list[Step], seed: int
) -> None:
    ledger, dice = new_ledger(), random.Random(seed)
    insiders = [ledger.founder, *cast_of(ledger, "anna bert carla")]
    for insider, role in zip(insiders[1:], (Role.owner, Role.admin, Role.editor), strict=True):
        ledger.let_in(ledger.founder, insider, role)
    groups = [WORKSPACE_GROUP, ledger.found_group(insiders[1], RepositoryId(b"g" * 16))]
    writer = Writer(ledger, [*insiders, *cast_of(ledger, "guest")], groups)
    write_all(writer, steps, writer.cast, [commit.id for commit in ledger.commits])
    expected = ledger.evaluate()
    shuffled = list(ledger.commits)
    dice.shuffle(shuffled)
    again = ledger.evaluate(shuffled)
    assert ledger.verdict(again) == ledger.verdict(expected)
    for commit in ledger.commits[-5:]:
        for device in writer.cast:
            for group in groups:
                before = expected.role(device.author, group, (commit.id,))
                assert again.role(device.author, group, (commit.id,)) is before


@settings(max_examples=150)
@given(honest=STEPS, steps=STEPS)
def test_strangers_never_gain_a_role(
    new_ledger: type[Ledger], honest: list[Step], steps: list[Step]
) -> None:
    ledger = new_ledger()
    insiders = [ledger.founder, *cast_of(ledger, "anna bert")]
    ledger.let_in(ledger.founder, insiders[1], Role.admin)
    ledger.let_in(ledger.founder, insiders[2], Role.editor)
    groups = [WORKSPACE_GROUP, ledger.found_group(insiders[1], RepositoryId(b"g" * 16))]
    among = [commit.id for commit in ledger.commits]
    write_all(Writer(ledger, insiders, groups), honest, insiders, among)
    before = ledger.evaluate()
    strangers = cast_of(ledger, "mallory oscar")
    # strangers hold no key of an insider, so what they endorse as insiders is forged
    writer = Writer(ledger, strangers, groups)
    write_all(writer, steps, strangers, among)
    for number, commit in enumerate([c for c in ledger.commits if c.author in before.named]):
        ledger.write(strangers[0], *commit.records, deps=[among[-1]], salt=number)  # replayed
    after = ledger.evaluate()
    for stranger in strangers:
        assert stranger.author not in after.named
        assert stranger.author not in after.devices
        for group in groups:
            assert after.role(stranger.author, group) is None
    for question in ("members", "devices", "repositories", "named", "counted", "invites"):
        assert getattr(after, question) == getattr(before, question)


@settings(max_examples=200)
@given(honest=STEPS, steps=STEPS, rank=st.sampled_from([Role.viewer, Role.editor, Role.admin]))
def test_no_member_touches_their_own_rank_or_above_whatever_they_write(
    new_ledger: type[Ledger], honest: list[Step], steps: list[Step], rank: Role
) -> None:
    """The attacker and their friends write what they like, dated back as they like."""
    ledger = new_ledger()
    insiders = [ledger.founder, *cast_of(ledger, "anna bert carla")]
    for insider, role in zip(insiders[1:], (Role.owner, Role.admin, Role.editor), strict=True):
        ledger.let_in(ledger.founder, insider, role)
    attacker, *friends = cast_of(ledger, "eve mallory oscar")
    ledger.let_in(ledger.founder, attacker, rank)
    groups = [WORKSPACE_GROUP, ledger.found_group(ledger.founder, RepositoryId(b"g" * 16))]
    common = [commit.id for commit in ledger.commits]
    write_all(Writer(ledger, insiders, groups), honest, insiders, list(common))
    before = ledger.evaluate()
    everybody = [*insiders, attacker, *friends]
    writer = Writer(ledger, everybody, groups)
    writer.ledger.endorsed = forging(ledger, [attacker, *friends])  # type: ignore[method-assign]
    write_all(writer, steps, [attacker, *friends], [c.id for c in ledger.commits])
    after = ledger.evaluate()
    for insider in insiders:
        for group in groups:
            had = before.role(insider.author, group)
            if had is not None and had >= rank:
                assert after.role(insider.author, group) is had
    assert (after.role(attacker.author, groups[0]) or 0) <= rank
    assert after.role(attacker.author, groups[1]) is None
    for friend in friends:
        own = after.devices.get(friend.author)
        if own is None or own.member != ledger.member(attacker):
            assert (after.role(friend.author, groups[0]) or 0) < rank
        assert after.role(friend.author, groups[1]) is None


def forging(ledger: Ledger, own: list[DeviceKeys]) -> object:
    """An `endorsed` that has no insider's key: it signs with the newcomer's own."""
    real = ledger.endorsed

    def endorsed(new: DeviceKeys, member: MemberId, endorser: DeviceKeys) -> records.DeviceAdd:
        if endorser in own:
            return real(new, member, endorser)
        return real(new, member, new)._replace(endorser=endorser.author)

    return endorsed
