"""A text field's text as an application reads and splices it.

Owns the letters that show. Invariant: they are the state's with the draft's splices applied;
splices that nobody has looked at since are applied when somebody does. Who types on while the
item's draft is open, and nobody listens, only notes the splice: whether this device may write was
asked when the draft began, and whatever could change the answer ends the typing first.
"""

from __future__ import annotations

from collections.abc import Sequence, Sized
from typing import TYPE_CHECKING, Final, NamedTuple

from goatcore.clock import Clock
from goatcore.errors import InvalidValue
from goatcore.history.splices import TextSplice
from goatcore.history.text.rope import Rope
from goatcore.repository.draft import Draft, Splice

if TYPE_CHECKING:
    from goatcore.repository.item import Item

NOTED_MAX: Final = 512  # splices, until they are joined and applied
NOTED_LETTERS_MAX: Final = 64  # of one splice; what is pasted is looked at


class Typing(NamedTuple):
    """What takes in the splices of one text while its draft is open."""

    draft: Draft
    splices: list[Splice]  # of the draft
    clock: Clock
    hearers: tuple[Sized, Sized, Sized]  # of the item, of its view, and the queries that run


class Text:
    """A text field's text. Edits are splices, so that they merge letter by letter."""

    __slots__ = ("_item", "_name", "_noted", "_rope", "_size", "_text", "_typing")

    def __init__(self, item: Item, name: str, text: str) -> None:
        self._item = item
        self._name = name
        self._typing: Typing | None = None
        self._noted: list[Splice] = []  # not applied yet
        self._size: int  # with these
        self._put(text)

    def splice(self, position: int, deleted: int, inserted: str) -> None:
        """Take `deleted` letters away at `position` and put `inserted` there (code points).

        Raises `InvalidValue` when the place is not in the text.
        """
        size = self._size
        if not 0 <= position <= position + deleted <= size:
            raise InvalidValue(
                f"{self._name}: there are no {deleted} letters at {position}; the text has {size}."
            )
        typing = self._typing
        if typing is not None and type(inserted) is str and inserted.isascii():
            draft, splices, clock, (one, other, queries) = typing
            new = len(inserted)
            if (
                new <= NOTED_LETTERS_MAX
                and len(splices) < NOTED_MAX
                and not (one or other or queries)
                and (new or deleted)
            ):
                splice = position, deleted, inserted
                splices.append(splice)
                self._noted.append(splice)
                self._size = size - deleted + new
                draft.typed_ms = clock()
                return
        if deleted or inserted:
            splice_of = TextSplice(position, deleted, inserted)
            self._item.repository.write_text(self._item, self._name, [splice_of])

    # -- for who shows it --------------------------------------------------------------------------

    def _put(self, text: str) -> None:
        """Show another text."""
        self._text: str | None = text
        self._rope: Rope | None = None
        self._size = len(text)
        self._noted.clear()

    def _splice(self, splices: Sequence[Splice]) -> None:
        """Show what came of splices, each in range."""
        rope = self._rope
        if rope is None:
            assert self._text is not None
            rope = self._rope = Rope(self._text)
        for splice in self._noted:
            rope.splice(*splice)
        self._noted.clear()
        for splice in splices:
            rope.splice(*splice)
        self._text = None
        self._size = rope.size

    # -- reading -----------------------------------------------------------------------------------

    def __str__(self) -> str:
        if self._noted:
            self._splice(())
        text = self._text
        if text is None:
            self._text = text = str(self._rope)
        return text

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, index: int | slice) -> str:
        return str(self)[index]

    def __contains__(self, part: object) -> bool:
        return isinstance(part, str) and part in str(self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Text):
            return str(self) == str(other)
        return str(self) == other if isinstance(other, str) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Text({str(self)!r})"


def put_text(text: Text, letters: str) -> None:
    """Make it show other letters."""
    text._put(letters)


def splice_text(text: Text, splices: Sequence[Splice]) -> None:
    """Bring it up to date."""
    text._splice(splices)


def type_into(
    text: Text, stored: str, draft: Draft, clock: Clock, hearers: tuple[Sized, Sized, Sized]
) -> None:
    """From now on, as long as the draft allows it, splices are only noted."""
    if text._typing is None:
        text._typing = Typing(draft, draft.type_into(stored, lambda: _end(text)), clock, hearers)


def _end(text: Text) -> None:
    text._typing = None
