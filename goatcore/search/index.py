"""The index: documents in SQLite's full-text tables, in memory.

Owns the tables. Invariant: nothing of it ever stands on a disk by SQLite's doing: the database and
its temporary tables live in memory; `image` is its bytes, for somebody else to seal. One thread at
a time. Of a document the index keeps its words, packed, since FTS5 forgets only what it is shown
again; the text is the item's. Must never import items or repositories.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from time import sleep
from typing import Final, NamedTuple

from goatcore.search.analysis import folded, tokens
from goatcore.search.documents import Document, Facets
from goatcore.search.expression import (
    COLUMNS,
    Names,
    conjunction,
    expression,
    in_titles,
    is_within,
)
from goatcore.search.wanted import Wanted

MANY: Final = 3_000  # of more matches only the FEW newest and FEW of those in titles are ranked
FEW: Final = 1_500
WITHIN_MAX: Final = 200  # words that contain what was typed, the shortest first
STEPS_A_LOOK: Final = 2_000  # of SQLite, between two looks whether the search is still wanted
DAY_MS: Final = 86_400_000
BETWEEN: Final = " · "  # a word that no text has, so that no phrase reaches from tag to tag
PACK_LEVEL: Final = 1
PART_LETTERS: Final = 8_192  # of a text, taken at once: well below a millisecond

_TABLES: Final = f"""
CREATE TABLE documents(
    id INTEGER PRIMARY KEY, repository BLOB NOT NULL, key TEXT NOT NULL, stamp BLOB NOT NULL,
    time INTEGER NOT NULL, title TEXT NOT NULL, author TEXT NOT NULL, packed BLOB NOT NULL,
    UNIQUE (repository, key)
);
CREATE INDEX documents_by_time ON documents(time);
CREATE INDEX documents_by_title ON documents(title);
CREATE TABLE tags(document INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (document, tag))
WITHOUT ROWID;
CREATE TABLE positions(repository BLOB PRIMARY KEY, position BLOB NOT NULL);
CREATE VIRTUAL TABLE words USING fts5(
    {", ".join(COLUMNS)}, content='', tokenize='ascii', prefix='1 2 3'
);
"""
_VOCABULARY: Final = "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, words, row)"
_DROP: Final = (
    f"INSERT INTO words(words, rowid, {', '.join(COLUMNS)}) VALUES ('delete', ?{', ?' * 6})"
)
_PUT: Final = f"INSERT INTO words(rowid, {', '.join(COLUMNS)}) VALUES (?{', ?' * 6})"
# The better the match the higher; a title that is, or begins with, what was typed comes first, and
# of equal matches what was edited last: twice as good now as long ago, half of that after a month.
_BONUS: Final = (
    "CASE WHEN :title = '' THEN 0.0 WHEN d.title = :title THEN 30.0 "
    "WHEN substr(d.title, 1, length(:title)) = :title THEN 10.0 ELSE 0.0 END"
)
_RECENT: Final = "(1.0 + 1.0 / (1.0 + max(0, :now - d.time) / 2592000000.0))"
_FOUND: Final = f"""
SELECT d.repository, d.key, d.stamp,
       ({_BONUS} - bm25(words, 8.0, 1.0, 4.0, 0.0, 0.0, 0.0)) * {_RECENT} AS score
FROM words JOIN documents d ON d.id = words.rowid
WHERE words MATCH :match AND d.time >= :after AND d.time < :before {{more}}
ORDER BY score DESC, d.time DESC, d.repository, d.key LIMIT :limit
"""
_LISTED: Final = f"""
SELECT d.repository, d.key, d.stamp, {_RECENT} AS score FROM documents d
WHERE d.time >= :after AND d.time < :before {{more}}
ORDER BY d.time DESC, d.repository, d.key LIMIT :limit
"""
_NOT: Final = "AND d.id NOT IN (SELECT rowid FROM words WHERE words MATCH :without)"
_NOT_FOUND: Final = "AND d.id NOT IN (SELECT rowid FROM words WHERE words MATCH :first)"
_TOO_MANY: Final = "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH :match LIMIT :many)"
# `+` keeps SQLite from matching anew for each of these
_NARROWED: Final = """
AND +words.rowid IN (
    SELECT * FROM (SELECT id FROM documents WHERE time < :before ORDER BY time DESC LIMIT :few)
    UNION ALL SELECT id FROM documents
    WHERE :title <> '' AND title >= :title AND title < :title || char(1114111)
    {titled}
)
"""
_TITLED: Final = """
    UNION ALL SELECT * FROM (
        SELECT rowid FROM words WHERE words MATCH :titled ORDER BY rowid DESC LIMIT :few
    )
