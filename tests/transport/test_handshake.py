"""The handshake as scripts: hears this, says that."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from goatcore.errors import Closed, GoatError, HandshakeFailed, Malformed
from goatcore.ids import AuthorKey, WorkspaceId
from goatcore.transport.channel import Channel
from goatcore.transport.handshake import (
    Handshake,
    Initiator,
    Invitation,
    Mode,
    Responder,
)
from goatcore.transport.refusal import Refusal

CODE = "copper-violin"


def _run(first: Handshake, second: Handshake) -> None:
    """Carry packets until nobody has any; errors come through after the peer was told."""
    sides = [first, second]
    turn = 0
    while packets := sides[turn].take_outgoing():
        turn = 1 - turn
        for packet in packets:
            sides[turn].receive(packet)


def _fails(first: Handshake, second: Handshake) -> list[str]:
    """What each side says when the handshake ends badly, in order."""
    said: list[str] = []
    sides = [first, second]
    turn = 0
    while packets := sides[turn].take_outgoing():
        turn = 1 - turn
        for packet in packets:
            try:
                sides[turn].receive(packet)
            except GoatError as error:
                said.append(str(error))
    return said


def _member(devices: Any, house: Any = None, **options: Any) -> tuple[Initiator, Responder]:
    house = house or devices.House(devices.keys(devices.host))
    initiator = Initiator.for_member(
        options.pop("keys", None) or devices.keys(devices.guest),
        admit=options.pop("admit", lambda device, workspace: True),
        verify=devices.verify,
        random=devices.random,
        **options,
    )
    return initiator, Responder(house, verify=devices.verify, random=devices.random)


def _guest(devices: Any, house: Any, words: str = CODE, number: int = 7) -> tuple[
    Initiator, Responder
]:  # fmt: skip
    initiator = Initiator.for_guest(
        number, words, devices.guest, verify=devices.verify, random=devices.random
    )
    return initiator, Responder(house, verify=devices.verify, random=devices.random)


def _inviting(devices: Any) -> Any:
    house = devices.House()
    house.invitations[7] = Invitation(CODE, devices.host)
    return house


# -- members ---------------------------------------------------------------------------------------


def test_two_members_meet_in_two_round_trips_and_agree_on_everything(devices: Any) -> None:
    initiator, responder = _member(devices)
    sizes = []
    sides: list[Handshake] = [initiator, responder]
    turn = 0
    while packets := sides[turn].take_outgoing():
        sizes += [len(packet) for packet in packets]
        turn = 1 - turn
        for packet in packets:
            sides[turn].receive(packet)
    assert sizes == [57, 192, 160, 16]
    ours, theirs = initiator.session, responder.session
    assert ours is not None
    assert theirs is not None
    assert ours.id == theirs.id
    assert (ours.peer, theirs.peer) == (devices.host.device, devices.guest.device)
    assert (ours.initiator, theirs.initiator) == (True, False)
    assert ours[-3:] == theirs[-3:] == (devices.workspace, 0, None)
    assert ours.mode is theirs.mode is Mode.MEMBER
    assert theirs.receive.decrypt(b"", ours.send.encrypt(b"", b"hello")) == b"hello"
    assert ours.receive.decrypt(b"", theirs.send.encrypt(b"", b"hello")) == b"hello"


def test_each_side_is_asked_whether_the_other_is_a_member(devices: Any) -> None:
    asked: list[tuple[AuthorKey, WorkspaceId]] = []
    house = devices.House(devices.keys(devices.host))
    _run(*_member(devices, house, admit=lambda *what: asked.append(what) is None))
    assert asked == [(devices.host.device, devices.workspace)]
    assert house.asked == [(devices.guest.device, devices.workspace)]


def test_a_device_that_the_host_does_not_admit_is_told_so(devices: Any) -> None:
    house = devices.House(devices.keys(devices.host))
    house.members = {devices.host.device}
    initiator, responder = _member(devices, house)
    assert _fails(initiator, responder) == [
        "The other computer is not, or no longer, a member of this workspace.",
        "The other computer does not accept this device as a member of the workspace.",
    ]
    assert initiator.refusal is responder.refusal is Refusal.DEVICE
    assert initiator.session is responder.session is None


def test_a_host_that_the_guest_does_not_admit_never_learns_who_dialled(devices: Any) -> None:
    house = devices.House(devices.keys(devices.host))
    initiator, responder = _member(devices, house, admit=lambda device, workspace: False)
    assert _fails(initiator, responder) == [
        "The other computer is not, or no longer, a member of this workspace.",
        "The other computer does not accept this device as a member of the workspace.",
    ]
    assert house.asked == []


def test_a_host_of_many_workspaces_picks_the_right_one_by_the_hint(devices: Any) -> None:
    names = [WorkspaceId(bytes((number,)) * 32) for number in range(5)]
    house = devices.House(
        *(
            devices.keys(devices.make_identity(10 + number), bytes((number,)) * 32, workspace=name)
            for number, name in enumerate(names)
        )
    )
    keys = devices.keys(devices.guest, bytes((3,)) * 32, workspace=names[3])
    initiator, responder = _member(devices, house, keys=keys)
    _run(initiator, responder)
    assert responder.session is not None
    assert responder.session.workspace == names[3]
    assert initiator.session is not None
    assert initiator.session.peer == devices.make_identity(13).device


def test_the_last_eight_link_secrets_are_accepted_and_no_older_one(devices: Any) -> None:
    secrets = [bytes((number,)) * 32 for number in range(10)]
    house = devices.House(devices.keys(devices.host, *secrets))
    for index, secret in enumerate(secrets):
        initiator, responder = _member(devices, house, keys=devices.keys(devices.guest, secret))
        if index < 2:
            assert _fails(initiator, responder)[0].startswith("A computer asked for a workspace")
            assert initiator.refusal is Refusal.WORKSPACE
        else:
            _run(initiator, responder)
            assert responder.session is not None
            assert responder.session.secret_index == index


def test_an_older_secret_can_be_tried_when_the_newest_is_refused(devices: Any) -> None:
    house = devices.House(devices.keys(devices.host, b"old." * 8))
    keys = devices.keys(devices.guest, b"old." * 8, b"new." * 8)
    initiator, responder = _member(devices, house, keys=keys)
    assert len(_fails(initiator, responder)) == 2
    assert initiator.refusal is Refusal.WORKSPACE
    initiator, responder = _member(devices, house, keys=keys, secret_index=0)
    _run(initiator, responder)
    assert initiator.session is not None
    assert initiator.session.secret_index == 0


def test_a_replayed_first_packet_leads_nowhere(devices: Any) -> None:
    initiator, responder = _member(devices)
    first = initiator.take_outgoing()[0]
    responder.receive(first)
    initiator.receive(responder.take_outgoing()[0])
    third = initiator.take_outgoing()[0]
    again = _member(devices)[1]
    again.receive(first)
    assert len(again.take_outgoing()[0]) == 192
    with pytest.raises(HandshakeFailed):
        again.receive(third)


def test_a_proof_of_another_handshake_does_not_hold(devices: Any) -> None:
    """A member that relays another member's signature is found out."""
    signatures: list[bytes] = []
    victim = devices.make_identity(1)
    first = _member(
        devices,
        keys=devices.keys(
            victim._replace(sign=lambda m: signatures.append(victim.sign(m)) or signatures[-1])
        ),
    )
    _run(*first)
    forger = devices.make_identity(9)._replace(
        device=victim.device, sign=lambda message: signatures[0]
    )
    initiator, responder = _member(devices, keys=devices.keys(forger))
    assert _fails(initiator, responder) == [
        "The other computer could not prove which device it is.",
        "The other computer could not verify this device.",
    ]
    assert responder.refusal is Refusal.PROOF


