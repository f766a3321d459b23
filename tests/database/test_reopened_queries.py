"""Queries that go on after the program was closed: from the checkpoint, and what came since."""

from __future__ import annotations

import pytest

from goatcore import Database, Q, Schema, flag, number, string
from goatcore.query.operators.sort import Sort

CARD = Schema("card", 1, title=string(), done=flag(), size=number())
NEWER = Schema("card", 2, upgrade={2: lambda old: {"size": -old["size"]}}, title=string(),
               done=flag(), size=number())  # fmt: skip

ASKS = [
    lambda q: q.where(done=True).order_by("-title"),
    lambda q: q.order_by("size", "title"),
    lambda q: q.where(Q(size__gt=20) | Q(done=True)).order_by("-size").limit(7),
]


@pytest.fixture
def opened(tmp_path):
    def opened(language=""):
        return Database.open(tmp_path / "w", home=tmp_path / "h", language=language)

    return opened


@pytest.fixture
def evaluated(monkeypatch):
    """The sorts that looked at all their rows."""
    begun = []
    begin = Sort._begin
    monkeypatch.setattr(Sort, "_begin", lambda self: (begun.append(self), begin(self)))
    return begun


def filled(db):
    cards = db.repository("/data/cards")
    for n in range(300):
        title = f"card {n * 7 % 300}"
        cards.create(CARD, f"k{n:03}", title=title, done=n % 9 == 0, size=n % 50)
    db.flush_now()
    return cards


def answers(cards, schema=CARD):
    return [[row.key for row in ask(cards.query(schema))] for ask in ASKS]


def rescans(cards, schema=CARD):
    return [[row.key for row in ask(cards.query(schema).where(lambda row: True))] for ask in ASKS]


def test_what_was_asked_before_is_there_when_it_is_opened_again(opened, evaluated):
    with opened() as db:
        cards = filled(db)
        expected = answers(cards)  # nobody holds these any more when it is closed
    evaluated.clear()
    with opened() as db:
        cards = db.repository("/data/cards")
        assert answers(cards) == expected
        assert evaluated == []
        assert rescans(cards) == expected


def test_what_is_asked_for_the_first_time_later_is_kept_too(opened, evaluated):
    with opened() as db:
        filled(db)
    with opened() as db:  # nothing is written in it
        expected = answers(db.repository("/data/cards"))
    evaluated.clear()
    with opened() as db:
        assert answers(db.repository("/data/cards")) == expected
        assert evaluated == []


def test_what_came_after_the_checkpoint_is_in_it(opened, evaluated):
    with opened() as db:
        answers(filled(db))
    with opened() as db:  # so little that no new checkpoint is written
        cards = db.repository("/data/cards")
        cards.register(CARD)
        cards.item("k010").done = True
        cards.item("k011").delete()
        cards.create(CARD, "new", title="card 5 b", done=True, size=49)
    evaluated.clear()
    with opened() as db:
        cards = db.repository("/data/cards")
        found = answers(cards)
        assert evaluated == []
        assert found == rescans(cards)
        assert "new" in found[0]
        assert "k010" in found[0]
        assert "k011" not in found[1]
        cards.item("k012").size = 1_000
        assert answers(cards) == rescans(cards)


def test_edits_before_the_first_question_are_in_it(opened, evaluated):
    with opened() as db:
        answers(filled(db))
    evaluated.clear()
    with opened() as db:
        cards = db.repository("/data/cards")
        cards.register(CARD)
        cards.item("k020").size = 1_000
        with cards.transaction():
            cards.item("k021").done = True
            assert answers(cards) == rescans(cards)
        assert answers(cards) == rescans(cards)


def test_another_schema_or_language_is_asked_anew(opened, evaluated):
    with opened() as db:
        answers(filled(db))
    with opened(language="sv") as db:
        cards = db.repository("/data/cards")
        evaluated.clear()
        assert answers(cards) == rescans(cards)
        assert len(evaluated) > len(ASKS)
    with opened() as db:
        cards = db.repository("/data/cards")
        evaluated.clear()
        assert answers(cards, NEWER) == rescans(cards, NEWER)
        assert len(evaluated) > len(ASKS)


def test_what_was_written_and_not_recorded_is_looked_at_again(opened, evaluated):
    db = opened()
    cards = filled(db)
    held = [ask(cards.query(CARD)) for ask in ASKS]
    assert all(map(len, held))
    cards.item("k030").title = "zz"  # a draft; closing records it, and then writes a checkpoint
    expected = answers(cards)
    db.close()
    with opened() as db:
        assert answers(db.repository("/data/cards")) == expected
