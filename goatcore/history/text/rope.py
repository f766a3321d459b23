"""The visible text: strings of a few kilobytes that are spliced in place.

Invariant: the parts joined are the text, and no part is empty unless the text is. Must never import
anything of ours: it knows no history.
"""

from __future__ import annotations

PART = 2048  # letters; a part that grows past twice as many is cut


class Rope:
    """A mutable text. Remembers where the last edit was, since the next is mostly near it."""

    __slots__ = ("_index", "_parts", "_start", "size")

    def __init__(self, text: str = "") -> None:
        self._parts = [text[i : i + PART] for i in range(0, len(text), PART)] or [""]
        self._index = 0  # the part of the last edit, and how many letters are before it
        self._start = 0
        self.size = len(text)

    def copy(self) -> Rope:
        """An independent text that shares the strings."""
        rope = Rope()
        rope._parts = self._parts.copy()
        rope.size = self.size
        return rope

    def __str__(self) -> str:
        parts = self._parts
        if len(parts) > 1:
            text = "".join(parts)
            if len(text) <= 2 * PART:
                self._parts, self._index, self._start = [text], 0, 0
            return text
        return parts[0]

    def splice(self, position: int, deleted: int, inserted: str) -> tuple[int, int, str]:
        """Edit, and return the edit as it came out: beyond the end there is nothing to delete, and
        what is inserted there goes to the end."""
        size = self.size
        if position + deleted > size:
            position = min(position, size)
            deleted = min(deleted, size - position)
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
        self.size = size + len(inserted) - deleted
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
        return position, deleted, inserted
