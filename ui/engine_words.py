"""What the engine says, in the language of the window: it knows English only.

Owns how a sentence of the engine finds its translation: by the pattern that the engine filled in.
Invariant: a sentence that is not known is said as it is. Must never import Qt or goatcore.
"""

from __future__ import annotations

import re
from functools import cache

from ui.language import ENGLISH, spoken

ENGINE = "engine"  # the meaning under which translations of its sentences are kept


def told_by(error: Exception | str) -> str:
    """The sentence of an error, or one that the engine gave, in the language that is spoken."""
    sentence = str(error)
    language = spoken()
    if language.code == ENGLISH.code:
        return sentence
    known = language.sentences.get((ENGINE, sentence))
    if known:
        return known[0]
    for pattern, said in _patterns(language.code):
        found = pattern.fullmatch(sentence)
        if found:
            *filled, more = found.groups()
            words = said.format(*map(told_by, filled))
            return f"{words} {told_by(more)}" if more else words
    return sentence


@cache
def _patterns(code: str) -> list[tuple[re.Pattern[str], str]]:
    """Every sentence of the engine, the longest first, and what it becomes; other sentences may
    follow it."""
    language = spoken()
    assert language.code == code
    known = [
        (words, forms[0])
        for (meaning, words), forms in language.sentences.items()
        if meaning == ENGINE
    ]
    known.sort(key=lambda it: -len(it[0]))
    return [
        (re.compile("(.*?)".join(map(re.escape, words.split("{}"))) + "(?: (.+))?"), said)
        for words, said in known
    ]
