"""A text's history as a film, forwards and backwards.

Owns the place in the film. Invariant: the text is always that of the version shown, and the splices
of a step, applied in order, turn the text before it into the one after. Where people worked one
after the other a step is the edit as it was made; where they worked at once it is what the change
meant for the merged text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast

from goatcore.errors import LocalMisuse
from goatcore.history.diffing import word_splices
from goatcore.history.operations import TEXT_SPLICE
from goatcore.history.splices import TextSplice
from goatcore.repository.past import ItemPast
from goatcore.repository.version import History, Version
from goatcore.schema.fields import TEXT


class Step(NamedTuple):
    """One step of a playback."""

    version: Version  # the one that shows now
    splices: list[TextSplice]  # what brought the text there, in order; empty: not a change of it


class Playback:
    """Plays a text field; iterating goes on from where it stands to the newest version."""

    __slots__ = ("_history", "_past", "_stored", "index", "text")

    def __init__(self, past: ItemPast, name: str, index: int = 0) -> None:
        if past.item.schema.field(name).kind != TEXT:
            raise LocalMisuse(f"{name} is not a text.")
        self._past = past
        self._stored = past.item.schema.stored_name(name)
        self._history = History(past)
        self.index = range(len(self._history))[index]  # of the version that shows
        self.text = self._text(self.index)

    @property
    def version(self) -> Version:
        """The version that shows."""
        return self._history[self.index]

    def forward(self) -> Step | None:
        """One version on; None at the newest."""
        if self.index + 1 == len(self._history):
            return None
        self.index += 1
        splices = self._splices(self.index, self.text)
        self.text, _ = _played(self.text, splices)
        return Step(self.version, splices)

    def back(self) -> Step | None:
        """One version back; None at the oldest."""
        if self.index == 0:
            return None
        before = self._text(self.index - 1)
        _, inverse = _played(before, self._splices(self.index, before))
        self.index -= 1
        self.text = before
        return Step(self.version, inverse)

    def __iter__(self) -> Iterator[Step]:
        while (step := self.forward()) is not None:
            yield step

    def __len__(self) -> int:
        return len(self._history)

    def _text(self, index: int) -> str:
        return self._past.state(self._history.timeline.heads(index)).text(self._stored)

    def _splices(self, index: int, before: str) -> list[TextSplice]:
        """What brings the text of the version before `index` to that of `index`."""
        if not self._history.timeline.is_next(index):
            return word_splices(before, self._text(index))
        record = self._past.fetch(self._history[index].commit)
        splices, size = [], len(before)
        for operation in record.operations:
            if operation[:2] == (TEXT_SPLICE, self._stored):
                position = min(cast(int, operation[2]), size)
                deleted = min(cast(int, operation[3]), size - position)
                inserted = cast(str, operation[4])
                size += len(inserted) - deleted
                splices.append(TextSplice(position, deleted, inserted))
        return splices


def _played(text: str, splices: list[TextSplice]) -> tuple[str, list[TextSplice]]:
    """A text after splices, and the splices that lead back."""
    inverse = []
    for position, deleted, inserted in splices:
        gone = text[position : position + deleted]
        inverse.append(TextSplice(position, len(inserted), gone))
        text = text[:position] + inserted + text[position + deleted :]
    inverse.reverse()
    return text, inverse
