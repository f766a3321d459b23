"""Doubles for queries: a table of notes that feeds an engine, as a repository would."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable, Iterator, Sequence

import pytest

from goatcore.query import Query, QueryEngine, Row, RowChange, Saved
from goatcore.query.changes import Read, ReadMany
from goatcore.query.chunks import in_chunks
from goatcore.query.field_values import plain

FIELDS = frozenset({"key", "title", "body", "done", "size", "tags", "near"})


class Letters:
    """A text field: not a str, but gives one."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


class Note:
    """A live row."""

    def __init__(
        self, table: Table, key: str, schema: str, ordinal: int, fields: dict[str, object]
    ) -> None:
        self.table = table
        self.key = key
        self.schema = schema
        self.ordinal = ordinal
        self.title: object = ""
        self.body: object = Letters("")
        self.done: object = False
        self.size: object = 0
        self.tags: object = frozenset()
        self.near: object = ""  # the key of another note
        vars(self).update(fields)

    @property
    def beside(self) -> Note | None:
        """The note that it is near to."""
        return self.table.notes.get(str(self.near))

    def __repr__(self) -> str:
        return f"<{self.key}>"


class NotesOf:
    """The visible notes of one schema."""

    fields = FIELDS
    references = frozenset({"near"})
    collections = frozenset({"tags"})
    volatile = frozenset({"body"})

    def __init__(self, table: Table, schema: Hashable) -> None:
        self._table = table
        self._schema = schema
        self.name = f"notes of {schema}"

    def __len__(self) -> int:
        return len(self._table.notes)

    def chunks(self) -> Iterator[list[int]]:
        return in_chunks(self._every())

    def _every(self) -> Iterator[int]:
        notes = self._table.notes
        for key in list(notes):
            note = notes.get(key)
            if note is not None and note.schema == self._schema:
                yield note.ordinal
        yield from [note.ordinal for note in self._table.repeated]

    def covers(self, row: Row) -> bool:
        return isinstance(row, Note) and row.schema == self._schema

    def ordinal(self, row: Row) -> int:
        assert isinstance(row, Note)
        return row.ordinal

    def row(self, ordinal: int) -> Note:
        return self._table.numbered[ordinal]

    def shows(self, ordinal: int) -> bool:
        note = self._table.numbered[ordinal]
        return self._table.notes.get(note.key) is note and note.schema == self._schema

    def reader(self, field: str) -> Read:
        numbered = self._table.numbered
        return lambda ordinal: plain(getattr(numbered[ordinal], field))

    def column(self, field: str) -> ReadMany:
        read = self.reader(field)

        def column(ordinals: Sequence[int]) -> list[object]:
            self._table.reads += len(ordinals)
            return [read(ordinal) for ordinal in ordinals]

        return column

    def joined(self, field: str, *, reference: bool) -> bool:
        return field in (self.references if reference else self.fields)

    def follow(self, key: str, field: str) -> object:
        note = self._table.notes.get(key)
        return None if note is None else plain(getattr(note, field))


class Table:
    """Notes, their engine, and the errors it reported. Changes are applied at once, or together at
    the end of a `with table:` block."""

    def __init__(self, language: str = "") -> None:
        self.notes: dict[str, Note] = {}
        self.numbered: list[Note] = []  # by ordinal
        self.reads = 0  # fields that were read in bulk
        self.untold: list[Note] = []  # notes that changed, while nobody was told
        self.repeated: list[Note] = []  # rows that iterating the source gives again at its end
        self.errors: list[Exception] = []
        self.now_ms = 0.0
        self.step_ms = 0.0
        self._numbers = itertools.count()
        self._batch: list[RowChange] | None = None
        self._language = language
        self.engine = self._new_engine()

    def _new_engine(self) -> QueryEngine[Note]:
        return QueryEngine(
            lambda schema: NotesOf(self, schema),
            elapsed_ms=self._elapsed_ms,
            on_error=self.errors.append,
            language=self._language,
            untold=lambda: self.untold,
        )

    def reopen(self, saved: Iterable[Saved], changed: Iterable[int]) -> None:
        """An engine of the next run, which takes back what was saved."""
        self.engine = self._new_engine()
        self.engine.resume(saved, changed)

    def _elapsed_ms(self) -> float:
        self.now_ms += self.step_ms
        return self.now_ms

    def query(self, schema: str = "note") -> Query[Note]:
        return self.engine.query(schema)

    def add(self, key: str | None = None, schema: str = "note", **fields: object) -> Note:
        key = key or f"n{next(self._numbers):04}"
        before = [note for note in self.numbered if note.key == key and note.schema == schema]
        ordinal = before[0].ordinal if before else len(self.numbered)
        note = Note(self, key, schema, ordinal, fields)
        self.numbered[ordinal : ordinal + 1] = [note]
        self.notes[key] = note
        self._changed(RowChange("added", note, frozenset(), note.ordinal))
        return note

    def edit(self, note: Note, **fields: object) -> None:
        vars(note).update(fields)
        self._changed(RowChange("edited", note, frozenset(fields), note.ordinal))

    def remove(self, note: Note) -> None:
        del self.notes[note.key]
        self._changed(RowChange("removed", note, frozenset(), note.ordinal))

    def restore(self, note: Note) -> None:
        self.notes[note.key] = note
        self._changed(RowChange("added", note, frozenset(), note.ordinal))

    def __enter__(self) -> None:
        self._batch = []

    def __exit__(self, *raised: object) -> None:
        batch, self._batch = self._batch, None
        assert batch is not None
        self.untold = []
        self.engine.apply(batch)

    def _changed(self, change: RowChange) -> None:
        if self._batch is None:
            self.engine.apply([change])
        else:
            self._batch.append(change)
            self.untold.append(change.row)


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def source(table: Table) -> NotesOf:
    return NotesOf(table, "note")


@pytest.fixture
def new_table() -> type[Table]:
    return Table


@pytest.fixture
def letters() -> type[Letters]:
    return Letters
