"""One text field: what people see when they wrote at the same time."""

from __future__ import annotations

from random import Random

import pytest

from goatcore.history.graph import Graph, VertexName
from goatcore.history.item_state import ItemState
from goatcore.history.splices import TextSplice
from goatcore.history.text import TextField, replay, spans
from goatcore.history.text import field as field_module


class Text:
    """A graph whose every vertex edits one text; parents are vertex numbers."""

    def __init__(self):
        self.graph = Graph()
        self.field = TextField(self.graph)
        self.shown = None

    def read(self):
        self.shown = self.field.text
        return self

    def edit(self, author, parents, *splices):
        name = VertexName(author.encode() * 32, self.graph.count, b"")
        vertex = self.graph.append(name, parents)
        edits = [TextSplice(*splice) for splice in splices]
        out = self.field.add(vertex, edits)
        if self.shown is not None:
            for position, deleted, inserted in out:
                assert position + deleted <= len(self.shown)
                self.shown = self.shown[:position] + inserted + self.shown[position + deleted :]
            assert self.shown == self.field.text
        return vertex

    def type(self, author, parents, position, word):
        for offset, sign in enumerate(word):
            parents = (self.edit(author, parents, (position + offset, 0, sign)),)
        return parents[0]


@pytest.fixture
def text():
    return Text().read()


def test_two_words_typed_at_once_at_one_place_both_stay_whole(text):
    root = text.edit("A", (), (0, 0, "[]"))
    text.type("C", (root,), 1, "charlie")
    text.type("B", (root,), 1, "bravo")
    assert text.field.text == "[bravocharlie]"


def test_words_that_arrive_letter_by_letter_in_turn_stay_whole(text):
    root = text.edit("A", (), (0, 0, "[]"))
    mine = yours = root
    for offset in range(5):
        mine = text.edit("B", (mine,), (1 + offset, 0, "hello"[offset]))
        yours = text.edit("C", (yours,), (1 + offset, 0, "world"[offset]))
    assert text.field.text == "[helloworld]"


def test_words_typed_backwards_stay_whole(text):
    mine = yours = text.edit("A", (), (0, 0, "[]"))
    for sign in "olleh":
        mine = text.edit("B", (mine,), (1, 0, sign))
    for sign in "dlrow":
        yours = text.edit("C", (yours,), (1, 0, sign))
    assert text.field.text == "[helloworld]"


def test_a_letter_deleted_twice_is_deleted_once(text):
    root = text.edit("A", (), (0, 0, "abc"))
    text.edit("B", (root,), (1, 1, ""))
    assert text.edit("C", (root,), (1, 2, "")) == 2
    assert text.field.text == "a"


def test_what_is_typed_into_a_deleted_passage_stays(text):
    root = text.edit("A", (), (0, 0, "one two three"))
    text.edit("B", (root,), (4, 4, ""))
    text.edit("C", (root,), (6, 0, "X"))
    assert text.field.text == "one Xthree"


def test_beyond_the_end_is_inserted_at_the_end_and_deleted_what_exists(text):
    root = text.edit("A", (), (7, 3, "abc"))
    text.edit("A", (root,), (1, 99, "X"), (50, 0, "Y"))
    assert text.field.text == "aXY"
    text.edit("B", (root,), (9, 9, "Z"), (2, 9, "W"))
    assert text.field.text == "aXYW"
    assert text.field.at((2,)) == "abW"


def test_a_fork_of_one_device_is_decided_by_the_commit_id():
    for first, second in ((b"x", b"y"), (b"y", b"x")):
        graph = Graph()
        field = TextField(graph)
        for commit in (first, second):
            vertex = graph.append(VertexName(b"A" * 32, 1, commit), ())
            field.add(vertex, [TextSplice(0, 0, commit.decode())])
        assert field.text == "xy"


def test_a_field_that_nobody_reads_computes_nothing():
    graph = Graph()
    field = TextField(graph)
    for vertex in range(3):
        graph.append(VertexName(b"A" * 32, vertex, b""), range(vertex))
        assert field.extend([(vertex, [TextSplice(0, 0, "x")])]) == []
    assert not field.warm
    assert field.length == 3
    assert field.warm
    field.cool()
    assert not field.warm
    graph.append(VertexName(b"A" * 32, 3, b""), (2,))
    assert field.extend([(3, [TextSplice(0, 0, "y")])]) == []
    assert field.text == "yxxx"


def test_the_empty_text_has_no_writers():
    field = TextField(Graph())
    assert field.text == ""
    assert field.blame() == []
    assert field.at(()) == ""


