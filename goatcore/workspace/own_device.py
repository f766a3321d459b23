"""The device that signs here: its names, its place among the members, and who comes after it.

Owns this installation's keys in one workspace. Invariant: while it is possible that somebody else
signed with them, nothing is signed with them here; a new device of the same member then takes the
place of the old one, as soon as the member is known.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from goatcore.errors import DiskFailed, InvalidValue
from goatcore.founding import Opened, first_record, successor
from goatcore.ids import WORKSPACE_GROUP, WorkspaceId
from goatcore.journaling import DraftJournal
from goatcore.members import Members
from goatcore.scheduling import Scheduler
from goatcore.trust.keystore import DeviceSecrets, write_device
from goatcore.trust.records import Rename
from goatcore.trust.sealing import Keyring, seal_name
from goatcore.trust.signing import DeviceKeys, Signer
from goatcore.workspace.problems import Problems

OLDER_FOLDER: Final = (
    "This folder is older than what this computer had written in it: it is a backup, or was "
    "damaged. What is missing comes back from your other devices."
)
COPIED: Final = (
    "Another computer writes as this one: the folder was copied together with its keys. Nothing is "
    "lost."
)
UNTIL_THEN: Final = "Until then it can only be read here."
GOES_ON: Final = "From now on this computer is a new device in it."


class OwnDevice:
    """This installation in one workspace."""

    def __init__(
        self,
        workspace: WorkspaceId,
        home: Path,
        opened: Opened,
        signer: Signer,
        names: tuple[str | None, str | None],
        members: Members,
        keyring: Keyring,
        journal: DraftJournal | None,
        scheduler: Scheduler,
        problems: Problems,
        random: Callable[[int], bytes],
    ) -> None:
        self._workspace = workspace
        self._home = home
        self._signer = signer
        self._earlier = opened.earlier
        self._member = opened.member
        self._names = names
        self._members = members
        self._keyring = keyring
        self._journal = journal
        self._scheduler = scheduler
        self._problems = problems
        self._random = random
        self._distrusted: str | None = None  # why nothing is signed with this device's key

    @property
    def keys(self) -> DeviceKeys:
        """The keys of this installation in this workspace."""
        return self._signer.keys

    @property
    def link_keys(self) -> DeviceKeys:
        """The keys that others know this installation by, to link with."""
        return self._earlier or self.keys

    # -- names -------------------------------------------------------------------------------------

    @property
    def names(self) -> tuple[str, str]:
        """The names of the member and the device, as this computer calls them."""
        member_name, device_name = self._names
        return member_name or _user_name(), device_name or _device_name()

    def rename(self, member_name: str, device_name: str) -> None:
        """Call oneself and this device by other names, for all members. Raises `InvalidValue`."""
        from goatcore.trust.join_messages import is_name

        if not (is_name(member_name) and is_name(device_name)):
            raise InvalidValue("A name is one line of 1 to 255 bytes.")
        epoch = self._keyring.newest(WORKSPACE_GROUP)
        assert epoch is not None
        self._names = (member_name, device_name)
        author, members = self.keys.author, self._members
        if self.names == (members.name_of(author), members.device_name(author)):
            return
        sealed = [seal_name(name, epoch.key, self._random(12)) for name in self.names]
        members.record([Rename(*sealed)])

    # -- its place among the members ---------------------------------------------------------------

    def enter(self, opened: Opened) -> None:
        """Be somebody in the workspace, if that can be said already. Raises `DiskFailed`."""
        known = self.keys.author in self._members.evaluation.devices
        store = self._members.store
        if store.is_behind:
            self.fall_behind()
        elif not known and not store.read_only and not store.lost:
            record = first_record(opened, self.names, self._keyring, self._random)
            if record is None:
                return  # a device that has joined: its admission arrives with the members' records
            self._members.record([record])
            store.flush_now()

    def known(self) -> None:
        """Somebody else holds all membership records: this device is known by its own keys. Raises
        `DiskFailed`."""
        if self._earlier is not None:
            keys = self.keys
            secrets = DeviceSecrets(keys.sign_seed, keys.box_private, self._member)
            write_device(self._home, self._workspace, secrets)
            self._earlier = None

    # -- who comes after it ------------------------------------------------------------------------

    def fall_behind(self) -> None:
        """A log is not what this device wrote last."""
        self._distrust(OLDER_FOLDER)
        self.go_on_as_another()

    def elsewhere(self) -> None:
        """Somebody else signed with this device's key."""
        self._distrust(COPIED)
        self._scheduler.later(0, self.go_on_as_another)

    def members_changed(self) -> None:
        """The member of a device that is distrusted may be known now."""
        if self._distrusted is not None:
            self._scheduler.later(0, self.go_on_as_another)

    def _distrust(self, why: str) -> None:
        """Sign nothing with this device's key from now on: what it signed elsewhere is not known
        here, so its chain would fork."""
        self._distrusted = why
        self._members.hindrance = f"{why} {UNTIL_THEN}"

    def go_on_as_another(self) -> None:
        """A new device of the same member takes the place of one whose key is distrusted, as soon
        as the member is known here."""
        members, old, why = self._members, self.keys, self._distrusted
        epoch = self._keyring.newest(WORKSPACE_GROUP)
        member = members.evaluation.member_of(old.author)
        if why is None:
            return
        if member is None or epoch is None or members.store.read_only:
            self._problems.say(f"{why} {UNTIL_THEN}")
            return
        sealed = seal_name(self.names[1], epoch.key, self._random(12))
        secrets, record = successor(self._workspace, member.id, old, sealed, self._random)
        try:
            self._signer.keys = DeviceKeys(secrets.sign, secrets.box)
            self._distrusted = members.hindrance = None
            members.record([record])
            members.store.flush_now()
            write_device(self._home, self._workspace, secrets)
            self._earlier, self._member = old, member.id
            if self._journal is not None:
                self._journal.hand_over(self.keys)
        except DiskFailed as error:
            self._signer.keys = old
            self._distrust(why)
            self._problems.on_error(error)
            return
        self._problems.say(f"{why} {GOES_ON}")


def _user_name() -> str:
    import getpass

    try:
        return getpass.getuser() or "Me"
    except (KeyError, OSError):  # no such user, or no environment
        return "Me"


def _device_name() -> str:
    import platform

    return platform.node() or "This computer"
