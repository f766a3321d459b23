"""Acquaintances: what is remembered of the other devices of one workspace.

Owns one file a workspace in the installation's state folder: when each device was linked last,
where it was reached, and how far it held this device's commits durably. Invariant: it is memory and
no truth; a file that is missing, damaged or another's is as if nobody had been met, and a disk that
refuses it costs the memory only. Knows no links. Must never import Qt.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from goatcore.ids import AuthorKey, RepositoryId, WorkspaceId

FOLDER: Final = "met"
FILE_BYTES_MAX: Final = 1 << 20
_MAGIC: Final = b"goat met 1\n"


class Place(NamedTuple):
    """Where a device answered."""

    address: str
    port: int


class Acquaintance(msgspec.Struct, array_like=True):
    """One device, as it was met."""

    seen_ms: int = 0
    address: str = ""
    port: int = 0
    held: dict[bytes, int] = {}  # the last of our own commits it held durably, by repository


class _Met(msgspec.Struct, array_like=True):
    mine: bytes  # the device that they were met by
    devices: dict[bytes, Acquaintance]


class Acquaintances:
    """The devices that were met since this workspace came to this installation."""

    def __init__(self, home: Path, workspace: WorkspaceId) -> None:
        self._path = home / FOLDER / f"{workspace.hex()}.met"
        self._mine = b""
        self._devices: dict[AuthorKey, Acquaintance] = {}
        self.changed = False  # since it was saved
        self._load()

    def met_by(self, mine: AuthorKey) -> None:
        """Says which device this one is; what others held of a former one counts no more."""
        if mine != self._mine:
            self._mine = mine
            for one in self._devices.values():
                one.held = {}
            self.changed = bool(self._devices)

    def __contains__(self, device: AuthorKey) -> bool:
        return device in self._devices

    def seen(self, devices: Iterable[AuthorKey], now_ms: int) -> None:
        """These are linked now, or were until now."""
        for device in devices:
            self._one(device).seen_ms = now_ms
            self.changed = True

    def reached(self, device: AuthorKey, place: Place) -> None:
        """A device answered there."""
        one = self._one(device)
        if (one.address, one.port) != place:
            one.address, one.port = place
            self.changed = True

    def acknowledged(self, device: AuthorKey, repository: RepositoryId, seq: int) -> None:
        """A device holds our own commits up to this one durably."""
        held = self._one(device).held
        if seq > held.get(repository, 0):
            held[repository] = seq
            self.changed = True

    def seen_ms(self, device: AuthorKey) -> int | None:
        """When it was linked last; None if it never was."""
        one = self._devices.get(device)
        return None if one is None or not one.seen_ms else one.seen_ms

    def place(self, device: AuthorKey) -> Place | None:
        """Where it was reached last."""
        one = self._devices.get(device)
        return Place(one.address, one.port) if one is not None and one.address else None

    def held(self, device: AuthorKey, repository: RepositoryId) -> int:
        """The last of our own commits in a repository that it held durably, as far as is known."""
        one = self._devices.get(device)
        return 0 if one is None else one.held.get(repository, 0)

    def save(self) -> None:
        """Writes what changed. That this fails hinders nobody."""
        if not self.changed:
            return
        self.changed = False
        data = _MAGIC + msgspec.msgpack.encode(
            _Met(self._mine, {bytes(key): one for key, one in self._devices.items()})
        )
        scratch = self._path.with_suffix(".new")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            number = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(number, "wb") as file:
                file.write(data)
            os.replace(scratch, self._path)

    def _load(self) -> None:
        with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
            if self._path.stat().st_size > FILE_BYTES_MAX:
                return
            magic, data = (raw := self._path.read_bytes())[: len(_MAGIC)], raw[len(_MAGIC) :]
            if magic == _MAGIC:
                met = msgspec.msgpack.decode(data, type=_Met)
                self._mine = met.mine
                self._devices = {AuthorKey(key): one for key, one in met.devices.items()}

    def _one(self, device: AuthorKey) -> Acquaintance:
        return self._devices.setdefault(device, Acquaintance())
