"""While you were away: which notes others changed since a window was closed.

Owns what "since" means: the exact state of every notebook as it was seen last, not a time, so that
what others wrote offline before that and what came later counts, too. Reads goatcore, writes
nothing. Must never import Qt.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from goatcore import GoatError, RepositoryVersion
from ui.language import counted, mark, tr
from ui.operations.schemas import NOTE, NOTES_PATH

ADDED, EDITED, DELETED = "new", "edited", "deleted"
AUTHORS_MAX: Final = 3
_SAID: Final = {
    ADDED: mark("new, by {}"),
    EDITED: mark("edited by {}"),
    DELETED: mark("deleted by {}"),
}
_QUIET: Final = frozenset({"edited", "imported", "source"})  # fields that nobody writes by hand


class News(NamedTuple):
    """A note that others changed: how, and their names."""

    note: Any
    kind: str
    authors: tuple[str, ...]


def seen_now(databases: Sequence[Any]) -> str:
    """The state of all notebooks, to be remembered."""
    seen = {}
    for database in databases:
        for info in database.repositories():
            if info.path.startswith(NOTES_PATH):
                version = database.repository(info.path).version
                seen[info.path] = [tip.hex() for tip in version.tips]
    return json.dumps(seen)


def news_since(databases: Sequence[Any], seen: str) -> list[News]:
    """What others did since then, the newest first. A notebook that was not there has no news: all
    of it is new. What is not understood of what was remembered is left out."""
    remembered = _versions(seen)
    found: list[News] = []
    for database in databases:
        me = next((member.name for member in database.members() if member.me), "")
        for info in database.repositories():
            version = remembered.get(info.path)
            if version is None:
                continue
            repository = database.repository(info.path)
            if repository.version == version:
                continue
            found += _news(repository, version, me)
    return sorted(found, key=lambda it: (-(it.note.edited or 0), it.note.key))


def _news(repository: Any, version: RepositoryVersion, me: str) -> list[News]:
    query = repository.query(NOTE)
    try:
        changes = query.changes_since(version)
    except GoatError:  # a state that this notebook never had: its folder was changed from outside
        return []
    finally:
        query.close()
    found = []
    for kind, rows in (
        (ADDED, changes.added),
        (EDITED, changes.edited),
        (DELETED, changes.removed),
    ):
        for row in rows:
            others = tuple(name for name in row.authors if name != me)
            if others and (kind != EDITED or row.fields - _QUIET):
                found.append(News(row.row, kind, others))
    return found


def _versions(seen: str) -> dict[str, RepositoryVersion]:
    try:
        found = json.loads(seen) if seen else {}
        return {
            path: RepositoryVersion(tuple(bytes.fromhex(tip) for tip in tips))  # type: ignore[misc]
            for path, tips in found.items()
        }
    except (ValueError, TypeError, AttributeError):
        return {}


def told(count: int) -> str:
    """What the window says of so many notes."""
    return counted(
        "{n} note changed while you were away", "{n} notes changed while you were away", count
    )


def what_words(news: News) -> str:
    """`edited by Neighbour`, `new, by Neighbour and 2 others`."""
    names = list(news.authors[:AUTHORS_MAX])
    rest = len(news.authors) - len(names)
    people = ", ".join(names)
    if rest:
        people = counted("{who} and {n} other", "{who} and {n} others", rest, who=people)
    return tr(_SAID[news.kind]).format(people)
