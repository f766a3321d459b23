"""The index between two starts: sealed, whole or not there."""

from __future__ import annotations

import os
from hashlib import shake_256

import pytest

from goatcore.ids import WorkspaceId
from goatcore.search.sidecar import (
    BLOCK_BYTES,
    MAGIC,
    open_image,
    read_sidecar,
    seal_image,
    sidecar_key,
    sidecar_path,
    write_sidecar,
)

SEED, SALT, FORM = b"s" * 32, b"t" * 32, b"form"
WORKSPACE = WorkspaceId(b"w" * 32)
KEY = sidecar_key(SEED, WORKSPACE, SALT)


def sealed(image):
    return b"".join(seal_image(image, FORM, KEY, SALT))


@pytest.fixture
def image():
    return b"SQLite format 3\0 compost" + shake_256(b"x").digest(BLOCK_BYTES + 5_000)


@pytest.mark.parametrize("size", [0, 1, BLOCK_BYTES, BLOCK_BYTES + 1, 2 * BLOCK_BYTES])
def test_an_image_comes_back(size):
    image = shake_256(b"y").digest(size)
    assert open_image(sealed(image), FORM, SEED, WORKSPACE) == image


def test_nothing_of_it_can_be_read(image):
    data = sealed(image)
    assert data.startswith(MAGIC)
    assert b"SQLite" not in data
    assert b"compost" not in data


def test_another_device_workspace_or_form_is_nothing(image):
    data = sealed(image)
    assert open_image(data, b"other", SEED, WORKSPACE) is None
    assert open_image(data, FORM, b"u" * 32, WORKSPACE) is None
    assert open_image(data, FORM, SEED, WorkspaceId(b"x" * 32)) is None


def test_a_damaged_file_is_nothing():
    data = sealed(b"image " * 20)
    for at in range(len(data)):
        damaged = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert open_image(damaged, FORM, SEED, WORKSPACE) is None, at
    for size in range(len(data)):
        assert open_image(data[:size], FORM, SEED, WORKSPACE) is None, size
    assert open_image(data + b"\0", FORM, SEED, WORKSPACE) is None


def test_a_file_that_was_cut_between_blocks_is_nothing(image):
    parts = list(seal_image(image, FORM, KEY, SALT))
    assert len(parts) == 5
    assert open_image(b"".join(parts[:3]), FORM, SEED, WORKSPACE) is None
    assert open_image(b"".join(parts[:1] + parts[3:]), FORM, SEED, WORKSPACE) is None
    swapped = parts[:1] + parts[3:] + parts[1:3]
    assert open_image(b"".join(swapped), FORM, SEED, WORKSPACE) is None


def test_it_is_kept_for_its_owner_alone(tmp_path):
    path = sidecar_path(tmp_path, WORKSPACE)
    assert read_sidecar(path, FORM, SEED, WORKSPACE) is None
    for image in (b"one", b"two"):
        write_sidecar(path, seal_image(image, FORM, KEY, SALT))
        assert read_sidecar(path, FORM, SEED, WORKSPACE) == image
    assert path.parent.parent == tmp_path
    assert [other.name for other in path.parent.iterdir()] == [path.name]
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_failed_writing_leaves_the_one_before(tmp_path):
    path = sidecar_path(tmp_path, WORKSPACE)
    write_sidecar(path, seal_image(b"one", FORM, KEY, SALT))

    def broken():
        yield b"some"
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        write_sidecar(path, broken())
    assert read_sidecar(path, FORM, SEED, WORKSPACE) == b"one"
    assert [other.name for other in path.parent.iterdir()] == [path.name]
