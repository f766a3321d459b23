from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goatcore.clock import Stamp
from goatcore.history.body import Body, Change, encode_body
from goatcore.history.commit import Header, build
from goatcore.ids import (
    CLEAR,
    WORKSPACE_GROUP,
    CommitId,
    EpochId,
    GroupId,
    ItemKey,
    MemberId,
    RepositoryId,
)
from goatcore.trust import records
from goatcore.trust.causality import read_membership
from goatcore.trust.identities import Naming
from goatcore.trust.members import InviteState, open_names
from goatcore.trust.records import Role, Unknown
from goatcore.trust.sealing import Keyring, seal_name

if TYPE_CHECKING:
    from tests.trust.conftest import Ledger

NOTES, PLANS = RepositoryId(b"n" * 16), RepositoryId(b"p" * 16)


def test_the_founder_owns_the_workspace(ledger: Ledger) -> None:
    found = ledger.evaluate()
    founder = ledger.founding.member
    assert list(found.members) == [founder]
    assert found.members[founder].roles == {WORKSPACE_GROUP: Role.owner}
    assert found.members[founder].devices == (ledger.founder.author,)
    assert found.devices[ledger.founder.author].box == ledger.founder.box
    assert found.role(ledger.founder.author, WORKSPACE_GROUP) is Role.owner
    assert found.heads == (ledger.genesis,)
    assert found.counted == {(ledger.genesis, 0)}


def test_a_genesis_of_another_workspace_or_by_another_device_founds_nothing(
    ledger: Ledger,
) -> None:
    mallory = ledger.device("mallory")
    record = ledger.commits[0].records[0]
    ledger.commits.clear()
    ledger.write(mallory, record)
    assert not ledger.evaluate().members
    assert ledger.evaluate().founding is None
    ledger.commits.clear()
    other = ledger.founding._replace(nonce=b"o" * 16)
    ledger.write(ledger.founder, records.found(other, ledger.root, b"", b""))
    assert not ledger.evaluate().members
    assert not ledger.evaluate().named


def test_an_admitted_person_gets_the_invites_role(ledger: Ledger) -> None:
    bert = ledger.device("bert")
    ledger.invite(ledger.founder, "1", Role.editor)
    before = ledger.evaluate()
    assert before.invites[ledger.invite_id("1")].state is InviteState.open
    assert before.member_of(bert.author) is None
    ledger.admit(ledger.founder, "1", bert)
    after = ledger.evaluate()
    assert after.role(bert.author, WORKSPACE_GROUP) is Role.editor
    assert after.invites[ledger.invite_id("1")].state is InviteState.used
    member = after.member_of(bert.author)
    assert member is not None
    assert member.name == b"member " + bert.author[:4]
    assert after.devices[bert.author].name == b"device " + bert.author[:4]


def test_an_admit_needs_an_invite_in_its_past(ledger: Ledger) -> None:
    bert = ledger.device("bert")
    ledger.admit(ledger.founder, "never made", bert)
    ledger.invite(ledger.founder, "1", Role.editor, deps=[ledger.genesis])
    ledger.admit(ledger.founder, "1", bert, deps=[ledger.genesis])
    found = ledger.evaluate()
    assert found.role(bert.author, WORKSPACE_GROUP) is None
    assert bert.author not in found.devices
    assert bert.author in found.named  # so that what bert wrote can be held


def test_a_used_invite_lets_nobody_else_in(ledger: Ledger) -> None:
    bert, carla = ledger.device("bert"), ledger.device("carla")
    ledger.invite(ledger.founder, "1", Role.editor)
    ledger.admit(ledger.founder, "1", bert)
    ledger.admit(ledger.founder, "1", carla)
    ledger.admit(ledger.founder, "1", bert)
    found = ledger.evaluate()
    assert found.role(bert.author, WORKSPACE_GROUP) is Role.editor
    assert found.role(carla.author, WORKSPACE_GROUP) is None
    assert carla.author not in found.devices


def test_of_two_admits_at_the_same_time_the_smaller_id_uses_the_invite(ledger: Ledger) -> None:
    bert, carla = ledger.device("bert"), ledger.device("carla")
    invite = ledger.invite(ledger.founder, "1", Role.editor)
    uses = {
        ledger.admit(ledger.founder, "1", bert, deps=[invite]): bert,
        ledger.admit(ledger.founder, "1", carla, deps=[invite]): carla,
    }
    found = ledger.evaluate()
    winner, loser = uses[min(uses)], uses[max(uses)]
    assert found.role(winner.author, WORKSPACE_GROUP) is Role.editor
    assert found.role(loser.author, WORKSPACE_GROUP) is None
    assert found.role(loser.author, WORKSPACE_GROUP, (max(uses),)) is None


