"""What an item was, who made it so, and the way back."""

from __future__ import annotations

import random
import weakref

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goatcore.errors import LocalMisuse, Refused, TransactionMisuse, UnknownField
from goatcore.history.diffing import ValueDiff, text_diff
from goatcore.history.splices import TextSplice
from goatcore.schema import Schema, counter, flag, mapping, string, tags

SEEDS = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
WORDS = ["goat", "milk ", "oat\n", "🐐", "é ", "a"]


def shown(one):
    """What an item or a version of it shows."""
    return (one.exists, one.title, one.done, one.mood, one.edited, str(one.body))


def spliced(text, splices):
    for position, deleted, inserted in splices:
        assert 0 <= position <= position + deleted <= len(text)
        text = text[:position] + inserted + text[position + deleted :]
    return text


def edit(chance, item):
    """Some edit of an item."""
    kind = chance.random()
    if kind < 0.55:
        size = len(item.body)
        at = chance.randint(0, size)
        gone = chance.choice([0, 0, min(3, size - at)])
        item.body.splice(at, gone, "".join(chance.choices(WORDS, k=chance.randint(0, 2))))
    elif kind < 0.75:
        item.title = chance.choice(WORDS)
    elif kind < 0.85:
        item.done = not item.done
    elif item.exists:
        item.delete()
    else:
        item.restore()


@pytest.fixture
def pair(peer, note):
    """Two peers with one item, and that item on each."""

    def made(**fields):
        a, b = peer(1), peer(2)
        here = a.repository.create(note, **fields)
        b.pull(a)
        b.repository.register(note)
        return a, b, here, b.repository.item(here.key)

    return made


# -- versions --------------------------------------------------------------------------------------


def test_history_tells_who_did_what_and_when(pair, timers):
    a, b, here, there = pair(title="Milk", body="fresh")
    timers.advance(60_000)
    there.title = "Oat milk"
    there.body.splice(0, 5, "from oats")
    b.repository.record_drafts()
    timers.advance(60_000)
    b.pull(a)
    a.pull(b)
    here.delete()
    told = [(v.author, v.device, v.time - 1_700_000_000_000, v.summary) for v in here.history]
    mine, theirs = a.author.hex()[:4], b.author.hex()[:4]
    assert told == [
        (mine, f"device {mine}", 0, "created"),
        (theirs, f"device {theirs}", 60_000, "edited title, +9 −5 letters in body"),
        (mine, f"device {mine}", 120_000, "deleted"),
    ]
    b.pull(a)
    assert [v.heads for v in there.history] == [v.heads for v in here.history]


def test_a_version_shows_what_the_item_was(peer, note):
    repository = peer().repository
    item = repository.create(note, title="a", body="one")
    repository.record_drafts()
    item.title, item.body = "b", "one two"
    repository.record_drafts()
    item.delete()
    first, second, third = item.history
    assert shown(first) == (True, "a", False, "calm", None, "one")
    assert shown(second) == (True, "b", False, "calm", None, "one two")
    assert shown(third) == (False, "b", False, "calm", None, "one two")
    assert item.history[-2] == second
    assert item.history[:2] == [first, second]
    assert item.version == third
    assert (second["title"], second.key, second.schema) == ("b", item.key, note)


def test_a_version_cannot_be_changed_and_knows_its_fields(peer, note):
    version = peer().repository.create(note).history[0]
    with pytest.raises(LocalMisuse, match="The past cannot be changed"):
        version.title = "x"
    with pytest.raises(UnknownField, match="note has no field colour"):
        version.colour  # noqa: B018
    with pytest.raises(IndexError, match="has 1 versions"):
        version.item.history[1]


def test_the_label_of_a_transaction_is_told(peer, note):
    repository = peer().repository
    with repository.transaction("tidy up"):
        item = repository.create(note)
    assert item.history[0].label == "tidy up"


def test_history_is_a_snapshot(peer, note):
    repository = peer().repository
    item = repository.create(note)
    history = item.history
    item.title = "b"
    repository.record_drafts()
    assert (len(history), len(item.history)) == (1, 2)


