"""What goes over a link before messages flow: who is there, and do they share a secret.

Owns the two machines, `Initiator` and `Responder`. A machine takes each packet of the peer by
`receive`, hands out what to send by `take_outgoing`, and has a `session` once both sides are sure
of each other. Invariant: no session without a shared secret, a device proved on both sides and, in
member mode, admitted on both sides; a machine that raised is over. Sans-I/O: randomness, signatures
and admission are injected. Must never import asyncio, sockets or time.

    member:  01 | hint 8 | Noise 1  →      join:  02 | number u16 | code message  →
                            ←  Noise 2                              ←  code message
             Noise 3  →                            Noise 1  →       ←  Noise 2
                            ←  accept              Noise 3  →       ←  accept
    either side, instead of any packet: refusal 00 | reason
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from hashlib import blake2b
from typing import Final, NamedTuple, Protocol

from goatcore.errors import Closed, HandshakeFailed, Malformed
from goatcore.ids import AuthorKey, WorkspaceId
from goatcore.transport.code import MESSAGE_SIZE as CODE_MESSAGE_SIZE
from goatcore.transport.code import CodeExchange
from goatcore.transport.noise import KEY_SIZE, TAG_SIZE, CipherState, HandshakeState, KeyPair
from goatcore.transport.proof import Identity, Verify, check_proof, prove
from goatcore.transport.refusal import (
    Refusal,
    is_refusal,
    read_refusal,
    refuse,
    refused,
    write_refusal,
)

Random = Callable[[int], bytes]
Admit = Callable[[AuthorKey, WorkspaceId], bool]

HINT_SIZE: Final = 8
SECRETS_ACCEPTED: Final = 8  # of each workspace, the newest
INVITE_MAX: Final = 0xFFFF
_CONTEXT: Final = b"goat/link/1\0"


class Mode(IntEnum):
    """The first byte on every link."""

    MEMBER = 1
    JOIN = 2
    RELAY = 3  # reserved: refused


class WorkspaceKeys(NamedTuple):
    """What a link of one workspace needs."""

    workspace: WorkspaceId
    secrets: Sequence[bytes]  # link secrets, 32 bytes each, the newest last
    identity: Identity  # this device in that workspace


class Invitation(NamedTuple):
    """An invitation that is open on this host."""

    words: str
    identity: Identity


class Gate(Protocol):
    """What a responder asks. Each is asked anew at each step, so that what has been burnt or
    cancelled meanwhile does not let anybody in."""

    def workspaces(self) -> Iterable[WorkspaceKeys]:
        """The workspaces served."""

    def invitation(self, number: int) -> Invitation | None:
        """The open invitation of this number."""

    def why_closed(self, number: int) -> Refusal:
        """Why an invitation is not open to a newcomer."""

    def wrong_code(self, number: int) -> None:
        """Somebody tried this invitation with wrong words; called before the peer is told."""

    def admit(self, device: AuthorKey, workspace: WorkspaceId) -> bool:
        """Whether the device, which has proved its key, may speak in the workspace."""


class Session(NamedTuple):
    """What a handshake ends in."""

    id: bytes  # 32: the handshake hash, equal on both sides and on no other link
    mode: Mode
    initiator: bool  # this side dialled
    peer: AuthorKey  # the peer's device key, proved
    send: CipherState
    receive: CipherState
    workspace: WorkspaceId | None  # in member mode
    secret_index: int | None  # in member mode: which of the workspace's secrets
    invite: int | None  # in join mode


class Handshake:
    """What both machines share: the packets waiting to go out and the end, good or bad."""

    __slots__ = (
        "_expect", "_noise", "_outgoing", "_random", "_verify", "invite", "mode", "refusal",
        "secret_index", "session", "workspace",
    )  # fmt: skip

    def __init__(self, *, verify: Verify, random: Random) -> None:
        self._verify = verify
        self._random = random
        self._outgoing: list[bytes] = []
        self._expect: Callable[[bytes], None] | None = None
        self._noise: HandshakeState | None = None
        self.session: Session | None = None
        self.refusal: Refusal | None = None  # why it ended, said or heard; None: not by a refusal
        self.mode: Mode | None = None
        self.workspace: WorkspaceId | None = None
        self.secret_index: int | None = None
        self.invite: int | None = None

    def take_outgoing(self) -> list[bytes]:
        """Packets to send, in order; also after `receive` raised: the peer is told why."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def receive(self, packet: bytes) -> None:
        """The peer's next packet. Raises Malformed or HandshakeFailed, and is over then; `refusal`
        has the reason where there is a known one. Raises Closed when called after the end."""
        if self._expect is None:
            raise Closed("This handshake is over.")
        step, self._expect = self._expect, None
        if is_refusal(packet):
            self.refusal = read_refusal(packet)
            raise refused(self.refusal)
        step(packet)

    def _refuse(self, reason: Refusal) -> HandshakeFailed:
        self.refusal = reason
        self._outgoing.append(write_refusal(reason))
        return refuse(reason)

    def _start_noise(self, identity: Identity, psk: bytes, *, initiator: bool) -> HandshakeState:
        assert self.mode is not None
        self._noise = HandshakeState(
            initiator=initiator,
            static=identity.static,
            ephemeral=KeyPair(self._random(KEY_SIZE)),
            psk=psk,
            prologue=_CONTEXT + bytes((self.mode,)),
        )
        return self._noise

    def _write_proof(self, noise: HandshakeState, identity: Identity, *, initiator: bool) -> None:
        keys = noise.write_keys()
        proof = prove(identity, noise.hash, initiator=initiator)
        self._outgoing.append(keys + noise.write_payload(proof))

    def _read_proof(
        self, noise: HandshakeState, packet: bytes, *, initiator: bool, admit: Admit
    ) -> AuthorKey:
        sealed = noise.read_keys(packet)
        before = noise.hash
        payload = noise.read_payload(sealed)
        assert noise.remote_static is not None
        peer = check_proof(
            payload, before, noise.remote_static, initiator=initiator, verify=self._verify
        )
        if peer is None:
            raise self._refuse(Refusal.PROOF)
        if self.workspace is not None and not admit(peer, self.workspace):
            raise self._refuse(Refusal.DEVICE)
        return peer

    def _open(self, noise: HandshakeState, peer: AuthorKey, *, initiator: bool) -> Session:
        assert self.mode is not None
        send, receive = noise.split()
        return Session(
            noise.hash, self.mode, initiator, peer, send, receive,
            self.workspace, self.secret_index, self.invite,
        )  # fmt: skip


