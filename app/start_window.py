"""`goat` without a command: hand over to an open window, or open one.

Owns the order of the checks. Invariant: Qt is imported only when a window is about to open.
"""

from __future__ import annotations

import os
import time
from typing import Final

import click

from app.command_line import Failed, Wishes
from app.single_instance import Wish, knock
from goatcore import InUse

OPENING_S: Final = 5.0  # how long the first of two starts may take until it answers
STEP_S: Final = 0.1
THERE: Final = "Goat Notes is open already; its window comes to the front."


def start_window(wishes: Wishes, wish: Wish = Wish()) -> int:  # noqa: B008  a value
    """Open the window, for what is wished, and return when it was closed. The exit code."""
    folders = wishes.folders(os.environ)
    if knock(folders.state, wish):
        click.echo(THERE)
        return 0
    from app.display import obstacle

    trouble = obstacle(os.environ)
    if trouble is not None:
        raise Failed(trouble)
    try:
        from app.window import WindowPlan, run_window
    except ImportError as error:  # Qt is there, a library of the system that it needs is not
        raise Failed(f"The window cannot be opened: {error}.") from error
    try:
        return run_window(folders, WindowPlan(debug=wishes.debug, wish=wish))
    except InUse:
        end = time.monotonic() + OPENING_S
        while time.monotonic() < end:
            if knock(folders.state, wish):
                click.echo(THERE)
                return 0
            time.sleep(STEP_S)
        raise
