"""The sidecar: the index between two starts, sealed, in one file of this installation.

Owns the file's bytes (FORMATS.md 8) and is the only module of search that touches a disk.
Invariant: nothing readable stands in it; a file that is not whole, not this device's, or of another
form is no file: the index is made anew. Must never import SQLite or items.
"""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from goatcore.ids import WorkspaceId

MAGIC: Final = b"goat search 1\n"
SALT_BYTES: Final = 32
BLOCK_BYTES: Final = 1 << 20  # of the image in one block
SEALED_MAX: Final = 2 * BLOCK_BYTES
COMPRESSION: Final = 1
_LENGTH: Final = struct.Struct("<I")


def sidecar_path(home: Path, workspace: WorkspaceId) -> Path:
    """Where the installation whose state folder is `home` keeps a workspace's index."""
    return home / "search" / f"{workspace.hex()}.index"


def sidecar_key(device_seed: bytes, workspace: WorkspaceId, salt: bytes) -> bytes:
    """The key of one writing; `device_seed`: the 32 bytes that the device signs with."""
    info = b"goat/search/1\0" + workspace
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=info).derive(device_seed)


def seal_image(image: bytes, form: bytes, key: bytes, salt: bytes) -> Iterator[bytes]:
    """The file, part by part. `form`: what the reader has to know the image as."""
    from zstandard import ZstdCompressor  # loaded by who saves

    cipher, pack = AESGCM(key), ZstdCompressor(level=COMPRESSION).compress
    yield MAGIC + salt
    view = memoryview(image)
    count = max(1, -(-len(image) // BLOCK_BYTES))
    for number in range(count):
        part = view[number * BLOCK_BYTES : (number + 1) * BLOCK_BYTES]
        nonce = _nonce(number, last=number == count - 1)
        sealed = cipher.encrypt(nonce, pack(part), form)
        yield _LENGTH.pack(len(sealed))
        yield sealed


def open_image(
    data: bytes, form: bytes, device_seed: bytes, workspace: WorkspaceId
) -> bytes | None:
    """The image; None if the bytes are anything else than one of this form, whole and unchanged."""
    from zstandard import ZstdDecompressor, ZstdError

    at = len(MAGIC) + SALT_BYTES
    if not data.startswith(MAGIC) or len(data) < at:
        return None
    cipher = AESGCM(sidecar_key(device_seed, workspace, data[len(MAGIC) : at]))
    unpack = ZstdDecompressor().decompress
    parts: list[bytes] = []
    last = False
    while not last:
        if at + _LENGTH.size > len(data):
            return None
        (size,) = _LENGTH.unpack_from(data, at)
        at += _LENGTH.size
        if size > SEALED_MAX or at + size > len(data):
            return None
        last = at + size == len(data)
        try:
            packed = cipher.decrypt(_nonce(len(parts), last=last), data[at : at + size], form)
            parts.append(unpack(packed, max_output_size=BLOCK_BYTES))
        except (InvalidTag, ZstdError):
            return None
        at += size
    return b"".join(parts)


def read_sidecar(
    path: Path, form: bytes, device_seed: bytes, workspace: WorkspaceId
) -> bytes | None:
    """The image that was saved, None if there is none that can be used."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return open_image(data, form, device_seed, workspace)


def write_sidecar(path: Path, parts: Iterator[bytes]) -> None:
    """Replace the file. Raises `OSError`; then the one before stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.unlink(missing_ok=True)  # of a program that was cut off
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def _nonce(number: int, *, last: bool) -> bytes:
    """A block's; the key is used for one writing only. The last one's says so, so that a file that
    was cut at the end of a block is known."""
    return (number << 1 | last).to_bytes(12, "big")