def test_a_proof_cannot_be_reflected(devices: Any) -> None:
    """The statement of the initiator and that of the responder differ by the role."""
    spoken: list[bytes] = []
    host = devices.host._replace(sign=lambda m: spoken.append(m) or devices.host.sign(m))
    guest = devices.guest._replace(sign=lambda m: spoken.append(m) or devices.guest.sign(m))
    _run(*_member(devices, devices.House(devices.keys(host)), keys=devices.keys(guest)))
    assert [message[:13] for message in spoken] == [b"goat/link/1\0\1", b"goat/link/1\0\0"]
    assert [len(message) for message in spoken] == [77, 77]
    assert spoken[0][-32:] == devices.host.static.public


def test_the_device_keys_never_travel_in_clear(devices: Any) -> None:
    initiator, responder = _member(devices)
    sides: list[Handshake] = [initiator, responder]
    seen = b""
    turn = 0
    while packets := sides[turn].take_outgoing():
        turn = 1 - turn
        for packet in packets:
            seen += packet
            sides[turn].receive(packet)
    for identity in (devices.guest, devices.host):
        assert identity.device not in seen
        assert identity.static.public not in seen
    assert devices.workspace[:8] not in seen


# -- guests ----------------------------------------------------------------------------------------


def test_the_right_code_makes_a_link_between_strangers(devices: Any) -> None:
    house = _inviting(devices)
    initiator, responder = _guest(devices, house)
    _run(initiator, responder)
    ours, theirs = initiator.session, responder.session
    assert ours is not None
    assert theirs is not None
    assert ours.id == theirs.id
    assert (ours.mode, ours.invite, ours.workspace) == (Mode.JOIN, 7, None)
    assert (theirs.mode, theirs.invite, theirs.workspace) == (Mode.JOIN, 7, None)
    assert (ours.peer, theirs.peer) == (devices.host.device, devices.guest.device)
    assert theirs.receive.decrypt(b"", ours.send.encrypt(b"", b"hello")) == b"hello"
    assert house.wrong_codes == []
    assert house.asked == []