def test_a_cancelled_invite_lets_nobody_in(ledger: Ledger) -> None:
    bert = ledger.device("bert")
    invite = ledger.invite(ledger.founder, "1", Role.editor)
    ledger.write(ledger.founder, records.InviteCancel(ledger.invite_id("1")))
    ledger.admit(ledger.founder, "1", bert)
    found = ledger.evaluate()
    assert found.role(bert.author, WORKSPACE_GROUP) is None
    assert found.invites[ledger.invite_id("1")].state is InviteState.cancelled
    ledger.admit(ledger.founder, "1", bert, deps=[invite])  # had not seen the cancel
    assert ledger.evaluate().role(bert.author, WORKSPACE_GROUP) is Role.editor


def test_an_editor_cannot_cancel_the_invites_of_others_but_their_own(ledger: Ledger) -> None:
    bert, guest, other = (ledger.device(name) for name in ("bert", "guest", "other"))
    ledger.let_in(ledger.founder, bert, Role.editor)
    ledger.invite(ledger.founder, "1", Role.editor)
    ledger.write(bert, records.InviteCancel(ledger.invite_id("1")))
    ledger.admit(ledger.founder, "1", guest)
    ledger.invite(bert, "2", Role.viewer)
    ledger.write(bert, records.InviteCancel(ledger.invite_id("2")))
    ledger.admit(ledger.founder, "2", other)
    found = ledger.evaluate()
    assert found.role(guest.author, WORKSPACE_GROUP) is Role.editor
    assert found.role(other.author, WORKSPACE_GROUP) is None


def test_an_id_that_two_invites_use_differently_lets_nobody_in(ledger: Ledger) -> None:
    bert, guest = ledger.device("bert"), ledger.device("guest")
    ledger.let_in(ledger.founder, bert, Role.viewer)
    ledger.invite(ledger.founder, "1", Role.viewer)
    ledger.invite(bert, "1", Role.admin)
    ledger.admit(ledger.founder, "1", guest)
    assert ledger.evaluate().role(guest.author, WORKSPACE_GROUP) is None


def test_an_invite_gives_a_role_in_its_own_group_only(ledger: Ledger) -> None:
    bert, guest = ledger.device("bert"), ledger.device("guest")
    ledger.let_in(ledger.founder, bert, Role.editor)
    group = ledger.found_group(bert, NOTES)
    base = ledger.commits[-1].id
    offer = ledger.invite(ledger.founder, "1", Role.admin, deps=[base])
    ledger.invite(bert, "1", Role.viewer, group, deps=[base])
    ledger.admit(bert, "1", guest, deps=[offer])
    found = ledger.evaluate()
    assert found.role(guest.author, group) is None
    assert found.role(guest.author, WORKSPACE_GROUP) is None


@pytest.mark.parametrize("role", [Role.editor, Role.admin, Role.owner])
def test_an_editor_admits_nobody_to_their_own_rank_or_above(ledger: Ledger, role: Role) -> None:
    bert, guest = ledger.device("bert"), ledger.device("guest")
    ledger.let_in(ledger.founder, bert, Role.editor)
    ledger.invite(bert, "own", role)
    ledger.admit(bert, "own", guest)
    ledger.invite(ledger.founder, "founder's", role)
    ledger.admit(bert, "founder's", guest)
    assert ledger.evaluate().role(guest.author, WORKSPACE_GROUP) is None


def test_a_viewer_admits_nobody(ledger: Ledger) -> None:
    bert, guest = ledger.device("bert"), ledger.device("guest")
    ledger.let_in(ledger.founder, bert, Role.viewer)
    ledger.invite(bert, "1", Role.viewer)
    ledger.admit(bert, "1", guest)
    assert ledger.evaluate().role(guest.author, WORKSPACE_GROUP) is None


def test_an_admin_admits_by_the_owners_invite(ledger: Ledger) -> None:
    bert, guest = ledger.device("bert"), ledger.device("guest")
    ledger.let_in(ledger.founder, bert, Role.admin)
    ledger.invite(ledger.founder, "1", Role.editor)
    ledger.admit(bert, "1", guest)
    assert ledger.evaluate().role(guest.author, WORKSPACE_GROUP) is Role.editor


