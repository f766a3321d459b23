"""The stamps of commits: after all that was seen, but not after a clock that is wrong by days."""

from __future__ import annotations

from goatcore.clock import AHEAD_MS_MAX, STAMP_MAX, stamp_after, stamp_ms

NOW_MS = 1_700_000_000_000
NOW = NOW_MS << 16


def test_a_first_commit_is_now():
    assert stamp_after(NOW_MS, []) == NOW


def test_a_commit_is_after_the_newest_that_it_saw():
    assert stamp_after(NOW_MS, [NOW - 5, NOW + 7, NOW + 3]) == NOW + 8
    assert stamp_after(NOW_MS, [NOW]) == NOW + 1


def test_a_clock_that_is_days_ahead_drags_nobody_along_and_hides_no_other():
    far = (NOW_MS + AHEAD_MS_MAX) << 16
    assert stamp_after(NOW_MS, [far]) == NOW
    assert stamp_after(NOW_MS, [NOW + 9, far, STAMP_MAX]) == NOW + 10
    assert stamp_after(NOW_MS, [far - 1]) == far


def test_a_stamp_tells_its_milliseconds():
    assert stamp_ms(stamp_after(NOW_MS, [NOW])) == NOW_MS
