"""Why a handshake ends early, in a byte for the peer and in a sentence for the person.

Owns the refusal packet (2 bytes: 00, reason). It travels in clear and proves nothing: whoever can
forge one can as well cut the connection. Pure; imports nothing but the errors.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from goatcore.errors import HandshakeFailed

REFUSAL_SIZE: Final = 2


class Refusal(IntEnum):
    """The reasons. Values are on the wire."""

    MODE = 1  # a first byte that this version does not speak
    WORKSPACE = 2  # no link secret fits
    DEVICE = 3  # the device's proof holds, but it is not admitted
    PROOF = 4  # the device's proof does not hold
    INVITE = 5  # no such invitation is open
    CODE = 6  # the invitation is open, the words are wrong
    EXPIRED = 7  # the invitation's time is over
    USED = 8  # somebody was let in, or turned away, by it
    BURNED = 9  # the words were wrong once too often
    CANCELLED = 10  # the host's person closed it
    BUSY = 11  # somebody else proved it, and the host's person decides


_WE_REFUSE: Final = {
    Refusal.MODE: "The other computer speaks a newer version. Update this one.",
    Refusal.WORKSPACE: "A computer asked for a workspace that this one does not have.",
    Refusal.DEVICE: "The other computer is not, or no longer, a member of this workspace.",
    Refusal.PROOF: "The other computer could not prove which device it is.",
    Refusal.INVITE: "A computer asked for an invitation that is not open.",
    Refusal.CODE: "A wrong code was entered on the other computer.",
    Refusal.EXPIRED: "A computer asked for an invitation that has expired.",
    Refusal.USED: "A computer asked for an invitation that was used already.",
    Refusal.BURNED: "The code was typed wrongly too often; it is not valid any more.",
    Refusal.CANCELLED: "A computer asked for an invitation that was closed.",
    Refusal.BUSY: "A second computer used the code.",
}
_THEY_REFUSE: Final = {
    Refusal.MODE: "The other computer runs an older version. Update it.",
    Refusal.WORKSPACE: "The other computer does not have this workspace, or its link secret"
    " was changed. Ask a member for a new invitation.",
    Refusal.DEVICE: "The other computer does not accept this device as a member of the workspace.",
    Refusal.PROOF: "The other computer could not verify this device.",
    Refusal.INVITE: "The other computer shows no code with this number. Look at it again, or ask"
    " for a new code.",
    Refusal.CODE: "The code was not right. Check it and try again.",
    Refusal.EXPIRED: "This code has expired; a code is good for five minutes. Ask for a new one.",
    Refusal.USED: "This code was used already. Ask for a new one.",
    Refusal.BURNED: "This code was typed wrongly three times and is no longer valid."
    " Ask for a new one.",
    Refusal.CANCELLED: "The other person closed the invitation. Ask for a new code.",
    Refusal.BUSY: "Somebody else has used this code and is being let in. Ask for a new one.",
}


def refuse(reason: Refusal) -> HandshakeFailed:
    """What this side raises when it refuses."""
    return HandshakeFailed(_WE_REFUSE[reason])


def refused(reason: Refusal | None) -> HandshakeFailed:
    """What this side raises when the other refuses; None: for a reason of a later version."""
    if reason is None:
        return HandshakeFailed("The other computer closed the link. Update both and try again.")
    return HandshakeFailed(_THEY_REFUSE[reason])


def write_refusal(reason: Refusal) -> bytes:
    """The packet that tells the peer."""
    return bytes((0, reason))


def is_refusal(packet: bytes) -> bool:
    """No other packet of a handshake has 2 bytes."""
    return len(packet) == REFUSAL_SIZE and packet[0] == 0


def read_refusal(packet: bytes) -> Refusal | None:
    """The reason in a refusal packet, None if this version does not know it."""
    assert is_refusal(packet)
    try:
        return Refusal(packet[1])
    except ValueError:
        return None
