"""Bit rot: a record in which a few bits or one byte went wrong, put right. Pure.

A record's keyed hash of 128 bits and its header's crc say exactly what was written, so a single
wrong byte is found by trying. Invariant: what comes back has the hash that the record was written
with; it is what was written, or nothing. The work is bounded, whatever the bytes are. Must never
import I/O.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final
from zlib import crc32

from goatcore.storage.framing import RECORD_HEADER_SIZE, Searchable, body_length, parse_record

TRIES_MAX: Final = 1 << 18  # a quarter of a second
BYTES_MAX: Final = 1 << 28  # hashed in all those tries


def put_right(data: Searchable, salt: bytes, at: int) -> bytes | None:
    """The bytes of the record that should stand at `at` and is unsound, as they were written; None
    where more is wrong than one byte, or too long for trying."""
    header = data[at : at + RECORD_HEADER_SIZE]
    if len(header) < RECORD_HEADER_SIZE:
        return None
    length = body_length(header)
    if length is None:
        return _header_put_right(data, salt, at, header)
    begin = at + RECORD_HEADER_SIZE
    if begin + length > len(data):
        return None  # cut off
    body = _body_put_right(data[begin : begin + length], salt, header[12:28])
    return None if body is None else header + body


def _header_put_right(data: Searchable, salt: bytes, at: int, header: bytes) -> bytes | None:
    for guess in _one_byte_off(header):
        if crc32(guess[:28]) != int.from_bytes(guess[28:], "big"):
            continue
        length = body_length(guess)
        if length is None:
            continue
        begin = at + RECORD_HEADER_SIZE
        record = guess + data[begin : begin + length]
        if parse_record(record, salt, 0) is not None:
            return record
    return None


def _body_put_right(body: bytes, salt: bytes, digest: bytes) -> bytes | None:
    tries = min(TRIES_MAX, BYTES_MAX // max(len(body), 1))
    for flips in (_BITS, _BYTES):
        if len(body) * len(flips) > tries:
            return None
        before = blake2b(digest_size=16, key=salt)
        for place, byte in enumerate(body):
            after = body[place + 1 :]
            for flip in flips:
                tried = before.copy()
                tried.update(bytes((byte ^ flip,)) + after)
                if tried.digest() == digest:
                    return body[:place] + bytes((byte ^ flip,)) + after
            before.update(body[place : place + 1])
    return None


_BITS: Final = tuple(1 << bit for bit in range(8))  # one wrong bit is likeliest
_BYTES: Final = tuple(flip for flip in range(1, 256) if flip not in _BITS)


def _one_byte_off(right: bytes) -> Iterator[bytes]:
    for flips in (_BITS, _BYTES):
        for place, byte in enumerate(right):
            for flip in flips:
                yield right[:place] + bytes((byte ^ flip,)) + right[place + 1 :]
