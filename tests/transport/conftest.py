"""Devices, workspaces and gates as the tests of the transport room use them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from goatcore.ids import AuthorKey, WorkspaceId
from goatcore.transport.handshake import Invitation, WorkspaceKeys
from goatcore.transport.noise import KeyPair
from goatcore.transport.proof import Identity
from goatcore.transport.refusal import Refusal

WORKSPACE = WorkspaceId(b"W" * 32)


def make_identity(seed: int) -> Identity:
    """A device whose keys follow from a number."""
    signing = SigningKey(seed.to_bytes(32, "big"))
    return Identity(
        AuthorKey(bytes(signing.verify_key)),
        lambda message: signing.sign(message).signature,
        KeyPair(seed.to_bytes(32, "little")),
    )


def verify(key: bytes, message: bytes, signature: bytes) -> bool:
    """Ed25519 as the program uses it."""
    try:
        VerifyKey(key).verify(message, signature)
    except BadSignatureError:
        return False
    return True


class House:
    """A gate with one or several workspaces, members and invitations, and a note of what it did."""

    def __init__(self, *workspaces: WorkspaceKeys) -> None:
        self.served = list(workspaces)
        self.members: set[AuthorKey] | None = None  # None: everybody
        self.invitations: dict[int, Invitation] = {}
        self.wrong_codes: list[int] = []
        self.asked: list[tuple[AuthorKey, WorkspaceId]] = []

    def workspaces(self) -> Iterable[WorkspaceKeys]:
        return list(self.served)

    def invitation(self, number: int) -> Invitation | None:
        return self.invitations.get(number)

    def why_closed(self, number: int) -> Refusal:
        return Refusal.BURNED if self.wrong_codes.count(number) == 3 else Refusal.INVITE

    def wrong_code(self, number: int) -> None:
        self.wrong_codes.append(number)
        if self.wrong_codes.count(number) == 3:
            del self.invitations[number]

    def admit(self, device: AuthorKey, workspace: WorkspaceId) -> bool:
        self.asked.append((device, workspace))
        return self.members is None or device in self.members


class Devices:
    """What a test needs to make handshakes."""

    workspace = WORKSPACE
    secret = b"s" * 32
    make_identity = staticmethod(make_identity)
    verify = staticmethod(verify)
    House = House

    def __init__(self) -> None:
        self.random: Callable[[int], bytes] = random.Random(5).randbytes
        self.guest = make_identity(1)
        self.host = make_identity(2)

    def keys(
        self,
        identity: Identity,
        *secrets: bytes,
        workspace: WorkspaceId = WORKSPACE,
    ) -> WorkspaceKeys:
        return WorkspaceKeys(workspace, secrets or (self.secret,), identity)


@pytest.fixture
def devices() -> Devices:
    return Devices()


@pytest.fixture
def run() -> Callable[[Coroutine[Any, Any, None]], None]:
    """Runs a coroutine on a fresh loop; fails if it hangs, or if the loop met an error."""

    def run(main: Coroutine[Any, Any, None]) -> None:
        errors: list[dict[str, Any]] = []

        async def limited() -> None:
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(lambda _, context: errors.append(context))
            async with asyncio.timeout(60):
                await main

        asyncio.run(limited())
        assert errors == []

    return run
