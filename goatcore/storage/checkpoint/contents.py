"""What goes into the next checkpoint: a draft a section, in plain bytes. Pure values.

A draft says what is new since the previous checkpoint. Where there is none, or it has no section of
that name and kind, or the draft is `fresh`, what is appended is all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from goatcore.ids import RepositoryId
from goatcore.storage.log import LogMark

_NONE: Mapping[int, bytes] = {}


class ValueDraft(NamedTuple):
    """One value, read as a whole; always anew. `value` is MessagePack."""

    name: str
    value: bytes


class RowsDraft(NamedTuple):
    """Rows of any size, each MessagePack if it is read as a value."""

    name: str
    appended: Iterable[bytes] = ()
    changed: Mapping[int, bytes] = _NONE  # number → the row as it is now
    fresh: bool = False


class FixedDraft(NamedTuple):
    """Elements of `width` bytes; `planes` for numbers, whose upper bytes repeat."""

    name: str
    width: int
    appended: bytes = b""  # one after the other
    changed: Mapping[int, bytes] = _NONE
    planes: bool = False
    fresh: bool = False


class LookupDraft(NamedTuple):
    """Keys, numbered in the order in which they were ever appended."""

    name: str
    appended: Iterable[bytes] = ()
    fresh: bool = False


Draft: TypeAlias = ValueDraft | RowsDraft | FixedDraft | LookupDraft


class Contents(NamedTuple):
    """The next checkpoint. Sections without a draft are left out."""

    key: bytes  # 32; the same as the previous one's
    repository: RepositoryId
    mark: LogMark  # in the log, not behind what is synced
    membership: bytes  # digest of the membership that the sections were computed with
    drafts: tuple[Draft, ...]