"""
_EVER: Final = 1 << 62


class Entry(NamedTuple):
    """A document for the index; `stamp` says which state of its item it is of. `place` and `author`
    are one word each, of letters and digits."""

    repository: bytes
    key: str
    stamp: bytes
    place: str
    author: str
    document: Document
    facets: Callable[[str], Facets]  # of the text


class Match(NamedTuple):
    """A document that was found; `tier` 1: only inside of words."""

    repository: bytes
    key: str
    stamp: bytes
    score: float
    tier: int


class Matches(NamedTuple):
    """The best ones, and whether there are more."""

    best: list[Match]
    more: bool


class Index:
    """Documents by their words. Raises `sqlite3.DatabaseError` for an image that is none."""

    def __init__(self, image: bytes | None = None) -> None:
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._connection = connection
        self._vocabulary: set[str] | None = None
        try:
            connection.execute("PRAGMA temp_store = MEMORY")
            if not image:
                connection.executescript(_TABLES)
            else:
                connection.deserialize(image)
            connection.execute(_VOCABULARY)
            (self.count,) = connection.execute("SELECT count(*) FROM documents").fetchone()
        except sqlite3.Error:
            connection.close()
            raise

    def close(self) -> None:
        """Let go of the memory."""
        self._connection.close()

    def image(self) -> bytes:
        """Everything, for `Index(image)`."""
        return self._connection.serialize()

    # -- what is in it -----------------------------------------------------------------------------

    def stamps(self, repository: bytes) -> dict[str, bytes]:
        """The stamp of every document of a repository, by key."""
        return dict(
            self._connection.execute(
                "SELECT key, stamp FROM documents WHERE repository = ?", (repository,)
            )
        )

    def authors(self) -> list[str]:
        """Who wrote something that is in it."""
        return [row[0] for row in self._connection.execute("SELECT DISTINCT author FROM documents")]

    def tags(self) -> dict[str, int]:
        """How many documents have each tag. Spellings that differ in case and accents are one tag,
        called as it is written most often."""
        found: dict[str, list[tuple[int, str]]] = {}
        query = "SELECT tag, count(*) FROM tags GROUP BY tag"
        for tag, count in self._connection.execute(query):
            found.setdefault(folded(tag), []).append((count, tag))
        counted = {max(spellings)[1]: sum(n for n, _ in spellings) for spellings in found.values()}
        return dict(sorted(counted.items(), key=lambda entry: folded(entry[0])))

    def positions(self) -> dict[bytes, bytes]:
        """How far each repository was when everything of it was in the index."""
        return dict(self._connection.execute("SELECT repository, position FROM positions"))

    def set_positions(self, positions: Mapping[bytes, bytes]) -> None:
        """Note how far repositories are; those that are not named are not at any position."""
        with self._connection:
            self._connection.execute("BEGIN")
            self._connection.execute("DELETE FROM positions")
            self._connection.executemany(
                "INSERT INTO positions VALUES (?, ?)", sorted(positions.items())
            )

    def forget(self, repositories: Iterable[bytes]) -> None:
        """Drop every document of these repositories."""
        for repository in repositories:
            self.change((), [(repository, key) for key in self.stamps(repository)])

    def repositories(self) -> list[bytes]:
        """The repositories that documents are of."""
        found = self._connection.execute("SELECT DISTINCT repository FROM documents")
        return [row[0] for row in found]

    # -- changing it -------------------------------------------------------------------------------

    def change(self, put: Iterable[Entry], drop: Iterable[tuple[bytes, str]] = ()) -> None:
        """Put documents in, in place of what they were before, and take some out; all or none."""
        analysed = [(entry, _analysed(entry)) for entry in put]
        run = self._connection.execute
        with self._connection:
            run("BEGIN")
            for repository, key in drop:
                self._drop(repository, key)
            for entry, (columns, words, tags) in analysed:
                known = self._drop(entry.repository, entry.key)
                packed = zlib.compress("\n".join(columns).encode(), PACK_LEVEL)
                row = run(
                    "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (known, *entry[:3], entry.document.time_ms, columns[0], entry.author, packed),
                ).lastrowid
                run(_PUT, (row, *columns))
                for tag in tags:
                    run("INSERT INTO tags VALUES (?, ?)", (row, tag))
                self.count += 1
                if self._vocabulary is not None:
                    self._vocabulary |= words

    def _drop(self, repository: bytes, key: str) -> int | None:
        found = self._connection.execute(
            "DELETE FROM documents WHERE repository = ? AND key = ? RETURNING id, packed",
            (repository, key),
        ).fetchone()
        if found is None:
            return None
        row, packed = found
        self._connection.execute("DELETE FROM tags WHERE document = ?", (row,))
        self._connection.execute(_DROP, (row, *zlib.decompress(packed).decode().split("\n")))
        self.count -= 1
        return int(row)

    # -- searching ---------------------------------------------------------------------------------

    def find(
        self,
        wanted: Wanted,
        names: Names,
        *,
        now_ms: int,
        limit: int,
        stopped: Callable[[], bool] = bool,
    ) -> Matches:
        """The best matches, at most `limit`. Those where every word begins as was typed come before
        those that only contain what was typed. Raises `sqlite3.OperationalError` once `stopped`."""
        if not wanted:
            return Matches([], False)
        self._connection.set_progress_handler(stopped, STEPS_A_LOOK)
        try:
            return self._find(wanted, names, now_ms, limit)
        finally:
            self._connection.set_progress_handler(None, 0)

    def _find(self, wanted: Wanted, names: Names, now_ms: int, limit: int) -> Matches:
        values: dict[str, object] = {
            "now": now_ms,
            "title": wanted.title,
            "limit": limit + 1,
            "after": -_EVER if wanted.after_ms is None else wanted.after_ms,
            "before": _EVER if wanted.before_ms is None else wanted.before_ms,
            "without": expression(wanted.without, names, None),
        }
        more = _NOT if values["without"] else ""
        if not wanted.clauses:
            return _limited(self._rows(_LISTED.format(more=more), values, 0), limit)
        parts = [expression(clause, names, None) for clause in wanted.clauses]
        values["match"] = values["first"] = conjunction(parts)
        best = self._ranked(wanted, names, values, more, limit) if all(parts) else []
        if len(best) <= limit and any(is_within(t) for clause in wanted.clauses for t in clause):
            wider = [expression(clause, names, self._within) for clause in wanted.clauses]
            if all(wider) and wider != parts:
                values["match"] = conjunction(wider)
                values["limit"] = limit + 1 - len(best)
                more += _NOT_FOUND if all(parts) else ""
                best += self._rows(_FOUND.format(more=more), values, 1)
        return _limited(best, limit)

    def _ranked(
        self, wanted: Wanted, names: Names, values: dict[str, object], more: str, limit: int
    ) -> list[Match]:
        """The best matches. A word that is nearly everywhere says little about a text: then only
        titles and what is new are looked at, if enough is found there."""
        if self.count > MANY:
            values |= {"many": MANY, "few": FEW}
            (many,) = self._connection.execute(_TOO_MANY, values).fetchone()
            if many == MANY:
                in_title = [in_titles(clause) for clause in wanted.clauses]
                values["titled"] = conjunction([expression(c, names, None) for c in in_title])
                narrowed = _NARROWED.format(titled=_TITLED if all(in_title) else "")
                best = self._rows(_FOUND.format(more=f"{more} {narrowed}"), values, 0)
                if len(best) > limit:
                    return best
        return self._rows(_FOUND.format(more=more), values, 0)

    def _rows(self, sql: str, values: dict[str, object], tier: int) -> list[Match]:
        return [
            Match(repository, key, stamp, score, tier)
            for repository, key, stamp, score in self._connection.execute(sql, values)
        ]

    def warm(self) -> None:
        """Learn which words there are, so that no search has to."""
        if self._vocabulary is None:
            terms = self._connection.execute("SELECT term FROM temp.vocabulary")
            self._vocabulary = {row[0] for row in terms}

    def _within(self, word: str) -> list[str]:
        """Words that contain one, but do not begin with it."""
        self.warm()
        assert self._vocabulary is not None
        found = [term for term in self._vocabulary if term.find(word) > 0]
        return sorted(found, key=lambda term: (len(term), term))[:WITHIN_MAX]


def _limited(best: list[Match], limit: int) -> Matches:
    return Matches(best[:limit], len(best) > limit)


def _analysed(entry: Entry) -> tuple[tuple[str, ...], set[str], set[str]]:
    """What FTS5 is given, words with single spaces between them; which words there are; and which
    tags. A long text is taken in parts, so that other threads get their turn in between."""
    title, body, _, _, own = entry.document
    found = tokens(title)
    words, parts = set(found), []
    tags, marks = set(own.tags), set(own.marks)
    for part in _parts(body):
        said = tokens(part)
        words.update(said)
        parts.append(" ".join(said))
        facets = entry.facets(part)
        tags.update(facets.tags)
        marks.update(facets.marks)
        if len(part) >= PART_LETTERS:
            sleep(0)
    of_tags = [tokens(tag) for tag in sorted(tags)]
    words.update(*of_tags)
    columns = (
        " ".join(found),
        " ".join(filter(None, parts)),
        BETWEEN.join(map(" ".join, of_tags)),
        entry.place,
        entry.author,
        BETWEEN.join(" ".join(tokens(mark)) for mark in sorted(marks)),
    )
    return columns, words, tags


def _parts(text: str) -> Iterator[str]:
    """Runs of whole lines of about PART_LETTERS; a longer line is cut at a space, if it has one."""
    start = 0
    while len(text) - start > PART_LETTERS:
        stop = text.rfind("\n", start, start + PART_LETTERS) + 1
        if stop <= start:
            stop = text.rfind(" ", start, start + PART_LETTERS) + 1
        if stop <= start:
            stop = start + PART_LETTERS
        yield text[start:stop]
        start = stop
    yield text[start:]
