"""A whole text assigned anew, as the few splices that make it from the old one.

Compared word by word after the common ends are trimmed, so that two people who each replace a word
keep both. Edit script by rapidfuzz (indel distance). Pure.
"""

from __future__ import annotations

import re
from typing import Final

from goatcore.history.splices import TextSplice

WORDS_MAX: Final = 20_000  # beyond this the middle is replaced as one
_WORD: Final = re.compile(r"\w+|\s+|[^\w\s]")


def word_splices(old: str, new: str) -> list[TextSplice]:
    """Splices that make `new` of `old`, in order, each in terms of the text before it."""
    if old == new:
        return []
    start, limit = 0, min(len(old), len(new))
    while start < limit and old[start] == new[start]:
        start += 1
    end = 0
    while end < limit - start and old[-1 - end] == new[-1 - end]:
        end += 1
    before, after = old[start : len(old) - end], new[start : len(new) - end]
    if not before or not after:
        return [TextSplice(start, len(before), after)]
    a: list[str] = _WORD.findall(before)
    b: list[str] = _WORD.findall(after)
    if len(a) > WORDS_MAX or len(b) > WORDS_MAX:
        return [TextSplice(start, len(before), after)]
    # needed for whole texts only: a program that splices does not pay for the import
    from rapidfuzz.distance import Indel

    splices: list[TextSplice] = []
    position = start
    for opcode in Indel.opcodes(a, b):
        tag, text = opcode.tag, "".join(b[opcode.dest_start : opcode.dest_end])
        gone = sum([len(word) for word in a[opcode.src_start : opcode.src_end]])
        if tag == "equal":
            position += gone
            continue
        last = splices[-1] if splices else None
        if last is not None and last.position + len(last.inserted) == position:
            splices[-1] = TextSplice(last.position, last.deleted + gone, last.inserted + text)
        else:
            splices.append(TextSplice(position, gone, text))
        position += len(text)
    return splices
