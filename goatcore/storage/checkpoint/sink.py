"""Where the blocks of a new checkpoint go, one after the other.

Owns their places and their nonces. Invariant: what was put is written in order, in large pieces;
blocks that stood side by side in the previous file are copied in one go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from goatcore.storage.checkpoint.blocks import Seal
from goatcore.storage.checkpoint.layout import NONCE_SIZE, TABLE_ENTRIES, Entry, encode_entries
from goatcore.storage.disk import DiskFile, write_all

PIECE_SIZE: Final = 256 * 1024

Random: TypeAlias = Callable[[int], bytes]
Read: TypeAlias = Callable[[int, int], bytes]


class Sink:
    """One file being written from its beginning."""

    __slots__ = ("_copy", "_file", "_nonces", "_parts", "_parts_size", "_random", "_written",
                 "end", "seal")  # fmt: skip

    def __init__(self, file: DiskFile, seal: Seal, random: Random) -> None:
        self._file = file
        self._random = random
        self._nonces = b""
        self._parts: list[bytes] = []
        self._parts_size = 0
        self._written = 0
        self._copy: tuple[Read, int, int] | None = None  # bytes to copy: read, from, up to
        self.seal = seal
        self.end = 0  # where the next block will stand

    def put(self, data: bytes) -> None:
        """Bytes, to stand next."""
        self._finish_copy()
        self._parts.append(data)
        self._parts_size += len(data)
        self.end += len(data)
        if self._parts_size >= PIECE_SIZE:
            self._flush()

    def block(self, first: int, plain: bytes) -> Entry:
        """Seal and put a block whose first element is number `first`."""
        if not self._nonces:
            self._nonces = self._random(NONCE_SIZE * 64)
        nonce, self._nonces = self._nonces[:NONCE_SIZE], self._nonces[NONCE_SIZE:]
        sealed = self.seal.seal(nonce, plain)
        entry = Entry(self.end, len(sealed), first, nonce)
        self.put(sealed)
        return entry

    def copy(self, entry: Entry, read: Read) -> Entry:
        """Put a block of another file as it stands there."""
        at, size, first, nonce = entry
        if (
            self._copy is not None
            and self._copy[2] == at
            and at + size - self._copy[1] < PIECE_SIZE
        ):
            self._copy = (read, self._copy[1], at + size)
        else:
            self._finish_copy()
            self._copy = (read, at, at + size)
        copied = Entry(self.end, size, first, nonce)
        self.end += size
        return copied

    def table(self, entries: Sequence[Entry]) -> list[Entry]:
        """Put the table of a section's blocks; the entries of its own blocks."""
        return [
            self.block(entries[begin].first, encode_entries(entries[begin : begin + TABLE_ENTRIES]))
            for begin in range(0, len(entries), TABLE_ENTRIES)
        ]

    def finish(self, start: bytes) -> None:
        """Write what was put, and then over the file's beginning."""
        self._finish_copy()
        self._flush()
        write_all(self._file, 0, start)

    def _finish_copy(self) -> None:
        if self._copy is not None:
            read, start, stop = self._copy
            self._copy = None
            data = read(start, stop - start)
            self._parts.append(data)
            self._parts_size += len(data)
            if self._parts_size >= PIECE_SIZE:
                self._flush()

    def _flush(self) -> None:
        data = b"".join(self._parts)
        write_all(self._file, self._written, data)
        self._written += len(data)
        self._parts.clear()
        self._parts_size = 0
