"""Upgrades: what registers that were written with older versions of a schema mean in this one.

Owns the reading of writes of several versions at once. Invariant: a pure function of the writes;
nothing is rewritten, so two peers who read the same see the same, and older peers keep what they
wrote. Steps see registers only, never texts, sets, maps or counters: whoever rewrote those would
double them. Must never import items.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

from goatcore.values import Value, frozen, is_value

# registers of the version before, by stored name → those that are new or other in this version
Step = Callable[[Mapping[str, Value]], Mapping[str, Value]]


class Written(NamedTuple):
    """One register as it is stored."""

    version: int
    value: object


class Reading(NamedTuple):
    """Registers in the form of the newest version, and why some could not be brought there."""

    values: dict[str, object]
    problem: str | None


def read(
    schema: str, version: int, steps: Mapping[int, Step], since: int, writes: Mapping[str, Written]
) -> Reading:
    """What `writes` (by stored name) mean in `version`, for an item made with version `since`.

    From the oldest version on, each step is given all registers as they are before it, and its
    answer is laid over them; then come the registers that were written with its own version. So
    what somebody wrote with a newer version stands, whatever a step computes. Where a step is
    missing or fails, registers stay as they are stored, and the problem says why.
    """
    oldest = min([since, *(write.version for write in writes.values())])
    values: dict[str, object] = {}
    at, problem = oldest, None
    _lay(values, writes, oldest, oldest)
    while at < version and problem is None:
        problem = _step(values, steps.get(at + 1), at + 1)
        if problem is None:
            at += 1
            _lay(values, writes, at, at)
    _lay(values, writes, at + 1, None)
    if problem is not None:
        problem = f"{schema}: {problem} This item shows what is stored."
    return Reading(values, problem)


def _lay(
    values: dict[str, object], writes: Mapping[str, Written], first: int, last: int | None
) -> None:
    for name, (version, value) in writes.items():
        if version >= first and (last is None or version <= last):
            values[name] = value


def _step(values: dict[str, object], step: Step | None, version: int) -> str | None:
    """Do one step; the problem if it could not be done, and then `values` are as before."""
    if step is None:
        return f"There is no step from version {version - 1} to {version}."
    before = {name: frozen(value) for name, value in values.items()}
    try:
        news = dict(step(cast("dict[str, Value]", before)))
    except Exception as error:  # the application's own code, told per item
        return f"The step to version {version} failed ({type(error).__name__}: {error})."
    for name, value in news.items():
        if type(name) is not str or not is_value(value):
            return f"The step to version {version} gave {name!r} a value that cannot be stored."
    values.update(news)
    return None
