"""Items: what an application reads and writes.

Owns the values an item shows. Invariant: reading a field is reading a slot, at C speed; writing one
goes through the repository, which checks it, records it and tells everybody before the line is
done. Knows no storage, no timers, no other peer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

import msgspec

from goatcore.errors import LocalMisuse, UnknownField
from goatcore.history.splices import TextSplice
from goatcore.ids import ItemKey
from goatcore.repository.changes import ItemChange as ItemChange
from goatcore.repository.containers import bound
from goatcore.repository.shown_text import Text as Text
from goatcore.repository.shown_text import put_text, splice_text
from goatcore.schema import Schema
from goatcore.schema.fields import REGISTER, TEXT
from goatcore.schema.schema import RESERVED

if TYPE_CHECKING:
    from goatcore.history.diffing import FieldDiff
    from goatcore.repository.branch import Branch
    from goatcore.repository.past import Run
    from goatcore.repository.playback import Playback
    from goatcore.repository.record import Record
    from goatcore.repository.version import History, Version
    from goatcore.repository.view import View

Unsubscribe = Callable[[], None]


class Item(msgspec.Struct, weakref=True, eq=False):
    """One record of a repository. Its fields are attributes, named by its schema.

    Attributes besides the fields: `key`, `schema`, `repository`, `exists`, `author` (name of the
    member who made the newest change), `created_ms`, `edited_ms`.
    """

    repository: ClassVar[View]
    schema: ClassVar[Schema]

    key: ItemKey
    _known: Record | None = None  # None: what shows came straight from a row
    _listeners: list[Callable[[ItemChange], None]] | None = None
    _upgraded: bool = False  # something of it is older than the schema
    _problem: str | None = None

    def __setattr__(self, name: str, value: object) -> None:
        self.repository.write(self, name, value)

    def __getattr__(self, name: str) -> Any:
        # only reached for what is not a slot
        raise UnknownField(f"{self.schema.name} has no field {name}.")

    @property
    def _record(self) -> Record:
        return self._known or self.repository.record(self)

    @property
    def exists(self) -> bool:
        """Whether the item shows; a deleted one can still be read and restored."""
        record = self._known
        return record is None or (record.visible and record.item is self)

    @property
    def created_ms(self) -> int:
        """When its first change was made, by its author's clock."""
        return self._record.created_ms

    @property
    def edited_ms(self) -> int:
        """When its newest change was made, by its author's clock."""
        return self._record.edited_ms

    @property
    def author(self) -> str:
        """The name of the member who made the newest change."""
        return self.repository.member_name(self._record.author)

    @property
    def upgrade_problem(self) -> str | None:
        """Why fields that an older version of the program wrote show as they are stored; None:
        they could be brought to this version, or there are none."""
        return self._problem

    def alternatives(self, name: str) -> list[object]:
        """The competing values of a register field, the one that shows first. More than one:
        people wrote at the same time; the next write settles it."""
        return self.repository.alternatives(self, name)

    def delete(self) -> None:
        """Hide the item, here and on every peer; its history stays."""
        self.repository.set_visible(self, False)

    def restore(self, version: Version | None = None, fields: Iterable[str] | None = None) -> None:
        """Bring a deleted item back; or make the item (or some of its fields) what it was at a
        version, by the smallest edits, in one commit or in the open transaction. Raises
        `InvalidValue` for what may not be written any more."""
        if version is None:
            self.repository.set_visible(self, True)
            return
        from goatcore.repository.returning import restore

        restore(self, version, fields)

    # -- the past: its modules are loaded by who looks back ----------------------------------------

    @property
    def history(self) -> History:
        """Every version that was recorded, the oldest first."""
        from goatcore.repository.version import History

        return History(self.repository.past(self))

    @property
    def version(self) -> Version:
        """The newest version; edits that are not recorded yet are not in it. Raises `LocalMisuse`
        before the first is."""
        from goatcore.repository.version import Version

        past, heads = self.repository.past(self), self._record.state.heads
        if not heads:
            raise LocalMisuse("The item has no version before it is recorded.")
        return Version(past, past.newest(heads), lambda: heads)

    def at(self, version: Version | int | Iterable[bytes]) -> Version | None:
        """The item as it was at a version, or at a moment (milliseconds since 1970, by the times
        that commits claim), or with some commits and all that they had seen. None before there was
        anything. Raises `LocalMisuse` for commits that did not change the item."""
        from goatcore.repository.version import version_of

        return version_of(self.repository.past(self), version)

    def diff(self, old: Version, new: Version | None = None) -> dict[str, FieldDiff]:
        """What changed from one version to another, or to now; see `Version.diff`."""
        from goatcore.repository.version import difference

        return difference(old, self if new is None else new)

    def blame(self, name: str, version: Version | None = None) -> list[Run]:
        """Who wrote each letter of a text field, and when: runs from the first letter to the last;
        now, or at a version. Edits that are not recorded yet have no commit."""
        if version is not None:
            return version.blame(name)
        return self.repository.past(self).blame(name)

    def playback(self, name: str, start: int = 0) -> Playback:
        """The history of a text field as a film that begins at a version, forwards and back."""
        from goatcore.repository.playback import Playback

        return Playback(self.repository.past(self), name, start)

    def branch(self, name: str, at: Version | int | Iterable[bytes] | None = None) -> Branch:
        """Work on this item aside, from now or from a version; see `Repository.branch`. Raises
        `LocalMisuse` where there was nothing at that version."""
        if at is None:
            self.repository.record_drafts()
        version = self.version if at is None else self.at(at)
        if version is None:
            raise LocalMisuse("The item has no version of that moment.")
        return self.repository.main.branch(name, version)

    def undo(self, commits: Iterable[bytes] | None = None) -> bool:
        """Take back what was done here last to this item, or what commits did to it, whatever
        others did since: an ordinary edit. False if it had no effect any more. Of given commits
        nothing is remembered: letters that they removed come back once for every call."""
        from goatcore.repository.returning import undo_item

        return undo_item(self, commits)

    def redo(self) -> bool:
        """Do again what `undo` took back last. False if there is nothing."""
        return self.repository.undo_stack(self).redo()

    # ----------------------------------------------------------------------------------------------

    def subscribe(self, callback: Callable[[ItemChange], None]) -> Unsubscribe:
        """Call back after every change of this item, own ones included."""
        listeners = listeners_of(self)
        listeners.append(callback)
        self.repository.listened(self, True)

        def end() -> None:
            if callback in listeners:
                listeners.remove(callback)
                self.repository.listened(self, bool(listeners))

        return end

    def __repr__(self) -> str:
        return f"<{self.schema.name} {self.key}>"


