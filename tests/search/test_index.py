"""The index, held against a scan of every document."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goatcore.search.index import MANY, WITHIN_MAX, Index
from goatcore.search.wanted import AUTHOR, PLACE, parse

NAMES = {PLACE: {"p0": "Garden", "p1": "Work plans"}, AUTHOR: {"a0": "Ann Lee", "a1": "Bo"}}
WORDS = [
    "oat",
    "oatmeal",
    "goat",
    "milk",
    "Milky",
    "crème",
    "日本語",
    "本",
    "to",
    "t",
    "🐐",
    "OR",
    "x1",
]
SIGNS = ["#garden", "#garden/beds", "- [ ]", "https://x.org", "\n", '"', "don't"]
ASKED = [*WORDS, "oa", "eal", "creme", "語", "tag:gar", "tag:beds", "title:oat", "notebook:work",
         "notebook:plans", "notebook:nowhere", "author:lee", "author:b", "has:todo", "has:link",
         "-milk", "-tag:garden", "-has:todo", '"oat milk"', '"oat mi', "after:1970-01-03",
         "before:1970-01-03", "OR", "goat OR milk", "-title:oat", "in:garden OR by:bo"]  # fmt: skip
DAY_MS = 86_400_000


@st.composite
def documents(draw):
    texts = st.lists(st.sampled_from(WORDS + SIGNS), max_size=6).map(" ".join)
    return (
        draw(texts), draw(texts), draw(st.sampled_from(["p0", "p1", "p2"])),
        draw(st.sampled_from(["a0", "a1"])), draw(st.integers(0, 5)) * DAY_MS,
    )  # fmt: skip


def day(year, month, day_):
    from datetime import UTC, datetime

    return int(datetime(year, month, day_, tzinfo=UTC).timestamp() * 1000)


def find(index, typed, limit=1000):
    wanted = parse(typed, ["todo", "link"], day)
    return index.find(wanted, NAMES, now_ms=10 * DAY_MS, limit=limit)


def keys(index, typed):
    return [match.key for match in find(index, typed).best]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(documents(), max_size=8),
    st.lists(st.lists(st.sampled_from(ASKED), min_size=1, max_size=3), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 7), documents() | st.none()), max_size=5),
)
def test_it_finds_what_a_scan_finds_whatever_was_changed_before(doc, scan, docs, asked, edits):
    held = {str(number): doc(*fields) for number, fields in enumerate(docs)}
    index = Index()
    index.change([one.entry(key) for key, one in held.items()])
    for number, fields in edits:
        key = str(number)
        if fields is None:
            held.pop(key, None)
            index.change([], [(b"r", key)])
        else:
            held[key] = doc(*fields)
            index.change([held[key].entry(key)])
    for words in asked:
        typed = " ".join(words)
        wanted = parse(typed, ["todo", "link"], day)
        best = find(index, typed).best
        first, second = scan(held, NAMES).find(wanted)
        assert {match.key for match in best if match.tier == 0} == first, typed
        assert {match.key for match in best if match.tier == 1} == second, typed
        assert len(best) == len(first) + len(second)
    assert index.count == len(held)
    index.close()


@settings(max_examples=300, deadline=None)
@given(st.text() | st.text('"-:#()*^+{}ORNEAR AND NOT日a', max_size=40))
def test_nothing_that_can_be_typed_makes_it_fail(filled, typed):
    find(filled, typed)


@pytest.fixture(scope="module")
def filled():
    index = Index()
    yield index
    index.close()


@pytest.fixture
def index():
    index = Index()
    yield index
    index.close()


def test_the_better_match_comes_first(index, doc):
    texts = {
        "said": doc("Tuesday", "the compost is said to be warm, and much else is said of the bed"),
        "often": doc("Heap", "compost compost and compost"),
        "titled": doc("Turning compost", "once a month"),
        "begins": doc("Compost, and what not to put in", "no lemons"),
        "exactly": doc("Compost", "see elsewhere"),
        "longer": doc("Composted", "leaves"),
        "within": doc("Anticomposting", "never"),
    }
    index.change([one.entry(key) for key, one in texts.items()])
    found = keys(index, "compost")
    assert found[0] == "exactly"
    assert set(found[1:3]) == {"begins", "longer"}
    assert found[3:] == ["titled", "often", "said", "within"]


def test_of_equal_matches_the_newest_comes_first(index, doc):
    index.change([doc("milk", "", time_ms=n * DAY_MS).entry(str(n)) for n in (3, 9, 1, 5)])
    assert keys(index, "milk") == ["9", "5", "3", "1"]
    assert keys(index, "-oat") == ["9", "5", "3", "1"]


def test_no_phrase_reaches_from_one_tag_to_the_next(index, doc):
    index.change([doc("", "#garden, #beds").entry("1"), doc("", "#garden/beds").entry("2")])
    assert keys(index, 'tag:"garden beds"') == ["2"]


def test_so_many_are_given_and_it_says_that_there_are_more(index, doc):
    index.change([doc("oat", "").entry(str(n)) for n in range(5)])
    index.change([doc("goat", "").entry(f"g{n}") for n in range(5)])
    for limit, more in ((4, True), (5, False), (7, True), (10, False)):
        found = find(index, "oat" if limit > 5 else "title:oat -goat", limit)
        assert (len(found.best), found.more) == (limit, more)
        assert [match.tier for match in found.best] == sorted(match.tier for match in found.best)


def test_words_that_are_nearly_everywhere_are_ranked_by_titles_and_by_time(index, doc):
    many = MANY + 50
    index.change([doc(f"n{n}", "common word", time_ms=n).entry(str(n)) for n in range(many)])
    index.change([doc("common things", "", time_ms=0).entry("titled")])
    found = find(index, "common", 100)
    assert found.more
    assert [match.key for match in found.best[:3]] == ["titled", str(many - 1), str(many - 2)]
    assert len(find(index, "common", many + 1).best) == many + 1


def test_an_old_word_that_is_in_many_is_found_although_nothing_new_has_it(index, doc):
    old = MANY + 10
    index.change([doc("", "ancient", time_ms=n).entry(str(n)) for n in range(old)])
    index.change([doc("", "modern", time_ms=old + n).entry(f"m{n}") for n in range(1_600)])
    assert len(find(index, "ancient", 100).best) == 100


def test_what_is_inside_of_too_many_words_is_found_in_the_shortest(index, doc):
    words = [f"{chr(97 + n % 26)}{chr(97 + n // 26)}inner" for n in range(WITHIN_MAX + 20)]
    index.change([doc("", word + "s" * (n >= 20)).entry(str(n)) for n, word in enumerate(words)])
    found = keys(index, "inner")
    assert len(found) == WITHIN_MAX
    assert {str(n) for n in range(20)} <= set(found)


def test_a_changed_name_needs_no_other_index(index, doc):
    index.change([doc("oat", "", place="p1").entry("1")])
    wanted = parse("notebook:plans", (), day)
    assert index.find(wanted, NAMES, now_ms=0, limit=9).best
    other = {**NAMES, PLACE: {"p1": "Ideas"}}
    assert not index.find(wanted, other, now_ms=0, limit=9).best
    assert index.find(parse("notebook:idea", (), day), other, now_ms=0, limit=9).best


def test_its_image_is_all_of_it(index, doc):
    index.change([doc("oat", "milk").entry("1"), doc("goat", "").entry("2")])
    index.set_positions({b"r": b"there"})
    again = Index(index.image())
    assert (again.count, again.positions(), again.authors()) == (2, {b"r": b"there"}, ["a0"])
    assert keys(again, "oat") == keys(index, "oat") == ["1", "2"]
    again.change([doc("oats", "").entry("3")], [(b"r", "1")])
    assert keys(again, "oat") == ["3", "2"]
    assert keys(index, "oat") == ["1", "2"]
    again.close()


def test_an_image_that_is_none_is_refused(index):
    for image in (b"nothing of the kind" * 300, index.image()[:4096]):
        with pytest.raises(sqlite3.DatabaseError):
            Index(image)


def test_a_search_that_is_not_wanted_any_more_ends(index, doc):
    index.change([doc("oat", "milk " * 20).entry(str(n)) for n in range(2_000)])
    wanted = parse("oat milk", (), day)
    with pytest.raises(sqlite3.OperationalError):
        index.find(wanted, NAMES, now_ms=0, limit=10, stopped=lambda: True)
    assert len(index.find(wanted, NAMES, now_ms=0, limit=10).best) == 10


def test_a_failed_change_leaves_everything_as_it_was(index, doc):
    index.change([doc("oat", "").entry("1")])
    broken = doc("goat", "").entry("2")._replace(facets=lambda _lines: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        index.change([doc("milk", "").entry("1"), broken])
    assert keys(index, "oat") == ["1"]
    assert keys(index, "milk") == []


def test_a_repository_can_be_forgotten(index, doc):
    index.change([doc("oat", "").entry("1"), doc("oat", "").entry("2")._replace(repository=b"s")])
    index.forget([b"r"])
    assert [match.repository for match in find(index, "oat").best] == [b"s"]
    assert index.stamps(b"s") == {"2": b""}


def test_sorting_goes_to_no_disk_either(index):
    assert index._connection.execute("PRAGMA temp_store").fetchone() == (2,)  # in memory
    files = [row[2] for row in index._connection.execute("PRAGMA database_list")]
    assert not any(files)


def test_tags_are_counted_and_one_whatever_their_case(index, doc):
    texts = {"a": "#Garden #work", "b": "#garden #Garden/Beds", "c": "#garden"}
    index.change([doc("", text).entry(key) for key, text in texts.items()])
    assert index.tags() == {"garden": 3, "Garden/Beds": 1, "work": 1}
    index.change([doc("", "nothing").entry("a")], [(b"r", "b")])
    assert index.tags() == {"garden": 1}
    again = Index(index.image())
    assert again.tags() == {"garden": 1}
    again.close()
