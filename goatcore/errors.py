"""The one tree of errors that goatcore raises.

Every message is a sentence a person can act on. `LocalMisuse` is a mistake of the calling program,
`WorldFailed` is the disk or the network, `PeerMisbehaved` is what came from somebody else,
`Refused` is a wish that the rules forbid. Our own bugs are assertions, never errors of this tree.
"""

from __future__ import annotations


class GoatError(Exception):
    """The root: catch this to catch everything that goatcore raises on purpose."""


# -- the calling program ---------------------------------------------------------------------------


class LocalMisuse(GoatError):
    """The calling program asked for something that cannot mean anything."""


class InvalidValue(LocalMisuse, ValueError):
    """A value does not fit its field; the message names the field and the reason."""


class UnknownField(LocalMisuse, AttributeError):
    """A field that the item's schema does not have."""


class TransactionTooLarge(LocalMisuse):
    """One commit would pass 1 MiB; the message has its size in bytes."""


class TransactionMisuse(LocalMisuse):
    """A transaction was nested, awaited in, or used after its end."""


class Closed(LocalMisuse):
    """The database, repository or link was closed before this call."""


# -- the rules -------------------------------------------------------------------------------------


class Refused(GoatError):
    """The workspace's own rules forbid it; the message says which and who may."""


class NotAMember(Refused):
    """This device is not (or no longer) in the group that the call needs."""


# -- what others sent ------------------------------------------------------------------------------


class PeerMisbehaved(GoatError):
    """A peer sent what no correct peer sends; the link is closed, nothing was changed."""


class Malformed(PeerMisbehaved):
    """Bytes that are not what FORMATS.md says; the message names the first thing wrong."""


class HandshakeFailed(PeerMisbehaved):
    """The link could not be secured: wrong code, wrong secret, or not a member."""


# -- the world -------------------------------------------------------------------------------------


class WorldFailed(GoatError):
    """The disk, the network or the clock did not do its part."""


class InUse(WorldFailed):
    """Another process has this folder or file open for writing."""


class NotAGoatFile(WorldFailed):
    """A file that this program did not write; it is left as it is."""


class NewerFormat(WorldFailed):
    """A file that a newer version wrote; it is left as it is."""


class Damaged(WorldFailed):
    """A file is broken in a way that recovery cannot mend alone; the message says what is lost."""


class DiskFailed(WorldFailed):
    """A write, a sync or a rename failed; what was acknowledged before is safe."""


class Unreachable(WorldFailed):
    """Nobody answered at an address; the message says what was tried."""


class CheckpointDamaged(Damaged):
    """A part of the index beside a log cannot be read: drop the index and read the log."""
