"""Programs of several versions that share a repository, both ways."""

from __future__ import annotations

import pytest

from goatcore.errors import Refused
from goatcore.schema import (
    Schema,
    choice,
    counter,
    flag,
    mapping,
    number,
    string,
    tags,
    text,
)


def split(old):
    first, _, last = old.get("name", "").partition(" ")
    return {"first": first, "last": last}


OLD = Schema("person", 1, name=string(), about=text(), tags=tags(), age=number())
NEW = Schema(
    "person",
    2,
    upgrade={2: split},
    stored={"story": "about", "labels": "tags"},
    first=string(),
    last=string(),
    story=text(),
    labels=tags(),
    age=number(),
    notes=mapping(),
    visits=counter(),
)


@pytest.fixture
def two(peer):
    """An old and a new program."""

    class Two:
        def __init__(self):
            self.a, self.b = peer(1), peer(2)
            self.old, self.new = self.a.repository, self.b.repository
            self.old.register(OLD)
            self.new.register(NEW)

        def meet(self):
            self.old.record_drafts()
            self.new.record_drafts()
            self.a.pull(self.b)
            self.b.pull(self.a)
            assert self.old.digest == self.new.digest

        def pair(self, **fields):
            here = self.old.create(OLD, **fields)
            self.meet()
            return here, self.new.item(here.key)

    return Two()


def test_renamed_and_split_fields_are_read_from_what_an_old_program_wrote(two):
    _, there = two.pair(name="Ann Lee", about="born", tags={"x"}, age=7)
    assert (there.first, there.last, str(there.story)) == ("Ann", "Lee", "born")
    assert (list(there.labels), there.age, there.visits) == (["x"], 7, 0)
    assert there.upgrade_problem is None
    assert two.new.count == 1  # reading writes nothing


def test_a_renamed_text_and_set_are_written_by_both(two):
    here, there = two.pair(name="Ann Lee", about="born", tags={"x"})
    here.about.splice(4, 0, " here")
    there.story.splice(0, 0, "was ")
    here.tags.add("old")
    there.labels.add("new")
    two.meet()
    assert str(here.about) == str(there.story) == "was born here"
    assert here.tags == there.labels == {"x", "old", "new"}


def test_only_what_is_edited_is_written_in_the_new_version(two):
    here, there = two.pair(name="Ann Lee", age=7)
    there.first = "Anna"
    two.meet()
    change = here._record.state
    assert {n: (r.writes[0].version, r.value) for n, r in change.registers.items()} == {
        "name": (1, "Ann Lee"),
        "age": (1, 7),
        "first": (2, "Anna"),
    }
    assert (here.name, there.first, there.last) == ("Ann Lee", "Anna", "Lee")


def test_an_old_program_goes_on_and_the_new_one_follows(two):
    here, there = two.pair(name="Ann Lee")
    heard = []
    there.subscribe(lambda change: heard.append((set(change.fields), change.local)))
    here.name = "Ann Ray"
    two.meet()
    assert (there.first, there.last) == ("Ann", "Ray")
    assert heard == [({"last"}, False)]
    there.first = "Anna"
    here.name = "Bea Ray"
    two.meet()
    assert (there.first, there.last) == ("Anna", "Ray")  # what was written as such stands
    assert here.name == "Bea Ray"


def test_an_old_program_edits_around_what_it_does_not_know(two):
    there = two.new.create(NEW, first="Ann", last="Lee", story="born", notes={"k": 1}, visits=3)
    two.meet()
    here = two.old.item(there.key)
    assert (here.name, str(here.about), here.age) == ("", "born", 0)
    here.age = 8
    here.about.splice(0, 0, "was ")
    here.delete()
    two.meet()
    assert not there.exists
    here.restore()
    two.meet()
    assert (there.first, there.last, there.age) == ("Ann", "Lee", 8)
    assert (str(there.story), dict(there.notes), there.visits) == ("was born", {"k": 1}, 3)
    assert there.upgrade_problem is None


