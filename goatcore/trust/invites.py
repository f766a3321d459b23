"""Invites: short codes that a person can say, and the host's book of those that are open.

A code is `7-copper-violin`: a number that says which of the hosts in reach is meant, and two of
1,024 words that are the secret (20 bits; enough, because a guess costs a try and three wrong tries
burn the code). Invariant: a code lets one device in at most, within five minutes. Clock and
randomness are arguments. Must never import storage, sync or items.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Collection
from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from goatcore.clock import Clock
from goatcore.errors import InvalidValue, Refused
from goatcore.ids import InviteId

LIFE_MS: Final = 5 * 60 * 1000
TRIES: Final = 3
NUMBER_MAX: Final = 99
PREFIX_LETTERS: Final = 4  # so many letters tell a word from all others


@lru_cache(maxsize=1)
def words() -> tuple[str, ...]:
    """The 1,024 words, ascending; no two start with the same four letters."""
    from importlib.resources import files  # who invites nobody does not pay for it

    text = files("goatcore.trust").joinpath("words.txt").read_text("ascii")
    return tuple(text.split())


class Code(NamedTuple):
    """An invite's number and its two words."""

    number: int
    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.number}-{self.first}-{self.second}"

    @property
    def secret(self) -> bytes:
        """What both sides prove to each other that they know."""
        return str(self).encode()


def complete(letters: str, count_max: int = 8) -> tuple[str, ...]:
    """The words that start so, ascending."""
    start, found = _folded(letters).strip(), words()
    at = bisect_left(found, start)
    rest = found[at : at + count_max]
    return tuple(word for word in rest if word.startswith(start))


def parse_code(text: str) -> Code:
    """Read a code as people type it: any case, any or no separators, words shortened to four
    letters or more. Raises `InvalidValue` with what is wrong."""
    found = re.fullmatch(r"\W*(\d{1,6})[\W_]*((?:[a-z]|[\W_])*)", _folded(text))
    if found is None:
        raise InvalidValue("A code is a number and two words, such as 7-copper-violin.")
    number, parts = int(found[1]), re.findall("[a-z]+", found[2])
    if not 1 <= number <= NUMBER_MAX:
        raise InvalidValue(f"A code starts with a number from 1 to {NUMBER_MAX}.")
    if len(parts) == 1:
        first, second = _split(parts[0])
    elif len(parts) == 2:
        first, second = (_word(part) for part in parts)
    else:
        raise InvalidValue("A code is a number and two words, such as 7-copper-violin.")
    return Code(number, first, second)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _known(part: str) -> str | None:
    found = complete(part, 1) if len(part) >= PREFIX_LETTERS else ()
    return found[0] if found else None


def _word(part: str) -> str:
    word = _known(part)
    if word is None:
        near = next((found for n in (4, 3, 2) if (found := complete(part[:n], 3))), ())
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise InvalidValue(f"“{part}” is not one of the words that codes are made of.{hint}")
    return word


def _split(letters: str) -> tuple[str, str]:
    """Two words that were typed as one. Whole words go before shortened ones."""
    pairs = [(letters[:at], letters[at:]) for at in range(1, len(letters))]
    known = [(first, second) for a, b in pairs if (first := _known(a)) and (second := _known(b))]
    whole = [pair for pair in known if "".join(pair) == letters]
    choice = whole or known
    if len(choice) != 1:
        raise InvalidValue("The code's second word is missing, or both run together: put a dash.")
    return choice[0]


class State(Enum):
    """What became of an invite on the host's side."""

    waiting = "waiting"  # for somebody who knows the code
    trying = "trying"  # somebody is proving it
    asking = "asking"  # somebody proved it; the host's person decides
    used = "used"
    burned = "burned"
    cancelled = "cancelled"
    expired = "expired"


