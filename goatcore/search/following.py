"""Following: which items the index has to take in, and what of them.

Owns the list of items to look at, and the repositories that are followed. Invariant: an item whose
content may be another than the index has is on the list; when the list is empty, and every
repository was compared since it came, the index has every item. What an item is, is read when its
turn comes, so a hundred edits of one item are one. Runs on the owner's thread; knows no index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from goatcore.database import Database
from goatcore.ids import RepositoryId
from goatcore.repository.changes import ItemChange
from goatcore.repository.item import record_of
from goatcore.repository.items import stamp_of
from goatcore.repository.repository import Repository
from goatcore.search.documents import Document, Facets, Searched
from goatcore.search.index import Entry

LOOKED_AT_A_TIME: Final = 100  # stamps compared between two looks at the time

Key = tuple[RepositoryId, str]


class Batch(NamedTuple):
    """Changes for the index."""

    put: list[Entry]
    drop: list[Key]


class Following:
    """The repositories of one database whose path begins with `under`. `changed` is called when an
    item of a searched schema was put on the list, `moved` when something else changed that a search
    may look at."""

    def __init__(
        self,
        database: Database,
        searched: Sequence[Searched],
        under: str,
        changed: Callable[[], None],
        moved: Callable[[], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        self._database = database
        self.searched: Mapping[str, Searched] = {one.schema.name: one for one in searched}
        self._under = under
        self._changed = changed
        self._moved = moved
        self._on_error = on_error
        self._list: dict[Key, None] = {}
        self._repositories: dict[RepositoryId, Repository] = {}
        self._ends: dict[RepositoryId, Callable[[], None]] = {}
        self._comparing: list[Iterator[None]] = []
        self._faults: list[Exception] = []

    # -- repositories ------------------------------------------------------------------------------

    @property
    def repositories(self) -> Sequence[Repository]:
        """Those that are followed now."""
        return list(self._repositories.values())

    def repository(self, id_: bytes) -> Repository | None:
        """One of them."""
        return self._repositories.get(RepositoryId(id_))

    def look(self) -> tuple[list[Repository], list[RepositoryId]]:
        """Follow the repositories that there are now: those that came, and those that went."""
        database = self._database
        paths = [info.path for info in database.repositories() if info.path.startswith(self._under)]
        present = {database.repository_id(path): path for path in paths}
        came, went = [], []
        for id_, repository in list(self._repositories.items()):
            if id_ not in present or repository.closed:
                self._leave(id_)
                if id_ not in present:
                    went.append(id_)
        for id_, path in present.items():
            if id_ not in self._repositories:
                repository = database.repository(path)
                for searched in self.searched.values():
                    repository.register(searched.schema)
                self._repositories[id_] = repository
                self._ends[id_] = repository.subscribe(partial(self._on_change, id_))
                came.append(repository)
        return came, went

    def compare(self, repository: Repository, stamps: Mapping[str, bytes]) -> None:
        """Put on the list what is another than the index says, a little at every `take`."""
        self._comparing.append(self._compare(repository, dict(stamps)))

    def _compare(self, repository: Repository, stamps: dict[str, bytes]) -> Iterator[None]:
        if repository.closed:
            return
        id_ = repository.id
        for number, (key, schema, stamp) in enumerate(repository.stamps()):
            if schema in self.searched:
                known = stamps.pop(key, None)
                if known is None or known != stamp or not stamp:
                    self._list[id_, key] = None
            if number % LOOKED_AT_A_TIME == 0:
                yield
        self._list.update(((id_, gone), None) for gone in stamps)

    def position(self, repository: Repository) -> bytes:
        """What says that nothing has changed in a repository; b"" while it is changing."""
        if not repository.durable:
            return b""
        members = self._database.members_here.store.digest()
        return repository.digest + members + repository.locked.to_bytes(4, "big")

    def start_over(self) -> None:
        """Forget what was followed: the next `look` finds every repository as one that came."""
        self.close()

    def close(self) -> None:
        """Follow nothing any more."""
        for id_ in list(self._ends):
            self._leave(id_)
        self._list.clear()
        self._comparing.clear()

    def _leave(self, id_: RepositoryId) -> None:
        self._ends.pop(id_)()
        del self._repositories[id_]
        self._list = {key: None for key in self._list if key[0] != id_}

    # -- items -------------------------------------------------------------------------------------

    def __len__(self) -> int:
        """How many items are on the list, as far as is known."""
        return len(self._list)

    @property
    def done(self) -> bool:
        """Whether there is nothing to look at."""
        return not self._list and not self._comparing

    def tell_faults(self) -> None:
        """Tell of what the application's code raised on the other thread."""
        while self._faults:
            self._on_error(self._faults.pop())

    def take(self, letters: int, over: Callable[[], bool]) -> Batch:
        """The next changes for the index, with about so many letters of text; fewer once `over`."""
        batch = Batch([], [])
        self.tell_faults()
        while self._comparing and not over():
            if next(self._comparing[-1], self) is self:
                self._comparing.pop()
        while self._list and letters > 0 and not over():
            key = next(iter(self._list))
            del self._list[key]
            repository = self._repositories.get(key[0])
            if repository is None or repository.closed:
                continue  # it is compared when it is opened again
            entry = self._entry(repository, key[1])
            if entry is None:
                batch.drop.append(key)
                letters -= 100
            else:
                batch.put.append(entry)
                letters -= len(entry.document.body) + 100
        return batch

    def _entry(self, repository: Repository, key: str) -> Entry | None:
        item, id_ = repository.item(key), repository.id
        if item is None or not item.exists or item.schema.name not in self.searched:
            return None
        searched = self.searched[item.schema.name]
        try:
            document = searched.document(item)
        except Exception as error:  # the application's code; it harms its item only
            self._on_error(error)
            document = Document("")
        record = record_of(item)
        author = record.author or self._database.device.author
        place, by = place_word(id_, document.place), author_word(author)
        return Entry(id_, key, stamp_of(record), place, by, document, self._facets(searched))

    def _facets(self, searched: Searched) -> Callable[[str], Facets]:
        """What a text is found by; called on another thread, so a fault is told of later."""

        def facets(lines: str) -> Facets:
            try:
                return searched.facets(lines)
            except Exception as error:
                self._faults.append(error)
                return Facets()

        return facets

    def _on_change(self, repository: RepositoryId, change: ItemChange) -> None:
        if change.item.schema.name in self.searched:
            self._list[repository, change.item.key] = None
            self._changed()
        else:
            self._moved()


def place_word(repository: RepositoryId, key: str) -> str:
    """The word for a place in the index."""
    return f"p{repository.hex()}x{key.encode().hex()}"


def author_word(author: bytes) -> str:
    """The word for an author in the index."""
    return f"a{author.hex()}"
