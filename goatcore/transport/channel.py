"""Whole messages over a finished handshake: sealed, in order, none twice, of bounded size.

Owns framing and rekeying. A message is a u32 length and its bytes; messages stand one after the
other in the plain text of consecutive Noise messages, the packets. The length word 0xffffffff is
no message: it ends its packet, and the next packet of this direction has the next key. Invariant:
nothing is handed out that the peer did not send next, and no more than one message and one packet
is ever held. Sans-I/O. Must never import asyncio, sockets or time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Final

from goatcore.errors import LocalMisuse, Malformed
from goatcore.transport import noise
from goatcore.transport.noise import TAG_SIZE, CipherState

MESSAGE_SIZE_MAX: Final = 2 * 1024 * 1024
PACKET_SIZE_MAX: Final = noise.MESSAGE_SIZE_MAX
PLAIN_SIZE_MAX: Final = PACKET_SIZE_MAX - TAG_SIZE
REKEY_PACKETS: Final = 1 << 20  # of one direction under one key
_LENGTH: Final = Struct(">I")
_LENGTH_SIZE: Final = 4
_REKEY: Final = b"\xff\xff\xff\xff"


class Channel:
    """Both directions of one link. Give it `session.send` and `session.receive`."""

    __slots__ = ("_arrived", "_broken", "_first_nonce", "_receive", "_rekey_packets", "_send")

    def __init__(
        self, send: CipherState, receive: CipherState, *, rekey_packets: int = REKEY_PACKETS
    ) -> None:
        self._send = send
        self._receive = receive
        self._rekey_packets = rekey_packets
        self._first_nonce = send.nonce
        self._arrived = bytearray()  # plain text of messages not yet complete
        self._broken = False

    def send(self, message: bytes) -> list[bytes]:
        """The packets of one message of 1 byte … 2 MiB. Raises LocalMisuse for other sizes."""
        return list(self.send_all((message,)))

    def send_all(self, messages: Iterable[bytes]) -> Iterator[bytes]:
        """The packets of several messages, small ones together in one. Each packet must be sent
        before the next is asked for; the iterator must be used up."""
        plain = bytearray()
        for message in messages:
            if not 0 < len(message) <= MESSAGE_SIZE_MAX:
                raise LocalMisuse(
                    f"A message of {len(message)} bytes does not fit a link: 1 to"
                    f" {MESSAGE_SIZE_MAX} bytes do."
                )
            plain += _LENGTH.pack(len(message))
            plain += message
            while len(plain) > PLAIN_SIZE_MAX:
                yield self._send.encrypt(b"", plain[:PLAIN_SIZE_MAX])
                del plain[:PLAIN_SIZE_MAX]
        if plain:
            yield self._send.encrypt(b"", plain)
        if self._send.nonce - self._first_nonce >= self._rekey_packets:
            yield self.rekey()

    def rekey(self) -> bytes:
        """The packet that tells the peer that this side's following packets have the next key.
        Not while `send_all` is under way."""
        packet = self._send.encrypt(b"", _REKEY)
        self._send.rekey()
        self._first_nonce = self._send.nonce
        return packet

    def receive(self, packet: bytes) -> list[bytes]:
        """The messages that this packet completes, in order. Raises Malformed, and then for ever:
        the link must be closed."""
        if self._broken:
            raise Malformed("This link is broken by a packet before.")
        self._broken = True
        if len(packet) > PACKET_SIZE_MAX:
            raise Malformed("A packet is larger than 65,535 bytes.")
        self._arrived += self._receive.decrypt(b"", packet)
        messages = self._complete()
        self._broken = False
        return messages

    def _complete(self) -> list[bytes]:
        messages: list[bytes] = []
        arrived = self._arrived
        start, end = 0, len(arrived)
        while end - start >= _LENGTH_SIZE:
            size = _LENGTH.unpack_from(arrived, start)[0]
            if size > MESSAGE_SIZE_MAX:
                self._take_rekey(arrived[start:])
                start = end
                break
            if size == 0:
                raise Malformed("A message without bytes.")
            after = start + _LENGTH_SIZE + size
            if after > end:
                break
            messages.append(bytes(arrived[start + _LENGTH_SIZE : after]))
            start = after
        if start:
            del arrived[:start]
        return messages

    def _take_rekey(self, rest: bytearray) -> None:
        if rest != _REKEY:
            raise Malformed("A message is larger than 2 MiB.")
        self._receive.rekey()
