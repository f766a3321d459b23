"""What is remembered of a closed window's notebooks, and what is made of it."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from ui.models.away import News, news_since, seen_now, told, what_words
from ui.operations import notebooks, notes


@pytest.mark.parametrize(
    ("kind", "authors", "words"),
    [
        ("new", ("Ann",), "new, by Ann"),
        ("edited", ("Ann", "Bob"), "edited by Ann, Bob"),
        ("deleted", ("A", "B", "C", "D", "E"), "deleted by A, B, C and 2 others"),
    ],
)
def test_who_did_what_in_words(kind: str, authors: tuple[str, ...], words: str) -> None:
    assert what_words(News(SimpleNamespace(), kind, authors)) == words


def test_how_many_in_words() -> None:
    assert told(1) == "1 note changed while you were away"
    assert told(2) == "2 notes changed while you were away"


def test_ones_own_changes_are_no_news(workspaces: Any, clock: Any) -> None:
    garden = notebooks.create(workspaces.databases[0], "Garden")
    seen = seen_now(workspaces.databases)
    notes.create(garden, "Mine", now_ms=clock.now_ms)
    assert news_since(workspaces.databases, seen) == []


@pytest.mark.parametrize(
    "seen", ["", "{", "[]", "null", '{"/notes/x": 3}', '{"/notes/x": ["zz"]}', '"text"']
)
def test_a_damaged_memory_is_no_memory(workspaces: Any, seen: str) -> None:
    notebooks.create(workspaces.databases[0], "Garden")
    assert news_since(workspaces.databases, seen) == []


def test_a_state_that_a_notebook_never_had_gives_no_news(workspaces: Any, clock: Any) -> None:
    garden = notebooks.create(workspaces.databases[0], "Garden")
    notes.create(garden, "Mine", now_ms=clock.now_ms)
    foreign = json.dumps({garden.path: ["ab" * 32]})
    assert news_since(workspaces.databases, foreign) == []
