"""A draft: edits of one item that are made here and are not in a commit yet.

Owns how edits join: typing on is one splice, of what is set twice the later counts. Typing is
taken in as it comes and joined when somebody asks for the operations. Pure: knows no items.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias, cast

from goatcore.history.operations import (
    COUNTER_ADD,
    MAP_DROP,
    MAP_PUT,
    REGISTER_SET,
    SET_ADD,
    SET_REMOVE,
    TEXT_SPLICE,
    Operation,
)
from goatcore.values import pack

RUN_LETTERS_MAX: Final = 4096  # of joined typing
TARGETED: Final = frozenset({REGISTER_SET, SET_ADD, SET_REMOVE, MAP_PUT, MAP_DROP, COUNTER_ADD})

Target: TypeAlias = tuple[object, object, bytes]
Splice: TypeAlias = tuple[int, int, str]  # position, letters deleted, letters inserted


class Draft:
    """Edits of one item since its last commit, in order."""

    __slots__ = ("_operations", "_places", "_typing", "began_ms", "item", "letters",
                 "typed_ms")  # fmt: skip

    def __init__(self, began_ms: int, item: object = None) -> None:
        self.began_ms = began_ms
        self.item = item  # shows the edits, so it stays while they are in no commit
        self.typed_ms = 0  # when a letter was typed last; 0: never
        self.letters = 0
        self._operations: list[Operation] = []
        self._places: dict[Target, int] | None = None  # of operations that later ones replace
        self._typing: list[Typing] = []

    @property
    def operations(self) -> list[Operation]:
        """All edits, in order; typing runs are joined."""
        for typing in self._typing:
            if typing.splices:
                splices = typing.splices.copy()
                typing.splices.clear()
                for splice in splices:
                    self._join(typing.name, *splice)
        return self._operations

    def type_into(self, name: str, ended: Callable[[], None]) -> list[Splice]:
        """Where the splices of a text may be put from now on, until `ended` is called."""
        typing = Typing(name, [], ended)
        self._typing.append(typing)
        return typing.splices

    def end_typing(self) -> None:
        """What is typed next has to come as a splice of its own."""
        ended = self._typing
        if ended:
            self._operations = self.operations
            self._typing = []
            for typing in ended:
                typing.ended()

    def set(self, name: str, value: object) -> None:
        """A register is set."""
        target, places = (REGISTER_SET, name, b""), self._targets()
        at = places.setdefault(target, len(self.operations))
        if at == len(self.operations):
            self.operations.append((REGISTER_SET, name, value))
        else:
            self.operations[at] = (REGISTER_SET, name, value)

    def add(self, operation: Operation) -> None:
        """An operation that stays whatever follows."""
        self.operations.append(operation)

    def operate(self, operation: Operation) -> None:
        """A register, member or key is set, put or taken away: a later operation on the same one
        takes the place of the earlier. Increments add up."""
        places, target = self._targets(), _target(operation)
        at = places.get(target)
        if at is not None:
            joined = _joined(self.operations[at], operation)
            if joined is not None:
                self.operations[at] = joined
                return
        places[target] = len(self.operations)
        self.operations.append(operation)

    def touches(self, code: int, name: str, key: object = None) -> bool:
        """Whether a register, or a member or key, has an operation here."""
        return _target((code, name, key)) in self._targets()

    def recorded(self, left: list[Operation]) -> None:
        """All operations but those `left` are in a commit now."""
        self.end_typing()
        self._operations = left
        self._places = None

    def _targets(self) -> dict[Target, int]:
        if self._places is None:
            self._places = {
                _target(operation): at
                for at, operation in enumerate(self.operations)
                if operation[0] in TARGETED
            }
        return self._places

    def splice(self, name: str, splice: Splice) -> None:
        """A text is spliced. Typing on, and deleting backwards, lengthen the splice before."""
        self.end_typing()
        self._join(name, *splice)

    def _join(self, name: str, position: int, deleted: int, inserted: str) -> None:
        self.letters += len(inserted)
        operations = self._operations
        if operations:
            last = operations[-1]
            if last[0] == TEXT_SPLICE and last[1] == name:
                _, _, at, gone, text = cast("tuple[int, str, int, int, str]", last)
                if not deleted and position == at + len(text) and len(text) < RUN_LETTERS_MAX:
                    operations[-1] = (TEXT_SPLICE, name, at, gone, text + inserted)
                    return
                if not inserted and not text and position + deleted == at:
                    operations[-1] = (TEXT_SPLICE, name, position, gone + deleted, "")
                    return
                if not inserted and position >= at and position + deleted == at + len(text):
                    kept = text[: position - at]
                    if kept or gone:
                        operations[-1] = (TEXT_SPLICE, name, at, gone, kept)
                    else:
                        operations.pop()
                    return
        operations.append((TEXT_SPLICE, name, position, deleted, inserted))


class Typing(NamedTuple):
    """A text that is typed in."""

    name: str  # the stored one
    splices: list[Splice]  # not joined yet
    ended: Callable[[], None]


def _target(operation: Operation) -> Target:
    """What an operation is about: operations on one target replace each other."""
    code, name = operation[0], operation[1]
    if code in (REGISTER_SET, COUNTER_ADD):
        return code, name, b""
    return code if code in {SET_ADD, MAP_PUT} else cast(int, code) - 1, name, pack(operation[2])


def _joined(before: Operation, after: Operation) -> Operation | None:
    """One operation for two on one target; None if they must stay two."""
    if after[0] != COUNTER_ADD:
        return after
    total = cast(int, before[2]) + cast(int, after[2])
    return (*after[:2], total) if -(1 << 63) <= total < 1 << 63 else None
