"""The frozen checkpoint: section 7 of FORMATS.md."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path

from goatcore.ids import RepositoryId
from goatcore.storage.checkpoint.contents import (
    Contents,
    Draft,
    FixedDraft,
    LookupDraft,
    RowsDraft,
    ValueDraft,
)
from goatcore.storage.checkpoint.layout import HEADER_SIZE
from goatcore.storage.checkpoint.reading import Checkpoint, open_checkpoint
from goatcore.storage.checkpoint.writing import install, write
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.log import LogMark
from goatcore.values import pack

VECTORS = json.loads((Path(__file__).parent / "checkpoint.json").read_text())
KEY = bytes(range(32))
REPOSITORY = RepositoryId(bytes(range(16, 32)))
MARK = LogMark(5000, 4900, bytes(range(32, 48)))

# What zstd makes of rows and planes may change from one version of the library to the next;
# the bytes of these may not.
PLAIN: tuple[Draft, ...] = (
    ValueDraft("tips", pack([1, b"two"])),
    FixedDraft("ids", 4, b"id0.id1.id2."),
    LookupDraft("keys", [b"a", b"b"]),
)
PACKED: tuple[Draft, ...] = (
    RowsDraft("rows", [pack(["one", 1]), bytes(1025), pack("three")]),
    FixedDraft("at", 8, bytes(range(16)), planes=True),
)


def drawn(numbers: count[int], size: int) -> bytes:
    return bytes(next(numbers) % 256 for _ in range(size))


def written(path: Path, drafts: tuple[Draft, ...]) -> list[str]:
    numbers = count(100)
    contents = Contents(KEY, REPOSITORY, MARK, b"membership", drafts)
    for _ in write(FileDisk(), path, contents, lambda size: drawn(numbers, size)):
        pass
    install(FileDisk(), path)
    data = path.read_bytes()
    return [data[:96].hex(), data[HEADER_SIZE:].hex()]


def opened(path: Path, vector: list[str]) -> Checkpoint:
    header, blocks = map(bytes.fromhex, vector)
    path.write_bytes(header.ljust(HEADER_SIZE, b"\0") + blocks)
    checkpoint, reason = open_checkpoint(FileDisk(), path, KEY, REPOSITORY)
    assert checkpoint is not None, reason
    return checkpoint


def test_the_bytes_of_a_checkpoint_are_frozen(tmp_path: Path) -> None:
    assert written(tmp_path / "a.index", PLAIN) == VECTORS["plain"]


def test_a_frozen_checkpoint_is_read(tmp_path: Path) -> None:
    checkpoint = opened(tmp_path / "a.index", VECTORS["whole"])
    assert (checkpoint.mark, checkpoint.membership) == (MARK, b"membership")
    assert checkpoint.value("tips") == [1, b"two"]
    assert checkpoint.fixed("ids").slice() == b"id0.id1.id2."
    assert list(checkpoint.rows("rows")) == [pack(["one", 1]), bytes(1025), pack("three")]
    assert checkpoint.rows("rows")[2] == "three"
    assert list(checkpoint.fixed("at").numbers()) == [0x0001020304050607, 0x08090A0B0C0D0E0F]
    lookup = checkpoint.lookup("keys")
    assert [lookup.candidates(key) for key in (b"a", b"b", b"c")] == [[0], [1], []]
    checkpoint.close()