def test_listing_a_history_reads_no_commit(peer, note, monkeypatch):
    repository = peer().repository
    item = repository.create(note)
    for number in range(5):
        item.title = str(number)
        repository.record_drafts()

    def unexpected(commit):
        raise AssertionError("a commit was read")

    monkeypatch.setattr(repository, "body", unexpected)
    listed = [(v.commit, v.heads, v.author, v.device, v.time) for v in item.history]
    assert len(listed) == 6


def test_typing_leaves_nothing_to_read_for_a_past_text(peer, note, monkeypatch):
    repository = peer().repository
    item = repository.create(note)
    for number in range(5):
        item.body.splice(number, 0, str(number))
        repository.record_drafts()
    read = []
    body = repository.body
    monkeypatch.setattr(repository, "body", lambda commit: read.append(commit) or body(commit))
    assert [str(v.body) for v in item.history] == ["", "0", "01", "012", "0123", "01234"]
    assert [v.title for v in item.history] == [""] * 6
    assert {commit.id for commit in read} == {item.history[0].commit}


def test_a_moment_has_a_version(peer, note, timers):
    repository = peer().repository
    item = repository.create(note, title="0")
    made = timers.now_ms
    for number in range(1, 4):
        timers.advance(1_000)
        item.title = str(number)
        repository.record_drafts()
    assert item.at(made - 1) is None
    assert [item.at(made + after).title for after in (0, 999, 1_000, 2_500, 10**9)] == list("00123")


def test_commits_name_a_version(pair):
    a, b, here, there = pair(title="x", body="-")
    here.body.splice(0, 0, "here ")
    there.body.splice(1, 0, " there")
    a.repository.record_drafts()
    b.repository.record_drafts()
    ours, theirs = here.version, there.version
    a.pull(b)
    assert str(here.at(theirs.heads).body) == "- there"
    assert str(here.at(ours).body) == "here -"
    both = here.at([*ours.heads, *theirs.heads])
    assert (both.heads, str(both.body)) == (here.version.heads, "here - there")
    assert here.at(()) is None
    with pytest.raises(LocalMisuse, match="has no change 7878"):
        here.at([b"xx" * 16])
    with pytest.raises(LocalMisuse, match="This is a version of"):
        here.at(a.repository.create(here.schema).version)


def test_a_version_that_counts_no_more_says_so(pair):
    a, b, here, there = pair(title="x")
    there.title = "y"
    b.repository.record_drafts()
    a.pull(b)
    version = here.history[-1]
    a.membership.barred.add(b.author)
    a.repository.membership_changed()
    with pytest.raises(Refused, match="had no right to make it"):
        version.title  # noqa: B018
    assert [v.title for v in here.history] == ["x"]


@SEEDS
@given(seed=st.integers(0, 1 << 32))
def test_a_version_is_what_was_seen_at_that_moment(pair, timers, seed):
    chance = random.Random(seed)
    a, b, here, there = pair(title="x", body="start")
    seen = []
    for _ in range(chance.randint(1, 25)):
        timers.advance(chance.choice([0, 10, 5_000]))
        peer, other, item = chance.choice([(a, b, here), (b, a, there)])
        if chance.random() < 0.3:
            peer.pull(other)
        else:
            edit(chance, item)
        peer.repository.record_drafts()
        seen.append((item.version.heads, shown(item), item.blame("body")))
    a.pull(b)
    b.pull(a)
    for heads, state, runs in seen:
        assert shown(here.at(heads)) == shown(there.at(heads)) == state
        assert here.at(heads).blame("body") == there.blame("body", there.at(heads)) == runs
    assert [v.heads for v in here.history] == [v.heads for v in there.history]
    assert [shown(v) for v in here.history] == [shown(v) for v in there.history]
    assert shown(here.history[-1]) == shown(here)


# -- the whole notebook ----------------------------------------------------------------------------