def test_a_wrong_code_is_said_on_both_sides_and_counted_once(devices: Any) -> None:
    house = _inviting(devices)
    initiator, responder = _guest(devices, house, "copper-viola")
    assert _fails(initiator, responder) == [
        "A wrong code was entered on the other computer.",
        "The code was not right. Check it and try again.",
    ]
    assert (initiator.refusal, responder.refusal) == (Refusal.CODE, Refusal.CODE)
    assert responder.invite == 7
    assert house.wrong_codes == [7]


def test_the_third_wrong_code_burns_the_invitation_also_for_tries_under_way(devices: Any) -> None:
    house = _inviting(devices)
    tries = [_guest(devices, house, f"wrong-{number}") for number in range(5)]
    right = _guest(devices, house)
    for initiator, responder in [*tries, right]:
        responder.receive(initiator.take_outgoing()[0])
        initiator.receive(responder.take_outgoing()[0])
    refusals = []
    for initiator, responder in [*tries, right]:
        with pytest.raises(HandshakeFailed):
            responder.receive(initiator.take_outgoing()[0])
        refusals.append(responder.refusal)
    assert refusals == [Refusal.CODE] * 2 + [Refusal.BURNED] * 4
    assert house.wrong_codes == [7, 7, 7]


def test_an_invitation_cancelled_half_way_lets_nobody_in(devices: Any) -> None:
    house = _inviting(devices)
    initiator, responder = _guest(devices, house)
    for _ in range(2):
        responder.receive(initiator.take_outgoing()[0])
        initiator.receive(responder.take_outgoing()[0])
    house.invitations.clear()
    with pytest.raises(HandshakeFailed):
        responder.receive(initiator.take_outgoing()[0])
    with pytest.raises(HandshakeFailed, match="shows no code with this number"):
        initiator.receive(responder.take_outgoing()[0])
    assert initiator.session is responder.session is None


def test_an_invitation_that_is_not_open_is_refused_before_any_arithmetic(devices: Any) -> None:
    initiator, responder = _guest(devices, _inviting(devices), number=8)
    said = _fails(initiator, responder)
    here, there = said
    assert here == "A computer asked for an invitation that is not open."
    assert there.startswith("The other computer shows no code with this number.")
    assert responder.refusal is Refusal.INVITE


def test_a_false_host_learns_one_guess_and_the_guest_says_the_code_was_not_right(
    devices: Any,
) -> None:
    house = devices.House()
    house.invitations[7] = Invitation("guess-one", devices.make_identity(66))
    initiator, responder = _guest(devices, house)
    responder.receive(initiator.take_outgoing()[0])
    initiator.receive(responder.take_outgoing()[0])
    with pytest.raises(HandshakeFailed):
        responder.receive(initiator.take_outgoing()[0])
    # it goes on as if nothing had happened
    with pytest.raises(HandshakeFailed, match="The code was not right"):
        initiator.receive(random.Random(1).randbytes(192))
    assert initiator.refusal is Refusal.CODE


@pytest.mark.parametrize(
    "message", [b"A" + bytes(32), b"B" + b"\1" * 32, b"S" + b"\2" * 32, b"A" + b"\xff" * 32]
)
def test_a_code_message_that_is_no_point_is_malformed_and_costs_no_try(
    devices: Any, message: bytes
) -> None:
    house = _inviting(devices)
    _, responder = _guest(devices, house)
    responder.receive(b"\2\0\7" + message)
    with pytest.raises(Malformed):
        responder.receive(bytes(48))
    assert house.wrong_codes == []


# -- anybody ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [3, 0, 4, 255])
def test_a_mode_that_this_version_does_not_speak_is_refused(devices: Any, first: int) -> None:
    responder = Responder(devices.House(), verify=devices.verify, random=devices.random)
    with pytest.raises(HandshakeFailed, match="newer version"):
        responder.receive(bytes((first,)) + bytes(56))
    assert responder.take_outgoing() == [bytes((0, 1))]