def test_an_admit_cannot_put_a_device_into_somebody_elses_name(ledger: Ledger) -> None:
    bert, mallory = ledger.device("bert"), ledger.device("mallory")
    ledger.let_in(ledger.founder, bert, Role.admin)
    ledger.invite(bert, "1", Role.editor)
    ledger.admit(bert, "1", mallory, member=ledger.founding.member)
    found = ledger.evaluate()
    assert found.member_of(mallory.author) is None
    assert found.members[ledger.founding.member].devices == (ledger.founder.author,)


def test_an_admit_is_of_a_members_own_device(ledger: Ledger) -> None:
    bert, mallory = ledger.device("bert"), ledger.device("mallory")
    member = ledger.let_in(ledger.founder, bert, Role.viewer)
    group = ledger.found_group(ledger.founder, NOTES)
    ledger.invite(ledger.founder, "1", Role.editor, group)
    ledger.admit(ledger.founder, "1", mallory, member=member)
    found = ledger.evaluate()
    assert found.role(bert.author, group) is None
    assert found.invites[ledger.invite_id("1")].state is InviteState.open


def test_an_admit_cannot_take_a_device_out_of_its_member(ledger: Ledger) -> None:
    bert, tablet = ledger.device("bert"), ledger.device("founder's tablet")
    ledger.let_in(ledger.founder, bert, Role.admin)
    base = ledger.commits[-1].id
    ledger.write(tablet, ledger.endorsed(tablet, ledger.founding.member, ledger.founder))
    ledger.invite(bert, "1", Role.viewer, deps=[base])
    ledger.admit(bert, "1", tablet, deps=[ledger.commits[-1].id])
    found = ledger.evaluate()
    assert found.role(tablet.author, WORKSPACE_GROUP) is Role.owner
    assert found.devices[tablet.author].member == ledger.founding.member


def test_a_member_is_admitted_to_a_further_group_under_the_same_name(ledger: Ledger) -> None:
    bert, phone = ledger.device("bert"), ledger.device("bert's phone")
    member = ledger.let_in(ledger.founder, bert, Role.editor)
    ledger.write(phone, ledger.endorsed(phone, member, bert))
    group = ledger.found_group(ledger.founder, NOTES)
    ledger.invite(ledger.founder, "1", Role.viewer, group)
    ledger.admit(ledger.founder, "1", phone, member=member)
    found = ledger.evaluate()
    assert found.members[member].roles == {WORKSPACE_GROUP: Role.editor, group: Role.viewer}
    assert found.role(bert.author, group) is Role.viewer


def test_an_admit_never_lowers_a_member(ledger: Ledger) -> None:
    bert = ledger.device("bert")
    ledger.let_in(ledger.founder, bert, Role.admin)
    ledger.let_in(ledger.founder, bert, Role.viewer)
    assert ledger.evaluate().role(bert.author, WORKSPACE_GROUP) is Role.admin


# -- grants ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("actor", list(Role))
@pytest.mark.parametrize("present", list(Role))
@pytest.mark.parametrize("new", list(Role))
def test_one_acts_on_strictly_lower_ranks_only(
    ledger: Ledger, actor: Role, present: Role, new: Role
) -> None:
    anna, bert = ledger.device("anna"), ledger.device("bert")
    ledger.let_in(ledger.founder, anna, actor)
    member = ledger.let_in(ledger.founder, bert, present)
    ledger.grant(anna, member, new)
    allowed = present < actor and (new < actor or actor is Role.owner)
    expected = new if allowed else present
    assert ledger.evaluate().role(bert.author, WORKSPACE_GROUP) is expected


@pytest.mark.parametrize("present", list(Role))
@pytest.mark.parametrize("new", list(Role))
def test_anybody_may_lower_oneself_and_nobody_raise(
    ledger: Ledger, present: Role, new: Role
) -> None:
    anna = ledger.device("anna")
    member = ledger.let_in(ledger.founder, anna, present)
    ledger.grant(anna, member, new)
    assert ledger.evaluate().role(anna.author, WORKSPACE_GROUP) is min(present, new)


def test_a_grant_to_somebody_who_was_never_named_is_ignored(ledger: Ledger) -> None:
    ledger.grant(ledger.founder, MemberId(b"?" * 16), Role.admin)
    assert list(ledger.evaluate().members) == [ledger.founding.member]