class Initiator(Handshake):
    """The side that dialled. `for_member` and `for_guest` make it, its first packet ready."""

    __slots__ = ("_admit", "_code", "_identity", "_opening")

    def __init__(self, identity: Identity, *, verify: Verify, admit: Admit, random: Random) -> None:
        super().__init__(verify=verify, random=random)
        self._identity = identity
        self._admit = admit
        self._code: CodeExchange | None = None
        self._opening: Session | None = None

    @classmethod
    def for_member(
        cls,
        keys: WorkspaceKeys,
        *,
        admit: Admit,
        verify: Verify,
        random: Random,
        secret_index: int | None = None,
    ) -> Initiator:
        """Speak to a member of a workspace. `secret_index`: which of its link secrets; the newest
        unless told (when the peer refuses it with Refusal.WORKSPACE, an older one may do)."""
        self = cls(keys.identity, verify=verify, admit=admit, random=random)
        self.mode = Mode.MEMBER
        self.workspace = keys.workspace
        self.secret_index = len(keys.secrets) - 1 if secret_index is None else secret_index
        psk = keys.secrets[self.secret_index]
        first = self._start_noise(keys.identity, psk, initiator=True).write_message()
        self._outgoing.append(bytes((Mode.MEMBER,)) + _hint(psk, first[:KEY_SIZE]) + first)
        self._expect = self._on_second
        return self

    @classmethod
    def for_guest(
        cls, number: int, words: str, identity: Identity, *, verify: Verify, random: Random
    ) -> Initiator:
        """Join by the code `number`-`words`, as the device that `identity` will be. Takes 3 ms."""
        assert 0 <= number <= INVITE_MAX
        self = cls(identity, verify=verify, admit=_admit_nobody, random=random)
        self.mode = Mode.JOIN
        self.invite = number
        self._code = CodeExchange(words, guest=True, random=random)
        self._outgoing.append(bytes((Mode.JOIN,)) + number.to_bytes(2, "big") + self._code.message)
        self._expect = self._on_code
        return self

    def _on_code(self, packet: bytes) -> None:
        assert self._code is not None
        psk = self._code.secret(packet)
        noise = self._start_noise(self._identity, psk, initiator=True)
        self._outgoing.append(noise.write_message())
        self._expect = self._on_second

    def _on_second(self, packet: bytes) -> None:
        assert self._noise is not None
        try:
            peer = self._read_proof(self._noise, packet, initiator=False, admit=self._admit)
        except HandshakeFailed:
            if self.mode is Mode.JOIN and self.refusal is None:
                self.refusal = Refusal.CODE
                raise refused(Refusal.CODE) from None
            raise
        self._write_proof(self._noise, self._identity, initiator=True)
        self._opening = self._open(self._noise, peer, initiator=True)
        self._expect = self._on_accept

    def _on_accept(self, packet: bytes) -> None:
        assert self._opening is not None
        if len(packet) != TAG_SIZE:
            raise Malformed("The packet that accepts a link does not have 16 bytes.")
        self._opening.receive.decrypt(b"", packet)
        self.session = self._opening


