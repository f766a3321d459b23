"""Doubles for queries: a table of notes that feeds an engine, as a repository would."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterator

import pytest

from goatcore.query import Query, QueryEngine, Row, RowChange

FIELDS = frozenset({"title", "body", "done", "size", "tags"})


class Letters:
    """A text field: not a str, but gives one."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


class Note:
    """A live row."""

    def __init__(self, key: str, schema: str, fields: dict[str, object]) -> None:
        self.key = key
        self.schema = schema
        self.title: object = ""
        self.body: object = Letters("")
        self.done: object = False
        self.size: object = 0
        self.tags: object = frozenset()
        vars(self).update(fields)

    def __repr__(self) -> str:
        return f"<{self.key}>"


class NotesOf:
    """The visible notes of one schema."""

    fields = FIELDS

    def __init__(self, notes: dict[str, Note], repeated: list[Note], schema: Hashable) -> None:
        self._notes = notes
        self._repeated = repeated
        self._schema = schema

    def __iter__(self) -> Iterator[Row]:
        for key in list(self._notes):
            note = self._notes.get(key)
            if note is not None and note.schema == self._schema:
                yield note
        yield from self._repeated

    def covers(self, row: Row) -> bool:
        assert isinstance(row, Note)
        return row.schema == self._schema


class Table:
    """Notes, their engine, and the errors it reported. Changes are applied at once, or together at
    the end of a `with table:` block."""

    def __init__(self) -> None:
        self.notes: dict[str, Note] = {}
        self.repeated: list[Note] = []  # rows that iterating the source gives again at its end
        self.errors: list[Exception] = []
        self.now_ms = 0.0
        self.step_ms = 0.0
        self._numbers = itertools.count()
        self._batch: list[RowChange] | None = None
        self.engine: QueryEngine[Note] = QueryEngine(
            lambda schema: NotesOf(self.notes, self.repeated, schema),
            elapsed_ms=self._elapsed_ms,
            on_error=self.errors.append,
        )

    def _elapsed_ms(self) -> float:
        self.now_ms += self.step_ms
        return self.now_ms

    def query(self, schema: str = "note") -> Query[Note]:
        return self.engine.query(schema)

    def add(self, key: str | None = None, schema: str = "note", **fields: object) -> Note:
        note = Note(key or f"n{next(self._numbers):04}", schema, fields)
        self.notes[note.key] = note
        self._changed(RowChange("added", note))
        return note

    def edit(self, note: Note, **fields: object) -> None:
        vars(note).update(fields)
        self._changed(RowChange("edited", note, frozenset(fields)))

    def remove(self, note: Note) -> None:
        del self.notes[note.key]
        self._changed(RowChange("removed", note))

    def restore(self, note: Note) -> None:
        self.notes[note.key] = note
        self._changed(RowChange("added", note))

    def __enter__(self) -> None:
        self._batch = []

    def __exit__(self, *raised: object) -> None:
        batch, self._batch = self._batch, None
        assert batch is not None
        self.engine.apply(batch)

    def _changed(self, change: RowChange) -> None:
        if self._batch is None:
            self.engine.apply([change])
        else:
            self._batch.append(change)


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def new_table() -> type[Table]:
    return Table


@pytest.fixture
def letters() -> type[Letters]:
    return Letters
