"""What a check found: values that say what is wrong, where, and whose work it touches.

Invariant: a finding that is not grave says nothing is lost and nothing need be done. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from goatcore.ids import AuthorKey, CommitId


class Whose(NamedTuple):
    """A commit as people know it; names are "" where they cannot be read."""

    commit: CommitId | None
    author: AuthorKey
    seq: int
    time_ms: int
    member: str = ""
    device: str = ""


class Finding(NamedTuple):
    """One thing that is wrong, or (not grave) worth knowing."""

    grave: bool
    file: str  # the name in its folder
    offset: int | None  # of the first byte concerned
    what: str  # a sentence without an end
    path: str = ""  # of the repository, where it can be read
    whose: Whose | None = None
    items: tuple[str, ...] = ()  # titles, or keys of items without one


class Progress(NamedTuple):
    """How far a check has come, in bytes."""

    done: int
    total: int
    file: str


class Checked(NamedTuple):
    """What came out of a check."""

    files: int
    bytes: int
    commits: int
    signatures: int
    locked: int  # commits whose key is not here; all but their bodies was checked
    findings: Sequence[Finding]

    @property
    def sound(self) -> bool:
        """Whether nothing grave was found."""
        return not any(finding.grave for finding in self.findings)