class Responder(Handshake):
    """The side that was dialled: learns from the first byte what the other wants."""

    __slots__ = ("_code", "_gate", "_identity", "_words")

    def __init__(self, gate: Gate, *, verify: Verify, random: Random) -> None:
        super().__init__(verify=verify, random=random)
        self._gate = gate
        self._code: CodeExchange | None = None
        self._words = ""
        self._identity: Identity | None = None
        self._expect = self._on_first

    def _on_first(self, packet: bytes) -> None:
        if not packet:
            raise Malformed("The first packet of a link is empty.")
        body = packet[1:]
        if packet[0] == Mode.MEMBER:
            self.mode = Mode.MEMBER
            self._on_member(body)
        elif packet[0] == Mode.JOIN:
            self.mode = Mode.JOIN
            self._on_guest(body)
        else:
            raise self._refuse(Refusal.MODE)

    def _on_member(self, body: bytes) -> None:
        hint, first = body[:HINT_SIZE], body[HINT_SIZE:]
        if len(first) != KEY_SIZE + TAG_SIZE:
            raise Malformed("The first packet of a member's link does not have 57 bytes.")
        for keys in self._gate.workspaces():
            oldest = max(0, len(keys.secrets) - SECRETS_ACCEPTED)
            for index in range(len(keys.secrets) - 1, oldest - 1, -1):
                if _hint(keys.secrets[index], first[:KEY_SIZE]) == hint:
                    self.workspace, self.secret_index = keys.workspace, index
                    self._answer_first(keys.identity, keys.secrets[index], first)
                    return
        raise self._refuse(Refusal.WORKSPACE)

    def _on_guest(self, body: bytes) -> None:
        number, message = int.from_bytes(body[:2], "big"), body[2:]
        if len(message) != CODE_MESSAGE_SIZE:
            raise Malformed("The first packet of a guest's link does not have 36 bytes.")
        invitation = self._gate.invitation(number)
        if invitation is None:
            raise self._refuse(self._gate.why_closed(number))
        self.invite = number
        self._words, self._identity = invitation
        self._code = CodeExchange(self._words, guest=False, random=self._random)
        self._outgoing.append(self._code.message)
        self._expect = lambda first: self._on_guest_first(message, first)

    def _on_guest_first(self, message: bytes, first: bytes) -> None:
        assert self._code is not None
        assert self._identity is not None
        assert self.invite is not None
        self._check_invitation()
        psk = self._code.secret(message)
        try:
            self._answer_first(self._identity, psk, first)
        except HandshakeFailed:
            self._gate.wrong_code(self.invite)
            burned = self._gate.invitation(self.invite) is None
            raise self._refuse(Refusal.BURNED if burned else Refusal.CODE) from None

    def _answer_first(self, identity: Identity, psk: bytes, first: bytes) -> None:
        noise = self._start_noise(identity, psk, initiator=False)
        if noise.read_message(first):
            raise Malformed("The first Noise message has a payload.")
        self._write_proof(noise, identity, initiator=False)
        self._expect = self._on_third

    def _on_third(self, packet: bytes) -> None:
        assert self._noise is not None
        if self.mode is Mode.JOIN:
            self._check_invitation()
        peer = self._read_proof(self._noise, packet, initiator=True, admit=self._gate.admit)
        session = self._open(self._noise, peer, initiator=False)
        self._outgoing.append(session.send.encrypt(b"", b""))
        self.session = session

    def _check_invitation(self) -> None:
        """The invitation must still be the open one: tries run side by side."""
        assert self.invite is not None
        invitation = self._gate.invitation(self.invite)
        if invitation is None:
            raise self._refuse(self._gate.why_closed(self.invite))
        if invitation.words != self._words:
            raise self._refuse(Refusal.INVITE)


def _hint(secret: bytes, ephemeral: bytes) -> bytes:
    """Says which secret a first message is under, to those only who know the secret."""
    return blake2b(ephemeral, key=secret, digest_size=HINT_SIZE, person=b"goat/hint/1").digest()


def _admit_nobody(device: AuthorKey, workspace: WorkspaceId) -> bool:
    raise AssertionError("a guest names no workspace")
