"""Writing the next checkpoint: aside, synced, then renamed into place.

Owns the order of the steps. `write` is a generator that gives way every few blocks, to be run on a
thread or in slices; it reads the previous checkpoint but never touches what its readers keep.
Invariant: a block in which nothing changed is copied byte for byte with its nonce; a nonce is drawn
for every block that is sealed; until `install` the previous checkpoint is what opens.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from goatcore.storage.checkpoint.blocks import Seal
from goatcore.storage.checkpoint.contents import Contents
from goatcore.storage.checkpoint.encoding import Old, encode
from goatcore.storage.checkpoint.layout import (
    HEADER_SIZE,
    NONCE_SIZE,
    TAG_SIZE,
    Header,
    encode_entries,
    encode_header,
    header_fields,
)
from goatcore.storage.checkpoint.lookup import SALT_SIZE
from goatcore.storage.checkpoint.reading import Checkpoint
from goatcore.storage.checkpoint.sink import Random, Sink
from goatcore.storage.disk import Disk, disk_failed
from goatcore.storage.file_mending import fresh_path
from goatcore.values import pack


def write(
    disk: Disk, path: Path, contents: Contents, random: Random, previous: Checkpoint | None = None
) -> Iterator[None]:
    """Write what shall be the checkpoint at `path` beside it, and sync it; `install` comes next.

    Yields between blocks. Raises `DiskFailed`, or `CheckpointDamaged` where the previous one cannot
    be read; then, or when closed early, nothing is left of it.
    """
    fresh = fresh_path(path)
    try:
        file = disk.open(fresh, create=True)
    except OSError as error:
        raise disk_failed(path.name, error) from error
    done = False
    try:
        sink = Sink(file, Seal(contents.key, contents.repository), random)
        yield from _write(sink, contents, random, previous)
        file.sync()
        done = True
    except OSError as error:
        raise disk_failed(path.name, error) from error
    finally:
        file.close()
        if not done:
            with suppress(OSError):
                disk.unlink(fresh)


def install(disk: Disk, path: Path, previous: Checkpoint | None = None) -> None:
    """Put what was written in the place of the previous checkpoint, which is not to be read after
    that: close it. Raises `DiskFailed`: then it may be used on."""
    if previous is not None:
        previous.release()
    try:
        disk.rename(fresh_path(path), path)
        disk.sync_folder(path.parent)
    except OSError as error:
        raise disk_failed(path.name, error) from error


def remove(disk: Disk, path: Path) -> None:
    """Delete a checkpoint that is of no use, and one that was not finished."""
    for name in (path, fresh_path(path)):
        with suppress(OSError):
            disk.unlink(name)


def _write(
    sink: Sink, contents: Contents, random: Random, previous: Checkpoint | None
) -> Iterator[None]:
    """The whole file: blocks, tables, directory, and at last the header.

    directory = msgpack [membership, salt, [[name, kind, count, parameter, entries] …]]
    """
    salt, generation = random(SALT_SIZE), 1
    if previous is not None:
        salt, generation = previous.directory.salt, previous.generation + 1
        blocks = previous.blocks(Seal(contents.key, contents.repository))
    sink.put(bytes(HEADER_SIZE))
    sections = []
    for draft in contents.drafts:
        old = None
        if previous is not None and draft.name in previous:
            old = Old(previous.directory.sections[draft.name], blocks)
        kind, count, parameter, entries = yield from encode(draft, old, sink, salt)
        sections.append((draft.name, kind, count, parameter, encode_entries(entries)))
    directory = pack((contents.membership, salt, sections))
    nonce, size = random(NONCE_SIZE), len(directory) + TAG_SIZE
    header = Header(contents.repository, generation, contents.mark, sink.end, size, nonce)
    sink.put(sink.seal.seal(nonce, directory, header_fields(header)))
    sink.finish(encode_header(header))
