"""The places of the sidebar: all notes, and the notebooks of every workspace, nested ones below.

Owns the order and the depth of places. Invariant: a place is a value; two lists of places can be
compared. Reads goatcore, writes nothing. Must never import Qt.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from goatcore import Q
from ui.language import mark, tr
from ui.models.deleted_rows import DeletedRows
from ui.models.merged_rows import LiveRows, MergedRows
from ui.models.names import shown_name
from ui.models.same_names import told_apart
from ui.operations import notebooks, searches
from ui.operations.schemas import NOTE, NOTEBOOK, NOTEBOOK_KEY, NOTES_PATH

ALL, NOTEBOOK_PLACE, NESTED, TRASH = "all", "notebook", "nested", "trash"
TODAY, SEARCH_PLACE, TAGS, TAG = "today", "search", "tags", "tag"
FOUND = (SEARCH_PLACE, TAGS, TAG)  # what is in them is searched for


class Place(NamedTuple):
    """Somewhere notes are: everywhere (`all`), a notebook, one nested in it, what was edited today,
    what a kept search or a tag finds, or the trash."""

    kind: str
    name: str
    depth: int = 0
    workspace: bytes = b""
    path: str = ""  # of the notebook's repository
    key: str = ""  # of the nested notebook's item; of a search its item, of a tag its name
    writable: bool = True
    shared_with: tuple[str, ...] = ()
    words: str = ""  # that are searched for
    count: int = 0  # of notes, where it is known
    beside: str = ""  # what tells a notebook from others that are called the same

    @property
    def identity(self) -> tuple[bytes, str, str]:
        """What tells places apart."""
        return self.workspace, self.path or self.kind, self.key

    @property
    def is_notebook(self) -> bool:
        """Whether notes can be put into it."""
        return bool(self.path)


ALL_NOTES = Place(ALL, mark("All notes"))
TODAY_PLACE = Place(TODAY, mark("Today"))
TAGS_PLACE = Place(TAGS, mark("Tags"), words="has:tag")
TRASH_PLACE = Place(TRASH, mark("Trash"))


def said(place: Place) -> Place:
    """A place of our own with its name in the language that is spoken."""
    return place._replace(name=tr(place.name))


def tag_places(tags: Mapping[str, int]) -> list[Place]:
    """The tags with their counts, `garden/beds` below `garden`, under a heading; nothing if there
    are none."""
    found: dict[str, Place] = {}
    for tag, count in sorted(tags.items(), key=lambda entry: entry[0].casefold().split("/")):
        parts = tag.strip("/").split("/")
        for depth, part in enumerate(parts, 1):
            name = "/".join(parts[:depth])
            own = count if depth == len(parts) else 0
            before = found.get(name.casefold())
            if before is None:
                found[name.casefold()] = Place(
                    TAG, part, depth, key=name, words=f'tag:"{name}"', count=own
                )
            elif own:
                found[name.casefold()] = before._replace(count=before.count + own)
    return [said(TAGS_PLACE), *found.values()] if found else []


def search_places(databases: Sequence[Any]) -> list[Place]:
    """The searches that were kept, by name."""
    found = [
        Place(SEARCH_PLACE, item.name, 0, database.id, key=item.key, words=item.words)
        for database in databases
        for item in searches.kept(database)
    ]
    return sorted(found, key=lambda place: (place.name.casefold(), place.key))


def remembered(place: Place) -> str:
    """A place's name in what a window remembers."""
    workspace, path, key = place.identity
    return f"{workspace.hex()} {path} {key}"


def others_of(database: Any, group: Any) -> tuple[str, ...]:
    """The names of those who have a group besides this device: people, or, if there are none,
    one's own other devices."""
    people: list[str] = []
    devices: list[str] = []
    for member in database.members():
        if member.me:
            here = database.device.author
            devices = [shown_name(one.name) for one in member.devices if one.key != here]
        elif group in member.roles:
            people.append(shown_name(member.name))
    return tuple(people or devices)