def test_a_line_needs_no_walk(text, monkeypatch):
    def refuse(*_):
        raise AssertionError("walked")

    monkeypatch.setattr(field_module, "Walk", refuse)
    monkeypatch.setattr(replay, "Walk", refuse)
    text.type("A", (), 0, "a line of history")
    text.edit("B", (16,), (2, 4, "story"))
    assert text.field.text == "a story of history"
    text.field.cool()
    assert text.field.text == "a story of history"
    assert text.field.at((8,)) == "a line of"


@pytest.mark.parametrize("seed", range(40))
def test_a_text_is_warmed_up_in_slices_while_edits_go_on(seed, monkeypatch, naive, histories):
    random = Random(seed)
    monkeypatch.setattr(replay, "SLICE", 3)
    monkeypatch.setattr(field_module, "SLICE", 5)
    monkeypatch.setattr(replay, "CHECKPOINT", 4)
    records = histories.random_history(random, 80, reach=20)
    state = ItemState()
    middle = len(records) * 2 // 3
    for record in records[:middle]:
        state.apply(record)
    for text in state.texts.values():
        slices = text.warm_up()
        arriving = iter(records[middle:])
        for _ in slices:
            if random.random() < 0.3:
                record = next(arriving, None)
                if record is not None:
                    state.apply(record)
            if random.random() < 0.02:
                assert len(text.text) == text.length
        assert text.warm
        middle = len(records) - len(list(arriving))
        break
    for record in records[middle:]:
        state.apply(record)
    assert histories.view(state) == histories.meant(naive.Meaning(records))


def test_warming_up_takes_a_slice_at_a_time_and_ends(text):
    graph = Graph()
    field = TextField(graph)
    for vertex in range(2 * field_module.SLICE + 1):
        graph.append(VertexName(b"A" * 32, vertex, b""), graph.heads)
        field.extend([(vertex, [TextSplice(vertex, 0, "x")])])
    assert len(list(field.warm_up())) == 3 + 3
    assert field.warm
    assert list(field.warm_up()) == []
    assert field.length == 2 * field_module.SLICE + 1


@pytest.mark.parametrize("seed", range(120))
def test_small_chunks_and_dense_checkpoints_change_nothing(seed, monkeypatch, naive, histories):
    """Partial walks, restarted walks, warm and cold texts, batches: all the same text."""
    random = Random(seed)
    monkeypatch.setattr(spans, "CHUNK", random.choice([1, 2, 32]))
    monkeypatch.setattr("goatcore.history.text.walk.CHUNK", spans.CHUNK)
    monkeypatch.setattr(replay, "CHECKPOINT", random.choice([0, 3, 10]))
    monkeypatch.setattr(replay, "SLICE", random.choice([1, 4, 1024]))
    monkeypatch.setattr(field_module, "CHUNKS_MAX", random.choice([0, 3, 32]))
    records = histories.random_history(random, random.choice([40, 80]), reach=20)
    records = [record._replace(operations=_edits_of(record)) for record in records]
    records = _without_twins(records)
    graph, numbers = Graph(), {}
    fields = [TextField(graph) for _ in range(3)]
    shown = [field.text for field in fields[:2]]
    batch = []
    for record in histories.shuffled(random, records):
        parents = [numbers[parent] for parent in record.parents]
        name = VertexName(record.author, record.seq, record.commit)
        vertex = numbers[record.commit] = graph.append(name, parents)
        edits = [TextSplice(*operation[2:]) for operation in record.operations]
        if not edits:
            continue
        shown[0] = histories.spliced(shown[0], fields[0].add(vertex, edits))
        assert fields[0].text == shown[0]
        assert fields[0].length == len(shown[0])
        batch.append((vertex, edits))
        if random.random() < 0.2:
            shown[1] = histories.spliced(shown[1], fields[1].extend(batch))
            assert fields[1].text == shown[1] == shown[0]
            fields[2].extend(batch)
            batch = []
            if random.random() < 0.5:
                assert fields[2].text == shown[0]
            if random.random() < 0.5:
                fields[2].cool()
            version = [random.randrange(graph.count)]
            assert fields[0].at(version) == fields[1].at(version) == fields[2].at(version)
    fields[2].extend(batch)
    meaning = naive.Meaning(records)
    assert fields[2].text == shown[0] == meaning.text("body")
    for commit, vertex in random.sample(sorted(numbers.items()), 5):
        assert fields[0].at([vertex]) == meaning.text("body", [commit])
    blame = [graph.names[vertex].commit for size, vertex in fields[0].blame() for _ in range(size)]
    assert blame == meaning.writers("body")


def _edits_of(record):
    return tuple(op for op in record.operations if op[0] == 1 and op[1] == "body")


def _without_twins(records):
    """Equal roots are the item's business: here each root is its own."""
    return [
        record
        if record.parents
        else record._replace(operations=((1, "body", 0, 0, record.commit.hex()[:3]),))
        for record in records
        if record
    ]
