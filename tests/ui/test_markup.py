"""What browsers and word processors copy becomes the Markdown that one would have typed."""

# ruff: noqa: E501  # as it is copied

from __future__ import annotations

import random

import pytest
from markdown_it import MarkdownIt

from ui.markup.page import Converted, TooLong, markdown_of
from ui.markup.tokens import Tag, tokens

OFFICE = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator
content="Microsoft Word 15"><style><!-- p.MsoNormal {margin:0in} --></style>
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings/></xml><![endif]--></head><body lang=EN-US>
<!--StartFragment--><p class=MsoNormal><b>Hay<o:p></o:p></b></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-.25in;mso-list:l0 level1 lfo1'>
<![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>first<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>1.<span>&nbsp; </span></span><![endif]>in it</p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>2.<span>&nbsp; </span></span><![endif]>too</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>·<span>&nbsp; </span></span><![endif]>second</p>
<p class=MsoNormal>after<o:p>&nbsp;</o:p></p><!--EndFragment--></body></html>"""

DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-12">
<h1 dir="ltr"><span style="font-size:20pt;font-weight:700;">Barn</span></h1><p dir="ltr"><span
style="font-weight:400;">The </span><span style="font-weight:700;">old</span><span
style="font-weight:700;font-style:italic;"> one</span><span style="font-weight:400;">, </span><a
href="https://www.google.com/url?q=https://example.org/barn&amp;sa=D"><span
style="text-decoration:underline;">here</span></a></p><ul><li dir="ltr" role="checkbox"
aria-checked="true"><p role="presentation"><span>sweep</span></p></li><ul><li role="checkbox"
aria-checked="false"><p>under it</p></li></ul><li role="checkbox" aria-checked="false"><p>paint</p>
</li></ul></b><br class="Apple-interchange-newline">"""

OFFICE_FREE = """<!DOCTYPE html><html><head><title></title><style type="text/css">p { margin: 1 }</style>
</head><body lang="en-US" dir="ltr"><p style="line-height: 100%"><font face="Liberation Sans"><b>Hay</b>
is <i>dry</i></font></p><ol><li><p>cut</p></li><li><p>turn</p></li></ol><table width="100%"><tr><td><p>
a</p></td><td><p>b</p></td></tr><tr><td colspan="2"><p>both | one</p></td></tr></table></body></html>"""

PAGES = [
    ("<b>bold</b> and <em>slanted</em>, <s>gone</s>", "**bold** and *slanted*, ~~gone~~"),
    ("<b>a </b><b>b</b><i> c </i>d", "**a b** *c* d"),
    ('<b>x <span style="font-weight:400">y</span> z</b>', "**x** y **z**"),
    ("<p><b>wrong<i>ly</b> closed</i></p>", "**wrong*ly*** closed"),
    ("<h2>Hay <b>and</b> oats</h2><p>x</p>", "## Hay and oats\n\nx"),
    ('<a href="https://e.org/a_(b)">there</a>', "[there](<https://e.org/a_(b)>)"),
    ('<a href="https://e.org/">https://e.org/</a> <b>x</b>', "https://e.org/ **x**"),
    ('<a href="javascript:alert(1)">click</a> <a href="#top">up</a> <b>x</b>', "click up **x**"),
    ('<a href="https://e.org"><img src="https://e.org/g.png" alt="A goat"></a>',
     "[![A goat](https://e.org/g.png)](https://e.org)"),
    ('<img src="data:image/png;base64,AAAA" alt="dot"><img src="file:///x.png"><b>x</b>', "dot**x**"),
    ("<ul><li>a<ul><li>b<ol><li>c</ol></ul><li>d</ul>", "- a\n  - b\n    1. c\n- d"),
    ('<ol start="9"><li>a</li><li><p>b</p><p>more</p></li></ol>', "9. a\n10. b\n\n    more"),
    ('<ul><li><input type="checkbox" checked disabled> done</li><li>open</li></ul>',
     "- [x] done\n- open"),
    ("<blockquote><p>one</p><blockquote>two</blockquote></blockquote>", "> one\n>\n> > two"),
    ('<pre><code class="language-python">if a:\n    b``` = 1\n</code></pre><p>x</p>',
     "```python\nif a:\n    b``` = 1\n```\n\nx"),
    ("<p>run <code>a`b</code> or <kbd>c</kbd></p>", "run ``a`b`` or `c`"),
    ("<table><tr><th>A<th>B<tr><td>1<br>2<td>a|b</table>",
     "| A | B |\n| --- | --- |\n| 1 2 | a\\|b |"),
    ("<table><tr><td><p>only</p></td></tr><tr><td><b>this</b></td></tr></table>",
     "only\n\n**this**"),
    ("one<br>two<br><br>three <b>x</b>", "one  \ntwo\n\nthree **x**"),
    ("<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"),
    ("<p>1. no * list</p><p># no [a](b)</p><p>_so_ s_o <b>x</b></p>",
     "1\\. no \\* list\n\n\\# no \\[a](b)\n\n\\_so\\_ s_o **x**"),
    ("<b>x</b><script>alert('<b>no</b>')</script><style>p{}</style><p hidden>no</p>", "**x**"),
    ('<p style="display:none">no</p><b>x</b><svg><text>no</text></svg><span aria-hidden="true">#</span>',
     "**x**"),
    ("<b>a\n  b&nbsp;&nbsp; c 10&nbsp;km</b>", "**a b c 10\u00a0km**"),
    ("<head><title>no</title><body><b>x</b>", "**x**"),
    ("<b>3 < 4 &lt;p&gt; & so</b>", "**3 < 4 \\<p> & so**"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "wanted"), PAGES)
def test_a_page_becomes_markdown(html: str, wanted: str) -> None:
    assert markdown_of(html) == Converted(wanted, says=True)


def test_lists_of_a_word_processor_are_lists() -> None:
    assert markdown_of(OFFICE).text == (
        "**Hay**\n\n- first\n  1. in it\n  2. too\n- second\n\nafter"
    )


def test_what_an_office_suite_in_the_browser_copies() -> None:
    assert markdown_of(DOCS).text == (
        "# Barn\n\nThe **old *one***, [here](https://example.org/barn)\n\n"
        "- [x] sweep\n  - [ ] under it\n- [ ] paint"
    )


def test_what_a_free_office_suite_copies() -> None:
    assert markdown_of(OFFICE_FREE).text == (
        "**Hay** is *dry*\n\n1. cut\n2. turn\n\n| a | b |\n| --- | --- |\n| both \\| one |  |"
    )


@pytest.mark.parametrize(
    "html",
    [
        "<html><body>just words</body></html>",
        "<p>two</p><p>paragraphs, <span style='color:red'>coloured</span></p>",
        (
            '<div style="font-family:Consolas, monospace;white-space: pre;"><div><span style="color:'
            '#00f">def</span> f():</div><div>&nbsp;&nbsp;pass</div></div>'
        ),
        "<pre style=\"font-family:'JetBrains Mono',monospace\"><span>int</span> x;</pre>",
        "<meta charset='utf-8'>",
        "",
    ],
)
def test_markup_that_says_no_more_than_its_words_is_known(html: str) -> None:
    assert not markdown_of(html).says


def test_the_lines_of_a_coloured_program_stand_as_they_are() -> None:
    html = (
        '<div style="font-family:monospace;white-space:pre"><div>a:</div><br><div>  b</div></div>'
    )
    assert markdown_of(html).text == "```\na:\n\n  b\n```"


@pytest.mark.parametrize(
    "html",
    ["<div>" * 20_000 + "x", "<b><p>" * 20_000, "<ul><li>" * 300 + "x", "<table><tr><td>" * 5_000,
     "<!--" * 50_000, "</b>" * 50_000, "<i>x" * 5_000, '<a "<a"' * 300, "<" * 50_000],
)  # fmt: skip
def test_whatever_is_wrong_with_it_it_ends(html: str) -> None:
    said: list[int] = []

    def expired() -> bool:
        said.append(1)
        return len(said) > 60

    try:
        assert markdown_of(html, expired).text.count("alert") == 0
    except TooLong:
        assert len(said) > 60


def test_it_is_given_up_when_there_is_no_time_left() -> None:
    with pytest.raises(TooLong):
        markdown_of("<b>x</b> " * 2_000, lambda: True)
    assert markdown_of("<b>x</b>", lambda: True).text == "**x**"


def test_attributes_are_read_as_browsers_read_them() -> None:
    (tag,) = tokens("<A HREF='x > y' title=\"a&amp;b\" bare=1 on href=second>")
    assert isinstance(tag, Tag)
    assert tag.name == "a"
    assert tag.attributes() == {"href": "x > y", "title": "a&b", "bare": "1", "on": ""}


def test_random_pieces_keep_their_words_in_order() -> None:
    rng = random.Random(5)
    names = [
        "p",
        "div",
        "b",
        "i",
        "s",
        "span",
        "li",
        "ul",
        "ol",
        "td",
        "tr",
        "table",
        "h1",
        "h2",
        "blockquote",
        "pre",
        "code",
        "a",
        "br",
        "hr",
    ]
    for _ in range(2_000):
        words = [f"w{n}" for n in range(rng.randint(1, 12))]
        html = ""
        for word in words:
            for _ in range(rng.randint(0, 4)):
                html += f"<{rng.choice(['', '/'])}{rng.choice(names)}>"
            html += f" {word} "
        text = markdown_of(html).text
        found = [part for part in "".join(c if c.isalnum() else " " for c in text).split()
                 if part[0] == "w"]  # fmt: skip
        if "<table>" not in html:  # what stands between cells comes before the table
            assert found == words, html
        assert sorted(found) == sorted(words), html


def test_looks_survive_being_read_again() -> None:
    rng = random.Random(6)
    page = MarkdownIt("commonmark").enable("strikethrough")
    for _ in range(200):
        marks = [rng.choice(["", "b", "i"]) for _ in range(6)]
        html = "".join(
            f"<{mark}>w{n}</{mark}> " if mark else f"w{n} " for n, mark in enumerate(marks)
        )
        shown = page.render(markdown_of(f"<p>{html}<b>end</b></p>").text)
        for n, mark in enumerate(marks):
            before = shown[: shown.index(f"w{n}")]
            bold = before.count("<strong>") - before.count("</strong>")
            slanted = before.count("<em>") - before.count("</em>")
            assert (bold, slanted) == (mark == "b", mark == "i"), html
