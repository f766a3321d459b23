"""A join: this computer enters a workspace with a code that somebody read out.

Owns the guest's side: finding the host, proving the code, storing what comes. Invariant: nothing is
left in the folder unless this device was let in; nothing is merged into a workspace that is here
already except by that workspace's own rules. The conversation is trust's `JoinGuest`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal

from goatcore.clock import Clock
from goatcore.database import Database
from goatcore.errors import GoatError, HandshakeFailed, Malformed, Refused, Unreachable
from goatcore.ids import WORKSPACE_GROUP, WorkspaceId
from goatcore.network.address import parse_address
from goatcore.network.conversation import Conversation
from goatcore.network.links import identity
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.file_mending import make_folder
from goatcore.transport.handshake import Initiator
from goatcore.transport.link import Link, dial
from goatcore.transport.refusal import Refusal
from goatcore.trust.arrival import Arrival
from goatcore.trust.invites import parse_code
from goatcore.trust.join_messages import Offer
from goatcore.trust.joining import GuestCalls, JoinGuest, Step
from goatcore.trust.keystore import (
    KEYS_NAME,
    DeviceSecrets,
    WorkspaceKeys,
    device_path,
    write_device,
    write_workspace_keys,
)
from goatcore.trust.records import DeviceAdd, InviteKind
from goatcore.trust.sealing import seal_name
from goatcore.trust.signing import DeviceKeys, verify

Random = Callable[[int], bytes]
Unsubscribe = Callable[[], None]
JoinState = Literal["looking", "connecting", "waiting", "receiving", "done", "failed"]

LOOK_S: Final = 60.0  # for a computer that shows the code
LOOK_STEP_S: Final = 0.1
LINGER_S: Final = 5.0  # for another way, after the one that was found led nowhere
ASK_AROUND_S: Final = 2.0  # then computers that do not show the number are asked what became of it
NOBODY: Final = (
    "No computer nearby shows this code. Both must be in the same network, with Goat Notes open; "
    "a firewall or guest Wi-Fi may keep them apart. Or type the other computer's address."
)


class Join:
    """One attempt to join. `wait` ends when it is over; `database` is there when it is done."""

    def __init__(
        self,
        code: str,
        *,
        folder: Path,
        home: Path,
        names: tuple[str, str],
        address: str | None,
        candidates: Callable[[int | None], list[tuple[str, int]]],
        known: Sequence[Database],
        clock: Clock,
        random: Random,
        on_joined: Callable[[Database, str, int], None],
        on_over: Callable[[Join], None],
    ) -> None:
        self.code = parse_code(code)
        self.state: JoinState = "looking"
        self.problem: str | None = None
        self.host: tuple[str, str] | None = None  # names of the member and device who share
        self.database: Database | None = None
        self.path: str | None = None  # of the notebook that was shared; None for all of them
        self._folder = folder
        self._home = home
        self._names = names
        self._address = None if address is None else parse_address(address)
        self._candidates = candidates
        self._known = {database.id: database for database in known}
        self._clock = clock
        self._random = random
        self._on_joined = on_joined
        self._on_over = on_over
        self._machine: JoinGuest | None = None
        self._secrets: DeviceSecrets | None = None
        self._talk: Conversation | None = None
        self._place = ("", 0)  # where the host answered
        self._asked: set[tuple[str, int]] = set()
        self._refusal: Refusal | None = None  # of the last dial
        self._task: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []

    def start(self) -> None:
        """Begin to look for the host."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def wait(self) -> Database:
        """Wait until it is over. Raises `Refused` with the reason if it failed."""
        await self._over.wait()
        if self.database is None:
            raise Refused(self.problem or "Joining failed.")
        return self.database

    def cancel(self) -> None:
        """Give up."""
        if self._over.is_set():
            return
        if self._machine is not None and self._talk is not None and not self._machine.over:
            self._machine.cancel()
            self._talk.carry_on()
        else:
            if self._task is not None:
                self._task.cancel()
            self._end("You cancelled.")

    @property
    def received(self) -> int:
        """Membership records that have come."""
        return 0 if self._machine is None else self._machine.received

    @property
    def expected(self) -> int | None:
        """How many will come; None before that is known."""
        return None if self._machine is None else self._machine.expected

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe:
        """Call back after every change."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    # -- finding the host --------------------------------------------------------------------------

    async def _run(self) -> None:
        try:
            link = await self._reach()
            calls = GuestCalls(self._keys, self._accept)
            self._machine = JoinGuest(self._names, link.session.id, calls, self._clock())
            self._talk = Conversation(self._machine, link, clock=self._clock, on_step=self._on_step)
            self._talk.start()
        except GoatError as error:
            self._end(str(error))
        except asyncio.CancelledError:
            self._end("You cancelled.")
            raise

    async def _reach(self) -> Link:
        """A secure link to the host: at the typed address, else to whoever shows the number. Of
        several computers with one number, the one that knows the words is the host."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        end = start + LOOK_S
        tried: set[tuple[str, int]] = set()
        failure: GoatError | None = None
        while loop.time() < end:
            places = [self._address] if self._address else self._candidates(self.code.number)
            if not places and not tried and loop.time() > start + ASK_AROUND_S:
                await self._ask_around()
            for place in places:
                if place in tried:
                    continue
                tried.add(place)
                self._go("connecting")
                try:
                    link = await self._dial(*place)
                    self._place = place
                    return link
                except GoatError as error:
                    end = min(end, loop.time() + LINGER_S)
                    if failure is None or not isinstance(error, Unreachable):
                        failure = error
            if isinstance(failure, HandshakeFailed) or (failure is not None and self._address):
                raise failure
            self._go("looking")
            await asyncio.sleep(LOOK_STEP_S)
        raise failure or Unreachable(NOBODY)

    async def _ask_around(self) -> None:
        """Nobody shows the number: a computer nearby may have shown it, and know why it is over."""
        for place in self._candidates(None):
            if place in self._asked:
                continue
            self._asked.add(place)
            with contextlib.suppress(Unreachable, Malformed):
                try:
                    (await self._dial(*place)).abandon("It was only asked for.")
                except HandshakeFailed:
                    if self._refusal in _OVER:
                        raise

    async def _dial(self, address: str, port: int) -> Link:
        passing = DeviceKeys(self._random(32), self._random(32))  # for this link only
        machine = Initiator.for_guest(
            self.code.number,
            self.code.secret.decode(),
            identity(passing),
            verify=verify,
            random=self._random,
        )
        try:
            return await dial(address, port, machine, clock=self._clock)
        finally:
            self._refusal = machine.refusal

    def _on_step(self) -> None:
        machine = self._machine
        assert machine is not None
        if machine.offer is not None:
            self.host = (machine.offer.member_name, machine.offer.device_name)
        if machine.step is Step.done:
            self._succeed()
        elif machine.step is Step.failed:
            self._end(machine.problem or "Joining failed.")
        else:
            self._go(_STATES[machine.step])

    # -- what the machine asks of this installation ------------------------------------------------

    def _keys(self, offer: Offer) -> DeviceKeys:
        known = self._known.get(offer.workspace)
        if known is not None:
            if offer.kind is InviteKind.device:
                raise Refused("This computer belongs to that workspace already.")
            return known.device
        if (self._folder / KEYS_NAME).exists():
            raise Refused(f"The folder {self._folder} is used by another workspace already.")
        self._secrets = DeviceSecrets(self._random(32), self._random(32), None)
        return DeviceKeys(self._secrets.sign, self._secrets.box)

    def _accept(self, arrival: Arrival) -> Sequence[bytes]:
        welcome = arrival.welcome
        self.path = welcome.path
        known = self._known.get(arrival.offer.workspace)
        if known is not None:
            known.members_here.admit(arrival.commits)
            known.members_here.store.flush_now()
            known.add_keys(list(welcome.epochs))
            self.database = known
            return []
        assert self._secrets is not None
        workspace = arrival.offer.workspace
        try:
            make_folder(FileDisk(), self._folder)
            write_device(self._home, workspace, self._secrets._replace(member=welcome.member))
            keys = WorkspaceKeys(
                workspace, welcome.genesis, welcome.naming, welcome.links, welcome.epochs, None
            )
            write_workspace_keys(self._folder, keys)
            database = Database.open(
                self._folder,
                home=self._home,
                clock=self._clock,
                random=self._random,
                member_name=self._names[0],
                device_name=self._names[1],
            )
        except (GoatError, OSError):
            self._clear(workspace)
            raise
        self.database = database
        members = database.members_here
        members.admit(arrival.commits)
        commits = []
        if database.device.author not in members.evaluation.devices:
            commits.append(members.record([self._device_add(arrival, database)]).raw)
        database.flush_now()
        return commits

    def _device_add(self, arrival: Arrival, database: Database) -> DeviceAdd:
        welcome = arrival.welcome
        epoch = database.keyring.newest(WORKSPACE_GROUP)
        assert epoch is not None
        assert welcome.endorser is not None
        assert welcome.endorsement is not None
        return DeviceAdd(
            welcome.member,
            arrival.keys.author,
            arrival.keys.box,
            welcome.endorser,
            welcome.endorsement,
            seal_name(self._names[1], epoch.key, self._random(12)),
        )

    def _clear(self, workspace: WorkspaceId) -> None:
        """Nothing half-joined stays behind."""
        with contextlib.suppress(OSError):
            (self._folder / KEYS_NAME).unlink(missing_ok=True)
            device_path(self._home, workspace).unlink(missing_ok=True)
            for log in self._folder.glob("*.goat"):
                log.unlink()
            (self._folder / "LOCK").unlink(missing_ok=True)
            self._folder.rmdir()

    # -- end ---------------------------------------------------------------------------------------

    def _succeed(self) -> None:
        database = self.database
        assert database is not None
        if database.id not in self._known:
            self._on_joined(database, *self._place)
        self.state = "done"
        self._finish()

    def _end(self, problem: str) -> None:
        if self._over.is_set():
            return
        database = self.database
        if database is not None and database.id not in self._known:
            self.database = None
            database.close()
            self._clear(database.id)
        self.state, self.problem = "failed", problem
        self._finish()

    def _finish(self) -> None:
        if self._talk is not None:
            self._talk.close()
        self._over.set()
        self._on_over(self)
        self._tell()

    def _go(self, state: JoinState) -> None:
        if state != self.state:
            self.state = state
            self._tell()
        elif state == "receiving":
            self._tell()

    def _tell(self) -> None:
        for callback in tuple(self._listeners):
            callback()


_OVER: Final = (Refusal.EXPIRED, Refusal.USED, Refusal.BURNED, Refusal.CANCELLED, Refusal.BUSY)
_STATES: Final[dict[Step, JoinState]] = {
    Step.connecting: "connecting",
    Step.waiting: "waiting",
    Step.receiving: "receiving",
    Step.finishing: "receiving",
}
