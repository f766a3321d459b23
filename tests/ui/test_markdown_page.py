"""A note as a page: what it says, and what it never does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.reading.embedded import Embedded
from ui.reading.markdown_page import page


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# A **b**", "<h1>A <strong>b</strong></h1>\n"),
        ("a #b/c d", '<p>a <a class="tag" href="tag:b/c">#b/c</a> d</p>\n'),
        ("[[A b|c]]", '<p><a href="note:A%20b">c</a></p>\n'),
        ("[[A#part]]", '<p><a href="note:A">A#part</a></p>\n'),
        ("[[ ]] [[", "<p>[[ ]] [[</p>\n"),
        ("`[[A]]`", "<p><code>[[A]]</code></p>\n"),
        ("https://e.org/a_b.", '<p><a href="https://e.org/a_b">https://e.org/a_b</a>.</p>\n'),
        ("[x](https://e.org)", '<p><a href="https://e.org">x</a></p>\n'),
        ("[https://a.org](https://e.org)", '<p><a href="https://e.org">https://a.org</a></p>\n'),
        ("~~a~~", "<p><s>a</s></p>\n"),
        ("---\na: b\n---\nc", "\n<p>c</p>\n"),
        ("![a picture](https://e.org/x.png)",
         '<p><a href="https://e.org/x.png">[a picture]</a></p>\n'),
        ("```\na < b\n```", "<pre>a &lt; b</pre>\n"),
        ("```python\nif 1:\n```",
         '<pre><span class="keyword">if</span> <span class="number">1</span>:</pre>\n'),
    ],
)  # fmt: skip
def test_markdown_becomes_html(text: str, html: str) -> None:
    assert page(text) == html


@pytest.mark.parametrize(
    ("text", "never"),
    [
        ("<script>x</script> <img src=x>", ("<script", "<img")),
        ("[a](javascript:x)", ("<a",)),
        ("[a](file:///etc/passwd)", ("<a",)),
        ('```"><script>\nx\n```', ("<script",)),
        ('[[a"><script>]]', ("<script",)),
    ],
)
def test_nothing_in_a_note_becomes_a_tag_of_its_own(text: str, never: tuple[str, ...]) -> None:
    assert not any(part in page(text) for part in never)


def test_boxes_know_their_lines() -> None:
    html = page("a\n\n- [ ] b\n- [x] c\n- d")
    assert '<li class="open"><a class="box" href="box:2">☐</a> b</li>' in html
    assert '<li class="done"><a class="box" href="box:3">☑</a> c</li>' in html
    assert "<li>d</li>" in html


def test_an_embedded_note_is_shown_in_place_and_its_boxes_are_not_clicked_there() -> None:
    html = page("![[B]]", lambda title: Embedded(title, "- [ ] c"))
    assert '<blockquote class="embed"><p><a href="note:B">B</a></p>' in html
    assert '<span class="box">☐</span> c' in html
    assert "box:" not in html


def test_notes_that_embed_each_other_end_as_links() -> None:
    texts = {"A": "in a ![[B]]", "B": "in b ![[A]]"}
    html = page(texts["A"], lambda title: Embedded(title, texts[title]))
    assert html.count("in b") == 1
    assert html.count("in a") == 2  # the note itself, and once inside the other one
    assert '<a href="note:B">B</a></p>\n</blockquote>' in html


def test_an_embedded_note_that_is_not_there_is_said_so() -> None:
    assert "there is no such note" in page("![[Nowhere]]")


def test_notes_that_embed_many_of_themselves_stay_small() -> None:
    html = page("![[A]]\n\n" * 40, lambda title: Embedded(title, "![[A]] ![[B]]\n\n" * 3000))
    assert len(html) < 20_000_000


@given(st.text(alphabet="[]!#`*_~<>&\"'ab :/\n-|x1.()\\", max_size=80))
def test_whatever_is_written_gives_a_page(text: str) -> None:
    html = page(text, lambda title: Embedded(title, text))
    assert "<script" not in html
    assert html.count("<blockquote") == html.count("</blockquote>")


def test_lines_end_where_they_were_ended() -> None:
    assert page("fold\nwait") == "<p>fold<br />\nwait</p>\n"


def test_a_list_of_boxes_alone_has_no_bullets() -> None:
    bare = '<ul style="list-style-type: none">'
    assert page("- [ ] a\n- [x] b").startswith(bare)
    assert page("- [ ] a\n- b").startswith("<ul>")
    nested = page("- [ ] a\n  - b\n  - [ ] c\n- [ ] d\n\n1. - [ ] e")
    assert [nested.count(bare), nested.count("<ul")] == [2, 3]
    assert nested.startswith(bare)