def test_a_notebook_is_read_as_it_was(peer, note, timers):
    repository = peer().repository
    kept = repository.create(note, title="kept", body="a")
    gone = repository.create(note, title="gone")
    then = timers.now_ms
    timers.advance(1_000)
    kept.body.splice(1, 0, "b")
    gone.delete()
    new = repository.create(note, title="new")
    repository.record_drafts()
    past, now = repository.at(then), repository.at(timers.now_ms)
    assert sorted((i.title, str(i.body)) for i in past.items(note)) == [("gone", ""), ("kept", "a")]
    assert sorted((i.title, str(i.body)) for i in now.items()) == [("kept", "ab"), ("new", "")]
    assert past.item(new.key) is None
    assert (past.item(gone.key).exists, now.item(gone.key).exists) == (True, False)
    assert list(repository.at(then - 1).items(note)) == []
    assert past.item("nobody") is None


# -- differences and authors -----------------------------------------------------------------------


def test_a_diff_tells_only_what_is_other(peer, note):
    repository = peer().repository
    item = repository.create(note, title="a", body="the quick fox")
    first = item.version
    item.title, item.body = "b", "the quiet fox"
    repository.record_drafts()
    second = item.version
    wanted = {"title": ValueDiff("a", "b"), "body": text_diff("the quick fox", "the quiet fox")}
    assert first.diff(second) == item.diff(first, second) == item.diff(first) == wanted
    assert first.diff(first) == {}
    item.delete()
    item.done = True
    assert item.diff(second) == {"exists": ValueDiff(True, False), "done": ValueDiff(False, True)}


def test_blame_names_the_author_of_every_letter(pair, timers):
    a, b, here, there = pair(body="milk")
    timers.advance(1_000)
    there.body.splice(0, 0, "oat ")
    b.repository.record_drafts()
    a.pull(b)
    mine, theirs = a.author.hex()[:4], b.author.hex()[:4]
    first, second = here.history
    assert here.blame("body") == [
        (4, theirs, second.commit, 1_700_000_001_000),
        (4, mine, first.commit, 1_700_000_000_000),
    ]
    with pytest.raises(LocalMisuse, match="title is not a text"):
        here.blame("title")


def test_blame_counts_letters_that_are_not_recorded_yet(peer, note, timers):
    one = peer()
    item = one.repository.create(note, body="abcdef")
    timers.now_ms += 7
    item.body.splice(2, 2, "xyz")
    item.body.splice(0, 1, "")
    me, made = one.author.hex()[:4], item.history[0].commit
    assert item.blame("body") == [
        (1, me, made, timers.now_ms - 7),
        (3, me, None, timers.now_ms),
        (2, me, made, timers.now_ms - 7),
    ]


# -- playback --------------------------------------------------------------------------------------


@SEEDS
@given(seed=st.integers(0, 1 << 32))
def test_a_playback_leads_from_text_to_text_and_back(pair, timers, seed):
    chance = random.Random(seed)
    a, b, here, there = pair(body="start")
    for _ in range(chance.randint(1, 15)):
        timers.advance(chance.choice([0, 10]))
        peer, other, item = chance.choice([(a, b, here), (b, a, there)])
        edit(chance, item)
        peer.repository.record_drafts()
        if chance.random() < 0.6:
            other.pull(peer)
    a.pull(b)
    texts = [str(version.body) for version in here.history]
    start = chance.randrange(len(texts))
    playback = here.playback("body", start)
    assert playback.text == texts[start]
    text = texts[start]
    for index, step in enumerate(playback, start + 1):
        text = spliced(text, step.splices)
        assert (text, step.version, playback.index) == (texts[index], here.history[index], index)
    assert playback.forward() is None
    for index in reversed(range(len(texts) - 1)):
        step = playback.back()
        text = spliced(text, step.splices)
        assert text == playback.text == texts[index]
    assert playback.back() is None


def test_a_playback_shows_edits_as_they_were_made(peer, note):
    repository = peer().repository
    item = repository.create(note, body="one one")
    item.body.splice(4, 3, "two")
    item.body.splice(0, 0, "> ")
    repository.record_drafts()
    step = item.playback("body").forward()
    assert step.splices == [TextSplice(4, 3, "two"), TextSplice(0, 0, "> ")]
    with pytest.raises(LocalMisuse, match="title is not a text"):
        item.playback("title")


# -- restoring -------------------------------------------------------------------------------------


