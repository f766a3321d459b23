"""Queries and readers of an opened repository see what is in it, whatever part is only rows."""

from __future__ import annotations

import random

import pytest

from goatcore import Database, Schema, flag, number, string, tags, text

CARD = Schema("card", 1, title=string(), done=flag(), size=number())
PAGE = Schema("page", 1, title=string(), body=text(), words=tags(), size=number())
NEWER = Schema("card", 2, upgrade={2: lambda old: {"size": old["size"] + 1000}}, title=string(),
               done=flag(), size=number())  # fmt: skip
COUNT = 600


@pytest.fixture
def opened(tmp_path):
    def opened():
        return Database.open(tmp_path / "w", home=tmp_path / "h", language="")

    return opened


def filled(opened, chance):
    """Two schemas among each other, of which some were deleted and some are long."""
    with opened() as database:
        notes = database.repository("/data/notes")
        with notes.transaction():
            for n in range(COUNT):
                title, size = f"t {chance.randrange(40)}", chance.randrange(50)
                if chance.random() < 0.7:
                    notes.create(CARD, f"k{n:03}", title=title, done=n % 7 == 0, size=size)
                else:
                    body = "word " * chance.choice((0, 1, 300))
                    notes.create(PAGE, f"k{n:03}", title=title, body=body, size=size)
        for item in chance.sample([*notes.items(CARD), *notes.items(PAGE)], 40):
            item.delete()


def change(notes, chance, schemas):
    """Some that are other than the index says: recorded, and not yet."""
    items = [item for schema in schemas for item in notes.items(schema)]
    for item in chance.sample(items, 10):
        item.title = "other"
    for item in chance.sample(items, 5):
        if item.exists:
            item.delete()
    for n in range(5):
        notes.create(schemas[0], f"new{n}", title="new", size=n)
    return chance.sample(items, 20)  # that somebody goes on having


def agree(notes, schema):
    """Whether queries give what the items show one by one."""
    keys = sorted(key for n in (*range(COUNT), "new") for key in names(n))
    there = [item for key in keys if (item := notes.item(key)) is not None and item.exists]
    there = [item for item in there if item.schema.name == schema.name]
    small = notes.query(schema).where(size__lt=20)
    assert [row.key for row in small] == [item.key for item in there if item.size < 20]
    titled = notes.query(schema).where(title="other").order_by("-size")
    found = sorted((-item.size, item.key) for item in there if item.title == "other")
    assert [(-row.size, row.key) for row in titled] == found
    by_size = notes.query(schema).order_by("size")
    assert [row.key for row in by_size] == [
        item.key for item in sorted(there, key=lambda item: (item.size, item.key))
    ]
    assert sorted(item.key for item in notes.items(schema)) == [item.key for item in there]


def names(n):
    return [f"new{one}" for one in range(5)] if n == "new" else [f"k{n:03}"]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_only_rows_is_read_as_what_is_in_memory(opened, seed):
    chance = random.Random(seed)
    filled(opened, chance)
    with opened() as database:
        notes = database.repository("/data/notes")
        notes.register(CARD)
        notes.register(PAGE)
        long = notes.query(PAGE).where(body__contains="word word")
        assert {row.key for row in long} == {
            item.key for item in notes.items(PAGE) if len(str(item.body)) > 5
        }
        agree(notes, CARD)
        agree(notes, PAGE)
    with opened() as database:
        notes = database.repository("/data/notes")
        notes.register(CARD)
        held = change(notes, chance, [CARD, PAGE])
        agree(notes, CARD)
        agree(notes, PAGE)
        again = {item.key: item for schema in (CARD, PAGE) for item in notes.items(schema)}
        for item in held:
            assert again.get(item.key) is (item if item.exists else None)


def test_rows_of_an_older_version_are_read_as_upgraded(opened):
    filled(opened, random.Random(9))
    with opened() as database:
        notes = database.repository("/data/notes")
        notes.register(CARD)
        before = {row.key: row.size for row in notes.query(CARD)}
    with opened() as database:
        notes = database.repository("/data/notes")
        notes.register(NEWER)
        found = notes.query(NEWER).where(size__gte=1010).order_by("size")
        assert {row.key: row.size for row in found} == {
            key: size + 1000 for key, size in before.items() if size >= 10
        }
        sizes = [row.size for row in found]
        assert sizes == sorted(sizes)


def test_what_is_done_to_items_while_they_are_gone_through_is_seen(opened):
    filled(opened, random.Random(5))
    with opened() as database:
        notes = database.repository("/data/notes")
        keys = [item.key for item in notes.items(CARD)]
    with opened() as database:
        notes = database.repository("/data/notes")
        notes.register(CARD)
        first = notes.item(keys[10])
        seen = []
        for n, item in enumerate(notes.items(CARD)):
            seen.append(item)
            if n == 5:
                notes.item(keys[7]).delete()
                notes.item(keys[8]).title = "other"
        assert [item.key for item in seen] == [*keys[:7], *keys[8:]]
        assert seen[9] is first
        assert seen[7].title == "other"
        assert all(again is item for again, item in zip(notes.items(CARD), seen, strict=True))
