"""Where an installation keeps its workspaces and its own state.

Owns the places, nothing in them: what the operating system says, or all of it in one folder that
the person names. Creates nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from platformdirs import user_data_path, user_state_path

NAME: Final = "goat-notes"
HOME_VARIABLE: Final = "GOAT_HOME"
OWN: Final = "My notes"  # the folder of one's own workspace; its name is shown in messages
JOINED: Final = "Joined notes"


class Folders(NamedTuple):
    """`workspaces` holds a folder a workspace, to be backed up; `state` what belongs to this
    installation alone: keys of this device, settings, the log of the program."""

    workspaces: Path
    state: Path

    @property
    def own(self) -> Path:
        """One's own workspace."""
        return self.workspaces / OWN


def find_folders(home: Path | None, environment: Mapping[str, str]) -> Folders:
    """The folders below `home` if it is given, else below GOAT_HOME, else where the operating
    system wants them."""
    if home is None and environment.get(HOME_VARIABLE):
        home = Path(environment[HOME_VARIABLE])
    if home is not None:
        home = home.expanduser().absolute()
        return Folders(home / "workspaces", home / "state")
    data = user_data_path(NAME, appauthor=False)
    state = user_state_path(NAME, appauthor=False)
    return Folders(data / "workspaces", state / "state" if state == data else state)