def test_restoring_is_one_commit_of_the_smallest_edits(pair):
    a, b, here, there = pair(title="a", body="the quick brown fox")
    then = here.version
    here.title, here.body = "b", "the slow brown cat"
    a.repository.record_drafts()
    b.pull(a)
    there.body.splice(9, 5, "green")  # at the same time, a word that restoring does not touch
    b.repository.record_drafts()
    before = a.repository.count
    here.restore(then)
    assert (a.repository.count, shown(here)) == (before + 1, shown(then))
    a.pull(b)
    assert str(here.body) == "the quick green fox"
    assert here.history[-2].label == "restore" or here.history[-1].label == "restore"


def test_some_fields_can_be_restored(peer, note):
    repository = peer().repository
    item = repository.create(note, title="a", body="one")
    then = item.version
    item.title, item.body = "b", "two"
    item.delete()
    item.restore(then, ["title"])
    assert (item.title, str(item.body), item.exists) == ("a", "two", False)
    with pytest.raises(UnknownField):
        item.restore(then, ["colour"])


def test_restoring_joins_an_open_transaction(peer, note):
    repository = peer().repository
    item = repository.create(note, title="a")
    then = item.version
    item.title = "b"
    repository.record_drafts()
    with pytest.raises(ZeroDivisionError), repository.transaction():
        item.restore(then)
        assert item.title == "a"
        raise ZeroDivisionError
    assert item.title == "b"


def test_restoring_what_is_so_already_records_nothing(peer, note):
    repository = peer().repository
    item = repository.create(note, title="a")
    item.restore(item.version)
    assert repository.count == 1
    with pytest.raises(LocalMisuse, match="This is a version of"):
        item.restore(repository.create(note).version)


@SEEDS
@given(seed=st.integers(0, 1 << 32))
def test_restoring_gives_exactly_the_old_fields_to_everybody(pair, timers, seed):
    chance = random.Random(seed)
    a, b, here, there = pair(title="x", body="start")
    for _ in range(chance.randint(1, 12)):
        timers.advance(chance.choice([0, 10]))
        peer, other, item = chance.choice([(a, b, here), (b, a, there)])
        edit(chance, item)
        peer.repository.record_drafts()
        if chance.random() < 0.5:
            other.pull(peer)
    a.pull(b)
    then = chance.choice(here.history)
    wanted = shown(then)
    here.restore(then)
    assert shown(here) == wanted
    b.pull(a)
    assert shown(there) == wanted
    assert shown(here.history[-1]) == wanted


# -- undo ------------------------------------------------------------------------------------------


def test_undo_takes_back_mine_and_leaves_the_others(pair):
    a, b, here, there = pair(title="x", body="bread, salt")
    here.body.splice(5, 0, " and butter")
    a.repository.record_drafts()
    b.pull(a)
    there.body.splice(10, 0, "real ")  # inside my words
    there.done = True
    b.repository.record_drafts()
    a.pull(b)
    assert str(here.body) == "bread and real butter, salt"
    undo = a.repository.undo_stack()
    assert undo.undo()
    assert (str(here.body), here.done) == ("breadreal , salt", True)
    assert undo.redo()
    assert str(here.body).replace("real ", "") == "bread and butter, salt"
    b.pull(a)
    assert shown(here) == shown(there)


def test_undo_leaves_a_field_that_somebody_set_since(pair):
    a, b, here, there = pair(title="x")
    here.title = "mine"
    a.repository.record_drafts()
    b.pull(a)
    there.title = "theirs"
    b.repository.record_drafts()
    a.pull(b)
    here.title = "mine again"
    a.repository.record_drafts()
    undo = a.repository.undo_stack()
    assert undo.undo()
    assert here.title == "theirs"
    assert not undo.undo()  # my first title shows no more, and the item is not mine alone
    assert (here.title, here.exists, undo.can_undo) == ("theirs", True, False)


def test_undo_of_a_field_gives_way_to_who_wrote_at_the_same_time(pair, timers):
    a, b, here, there = pair(title="x")
    there.title = "theirs"
    b.repository.record_drafts()
    timers.advance(10)
    here.title = "mine"
    a.repository.record_drafts()
    a.pull(b)
    assert here.alternatives("title") == ["mine", "theirs"]
    assert a.repository.undo_stack().undo()
    assert here.alternatives("title") == ["theirs"]


