"""What the window needs from outside, as protocols: workspaces, their network, the names of people.

The application constructs the real things; the window never opens a folder or a socket itself.
Free of Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

Unsubscribe = Callable[[], None]


class Names(NamedTuple):
    """How others see this person and this computer."""

    member: str
    device: str


class Workspaces(Protocol):
    """The open workspaces of this installation, one's own first."""

    @property
    def databases(self) -> Sequence[Any]:
        """Open databases; the first is one's own, where new notebooks are made."""

    def new_folder(self) -> Path:
        """Where a workspace that is being joined will be kept; nothing is there yet."""

    def add(self, database: Any) -> None:
        """Keeps a workspace that was just joined, also after the next start."""

    @property
    def names(self) -> Names:
        """The names to offer: as given before, or else as the system knows them."""

    @property
    def names_confirmed(self) -> bool:
        """Whether the person has seen and confirmed the names."""

    def confirm_names(self, names: Names) -> None:
        """The person chose these names; they are not asked for again."""

    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe:
        """Calls back when a workspace was added or names changed."""


class Network(Protocol):
    """What the window asks of the network; the network itself is goatcore's."""

    @property
    def code_words(self) -> Sequence[str]:
        """The words that codes are made of, for completion."""

    @property
    def problem(self) -> str | None:
        """Why nobody can be found; None where all is well."""

    def status(self, database: Any, path: str | None = None) -> Any: ...
    def devices(self, database: Any, path: str | None = None) -> Sequence[Any]: ...
    def attempts(self, database: Any) -> Sequence[Any]: ...
    def reach(self, database: Any, address: str) -> None: ...
    def peers(self) -> Sequence[Any]: ...
    def nearby(self) -> Sequence[Any]: ...
    def presence(self, repository: Any) -> Any | None: ...
    def subscribe(self, callback: Callable[[], None]) -> Unsubscribe: ...
    def share(self, database: Any, path: str, *, whom: str, role: Any = ...) -> Any: ...
    def join(
        self,
        code: str,
        *,
        folder: Path,
        address: str | None = None,
        member_name: str,
        device_name: str,
    ) -> Any: ...