def list_places(databases: Sequence[Any]) -> list[Place]:
    """All places, notebooks by name, each followed by what is nested in it."""
    found: list[tuple[str, list[Place]]] = []
    for database in databases:
        for info in database.repositories():
            if info.path.startswith(NOTES_PATH):
                repository = database.repository(info.path)
                shared = others_of(database, info.group)
                tree = _tree(database, repository, shared)
                found.append((tree[0].name.casefold(), tree))
    found.sort(key=lambda entry: (entry[0], entry[1][0].identity))
    tops = [tree[0] for _, tree in found]
    by_id = {database.id: database for database in databases}

    def made(at: int) -> date | None:
        item = by_id[tops[at].workspace].repository(tops[at].path).item(NOTEBOOK_KEY)
        return date.fromtimestamp(item.created_ms / 1000) if item is not None else None

    besides = told_apart([it.name for it in tops], [it.shared_with for it in tops], made)
    for (_, tree), beside in zip(found, besides, strict=True):
        tree[0] = tree[0]._replace(beside=beside)
    return [said(ALL_NOTES), *(place for _, tree in found for place in tree)]


def _tree(database: Any, repository: Any, shared: tuple[str, ...]) -> list[Place]:
    def place(kind: str, name: str, depth: int, key: str) -> Place:
        return Place(
            kind, name, depth, database.id, repository.path, key, repository.writable, shared
        )

    top = place(NOTEBOOK_PLACE, notebooks.name_of(repository), 0, "")
    children: dict[str, list[Any]] = {}
    for item in repository.items(NOTEBOOK):
        if item.key != NOTEBOOK_KEY:
            children.setdefault(item.parent or "", []).append(item)
    listed: list[Place] = [top]
    seen: set[str] = set()

    def descend(parent: str, depth: int) -> None:
        for item in sorted(children.get(parent, []), key=lambda it: (it.name.casefold(), it.key)):
            if item.key not in seen:  # a circle, made on two devices at once, is cut
                seen.add(item.key)
                listed.append(place(NESTED, item.name, depth, item.key))
                descend(item.key, depth + 1)

    for root in ("", NOTEBOOK_KEY):
        descend(root, 1)
    orphans = [it for its in children.values() for it in its if it.key not in seen]
    for item in sorted(orphans, key=lambda it: (it.name.casefold(), it.key)):
        if item.key not in seen:
            seen.add(item.key)
            listed.append(place(NESTED, item.name, 1, item.key))
            descend(item.key, 2)
    return listed


def keys_below(places: Sequence[Place], place: Place) -> list[str]:
    """The keys of a nested notebook and of all that are nested in it."""
    start = next(at for at, other in enumerate(places) if other.identity == place.identity)
    keys = [place.key]
    for other in places[start + 1 :]:
        if other.depth <= place.depth or other.path != place.path:
            break
        keys.append(other.key)
    return keys


def notes_of(
    databases: Sequence[Any],
    places: Sequence[Place],
    place: Place,
    words: str,
    midnight_ms: int = 0,
) -> LiveRows:
    """The live notes of a place that have every one of `words` in title or body; pinned ones
    first, then the newest. Of `today`, those edited since midnight."""
    conditions = [
        Q(title__icontains=word) | Q(body__icontains=word) for word in dict.fromkeys(words.split())
    ]
    if place.kind == TRASH:
        known = dict.fromkeys((p.workspace, p.path) for p in places if p.is_notebook)
        by_id = {database.id: database for database in databases}
        return DeletedRows([by_id[of].repository(path) for of, path in known], words)
    queries: list[LiveRows] = []
    for database in databases:
        if place.is_notebook and database.id != place.workspace:
            continue
        paths = (
            [place.path]
            if place.is_notebook
            else list(dict.fromkeys(p.path for p in places if p.workspace == database.id))
        )
        for path in paths:
            query = database.repository(path).query(NOTE)
            if place.kind == NESTED:
                query = query.where(notebook__in=keys_below(places, place))
            if place.kind == TODAY:
                query = query.where(edited__gte=midnight_ms)
            if conditions:
                query = query.where(*conditions)
            queries.append(query.order_by("-pinned", "-edited"))
    if len(queries) == 1:
        return queries[0]
    return MergedRows(queries, order=note_order, identity=note_identity)


def note_order(note: Any) -> tuple[Any, ...]:
    """Pinned ones first, then the newest."""
    return (not note.pinned, -(note.edited or 0))


def note_identity(note: Any) -> tuple[Any, ...]:
    """What tells notes of several repositories apart."""
    return (bytes(note.repository.id), note.key)
