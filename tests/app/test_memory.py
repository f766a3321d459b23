"""The collector while a loop runs."""

from __future__ import annotations

import gc

import pytest

from app.memory import NEVER, quiet_memory


def test_full_collections_are_off_inside_and_as_before_after_a_failure():
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), quiet_memory():
        assert gc.get_threshold() == (*before[:2], NEVER)
        assert gc.get_freeze_count() > 0
        raise ZeroDivisionError
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
