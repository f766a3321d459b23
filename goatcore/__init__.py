"""goatcore: a database built like a distributed version control system, for local-first programs.

The front door: what applications import, and nothing else. Names are loaded when first used, so a
program pays only for the rooms it enters.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from goatcore.backup.backup import BackedUp as BackedUp
    from goatcore.backup.backup import Backup as Backup
    from goatcore.backup.bringing_back import bring_back as bring_back
    from goatcore.checking.findings import Checked as Checked
    from goatcore.checking.findings import Finding as Finding
    from goatcore.checking.findings import Progress as Progress
    from goatcore.checking.workspace_check import WorkspaceCheck as WorkspaceCheck
    from goatcore.clock import system_clock as system_clock
    from goatcore.database import Database as Database
    from goatcore.errors import Closed as Closed
    from goatcore.errors import Damaged as Damaged
    from goatcore.errors import DiskFailed as DiskFailed
    from goatcore.errors import GoatError as GoatError
    from goatcore.errors import InUse as InUse
    from goatcore.errors import InvalidValue as InvalidValue
    from goatcore.errors import LocalMisuse as LocalMisuse
    from goatcore.errors import NewerFormat as NewerFormat
    from goatcore.errors import NotAGoatFile as NotAGoatFile
    from goatcore.errors import NotAMember as NotAMember
    from goatcore.errors import PeerMisbehaved as PeerMisbehaved
    from goatcore.errors import Refused as Refused
    from goatcore.errors import TransactionMisuse as TransactionMisuse
    from goatcore.errors import TransactionTooLarge as TransactionTooLarge
    from goatcore.errors import UnknownField as UnknownField
    from goatcore.errors import Unreachable as Unreachable
    from goatcore.errors import WorldFailed as WorldFailed
    from goatcore.history.diffing import Hunk as Hunk
    from goatcore.history.diffing import TextDiff as TextDiff
    from goatcore.history.diffing import ValueDiff as ValueDiff
    from goatcore.history.splices import TextSplice as TextSplice
    from goatcore.members import Device as Device
    from goatcore.members import Member as Member
    from goatcore.network import Attempt as Attempt
    from goatcore.network import DeviceStatus as DeviceStatus
    from goatcore.network import Join as Join
    from goatcore.network import NearbyInvite as NearbyInvite
    from goatcore.network import Network as Network
    from goatcore.network import PeerStatus as PeerStatus
    from goatcore.network import Person as Person
    from goatcore.network import Presence as Presence
    from goatcore.network import Share as Share
    from goatcore.network import SyncStatus as SyncStatus
    from goatcore.query import ChangedRow as ChangedRow
    from goatcore.query import Changes as Changes
    from goatcore.query import Insert as Insert
    from goatcore.query import Move as Move
    from goatcore.query import Q as Q
    from goatcore.query import Query as Query
    from goatcore.query import Remove as Remove
    from goatcore.query import Splice as Splice
    from goatcore.query import Update as Update
    from goatcore.repository.branch import Branch as Branch
    from goatcore.repository.compacting import Compacted as Compacted
    from goatcore.repository.comparing import Difference as Difference
    from goatcore.repository.containers import Count as Count
    from goatcore.repository.containers import Entries as Entries
    from goatcore.repository.containers import Members as Members
    from goatcore.repository.item import Item as Item
    from goatcore.repository.item import ItemChange as ItemChange
    from goatcore.repository.item import Text as Text
    from goatcore.repository.merging import Merged as Merged
    from goatcore.repository.past import Run as Run
    from goatcore.repository.past_repository import RepositoryAt as RepositoryAt
    from goatcore.repository.past_repository import RepositoryVersion as RepositoryVersion
    from goatcore.repository.playback import Playback as Playback
    from goatcore.repository.playback import Step as Step
    from goatcore.repository.repository import Repository as Repository
    from goatcore.repository.undo import Undo as Undo
    from goatcore.repository.version import History as History
    from goatcore.repository.version import Version as Version
    from goatcore.schema import Schema as Schema
    from goatcore.schema import binary as binary
    from goatcore.schema import choice as choice
    from goatcore.schema import counter as counter
    from goatcore.schema import date as date
    from goatcore.schema import flag as flag
    from goatcore.schema import mapping as mapping
    from goatcore.schema import number as number
    from goatcore.schema import order as order
    from goatcore.schema import order_stamps as order_stamps
    from goatcore.schema import reference as reference
    from goatcore.schema import string as string
    from goatcore.schema import tags as tags
    from goatcore.schema import text as text
    from goatcore.search import Document as Document
    from goatcore.search import Facets as Facets
    from goatcore.search import Hit as Hit
    from goatcore.search import LiveSearch as LiveSearch
    from goatcore.search import Marked as Marked
    from goatcore.search import Search as Search
    from goatcore.search import Searched as Searched
    from goatcore.trust.records import Role as Role
    from goatcore.workspace.repositories import RepositoryInfo as RepositoryInfo

_ROOMS: Final = {
    "goatcore.backup.backup": "BackedUp Backup",
    "goatcore.backup.bringing_back": "bring_back",
    "goatcore.checking.findings": "Checked Finding Progress",
    "goatcore.checking.workspace_check": "WorkspaceCheck",
    "goatcore.clock": "system_clock",
    "goatcore.database": "Database",
    "goatcore.errors": (
        "Closed Damaged DiskFailed GoatError InUse InvalidValue LocalMisuse NewerFormat "
        "NotAGoatFile NotAMember PeerMisbehaved Refused TransactionMisuse TransactionTooLarge "
        "UnknownField Unreachable WorldFailed"
    ),
    "goatcore.history.diffing": "Hunk TextDiff ValueDiff",
    "goatcore.history.splices": "TextSplice",
    "goatcore.members": "Device Member",
    "goatcore.network": (
        "Attempt DeviceStatus Join NearbyInvite Network PeerStatus Person Presence Share SyncStatus"
    ),
    "goatcore.query": "ChangedRow Changes Insert Move Q Query Remove Splice Update",
    "goatcore.repository.branch": "Branch",
    "goatcore.repository.compacting": "Compacted",
    "goatcore.repository.comparing": "Difference",
    "goatcore.repository.containers": "Count Entries Members",
    "goatcore.repository.item": "Item ItemChange Text",
    "goatcore.repository.merging": "Merged",
    "goatcore.repository.past": "Run",
    "goatcore.repository.past_repository": "RepositoryAt RepositoryVersion",
    "goatcore.repository.playback": "Playback Step",
    "goatcore.repository.repository": "Repository",
    "goatcore.repository.undo": "Undo",
    "goatcore.repository.version": "History Version",
    "goatcore.schema": (
        "Schema binary choice counter date flag mapping number order order_stamps reference "
        "string tags text"
    ),
    "goatcore.search": "Document Facets Hit LiveSearch Marked Search Searched",
    "goatcore.trust.records": "Role",
    "goatcore.workspace.repositories": "RepositoryInfo",
}
_WHERE: Final = {name: room for room, names in _ROOMS.items() for name in names.split()}

__all__ = sorted(_WHERE)  # noqa: PLE0605


def __getattr__(name: str) -> object:
    room = _WHERE.get(name)
    if room is None:
        raise AttributeError(f"goatcore has no {name}")
    value = getattr(import_module(room), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(_WHERE)
