"""`goat search`."""

from __future__ import annotations

import json
import re

import pytest


@pytest.fixture
def written(goat):
    """Two notes in “Notes”, one in “Welcome”."""
    goat("new", "Oat milk", "--body", "For Ann, #shop, café.\n- [ ] buy it")
    goat("new", "Goats", "--body", "They eat hedges.\nAnn has three of them.")
    goat("new", "Hedge", "--in", "Welcome", "--body", "Cut it in March.")


def test_notes_are_printed_the_best_first(goat, written):
    said = goat("search", "hedge")
    assert said.code == 0
    day = re.search(r"\d{4}-\d\d-\d\d", said.out)[0]
    assert said.out == (
        f"Hedge  (Welcome, {day})\n    Cut it in March.\n"
        f"Goats  (Notes, {day})\n    They eat hedges. · Ann has three of them.\n"
    )


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        (["ann", "notebook:notes"], {"Oat milk", "Goats"}),
        (["cafe"], {"Oat milk"}),
        (["tag:shop"], {"Oat milk"}),
        (["has:todo", "notebook:notes"], {"Oat milk"}),
        (["ann", "in:notes", "--limit", "1"], {"Goats"}),
        (["--", "ann", "-goats", "in:notes"], {"Oat milk"}),
        (["hedge OR milk", "notebook:notes"], {"Oat milk", "Goats"}),
        (['"eat hedges"'], {"Goats"}),
    ],
)
def test_operators_count(goat, written, words, titles):
    options = ["--json", *words]
    found = [json.loads(line) for line in goat("search", *options).out.splitlines()]
    assert {one["title"] for one in found} == titles


def test_a_line_of_json_says_where_and_why(goat, written):
    found = json.loads(goat("search", "--json", "title:goats eat").out)
    assert found["snippet"] == "They eat hedges. · Ann has three of them."
    assert found["ranges"] == [[5, 8]]
    assert (found["place"], found["title"]) == ("Notes", "Goats")
    assert set(found) == {
        "author", "edited", "key", "notebook", "place", "ranges", "score", "snippet", "title",
    }  # fmt: skip


def test_nothing_found_is_told_and_the_code_is_1(goat, written):
    said = goat("search", "nothing", "like", "xyzzy")
    assert (said.code, said.out, said.err) == (1, "", "No note has “nothing like xyzzy”.\n")
    said = goat("search", "has:unicorn", "goats")
    assert said.code == 0
    assert said.err.startswith("“has:unicorn” means nothing; after has: comes code, done, image,")


def test_words_must_be_given(goat):
    said = goat("search")
    assert said.code == 2
    assert goat("search", "x", "--limit", "0").code == 2
