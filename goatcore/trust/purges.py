"""Purges: which items were deleted for good, and whose bodies may go, by the records that count.

Owns who may purge: an admin or owner of the repository's group, by the records in the past of the
purge, unless somebody of higher rank lowered them at the same time. Items are named by tags that
only members can make, commits by their ids, so that a peer without keys can drop bodies, too.
Invariant: a function of the held set. Must never import storage, sync or items.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Final, NamedTuple

from goatcore.ids import CommitId, RepositoryId
from goatcore.trust.causality import Causality
from goatcore.trust.identities import Identities
from goatcore.trust.ranks import Act, Ranks
from goatcore.trust.records import Purge, Role

TAG_BYTES: Final = 16


class Purged(NamedTuple):
    """What is gone for good of one repository."""

    items: frozenset[bytes]  # tags
    commits: frozenset[CommitId]  # whose every change is of such items


NOTHING_PURGED: Final = Purged(frozenset(), frozenset())


def item_tag(naming: bytes, repository: RepositoryId, key: str) -> bytes:
    """An item's name in purges, 16 bytes. `naming` is the workspace's naming secret, so that a
    relay cannot guess keys."""
    message = b"purge\0" + repository + key.encode()
    return blake2b(message, key=naming, digest_size=TAG_BYTES).digest()


def purged(
    acts: Iterable[Act],
    ranks_of: Mapping[RepositoryId, Ranks],
    identities: Identities,
    causality: Causality,
) -> tuple[dict[RepositoryId, Purged], set[tuple[int, int]]]:
    """What is purged by repository, and the marks (place, number) of the records that count."""
    found: dict[RepositoryId, Purged] = {}
    counted: set[tuple[int, int]] = set()
    for act in acts:
        record = act.record
        ranks = ranks_of.get(record.repository) if isinstance(record, Purge) else None
        if ranks is None or not isinstance(record, Purge):
            continue
        view = causality.upto[act.at]
        actor = identities.member(act.author, view)
        role = None if actor is None else ranks.role(actor, view)
        if actor is None or role is None or role < Role.admin:
            continue
        if ranks.lowered_meanwhile(actor, act.at, role):
            continue
        before = found.get(record.repository, NOTHING_PURGED)
        found[record.repository] = Purged(
            before.items.union(record.items), before.commits.union(record.commits)
        )
        counted.add((act.at, act.number))
    return found, counted
