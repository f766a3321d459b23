"""The people of a notebook, their devices, and what the panel says of them.

Owns what is said of each device: who is here, since when not, what it lacks, which way to it failed
and why. Reads goatcore, writes nothing. Must never import Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from goatcore import Role
from ui.engine_words import told_by
from ui.language import counted, tr
from ui.models.names import shown_name
from ui.models.note_words import age_words
from ui.models.places import Place
from ui.operations.notebooks import name_of
from ui.operations.schemas import NOTES_PATH

HERE, LINKED, AWAY = "here", "linked", "away"
JUST_MS = 60_000


class DeviceRow(NamedTuple):
    """One device; `problem` is why it is not reached."""

    name: str
    state: str
    seen: str
    held: str = ""
    problem: str = ""
    detail: str = ""  # for the curious

    @property
    def spoken(self) -> str:
        """All of it, for those who cannot see it."""
        return ", ".join(filter(None, (self.name, self.seen, self.held, self.problem)))


class PersonRow(NamedTuple):
    """One member, with the roles that one may give to them."""

    id: bytes
    name: str
    me: bool
    does: str  # their role, or the notebooks they have, in words
    role: Role | None
    gives: tuple[Role, ...]
    devices: tuple[DeviceRow, ...]


class PeopleView(NamedTuple):
    """All that the panel shows."""

    place: str
    people: tuple[PersonRow, ...] = ()
    addable: tuple[PersonRow, ...] = ()  # in the workspace, and without this notebook
    alone: bool = True  # nobody else has it
    nobody: bool = False  # others have it, and none of them is linked
    ways: tuple[str, ...] = ()  # why not
    can_share: bool = False
    can_reach: bool = False


def role_words(role: Role) -> str:
    """What a role lets somebody do."""
    return {
        Role.viewer: tr("Can read"),
        Role.editor: tr("Can read and write"),
        Role.admin: tr("Can also invite others"),
        Role.owner: tr("Owner"),
    }[role]


def people_view(
    databases: Sequence[Any], network: Any | None, place: Place, now_ms: int
) -> PeopleView:
    """What the panel shows for a notebook, or for everything."""
    if place.is_notebook:
        database = next(one for one in databases if one.id == place.workspace)
        return _of_notebook(database, network, place, now_ms)
    people: list[PersonRow] = []
    ways: list[str] = []
    for database in databases:
        statuses = _statuses(database, network, None)
        found = [
            _person(member, statuses, now_ms, _notebooks_of(database, member), None, ())
            for member in database.members()
        ]
        if len(databases) == 1 or len(found) > 1 or len(found[0].devices) > 1:
            people += found
            ways += _ways(database, network, statuses)
    others = [row for row in people if not row.me or len(row.devices) > 1]
    return PeopleView(
        tr("All notebooks"), tuple(people), (), not others, _nobody(others),
        tuple(dict.fromkeys(ways)) if _nobody(others) else (),
    )  # fmt: skip


def _of_notebook(database: Any, network: Any | None, place: Place, now_ms: int) -> PeopleView:
    infos = {info.path: info for info in database.repositories()}
    group = infos[place.path].group if place.path in infos else None
    statuses = _statuses(database, network, place.path)
    people: list[PersonRow] = []
    addable: list[PersonRow] = []
    for member in database.members():
        role = member.roles.get(group)
        gives = database.roles_to_give(place.path, member.id)
        if role is not None:
            row = _person(member, statuses, now_ms, role_words(role), role, gives)
            people.append(row)
        elif gives:
            addable.append(_person(member, statuses, now_ms, "", None, gives))
    others = [row for row in people if not row.me or len(row.devices) > 1]
    nobody = _nobody(others)
    mine = next((row.role for row in people if row.me), None)
    return PeopleView(
        place.name, tuple(people), tuple(addable), not others, nobody,
        tuple(_ways(database, network, statuses)) if nobody else (),
        network is not None and mine is not None and mine >= Role.admin,
        network is not None and bool(others),
    )  # fmt: skip


def _statuses(database: Any, network: Any | None, path: str | None) -> dict[Any, Any]:
    return {} if network is None else {one.device: one for one in network.devices(database, path)}


def _person(
    member: Any,
    statuses: dict[Any, Any],
    now_ms: int,
    does: str,
    role: Role | None,
    gives: tuple[Role, ...],
) -> PersonRow:
    devices = [
        _device(device, statuses.get(device.key), now_ms, me=member.me) for device in member.devices
    ]
    order = {HERE: 0, LINKED: 1, AWAY: 2}
    devices.sort(key=lambda row: (order[row.state], row.name.casefold()))
    name = shown_name(member.name)
    return PersonRow(member.id, name, member.me, does, role, gives, tuple(devices))


def _device(device: Any, status: Any | None, now_ms: int, *, me: bool) -> DeviceRow:
    name = shown_name(device.name, tr("A device without a name"))
    key = tr("Fingerprint of its key: {}").format(fingerprint(device.key))
    if status is None:
        return DeviceRow(name, AWAY, tr("There is no network now"), detail=key)
    if status.here:
        return DeviceRow(name, HERE, tr("This computer"), detail=key)
    held = ""
    if status.missing is not None:
        held = (
            counted("{n} change to come", "{n} changes to come", status.missing)
            if status.missing
            else tr("Has everything")
        )
    if status.connected:
        link = tr("Linked directly, and encrypted, at {}").format(status.address)
        return DeviceRow(name, LINKED, tr("Here now"), held, detail=f"{link}\n{key}")
    problem = told_by(status.problem) if status.problem else ""
    reached = tr("Reached last at {}").format(status.address) if status.address else ""
    detail = "\n".join(filter(None, (problem, reached, key)))
    return DeviceRow(name, AWAY, seen_words(status.seen_ms, now_ms), held, problem, detail)


def seen_words(seen_ms: int | None, now_ms: int) -> str:
    """When a device that is not linked was."""
    if seen_ms is None:
        return tr("Not met yet")
    if -JUST_MS < now_ms - seen_ms < JUST_MS:
        return tr("Was here just now")
    return tr("Last here: {}").format(age_words(seen_ms, now_ms))


def fingerprint(key: bytes) -> str:
    """A device's key, short enough to be compared by eye: 16 hexadecimal digits in groups."""
    digits = sha256(key).hexdigest()[:16].upper()
    return " ".join(digits[at : at + 4] for at in range(0, 16, 4))