def test_of_two_grants_at_the_same_time_the_lower_role_stands(ledger: Ledger) -> None:
    anna, bert = ledger.device("anna"), ledger.device("bert")
    ledger.let_in(ledger.founder, anna, Role.owner)
    member = ledger.let_in(ledger.founder, bert, Role.viewer)
    base = ledger.commits[-1].id
    high = ledger.grant(ledger.founder, member, Role.admin, deps=[base])
    low = ledger.grant(anna, member, Role.editor, deps=[base])
    found = ledger.evaluate()
    assert found.role(bert.author, WORKSPACE_GROUP) is Role.editor
    assert found.role(bert.author, WORKSPACE_GROUP, (high,)) is Role.admin
    assert found.role(bert.author, WORKSPACE_GROUP, (low,)) is Role.editor
    assert found.role(bert.author, WORKSPACE_GROUP, (base,)) is Role.viewer
    ledger.grant(anna, member, Role.admin, deps=[high, low])
    assert ledger.evaluate().role(bert.author, WORKSPACE_GROUP) is Role.admin


def test_a_lower_rank_cannot_undo_what_an_owner_grants_by_dating_it_back(ledger: Ledger) -> None:
    anna, bert = ledger.device("anna"), ledger.device("bert")
    ledger.let_in(ledger.founder, anna, Role.admin)
    member = ledger.let_in(ledger.founder, bert, Role.viewer)
    base = ledger.commits[-1].id
    ledger.grant(ledger.founder, member, Role.admin, deps=[base])
    last = base
    for number in range(3):  # each on the one before, as if the owner had never written
        last = ledger.grant(anna, member, Role.editor, deps=[last], salt=number)
    assert ledger.evaluate().role(bert.author, WORKSPACE_GROUP) is Role.admin


def test_a_lowered_admin_cannot_date_an_act_back(ledger: Ledger) -> None:
    anna, early, late = (ledger.device(name) for name in ("anna", "early", "late"))
    admin = ledger.let_in(ledger.founder, anna, Role.admin)
    ledger.let_in(anna, early, Role.editor)
    base = ledger.commits[-1].id
    ledger.grant(ledger.founder, admin, Role.viewer, deps=[base])
    invite = ledger.invite(anna, "late", Role.editor, deps=[base])
    ledger.admit(anna, "late", late, deps=[invite])
    found = ledger.evaluate()
    assert found.role(anna.author, WORKSPACE_GROUP) is Role.viewer
    assert found.role(late.author, WORKSPACE_GROUP) is None
    assert found.role(early.author, WORKSPACE_GROUP) is Role.editor  # what was seen stays


def test_what_an_owner_did_stands_beside_what_other_owners_decide_meanwhile(
    ledger: Ledger,
) -> None:
    anna, bert, carla = (ledger.device(name) for name in ("anna", "bert", "carla"))
    ledger.let_in(ledger.founder, anna, Role.owner)
    member = ledger.let_in(ledger.founder, bert, Role.viewer)
    other = ledger.let_in(ledger.founder, carla, Role.viewer)
    base = ledger.commits[-1].id
    raised = ledger.grant(ledger.founder, member, Role.owner, deps=[base])
    ledger.grant(bert, other, Role.admin, deps=[raised])
    ledger.grant(anna, member, Role.editor, deps=[base])
    found = ledger.evaluate()
    assert found.role(bert.author, WORKSPACE_GROUP) is Role.editor
    assert found.role(carla.author, WORKSPACE_GROUP) is Role.admin


def test_an_owner_of_the_workspace_has_no_role_in_a_group_of_others(ledger: Ledger) -> None:
    bert, carla = ledger.device("bert"), ledger.device("carla")
    ledger.let_in(ledger.founder, bert, Role.viewer)
    member = ledger.let_in(ledger.founder, carla, Role.viewer)
    group = ledger.found_group(bert, NOTES)
    ledger.grant(ledger.founder, member, Role.editor, group)
    found = ledger.evaluate()
    assert found.role(bert.author, group) is Role.owner
    assert found.role(ledger.founder.author, group) is None
    assert found.role(carla.author, group) is None
    ledger.grant(bert, member, Role.editor, group)
    found = ledger.evaluate()
    assert found.role(carla.author, group) is Role.editor
    assert found.readers(group) == {bert.author, carla.author}
    everybody = {bert.author, carla.author, ledger.founder.author}
    assert found.readers(WORKSPACE_GROUP) == everybody


