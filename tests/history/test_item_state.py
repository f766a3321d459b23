"""The state of one item: what its changes add up to."""

from __future__ import annotations

from random import Random

import pytest

from goatcore.history.item_state import ChangeRecord, Delta, ItemState
from goatcore.history.splices import TextSplice


def commit(letter):
    return letter.encode() * 32


def change(letter, parents="", *operations, stamp=1, author="A", seq=1):
    """A change called `letter`, made on the changes called by the letters of `parents`."""
    on = tuple(commit(parent) for parent in parents)
    return ChangeRecord(author.encode() * 32, seq, commit(letter), stamp, on, operations)


def state_of(*changes):
    state = ItemState()
    for one in changes:
        state.apply(one)
    return state


def test_an_empty_state_has_nothing():
    state = ItemState()
    assert not state.visible
    assert state.heads == ()
    assert state.value("done", "default") == "default"
    assert state.alternatives("done") == []
    assert state.text("body") == ""
    assert state.blame("body") == []
    assert state.history() == []


def test_a_change_sets_registers_and_edits_texts():
    state = state_of(
        change("a", "", (0, "title", "Milk"), (1, "body", 0, 0, "oat"), (0, "title", "Oat milk"))
    )
    assert state.value("title") == "Oat milk"
    assert state.text("body") == "oat"
    assert state.visible
    assert state.heads == (commit("a"),)


def test_one_name_may_be_a_register_and_a_text_at_once():
    state = state_of(change("a", "", (0, "x", 7), (1, "x", 0, 0, "seven")))
    assert state.value("x") == 7
    assert state.text("x") == "seven"


def test_a_delta_names_fields_and_gives_splices_of_texts_that_are_read():
    state = ItemState()
    first = state.apply(change("a", "", (0, "title", "t"), (1, "body", 0, 0, "hello")))
    assert first == Delta(("title", "body"), {}, False, True)
    assert state.text("body") == "hello"
    second = state.apply(change("b", "a", (1, "body", 9, 4, "!"), (1, "body", 0, 1, "J")))
    splices = [TextSplice(5, 0, "!"), TextSplice(0, 1, "J")]
    assert second == Delta(("body",), {"body": splices}, True, True)
    assert state.text("body") == "Jello!"
    third = state.apply(change("c", "b", (7,)))
    assert third == Delta((), {}, True, False)


def test_a_remote_edit_is_told_as_an_edit_of_what_is_seen():
    state = state_of(change("a", "", (1, "body", 0, 0, "hello")))
    assert state.text("body") == "hello"
    state.apply(change("b", "a", (1, "body", 0, 0, "Oh, ")))
    delta = state.apply(change("c", "a", (1, "body", 1, 4, "i"), author="B"))
    assert delta.splices == {"body": [TextSplice(5, 4, ""), TextSplice(5, 0, "i")]}
    assert state.text("body") == "Oh, hi"
    assert state.heads == (commit("b"), commit("c"))


def test_applying_a_change_again_does_nothing():
    one = change("a", "", (1, "body", 0, 0, "hello"))
    state = state_of(one)
    assert state.apply(one) == Delta((), {}, True, True)
    assert state.text("body") == "hello"
    assert state.count == 1


def test_a_parent_that_is_not_here_is_a_bug_of_ours_and_leaves_nothing_behind():
    state = state_of(change("a", ""))
    for parents in ("z", "az"):
        with pytest.raises(AssertionError):
            state.apply(change("b", parents, (0, "x", 1)))
    assert state.count == 1
    assert commit("b") not in state


def test_a_void_change_is_a_vertex_without_effect():
    state = state_of(change("a", "", (0, "x", 1)), change("b", "a"))
    assert state.heads == (commit("b"),)
    assert state.value("x") == 1


def test_unknown_kinds_are_kept_and_make_their_field_read_only():
    mark = (17, "body", 0, 4, "bold")
    state = state_of(change("a", "", (1, "body", 0, 0, "text"), mark, (63, "new")))
    assert state.read_only("body")
    assert state.read_only("new")
    assert not state.read_only("title")
    assert state.unknown("body") == [mark]
    assert state.unknown("title") == []
    assert state.text("body") == "text"


def test_operations_of_the_membership_mean_nothing_to_an_item():
    state = state_of(change("a", "", (64, ["no", "name"]), (65,), (0, "x", 1)))
    assert state.value("x") == 1
    assert not state.read_only("x")


def test_equal_root_changes_are_one_change_by_the_smallest_commit():
    operations = (0, "title", "Today"), (1, "body", 0, 0, "plan")
    low = change("a", "", *operations, stamp=9, author="X")
    high = change("b", "", *operations, stamp=3, author="Y")
    rival = change("c", "", (0, "title", "Other"), stamp=5)
    for order in ([low, high, rival], [high, rival, low], [rival, high, low]):
        state = state_of(*order)
        assert state.count == 2
        assert state.heads == (commit("a"), commit("c"))
        assert state.text("body") == "plan"
        assert state.alternatives("title") == ["Today", "Other"]
        assert [entry.commit for entry in state.history()] == [commit("c"), commit("a")]


def test_a_late_twin_tells_what_it_moved():
    operations = ((1, "body", 0, 0, "left"), (0, "n", 1))
    state = state_of(
        change("b", "", *operations, author="Y"),
        change("c", "", (1, "body", 0, 0, "mid"), author="X"),
    )
    assert state.text("body") == "midleft"
    delta = state.apply(change("a", "", *operations, author="W"))
    assert delta.fields == ("n", "body")
    assert state.text("body") == "leftmid"
    text = "midleft"
    for position, deleted, inserted in delta.splices["body"]:
        text = text[:position] + inserted + text[position + deleted :]
    assert text == "leftmid"


