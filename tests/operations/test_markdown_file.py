"""What is read out of one file."""

from __future__ import annotations

import pytest

from ui.operations.markdown_file import FILE_BYTES_MAX, NotText, decode, first_heading, parse


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("---\ntitle: From above\n---\n# Heading\n", "From above"),
        ('---\ntitle: "2024"\n---\n', "2024"),
        ("---\nTitle: no\n---\n", "no"),
        ("---\ntitle:   \n---\n# Heading\n", "Heading"),
        ("---\n- a list\n---\n# Heading\n", "Heading"),
        ("---\ntitle: [broken\n---\n\n# Heading\n", "Heading"),
        ("---\nno end\n# Heading\n", "Heading"),
        ("# Heading #\n", "Heading"),
        ("text\n\n## Later\n", "Later"),
        ("```\n# code\n```\n# Heading\n", "Heading"),
        ("~~~\n```\n# code\n~~~\n# Heading\n", "Heading"),
        ("Underlined\n=====\n", "Underlined"),
        ("#hashtag\n", "file"),
        ("#\n", "file"),
        ("- item\n---\n", "file"),
        ("", "file"),
    ],
)
def test_the_title_is_the_front_matters_else_the_first_headings_else_the_files(text, title):
    assert parse(text.encode(), "file").title == title


def test_the_body_is_the_text_of_the_file_with_its_front_matter():
    text = "---\ntitle: x\nweird: [a, b]\n---\n# x\n\ttabs and trailing  \n"
    assert parse(text.encode(), "f").body == text


def test_a_mark_and_windows_line_ends_are_not_kept():
    assert decode(b"\xef\xbb\xbfone\r\ntwo\rthree\n") == "one\ntwo\nthree\n"
    assert decode("ümlaut\n".encode("utf-16")) == "ümlaut\n"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"caf\xe9", "UTF-8"),
        (b"\x89PNG\0\0", "UTF-8"),
        (b"a\0b", "not a text"),
        (b"\xff\xfea", "UTF-8"),
        (b"x" * (FILE_BYTES_MAX + 1), "8 MB"),
    ],
)
def test_what_is_no_text_is_refused_in_words(data, words):
    with pytest.raises(NotText, match=words):
        decode(data)


def test_dates_of_the_front_matter_are_milliseconds():
    text = b"---\ndate: 2024-03-01\nupdated: 2024-03-02T10:00:00+02:00\n---\n"
    assert parse(text, "f")[2:4] == (1_709_251_200_000, 1_709_366_400_000)
    assert parse(b"---\ndate: yesterday\n---\n", "f")[2:4] == (None, None)


def test_yaml_that_nests_or_repeats_without_end_is_text_like_any_other():
    deep = "---\na: " + "[" * 20_000 + "\n---\n# Deep\n"
    assert parse(deep.encode(), "f").title == "Deep"
    bomb = "---\na: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(24)
    )
    assert parse(f"{bomb}---\n# Bomb\n".encode(), "f").title == "Bomb"


def test_code_that_never_ends_hides_the_headings_in_it():
    assert first_heading("```\n# code\n") == ""
