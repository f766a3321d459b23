"""The bytes of a log file: its header and its records. Pure.

Owns section 3 of FORMATS.md. Invariant: `scan` yields nothing but records whose header crc and
whose keyed hash both hold; the key is the file's random salt, which no peer ever learns, so a
record that somebody forged inside a body never parses. Lengths are checked before anything of
that length is touched. Must never import I/O.
"""

from __future__ import annotations

from collections.abc import Generator
from hashlib import blake2b
from struct import Struct
from typing import Final, NamedTuple, Protocol
from zlib import crc32

from goatcore.errors import Damaged, NewerFormat, NotAGoatFile
from goatcore.ids import RepositoryId

FILE_MAGIC: Final = b"\x89GOAT\r\n\x1a"
FILE_VERSION: Final = 1
FILE_HEADER_SIZE: Final = 64
SECOND_COPY: Final = 4096  # where the header stands once more
RECORDS_BEGIN: Final = SECOND_COPY + FILE_HEADER_SIZE
SALT_SIZE: Final = 16

RECORD_MAGIC: Final = b"GOAR"
RECORD_HEADER_SIZE: Final = 32
RECORD_SIZE_MAX: Final = 2 * 1024 * 1024
BODY_SIZE_MAX: Final = RECORD_SIZE_MAX - RECORD_HEADER_SIZE

WHOLE_COMMIT: Final = 1
PACKED_COMMIT: Final = 2
PURGED_COMMIT: Final = 3
PACKED_RUN: Final = 4
JOURNAL_NOTE: Final = 6

AFTER_GAP: Final = 1  # flag: records are missing before this one
NEW_STREAM: Final = 2  # flag: the stream of packed records begins anew here

_FILE_HEADER = Struct(">8sIIII16s16s")
_RECORD_HEADER = Struct(">4sBBHI16s")
_RECORD = Struct(">4sBBHI16sI")


class Searchable(Protocol):
    """Bytes to scan: `bytes`, `bytearray` or an `mmap`."""

    def __len__(self) -> int: ...
    def __getitem__(self, key: slice, /) -> bytes: ...
    def find(self, sub: bytes, start: int, /) -> int: ...


class FileHeader(NamedTuple):
    """What a log file says about itself. Sizes in bytes: repository 16, salt 16."""

    repository: RepositoryId
    salt: bytes
    version: int = FILE_VERSION
    compat: int = 0
    read_only_compat: int = 0
    incompat: int = 0


class Record(NamedTuple):
    """One record; `offset` is where its header begins in the file."""

    offset: int
    type: int
    flags: int
    body: bytes

    @property
    def end(self) -> int:
        """Where the next record begins."""
        return self.offset + RECORD_HEADER_SIZE + len(self.body)


# -- places ----------------------------------------------------------------------------------------

_PLACE_BITS: Final = 48


def place(offset: int, number: int) -> int:
    """The place of commit `number` in the record at `offset`; that of a record's only commit is the
    record's offset."""
    return number << _PLACE_BITS | offset


def offset_of(place: int) -> int:
    """Where the record of a place begins."""
    return place & (1 << _PLACE_BITS) - 1


def number_in(place: int) -> int:
    """Which of its record's commits stands at a place."""
    return place >> _PLACE_BITS


# -- the file header -------------------------------------------------------------------------------


def encode_file_start(header: FileHeader) -> bytes:
    """The first 4,160 bytes of a log file: both copies of its header."""
    fields = _FILE_HEADER.pack(
        FILE_MAGIC,
        header.version,
        header.compat,
        header.read_only_compat,
        header.incompat,
        header.repository,
        header.salt,
    )
    copy = (fields + crc32(fields).to_bytes(4, "big")).ljust(FILE_HEADER_SIZE, b"\0")
    return copy.ljust(SECOND_COPY, b"\0") + copy


def parse_file_start(start: bytes, name: str) -> tuple[FileHeader, bool]:
    """The header of a log file from its first 4,160 bytes (fewer if the file is shorter), and
    whether both copies are intact. `name` is for the sentences.

    Raises `NotAGoatFile`, `NewerFormat`, or `Damaged` where neither copy can be read.
    """
    copies = (start[:FILE_HEADER_SIZE], start[SECOND_COPY:RECORDS_BEGIN])
    parsed = [header for header in map(_parse_header, copies) if header is not None]
    if not parsed:
        raise _unreadable(copies, name)
    header = parsed[0]
    if header.version > FILE_VERSION or header.incompat:
        raise _newer(name)
    if header.version < FILE_VERSION:
        raise NotAGoatFile(f"“{name}” has a format that was never released; it is left as it is.")
    return header, len(parsed) == 2 and parsed[0] == parsed[1]


def _parse_header(copy: bytes) -> FileHeader | None:
    if len(copy) < FILE_HEADER_SIZE or not copy.startswith(FILE_MAGIC):
        return None
    if crc32(copy[:56]) != int.from_bytes(copy[56:60], "big"):
        return None
    _, version, compat, read_only, incompat, repository, salt = _FILE_HEADER.unpack_from(copy)
    return FileHeader(RepositoryId(repository), salt, version, compat, read_only, incompat)


