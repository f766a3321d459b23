"""Whether a window can be opened here, found out before Qt tries: Qt would end the process.

Owns the sentences for a missing Qt and a missing display. Opens sockets of the display, nothing
else.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Final

NO_QT: Final = (
    "The window needs PySide6 and qasync, which are not installed here. Install them with\n"
    "  python -m pip install 'goat-notes[desktop]'\n"
    "or use Goat Notes in the terminal: `goat --help` shows how."
)
NO_DISPLAY: Final = (
    "There is no display here to open a window on. Goat Notes works in the terminal, too: "
    "`goat --help` shows how."
)
DEAD_DISPLAY: Final = (
    "The display that is set here ({}) does not answer, so no window can be opened. Goat Notes "
    "works in the terminal, too: `goat --help` shows how."
)
CONNECT_S: Final = 2.0
X_PORT: Final = 6000


def obstacle(environment: Mapping[str, str], platform: str = sys.platform) -> str | None:
    """Why no window can be opened, in a sentence; None if nothing speaks against it."""
    if find_spec("PySide6") is None or find_spec("qasync") is None:
        return NO_QT
    if environment.get("QT_QPA_PLATFORM") or not platform.startswith("linux"):
        return None
    wayland, x = environment.get("WAYLAND_DISPLAY"), environment.get("DISPLAY")
    if not wayland and not x:
        return NO_DISPLAY
    if wayland and _answers_wayland(wayland, environment):
        return None
    if x and _answers_x(x):
        return None
    return DEAD_DISPLAY.format(wayland or x)


def _answers_wayland(name: str, environment: Mapping[str, str]) -> bool:
    place = Path(environment.get("XDG_RUNTIME_DIR", "/run/user/" + str(os.getuid()))) / name
    return _answers(socket.AF_UNIX, str(place))


def _answers_x(name: str) -> bool:
    host, _, number = name.rpartition(":")
    number = number.split(".")[0]
    if not number.isdigit():
        return True  # a form that is not known here: let Qt try
    if host in {"", "unix"}:
        place = f"/tmp/.X11-unix/X{number}"
        return _answers(socket.AF_UNIX, place) or _answers(socket.AF_UNIX, f"\0{place}")
    if host.startswith("/"):
        return _answers(socket.AF_UNIX, name)
    return _answers(socket.AF_INET, (host, X_PORT + int(number)))


def _answers(family: int, address: str | tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as line:
            line.settimeout(CONNECT_S)
            line.connect(address)
            return True
    except OSError:
        return False
