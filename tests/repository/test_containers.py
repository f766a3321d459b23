"""Sets, maps, counters and orders, as an application writes them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Set

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goatcore.errors import InvalidValue, Refused
from goatcore.repository.containers import Count, Entries, Members
from goatcore.schema import Schema, counter, mapping, order, order_stamps, string, tags

LIST = Schema(
    "list", 1, title=string(), tags=tags(), facts=mapping(), visits=counter(), place=order()
)


@pytest.fixture
def two(peer):
    """Two peers with one item, and a way to bring them together."""

    class Two:
        def __init__(self):
            self.a, self.b = peer(1), peer(2)
            self.here = self.a.repository.create(LIST, tags={"x"}, facts={"k": 1}, visits=1)
            self.b.pull(self.a)
            self.b.repository.register(LIST)
            self.there = self.b.repository.item(self.here.key)

        def meet(self):
            self.a.repository.record_drafts()
            self.b.repository.record_drafts()
            self.a.pull(self.b)
            self.b.pull(self.a)
            assert self.here.tags == self.there.tags
            assert self.here.facts == self.there.facts
            assert self.here.visits == self.there.visits
            assert self.a.repository.digest == self.b.repository.digest

    return Two()


def test_what_is_added_shows_at_once_and_is_one_commit_later(peer, timers):
    repository = peer().repository
    item = repository.create(LIST)
    heard = []
    item.subscribe(lambda change: heard.append((change.kind, set(change.fields), change.local)))
    item.tags.add("b")
    item.tags.add("a")
    item.tags.add("a")
    item.facts["k"] = [1, "two"]
    item.visits.add(3)
    item.visits.add(-1)
    assert (list(item.tags), dict(item.facts), item.visits) == (["a", "b"], {"k": (1, "two")}, 2)
    assert repository.count == 1
    timers.advance(0)
    assert repository.count == 2
    assert heard == [
        ("edited", {"tags"}, True),
        ("edited", {"tags"}, True),
        ("edited", {"facts"}, True),
        ("edited", {"visits"}, True),
        ("edited", {"visits"}, True),
    ]


def test_a_reopened_repository_has_the_same(peer):
    first = peer()
    item = first.repository.create(LIST, tags=["b", "a", "b"], facts={"x": None}, visits=-(1 << 70))
    item.tags.discard("a")
    del item.facts["x"]
    item.facts["y"] = b"raw"
    item.visits += 5
    first.repository.record_drafts()
    again = peer(1, first.log.entries()).repository
    again.register(LIST)
    copy = again.item(item.key)
    assert (list(copy.tags), dict(copy.facts)) == (["b"], {"y": b"raw"})
    assert copy.visits == 5 - (1 << 70)


def test_members_read_as_a_set(peer):
    item = peer().repository.create(LIST, tags={"c", "a"})
    members = item.tags
    assert isinstance(members, Members)
    assert isinstance(members, Set)
    assert members == {"a", "c"}
    assert "a" in members
    assert "b" not in members
    assert 1 not in members
    assert len(members) == 2
    assert members | {"b"} == frozenset("abc")
    assert members - {"a"} == frozenset("c")
    assert repr(members) == "Members(['a', 'c'])"
    for member in members:  # what is gone through stays as it was
        members.discard(member)
    assert item.tags == set()
    assert members is item.tags


def test_entries_read_as_a_dict(peer):
    item = peer().repository.create(LIST, facts={"b": 2, "a": 1})
    entries = item.facts
    assert isinstance(entries, Entries)
    assert list(entries.items()) == [("a", 1), ("b", 2)]
    assert entries.get("c", 0) == 0
    entries.update(c=3)
    assert entries.pop("a") == 1
    assert entries == {"b": 2, "c": 3}
    assert repr(entries) == "Entries({'b': 2, 'c': 3})"
    with pytest.raises(KeyError):
        del entries["a"]
    with pytest.raises(KeyError):
        entries["a"]
    entries.clear()
    assert len(item.facts) == 0
    assert entries is item.facts


def test_a_counter_is_a_number(peer):
    item = peer().repository.create(LIST)
    before = item.visits
    before.add()
    item.visits.add(2)
    assert isinstance(item.visits, Count)
    assert (int(item.visits), item.visits > 2, item.visits + 1, before) == (3, True, 4, 0)
    item.visits = 10
    assert item.visits == 10
    item.visits += 1
    assert f"{item.visits}" == "11"


def test_an_add_that_a_remove_had_not_seen_survives(two):
    two.here.tags.discard("x")
    two.there.tags.discard("x")
    two.meet()
    assert two.here.tags == set()
    two.here.tags.add("x")
    two.meet()
    two.here.tags.discard("x")
    two.there.tags.discard("x")
    two.there.tags.add("x")  # again: whoever takes it out has not seen this
    two.meet()
    assert two.here.tags == {"x"}


def test_an_assigned_set_is_the_adds_and_removes_that_make_it(two):
    two.here.tags = {"x", "mine"}
    two.there.tags = ["yours"]
    two.meet()
    assert two.here.tags == {"mine", "yours"}


def test_an_assigned_map_is_the_puts_and_drops_that_make_it(two):
    two.here.facts = {"k": 1, "mine": 1}
    two.there.facts = {"k": True}
    two.meet()
    assert dict(two.here.facts) == {"k": True, "mine": 1}
    assert two.here.facts["k"] is True
    two.here.facts = {}
    two.there.facts["mine"] = 2
    two.meet()
    assert two.here.facts == {"mine": 2}


def test_an_assignment_that_changes_nothing_says_nothing(two, timers):
    two.here.tags = {"x"}
    two.here.tags = two.there.tags
    two.here.facts = two.there.facts
    two.here.facts["k"] = 1
    two.here.visits = 1
    two.here.visits.add(0)
    two.here.tags.discard("never there")
    timers.advance(0)
    assert two.a.repository.count == 1


def test_puts_of_one_key_compete_and_the_next_one_settles_it(two):
    two.here.facts["k"] = "here"
    two.there.facts["k"] = "there"
    assert two.here.facts.alternatives("k") == ["here"]
    two.meet()
    shown, other = two.here.facts.alternatives("k")
    assert {shown, other} == {"here", "there"}
    assert two.there.facts["k"] == shown
    two.here.facts["k"] = shown  # the same value, but it settles
    assert two.here.facts.alternatives("k") == [shown]
    two.meet()
    assert two.there.facts.alternatives("k") == [shown]
    del two.there.facts["k"]
    assert two.there.facts.alternatives("k") == []
    two.meet()
    assert two.here.facts == {}


def test_increments_of_two_people_both_count(two):
    two.here.visits.add(5)
    two.there.visits = 0
    two.meet()
    assert two.here.visits == 5


def test_a_remote_change_names_the_fields(two):
    heard = []
    two.here.subscribe(lambda change: heard.append((change.kind, set(change.fields))))
    two.there.tags.add("y")
    two.there.visits.add()
    two.b.repository.record_drafts()
    two.a.pull(two.b)
    assert heard == [("edited", {"tags", "visits"})]
    assert (list(two.here.tags), two.here.visits) == (["x", "y"], 2)


def test_a_transaction_is_one_commit_and_its_failure_leaves_no_trace(two):
    repository, item = two.a.repository, two.here
    with pytest.raises(ZeroDivisionError), repository.transaction():
        item.tags.add("y")
        item.tags.discard("x")
        item.facts["k"] = 2
        item.facts["j"] = 2
        item.visits.add(7)
        assert (list(item.tags), item.facts["k"], item.visits) == (["y"], 2, 8)
        raise ZeroDivisionError
    assert (list(item.tags), dict(item.facts), item.visits) == (["x"], {"k": 1}, 1)
    assert repository.count == 1
    with repository.transaction("all"):
        new = repository.create(LIST, tags={"z"})
        new.tags.add("y")
        item.tags.add("y")
        for _ in range(100):
            item.visits.add()
    assert repository.count == 2
    assert (list(new.tags), list(item.tags), item.visits) == (["y", "z"], ["x", "y"], 101)
    two.meet()


def test_edits_of_one_moment_are_joined(peer):
    one = peer()
    item = one.repository.create(LIST, title="a")
    with one.repository.transaction():
        for number in range(1000):
            item.visits.add()
            item.facts["k"] = number
            item.tags.add("x")
            item.tags.discard("x")
            item.title = str(number)
        operations = item._record.draft.operations
        assert operations == [
            (6, "visits", 1000),
            (4, "facts", "k", 999),
            (3, "tags", "x"),
            (0, "title", "999"),
        ]
    again = peer(1, one.log.entries()).repository
    again.register(LIST)
    copy = again.item(item.key)
    assert (copy.visits, copy.facts["k"], len(copy.tags), copy.title) == (1000, 999, 0, "999")


def test_increments_that_do_not_fit_into_one_stay_two(peer):
    one = peer()
    item = one.repository.create(LIST)
    for _ in range(3):
        item.visits.add((1 << 63) - 1)
    one.repository.record_drafts()
    again = peer(1, one.log.entries()).repository
    again.register(LIST)
    assert again.item(item.key).visits == 3 * ((1 << 63) - 1)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("tags", "word", "^tags: must be a set of strings, not str"),
        ("tags", None, "^tags: must be a set of strings, not NoneType"),
        ("tags", {"a", 1}, "^tags: a member must be a string, not int"),
        ("tags", ["\ud800"], "^tags: the text has half"),
        ("tags", ["x" * 600_000], "^tags: it has 600,0.. bytes; 524,288 are the most"),
        ("facts", [("a", 1)], "^facts: must be a mapping, not list"),
        ("facts", {1: 1}, "^facts: a key must be a string, not int"),
        ("facts", {"a": float("nan")}, r"^facts\['a'\]: not-a-number cannot be stored"),
        ("facts", {"a": {}}, r"^facts\['a'\]: a dict cannot be stored"),
        ("facts", {"a": [1 << 64]}, r"^facts\['a'\]: it nests deeper than 32, or has a member"),
        ("facts", {"a": b"x" * 600_000}, "^facts: it has 600,0.. bytes"),
        ("visits", 1.5, "^visits: must be a whole number, not float"),
        ("visits", True, "^visits: must be a whole number, not bool"),
        ("visits", 1 << 64, "^visits: one increment has to fit into 64 bits"),
        ("place", "a", "^place: must be an order stamp"),
    ],
)
def test_what_does_not_fit_is_refused_with_field_and_reason(peer, field, value, sentence):
    one = peer()
    item = one.repository.create(LIST, tags={"x"}, facts={"k": 1}, visits=1)
    with pytest.raises(InvalidValue, match=sentence):
        setattr(item, field, value)
    if field != "visits" or not isinstance(value, int) or isinstance(value, bool):
        with pytest.raises(InvalidValue, match=sentence):
            one.repository.create(LIST, **{field: value})
    assert (item.tags, item.facts, item.visits) == ({"x"}, {"k": 1}, 1)
    one.repository.record_drafts()
    assert one.repository.count == 1


def test_members_and_entries_are_checked_one_by_one(peer):
    item = peer().repository.create(LIST)
    with pytest.raises(InvalidValue, match="^tags: a member must be a string"):
        item.tags.add(1)
    with pytest.raises(InvalidValue, match="^facts: a key must be a string"):
        item.facts[1] = 1
    with pytest.raises(InvalidValue, match=r"^facts\['a'\]: a set cannot be stored"):
        item.facts["a"] = set()
    with pytest.raises(InvalidValue, match="^visits: must be a whole number"):
        item.visits.add("1")


def test_who_may_not_write_is_refused_and_nothing_shows(peer):
    one = peer()
    item = one.repository.create(LIST)
    one.membership.reason = "You can read this notebook, not write in it."
    for write in (
        lambda: item.tags.add("x"),
        lambda: item.facts.update(a=1),
        item.visits.add,
        lambda: setattr(item, "tags", {"x"}),
    ):
        with pytest.raises(Refused, match="You can read"):
            write()
    assert (len(item.tags), len(item.facts), item.visits) == (0, 0, 0)


def test_queries_follow_members_keys_and_totals(peer):
    a, b = peer(1), peer(2)
    repository = a.repository
    tagged = repository.query(LIST).where(tags__contains="x").order_by("title")
    known = repository.query(LIST).where(facts__contains="k").order_by("title")
    often = repository.query(LIST).where(visits__gte=2).order_by("-visits")
    one = repository.create(LIST, title="one", tags={"x"}, facts={"k": 0}, visits=2)
    two = repository.create(LIST, title="two", visits=1)
    assert ([*tagged], [*known], [*often]) == ([one], [one], [one])
    two.tags.add("x")
    two.facts["k"] = 1
    two.visits.add(4)
    assert ([*tagged], [*known], [*often]) == ([one, two], [one, two], [two, one])
    repository.record_drafts()
    b.pull(a)
    b.repository.register(LIST)
    there = b.repository.item(one.key)
    there.tags.discard("x")
    del there.facts["k"]
    there.visits = -1
    b.repository.record_drafts()
    a.pull(b)
    assert ([*tagged], [*known], [*often]) == ([two], [two], [two])


def test_equal_first_changes_are_one_whatever_order_members_were_given_in(peer):
    a, b = peer(1), peer(2)
    here = a.repository.create(LIST, "k", tags=["a", "bb"], facts={"x": 1, "y": 2}, visits=3)
    b.repository.create(LIST, "k", tags=["bb", "a"], facts={"y": 2, "x": 1}, visits=3)
    a.pull(b)
    assert here.visits == 3
    assert here._record.state.count == 1


def test_a_remove_takes_all_of_many_concurrent_adds_away(peer):
    one = peer(0)
    item = one.repository.create(LIST)
    for number in range(1, 71):
        other = peer(number)
        other.repository.admit(list(one.store.commits())[:1])
        other.repository.register(LIST)
        other.repository.item(item.key).tags.add("x")
        other.repository.item(item.key).facts["k"] = number
        other.repository.record_drafts()
        one.pull(other)
    assert (list(item.tags), len(item.facts.alternatives("k"))) == (["x"], 70)
    item.tags.discard("x")
    del item.facts["k"]
    one.repository.record_drafts()
    again = peer(0, one.log.entries()).repository
    again.register(LIST)
    copy = again.item(item.key)
    assert (len(copy.tags), len(copy.facts)) == (0, 0)


def test_items_are_put_in_order_one_at_a_time(peer):
    repository = peer().repository
    made = order_stamps.between(order_stamps.start(), order_stamps.end(), 3, os.urandom)
    items = [repository.create(LIST, title=t, place=p) for t, p in zip("abc", made, strict=True)]
    query = repository.query(LIST).order_by("place")
    moved = items[2]
    moved.place = order_stamps.between(items[0].place, items[1].place, 1, os.urandom)[0]
    assert [item.title for item in query] == ["a", "c", "b"]
    first = order_stamps.between(order_stamps.start(), query[0].place, 1, os.urandom)[0]
    repository.create(LIST, title="d", place=first)
    assert [item.title for item in query] == ["d", "a", "c", "b"]


EDITS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["add", "discard", "drop"]), st.sampled_from("abc")),
        st.tuples(st.just("put"), st.sampled_from("abc"), st.sampled_from([0, False, "v"])),
        st.tuples(st.just("count"), st.integers(-5, 5)),
        st.tuples(st.just("tags"), st.sets(st.sampled_from("abc"))),
        st.tuples(st.just("facts"), st.dictionaries(st.sampled_from("abc"), st.integers(0, 1))),
        st.tuples(st.sampled_from(["record", "begin", "end", "fail"])),
    ),
    max_size=30,
)


class Model:
    """What one person's edits come to, plainly."""

    def __init__(self):
        self.tags, self.facts, self.total = set(), {}, 0

    def copy(self):
        other = Model()
        other.tags, other.facts, other.total = set(self.tags), dict(self.facts), self.total
        return other

    def do(self, name, *arguments):
        if name == "add":
            self.tags.add(*arguments)
        elif name == "discard":
            self.tags.discard(*arguments)
        elif name == "drop":
            self.facts.pop(*arguments, None)
        elif name == "put":
            self.facts[arguments[0]] = arguments[1]
        elif name == "count":
            self.total += arguments[0]
        elif name == "tags":
            self.tags = set(arguments[0])
        elif name == "facts":
            self.facts = dict(arguments[0])


