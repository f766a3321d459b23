"""What queries of a view are told about its past.

Owns which commits came after a moment, and what they did to items. Invariant: only commits after
the moment are read, and only items that they changed are looked at. Its modules are loaded by who
asks. Must never import the view.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING, NamedTuple, cast

from goatcore.clock import stamp_ms
from goatcore.errors import InvalidValue
from goatcore.ids import CommitId, ItemKey

if TYPE_CHECKING:
    from goatcore.history.body import Change
    from goatcore.history.commit import Commit
    from goatcore.query import QueryEngine, Row, Since, Then
    from goatcore.repository.item import Item
    from goatcore.repository.past_source import PastSource
    from goatcore.repository.store import Store
    from goatcore.repository.version import Version
    from goatcore.repository.view import View
    from goatcore.schema import Schema


class Done(NamedTuple):
    """One change of an item."""

    commit: Commit
    change: Change


class ViewPast:
    """The past of one view's items."""

    __slots__ = ("_view",)

    def __init__(self, view: View) -> None:
        self._view = view

    def at(self, time_ms: int) -> QueryEngine[Row]:
        """Queries of all items as they were at a moment: their rows are versions."""
        return cast("QueryEngine[Row]", self._view.at(time_ms).engine)

    def since(self, schema: Hashable, moment: object) -> Since[Item]:
        """What was done to items of a schema after a moment: milliseconds since 1970, by the times
        that commits claim, or a `RepositoryVersion`. Edits that are not recorded yet are recorded.
        Raises `InvalidValue`."""
        from goatcore.query import Since
        from goatcore.repository.past_repository import RepositoryVersion
        from goatcore.repository.past_source import PastSource

        view = self._view
        view.record_drafts()
        if isinstance(moment, RepositoryVersion):
            new = commits_beyond(view.store, moment.tips)
        elif isinstance(moment, int) and not isinstance(moment, bool):
            new = commits_after(view.store, moment)
        else:
            raise InvalidValue(
                "changes_since takes milliseconds since 1970 or a version of the repository, "
                f"not {moment!r}."
            )
        done = self._by_item(new)
        known = view.schema(str(schema))

        def before(key: str) -> Version | None:
            item = view.item(key)
            return None if item is None else _version_without(item, done.get(item.key, []))

        source = PastSource(known, view.schemas, (), before)
        rows = [row for key in done if (row := self._then(key, done[key], known, source))]
        return Since(source, rows)

    def _by_item(self, commits: Iterator[CommitId]) -> dict[ItemKey, list[Done]]:
        """What commits did, by item, the earliest first."""
        view, found = self._view, dict[ItemKey, list[Done]]()
        read = [commit for id_ in commits if (commit := view.store.find(id_)) is not None]
        for commit in sorted(read, key=lambda commit: (commit.header.time, commit.id)):
            for change in view.body(commit).changes:
                found.setdefault(change.key, []).append(Done(commit, change))
        return found

    def _then(
        self, key: ItemKey, done: list[Done], schema: Schema, source: PastSource
    ) -> Then[Item] | None:
        from goatcore.query import Then

        view = self._view
        item = view.item(key)
        if item is None or item.schema is not schema:
            return None
        past = view.past(item)
        counted = [one for one in done if past.has(one.commit.id)]
        if not counted:
            return None
        version = _version_without(item, done)
        shown = version is not None and version.exists
        fields = {
            field
            for one in counted
            for operation in one.change.operations or ()
            if len(operation) > 1 and isinstance(operation[1], str)
            for field in schema.shown_as(operation[1])
        }
        authors = dict.fromkeys(view.member_name(one.commit.author) for one in counted)
        return Then(
            item,
            item.exists,
            view.number(item),
            source.add(version) if version is not None and shown else None,
            frozenset(fields),
            tuple(authors),
        )


def _version_without(item: Item, done: list[Done]) -> Version | None:
    """The item as it was before some of its changes, and all that saw them."""
    new = {one.commit.id for one in done}
    entries = item.repository.past(item).timeline.entries
    return item.at([entry.commit for entry in entries if entry.commit not in new])


def commits_beyond(store: Store, tips: tuple[CommitId, ...]) -> Iterator[CommitId]:
    """The held commits that are in no chain up to these, the last of each chain first."""
    known = [tip for id_ in tips if (tip := store.tip(id_)) is not None]
    seen: set[CommitId] = set()
    for end in store.held_tips():
        at: CommitId | None = end
        while at is not None and at not in seen:
            tip = store.tip(at)
            assert tip is not None, "a chain that is not held"
            if any(
                one.author == tip.author
                and one.seq >= tip.seq
                and store.ancestor(one.id, one.seq - tip.seq) == at
                for one in known
            ):
                break
            seen.add(at)
            yield at
            at = store.ancestor(at, 1)


def commits_after(store: Store, time_ms: int) -> Iterator[CommitId]:
    """The held commits behind the last one of their chain that claims a time up to this."""
    seen: set[CommitId] = set()
    for end in store.held_tips():
        at: CommitId | None = end
        while at is not None and at not in seen and stamp_ms(store.time_of(at)) > time_ms:
            seen.add(at)
            yield at
            at = store.ancestor(at, 1)
