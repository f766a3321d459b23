"""Items of a main line: in memory while somebody has them, and as they were when they come back."""

from __future__ import annotations

import gc
from weakref import ref

import pytest

from goatcore.repository import shelved_items
from goatcore.schema import Schema, counter, mapping, string, tags, text

PLANT = Schema(
    "plant", 1, name=string(), note=text(), labels=tags(), facts=mapping(), seen=counter()
)


@pytest.fixture(autouse=True)
def few_records(monkeypatch):
    """Hardly any record stays that nobody uses."""
    monkeypatch.setattr(shelved_items, "LIVE_MAX", 2)


def shown(item):
    values = {name: getattr(item, name) for name in item.schema.fields}
    plain = {name: str(v) if name == "note" else v for name, v in values.items()}
    for name in ("labels", "facts"):
        plain[name] = sorted(plain[name].items() if name == "facts" else plain[name])
    plain["seen"] = int(plain["seen"])
    return plain, item.exists, item.created_ms, item.edited_ms, item.author, item.version.heads


def test_an_item_that_nobody_has_goes_and_comes_back_as_it_was(peer, timers):
    a = peer()
    plants = a.repository
    for number in range(10):
        plants.create(PLANT, f"plant {number}", name=f"Rose {number}", note="red")
        timers.advance(1)
    item = plants.item("plant 3")
    item.name, item.seen = "Lily", 3
    item.note.splice(3, 0, " and white")
    item.labels.add("tall")
    item.facts["height in cm"] = 80
    plants.record_drafts()
    before, gone = shown(item), ref(item)
    del item
    for _ in plants.items(PLANT):
        pass
    gc.collect()
    assert gone() is None
    assert shown(plants.item("plant 3")) == before
    history = plants.item("plant 3").history
    assert [version.name for version in history] == ["Rose 3", "Lily"]
    assert [item.key for item in plants.items(PLANT)] == [f"plant {n}" for n in range(10)]


def test_an_item_is_one_object_for_all_who_have_it(peer):
    plants = peer().repository
    for number in range(10):
        plants.create(PLANT, f"plant {number}", name="Rose")
    held = list(plants.items(PLANT))
    assert [plants.item(item.key) for item in held] == held
    assert all(one is other for one, other in zip(held, plants.items(PLANT), strict=True))
    held[4].name = "Lily"
    assert plants.item("plant 4").name == "Lily"


def test_who_listens_to_an_item_need_not_hold_it(peer):
    a, b = peer(1), peer(2)
    a.repository.create(PLANT, "rose", name="Rose")
    b.pull(a)
    b.repository.register(PLANT)
    heard = []
    end = b.repository.item("rose").subscribe(lambda change: heard.append(change.item.name))
    gc.collect()
    a.repository.item("rose").name = "Lily"
    a.repository.record_drafts()
    b.pull(a)
    assert heard == ["Lily"]
    end()
    del end
    gone = ref(b.repository.item("rose"))
    for number in range(3):
        b.repository.create(PLANT, f"other {number}", name="Pea")
    gc.collect()
    assert gone() is None


def test_edits_that_are_not_recorded_stay_though_nobody_has_the_item(peer):
    plants = peer().repository
    plants.create(PLANT, "rose", name="Rose", note="red")
    plants.item("rose").note.splice(3, 0, "dish")
    for number in range(5):
        plants.create(PLANT, f"other {number}", name="Pea")
    gc.collect()
    assert str(plants.item("rose").note) == "reddish"
    plants.record_drafts()
    gc.collect()
    assert str(plants.item("rose").note) == "reddish"


def test_who_edits_at_the_same_time_as_somebody_else_gets_the_history_back(peer):
    a, b = peer(1), peer(2)
    a.repository.create(PLANT, "rose", name="Rose", note="red")
    b.pull(a)
    b.repository.register(PLANT)
    for one, name, at in ((a, "Lily", 0), (b, "Pea", 3)):
        one.repository.item("rose").name = name
        one.repository.item("rose").note.splice(at, 0, name)
        one.repository.record_drafts()
        for number in range(5):
            one.repository.create(PLANT, f"{name} {number}", name="Oak")
    gc.collect()
    a.pull(b)
    b.pull(a)
    assert str(a.repository.item("rose").note) == "LilyredPea"
    first, other = a.repository.item("rose"), b.repository.item("rose")
    assert shown(first) == shown(other)
    assert sorted(first.alternatives("name")) == ["Lily", "Pea"]
    reopened = peer(1, a.log.entries()).repository
    reopened.register(PLANT)
    assert shown(reopened.item("rose")) == shown(first)


def test_an_item_that_was_never_looked_at_can_still_be_read_after_the_repository_was_closed(peer):
    plants = peer().repository
    plants.create(PLANT, "rose", name="Rose")
    reopened = peer(1, plants.store._log.entries()).repository
    (item,) = reopened.items(PLANT)
    reopened.close()
    assert item.name == "Rose"