def do(item, name, *arguments):
    if name == "add":
        item.tags.add(*arguments)
    elif name == "discard":
        item.tags.discard(*arguments)
    elif name == "drop":
        item.facts.pop(*arguments, None)
    elif name == "put":
        item.facts[arguments[0]] = arguments[1]
    elif name == "count":
        item.visits.add(*arguments)
    else:
        setattr(item, name, arguments[0])


def shown(item):
    return list(item.tags), repr(dict(item.facts)), int(item.visits)


def expected(model):
    return sorted(model.tags), repr(dict(sorted(model.facts.items()))), model.total


@given(edits=EDITS)
@settings(max_examples=150, deadline=None)
def test_drafts_transactions_and_reopening_agree_with_a_plain_model(make_peer, edits):
    one = make_peer(1)
    repository = one.repository
    item = repository.create(LIST, "k")
    model, before, opened = Model(), None, None
    for edit in edits:
        if edit == ("record",) and opened is None:
            repository.record_drafts()
        elif edit == ("begin",) and opened is None:
            opened, before = repository.transaction(), model.copy()
            opened.__enter__()
        elif edit == ("end",) and opened is not None:
            opened.__exit__(None, None, None)
            opened = None
        elif edit == ("fail",) and opened is not None:
            assert not opened.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
            model, opened = before, None
        elif len(edit) > 1:
            do(item, *edit)
            model.do(*edit)
        assert shown(item) == expected(model)
    if opened is not None:
        opened.__exit__(None, None, None)
    repository.record_drafts()
    again = make_peer(1, one.log.entries()).repository
    again.register(LIST)
    assert shown(again.item("k")) == expected(model)


@given(edits=st.lists(st.tuples(st.integers(0, 2), EDITS), max_size=8), seed=st.randoms())
@settings(max_examples=60, deadline=None)
def test_three_peers_that_meet_in_any_way_show_the_same(make_peer, edits, seed):
    peers = [make_peer(number) for number in (1, 2, 3)]
    peers[0].repository.create(LIST, "k")
    for other in peers[1:]:
        other.pull(peers[0])
        other.repository.register(LIST)
    totals = Counter()
    for who, row in edits:
        item = peers[who].repository.item("k")
        for edit in row:
            if edit[0] == "count":
                totals[who] += edit[1]
            if len(edit) > 1:
                do(item, *edit)
        peers[who].repository.record_drafts()
        commits = list(peers[who].store.commits())
        seed.shuffle(commits)
        peers[seed.randrange(3)].repository.admit(commits)
    for one in peers * 2:
        for other in peers:
            other.pull(one)
    views = [shown(one.repository.item("k")) for one in peers]
    again = make_peer(1, peers[2].log.entries()).repository
    again.register(LIST)
    assert views == [shown(again.item("k"))] * 3
    assert views[0][2] == sum(totals.values())