_WHY: Final = {
    State.trying: "Somebody else is using this code at this moment. Try again in a few seconds.",
    State.asking: "Somebody else has used this code and is being let in. Ask for a new one.",
    State.used: "This code was used already. Ask for a new one.",
    State.burned: "This code was typed wrongly three times and is no longer valid. "
    "Ask for a new one.",
    State.cancelled: "The other person closed the invitation. Ask for a new code.",
    State.expired: "This code has expired; a code is good for five minutes. Ask for a new one.",
}


class OpenInvite:
    """One code, from being shown until it is over."""

    __slots__ = ("_clock", "_state", "code", "expires_ms", "id", "tries_left")

    def __init__(self, code: Code, id_: InviteId, expires_ms: int, clock: Clock) -> None:
        self.code = code
        self.id = id_
        self.expires_ms = expires_ms
        self.tries_left = TRIES
        self._clock = clock
        self._state = State.waiting

    @property
    def state(self) -> State:
        """Who proved the code in time may be let in later; all else ends with the time."""
        if self._state in (State.waiting, State.trying) and self._clock() >= self.expires_ms:
            self._state = State.expired
        return self._state

    @property
    def over(self) -> bool:
        return self.state not in (State.waiting, State.trying, State.asking)

    @property
    def why_not(self) -> str | None:
        """Why a newcomer cannot try this code now, in a sentence; None if they can."""
        return _WHY.get(self.state)

    def begin(self) -> None:
        """Somebody starts to prove the code. Raises `Refused` if they cannot now."""
        if self.why_not is not None:
            raise Refused(self.why_not)
        self._state = State.trying

    def wrong(self) -> None:
        """The proof failed, or broke off once it had begun (it may have been a guess)."""
        if self.state is State.trying:
            self.tries_left -= 1
            self._state = State.waiting if self.tries_left else State.burned

    def right(self) -> None:
        """The proof is good. Raises `Refused` if the time ended, or the code was closed, by now."""
        if self.state is not State.trying:
            raise Refused(_WHY[self.state] if self.over else _WHY[State.trying])
        self._state = State.asking

    def again(self) -> None:
        """Who proved it was lost before anybody decided: the code is as good as before."""
        if self.state is State.asking:
            self._state = State.waiting

    def use(self) -> None:
        """The newcomer was let in, or turned away: nobody else will be."""
        if self.state is State.asking:
            self._state = State.used

    def cancel(self) -> None:
        """The host's person closed it."""
        if not self.over:
            self._state = State.cancelled


class InviteBook:
    """The host's open codes."""

    __slots__ = ("_clock", "_invites", "_random")

    def __init__(self, clock: Clock, random: Callable[[int], bytes]) -> None:
        """`random(n)`: n random bytes."""
        self._clock = clock
        self._random = random
        self._invites: dict[int, OpenInvite] = {}

    def open(self, taken: Collection[int] = ()) -> OpenInvite:
        """A new code. Its number is not that of another open one here, nor, where possible, of
        the `taken` ones that other computers in reach show."""
        mine = {invite.code.number for invite in self.invites()}
        free = [n for n in range(1, NUMBER_MAX + 1) if n not in mine]
        if not free:
            raise Refused("There are too many open invitations. Close some of them first.")
        free = [n for n in free if n not in taken] or free
        free = [n for n in free if n <= 9] or free  # short ones are easier to say
        draw = int.from_bytes(self._random(8), "big")
        first, second = (words()[draw >> shift & 1023] for shift in (0, 10))
        code = Code(free[(draw >> 20) % len(free)], first, second)
        id_ = InviteId(self._random(16))
        invite = OpenInvite(code, id_, self._clock() + LIFE_MS, self._clock)
        self._invites[code.number] = invite
        return invite

    def invites(self) -> tuple[OpenInvite, ...]:
        """Those that are not over, by number."""
        return tuple(invite for _, invite in sorted(self._invites.items()) if not invite.over)

    def begin(self, number: int) -> OpenInvite:
        """Somebody in reach starts to prove the code with this number. Raises `Refused` with the
        reason that they are told."""
        invite = self._invites.get(number)
        if invite is None:
            raise Refused(f"There is no invitation with the number {number} here.")
        invite.begin()
        return invite
