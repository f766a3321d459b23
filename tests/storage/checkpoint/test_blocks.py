"""The cache's bound, and who shares it."""

from __future__ import annotations

from typing import Any

from goatcore.storage.checkpoint.blocks import BlockCache
from goatcore.storage.checkpoint.contents import FixedDraft


def test_the_least_recently_used_goes_first() -> None:
    cache = BlockCache(100)
    for at in range(4):
        cache.put(1, at, f"block {at}", 25)
    assert cache.get(1, 0) == "block 0"
    cache.put(1, 9, "block 9", 30)
    assert [cache.get(1, at) for at in (0, 1, 2, 3, 9)] == [
        "block 0",
        None,
        None,
        "block 3",
        "block 9",
    ]
    assert cache.size == 80


def test_one_block_never_takes_more_than_half() -> None:
    cache = BlockCache(100)
    cache.put(1, 1, "small", 50)
    cache.put(1, 2, "large", 51)
    assert (cache.get(1, 1), cache.get(1, 2), cache.size) == ("small", None, 50)


def test_what_is_dropped_makes_room() -> None:
    cache = BlockCache(100)
    cache.put(1, 1, "a", 40)
    cache.put(2, 1, "b", 40)
    cache.drop(1)
    assert (cache.get(1, 1), cache.get(2, 1), cache.size) == (None, "b", 40)


def test_memory_stays_in_bounds_however_much_is_read(place: Any) -> None:
    ids = b"".join(number.to_bytes(4, "big") for number in range(200_000))
    place.write(FixedDraft("ids", 4, ids)).close()
    cache = BlockCache(100_000)
    checkpoint = place.open(cache=cache)
    found = checkpoint.fixed("ids")
    for number in range(0, 200_000, 1000):
        assert found.number(number) == number
        assert cache.size <= 100_000
    assert cache.size > 50_000
    checkpoint.close()
    assert cache.size == 0
