"""Noise: frozen vectors, and an independent implementation as oracle on either side."""

from __future__ import annotations

import json
import random
import warnings
from pathlib import Path
from typing import Any

import pytest
from noise.connection import Keypair, NoiseConnection

from goatcore.errors import GoatError, HandshakeFailed, Malformed
from goatcore.transport.noise import CipherState, HandshakeState, KeyPair, derive

VECTORS = json.loads((Path(__file__).parent / "noise_vectors.json").read_text("utf-8"))
PSK = bytes(range(32))


def _pair(psk: bytes | None, seed: int = 1, *, other_psk: bytes | None = None) -> tuple[
    HandshakeState, HandshakeState
]:  # fmt: skip
    generator = random.Random(seed)
    sides = [
        HandshakeState(
            initiator=initiator,
            static=KeyPair(generator.randbytes(32)),
            ephemeral=KeyPair(generator.randbytes(32)),
            psk=psk if initiator or other_psk is None else other_psk,
            prologue=b"prologue",
        )
        for initiator in (True, False)
    ]
    return sides[0], sides[1]


def _shake(first: HandshakeState, second: HandshakeState) -> None:
    second.read_message(first.write_message())
    first.read_message(second.write_message())
    second.read_message(first.write_message())


def _go_on_from(number: int, sides: list[HandshakeState], message: bytes) -> None:
    """The first message of plain XX has no seal: a change of it shows with the second."""
    sides[1 - number % 2].read_message(message)
    for step in range(number + 1, 3):
        sides[1 - step % 2].read_message(sides[step % 2].write_message(b"payload"))


def _oracle(
    *, initiator: bool, static: bytes, psk: bytes | None, prologue: bytes = b"prologue"
) -> NoiseConnection:
    name = f"Noise_XX{'psk0' if psk else ''}_25519_ChaChaPoly_SHA256"
    oracle = NoiseConnection.from_name(name.encode())
    if psk is not None:
        oracle.set_psks(psk)
    oracle.set_prologue(prologue)
    oracle.set_keypair_from_private_bytes(Keypair.STATIC, static)
    if initiator:
        oracle.set_as_initiator()
    else:
        oracle.set_as_responder()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle.start_handshake()
    return oracle


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
def test_frozen_vectors_come_out_byte_for_byte(vector: dict[str, Any]) -> None:
    psk = bytes.fromhex(vector["psk"]) if vector["psk"] else None
    sides = [
        HandshakeState(
            initiator=role == "init",
            static=KeyPair(bytes.fromhex(vector[f"{role}_static"])),
            ephemeral=KeyPair(bytes.fromhex(vector[f"{role}_ephemeral"])),
            psk=psk,
            prologue=bytes.fromhex(vector["prologue"]),
        )
        for role in ("init", "resp")
    ]
    for number, message in enumerate(vector["messages"][:3]):
        writer, reader = sides[number % 2], sides[1 - number % 2]
        sealed = writer.write_message(bytes.fromhex(message["payload"]))
        assert sealed.hex() == message["ciphertext"]
        assert reader.read_message(sealed).hex() == message["payload"]
    assert [side.hash.hex() for side in sides] == [vector["handshake_hash"]] * 2
    ciphers = [side.split() for side in sides]
    for number, message in enumerate(vector["messages"][3:], start=3):
        sealed = ciphers[number % 2][0].encrypt(b"", bytes.fromhex(message["payload"]))
        assert sealed.hex() == message["ciphertext"]
        opened = ciphers[1 - number % 2][1].decrypt(b"", sealed)
        assert opened.hex() == message["payload"]
    ciphers[1][0].rekey()
    sealed = ciphers[1][0].encrypt(b"", bytes.fromhex(vector["rekeyed"]["payload"]))
    assert sealed.hex() == vector["rekeyed"]["ciphertext"]
    ciphers[0][1].rekey()
    assert ciphers[0][1].decrypt(b"", sealed).hex() == vector["rekeyed"]["payload"]


@pytest.mark.parametrize("psk", [None, PSK], ids=["XX", "XXpsk0"])
@pytest.mark.parametrize("initiator", [True, False], ids=["we begin", "they begin"])
def test_it_talks_with_an_independent_implementation(psk: bytes | None, initiator: bool) -> None:
    generator = random.Random(7)
    for _ in range(20):
        static = generator.randbytes(32)
        ours = HandshakeState(
            initiator=initiator,
            static=KeyPair(generator.randbytes(32)),
            ephemeral=KeyPair(generator.randbytes(32)),
            psk=psk,
            prologue=b"prologue",
        )
        theirs = _oracle(initiator=not initiator, static=static, psk=psk)
        for number in range(3):
            payload = generator.randbytes(generator.choice((0, 1, 96, 1000)))
            if (number % 2 == 0) == initiator:
                assert bytes(theirs.read_message(ours.write_message(payload))) == payload
            else:
                assert ours.read_message(bytes(theirs.write_message(payload))) == payload
        assert ours.hash == theirs.get_handshake_hash()
        assert ours.remote_static == KeyPair(static).public
        send, receive = ours.split()
        for count in range(6):
            payload = generator.randbytes(generator.choice((0, 5, 300, 65_519)))
            assert theirs.decrypt(send.encrypt(b"", payload)) == payload
            assert receive.decrypt(b"", theirs.encrypt(payload)) == payload
            if count == 2:
                send.rekey()
                receive.rekey()
                theirs.rekey_inbound_cipher()
                theirs.rekey_outbound_cipher()


