"""Opening a checkpoint: its header, its directory, and its sections by name.

Invariant: opening reads two pieces of the file, whatever its size, and takes nothing that the key
does not vouch for; everything else is read when it is touched. One thread reads a checkpoint.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from msgspec import DecodeError
from msgspec.msgpack import Decoder

from goatcore.errors import CheckpointDamaged, Closed
from goatcore.ids import RepositoryId
from goatcore.storage.checkpoint.blocks import BlockCache, Blocks, Seal
from goatcore.storage.checkpoint.fixed import WIDTH_MAX, Fixed
from goatcore.storage.checkpoint.layout import (
    HEADER_SIZE,
    Entry,
    Header,
    header_fields,
    parse_entries,
    parse_header,
)
from goatcore.storage.checkpoint.lookup import SALT_SIZE, Lookup
from goatcore.storage.checkpoint.rows import Rows
from goatcore.storage.checkpoint.tables import Table
from goatcore.storage.disk import Disk, DiskFile, read_exactly
from goatcore.storage.log import LogMark
from goatcore.values import unpack

SUFFIX: Final = ".index"

VALUE: Final = 0
ROWS: Final = 1
FIXED: Final = 2
PLANES: Final = 3  # fixed, plane by plane
LOOKUP: Final = 4

_owners = count(1)  # names in a cache that many checkpoints share


def checkpoint_path(log: Path) -> Path:
    """Where a log's checkpoint stands."""
    return log.with_suffix(SUFFIX)


class Section(NamedTuple):
    """What the directory says of one section."""

    kind: int
    elements: int  # how many
    parameter: int  # fixed, planes: the width; lookup: the bits
    entries: list[Entry]  # of the table's blocks; value: of its one block


class Directory(NamedTuple):
    """A checkpoint's sections, and what they were computed with."""

    membership: bytes
    salt: bytes  # of the lookups
    sections: dict[str, Section]


class Opening(NamedTuple):
    """A checkpoint, or why there is none that can be used."""

    checkpoint: Checkpoint | None
    reason: str