@pytest.mark.parametrize(
    "packet", [b"", b"\1", b"\1" + bytes(55), b"\1" + bytes(57), b"\2", b"\2\0\7"]
)
def test_a_first_packet_of_a_wrong_size_is_malformed(devices: Any, packet: bytes) -> None:
    responder = Responder(_inviting(devices), verify=devices.verify, random=devices.random)
    with pytest.raises(Malformed):
        responder.receive(packet)
    assert responder.take_outgoing() == []


def test_a_refusal_for_a_later_versions_reason_still_has_a_sentence(devices: Any) -> None:
    initiator, _ = _member(devices)
    with pytest.raises(HandshakeFailed, match="Update both"):
        initiator.receive(bytes((0, 99)))
    assert initiator.refusal is None


def test_a_machine_that_ended_takes_nothing_more(devices: Any) -> None:
    initiator, responder = _member(devices)
    _run(initiator, responder)
    for machine in (initiator, responder):
        with pytest.raises(Closed):
            machine.receive(bytes(16))
    failed, _ = _member(devices)
    with pytest.raises(Malformed):
        failed.receive(bytes(5))
    with pytest.raises(Closed):
        failed.receive(bytes(192))


def _conversation(devices: Any, join: bool) -> tuple[Handshake, Handshake]:
    return _guest(devices, _inviting(devices)) if join else _member(devices)


@pytest.mark.parametrize("join", [False, True], ids=["member", "join"])
def test_garbage_at_every_stage_ends_in_a_sentence_and_no_session(devices: Any, join: bool) -> None:
    generator = random.Random(11)
    stages = 6 if join else 4
    for stage in range(stages):
        for round_number in range(12 if join else 60):
            sides = _conversation(devices, join)
            turn = 0
            for _ in range(stage):
                packet = sides[turn].take_outgoing()[0]
                turn = 1 - turn
                sides[turn].receive(packet)
            packet = sides[turn].take_outgoing()[0]
            target = sides[1 - turn]
            kind = round_number % 4
            if kind == 0:
                wrong = generator.randbytes(
                    generator.choice((1, 2, 16, 33, 48, 57, 160, 192, 9999))
                )
            elif kind == 1:
                wrong = packet[: generator.randrange(len(packet))]
            elif kind == 2:
                wrong = packet + generator.randbytes(1 + generator.randrange(40))
            else:
                at = generator.randrange(len(packet))
                wrong = packet[:at] + bytes((packet[at] ^ 0x41,)) + packet[at + 1 :]
            if join and stage < 2:
                # a changed code message may be another valid one: it shows in the next step
                _run_to_failure(target, sides[turn], wrong)
            else:
                with pytest.raises((Malformed, HandshakeFailed)):
                    target.receive(wrong)
            assert target.session is None


def _run_to_failure(target: Handshake, other: Handshake, wrong: bytes) -> None:
    with pytest.raises((Malformed, HandshakeFailed)):
        _go_on(target, other, wrong)


def _go_on(target: Handshake, other: Handshake, wrong: bytes) -> None:
    target.receive(wrong)
    for packet in target.take_outgoing():
        other.receive(packet)
    for packet in other.take_outgoing():
        target.receive(packet)
    for packet in target.take_outgoing():
        other.receive(packet)


# -- frozen bytes ----------------------------------------------------------------------------------

FROZEN = json.loads((Path(__file__).parent / "handshake_vectors.json").read_text("utf-8"))


@pytest.mark.parametrize("mode", ["member", "join"])
def test_the_bytes_of_a_handshake_are_frozen(devices: Any, mode: str) -> None:
    """Keys and randomness from fixed seeds; then a message each way and one under the next key."""
    sides = _conversation(devices, mode == "join")
    packets: list[str] = []
    turn = 0
    while outgoing := sides[turn].take_outgoing():
        packets += [packet.hex() for packet in outgoing]
        turn = 1 - turn
        for packet in outgoing:
            sides[turn].receive(packet)
    sessions = [side.session for side in sides]
    assert sessions[0] is not None
    assert sessions[1] is not None
    channels = [Channel(session.send, session.receive) for session in sessions if session]
    for number in (0, 1):
        packets += [packet.hex() for packet in channels[number].send(b"hello")]
    packets.append(channels[0].rekey().hex())
    packets += [packet.hex() for packet in channels[0].send(b"after")]
    assert {"session": sessions[0].id.hex(), "packets": packets} == FROZEN[mode]
