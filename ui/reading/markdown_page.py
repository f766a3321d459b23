"""A note's Markdown as a page to read: HTML without styles, by CommonMark.

Owns what links to notes, tags and boxes become. Invariant: whatever stands in a note, nothing of it
becomes a tag of HTML, an image that is fetched, or an address with another scheme than the web's
and mail's. Must never import Qt.

Addresses inside the page: `note:TITLE`, `tag:NAME`, and `box:LINE` for the check box of a line,
counted from 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from typing import Any, Final
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.front_matter import front_matter_plugin

from ui.editing.links import SCHEMES
from ui.language import tr
from ui.operations.tags import TAG
from ui.reading.code_colours import coloured_lines
from ui.reading.embedded import Find
from ui.widgets.markdown_spans import ADDRESS

EMBEDS_DEEP_MAX: Final = 4  # of notes in notes
LETTERS_MAX: Final = 300_000  # of one page with what is embedded, set in well under a second
_OPEN, _CLOSE = "[[", "]]"
_BOXES: Final = {"[ ] ": "☐", "[x] ": "☑", "[X] ": "☑"}


def page(text: str, find: Find = lambda _title: None) -> str:
    """The HTML of a note. `find` gives a note by its title, for those that are embedded.

    A note that embeds itself, directly or through others, is shown as a link there.
    """
    room = [LETTERS_MAX]
    return _page(text, find, (), room)


def _page(text: str, find: Find, around: tuple[str, ...], room: list[int]) -> str:
    room[0] -= len(text)
    environment: dict[str, Any] = {"find": find, "around": around, "room": room}
    return str(_parser().render(text, environment))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False, "breaks": True})
    parser.enable(["table", "strikethrough"])
    parser.use(front_matter_plugin)
    parser.inline.ruler.before("link", "note_link", _note_link)
    parser.inline.ruler.before("text", "tag", _tag)
    parser.core.ruler.after("inline", "boxes", _boxes)
    parser.core.ruler.after("inline", "addresses", _addresses)
    parser.validateLink = _is_safe  # type: ignore[method-assign]
    for name, rule in {
        "note_link": _render_note_link,
        "tag": _render_tag,
        "box": _render_box,
        "image": _render_image,
        "fence": _render_fence,
    }.items():
        parser.add_render_rule(name, rule)
    return parser


def _is_safe(url: str) -> bool:
    return url.strip().lower().startswith(SCHEMES)


# -- what is read beyond CommonMark ----------------------------------------------------------------


def _note_link(state: StateInline, silent: bool) -> bool:
    start = state.pos
    embeds = state.src.startswith("!" + _OPEN, start)
    begin = start + embeds
    if not state.src.startswith(_OPEN, begin):
        return False
    stop = state.src.find(_CLOSE, begin, state.posMax)
    inside = state.src[begin + 2 : stop]
    if stop < 0 or not inside.strip() or "[" in inside or "\n" in inside:
        return False
    if not silent:
        token = state.push("note_link", "", 0)
        token.content = inside
        token.meta = {"embeds": embeds}
    state.pos = stop + 2
    return True


def _tag(state: StateInline, silent: bool) -> bool:
    match = TAG.match(state.src, state.pos) if state.src[state.pos] == "#" else None
    if match is None:
        return False
    if not silent:
        state.push("tag", "", 0).content = match[0][1:]
    state.pos = match.end()
    return True


def _addresses(state: StateCore) -> None:
    """Bare addresses of the web are links, too."""
    for token in state.tokens:
        if token.type == "inline" and "://" in token.content and token.children:
            token.children = list(_with_links(state, token.children))


def _with_links(state: StateCore, children: list[Token]) -> Iterator[Token]:
    inside = 0
    for child in children:
        inside += {"link_open": 1, "link_close": -1}.get(child.type, 0)
        if child.type != "text" or inside:
            yield child
            continue
        done = 0
        for match in ADDRESS.finditer(child.content):
            yield Token("text", "", 0, content=child.content[done : match.start()])
            yield Token("link_open", "a", 1, attrs={"href": state.md.normalizeLink(match[0])})
            yield Token("text", "", 0, content=match[0])
            yield Token("link_close", "a", -1)
            done = match.end()
        yield Token("text", "", 0, content=child.content[done:])


def _boxes(state: StateCore) -> None:
    """List items that begin with a box: the box is a token of its own, and knows its line. A list
    of nothing else has no bullets."""
    tokens = state.tokens
    for at, token in enumerate(tokens[2:], 2):
        if token.type != "inline" or tokens[at - 2].type != "list_item_open":
            continue
        for written, shown in _BOXES.items():
            if token.content.startswith(written):
                children = token.children or []
                children[0].content = children[0].content[len(written) :]
                box = Token("box", "", 0, content=shown)
                box.meta = {"line": token.map[0] if token.map else 0}
                children.insert(0, box)
                tokens[at - 2].attrJoin("class", "done" if shown == "☑" else "open")
    lists: list[tuple[Token, list[bool]]] = []
    for token in tokens:
        if token.type == "bullet_list_open":
            lists.append((token, []))
        elif token.type == "list_item_open" and lists and token.level == lists[-1][0].level + 1:
            lists[-1][1].append(token.attrGet("class") is not None)
        elif token.type == "bullet_list_close":
            opened, boxes = lists.pop()
            if all(boxes):
                opened.attrSet("style", "list-style-type: none")


# -- what it becomes -------------------------------------------------------------------------------


def _render_note_link(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, env: Any
) -> str:
    token = tokens[at]
    title, _, shown = token.content.partition("|")
    title = title.split("#")[0].strip()
    link = f'<a href="note:{quote(title)}">{escape(shown.strip() or token.content.strip())}</a>'
    if not token.meta["embeds"]:
        return link
    around, room = env["around"], env["room"]
    if title.casefold() in around or len(around) >= EMBEDS_DEEP_MAX or room[0] <= 0:
        return link
    found = env["find"](title)
    if found is None:
        return f"{link} <em>{escape(tr('(there is no such note)'))}</em>"
    inside = _page(found.text, env["find"], (*around, title.casefold()), room)
    heading = f'<p><a href="note:{quote(title)}">{escape(found.title)}</a></p>'
    return f'</p><blockquote class="embed">{heading}{inside}</blockquote><p>'


def _render_tag(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: Any
) -> str:
    name = tokens[at].content
    return f'<a class="tag" href="tag:{quote(name)}">#{escape(name)}</a>'


def _render_box(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, env: Any
) -> str:
    token = tokens[at]
    if env["around"]:  # a box of an embedded note is checked where it stands
        return f'<span class="box">{token.content}</span> '
    return f'<a class="box" href="box:{token.meta["line"]}">{token.content}</a> '


def _render_image(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: Any
) -> str:
    """Pictures are not fetched from anywhere: what they are called leads to them."""
    token = tokens[at]
    words = escape(token.content or tr("picture"))
    return f'<a href="{escape(str(token.attrs.get("src", "")))}">[{words}]</a>'


def _render_fence(
    _self: RendererHTML, tokens: Sequence[Token], at: int, _options: OptionsDict, _env: Any
) -> str:
    token = tokens[at]
    language = token.info.strip().split(" ")[0]
    lines = []
    for line, spans in coloured_lines(token.content.removesuffix("\n"), language):
        parts, done = [], 0
        for span in spans:
            parts.append(escape(line[done : span.start]))
            words = escape(line[span.start : span.stop])
            parts.append(f'<span class="{span.kind}">{words}</span>')
            done = span.stop
        lines.append("".join(parts) + escape(line[done:]))
    return f"<pre>{chr(10).join(lines)}</pre>\n"
