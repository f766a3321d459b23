"""Authoring: turning changes made here into one signed, sealed commit.

Owns the choice of deps and the short names of parents. Invariant: a commit names as deps one commit
of each author it stands on (its own predecessor first), and every parent can be reached from them
along prev. Admission's counterpart is `resolve` in `counting`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, cast

from goatcore.clock import Clock, stamp_after
from goatcore.errors import TransactionTooLarge
from goatcore.history.body import Body, Change, Parent, encode_body
from goatcore.history.commit import DEPS_MAX, Commit, Header, build
from goatcore.history.operations import OPERATIONS_MAX, Operation
from goatcore.ids import AuthorKey, BranchId, CommitId, ItemKey
from goatcore.repository.sealer import Sealer
from goatcore.repository.store import Auth, Store
from goatcore.sync import Tip
from goatcore.trust.signing import Signer

HEADS_MAX: Final = 64  # a change stands on the greatest of them


class Edit(NamedTuple):
    """What is to be done to one item, on top of its `heads`."""

    key: ItemKey
    schema: str
    version: int
    heads: tuple[CommitId, ...]
    operations: Sequence[Operation]


class Authoring:
    """Makes this device's commits in one repository, on its main line or on a branch."""

    def __init__(
        self,
        store: Store,
        signer: Signer,
        sealer: Sealer,
        clock: Clock,
        branch: BranchId | None = None,
    ) -> None:
        self._store = store
        self._signer = signer
        self._sealer = sealer
        self._clock = clock
        self._branch = branch

    def commit(self, edits: Sequence[Edit], label: str | None, auth: Auth) -> Commit:
        """One signed commit of these edits; not yet held. Raises `TransactionTooLarge`."""
        count = sum([len(edit.operations) for edit in edits])
        if count > OPERATIONS_MAX:
            raise TransactionTooLarge(
                f"This transaction has {count:,} edits; one commit may have {OPERATIONS_MAX:,}. "
                "Make it in several smaller ones."
            )
        store, sealer, author = self._store, self._sealer, self._signer.author
        prev = store.last(author)
        deps: list[CommitId] = [] if prev is None else [prev.id]
        places = self._places(edits, prev, deps)
        times = [store.time_of(dep) for dep in deps]
        same_auth = prev is not None and store.auth_of(prev.id) == auth
        header = Header(
            store.repository,
            author,
            1 if prev is None else prev.seq + 1,
            stamp_after(self._clock(), times),
            tuple(deps),
            None if same_auth or not auth else auth,
            sealer.epoch(),
            b"",
            {},
        )
        changes = [
            Change(key, schema, version, tuple([places[head] for head in heads]), tuple(operations))
            for key, schema, version, heads, operations in edits
        ]
        body = encode_body(Body(self._branch, label, tuple(changes)))
        return build(header, sealer.seal(body, header), self._signer.sign)

    def _places(
        self, edits: Sequence[Edit], prev: Tip | None, deps: list[CommitId]
    ) -> dict[CommitId, Parent]:
        """How each head is written as a parent; deps are filled on the way."""
        if prev is not None and not any(edit.heads for edit in edits):
            return {}  # nothing but new items
        heads: dict[CommitId, Tip] = {}
        newest: dict[AuthorKey, Tip] = {}
        for edit in edits:
            for id_ in edit.heads:
                head = self._store.tip(id_)
                assert head is not None, "a head that is not held"
                heads[id_] = head
                author = head.author
                if author not in newest or head.seq > newest[author].seq:
                    newest[author] = head
        if prev is not None:
            newest[prev.author] = prev
        index: dict[AuthorKey, int] = {}
        if prev is not None:
            index[prev.author] = 0
        for author, tip in newest.items():
            if author not in index:
                index[author] = len(deps)
                deps.append(tip.id)
        places: dict[CommitId, Parent] = {}
        for id_, head in heads.items():
            top = newest[head.author]
            back = top.seq - head.seq
            if top.id == id_:
                places[id_] = index[head.author]
            elif self._store.ancestor(top.id, back) == id_:
                places[id_] = (index[head.author], back)
            else:  # the author's chain is forked: this head stands on the other branch
                places[id_] = len(deps)
                deps.append(id_)
        if len(deps) > DEPS_MAX:
            raise TransactionTooLarge(
                f"This transaction stands on the work of {len(deps)} devices; {DEPS_MAX} are the "
                "most. Make it in several smaller ones."
            )
        return places


def greatest_heads(
    store: Store, heads: Sequence[bytes], most: int = HEADS_MAX
) -> tuple[CommitId, ...]:
    """At most so many heads, those with the greatest (time, id)."""
    ids = cast("tuple[CommitId, ...]", tuple(heads))
    if len(ids) <= most:
        return ids

    ranked = sorted(ids, key=lambda id_: (store.time_of(id_), id_))
    return tuple(sorted(ranked[-most:]))