def test_what_was_removed_and_brought_back_is_still_mine_to_undo(peer, note):
    repository = peer().repository
    item = repository.create(note, body="-")
    item.body.splice(1, 0, "hello")
    repository.record_drafts()
    item.body.splice(2, 3, "")
    repository.record_drafts()
    undo = repository.undo_stack()
    texts = []
    while undo.undo():
        texts.append((str(item.body), item.exists))
    assert texts == [("-hello", True), ("-", True), ("-", False)]


def test_a_transaction_is_undone_as_one(peer, note):
    repository = peer().repository
    one, two = repository.create(note, title="1"), repository.create(note, title="2")
    with repository.transaction("both"):
        one.title = two.title = "x"
        three = repository.create(note, title="3")
    before = repository.count
    assert repository.undo_stack().undo()
    assert (one.title, two.title, three.exists) == ("1", "2", False)
    assert repository.count == before + 1
    assert repository.undo_stack().redo()
    assert (one.title, two.title, three.exists) == ("x", "x", True)


def test_a_new_edit_forgets_what_could_be_done_again(peer, note):
    repository = peer().repository
    item = repository.create(note, title="a")
    undo = repository.undo_stack()
    item.title = "b"
    assert undo.undo()
    assert undo.can_redo
    item.title = "c"
    repository.record_drafts()
    assert not undo.can_redo
    assert not undo.redo()
    assert undo.undo()
    assert item.title == "a"


def test_creating_is_undone_by_deleting_only_while_nobody_else_wrote_in_it(pair):
    a, b, here, there = pair(title="x", body="mine")
    there.body.splice(4, 0, " theirs")
    b.repository.record_drafts()
    a.pull(b)
    assert a.repository.undo_stack().undo()
    assert (here.exists, here.title, str(here.body)) == (True, "", " theirs")


def test_an_item_has_an_undo_of_its_own(peer, note):
    repository = peer().repository
    one, two = repository.create(note, title="1"), repository.create(note, title="2")
    one.title = "one"
    repository.record_drafts()
    two.title = "two"
    repository.record_drafts()
    assert one.undo()
    assert (one.title, two.title) == ("1", "two")
    assert one.redo()
    assert (one.title, two.title) == ("one", "two")
    assert not one.redo()


def test_given_commits_are_taken_back_whoever_made_them(pair):
    a, b, here, there = pair(body="oat milk")
    there.body.splice(0, 4, "")
    b.repository.record_drafts()
    a.pull(b)
    here.body.splice(0, 0, "> ")
    a.repository.record_drafts()
    assert here.undo([there.version.commit])
    assert str(here.body) == "> oat milk"
    assert not here.undo([])


def test_undo_is_refused_inside_a_transaction(peer, note):
    repository = peer().repository
    repository.create(note)
    with pytest.raises(TransactionMisuse), repository.transaction():
        repository.undo_stack().undo()
    assert repository.count == 1


def test_what_was_done_before_opening_is_not_undone(peer, note):
    first = peer()
    first.repository.create(note, title="a")
    again = peer(1, first.log.entries()).repository
    assert not again.undo_stack().can_undo
    assert not again.undo_stack().undo()


@SEEDS
@given(seed=st.integers(0, 1 << 32))
def test_alone_undo_and_redo_walk_through_what_was(peer, note, timers, seed):
    chance = random.Random(seed)
    repository = peer().repository
    item = repository.create(note, title="x", body="start")
    undo = repository.undo_stack()
    states, at = [shown(item)], 0
    for _ in range(chance.randint(1, 25)):
        kind = chance.random()
        if kind < 0.5:
            steps = len(repository.own.steps)
            edit(chance, item)
            repository.record_drafts()
            if len(repository.own.steps) > steps:
                states[at + 1 :] = [shown(item)]
                at += 1
        elif kind < 0.8:
            if at:
                assert undo.undo()
                at -= 1
        elif at + 1 < len(states):
            assert undo.redo()
            at += 1
        assert shown(item) == states[at]


