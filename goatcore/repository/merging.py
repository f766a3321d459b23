"""Merging: the commit by which the main line comes to stand on a branch.

Owns what such a commit is made of: of every item that the branch changed, a change without
operations whose parents are the heads of both lines. Invariant: afterwards all that was new of the
branch counts on the main line; where it is too much for one commit, as few as it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from goatcore.errors import Refused, TransactionTooLarge
from goatcore.history.commit import Commit
from goatcore.ids import CommitId, ItemKey
from goatcore.repository.authoring import HEADS_MAX, Edit, greatest_heads
from goatcore.repository.counting import resolve
from goatcore.repository.trunk import Trunk

PART: Final = HEADS_MAX // 2  # heads of a branch that one change stands on

SchemaOf: TypeAlias = Callable[[ItemKey], tuple[str, int]]  # an item -> its schema and version


class Merged(NamedTuple):
    """What a merge brought to the main line."""

    items: int
    commits: int  # one; more where it was too much for one commit, none where nothing was new


def merge(trunk: Trunk, new: Sequence[Commit], schema_of: SchemaOf, label: str) -> Merged:
    """Make the main line stand on commits of a branch, parents first, and walk it once. Raises
    `Refused`, `TransactionTooLarge` (of one item), `DiskFailed`."""
    heads = _heads(trunk, new)
    commits: list[Commit] = []
    try:
        commits.extend(_commits(trunk, heads, schema_of, label))
    finally:  # what is held is walked, even if the disk failed at the next
        trunk.receiving.merge(commits)
    if any(commit.id not in trunk.walking.counting for commit in commits):
        raise Refused("The right to write here ended; nothing was merged.")
    if commits:  # one step, which undo takes back with all that it brought
        steps = trunk.committing.steps
        steps.begin()
        for commit in (*commits, *new):
            steps.add(commit.id)
    return Merged(len(heads), len(commits))


def _heads(trunk: Trunk, new: Sequence[Commit]) -> dict[ItemKey, list[CommitId]]:
    """By item, those of new commits (parents first) that no other of them stands on."""
    heads: dict[ItemKey, set[CommitId]] = {}
    for commit in new:
        for change in trunk.walking.body(commit).changes:
            of = heads.setdefault(change.key, set())
            of.difference_update(resolve(trunk.store, commit, change))
            of.add(commit.id)
    return {key: sorted(of) for key, of in heads.items()}


def _commits(
    trunk: Trunk, heads: dict[ItemKey, list[CommitId]], schema_of: SchemaOf, label: str
) -> Iterator[Commit]:
    """The commits of a merge, each held when it is given."""
    tops = {key: _main_heads(trunk, key) for key in heads}
    left = heads
    while left:
        edits = []
        for key, ids in left.items():
            part = ids[:PART]
            on = greatest_heads(trunk.store, tops[key], HEADS_MAX - len(part))
            edits.append(Edit(key, *schema_of(key), tuple(sorted({*part, *on})), ()))
        for commit, made in _portions(trunk, edits, label):
            yield commit
            for edit in made:
                tops[edit.key] = (commit.id,)
        left = {key: ids[PART:] for key, ids in left.items() if len(ids) > PART}


def _portions(trunk: Trunk, edits: list[Edit], label: str) -> Iterator[tuple[Commit, list[Edit]]]:
    """These edits in one commit, or in as few halves as it takes."""
    try:
        commit = trunk.committing.hold(edits, label)
    except TransactionTooLarge:
        if len(edits) == 1:
            raise
        half = len(edits) // 2
        yield from _portions(trunk, edits[:half], label)
        yield from _portions(trunk, edits[half:], label)
    else:
        yield commit, edits


def _main_heads(trunk: Trunk, key: ItemKey) -> tuple[CommitId, ...]:
    record = trunk.items.find(key)
    return () if record is None else tuple(map(CommitId, record.state.heads))
