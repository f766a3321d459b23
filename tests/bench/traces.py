"""Traces: what people typed, who had seen what, and the text that it must end in.

Owns the file formats (a concurrent trace with parents, a sequential one, a list of a walker's
conformance cases; plain or gzipped JSON) and a trace that is made here. Invariant: in a `Trace`,
transactions come parents first and each agent's in the order of its numbers; agents are numbered in
the order that breaks ties. Must never import goatcore: it says what is to come out, not how.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import heapify, heappop, heappush
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

GENERATED = "generated"
WORDS = ("the ", "goat ", "climbs ", "a ", "wall ", "and ", "größer ", "山羊 ", "🐐🌄 ", "\n")


class TraceError(Exception):
    """A file is no trace. The message is a sentence."""


class Splice(NamedTuple):
    """At `position` delete, then insert; code points."""

    position: int
    deleted: int
    inserted: str


class Transaction(NamedTuple):
    """What one agent did at once, on the merge of its parents."""

    agent: int
    parents: tuple[int, ...]  # numbers of transactions; none = on nothing
    splices: tuple[Splice, ...]  # each on what the one before left
    time_ms: int


class Trace(NamedTuple):
    """A history and its end."""

    name: str
    agents: int
    transactions: Sequence[Transaction]
    end: str

    @property
    def timed(self) -> bool:
        """Whether its times tell anything."""
        return len({transaction.time_ms for transaction in self.transactions}) > 1


def load(path: Path) -> list[Trace]:
    """The traces of a file: one, or one a case. Raises `TraceError`."""
    try:
        data = path.read_bytes()
        found = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
    except (OSError, EOFError, ValueError) as error:
        raise TraceError(f"{path} cannot be read as a trace: {error}.") from None
    name = path.name.split(".")[0]
    try:
        if isinstance(found, list):
            return [_conformance(f"{name} {number}", case) for number, case in enumerate(found)]
        if any("parents" in transaction for transaction in found["txns"]):
            return [_concurrent(name, found)]
        return [_sequential(name, found)]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise TraceError(
            f"{path} is no trace of a known format ({type(error).__name__}: {error})."
        ) from None


# -- formats ---------------------------------------------------------------------------------------


def _splices(patches: Iterable[Sequence[Any]]) -> tuple[Splice, ...]:
    """Patches hold one triple or several."""
    return tuple(Splice(*patch[at : at + 3]) for patch in patches for at in range(0, len(patch), 3))


def _time_ms(value: object) -> int:
    if isinstance(value, str):
        return round(datetime.fromisoformat(value).timestamp() * 1000)
    return round(value) if isinstance(value, int | float) else 0


def _sequential(name: str, found: dict[str, Any]) -> Trace:
    transactions = [
        Transaction(0, (at - 1,) if at else (), splices, time_ms)
        for at, (splices, time_ms) in enumerate(
            (splices, time_ms)
            for splices, time_ms in [
                (_start(found), _first_time(found)),
                *((_splices(t["patches"]), _time_ms(t.get("time"))) for t in found["txns"]),
            ]
            if splices
        )
    ]
    return Trace(name, 1, transactions, found["endContent"])


def _start(found: dict[str, Any]) -> tuple[Splice, ...]:
    start = found.get("startContent", "")
    return (Splice(0, 0, start),) if start else ()


def _first_time(found: dict[str, Any]) -> int:
    return _time_ms(found["txns"][0].get("time")) if found["txns"] else 0


def _concurrent(name: str, found: dict[str, Any]) -> Trace:
    """Agents rank by number (or name); what the text starts with is under all roots."""
    rows = found["txns"]
    agents = sorted({row["agent"] for row in rows})
    rank = {agent: at for at, agent in enumerate(agents)}
    start = _start(found)
    roots = (0,) if start else ()
    shift = len(roots)
    transactions = [Transaction(0, (), start, _first_time(found))] if start else []
    for number, row in enumerate(rows):
        if any(not 0 <= parent < number for parent in row["parents"]):
            raise ValueError(f"transaction {number} stands on one that does not come before it")
        parents = tuple(sorted({parent + shift for parent in row["parents"]})) or roots
        time_ms = _time_ms(row.get("time"))
        splices = _splices(row["patches"])
        transactions.append(Transaction(rank[row["agent"]], parents, splices, time_ms))
    return Trace(name, len(agents), transactions, found["endContent"])


def _conformance(name: str, case: dict[str, Any]) -> Trace:
    """Events are letters; a run of them is cut where another stands on its middle. Agents rank by
    name; an agent's transactions come in the order of its seq, also those side by side."""
    rows = case["txns"]
    agents = sorted({row["agent"] for row in rows}, key=lambda agent: str(agent).encode())
    rank = {agent: at for at, agent in enumerate(agents)}
    cuts = {parent for row in rows for parent in row["parents"]}
    ends: dict[int, int] = {}  # last event of a piece -> piece
    pieces: list[tuple[int, Transaction]] = []  # (seq, …)
    for row in rows:
        event, stop = row["span"]
        parents, seq = tuple(sorted({ends[parent] for parent in row["parents"]})), row["seqStart"]
        cut: list[Splice] = []
        for splice in (Splice(*op) for op in row["ops"]):
            left = splice
            while size := left.deleted + len(left.inserted):
                cut_at = next((e for e in range(event, event + size) if e in cuts), event + size)
                part, left = _halves(left, min(size, cut_at + 1 - event))
                cut.append(part)
                event += part.deleted + len(part.inserted)
                if event - 1 in cuts or (event == stop and not left.inserted and not left.deleted):
                    ends[event - 1] = len(pieces)
                    pieces.append((seq, Transaction(rank[row["agent"]], parents, tuple(cut), 0)))
                    parents, cut = (len(pieces) - 1,), []
                    seq = row["seqStart"] + event - row["span"][0]
        if event != stop:
            raise ValueError(f"a span ends at event {stop}, its operations at {event}")
    return Trace(name, len(agents), _in_order(pieces), case["endContent"])


