"""Finding other devices in the local network, and being found, by multicast DNS.

Owns the zeroconf instance, what this device announces and which announcements of others are known.
Invariant: nothing announced names a person, device, workspace or notebook; the instance name is
random and new at each start. A network that is missing or forbids multicast is a `problem`, never
an error. That a peer was killed is not noticed here: links have their own heartbeat. Does I/O.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Final, NamedTuple

import ifaddr
from zeroconf import Error as ZeroconfError
from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from goatcore.clock import Clock
from goatcore.transport.announcement import hour_of, read_txt, rotating_tag, write_txt

SERVICE: Final = "_goat._tcp.local."
POLL_S: Final = 5.0
KNOWN_MAX: Final = 256  # of others; more announcements than that are somebody's nonsense
_RECORD_LIFE_S: Final = 120
_RESOLVE_MS: Final = 3_000
_LOOPBACK: Final = "127.0.0.1"
_NO_NETWORK: Final = (
    "This computer is in no network. Connect it, or sync later: nothing is lost meanwhile."
)
_NO_MULTICAST: Final = (
    "This computer cannot look for others in the network: {reason}. Another program may forbid it."
    " You can still type the other computer's address."
)

# it warns, with tracebacks, of each interface that has no multicast: many machines have some
logging.getLogger("zeroconf").setLevel(logging.ERROR)


class Found(NamedTuple):
    """What another device announces."""

    name: str  # random: tells two announcements apart, and nothing else
    addresses: tuple[str, ...]  # IPv4 first; link-local IPv6 with its %zone
    port: int
    version: int
    tags: tuple[bytes, ...]
    invites: tuple[int, ...]


class _Offer(NamedTuple):
    port: int
    secrets: tuple[bytes, ...]
    invites: tuple[int, ...]


class Discovery:
    """Looks for others from `start` to `close`; is found itself from `announce` on."""

    def __init__(
        self,
        on_found: Callable[[Found], None],
        on_lost: Callable[[str], None],
        *,
        clock: Clock,
        random: Callable[[int], bytes],
        interfaces: str | Sequence[str] = "all",
        on_problem: Callable[[str | None], None] | None = None,
        poll_s: float = POLL_S,
        own_addresses: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        """`on_found` also for each change of what was found; `on_lost` gets the name.
        `interfaces`: "all", "loopback" or a list of this machine's addresses. `own_addresses`:
        where the machine's addresses come from, if not from the system."""
        self.name = random(8).hex()
        self.problem: str | None = None
        self._on_found = on_found
        self._on_lost = on_lost
        self._on_problem = on_problem
        self._clock = clock
        self._interfaces = [_LOOPBACK] if interfaces == "loopback" else interfaces
        self._poll_s = poll_s
        self._list_addresses = own_addresses or system_addresses
        self._addresses: tuple[str, ...] = ()
        self._offer: _Offer | None = None
        self._known: dict[str, Found | None] = {}  # None: being asked for its details
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._registered: AsyncServiceInfo | None = None
        self._announced: tuple[object, ...] = ()
        self._announced_count = 0
        self._broadcast: asyncio.Future[None] | None = None
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Future[None]] = set()
        self._poll: asyncio.Task[None] | None = None
        self._closed = False

    async def start(self) -> None:
        """Begin to look."""
        assert self._poll is None
        await self.look_again()
        self._poll = asyncio.get_running_loop().create_task(self._poll_for_ever())

    async def close(self) -> None:
        """Say goodbye and stop."""
        self._closed = True
        tasks = [*self._tasks, *([self._poll] if self._poll is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with self._turn:
            await self._stop()

    def announce(self, port: int, secrets: Sequence[bytes], invites: Sequence[int] = ()) -> None:
        """Let others find us, or change what they find. `secrets`: the link secret of each
        workspace served; their tags change each hour by themselves. Takes effect at once."""
        self._offer = _Offer(port, tuple(secrets), tuple(invites))
        if self._zeroconf is not None and not self._closed:
            self._spawn(self.look_again())

    async def look_again(self) -> None:
        """Bring everything in line with the present addresses, hour and offer. Called by itself
        every few seconds."""
        async with self._turn:
            if self._closed:
                return
            try:
                await self._settle_addresses()
                await self._settle_offer()
            except (OSError, RuntimeError, ZeroconfError) as error:
                await self._stop()
                self._forget_all()
                self._set_problem(_NO_MULTICAST.format(reason=str(error) or type(error).__name__))

    async def _poll_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._poll_s)
            await self.look_again()

    async def _settle_addresses(self) -> None:
        addresses = tuple(self._announced_addresses())
        if self._zeroconf is None:
            self._zeroconf = self._open()
            await self._zeroconf.zeroconf.async_wait_for_start()
        elif addresses == self._addresses:
            return
        else:
            await self._zeroconf.async_update_interfaces(self._interfaces_used())
            if self._browser is not None:
                await self._browser.async_cancel()
            self._browser = None
        self._addresses = addresses
        self._browser = AsyncServiceBrowser(
            self._zeroconf.zeroconf, SERVICE, handlers=[self._on_change]
        )
        alone = self._interfaces == "all" and addresses == (_LOOPBACK,)
        self._set_problem(_NO_NETWORK if alone else None)

    def _announced_addresses(self) -> Sequence[str]:
        if self._interfaces != "all":
            return self._interfaces
        return self._list_addresses() or (_LOOPBACK,)

    def _open(self) -> AsyncZeroconf:
        try:
            return AsyncZeroconf(interfaces=self._interfaces_used())
        except (OSError, RuntimeError):
            four = [
                interface for interface in self._interfaces_used() if isinstance(interface, str)
            ]
            return AsyncZeroconf(interfaces=four, ip_version=IPVersion.V4Only)

    def _interfaces_used(self) -> list[str | int]:
        return system_interfaces() if self._interfaces == "all" else list(self._interfaces)

    async def _settle_offer(self) -> None:
        if self._offer is None:
            return
        assert self._zeroconf is not None
        hour = hour_of(self._clock())
        announced = (self._offer, hour, self._addresses)
        if self._registered is not None and announced == self._announced:
            return
        tags = [rotating_tag(secret, hour) for secret in self._offer.secrets]
        info = AsyncServiceInfo(
            SERVICE,
            f"{self.name}.{SERVICE}",
            port=self._offer.port,
            properties=write_txt(tags, self._offer.invites, self._announced_count),
            server=f"{self.name}.local.",
            parsed_addresses=list(self._addresses),
            host_ttl=_RECORD_LIFE_S,
            other_ttl=_RECORD_LIFE_S,
        )
        if self._broadcast is not None:
            self._broadcast.cancel()  # it would go on to repeat what is no longer so
        if self._registered is None:
            # the name is random: no need to probe for a second for whether somebody has it
            sent = await self._zeroconf.async_register_service(info, cooperating_responders=True)
        else:
            sent = await self._zeroconf.async_update_service(info)
        self._registered, self._announced = info, announced
        self._announced_count += 1
        self._broadcast = asyncio.ensure_future(sent)
        self._keep(self._broadcast)

    def _on_change(
        self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        """What the browser calls, on the loop."""
        label = name.removesuffix(f".{SERVICE}")
        if self._closed or label == self.name:
            return
        if state_change is ServiceStateChange.Removed:
            if self._known.pop(label, None) is not None:
                self._on_lost(label)
        elif label in self._known or len(self._known) < KNOWN_MAX:
            self._known.setdefault(label, None)
            self._spawn(self._resolve(zeroconf, label))

    async def _resolve(self, zeroconf: Zeroconf, label: str) -> None:
        info = AsyncServiceInfo(SERVICE, f"{label}.{SERVICE}")
        if not info.load_from_cache(zeroconf):
            with contextlib.suppress(ZeroconfError, OSError):
                await info.async_request(zeroconf, _RESOLVE_MS)
        if label not in self._known:
            return
        announced = read_txt(info.properties)
        zones = [zone for zone in system_interfaces() if isinstance(zone, int)]
        addresses = dialable(info.parsed_scoped_addresses(), zones)
        if announced is None or not addresses or not info.port:
            if self._known[label] is None:
                del self._known[label]
            return
        found = Found(label, addresses, info.port, *announced)
        if self._known[label] != found:
            self._known[label] = found
            self._on_found(found)

    async def _stop(self) -> None:
        zeroconf, self._zeroconf = self._zeroconf, None
        self._browser = self._registered = None
        if zeroconf is not None:
            with contextlib.suppress(OSError, RuntimeError, ZeroconfError):
                await zeroconf.async_close()

    def _forget_all(self) -> None:
        known, self._known = self._known, {}
        for label, found in known.items():
            if found is not None:
                self._on_lost(label)

    def _set_problem(self, problem: str | None) -> None:
        if problem != self.problem:
            self.problem = problem
            if self._on_problem is not None:
                self._on_problem(problem)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        self._keep(asyncio.get_running_loop().create_task(work))

    def _keep(self, task: asyncio.Future[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def system_interfaces() -> list[str | int]:
    """Where to speak: each IPv4 address, and the number of each interface with IPv6. Loopback only
    by IPv4: multicast does not go over ::1."""
    interfaces: list[str | int] = [_LOOPBACK]
    for adapter in ifaddr.get_adapters():
        four = [address.ip for address in adapter.ips if isinstance(address.ip, str)]
        interfaces += [address for address in four if address != _LOOPBACK]
        six = [address.ip[0] for address in adapter.ips if not isinstance(address.ip, str)]
        if adapter.index is not None and any(address != "::1" for address in six):
            interfaces.append(adapter.index)
    return interfaces


def system_addresses() -> list[str]:
    """This machine's addresses besides loopback: IPv4, then IPv6. Those of IPv6 that reach no
    further than the cable stand in only where there is no other."""
    four: list[str] = []
    six: list[str] = []
    near: list[str] = []
    for adapter in ifaddr.get_adapters():
        for address in adapter.ips:
            if isinstance(address.ip, str):
                if not address.ip.startswith("127."):
                    four.append(address.ip)
            elif address.ip[0].startswith("fe80:"):
                near.append(address.ip[0])
            elif address.ip[0] != "::1":
                six.append(address.ip[0])
    return sorted(four) + sorted(six) or sorted(near)


def dialable(addresses: Sequence[str], zones: Sequence[int]) -> tuple[str, ...]:
    """An announcement's addresses as one can dial them: IPv4 first; loopback only if there is
    nothing else, as from another machine it leads to ourselves; IPv6 that reaches no further than
    the cable with the number of the interface, each of `zones` if it came without."""
    beyond = [address for address in addresses if not address.startswith("127.")]
    four = sorted(address for address in beyond or addresses if ":" not in address)
    six = sorted(address for address in beyond if ":" in address)
    far = [address for address in six if not address.startswith("fe80:")]
    near = [
        f"{address}%{zone}"
        for address, _, known_zone in (address.partition("%") for address in six)
        if address.startswith("fe80:")
        for zone in ([known_zone] if known_zone else zones)
    ]
    return (*four, *far, *dict.fromkeys(near))
