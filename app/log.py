"""The program's own log, for those who look for a fault: what failed and where, never what was
written.

Owns the file `goat.log` in the state folder. Invariant: no note, title or name gets into it: of an
exception it keeps the type and the places in the code, not the message.
"""

from __future__ import annotations

import logging
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

FILE_NAME: Final = "goat.log"
FILE_BYTES_MAX: Final = 512 * 1024
LOGGER: Final = logging.getLogger("goat")


class _Places(logging.Formatter):
    def formatException(self, ei: object) -> str:  # noqa: N802 logging's own name
        assert isinstance(ei, tuple)
        kind, _, trace = ei
        places = [f"{frame.name} ({Path(frame.filename).name}:{frame.lineno})"
                  for frame in traceback.extract_tb(trace)]  # fmt: skip
        return f"{kind.__name__} in " + " > ".join(places)


def start_log(state: Path) -> None:
    """Write to the file from now on. A folder that cannot be written to means no log, no error."""
    try:
        state.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            state / FILE_NAME, maxBytes=FILE_BYTES_MAX, backupCount=1, encoding="utf-8"
        )
    except OSError:
        return
    handler.setFormatter(_Places("%(asctime)s %(levelname)s %(message)s"))
    LOGGER.handlers[:] = [handler]
    LOGGER.setLevel(logging.INFO)
    LOGGER.propagate = False


def stop_log() -> None:
    """Let go of the file."""
    for handler in list(LOGGER.handlers):
        LOGGER.removeHandler(handler)
        handler.close()


def note_failure(what: str, error: BaseException) -> None:
    """Write down a failure. `what` is the program's own words."""
    LOGGER.error(what, exc_info=(type(error), error, error.__traceback__))