def test_a_role_is_by_the_records_before_the_commits_auth(ledger: Ledger) -> None:
    bert = ledger.device("bert")
    member = ledger.let_in(ledger.founder, bert, Role.editor)
    editor = ledger.commits[-1].id
    viewer = ledger.grant(ledger.founder, member, Role.viewer)
    found = ledger.evaluate()
    assert found.role(bert.author, WORKSPACE_GROUP, (ledger.genesis,)) is None
    assert found.role(bert.author, WORKSPACE_GROUP, (editor,)) is Role.editor
    assert found.role(bert.author, WORKSPACE_GROUP, (editor, viewer)) is Role.viewer
    assert found.role(bert.author, WORKSPACE_GROUP, (CommitId(b"?" * 32),)) is None
    assert found.role(bert.author, WORKSPACE_GROUP, ()) is None


# -- devices ---------------------------------------------------------------------------------------


def test_an_endorsed_device_joins_its_member_and_may_endorse_the_next(ledger: Ledger) -> None:
    tablet, phone = ledger.device("tablet"), ledger.device("phone")
    member = ledger.founding.member
    ledger.write(tablet, ledger.endorsed(tablet, member, ledger.founder))
    ledger.write(phone, ledger.endorsed(phone, member, tablet))
    found = ledger.evaluate()
    assert found.role(phone.author, WORKSPACE_GROUP) is Role.owner
    devices = {ledger.founder.author, tablet.author, phone.author}
    assert set(found.members[member].devices) == devices
    assert found.devices[phone.author].box == phone.box


def test_the_root_key_may_endorse_for_any_member(ledger: Ledger) -> None:
    bert, phone = ledger.device("bert"), ledger.device("phone")
    member = ledger.let_in(ledger.founder, bert, Role.editor)
    ledger.write(phone, ledger.endorsed(phone, member, ledger.root))
    assert ledger.evaluate().role(phone.author, WORKSPACE_GROUP) is Role.editor


def test_a_forged_endorsement_adds_no_device(ledger: Ledger) -> None:
    bert, mallory = ledger.device("bert"), ledger.device("mallory")
    ledger.let_in(ledger.founder, bert, Role.admin)
    member = ledger.founding.member
    good = ledger.endorsed(mallory, member, ledger.founder)
    own = ledger.endorsed(mallory, member, mallory)
    by_bert = ledger.endorsed(mallory, member, bert)
    for forged in (
        own,
        by_bert,
        own._replace(endorser=ledger.founder.author),
        good._replace(box=b"x" * 32),
        good._replace(endorsement=bytes(64)),
    ):
        ledger.write(mallory, forged)
    ledger.write(bert, good)  # only the device itself can say it
    found = ledger.evaluate()
    assert found.role(mallory.author, WORKSPACE_GROUP) is None
    assert found.member_of(mallory.author) is None


def test_a_device_that_joins_two_members_stays_with_the_first(ledger: Ledger) -> None:
    bert, phone = ledger.device("bert"), ledger.device("phone")
    member = ledger.let_in(ledger.founder, bert, Role.viewer)
    ledger.write(phone, ledger.endorsed(phone, member, bert))
    ledger.write(phone, ledger.endorsed(phone, ledger.founding.member, ledger.founder))
    found = ledger.evaluate()
    assert found.devices[phone.author].member == member
    assert found.role(phone.author, WORKSPACE_GROUP) is Role.viewer


def test_only_named_devices_are_named(ledger: Ledger) -> None:
    bert, phone, mallory, friend = (
        ledger.device(name) for name in ("bert", "phone", "mallory", "friend")
    )
    member = ledger.let_in(ledger.founder, bert, Role.viewer)
    ledger.write(phone, ledger.endorsed(phone, member, bert))
    ledger.write(mallory, ledger.endorsed(mallory, member, mallory))
    ledger.admit(mallory, "1", friend)
    assert ledger.evaluate().named == {ledger.founder.author, bert.author, phone.author}


def test_naming_learns_parents_first_what_an_evaluation_says(ledger: Ledger) -> None:
    bert, phone = ledger.device("bert"), ledger.device("phone")
    member = ledger.let_in(ledger.founder, bert, Role.viewer)
    ledger.write(phone, ledger.endorsed(phone, member, bert))
    naming = Naming(ledger.workspace)
    assert not naming.learn(ledger.commits[1])
    assert all(naming.learn(commit) for commit in ledger.commits)
    assert naming.named == ledger.evaluate().named


