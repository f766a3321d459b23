"""`goat search`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from app.command_line import Failed, Wishes, common_options, pass_wishes

if TYPE_CHECKING:
    from goatcore import Hit, Marked

LIMIT: Final = 20


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit", metavar="COUNT", type=click.IntRange(1, 10_000), default=LIMIT, show_default=True,
    help="Print at most so many notes.",
)  # fmt: skip
@common_options
@pass_wishes
def search(wishes: Wishes, words: tuple[str, ...], limit: int) -> int:
    """Find notes by WORDS, the best first.

    A word is found at the beginning of words, or, if it is nowhere there, inside of them. Besides:
    "a phrase", -word, one OR other, tag:garden, title:plan, notebook:work, author:ann, has:todo,
    before:2026-05, after:2026. Write -- before words that begin with a minus. It exits with 1 if
    nothing was found.
    """

    typed = " ".join(words)
    with wishes.workspaces() as workspaces:
        hits: list[Hit] = []
        problems: dict[str, None] = {}
        for database in workspaces.databases:
            with wishes.search(database) as searching:
                hits += searching.find(typed, limit=limit)
                problems |= dict.fromkeys(searching.read(typed).problems)
                if searching.problem is not None:
                    problems[searching.problem] = None
        for problem in problems:
            click.echo(problem, err=True)
        hits.sort(key=lambda hit: (hit.within, -hit.score))
        for hit in hits[:limit]:
            _tell(wishes, hit)
        code = wishes.tell_troubles(workspaces.troubles())
        if not hits:
            raise Failed(f"No note has “{typed}”.")
        return code


def _tell(wishes: Wishes, hit: Hit) -> None:
    from datetime import datetime

    from ui.operations.notes import shown_title
    from ui.operations.searching import document, place_names

    note, snippet = hit.item, hit.snippet
    names = place_names(note.repository)
    place = names.get(note.notebook or "", names[""])
    edited_ms = document(note).time_ms
    day = datetime.fromtimestamp(edited_ms / 1000).date().isoformat()
    wishes.tell(
        {
            "key": note.key,
            "notebook": note.repository.path,
            "place": place,
            "title": note.title,
            "edited": edited_ms,
            "author": note.author,
            "score": round(hit.score, 3),
            "snippet": snippet.text,
            "ranges": [list(place) for place in snippet.ranges],
        },
        f"{click.style(shown_title(note), bold=True)}  ({place}, {day})\n    {_lit(snippet)}",
    )


def _lit(snippet: Marked) -> str:
    """A snippet for a terminal; where there is none, click leaves the colours out."""
    parts: list[str] = []
    at = 0
    for start, stop in snippet.ranges:
        parts += [snippet.text[at:start], click.style(snippet.text[start:stop], fg="yellow")]
        at = stop
    return "".join([*parts, snippet.text[at:]])