def _halves(splice: Splice, events: int) -> tuple[Splice, Splice]:
    """A splice's first events (deletions come first), and what is left of it."""
    position, deleted, inserted = splice
    if events <= deleted:
        return Splice(position, events, ""), Splice(position, deleted - events, inserted)
    typed = events - deleted
    return (
        Splice(position, deleted, inserted[:typed]),
        Splice(position + typed, 0, inserted[typed:]),
    )


def _in_order(pieces: Sequence[tuple[int, Transaction]]) -> list[Transaction]:
    """Parents first, each agent's by seq."""
    before: list[set[int]] = [set(transaction.parents) for _, transaction in pieces]
    last: dict[int, int] = {}
    for at in sorted(range(len(pieces)), key=lambda at: pieces[at][0]):
        agent = pieces[at][1].agent
        if agent in last:
            before[at].add(last[agent])
        last[agent] = at
    after: dict[int, list[int]] = {}
    for at, needed in enumerate(before):
        for one in needed:
            after.setdefault(one, []).append(at)
    ready = [at for at, needed in enumerate(before) if not needed]
    heapify(ready)
    number: dict[int, int] = {}
    while ready:
        at = heappop(ready)
        number[at] = len(number)
        for child in after.get(at, ()):
            before[child].discard(at)
            if not before[child]:
                heappush(ready, child)
    if len(number) < len(pieces):
        raise ValueError("an agent's numbers contradict its parents")
    return [
        pieces[at][1]._replace(parents=tuple(sorted(number[p] for p in pieces[at][1].parents)))
        for at in number
    ]


# -- one that is made here -------------------------------------------------------------------------