class Checkpoint:
    """An open checkpoint; made by `open_checkpoint`. Reading a block that is damaged or cannot be
    read raises `CheckpointDamaged`; a name that is not there, `KeyError`."""

    __slots__ = ("_blocks", "_cache", "_closed", "_disk", "_file", "_owner", "_path", "directory",
                 "header")  # fmt: skip

    def __init__(
        self,
        disk: Disk,
        path: Path,
        file: DiskFile,
        header: Header,
        seal: Seal,
        directory: Directory,
        cache: BlockCache,
    ) -> None:
        self._disk = disk
        self._path = path
        self._file: DiskFile | None = file
        self._closed = False
        self._cache = cache
        self._owner = next(_owners)
        self._blocks = Blocks(self.read, seal, cache, self._owner)
        self.header = header
        self.directory = directory

    @property
    def mark(self) -> LogMark:
        """The place in the log up to which this was computed."""
        return self.header.mark

    @property
    def membership(self) -> bytes:
        """The digest of the membership that this was computed with."""
        return self.directory.membership

    @property
    def generation(self) -> int:
        """How many checkpoints in a row were made of one another, this one included."""
        return self.header.generation

    def __contains__(self, name: str) -> bool:
        return name in self.directory.sections

    def rows(self, name: str) -> Rows:
        """The rows of that name."""
        section = self._section(name, ROWS)
        return Rows(self._blocks, Table(self._blocks, section.entries), section.elements)

    def fixed(self, name: str) -> Fixed:
        """The elements of one width of that name."""
        section = self._section(name, FIXED, PLANES)
        table = Table(self._blocks, section.entries)
        planes = section.kind == PLANES
        return Fixed(self._blocks, table, section.elements, section.parameter, planes)

    def lookup(self, name: str) -> Lookup:
        """The keys of that name."""
        section = self._section(name, LOOKUP)
        table = Table(self._blocks, section.entries)
        return Lookup(self._blocks, table, section.elements, section.parameter, self.directory.salt)

    def value(self, name: str) -> object:
        """The value of that name, decoded anew."""
        return unpack(self.encoded(name))

    def encoded(self, name: str) -> bytes:
        """The value of that name, as the MessagePack that it is."""
        return self._blocks.open(self._section(name, VALUE).entries[0])

    def _section(self, name: str, *kinds: int) -> Section:
        section = self.directory.sections[name]
        assert section.kind in kinds, (name, section.kind)
        return section

    def blocks(self, seal: Seal) -> Blocks:
        """The blocks for another thread, which keeps nothing of them."""
        return Blocks(self.read, seal, BlockCache(0), 0)

    def read(self, position: int, length: int) -> bytes:
        """Bytes of the file. Raises `CheckpointDamaged`."""
        if self._closed:
            raise Closed(f"“{self._path.name}” was closed.")
        try:
            file = self._file
            if file is None:
                file = self._file = self._disk.open(self._path)
            return read_exactly(file, position, length)
        except OSError as error:
            raise CheckpointDamaged(f"“{self._path.name}” cannot be read: {error}.") from error

    def size(self) -> int:
        """Bytes of the file, as far as its directory reaches."""
        return self.header.directory_at + self.header.directory_size

    def verify(self) -> None:
        """Open every block once, past the cache. Raises `CheckpointDamaged`."""
        for section in self.directory.sections.values():
            if section.kind == VALUE:
                self._blocks.open(section.entries[0])
                continue
            for entry in Table(self._blocks, section.entries):
                self._blocks.open(entry)

    def release(self) -> None:
        """Let go of the file; it is opened again by whoever reads next."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def close(self) -> None:
        """Let go of the file and of what is cached. Again is nothing."""
        self.release()
        self._closed = True
        self._cache.drop(self._owner)


def open_checkpoint(
    disk: Disk, path: Path, key: bytes, repository: RepositoryId, cache: BlockCache | None = None
) -> Opening:
    """Open the checkpoint at `path` with its 32-byte key. Whether its log holds the mark, and
    whether the membership is still the same, is the caller's to ask. Never raises for what is in
    the file or for a disk that does not give it: the reason is a half sentence for the log.
    """
    try:
        file = disk.open(path)
    except FileNotFoundError:
        return Opening(None, "there is none")
    except OSError as error:
        return Opening(None, f"it cannot be read: {error}")
    opening = Opening(None, "")
    try:
        opening = _open(disk, path, file, key, repository, cache)
    except (OSError, CheckpointDamaged) as error:
        opening = Opening(None, f"it cannot be read: {error}")
    finally:
        if opening.checkpoint is None:
            with suppress(OSError):
                file.close()
    return opening


def _open(
    disk: Disk,
    path: Path,
    file: DiskFile,
    key: bytes,
    repository: RepositoryId,
    cache: BlockCache | None,
) -> Opening:
    header = parse_header(file.read_at(0, HEADER_SIZE), file.size())
    if isinstance(header, str):
        return Opening(None, header)
    if header.repository != repository:
        return Opening(None, "it is another repository's")
    seal = Seal(key, repository)
    sealed = read_exactly(file, header.directory_at, header.directory_size)
    directory = _directory(seal.open(header.directory_nonce, sealed, header_fields(header)))
    if directory is None:
        return Opening(None, "its directory makes no sense")
    cache = BlockCache() if cache is None else cache
    return Opening(Checkpoint(disk, path, file, header, seal, directory, cache), "")


_decode = Decoder(tuple[bytes, bytes, list[tuple[str, int, int, int, bytes]]]).decode


def _directory(data: bytes) -> Directory | None:
    """See `writing` for the layout."""
    try:
        membership, salt, sections = _decode(data)
        found = {
            name: Section(kind, elements, parameter, parse_entries(entries))
            for name, kind, elements, parameter, entries in sections
        }
    except (DecodeError, ValueError):
        return None
    sound = len(salt) == SALT_SIZE and all(map(_is_sound, found.values()))
    return Directory(membership, salt, found) if sound else None


_PARAMETER_MAX: Final = {VALUE: 0, ROWS: 0, FIXED: WIDTH_MAX, PLANES: WIDTH_MAX, LOOKUP: 32}


def _is_sound(section: Section) -> bool:
    kind, elements, parameter, entries = section
    least = 1 if kind in {FIXED, PLANES} else 0
    fits = 0 <= elements < 1 << 32 and least <= parameter <= _PARAMETER_MAX.get(kind, -1)
    return fits and bool(entries) == bool(elements)
