"""The visible text: strings of a few kilobytes that are spliced in place.

Invariant: the parts joined are the text, once what is typed last is put in, and no part is empty
unless the text is. Must never import anything of ours: it knows no history.
"""

from __future__ import annotations

PART = 2048  # letters; a part that grows past twice as many is cut
TYPED_MAX = 512  # letters that wait to be put in


class Rope:
    """A mutable text. Remembers where the last edit was, since the next is mostly near it; what is
    typed on waits aside until the next edit elsewhere, or until somebody reads."""

    __slots__ = ("_end", "_index", "_parts", "_start", "_typed", "size")

    def __init__(self, text: str = "") -> None:
        self._parts = [text[i : i + PART] for i in range(0, len(text), PART)] or [""]
        self._index = 0  # the part of the last edit, and how many letters are before it
        self._start = 0
        self._typed = ""  # not in the parts yet
        self._end = -1  # where it ends in the text; -1: nothing waits
        self.size = len(text)

    def copy(self) -> Rope:
        """An independent text that shares the strings."""
        self._settle()
        rope = Rope()
        rope._parts = self._parts.copy()
        rope.size = self.size
        return rope

    def __str__(self) -> str:
        self._settle()
        parts = self._parts
        if len(parts) > 1:
            text = "".join(parts)
            if len(text) <= 2 * PART:
                self._parts, self._index, self._start = [text], 0, 0
            return text
        return parts[0]

    def splice(self, position: int, deleted: int, inserted: str) -> None:
        """Edit. Beyond the end there is nothing to delete, and what is inserted there goes to the
        end; `clipped` tells."""
        if position == self._end:
            if not deleted and len(self._typed) < TYPED_MAX:
                self._typed += inserted
                size = len(inserted)
                self._end = position + size
                self.size += size
                return
        elif position + deleted == self._end and not inserted and deleted < len(self._typed):
            self._typed = self._typed[:-deleted]
            self._end = position
            self.size -= deleted
            return
        if self._end >= 0:
            self._settle()
        size = self.size
        if position + deleted > size:
            position = min(position, size)
            deleted = min(deleted, size - position)
        if deleted:
            self._replace(position, deleted, inserted)
        else:
            self._typed = inserted
            self._end = position + len(inserted)
        self.size = size + len(inserted) - deleted

    def clipped(self, position: int, deleted: int) -> tuple[int, int]:
        """What of a place and a number of letters from there on is in the text."""
        position = min(position, self.size)
        return position, min(deleted, self.size - position)

    def _settle(self) -> None:
        """Put in what was typed last."""
        end = self._end
        if end >= 0:
            typed, self._typed, self._end = self._typed, "", -1
            self._replace(end - len(typed), 0, typed)

    def _replace(self, position: int, deleted: int, inserted: str) -> None:
        parts, index, start = self._parts, self._index, self._start
        while position < start:
            index -= 1
            start -= len(parts[index])
        part = parts[index]
        while position > start + len(part):
            start += len(part)
            index += 1
            part = parts[index]
        self._index, self._start = index, start
        at = position - start
        end, last = at + deleted, index
        if end > len(part):
            rest = part
            while end > len(rest):
                end -= len(rest)
                last += 1
                rest = parts[last]
            part = part[:at] + inserted + rest[end:]
            parts[index : last + 1] = [part]
        else:
            parts[index] = part = part[:at] + inserted + part[end:]
        if len(part) > 2 * PART:
            parts[index : index + 1] = [part[i : i + PART] for i in range(0, len(part), PART)]
        elif not part and len(parts) > 1:
            del parts[index]
            self._index = self._start = 0