def test_roots_that_differ_only_in_the_type_of_a_value_are_two():
    values = [1, True, 1.0, "1", b"1"]
    roots = [change(c, "", (0, "x", v)) for c, v in zip("abcde", values, strict=True)]
    assert state_of(*roots).count == 5


def test_changes_may_stand_on_either_of_two_equal_roots():
    root = (1, "body", 0, 0, "ab")
    state = state_of(
        change("b", "", root),
        change("a", "", root, author="B"),
        change("c", "b", (1, "body", 1, 0, "1"), author="C"),
        change("d", "a", (1, "body", 1, 0, "2"), author="D"),
        change("e", "cabd", (1, "body", 4, 0, "!"), author="D"),
    )
    assert state.text("body") == "a12b!"
    assert state.heads == (commit("e"),)
    assert state.past([commit("d")]) == {commit("a"), commit("d")}


def test_texts_are_readable_at_every_version():
    state = state_of(
        change("a", "", (1, "body", 0, 0, "one")),
        change("b", "a", (1, "body", 3, 0, " two"), author="B"),
        change("c", "a", (1, "body", 0, 3, "ONE"), author="C"),
        change("d", "bc", (0, "x", 1)),
    )
    at = {v: state.text_at("body", [commit(c) for c in v]) for v in ("", "a", "b", "c", "bc", "d")}
    assert at == {
        "": "",
        "a": "one",
        "b": "one two",
        "c": "ONE",
        "bc": "ONE two",
        "d": "ONE two",
    }
    assert state.text_at("title", [commit("a")]) == ""


def test_blame_names_the_change_of_every_letter():
    state = state_of(
        change("a", "", (1, "body", 0, 0, "abc"), stamp=4),
        change("b", "a", (1, "body", 1, 1, "XY"), stamp=5, author="B"),
    )
    runs = [(size, entry.commit[:1], entry.author[:1]) for size, entry in state.blame("body")]
    assert runs == [(1, b"a", b"A"), (2, b"b", b"B"), (1, b"a", b"A")]
    assert state.blame("body")[1][1].stamp == 5


def test_rebuilding_forgets_what_was_there():
    state = state_of(change("a", "", (0, "x", 1)), change("b", "a", (7,)))
    state.rebuild([change("c", "", (1, "body", 0, 0, "new"))])
    assert state.visible
    assert state.value("x") is None
    assert state.text("body") == "new"
    assert commit("a") not in state
    assert state.commit(state.vertex(commit("c"))) == commit("c")


@pytest.mark.parametrize("seed", range(150))
def test_equal_sets_give_equal_states_in_any_order(seed, naive, histories):
    random = Random(seed)
    records = histories.random_history(random, random.choice([10, 20, 40]))
    meaning = naive.Meaning(records)
    expected = histories.meant(meaning)
    for reading in (0.0, 0.3, 1.0):
        state, mirror = ItemState(), {}
        for record in histories.shuffled(random, records):
            if random.random() < reading:
                mirror.update({name: state.text(name) for name in state.texts})
            for name, splices in state.apply(record).splices.items():
                mirror[name] = histories.spliced(mirror[name], splices)
                assert mirror[name] == state.text(name)
        assert histories.view(state) == expected
        for name in state.texts:
            version = [random.choice(records).commit for _ in range(random.randint(1, 3))]
            assert state.text_at(name, version) == meaning.text(name, version)
            blame = [entry.commit for size, entry in state.blame(name) for _ in range(size)]
            assert blame == meaning.writers(name)
            assert state.past(version) == meaning.closed(version)


@pytest.mark.parametrize("seed", range(80))
def test_a_batch_is_as_its_changes_one_by_one(seed, naive, histories):
    random = Random(seed)
    records = histories.random_history(random, random.choice([20, 40]))
    order = histories.shuffled(random, records)
    state, single, mirror = ItemState(), ItemState(), {}
    while order:
        size = random.randint(0, 8)
        batch, order = order[:size], order[size:]
        if random.random() < 0.6:
            mirror.update({name: state.text(name) for name in state.texts})
        before = state.visible
        delta = state.apply_all(batch)
        told = {name for record in batch for name in single.apply(record).fields}
        assert told <= set(delta.fields) | {n for n in mirror if mirror[n] == single.text(n)}
        assert (delta.visible_before, delta.visible) == (before, single.visible)
        for name, splices in delta.splices.items():
            mirror[name] = histories.spliced(mirror[name], splices)
        assert all(state.text(name) == text for name, text in mirror.items())
    assert histories.view(state) == histories.meant(naive.Meaning(records))


def test_work_of_two_people_that_arrives_mixed_is_walked_once():
    changes = [change("a", "", (1, "body", 0, 0, "[]"))]
    for author, sign in (("B", "b"), ("C", "c")):
        parent = commit("a")
        for seq in range(50):
            name = f"{author}{seq}".encode().rjust(32)
            edit = (1, "body", 1 + seq, 0, sign)
            changes.append(ChangeRecord(author.encode() * 32, seq, name, 1, (parent,), (edit,)))
            parent = name
    mixed = [one for pair in zip(changes[1:51], changes[51:], strict=True) for one in pair]
    state = state_of(changes[0])
    assert state.text("body") == "[]"
    delta = state.apply_all(mixed)
    assert delta.splices == {"body": [TextSplice(1, 0, "c" * 50), TextSplice(1, 0, "b" * 50)]}
    assert state.text("body") == "[" + "b" * 50 + "c" * 50 + "]"