def test_a_file_is_read_the_same_after_an_update_and_after_going_back(peer):
    one = peer()
    key = one.repository.create(OLD, name="Ann Lee").key
    updated = peer(1, one.log.entries())
    updated.repository.register(NEW)
    item = updated.repository.item(key)
    item.last = "Ray"
    item.labels.add("x")
    updated.repository.record_drafts()
    back = peer(1, updated.log.entries()).repository
    back.register(OLD)
    again = back.item(key)
    assert (again.name, list(again.tags)) == ("Ann Lee", ["x"])


def test_queries_see_upgraded_fields(two):
    query = two.new.query(NEW).where(last="Lee").order_by("first")
    here, there = two.pair(name="Ann Lee")
    assert [*query] == [there]
    here.name = "Ann Ray"
    two.meet()
    assert [*query] == []


def test_competing_writes_are_upgraded_each(two, peer):
    c = peer(3)
    here, there = two.pair(name="Ann Lee")
    c.pull(two.a)
    c.repository.register(Schema("person", 2, upgrade={2: lambda old: old}, name=string()))
    renamed = Schema(
        "person", 2, upgrade={2: lambda old: {"name": old["name"].upper()}}, name=string()
    )
    d = peer(4)
    d.repository.register(renamed)
    here.name = "one"
    c.repository.item(here.key).name = "TWO"
    c.repository.record_drafts()
    two.old.record_drafts()
    for source in (two.a, c):
        d.pull(source)
    assert sorted(d.repository.item(here.key).alternatives("name")) == ["ONE", "TWO"]
    assert there.alternatives("first") == ["Ann"]


def test_a_transaction_that_fails_shows_upgraded_fields_again(two):
    _, there = two.pair(name="Ann Lee")
    with pytest.raises(ZeroDivisionError), two.new.transaction():
        there.first = "Bea"
        raise ZeroDivisionError
    assert (there.first, there.last) == ("Ann", "Lee")


def test_missing_and_failing_steps_are_told_per_item_and_harm_no_other(peer):
    one = peer()
    good = one.repository.create(OLD, name="Ann Lee", about="text", age=1)
    bad = one.repository.create(OLD, name="Lee", about="text", age=2)
    wrong = one.repository.create(OLD, name="7 7", about="text", age=3)

    def step(old):
        first, last = old["name"].split(" ")
        return {"first": first, "last": int(last) if last == "7" else last}

    failing = Schema(
        "person",
        2,
        upgrade={2: step},
        first=string("?"),
        last=string("?"),
        about=text(),
        age=number(),
    )
    again = peer(1, one.log.entries()).repository
    again.register(failing)
    ann, lee, seven = (again.item(item.key) for item in (good, bad, wrong))
    assert (ann.first, ann.last, ann.age, ann.upgrade_problem) == ("Ann", "Lee", 1, None)
    assert (lee.first, lee.last, lee.age, str(lee.about)) == ("?", "?", 2, "text")
    assert lee.upgrade_problem == (
        "person: The step to version 2 failed (ValueError: not enough values to unpack "
        "(expected 2, got 1)). This item shows what is stored."
    )
    assert (seven.first, seven.last) == ("7", "?")
    assert seven.upgrade_problem == "person: last must be a string, but a step gave 7."
    lee.first = "Lea"
    lee.about.splice(0, 0, "a ")
    again.record_drafts()
    assert (lee.first, lee.age, str(lee.about)) == ("Lea", 2, "a text")
    missing = peer(1, one.log.entries()).repository
    missing.register(Schema("person", 3, upgrade={2: split}, first=string(), age=number()))
    item = missing.item(good.key)
    assert (item.first, item.age) == ("Ann", 1)
    assert item.upgrade_problem == (
        "person: There is no step from version 2 to 3. This item shows what is stored."
    )


def test_unknown_schemas_are_kept_forwarded_and_come_back_whole(two, peer):
    plan = Schema("plan", 7, title=string(), done=flag(), words=tags(), mood=choice("calm", "wild"))
    made = two.new.create(plan, title="x", words={"w"}, mood="wild")
    two.meet()
    unknown = two.old.item(made.key)
    assert unknown.schema.name == "plan"
    assert (dict(unknown.schema.fields), unknown.exists) == ({}, True)
    unknown.delete()
    unknown.restore()
    two.meet()
    third = peer(3)
    third.pull(two.a)  # only the old program knew both
    third.repository.register(plan)
    copy = third.repository.item(made.key)
    assert (copy.title, list(copy.words), copy.mood, copy.exists) == ("x", ["w"], "wild", True)
    assert copy.upgrade_problem is None


