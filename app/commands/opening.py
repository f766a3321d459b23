"""`goat open` and `goat quick`: the window, opened for something.

Invariant: a link is handed to the window as it is; all it can do there is open a note.
"""

from __future__ import annotations

import click

from app.command_line import Wishes, common_options, pass_wishes
from app.single_instance import Wish
from app.start_window import start_window


@click.command()
@common_options
@pass_wishes
def quick(wishes: Wishes) -> int:
    """Write a quick note: a small window, in front of whatever you do."""
    return start_window(wishes, Wish("quick"))


@click.command(name="open")
@click.argument("link")
@common_options
@pass_wishes
def open_link(wishes: Wishes, link: str) -> int:
    """Open the window at the note that LINK (goat://open/…) leads to.

    `goat LINK` does the same. A link is copied in the window, with “Copy link to this note”.
    """
    return start_window(wishes, Wish("open", link))
