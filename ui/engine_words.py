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
            return said.format(*(told_by(part) for part in found.groups()))
    return sentence


@cache
def _patterns(code: str) -> list[tuple[re.Pattern[str], str]]:
    """Every sentence with something filled in, those with most words of their own first."""
    language = spoken()
    assert language.code == code
    filled = [
        (words, forms[0])
        for (meaning, words), forms in language.sentences.items()
        if meaning == ENGINE and "{}" in words
    ]
    filled.sort(key=lambda it: -len(it[0]))
    return [(re.compile("(.*?)".join(map(re.escape, w.split("{}")))), said) for w, said in filled]