def _nobody(others: Sequence[PersonRow]) -> bool:
    return bool(others) and not any(
        device.state == LINKED for person in others for device in person.devices
    )


def _ways(database: Any, network: Any | None, statuses: dict[Any, Any]) -> list[str]:
    """Which way to the others failed, and why."""
    if network is None:
        return [tr("There is no network now.")]
    if network.problem:
        return [told_by(network.problem), *_tried(database, network)]
    found = _tried(database, network)
    if any(one.nearby for one in network.attempts(database)):
        return found
    looked = tr(
        "None of their devices is found in this network. Goat Notes has to be open there, too; a "
        "firewall or a guest Wi-Fi may keep computers apart."
    )
    return [looked, *found]


def _tried(database: Any, network: Any) -> list[str]:
    said = []
    for one in network.attempts(database):
        if one.problem is None:
            said.append(tr("Trying {}…").format(one.address))
        elif one.nearby:
            words = tr("A computer nearby, {}, could not be linked: {}")
            said.append(words.format(one.address, told_by(one.problem)))
        else:
            said.append(told_by(one.problem))
    return said


def _notebooks_of(database: Any, member: Any) -> str:
    """The notebooks that a member has, by name."""
    names = [
        name_of(database.repository(info.path))
        for info in database.repositories()
        if info.path.startswith(NOTES_PATH) and info.group in member.roles
    ]
    return ", ".join(sorted(names, key=str.casefold)) or tr("No notebook")
