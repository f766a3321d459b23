"""A whole notebook brought back to what it was at a moment.

Invariant: what was written since and was not there then stays as it is; nothing of the past is
lost, for what is brought back is one more change, which can be taken back as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from goatcore import GoatError, Item, Repository, TransactionTooLarge, Version
from ui.language import counted
from ui.operations.schemas import NOTE, NOTEBOOK
from ui.operations.undo import Undo


def others_now(versions: Sequence[Version]) -> Iterator[list[Version]]:
    """After each version: those so far whose item is other now. One list, which grows."""
    found: list[Version] = []
    for version in versions:
        try:
            if version.diff():
                found.append(version)
        except GoatError:  # it stands on a change that does not count any more
            pass
        yield found


def nested_then(repository: Repository, keys: Sequence[str], time_ms: int) -> list[Version]:
    """The nested notebooks (of `keys`; none: all) that there were at a moment and are not now."""
    found: list[Version] = []
    for item in repository.known_items(NOTEBOOK):
        if not item.exists and (not keys or item.key in keys):
            version = item.at(time_ms)
            if version is not None and version.exists:
                found.append(version)
    return found


def bring_back(repository: Repository, versions: Sequence[Version]) -> Undo:
    """Bring items of one repository back to versions of theirs, in one transaction; what is too
    much for one is done in several.

    Raises `Refused` where this device may not write.
    """
    repository.record_drafts()
    before = [(version.item, version.item.version) for version in versions]
    _write(repository, "restore", [(version.item, version) for version in versions])
    count = sum(version.schema.name == NOTE.name for version in versions)
    words = counted("Brought back {n} note", "Brought back {n} notes", count)
    return Undo(words, lambda: _write(repository, "undo restore", before))


def _write(repository: Repository, label: str, targets: Sequence[tuple[Item, Version]]) -> None:
    try:
        with repository.transaction(label):
            for item, version in targets:
                item.restore(version)
    except TransactionTooLarge:
        if len(targets) == 1:
            targets[0][0].restore(targets[0][1])  # one long text alone becomes several commits
            return
        half = len(targets) // 2
        _write(repository, label, targets[:half])
        _write(repository, label, targets[half:])
