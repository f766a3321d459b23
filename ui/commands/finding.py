"""Commands by a few letters of their words. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ui.commands.registry import Listed
from ui.models.matching import LETTERS, Wanted, folded


def commands_for(words: str, listing: Sequence[Listed]) -> list[Listed]:
    """The commands that answer to what was typed, the best first, else as in the menus."""
    wanted = Wanted(words)
    found: list[tuple[int, int, Listed]] = []
    for at, command in enumerate(listing):
        how = wanted.rank(folded(command.words)) if wanted else 0
        if how is None or how >= LETTERS:  # what its menu is called counts less than its own words
            of_menu = wanted.rank(folded(f"{command.menu} {command.words}"))
            how = how if of_menu is None or of_menu >= LETTERS else LETTERS - 1
        if how is not None:
            found.append((how, at, command))
    return [command for _, _, command in sorted(found, key=lambda hit: hit[:2])]
