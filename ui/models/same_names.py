"""Notebooks that are called the same, told apart by whom they are shared with, or when they were
made: everybody names their own, and all stand in one list. Pure.

Invariant: of two notebooks at the top with equal names no two say the same beside them. Must never
import Qt or goatcore.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from ui.language import tr
from ui.models.dates import short_day_words
from ui.models.sync_words import named


def told_apart(
    names: Sequence[str], shared_with: Sequence[Sequence[str]], made: Callable[[int], date | None]
) -> list[str]:
    """What stands beside each name; "" beside one that nothing else is called by. `made` gives the
    day on which one was made, if it is known; it is asked only if sharing does not tell."""
    folded = [" ".join(name.casefold().split()) for name in names]
    many = {name for name, count in Counter(folded).items() if count > 1}
    beside = [
        (tr("with {}").format(named(shared)) if shared else tr("only here")) if name in many else ""
        for name, shared in zip(folded, shared_with, strict=True)
    ]

    def alike() -> list[int]:
        count = Counter(zip(folded, beside, strict=True))
        return [at for at, words in enumerate(beside) if words and count[folded[at], words] > 1]

    for at in alike():
        day = made(at)
        if day is not None:
            beside[at] = tr("{}, made {}").format(beside[at], short_day_words(day, date.min))
    seen: Counter[tuple[str, str]] = Counter()
    for at in alike():
        words = beside[at]
        seen[folded[at], words] += 1
        beside[at] = f"{words} ({seen[folded[at], words]})"
    return beside
