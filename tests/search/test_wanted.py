"""What was typed, as it is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goatcore.search.wanted import ANY, AUTHOR, HAS, PLACE, TAG, TITLE, Term, parse


def term(words, field=ANY, *, exact=False):
    return Term(field, tuple(words.split()), exact)


@pytest.mark.parametrize(
    ("typed", "clauses"),
    [
        ("oat milk", [[term("oat")], [term("milk")]]),
        ('"oat milk"', [[term("oat milk", exact=True)]]),
        ('"oat mi', [[term("oat mi")]]),
        ("“oat milk”", [[term("oat milk", exact=True)]]),
        ("oat-milk", [[term("oat milk")]]),
        ("東京", [[term("東 京")]]),
        ("tag:garden", [[term("garden", TAG)]]),
        ("#garden", [[term("garden", TAG)]]),
        ("TAG:Garden", [[term("garden", TAG)]]),
        ('title:"south bed"', [[term("south bed", TITLE, exact=True)]]),
        ("notebook:Wörk in:home", [[term("work", PLACE)], [term("home", PLACE)]]),
        ("author:ann by:lee", [[term("ann", AUTHOR)], [term("lee", AUTHOR)]]),
        ("has:todo is:link", [[term("todo", HAS, exact=True)], [term("link", HAS, exact=True)]]),
        ("cat OR dog bird", [[term("cat"), term("dog")], [term("bird")]]),
        ("cat OR OR dog", [[term("cat"), term("dog")]]),
        ("tag:a OR tag:b OR c", [[term("a", TAG), term("b", TAG), term("c")]]),
        ("OR", [[term("or")]]),
        ("OR cat", [[term("or")], [term("cat")]]),
        ("cat OR", [[term("cat")]]),
        ("cat or dog", [[term("cat")], [term("or")], [term("dog")]]),
        ("http://example.org", [[term("http example org")]]),
        ("NEAR(a b) {x}^2 a*b", [[term("near a")], [term("b")], [term("x 2")], [term("a b")]]),
        ('a"b c"d', [[term("a")], [term("b c", exact=True)], [term("d")]]),
    ],
)  # fmt: skip
def test_words_phrases_and_operators(read, typed, clauses):
    wanted = read(typed)
    assert [list(clause) for clause in wanted.clauses] == clauses
    assert not wanted.without
    assert not wanted.problems


UNFINISHED = """tag:|-|"|""|& *|has:|before:|before:20|after:2026-|after:2026-0|has:to|#|-#| |"""


@pytest.mark.parametrize("typed", UNFINISHED.split("|"))
def test_what_is_still_being_typed_asks_for_nothing(read, typed):
    wanted = read(typed)
    assert not wanted
    assert not wanted.problems


def test_what_must_not_be_there(read):
    wanted = read('milk -oat -"soy milk" -tag:old -has:todo')
    assert [list(clause) for clause in wanted.clauses] == [[term("milk")]]
    assert list(wanted.without) == [
        term("oat"),
        term("soy milk", exact=True),
        term("old", TAG),
        term("todo", HAS, exact=True),
    ]


def test_before_is_until_a_day_and_after_is_from_it_on(read, day):
    wanted = read("after:2025 before:2026-05-02")
    assert (wanted.after_ms, wanted.before_ms) == (day(2025, 1, 1), day(2026, 5, 2))
    wanted = read("before:2026-05 before:2026 after:2024-3 after:2023-12-31")
    assert (wanted.after_ms, wanted.before_ms) == (day(2024, 3, 1), day(2026, 1, 1))
    assert read("after:2025")


@pytest.mark.parametrize("typed", ["before:soon", "after:2026-13", "before:2026-02-30", "after:9"])
def test_what_is_no_date_is_said_in_a_sentence(read, typed):
    name = typed.partition(":")[0]
    wanted = read(f"milk {typed}")
    said = [f"“{typed}” is not a date; write 2026, 2026-05 or 2026-05-01."]
    assert list(wanted.problems) == ([] if typed == "after:9" else said), name
    assert [list(clause) for clause in wanted.clauses] == [[term("milk")]]


def test_marks_that_there_are_not_are_said_in_a_sentence(read):
    assert read("has:unicorn").problems == (
        "“has:unicorn” means nothing; after has: comes link, pinned, todo.",
    )


def test_only_so_many_words_are_taken(read):
    wanted = read("word " * 100)
    assert len(wanted.clauses) == 64
    assert wanted.problems == ("Only the first 64 words are searched for.",)


@given(st.text() | st.text('"-:#() *^ORa日tag has before2026', max_size=30))
def test_whatever_is_typed_can_be_read(typed):
    wanted = parse(typed, ["todo"], lambda year, month, day: year * month * day)
    assert all(t.tokens for clause in wanted.clauses for t in clause)
    assert all(clause for clause in wanted.clauses)
    assert all(t.tokens for t in wanted.without)