def generate(seed: int, people: int = 3, count: int = 10_000) -> Trace:
    """Two people or more who write at once, each in a paragraph of their own, and hear from each
    other now and then. Paragraphs are parted by signs that nobody deletes, so no two inserts ever
    meet and the end is known without any merging."""
    random = Random(seed)
    transactions = [Transaction(0, (), (Splice(0, 0, "|" * (people - 1)),), 0)]
    sizes = [[0] for _ in range(people)]  # of a person's paragraph after each transaction of theirs
    texts = [""] * people
    seen = [[0] * people for _ in range(people)]  # how many of whose transactions each has seen
    newest = [[0] for _ in range(people)]  # a person's transactions by number
    carets, times = [0] * people, [0] * people
    for _ in range(count):
        who = random.randrange(people)
        for _ in range(random.choice((1, 3, 12, 40))):  # a while of typing
            if len(transactions) > count:
                break
            parents = {newest[who][-1]}
            if random.random() < 0.03:  # hears what another has by now
                other = random.randrange(people)
                for person in range(people):
                    seen[who][person] = max(seen[who][person], seen[other][person])
                parents |= {newest[p][seen[who][p]] for p in range(people)}
                carets[who] = random.randint(0, len(texts[who]))
            splice, carets[who] = _typed(random, len(texts[who]), carets[who])
            at, gone, typed = splice
            texts[who] = texts[who][:at] + typed + texts[who][at + gone :]
            offset = sum(sizes[p][seen[who][p]] + 1 for p in range(who))
            times[who] += random.randint(60, 400)
            number = len(transactions)
            whole = Splice(offset + at, gone, typed)
            transactions.append(Transaction(who, tuple(sorted(parents)), (whole,), times[who]))
            seen[who][who] += 1
            newest[who].append(number)
            sizes[who].append(len(texts[who]))
    return Trace(GENERATED, people, transactions, "|".join(texts))


def generate_alone(seed: int, count: int = 10_000) -> Trace:
    """One person who writes and corrects."""
    random = Random(seed)
    text, caret, time_ms = "", 0, 0
    transactions: list[Transaction] = []
    for number in range(count):
        if random.random() < 0.05:
            caret = random.randint(0, len(text))
        splice, caret = _typed(random, len(text), caret)
        at, gone, typed = splice
        text = text[:at] + typed + text[at + gone :]
        time_ms += random.choice((80, 120, 200, 300, 1500))
        transactions.append(Transaction(0, (number - 1,) if number else (), (splice,), time_ms))
    return Trace(f"{GENERATED} alone", 1, transactions, text)


def side_by_side(random: Random, base: str, edits: int) -> Trace:
    """A text, then edits of one and of another who had seen it and not each other: the first's
    transactions before the second's. No two are at one place."""
    places = sorted(random.sample(range(1, len(base) // 20), 2 * edits))
    owners = [number % 2 for number in range(2 * edits)]
    random.shuffle(owners)
    transactions = [Transaction(0, (), (Splice(0, 0, base),), 0)]
    changes = []  # (place, deleted, inserted) by place
    for number, place in enumerate(places):
        changes.append((20 * place, random.randint(0, 6), f"<{number}>"))
    for who in range(2):
        last, shift = 0, 0
        for (place, deleted, inserted), owner in zip(changes, owners, strict=True):
            if owner == who:
                splice = Splice(place + shift, deleted, inserted)
                transactions.append(Transaction(who, (last,), (splice,), len(transactions)))
                last = len(transactions) - 1
                shift += len(inserted) - deleted
    end, at = "", 0
    for place, deleted, inserted in changes:
        end += base[at:place] + inserted
        at = place + deleted
    return Trace("side by side", 2, transactions, end + base[at:])


def _typed(random: Random, size: int, caret: int) -> tuple[Splice, int]:
    """The next key of a person, and where it leaves the caret."""
    if size and random.random() < 0.15:
        gone = min(random.randint(1, 3), size)
        caret = max(0, min(caret - gone, size - gone))
        return Splice(caret, gone, ""), caret
    word = random.choice(WORDS)
    typed = word if random.random() < 0.2 else word[0]
    return Splice(caret, 0, typed), caret + len(typed)