@pytest.mark.parametrize("psk", [None, PSK], ids=["XX", "XXpsk0"])
def test_any_tampered_byte_ends_the_handshake(psk: bytes | None) -> None:
    for number in range(3):
        size = 3
        at = 0
        while at < size:
            first, second = _pair(psk)
            sides = [first, second]
            for step in range(number):
                sides[1 - step % 2].read_message(sides[step % 2].write_message(b"payload"))
            message = bytearray(sides[number % 2].write_message(b"payload"))
            size = len(message)
            message[at] ^= 1 + at % 255
            at += 1
            with pytest.raises((Malformed, HandshakeFailed)):
                _go_on_from(number, sides, bytes(message))


def test_two_secrets_do_not_meet_and_the_first_message_tells() -> None:
    first, second = _pair(PSK, other_psk=bytes(32))
    with pytest.raises(HandshakeFailed, match="holds another secret"):
        second.read_message(first.write_message())


def test_two_prologues_do_not_meet() -> None:
    first, _ = _pair(PSK)
    second = HandshakeState(
        initiator=False, static=KeyPair(b"1" * 32), ephemeral=KeyPair(b"2" * 32), psk=PSK
    )
    with pytest.raises(HandshakeFailed):
        second.read_message(first.write_message())


@pytest.mark.parametrize("order", [0, 1])
def test_a_key_of_small_order_is_refused(order: int) -> None:
    first, _ = _pair(None)
    first.write_message()
    with pytest.raises(Malformed, match="fits no secret"):
        first.read_message(order.to_bytes(32, "little") + bytes(48 + 16))


@pytest.mark.parametrize("psk", [None, PSK], ids=["XX", "XXpsk0"])
def test_garbage_of_any_length_is_refused_in_words(psk: bytes | None) -> None:
    generator = random.Random(3)
    for size in [*range(140), 65_535, 65_536, 70_000]:
        first, second = _pair(psk)
        first.write_message()
        with pytest.raises((Malformed, HandshakeFailed)):
            first.read_message(generator.randbytes(size))
        if psk is not None:
            with pytest.raises((Malformed, HandshakeFailed)):
                second.read_message(generator.randbytes(size))


def test_the_payload_may_speak_about_the_handshake_before_it() -> None:
    first, second = _pair(PSK)
    keys = first.write_keys()
    before = first.hash
    sealed = second.read_keys(keys + first.write_payload(before))
    assert second.hash == before
    assert second.read_payload(sealed) == before


def test_repeated_reordered_and_cut_messages_do_not_open_and_cost_no_nonce() -> None:
    first, second = _pair(PSK)
    _shake(first, second)
    send, receive = first.split()[0], second.split()[1]
    one, two = send.encrypt(b"", b"one"), send.encrypt(b"", b"two")
    for wrong in (two, one[:-1], one + b"\0", one[:15], b"", bytes(19)):
        with pytest.raises(Malformed):
            receive.decrypt(b"", wrong)
    assert receive.nonce == 0
    assert receive.decrypt(b"", one) == b"one"
    with pytest.raises(Malformed):
        receive.decrypt(b"", one)
    assert receive.decrypt(b"", two) == b"two"


def test_the_two_directions_have_two_keys() -> None:
    first, second = _pair(None)
    _shake(first, second)
    assert first.split()[0].encrypt(b"", b"x") != second.split()[0].encrypt(b"", b"x")


def test_a_rekey_on_one_side_only_is_noticed() -> None:
    send, receive = CipherState(bytes(32)), CipherState(bytes(32))
    assert receive.decrypt(b"", send.encrypt(b"", b"before")) == b"before"
    send.rekey()
    sealed = send.encrypt(b"", b"after")
    with pytest.raises(GoatError):
        receive.decrypt(b"", sealed)
    receive.rekey()
    assert receive.decrypt(b"", sealed) == b"after"


def test_derive_is_the_hkdf_of_rfc_5869() -> None:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    expected = HKDF(SHA256(), 96, salt=b"s" * 32, info=b"").derive(b"material")
    assert b"".join(derive(b"s" * 32, b"material", 3)) == expected
