"""Discovery with real multicast DNS on the loopback interface, several devices in one process."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import ifaddr
import pytest
from zeroconf import DNSQuestionType
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from goatcore.transport import discovery as discovery_module
from goatcore.transport.announcement import hour_of, recognise, rotating_tag
from goatcore.transport.discovery import (
    SERVICE,
    Discovery,
    Found,
    dialable,
    system_addresses,
    system_interfaces,
)

NOW_MS = 1_700_000_000_000
HOUR_MS = 3_600_000
SECRET = b"s" * 32
OTHER = b"o" * 32


class Device:
    """A discovery and what it said."""

    def __init__(self, seed: int, **options: Any) -> None:
        self.now_ms = NOW_MS
        self.found: dict[str, Found] = {}
        self.calls: list[Found] = []
        self.lost: list[str] = []
        self.problems: list[str | None] = []
        self._changed = asyncio.Event()
        self.discovery = Discovery(
            self._on_found,
            self._on_lost,
            clock=lambda: self.now_ms,
            random=random.Random(seed).randbytes,
            interfaces=options.pop("interfaces", "loopback"),
            on_problem=self.problems.append,
            poll_s=3600.0,
            **options,
        )

    def _on_found(self, found: Found) -> None:
        self.found[found.name] = found
        self.calls.append(found)
        self._changed.set()

    def _on_lost(self, name: str) -> None:
        del self.found[name]
        self.lost.append(name)
        self._changed.set()

    async def until(self, condition: Any) -> None:
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    async def __aenter__(self) -> Device:
        await self.discovery.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.discovery.close()

    @property
    def name(self) -> str:
        return self.discovery.name


def test_two_devices_find_each_other_and_recognise_their_workspace(run: Any) -> None:
    async def main() -> None:
        async with Device(101) as first, Device(102) as second:
            first.discovery.announce(4001, [SECRET])
            second.discovery.announce(4002, [OTHER, SECRET])
            await first.until(lambda: second.name in first.found)
            await second.until(lambda: first.name in second.found)
            assert second.found[first.name] == Found(
                first.name, ("127.0.0.1",), 4001, 1, (rotating_tag(SECRET, hour_of(NOW_MS)),), ()
            )
            seen = first.found[second.name]
            assert (seen.port, seen.addresses) == (4002, ("127.0.0.1",))
            assert recognise(seen.tags, [SECRET], NOW_MS) == [0]
            assert first.name not in first.found
            assert first.problems == second.problems == []

    run(main())


def test_one_that_comes_later_finds_the_one_that_is_there(run: Any) -> None:
    async def main() -> None:
        async with Device(111) as first:
            first.discovery.announce(4001, [SECRET])
            async with Device(112) as second:
                await second.until(lambda: first.name in second.found)

    run(main())


def test_an_open_invitation_is_seen_and_its_end_too(run: Any) -> None:
    async def main() -> None:
        async with Device(121) as host, Device(122) as guest:
            host.discovery.announce(4001, [SECRET])
            await guest.until(lambda: host.name in guest.found)
            assert guest.found[host.name].invites == ()
            host.discovery.announce(4001, [SECRET], [7])
            await guest.until(lambda: guest.found[host.name].invites == (7,))
            host.discovery.announce(4001, [SECRET])
            await guest.until(lambda: guest.found[host.name].invites == ())
            assert guest.lost == []

    run(main())


def test_the_tags_change_with_the_hour_by_themselves(run: Any) -> None:
    async def main() -> None:
        async with Device(131) as first, Device(132) as second:
            first.discovery.announce(4001, [SECRET])
            await second.until(lambda: first.name in second.found)
            first.now_ms += HOUR_MS
            await first.discovery.look_again()
            tag = rotating_tag(SECRET, hour_of(NOW_MS) + 1)
            await second.until(lambda: second.found[first.name].tags == (tag,))
            assert [found.tags[0] for found in second.calls if found.name == first.name] == [
                rotating_tag(SECRET, hour_of(NOW_MS)),
                tag,
            ]

    run(main())


def test_one_that_says_goodbye_is_lost(run: Any) -> None:
    async def main() -> None:
        async with Device(141) as stays:
            async with Device(142) as leaves:
                leaves.discovery.announce(4001, [SECRET])
                await stays.until(lambda: leaves.name in stays.found)
            await stays.until(lambda: leaves.name in stays.lost)
            assert leaves.name not in stays.found

    run(main())


def test_what_is_announced_names_nobody(run: Any) -> None:
    async def main() -> None:
        async with Device(151) as first, Device(152) as second:
            first.discovery.announce(4001, [SECRET], [7])
            await second.until(lambda: first.name in second.found)
            zeroconf = AsyncZeroconf(interfaces=["127.0.0.1"])
            try:
                info = AsyncServiceInfo(SERVICE, f"{first.name}.{SERVICE}")
                assert await info.async_request(
                    zeroconf.zeroconf, 3000, question_type=DNSQuestionType.QM
                )
            finally:
                await zeroconf.async_close()
            assert info.server == f"{first.name}.local."
            assert set(info.properties) == {b"v", b"n", b"t", b"i"}
            assert len(first.name) == 16
            assert int(first.name, 16) >= 0
            assert SECRET not in info.text

    run(main())


def test_each_start_has_another_name() -> None:
    async def main() -> None:
        assert len({Device(seed).name for seed in range(50)}) == 50

    asyncio.run(main())


def test_what_others_announce_wrongly_is_left_out(run: Any) -> None:
    async def main() -> None:
        zeroconf = AsyncZeroconf(interfaces=["127.0.0.1"])
        try:
            async with Device(161) as device, Device(162) as good:
                for name, properties in (
                    ("noversion", {b"t": b"x" * 8}),
                    ("strange", {b"v": b"one"}),
                    ("later", {b"v": b"9", b"z": b"?"}),
                ):
                    info = AsyncServiceInfo(
                        SERVICE, f"{name}.{SERVICE}", port=9, properties=properties,
                        server=f"{name}.local.", parsed_addresses=["127.0.0.1"],
                    )  # fmt: skip
                    await (await zeroconf.async_register_service(info, cooperating_responders=True))
                good.discovery.announce(4001, [SECRET])
                await device.until(lambda: {"later", good.name} <= set(device.found))
                assert device.found["later"].version == 9
                assert "noversion" not in device.found
                assert "strange" not in device.found
        finally:
            await zeroconf.async_close()

    run(main())


def test_new_addresses_are_announced_and_looked_at(run: Any) -> None:
    async def main() -> None:
        addresses = ["127.0.0.1"]
        async with (
            Device(171, interfaces="all", own_addresses=lambda: list(addresses)) as first,
            Device(172) as second,
        ):
            first.discovery.announce(4001, [SECRET])
            await second.until(lambda: first.name in second.found)
            browser = first.discovery._browser
            addresses.append("127.0.0.2")
            await first.discovery.look_again()
            await second.until(
                lambda: second.found[first.name].addresses == ("127.0.0.1", "127.0.0.2")
            )
            assert first.discovery._browser is not browser
            second.discovery.announce(4002, [SECRET])
            await first.until(lambda: second.name in first.found)

    run(main())


def test_no_network_is_a_problem_in_words_until_there_is_one(run: Any) -> None:
    async def main() -> None:
        addresses: list[str] = []
        device = Device(181, interfaces="all", own_addresses=lambda: list(addresses))
        async with device:
            device.discovery.announce(4001, [SECRET])
            assert device.discovery.problem is not None
            assert device.discovery.problem.startswith("This computer is in no network.")
            addresses.append("192.0.2.7")
            await device.discovery.look_again()
            assert device.discovery.problem is None
            assert [problem is None for problem in device.problems] == [False, True]

    run(main())


def test_a_system_that_forbids_multicast_fails_nothing_and_is_tried_again(
    run: Any, monkeypatch: Any
) -> None:
    async def main() -> None:
        real = discovery_module.AsyncZeroconf

        def refuse(**options: Any) -> AsyncZeroconf:
            raise OSError(1, "Operation not permitted")

        monkeypatch.setattr(discovery_module, "AsyncZeroconf", refuse)
        async with Device(191) as device, Device(192) as other:
            device.discovery.announce(4001, [SECRET])
            assert device.discovery.problem is not None
            assert "Operation not permitted" in device.discovery.problem
            assert "type the other computer's address" in device.discovery.problem
            monkeypatch.setattr(discovery_module, "AsyncZeroconf", real)
            await other.discovery.look_again()
            await device.discovery.look_again()
            assert device.discovery.problem is None
            await other.until(lambda: device.name in other.found)

    run(main())


def _adapters(*addresses: str | tuple[str, int, int]) -> Any:
    return lambda: [
        ifaddr.Adapter("net", "net", [ifaddr.IP(address, 24, "net")], index=3)
        for address in addresses
    ]


def test_the_systems_addresses_leave_out_loopback_and_prefer_those_that_reach_far(
    monkeypatch: Any,
) -> None:
    every = ("fe80::1", 0, 3), ("2001:db8::1", 0, 0), "192.0.2.9", "127.0.0.1", ("::1", 0, 0)
    for adapters, addresses, interfaces in (
        (every, ["192.0.2.9", "2001:db8::1"], ["127.0.0.1", 3, 3, "192.0.2.9"]),
        ((every[0], every[3]), ["fe80::1"], ["127.0.0.1", 3]),
        ((every[3], every[4]), [], ["127.0.0.1"]),
    ):
        monkeypatch.setattr(discovery_module.ifaddr, "get_adapters", _adapters(*adapters))
        assert system_addresses() == addresses
        assert system_interfaces() == interfaces


@pytest.mark.parametrize(
    ("announced", "expected"),
    [
        (["127.0.0.1"], ["127.0.0.1"]),
        (["127.0.0.1", "192.0.2.7", "192.0.2.10"], ["192.0.2.10", "192.0.2.7"]),
        (["fe80::1", "2001:db8::1", "192.0.2.7"],
         ["192.0.2.7", "2001:db8::1", "fe80::1%3", "fe80::1%5"]),
        (["fe80::1%5", "fe80::1"], ["fe80::1%3", "fe80::1%5"]),
        (["127.0.0.1", "fe80::1%5"], ["fe80::1%5"]),
        ([], []),
    ],
)  # fmt: skip
def test_addresses_come_as_one_can_dial_them(announced: list[str], expected: list[str]) -> None:
    assert dialable(announced, [3, 5]) == tuple(expected)


def test_a_loopback_address_beside_others_is_not_for_us(run: Any) -> None:
    async def main() -> None:
        addresses = ["127.0.0.1", "192.0.2.77"]
        async with (
            Device(201, interfaces="all", own_addresses=lambda: list(addresses)) as first,
            Device(202) as second,
        ):
            first.discovery.announce(4001, [SECRET])
            await second.until(lambda: first.name in second.found)
            assert second.found[first.name].addresses == ("192.0.2.77",)

    run(main())
