"""Arrival: what a joining device was given, checked against the workspace's id.

Invariant: an `Arrival` exists only if the genesis record, the naming secret and every membership
commit belong to the offered workspace, and they, or an endorsement, let this device in.
Must never import storage, sync or items.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from goatcore.errors import Malformed
from goatcore.history.commit import Commit, parse, signed_message
from goatcore.ids import (
    CLEAR,
    MEMBERS_PATH,
    WORKSPACE_GROUP,
    MemberId,
    WorkspaceId,
    repository_id,
    workspace_id,
)
from goatcore.trust.causality import read_membership
from goatcore.trust.identities import Naming
from goatcore.trust.join_messages import Offer, Welcome
from goatcore.trust.members import Evaluation, evaluate
from goatcore.trust.records import DeviceAdd, InviteKind, founding_of, is_endorsed
from goatcore.trust.signing import DeviceKeys, verify


class Arrival(NamedTuple):
    """What a guest was given, checked. `check_arrival` makes it."""

    offer: Offer
    keys: DeviceKeys
    welcome: Welcome
    commits: tuple[Commit, ...]  # of /sys/members, parents first
    evaluation: Evaluation


def check_arrival(
    offer: Offer, keys: DeviceKeys, welcome: Welcome, commits: Sequence[bytes]
) -> Arrival:
    """What a guest was given, if all of it belongs to the workspace that was offered and lets
    this device in. Raises `Malformed`."""
    if len(commits) != welcome.commit_count:
        raise Malformed("there are more membership records than were named")
    if workspace_id(welcome.genesis) != offer.workspace:
        raise Malformed("the genesis record is of another workspace")
    if sha256(welcome.naming).digest() != founding_of(welcome.genesis).naming_hash:
        raise Malformed("the naming secret is of another workspace")
    if WORKSPACE_GROUP not in {group for group, _ in welcome.epochs}:
        raise Malformed("the workspace's own key is missing")
    checked = _checked(offer.workspace, welcome.naming, commits)
    evaluation = evaluate(offer.workspace, [read_membership(commit) for commit in checked])
    if not _lets_in(offer, keys, welcome, evaluation):
        raise Malformed("the membership records do not let this computer in")
    return Arrival(offer, keys, welcome, checked, evaluation)


def _checked(workspace: WorkspaceId, naming: bytes, raws: Sequence[bytes]) -> tuple[Commit, ...]:
    repository = repository_id(naming, MEMBERS_PATH)
    naming_by = Naming(workspace)
    commits = {}
    for raw in raws:
        commit = parse(raw)
        fits = (
            commit.header.repository == repository
            and commit.header.epoch == CLEAR
            and all(dep in commits for dep in commit.header.deps)
            and naming_by.learn(read_membership(commit))
            and verify(commit.author, signed_message(commit), commit.signature)
        )
        if not fits:
            raise Malformed("a membership record does not hold")
        commits[commit.id] = commit
    return tuple(commits.values())


def _lets_in(offer: Offer, keys: DeviceKeys, welcome: Welcome, evaluation: Evaluation) -> bool:
    member = evaluation.member_of(keys.author)
    if member is not None:
        return member.id == welcome.member
    if offer.kind is not InviteKind.device or welcome.member not in evaluation.members:
        return False
    return _is_endorsed(welcome.member, keys, welcome, evaluation)


def _is_endorsed(
    member: MemberId, keys: DeviceKeys, welcome: Welcome, evaluation: Evaluation
) -> bool:
    if welcome.endorser is None or welcome.endorsement is None:
        return False
    endorser = evaluation.devices.get(welcome.endorser)
    record = DeviceAdd(member, keys.author, keys.box, welcome.endorser, welcome.endorsement, b"")
    by_member = endorser is not None and endorser.member == member
    by_root = evaluation.founding is not None and evaluation.founding.root == welcome.endorser
    return (by_member or by_root) and is_endorsed(record, evaluation.workspace)
