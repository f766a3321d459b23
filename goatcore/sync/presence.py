"""Presence: who is where just now. Said often, saved never, the latest word of each counts.

Owns the bytes of a word (FORMATS.md section 4.1), how often words are said and listened to, and
who is known to be where. Invariants: a word is believed only if its device signed it for this very
repository and it is newer than all that were heard of that device; what a peer sends takes room for
one word a repository, and the time of fifty words a second at most, whatever it is. Pure: bytes and
`now_ms` in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from goatcore.errors import Malformed
from goatcore.ids import AuthorKey, CommitId, ItemKey, RepositoryId
from goatcore.sync.messages import Presence
from goatcore.trust.sealing import Epoch, body_nonce
from goatcore.trust.signing import verify
from goatcore.values import is_name, pack, unpack_canonical

WORD_MS: Final = 100  # between two words of this device about one repository
LISTEN_MS: Final = 20  # between two words of one link, on average …
LISTEN_BURST: Final = 10  # … but for so many at once
QUIET_MS: Final = 60_000  # who says nothing for so long is still here, but not at a place
TYPING_MS: Final = 2_000  # who typed so lately is typing
PEOPLE_MAX: Final = 256  # devices, of one repository
HEADS_MAX: Final = 16
PLACE_MAX: Final = 1 << 32


class Whereabouts(NamedTuple):
    """Where somebody is in a repository: in an item, maybe at a place in one of its texts."""

    item: ItemKey | None  # None: in no item
    field: str | None = None  # stored name of a text; None: at no place
    heads: tuple[CommitId, ...] = ()  # the version of the item that the places are of
    anchor: int = 0  # code points before the beginning of the selection,
    cursor: int = 0  # and before the cursor
    typing: bool = False


NOWHERE: Final = Whereabouts(None)


# -- bytes -----------------------------------------------------------------------------------------


def say(
    where: Whereabouts,
    repository: RepositoryId,
    epoch: Epoch,
    author: AuthorKey,
    sign: Callable[[bytes], bytes],
    counter: int,
) -> Presence:
    """One word, sealed and signed. `counter` is greater than that of every word before."""
    plain, about = pack(where), _about(repository, author, counter)
    sealed = _cipher(epoch.key, repository).encrypt(body_nonce(author, counter), plain, about)
    return Presence(author, counter, epoch.id, sign(about + epoch.id + sealed), sealed)


def understand(word: Presence, repository: RepositoryId, epoch_key: bytes) -> Whereabouts:
    """What a word says. Raises `Malformed` if its author did not say it about this repository."""
    about = _about(repository, word.author, word.counter)
    if not verify(word.author, about + word.epoch + word.sealed, word.signature):
        raise Malformed("A word of presence is not signed by its device.")
    nonce = body_nonce(word.author, word.counter)
    try:
        plain = _cipher(epoch_key, repository).decrypt(nonce, word.sealed, about)
    except InvalidTag:
        raise Malformed("A word of presence was not sealed with its key.") from None
    return _read(unpack_canonical(plain))


def _read(value: object) -> Whereabouts:
    if type(value) is not list or len(value) != len(Whereabouts._fields):
        raise Malformed("A word of presence has other parts.")
    item, field, heads, anchor, cursor, typing = value
    if not (
        (item is None or is_name(item))
        and (field is None or (item is not None and is_name(field)))
        and type(heads) is list
        and len(heads) <= HEADS_MAX
        and all(type(head) is bytes and len(head) == 32 for head in heads)
        and all(type(place) is int and 0 <= place < PLACE_MAX for place in (anchor, cursor))
        and type(typing) is bool
    ):
        raise Malformed("A word of presence says what cannot be.")
    return Whereabouts(item, field, tuple(map(CommitId, heads)), anchor, cursor, typing)


def _about(repository: RepositoryId, author: AuthorKey, counter: int) -> bytes:
    return b"goat/presence/1\0" + repository + author + counter.to_bytes(8, "big")


@lru_cache(maxsize=256)
def _cipher(epoch_key: bytes, repository: RepositoryId) -> AESGCMSIV:
    info = b"goat/presence/1\0" + repository
    return AESGCMSIV(HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(epoch_key))


# -- how often -------------------------------------------------------------------------------------


class Pace:
    """When this device may say its next word; what was to be said in between is not said."""

    def __init__(self) -> None:
        self.wanted = False
        self._said_ms: int | None = None

    def due(self, now_ms: int) -> int | None:
        """When the next word is to be said; None: there is none."""
        if not self.wanted:
            return None
        said = self._said_ms
        return now_ms if said is None or said > now_ms else max(now_ms, said + WORD_MS)

    def said(self, now_ms: int) -> None:
        """A word was said."""
        self.wanted, self._said_ms = False, now_ms


class Intake:
    """The words of one link that nobody looked at yet: the latest about each repository."""

    def __init__(self) -> None:
        self._waiting: dict[RepositoryId, Presence] = {}
        self._used_ms = 0  # looks are used up until then, at one every LISTEN_MS

    def put(self, repository: RepositoryId, word: Presence) -> None:
        """A word came."""
        self._waiting[repository] = word

    def forget(self, repository: RepositoryId) -> None:
        """Nothing about a repository is heard any more."""
        self._waiting.pop(repository, None)

    def due(self, now_ms: int) -> int | None:
        """When `take` gives a word; None: never."""
        if not self._waiting:
            return None
        return max(now_ms, self._used(now_ms) - LISTEN_MS * (LISTEN_BURST - 1))

    def take(self, now_ms: int) -> tuple[RepositoryId, Presence] | None:
        """The word that waits longest, if there is time for one."""
        at = self.due(now_ms)
        if at is None or at > now_ms:
            return None
        self._used_ms = max(self._used(now_ms), now_ms) + LISTEN_MS
        repository = next(iter(self._waiting))
        return repository, self._waiting.pop(repository)

    def _used(self, now_ms: int) -> int:
        is_ahead = self._used_ms > now_ms + LISTEN_MS * LISTEN_BURST  # the clock was set back
        return now_ms if is_ahead else self._used_ms


# -- who is where ----------------------------------------------------------------------------------


class Heard(NamedTuple):
    """The latest word of a device."""

    device: AuthorKey
    counter: int
    heard_ms: int
    where: Whereabouts

    def at(self, now_ms: int) -> Heard:
        """As it is to be taken now."""
        where, silent_ms = self.where, now_ms - self.heard_ms
        if silent_ms >= QUIET_MS:
            where = Whereabouts(where.item)
        elif silent_ms >= TYPING_MS and where.typing:
            where = where._replace(typing=False)
        return self._replace(where=where)


class People:
    """Where the others are in one repository."""

    def __init__(self) -> None:
        self._heard: dict[AuthorKey, Heard] = {}

    def hear(self, device: AuthorKey, counter: int, where: Whereabouts, now_ms: int) -> bool:
        """A device says where it is. False: that is no news."""
        known = self._heard.get(device)
        if counter <= known.counter if known else len(self._heard) >= PEOPLE_MAX:
            return False
        self._heard[device] = Heard(device, counter, now_ms, where)
        return True

    def part(self, device: AuthorKey) -> bool:
        """A device cannot be heard any more. Whether it was anywhere."""
        known = self._heard.pop(device, None)
        return known is not None and known.where.item is not None

    def here(self, now_ms: int) -> list[Heard]:
        """Those who are in an item, by device."""
        found = [one.at(now_ms) for one in self._heard.values() if one.where.item is not None]
        return sorted(found, key=lambda one: one.device)

    def word(self, device: AuthorKey, now_ms: int) -> Heard | None:
        """The latest word of a device."""
        known = self._heard.get(device)
        return None if known is None else known.at(now_ms)

    def due(self, now_ms: int) -> int | None:
        """When the next of them leaves the place that it is at; None: none is at one."""
        ends = [
            one.heard_ms + QUIET_MS
            for one in self._heard.values()
            if one.where.field is not None and one.heard_ms + QUIET_MS > now_ms
        ]
        return min(ends, default=None)
