"""Where the person has been."""

from __future__ import annotations

from ui.models.trail import PASSING_MS, STOPS_MAX, Trail

STAY = PASSING_MS


def been(*stops: str) -> tuple[Trail[str], int]:
    """Stayed at each of them."""
    trail: Trail[str] = Trail()
    now = 0
    for stop in stops:
        trail.arrive(stop, now)
        now += STAY
    return trail, now


def test_back_and_forward_go_through_the_stops() -> None:
    trail, _ = been("a", "b", "c")
    assert [trail.go(-1), trail.go(-1)] == ["b", "a"]
    assert not trail.can(-1)
    assert [trail.go(1), trail.go(1)] == ["b", "c"]
    assert not trail.can(1)


def test_an_empty_trail_leads_nowhere() -> None:
    trail: Trail[str] = Trail()
    assert not trail.can(-1)
    assert not trail.can(1)


def test_a_new_stop_forgets_what_was_ahead() -> None:
    trail, now = been("a", "b", "c")
    trail.go(-1)
    trail.arrive("d", now)
    assert not trail.can(1)
    assert [trail.go(-1), trail.go(-1)] == ["b", "a"]


def test_what_is_gone_through_in_passing_is_no_stop() -> None:
    trail, now = been("a", "b")
    for step, stop in enumerate("cde"):
        trail.arrive(stop, now + step)
    assert trail.go(-1) == "b"
    trail.arrive("f", now + 3)  # come back to, and left at once: it stays
    assert trail.go(-1) == "b"


def test_who_passes_by_and_returns_made_no_stop() -> None:
    trail, now = been("a", "b")
    trail.arrive("c", now)
    trail.arrive("b", now + 1)
    assert trail.go(-1) == "a"


def test_the_same_stop_again_is_one_and_a_clock_that_jumps_back_does_no_harm() -> None:
    trail, now = been("a", "b")
    trail.arrive("b", now)
    trail.arrive("c", now - 1_000_000)
    trail.arrive("d", now - 2_000_000)
    assert [trail.go(-1), trail.go(-1), trail.go(-1)] == ["c", "b", "a"]


def test_old_stops_are_forgotten() -> None:
    trail, _ = been(*map(str, range(STOPS_MAX + 5)))
    steps = 0
    while trail.can(-1):
        trail.go(-1)
        steps += 1
    assert steps == STOPS_MAX - 1
