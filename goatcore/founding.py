"""Founding a workspace, and finding one's own device in it.

Owns what is written before a workspace's first commit: the device's keys, then the workspace's, so
that a crash in between leaves nothing that cannot be finished at the next open. Decides nothing
about members beyond the founder.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from goatcore.clock import Clock
from goatcore.errors import NotAGoatFile, NotAMember
from goatcore.ids import WORKSPACE_GROUP, AuthorKey, GroupId, MemberId, WorkspaceId, workspace_id
from goatcore.trust.keystore import (
    DeviceSecrets,
    WorkspaceKeys,
    read_device,
    read_workspace_keys,
    write_device,
    write_workspace_keys,
)
from goatcore.trust.records import (
    DeviceAdd,
    Founding,
    Genesis,
    endorsement_message,
    found,
    founding_of,
)
from goatcore.trust.sealing import Keyring, seal_name
from goatcore.trust.signing import DeviceKeys, SigningKey

Random = Callable[[int], bytes]


class Opened(NamedTuple):
    """The secrets of a workspace and of this device in it."""

    keys: WorkspaceKeys
    device: DeviceKeys
    member: MemberId | None
    earlier: DeviceKeys | None = None  # whose place the device took; to link with


def open_secrets(folder: Path, home: Path, clock: Clock, random: Random) -> Opened:
    """Read the secrets of the workspace in `folder`; found a new one in a folder without one.

    Raises `NotAGoatFile` for a folder that has logs but no keys, `NotAMember` for a workspace that
    this computer has not joined and cannot enter by itself.
    """
    keys = read_workspace_keys(folder)
    if keys is None:
        if any(folder.glob("*.goat")):
            raise NotAGoatFile(
                f"“{folder.name}” has notebooks but its file “keys” is missing. "
                "Put the file back from a backup of the folder."
            )
        return _new(folder, home, clock, random)
    secrets = read_device(home, keys.workspace)
    if secrets is None:
        if keys.root is None:
            raise NotAMember(
                f"“{folder.name}” belongs to a workspace that this computer has not joined. "
                "Join it with a code from one of its devices."
            )
        # a copy of the folder of somebody's own, unshared workspace: this becomes their device
        member = founding_of(keys.genesis).member
        secrets = DeviceSecrets(random(32), random(32), member)
        write_device(home, keys.workspace, secrets)
    device, earlier = DeviceKeys(secrets.sign, secrets.box), secrets.earlier
    before = None if earlier is None else DeviceKeys(earlier[:32], earlier[32:])
    return Opened(keys, device, secrets.member, before)


def _new(folder: Path, home: Path, clock: Clock, random: Random) -> Opened:
    root, naming = SigningKey(random(32)), random(32)
    member = MemberId(random(16))
    secrets = DeviceSecrets(random(32), random(32), member)
    device = DeviceKeys(secrets.sign, secrets.box)
    founding = Founding(
        root.public, member, device.author, device.box, sha256(naming).digest(), clock(), random(16)
    )
    genesis = founding.encode()
    epochs: tuple[tuple[GroupId, bytes], ...] = ((WORKSPACE_GROUP, random(32)),)
    keys = WorkspaceKeys(workspace_id(genesis), genesis, naming, (random(32),), epochs, root.seed)
    write_device(home, keys.workspace, secrets)
    write_workspace_keys(folder, keys)
    return Opened(keys, device, member)


def first_record(
    opened: Opened, names: tuple[str, str], keyring: Keyring, random: Random
) -> Genesis | DeviceAdd | None:
    """What this device must write to be somebody in the workspace, if it can: the genesis for the
    founding device, a device_add endorsed by the root key for a copied folder."""
    keys, device = opened.keys, opened.device
    epoch = keyring.newest(WORKSPACE_GROUP)
    if keys.root is None or epoch is None:
        return None
    root, founding = SigningKey(keys.root), founding_of(keys.genesis)
    member_name, device_name = (seal_name(name, epoch.key, random(12)) for name in names)
    if founding.device == device.author:
        return found(founding, root, member_name, device_name)
    message = endorsement_message(keys.workspace, founding.member, device.author, device.box)
    return DeviceAdd(
        founding.member, device.author, device.box, root.public, root.sign(message), device_name
    )


def successor(
    workspace: WorkspaceId, member: MemberId, old: DeviceKeys, sealed_name: bytes, random: Random
) -> tuple[DeviceSecrets, DeviceAdd]:
    """A new device of the member that `old` belongs to, and what it has to say first."""
    earlier = old.sign_seed + old.box_private
    secrets = DeviceSecrets(random(32), random(32), member, earlier)
    new = DeviceKeys(secrets.sign, secrets.box)
    endorsement = endorse(workspace, member, old, new.author, new.box)
    return secrets, DeviceAdd(member, new.author, new.box, old.author, endorsement, sealed_name)


def endorse(
    workspace: WorkspaceId, member: MemberId, by: DeviceKeys, device: AuthorKey, box: bytes
) -> bytes:
    """This device's word that another one belongs to the same member."""
    return by.sign(endorsement_message(workspace, member, device, box))