@SEEDS
@given(seed=st.integers(0, 1 << 32))
def test_undoing_everything_leaves_what_the_others_wrote(pair, timers, seed):
    chance = random.Random(seed)
    a, b, here, there = pair(title="x", body="start")
    undo = b.repository.undo_stack()  # of the one who did not create it
    written = "start"
    for _ in range(chance.randint(1, 25)):
        timers.advance(10)
        kind, size = chance.random(), len(there.body)
        if kind < 0.4:  # b's letters are upper case; b may remove any
            at = chance.randint(0, size)
            gone = chance.choice([0, min(2, size - at)])
            there.body.splice(at, gone, chance.choice(["B", "BB", "", "CCC"]))
            there.title = chance.choice(["B", "C"])
            b.repository.record_drafts()
        elif kind < 0.7:  # a's are lower case, and a removes nothing
            word = chance.choice(["a", "aa"])
            here.body.splice(chance.randint(0, len(here.body)), 0, word)
            written += word
            a.repository.record_drafts()
        elif kind < 0.8:
            undo.undo()
        elif kind < 0.85:
            undo.redo()
        else:
            a.pull(b)
            b.pull(a)
    a.pull(b)
    b.pull(a)
    while undo.undo():
        pass
    left = str(there.body)
    assert sorted(left) == sorted(written)
    assert [left.index(letter) for letter in "str"] == sorted(map(left.index, "str"))
    assert there.title == "x"
    a.pull(b)
    assert shown(here) == shown(there)


# -- sets, maps, counters; upgrades ----------------------------------------------------------------

PLAN = Schema("plan", 1, labels=tags(), votes=counter(), seats=mapping())


def planned(one):
    return (frozenset(one.labels), int(one.votes), dict(one.seats))


@pytest.fixture
def plans(peer):
    """Two peers with one plan, and that plan on each."""
    a, b = peer(1), peer(2)
    here = a.repository.create(PLAN, labels={"old"}, votes=1, seats={"Ann": 1})
    b.pull(a)
    b.repository.register(PLAN)
    return a, b, here, b.repository.item(here.key)


def test_sets_maps_and_counters_are_read_compared_and_restored_as_they_were(plans):
    a, _, here, _ = plans
    then = here.version
    here.labels.add("new")
    here.labels.discard("old")
    here.votes.add(5)
    here.seats["Ann"] = 2
    here.seats["Mira"] = 3
    a.repository.record_drafts()
    assert planned(then) == ({"old"}, 1, {"Ann": 1})
    assert planned(here.version) == ({"new"}, 6, {"Ann": 2, "Mira": 3})
    assert then.diff() == {
        "labels": ValueDiff(frozenset({"old"}), frozenset({"new"})),
        "votes": ValueDiff(1, 6),
        "seats": ValueDiff({"Ann": 1}, {"Ann": 2, "Mira": 3}),
    }
    here.restore(then)
    assert planned(here) == planned(then) == planned(here.version)


def test_undo_of_sets_maps_and_counters_leaves_what_others_did(plans):
    a, b, here, there = plans
    here.labels.add("mine")
    here.labels.discard("old")
    here.votes.add(5)
    here.seats["Ann"] = 2
    here.seats["mine"] = 9
    a.repository.record_drafts()
    b.pull(a)
    there.labels.add("theirs")
    there.votes.add(10)
    there.seats["theirs"] = 4
    b.repository.record_drafts()
    a.pull(b)
    undo = a.repository.undo_stack()
    assert undo.undo()
    assert planned(here) == ({"old", "theirs"}, 11, {"Ann": 1, "theirs": 4})
    assert undo.redo()
    assert planned(here) == ({"mine", "theirs"}, 16, {"Ann": 2, "mine": 9, "theirs": 4})
    b.pull(a)
    assert planned(there) == planned(here)


def test_undo_leaves_a_key_that_somebody_put_since(plans):
    a, b, here, there = plans
    here.seats["Ann"] = 2
    a.repository.record_drafts()
    mine = here.version
    b.pull(a)
    there.seats["Ann"] = 3
    b.repository.record_drafts()
    a.pull(b)
    assert not here.undo(mine.heads)
    assert dict(here.seats) == {"Ann": 3}