# -- groups of repositories ------------------------------------------------------------------------


def test_a_repository_is_of_the_group_that_it_was_put_into_first(ledger: Ledger) -> None:
    bert = ledger.device("bert")
    ledger.let_in(ledger.founder, bert, Role.viewer)
    group = ledger.found_group(ledger.founder, NOTES)
    ledger.found_group(bert, NOTES)
    found = ledger.evaluate()
    assert found.repositories[NOTES].group == group
    assert found.repositories[NOTES].path == b"path"


def test_of_two_groups_at_the_same_time_the_higher_ranks_has_the_repository(
    ledger: Ledger,
) -> None:
    bert = ledger.device("bert")
    ledger.let_in(ledger.founder, bert, Role.viewer)
    base = ledger.commits[-1].id
    for number in range(8):
        repository = RepositoryId(bytes([number]) * 16)
        group = ledger.found_group(ledger.founder, repository, deps=[base])
        ledger.found_group(bert, repository, deps=[base])
        assert ledger.evaluate().repositories[repository].group == group


def test_among_equal_ranks_the_smaller_id_has_the_repository(ledger: Ledger) -> None:
    bert, carla = ledger.device("bert"), ledger.device("carla")
    ledger.let_in(ledger.founder, bert, Role.viewer)
    ledger.let_in(ledger.founder, carla, Role.viewer)
    base = ledger.commits[-1].id
    claims = {}
    for claimant in (bert, carla):
        group = ledger.found_group(claimant, NOTES, deps=[base])
        claims[ledger.commits[-1].id] = group
    assert ledger.evaluate().repositories[NOTES].group == claims[min(claims)]


def test_a_further_repository_joins_a_group_that_is_there(ledger: Ledger) -> None:
    group = ledger.found_group(ledger.founder, NOTES)
    ledger.write(ledger.founder, records.GroupOf(PLANS, group, b"plans"))
    shared = RepositoryId(b"s" * 16)
    ledger.write(ledger.founder, records.GroupOf(shared, WORKSPACE_GROUP, b"shared"))
    found = ledger.evaluate()
    assert found.repositories[PLANS] == (group, b"plans")
    assert found.repositories[shared] == (WORKSPACE_GROUP, b"shared")


def test_nobody_founds_a_group_under_an_id_of_their_choice(ledger: Ledger) -> None:
    bert = ledger.device("bert")
    ledger.let_in(ledger.founder, bert, Role.viewer)
    base = ledger.commits[-1].id
    group = ledger.found_group(ledger.founder, NOTES, deps=[base])
    ledger.write(bert, records.GroupOf(NOTES, group, b"mine"), deps=[base])
    ledger.write(bert, records.GroupOf(PLANS, GroupId(b"g" * 16), b"mine"), deps=[base])
    found = ledger.evaluate()
    assert found.role(ledger.founder.author, group) is Role.owner
    assert found.role(bert.author, group) is None
    assert found.role(bert.author, GroupId(b"g" * 16)) is None
    assert PLANS not in found.repositories


def test_who_gave_a_group_away_does_not_found_it_again(ledger: Ledger) -> None:
    bert = ledger.device("bert")
    member = ledger.let_in(ledger.founder, bert, Role.viewer)
    base = ledger.commits[-1].id
    group = ledger.found_group(bert, NOTES)
    ledger.grant(bert, member, Role.viewer, group)
    ledger.write(bert, records.GroupOf(NOTES, group, b"again"))
    assert ledger.evaluate().role(bert.author, group) is Role.viewer
    ledger.write(bert, records.GroupOf(NOTES, group, b"as if at first"), deps=[base])
    assert ledger.evaluate().role(bert.author, group) is Role.viewer


def test_the_founders_device_joins_nobody_else(ledger: Ledger) -> None:
    bert = ledger.device("bert")
    member = ledger.let_in(ledger.founder, bert, Role.viewer)
    ledger.write(ledger.founder, ledger.endorsed(ledger.founder, member, bert))
    found = ledger.evaluate()
    assert found.devices[ledger.founder.author].member == ledger.founding.member
    assert (ledger.commits[-1].id, 0) not in found.counted


