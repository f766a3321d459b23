"""Upgrades: registers of older versions, read in the form of this one."""

from __future__ import annotations

import pytest

from goatcore.schema.upgrade import Reading, Written, read


def split(old):
    first, _, last = old["name"].partition(" ")
    return {"first": first, "last": last}


def shout(old):
    return {"first": old["first"].upper()}


def test_steps_follow_each_other_from_the_oldest_version_on():
    writes = {"name": Written(1, "Ann Lee"), "age": Written(1, 7)}
    assert read("person", 3, {2: split, 3: shout}, 1, writes) == Reading(
        {"name": "Ann Lee", "age": 7, "first": "ANN", "last": "Lee"}, None
    )


def test_what_was_written_with_a_version_is_not_given_to_its_step():
    writes = {"name": Written(1, "Ann Lee"), "first": Written(2, "Anna")}
    assert read("person", 2, {2: split}, 1, writes).values == {
        "name": "Ann Lee",
        "first": "Anna",
        "last": "Lee",
    }
    assert read("person", 3, {2: split, 3: shout}, 1, writes).values["first"] == "ANNA"


def test_an_older_item_without_a_register_is_given_to_the_steps_too():
    step = {2: lambda old: {"state": "done" if old.get("done") else "open"}}
    assert read("task", 2, step, 1, {}).values == {"state": "open"}
    assert read("task", 2, step, 2, {}).values == {}
    assert read("task", 2, step, 2, {"done": Written(1, True)}).values["state"] == "done"


def test_what_a_newer_version_wrote_stays_as_it_is():
    writes = {"name": Written(1, "Ann Lee"), "first": Written(9, ["Ann"])}
    assert read("person", 2, {2: split}, 1, writes).values["first"] == ["Ann"]
    assert read("person", 1, {}, 9, writes) == Reading({"name": "Ann Lee", "first": ["Ann"]}, None)


def test_a_missing_step_leaves_what_is_stored_and_is_told():
    writes = {"name": Written(1, "Ann Lee"), "first": Written(3, "Anna")}
    assert read("person", 3, {2: split}, 1, writes) == Reading(
        {"name": "Ann Lee", "first": "Anna", "last": "Lee"},
        "person: There is no step from version 2 to 3. This item shows what is stored.",
    )
    assert read("person", (1 << 32) - 1, {}, 1, writes).problem == (
        "person: There is no step from version 1 to 2. This item shows what is stored."
    )


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (lambda old: old["nothing"], "failed (KeyError: 'nothing')"),
        (lambda old: 7, "failed (TypeError: 'int' object is not iterable)"),
        (lambda old: {"x": {}}, "gave 'x' a value that cannot be stored"),
        (lambda old: {"x": float("nan")}, "gave 'x' a value that cannot be stored"),
        (lambda old: {1: 1}, "gave 1 a value that cannot be stored"),
    ],
)
def test_a_failing_step_leaves_what_is_stored_and_is_told(step, reason):
    writes = {"name": Written(1, "Ann")}
    assert read("person", 2, {2: step}, 1, writes) == Reading(
        {"name": "Ann"}, f"person: The step to version 2 {reason}. This item shows what is stored."
    )


def test_a_step_cannot_change_what_is_stored():
    stored = ["a", ["b"]]

    def step(old):
        assert old["list"] == ("a", ("b",))
        old["list"] = "gone"
        return {}

    values = read("s", 2, {2: step}, 1, {"list": Written(1, stored)}).values
    assert values == {"list": ["a", ["b"]]}