def _unreadable(copies: tuple[bytes, bytes], name: str) -> Exception:
    magical = [copy for copy in copies if copy.startswith(FILE_MAGIC)]
    if not magical:
        return NotAGoatFile(f"“{name}” is not a Goat Notes file; it is left as it is.")
    versions = {int.from_bytes(copy[8:12], "big") for copy in magical if len(copy) >= 12}
    if len(magical) == 2 and len(versions) == 1 and versions.pop() > FILE_VERSION:
        return _newer(name)
    return Damaged(
        f"The beginning of “{name}” is damaged beyond repair; the file is left as it is. Put back "
        "a backup, or move the file away to fetch its contents from your other devices."
    )


def _newer(name: str) -> NewerFormat:
    return NewerFormat(
        f"“{name}” was written by a newer version of this program; it is left as it is. "
        "Update the program to open it."
    )


# -- records ---------------------------------------------------------------------------------------


def encode_record(salt: bytes, kind: int, flags: int, body: bytes) -> bytes:
    """One record, ready to append."""
    assert 0 < kind < 256, kind
    assert len(body) <= BODY_SIZE_MAX, len(body)
    digest = blake2b(body, digest_size=16, key=salt).digest()
    header = _RECORD_HEADER.pack(RECORD_MAGIC, kind, flags, 0, len(body), digest)
    return b"%b%b%b" % (header, crc32(header).to_bytes(4, "big"), body)


def record_size(body: bytes) -> int:
    """How many bytes a record with this body takes."""
    return RECORD_HEADER_SIZE + len(body)


def mark_digest(salt: bytes, last: int, header: bytes) -> bytes:
    """16 bytes that stand for a log up to and with the record whose 32 header bytes stand at
    `last`. The salt is this file's alone, and the header has the body's keyed hash."""
    return blake2b(last.to_bytes(8, "big") + header, digest_size=16, key=salt).digest()


def with_flags(header: bytes, flags: int) -> bytes:
    """A record's 32 header bytes with `flags` added to those that it has."""
    magic, kind, before, reserved, length, digest, _ = _RECORD.unpack(header)
    fields = _RECORD_HEADER.pack(magic, kind, before | flags, reserved, length, digest)
    return fields + crc32(fields).to_bytes(4, "big")


def body_length(header: bytes) -> int | None:
    """How long the body behind a record's 32 header bytes is; None where the header is unsound or
    claims more than a record may have. Check this before reading a body."""
    if len(header) != RECORD_HEADER_SIZE or not header.startswith(RECORD_MAGIC):
        return None
    length = int.from_bytes(header[8:12], "big")
    sound = crc32(header[:28]) == int.from_bytes(header[28:], "big")
    return length if sound and length <= BODY_SIZE_MAX else None


def parse_record(data: Searchable, salt: bytes, at: int, base: int = 0) -> Record | None:
    """The record at `at`, if a whole and sound one stands there; `base` as for `scan`."""
    return _parse(data, blake2b(digest_size=16, key=salt), at, base)


def _parse(data: Searchable, keyed: blake2b, at: int, base: int) -> Record | None:
    header = data[at : at + RECORD_HEADER_SIZE]
    if len(header) < RECORD_HEADER_SIZE:
        return None
    magic, kind, flags, reserved, length, digest, crc = _RECORD.unpack(header)
    if magic != RECORD_MAGIC or length > BODY_SIZE_MAX or crc32(header[:28]) != crc:
        return None
    begin = at + RECORD_HEADER_SIZE
    if reserved or begin + length > len(data):
        return None
    body = data[begin : begin + length]
    summed = keyed.copy()  # faster than to key anew
    summed.update(body)
    if summed.digest() != digest:
        return None
    return Record(base + at, kind, flags, body)


def scan(
    data: Searchable, salt: bytes, start: int = RECORDS_BEGIN, base: int = 0
) -> Generator[Record, None, int]:
    """Every sound record from `start` on, in order; what is between them is passed over.

    `base` is where `data` begins in the file; the records' offsets count from the file's start.
    Returns where the last one ended.
    """
    keyed = blake2b(digest_size=16, key=salt)
    at = end = start
    while at >= 0:
        record = _parse(data, keyed, at, base)
        if record is not None:
            yield record
            at = end = at + RECORD_HEADER_SIZE + len(record.body)
        else:
            at = _resume(data, keyed, at)
    return base + end


def walk(data: Searchable, start: int, base: int = 0) -> Generator[Record, None, int]:
    """The whole records from `start` on, for bytes that `scan` has verified before: sums are not
    computed again. The first one that is cut off, or is none, ends the walk. Returns where.
    """
    size = len(data)
    at = start
    while (begin := at + RECORD_HEADER_SIZE) <= size:
        magic, kind, flags, _, length, _, _ = _RECORD.unpack(data[at:begin])
        end = begin + length
        if end > size or magic != RECORD_MAGIC:
            break
        yield Record(base + at, kind, flags, data[begin:end])
        at = end
    return base + at


def _resume(data: Searchable, keyed: blake2b, bad: int) -> int:
    """Where the next sound record after a bad one begins; -1 if there is none."""
    length = body_length(data[bad : bad + RECORD_HEADER_SIZE])
    if length is not None:
        # Only the body is damaged: its length is known, so its inside need not be searched.
        after = bad + RECORD_HEADER_SIZE + length
        if _parse(data, keyed, after, 0) is not None:
            return after
    at = bad
    while (at := data.find(RECORD_MAGIC, at + 1)) >= 0:
        if _parse(data, keyed, at, 0) is not None:
            return at
    return -1