def test_a_stranger_who_was_only_named_founds_no_group(ledger: Ledger) -> None:
    bert, mallory = ledger.device("bert"), ledger.device("mallory")
    ledger.let_in(ledger.founder, bert, Role.viewer)
    ledger.admit(bert, "never", mallory)
    group = ledger.found_group(mallory, NOTES)
    ledger.invite(mallory, "1", Role.editor, group)
    ledger.admit(mallory, "1", ledger.device("friend"))
    found = ledger.evaluate()
    assert mallory.author in found.named
    assert found.role(mallory.author, group) is None
    assert NOTES not in found.repositories
    assert set(found.devices) == {ledger.founder.author, bert.author}


# -- the set ---------------------------------------------------------------------------------------


def test_what_waits_for_its_deps_is_left_out(ledger: Ledger) -> None:
    bert = ledger.device("bert")
    ledger.let_in(ledger.founder, bert, Role.editor)
    genesis, invite, admit = ledger.commits
    found = ledger.evaluate([genesis, admit])
    assert bert.author not in found.devices
    assert found.heads == (genesis.id,)
    assert bert.author in ledger.evaluate([admit, genesis, invite]).devices


def test_what_has_not_seen_the_genesis_does_not_count(ledger: Ledger) -> None:
    bert = ledger.device("bert")
    invite = ledger.invite(ledger.founder, "1", Role.editor, deps=[])
    ledger.admit(ledger.founder, "1", bert, deps=[invite])
    assert ledger.evaluate().role(bert.author, WORKSPACE_GROUP) is None


def test_unknown_operations_change_nothing(ledger: Ledger) -> None:
    before = ledger.evaluate()
    ledger.write(ledger.founder, Unknown(73, "later"), Unknown(-1, "never"))
    after = ledger.evaluate()
    assert after.members == before.members
    assert after.counted == before.counted


def test_several_records_of_one_commit_count_in_their_order(ledger: Ledger) -> None:
    bert = ledger.device("bert")
    name = ledger.invite_id("1")
    invite = records.Invite(name, WORKSPACE_GROUP, Role.viewer, records.InviteKind.person, 9)
    admit = records.Admit(name, ledger.member(bert), bert.author, bert.box, b"", b"")
    grants = [
        records.Grant(ledger.member(bert), WORKSPACE_GROUP, role)
        for role in (Role.admin, Role.editor)
    ]
    ledger.write(ledger.founder, invite, admit, *grants)
    assert ledger.evaluate().role(bert.author, WORKSPACE_GROUP) is Role.editor


def test_names_open_for_those_who_have_the_key(ledger: Ledger) -> None:
    key = b"k" * 32
    genesis = records.found(
        ledger.founding, ledger.root, seal_name("Frida", key, b"1" * 12), b"not sealed"
    )
    ledger.commits.clear()
    ledger.write(ledger.founder, genesis)
    path = seal_name("/notes/1", key, b"2" * 12)
    ledger.write(ledger.founder, records.GroupOf(NOTES, WORKSPACE_GROUP, path))
    names = open_names(ledger.evaluate(), Keyring([(WORKSPACE_GROUP, key)]))
    assert names.members == {ledger.founding.member: "Frida"}
    assert names.devices == {}
    assert names.paths == {NOTES: "/notes/1"}
    assert open_names(ledger.evaluate(), Keyring()) == ({}, {}, {})


def test_commits_are_read_from_their_bytes(ledger: Ledger) -> None:
    genesis = ledger.commits[0].records[0]
    operations = (records.encode(genesis), (99, 1))

    def commit(key: str, schema: str, epoch: EpochId) -> object:
        body = Body(None, None, (Change(ItemKey(key), schema, 1, (), operations),))
        header = Header(
            RepositoryId(b"m" * 16), ledger.founder.author, 1, Stamp(5), (), None, epoch, b"", {}
        )
        return read_membership(build(header, encode_body(body), ledger.founder.sign))

    read = commit("members", "sys/members", CLEAR)
    assert read == read._replace(  # type: ignore[attr-defined]
        author=ledger.founder.author,
        deps=(),
        records=(genesis, Unknown(99, "this is not known to this version")),
    )
    assert commit("other", "sys/members", CLEAR).records == ()  # type: ignore[attr-defined]
    assert commit("members", "note", CLEAR).records == ()  # type: ignore[attr-defined]
    sealed = commit("members", "sys/members", EpochId(b"e" * 16))
    assert sealed.records == ()  # type: ignore[attr-defined]