def test_values_that_only_a_newer_program_understands_stay_in_place(two, peer):
    wide = Schema("person", 3, name=number(), mood=choice("odd"))
    narrow = Schema("person", 2, upgrade={2: dict}, name=string("?"), mood=choice("calm"))
    c, d = peer(3), peer(4)
    there = c.repository.create(wide, name=7, mood="odd")
    d.pull(c)
    d.repository.register(narrow)
    here = d.repository.item(there.key)
    assert (here.name, here.mood) == ("?", "odd")
    here.mood = "calm"
    d.repository.record_drafts()
    c.pull(d)
    assert (there.name, there.mood) == (7, "calm")


def test_a_field_with_an_operation_of_a_newer_kind_can_be_read_but_not_written(two):
    here, there = two.pair(name="Ann Lee", about="bold", tags={"x"})
    two.b.repository._drafts.of(there._record).add((16, "about", 0, 4, "bold"))
    there._record.draft.add((40, "tags", "anything"))
    two.meet()
    assert (str(here.about), list(here.tags)) == ("bold", ["x"])
    for item, write in (
        (here, lambda: here.about.splice(0, 0, "x")),
        (here, lambda: here.tags.add("y")),
        (there, lambda: setattr(there, "story", "x")),
        (there, lambda: setattr(there, "labels", {"y"})),
    ):
        with pytest.raises(Refused, match="was edited with a newer version of this program"):
            write()
        item.age += 1
    two.meet()
    assert (str(there.story), there.age) == ("bold", here.age)


def test_a_branch_is_written_by_both_programs_and_merged_by_the_one_that_knows_less(two):
    plan = Schema("plan", 7, title=string())
    here, there = two.pair(name="Ann Lee", about="born")
    old = two.old.branch("together")
    two.meet()
    (new,) = two.new.branches()
    ours, theirs = old.item(here.key), new.item(here.key)
    assert (theirs.first, theirs.last, str(theirs.story)) == ("Ann", "Lee", "born")
    theirs.first = "Anna"
    theirs.notes["k"] = 1
    made = new.create(plan, title="unknown to the old one")
    ours.about.splice(0, 0, "was ")
    new.record_drafts()
    old.record_drafts()
    two.meet()
    assert (str(theirs.story), there.first) == ("was born", "Ann")
    found = {one.key: (one.kind, set(one.fields)) for one in old.compare()}
    assert found == {here.key: ("edited", {"about"}), made.key: ("added", {"exists"})}

    assert old.merge() == (2, 1)
    two.meet()
    assert (here.name, str(here.about)) == ("Ann Lee", "was born")
    assert (there.first, there.last, str(there.story)) == ("Anna", "Lee", "was born")
    assert dict(there.notes) == {"k": 1}
    assert two.new.item(made.key).title == "unknown to the old one"
    assert there.upgrade_problem is None


def test_a_field_of_a_newer_kind_is_read_only_on_a_branch_too_and_survives_a_merge(two):
    here, there = two.pair(name="Ann Lee", about="bold")
    branch = two.new.branch("marks")
    mine = branch.item(there.key)
    branch._drafts.of(mine._record).add((16, "about", 0, 4, "bold"))
    branch.record_drafts()
    two.meet()
    (seen,) = two.old.branches()
    with pytest.raises(Refused, match="newer version of this program"):
        seen.item(here.key).about.splice(0, 0, "x")
    here.about.splice(4, 0, "!")  # the main line does not have it yet
    seen.merge()
    assert str(here.about) == "bold!"
    with pytest.raises(Refused, match="newer version of this program"):
        here.about.splice(0, 0, "x")
    two.meet()
    assert there._record.state.unknown("about") == [(16, "about", 0, 4, "bold")]
