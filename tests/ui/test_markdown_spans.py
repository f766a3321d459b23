"""What the live styling sees in a line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui.widgets.markdown_spans import (
    BACKTICK_FENCE,
    FRONT_MATTER,
    PLAIN,
    TILDE_FENCE,
    read_line,
)


def seen(line: str, state: int = PLAIN) -> dict[str, str]:
    """Pieces of the line by their kinds."""
    spans, _ = read_line(line, state)
    return {line[span.start : span.stop]: " ".join(sorted(span.kinds)) for span in spans}


def test_headings_and_their_marks() -> None:
    assert seen("## Oat *milk*") == {
        "## ": "h2 mark",
        "Oat ": "h2",
        "*": "h2 mark",
        "milk": "emphasis h2",
    }
    assert seen("#tag") == {"#tag": "tag"}
    assert seen("####### seven") == {}


def test_emphasis_strong_and_strike() -> None:
    assert seen("a **b** c") == {"**": "mark", "b": "strong"}
    assert seen("**a _b_ c**")["b"] == "emphasis strong"
    assert seen("~~gone~~")["gone"] == "strike"
    assert seen("snake_case_name and 2 * 3 * 4") == {}
    assert seen("__init__ file")["init"] == "strong"


def test_code_hides_what_is_in_it() -> None:
    assert seen("`**x**` y") == {"`": "code mark", "**x**": "code"}
    assert seen("``a`b``")["a`b"] == "code"
    assert seen(r"\*not\*") == {"\\": "mark"}


def test_links() -> None:
    assert seen("[goat](https://a.b/c_d_e)") == {
        "[": "mark",
        "goat": "link",
        "](https://a.b/c_d_e)": "mark",
    }
    assert seen("see [[Oat milk]]!")["Oat milk"] == "link"
    assert seen("at https://a.b/c.") == {"https://a.b/c": "link"}


def test_tables_have_letters_of_one_width_and_dimmed_bars() -> None:
    assert seen("|**b**|") == {"|": "mark table", "**": "mark table", "b": "strong table"}
    assert seen("x".join(("|", "\\|")))["|"] == "table"  # a bar that is a letter
    assert seen("| --- | :-: |") == {"| --- | :-: |": "mark table"}
    assert seen("a | b") == {}


def test_lists_tasks_and_quotes() -> None:
    assert seen("- milk") == {"- ": "bullet"}
    assert seen("  12. milk") == {"  12. ": "bullet"}
    assert seen("- [x] milk") == {"- ": "bullet", "[x]": "bullet task", "milk": "done"}
    assert seen("> said") == {"> ": "mark", "said": "quote"}
    assert seen("* * *") == {"* * *": "mark"}


def test_fences_stay_open_until_their_own_end() -> None:
    spans, state = read_line("```python", PLAIN)
    assert (spans[0].kinds, state) == (frozenset({"fence"}), BACKTICK_FENCE)
    assert read_line("# not a heading", state)[0][0].kinds == {"block"}
    assert read_line("~~~", state)[1] == BACKTICK_FENCE
    assert read_line("```", state)[1] == PLAIN
    assert read_line("~~~", PLAIN)[1] == TILDE_FENCE
    assert read_line("```inline``` only", PLAIN)[1] == PLAIN


def test_front_matter_is_only_at_the_top() -> None:
    assert read_line("---", PLAIN, first=True)[1] == FRONT_MATTER
    assert read_line("tags: [a]", FRONT_MATTER)[1] == FRONT_MATTER
    assert read_line("---", FRONT_MATTER)[1] == PLAIN
    assert read_line("---", PLAIN)[1] == PLAIN


@given(st.text(alphabet="ab #*_`~[]()>-+1.!\\x:/hts\t😀", max_size=60), st.integers(0, 3))
def test_spans_are_in_order_and_inside_the_line(line: str, state: int) -> None:
    spans, left = read_line(line, state)
    assert left in range(4)
    place = 0
    for span in spans:
        assert place <= span.start <= span.stop <= len(line)
        assert span.kinds
        place = span.stop
