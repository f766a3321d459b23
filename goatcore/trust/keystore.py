"""Key files: the workspace folder's `keys`, and this installation's key of its device there.

Owns both formats (FORMATS.md section 3, end) and is the only module of trust that touches a disk.
Invariant: a file is replaced as a whole or not at all, is readable by its owner alone, and a file
that is not understood is left as it is. Must never import storage, sync or items.
"""

from __future__ import annotations

import contextlib
import os
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from goatcore.errors import Damaged, DiskFailed, Malformed, NewerFormat, NotAGoatFile
from goatcore.ids import GroupId, MemberId, WorkspaceId, workspace_id
from goatcore.trust.records import founding_of
from goatcore.values import pack, unpack

KEYS_NAME: Final = "keys"
_KEYS_MAGIC: Final = b"goat keys "
_DEVICE_MAGIC: Final = b"goat device "
_VERSION: Final = b"1\n"
FILE_BYTES_MAX: Final = 16 << 20


class WorkspaceKeys(NamedTuple):
    """All that is secret of a workspace, beside the device's own keys."""

    workspace: WorkspaceId
    genesis: bytes
    naming: bytes  # 32; names repositories
    links: tuple[bytes, ...]  # 32 each, newest last; secure links between members
    epochs: tuple[tuple[GroupId, bytes], ...]  # 32 each, oldest first; seal bodies
    root: bytes | None  # the root key's seed; only where the workspace was founded


class DeviceSecrets(NamedTuple):
    """This installation's keys in one workspace."""

    sign: bytes  # Ed25519 seed, 32
    box: bytes  # X25519 private key, 32
    member: MemberId | None  # None until the device is somebody's
    earlier: bytes | None = None  # 64: sign and box of the device that this one takes the place of


def read_workspace_keys(folder: Path) -> WorkspaceKeys | None:
    """What `keys` in a workspace's folder says, or None without such a file. Raises
    `NotAGoatFile`, `NewerFormat`, `Damaged`, `DiskFailed`."""
    path = folder / KEYS_NAME
    data = _read(path, _KEYS_MAGIC)
    return None if data is None else _workspace_keys(path, data)


def write_workspace_keys(folder: Path, keys: WorkspaceKeys) -> None:
    """Replace `keys`. When this returns, the disk has it. Raises `DiskFailed`."""
    _write(folder / KEYS_NAME, _KEYS_MAGIC, pack(keys._asdict()))


def device_path(home: Path, workspace: WorkspaceId) -> Path:
    """Where the installation whose state folder is `home` keeps its keys in a workspace."""
    return home / "devices" / f"{workspace.hex()}.key"


def read_device(home: Path, workspace: WorkspaceId) -> DeviceSecrets | None:
    """This installation's keys in a workspace, or None if it has none yet. Raises as
    `read_workspace_keys`."""
    path = device_path(home, workspace)
    data = _read(path, _DEVICE_MAGIC)
    return None if data is None else _device(path, data)


def write_device(home: Path, workspace: WorkspaceId, device: DeviceSecrets) -> None:
    """Replace this installation's keys in a workspace. Raises `DiskFailed`."""
    path = device_path(home, workspace)
    try:
        missing = [folder for folder in path.parents if not folder.exists()]
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in missing or [path.parent]:
            _sync_folder(folder.parent)
    except OSError as error:
        raise _failed("make the folder", path.parent, error) from error
    _write(path, _DEVICE_MAGIC, pack(device._asdict()))


# -- meaning ---------------------------------------------------------------------------------------


def _workspace_keys(path: Path, data: bytes) -> WorkspaceKeys:
    match _map(path, data):
        case {
            "workspace": bytes(workspace),
            "genesis": bytes(genesis),
            "naming": bytes(naming),
            "links": list(links),
            "epochs": list(epochs),
            "root": (bytes() | None) as root,
            **rest,
        } if (
            not rest
            and len(naming) == 32
            and all(type(link) is bytes and len(link) == 32 for link in links)
            and all(_is_epoch(epoch) for epoch in epochs)
            and (root is None or len(root) == 32)
        ):
            pass
        case _:
            raise _damaged(path)
    try:
        founding = founding_of(genesis)
    except Malformed:
        raise _damaged(path) from None
    if workspace_id(genesis) != workspace or sha256(naming).digest() != founding.naming_hash:
        raise _damaged(path)
    pairs = tuple((GroupId(group), key) for group, key in epochs)
    return WorkspaceKeys(WorkspaceId(workspace), genesis, naming, tuple(links), pairs, root)


def _is_epoch(value: object) -> bool:
    match value:
        case [bytes(group), bytes(key)]:
            return len(group) == 16 and len(key) == 32
    return False


def _device(path: Path, data: bytes) -> DeviceSecrets:
    match _map(path, data):
        case {
            "sign": bytes(sign),
            "box": bytes(box),
            "member": (bytes() | None) as member,
            "earlier": (bytes() | None) as earlier,
            **rest,
        } if (
            not rest
            and len(sign) == len(box) == 32
            and (member is None or len(member) == 16)
            and (earlier is None or len(earlier) == 64)
        ):
            known = None if member is None else MemberId(member)
            return DeviceSecrets(sign, box, known, earlier)
    raise _damaged(path)


def _map(path: Path, data: bytes) -> object:
    try:
        return unpack(data)
    except Malformed:
        raise _damaged(path) from None


def _damaged(path: Path) -> Damaged:
    return Damaged(
        f"The key file {path} is damaged. Put back a copy of it, or join the workspace again."
    )


# -- disk ------------------------------------------------------------------------------------------


def _read(path: Path, magic: bytes) -> bytes | None:
    """The bytes after the version line; None if there is no file."""
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _failed("read", path, error) from error
    if not data.startswith(magic):
        raise NotAGoatFile(f"{path} is not a key file of Goat Notes; it is left as it is.")
    if not data.startswith(magic + _VERSION):
        raise NewerFormat(
            f"{path} was written by another version of Goat Notes. Install the newest version."
        )
    if len(data) > FILE_BYTES_MAX:
        raise _damaged(path)
    return data[len(magic + _VERSION) :]


def _write(path: Path, magic: bytes, data: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.unlink(missing_ok=True)  # of a start that was cut off
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(fresh, flags, 0o600), "wb") as file:
            file.write(magic + _VERSION + data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise _failed("write", path, error) from error


def _sync_folder(folder: Path) -> None:
    """Make a rename durable. Windows cannot open a folder so, and needs it less."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _failed(verb: str, path: Path, error: OSError) -> DiskFailed:
    return DiskFailed(f"Cannot {verb} {path}: {error.strerror or error}.")