OWN: Final = len(Item.__struct_fields__)  # what an item is made of, before its fields
_put: Final = msgspec.Struct.__setattr__  # past the item's own, which writes


def item_class(schema: Schema, repository: View) -> type[Item]:
    """The class of a schema's items in a repository: one slot a field, None before it is shown."""
    return cast(
        "type[Item]",
        msgspec.defstruct(
            schema.name,
            [(name, object, None) for name in schema.fields],
            bases=(Item,),
            namespace={"repository": repository, "schema": schema, "__doc__": Item.__doc__},
        ),
    )


def record_of(item: Item) -> Record:
    """What its repository keeps of an item."""
    return item._record


def recorded(item: Item) -> Record | None:
    """The same, if that was looked up already."""
    return item._known


def attach(item: Item, record: Record) -> None:
    """This record is the item's."""
    _put(item, "_known", record)


def listeners_of(item: Item) -> list[Callable[[ItemChange], None]]:
    """Who listens to an item alone; the same list as long as there is the item."""
    listeners = item._listeners
    if listeners is None:
        listeners = []
        _put(item, "_listeners", listeners)
    return listeners


def is_upgraded(item: Item) -> bool:
    """Whether something of the item is older than its schema, as far as it shows."""
    return item._upgraded


def put_shown(item: Item, name: str, value: object) -> None:
    """Put what a field shows in place as it is: a value that fits, or a live one of the item."""
    _put(item, name, value)


def show(item: Item, name: str, value: object) -> None:
    """Make a field show a value, without recording anything."""
    field = item.schema.fields[name]
    if field.kind == REGISTER:
        _put(item, name, value if field.fits(value) else field.default)
        return
    shown = getattr(item, name)
    if field.kind != TEXT:
        _put(item, name, bound(item, name, field.kind, value, shown))
    elif shown is None:
        _put(item, name, Text(item, name, cast(str, value)))
    else:
        put_text(shown, cast(str, value))


def set_upgrade(item: Item, problem: str | None, *, needed: bool) -> None:
    """Note whether something of the item is older than its schema, and what hindered an upgrade."""
    _put(item, "_upgraded", needed)
    _put(item, "_problem", problem)


def splice_shown(item: Item, name: str, splices: Sequence[TextSplice]) -> None:
    """Bring a shown text up to date."""
    splice_text(getattr(item, name), splices)


def writable_field(item: Item, name: str) -> None:
    """Refuse names that are not fields. Raises `UnknownField`."""
    if name in RESERVED:
        raise UnknownField(f"{name} cannot be set; it follows from the item's changes.")
    item.schema.field(name)