def test_the_past_is_read_with_the_schema_of_today(peer):
    old = Schema("task", 1, name=string(), done=flag())
    new = Schema(
        "task",
        2,
        upgrade={2: lambda v: {"state": "done" if v.get("done") else "open"}},
        stored={"title": "name"},
        title=string(),
        state=string(),
    )
    first = peer()
    item = first.repository.create(old, name="sow")
    item.done = True
    first.repository.record_drafts()
    repository = peer(1, first.log.entries()).repository
    repository.register(new)
    item = repository.item(item.key)
    item.title = "reap"
    repository.record_drafts()
    assert [(v.title, v.state) for v in item.history] == [
        ("sow", "open"),
        ("sow", "done"),
        ("reap", "done"),
    ]
    item.restore(item.history[0])
    assert (item.title, item.state) == ("sow", "open")


def test_what_was_computed_is_let_go_of_with_the_last_version(peer, note):
    item = peer().repository.create(note, title="a")
    version = item.version
    assert version.title == "a"
    past = weakref.ref(item.repository.past(item))
    assert past() is not None
    del version
    assert past() is None


def test_a_long_edit_is_one_step_and_comes_back_in_several_commits(peer, note):
    repository = peer().repository
    item = repository.create(note)
    text = random.Random(1).randbytes(1_500_000).hex()
    item.body = text
    repository.record_drafts()
    assert repository.count > 3
    long = item.version
    undo = repository.undo_stack()
    assert undo.undo()
    assert (str(item.body), item.exists) == ("", True)
    before = repository.count
    assert undo.redo()
    assert (str(item.body), repository.count > before + 1) == (text, True)
    assert undo.undo()
    assert str(item.body) == ""
    item.restore(long)
    assert str(item.body) == text


def test_an_item_that_is_not_recorded_has_no_past(peer, note):
    repository = peer().repository
    with repository.transaction():
        item = repository.create(note, body="new")
        assert list(item.history) == []
        assert item.at(1 << 50) is None
        assert [run[2] for run in item.blame("body")] == [None]
        with pytest.raises(LocalMisuse, match="no version before it is recorded"):
            item.version  # noqa: B018
    assert len(item.history) == 1


# -- many versions at once -------------------------------------------------------------------------


def test_marks_tell_of_all_changes_what_each_version_tells(pair, timers):
    a, b, here, there = pair(title="Milk", body="fresh")
    timers.advance(60_000)
    there.body.splice(0, 5, "sour")
    b.repository.record_drafts()
    here.body.splice(5, 0, " and cold")
    a.repository.record_drafts()
    timers.advance(60_000)
    b.pull(a)
    a.pull(b)
    here.title = "Oat milk"
    a.repository.record_drafts()
    marks = here.history.marks()
    assert [(m.author, m.time) for m in marks] == [(v.author, v.time) for v in here.history]
    assert [m.parents for m in marks] == [(), (0,), (0,), (1, 2)]
    assert not any(mark.aside for mark in marks)
    assert sorted(here.history.sizes("body")) == [(0, 0), (4, 5), (5, 0), (9, 0)]
    with pytest.raises(LocalMisuse, match="is not a text"):
        here.history.sizes("title")


def test_what_was_done_on_a_branch_tells_its_name(peer, note):
    repository = peer().repository
    item = repository.create(note, title="Milk", body="fresh")
    repository.record_drafts()
    branch = item.branch("oats")
    branch.item(item.key).body.splice(0, 5, "from oats")
    branch.record_drafts()
    branch.merge()
    assert [mark.aside for mark in item.history.marks()] == [False, True, False]
    assert [version.branch for version in item.history] == [None, "oats", None]


def test_a_passage_comes_back_where_it_stood_whatever_others_wrote(pair):
    a, b, here, there = pair(body="Oats.\nRye.\nHay.\n")
    there.body.splice(6, 5, "")
    b.repository.record_drafts()
    here.body.splice(0, 4, "All the oats")
    a.repository.record_drafts()
    b.pull(a)
    a.pull(b)
    splices = here.history[0].splices_back("body", 6, 10)
    assert spliced(str(here.body), splices) == "All the oats.\nRye.\nHay.\n"
    assert there.history[0].splices_back("body", 6, 10) == splices
    with pytest.raises(LocalMisuse, match="is not a text"):
        here.history[0].splices_back("title", 0, 1)
