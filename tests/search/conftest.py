"""Notes that are searched, workspaces on real folders, and a scan that knows no index."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from goatcore import Database, Document, Facets, Schema, Search, Searched, date, flag, string, text
from goatcore.search.analysis import tokens
from goatcore.search.index import Entry
from goatcore.search.wanted import ANY, AUTHOR, HAS, PLACE, TAG, TITLE, Term, Wanted, parse

NOTE = Schema(
    "note", 1, title=string(), body=text(), notebook=string(), pinned=flag(), edited=date()
)
SHELF = Schema("shelf", 1, name=string())
MARKS = ("todo", "link", "pinned")
DAY_MS = 86_400_000
NOW_MS = 20_000 * DAY_MS  # 4 October 2024


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Run coroutine tests on a fresh loop, with a time limit."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}

    async def limited():
        async with asyncio.timeout(60):
            await pyfuncitem.obj(**arguments)

    asyncio.run(limited())
    return True


def midnight(year, month, day):
    return int(datetime(year, month, day, tzinfo=UTC).timestamp() * 1000)


def facets(lines: str) -> Facets:
    marks = {mark for mark, sign in (("todo", "- [ ]"), ("link", "https://")) if sign in lines}
    return Facets(tags=re.findall(r"#([\w/]+)", lines), marks=marks)


def document(note) -> Document:
    marks = ["pinned"] if note.pinned else []
    return Document(note.title, str(note.body), note.notebook, note.edited or 0, Facets((), marks))


class Doc(NamedTuple):
    """A document for an index alone."""

    title: str
    body: str
    place: str = "p0"
    author: str = "a0"
    time_ms: int = 0

    def entry(self, key: str) -> Entry:
        made = Document(self.title, self.body, "", self.time_ms)
        return Entry(b"r", key, b"", self.place, self.author, made, facets)


class Scan:
    """What is wanted, found by looking at every document."""

    def __init__(self, docs: dict[str, Doc], names: dict[str, dict[str, str]]) -> None:
        self.docs = docs
        self.names = names

    def find(self, wanted: Wanted) -> tuple[set[str], set[str]]:
        """The keys of what is found by how words begin, and of what is found inside of words."""
        first, second = set(), set()
        for key, doc in self.docs.items():
            if not wanted or any(self.holds(term, doc, within=False) for term in wanted.without):
                continue
            if wanted.after_ms is not None and doc.time_ms < wanted.after_ms:
                continue
            if wanted.before_ms is not None and doc.time_ms >= wanted.before_ms:
                continue
            if all(any(self.holds(t, doc, within=False) for t in c) for c in wanted.clauses):
                first.add(key)
            elif all(any(self.holds(t, doc, within=True) for t in c) for c in wanted.clauses):
                second.add(key)
        return first, second

    def holds(self, term: Term, doc: Doc, *, within: bool) -> bool:
        if term.field in (PLACE, AUTHOR):
            word = doc.place if term.field == PLACE else doc.author
            return follows(term, tokens(self.names[term.field].get(word, "")), within=False)
        found = facets(doc.body)
        tags = [tokens(tag) for tag in found.tags]
        texts = {
            ANY: [tokens(doc.title), tokens(doc.body), *tags],
            TITLE: [tokens(doc.title)],
            TAG: tags,
            HAS: [[mark] for mark in found.marks],
        }[term.field]
        return any(follows(term, words, within=within) for words in texts)


def follows(term: Term, words: Sequence[str], *, within: bool) -> bool:
    *before, last = term.tokens
    for at in range(len(words) - len(before)):
        end = words[at + len(before)]
        if words[at : at + len(before)] != before:
            continue
        if end == last or (not term.exact and end.startswith(last)):
            return True
        if within and not term.exact and not before and len(last) >= 3 and last in end:
            return True
    return False


@pytest.fixture(scope="session")
def doc():
    return Doc


@pytest.fixture(scope="session")
def scan():
    return Scan


@pytest.fixture(scope="session")
def read():
    """Reads what was typed, with days that begin at midnight UTC."""
    return lambda typed: parse(typed, MARKS, midnight)


@pytest.fixture(scope="session")
def day():
    """The beginning of a day, in milliseconds."""
    return midnight


@pytest.fixture(scope="session")
def note():
    return NOTE


@pytest.fixture
def shelf():
    return SHELF


@pytest.fixture
def workspace(tmp_path):
    """Opens workspaces by name; closes what is still open."""
    opened = []

    def open_(name="w", home="home"):
        database = Database.open(
            tmp_path / name, home=tmp_path / home, member_name="Ann Lee", device_name="Desk",
            clock=lambda: NOW_MS,
        )  # fmt: skip
        opened.append(database)
        return database

    yield open_
    for database in opened:
        database.close()


@pytest.fixture
def searching():
    """Searches of workspaces; closes what is still open. Counts what is read of the notes."""
    opened = []

    def open_(database, **more):
        read_texts = []

        def counted(lines):
            read_texts.append(lines)
            return facets(lines)

        search = Search(
            database,
            [Searched(NOTE, document, counted, more.pop("version", 1), MARKS)],
            under="/notes/",
            places=lambda repository: {
                "": repository.path.removeprefix("/notes/"),
                **{item.key: item.name for item in repository.items(SHELF)},
            },
        )
        search.texts = read_texts
        opened.append(search)
        return search

    yield open_
    for search in opened:
        search.close()


@pytest.fixture
def titles():
    """The titles of hits, in order."""
    return lambda hits: [hit.item.title for hit in hits]
