"""Runs give back exactly the commits that went in, each run by itself."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from goatcore.errors import Malformed
from goatcore.history.commit import Commit, Header, build
from goatcore.history.packing import Packer
from goatcore.history.runs import RUN_BYTES, RUN_BYTES_MAX, RunPacker, unpack_run
from goatcore.ids import RepositoryId
from goatcore.values import pack, unpack

REPOSITORY = RepositoryId(bytes(range(16)))


def commits(authors: int, seed: int = 1, size: int = 60):
    """Commits of some authors in random turns; each stands on what it has seen."""
    chance = random.Random(seed)
    tips: dict[bytes, Commit] = {}
    keys = [chance.randbytes(32) for _ in range(authors)]
    time = 1_700_000_000_000 << 16
    while True:
        author = chance.choice(keys)
        last = tips.get(author)
        seen = [tip.id for key, tip in tips.items() if key != author and chance.random() < 0.7]
        time += chance.randrange(1 << 30)
        header = Header(
            REPOSITORY,
            author,
            last.seq + 1 if last else 1,
            time - chance.randrange(1 << 20),
            ((last.id,) if last else ()) + tuple(seen),
            None if last and chance.random() < 0.9 else (chance.randbytes(32),),
            chance.choice([b"\x05" * 16] * 30 + [b"\x06" * 16]),
            b"",
            {"x": b"y"} if chance.random() < 0.02 else {},
        )
        sealed = chance.randbytes(chance.randrange(20, 2 * size))
        tips[author] = build(header, sealed, lambda message: chance.randbytes(64))
        yield tips[author]


def runs_of(all_: list[Commit]) -> list[bytes]:
    packer = RunPacker(REPOSITORY)
    runs = [run for commit in all_ if (run := packer.add(commit)) is not None]
    assert len(packer) > 0
    return [run.body for run in [*runs, packer.close()]]


@pytest.mark.parametrize(("authors", "size"), [(1, 60), (2, 60), (7, 60), (40, 60), (3, 3000)])
@pytest.mark.parametrize("trusted", [False, True])
def test_the_exact_commits_come_back_in_order(authors: int, size: int, trusted: bool) -> None:
    all_ = list(islice(commits(authors, size=size), 600))
    back = [
        commit for run in runs_of(all_) for commit in unpack_run(REPOSITORY, run, trusted=trusted)
    ]
    assert [commit.raw for commit in back] == [commit.raw for commit in all_]
    assert [commit.id for commit in back] == [commit.id for commit in all_]


@pytest.mark.parametrize("authors", [1, 4, 30])
def test_runs_have_bounds(authors: int) -> None:
    all_ = list(islice(commits(authors), 3000))
    runs = runs_of(all_)
    assert all(len(run) >= RUN_BYTES for run in runs[:-1])
    assert all(len(run) <= RUN_BYTES_MAX for run in runs)


def test_a_commit_larger_than_a_run_is_one() -> None:
    small, *_ = islice(commits(1), 1)
    header = small.header._replace(seq=2, deps=(small.id,), extensions={})
    large = build(header, bytes(900_000), lambda message: bytes(64))
    header = small.header._replace(seq=3, deps=(large.id,), extensions={})
    last = build(header, b"last", lambda message: bytes(64))
    all_ = [small, large, last]
    runs = runs_of(all_)
    assert len(runs) == 3
    assert [c.raw for run in runs for c in unpack_run(REPOSITORY, run)] == [c.raw for c in all_]


def test_authors_in_turn_take_less_than_as_a_stream() -> None:
    all_ = list(islice(commits(6), 2000))
    stream = Packer(REPOSITORY)
    entries = [stream.pack(commit) for commit in all_]
    as_stream = sum(
        32 + len(entry if isinstance(entry, bytes) else pack(entry)) for entry in entries
    )
    as_runs = sum(32 + len(run) for run in runs_of(all_))
    assert as_runs < 0.65 * as_stream


def test_of_each_author_the_first_is_whole_and_of_deps_numbers_stand() -> None:
    all_ = list(islice(commits(2, seed=9), 40))
    [run] = runs_of(all_)
    entries = unpack(run)
    assert isinstance(entries, list)
    numbers = {commit.id: number for number, commit in enumerate(all_)}
    met = set()
    for number, (commit, entry) in enumerate(zip(all_, entries, strict=True)):
        if commit.author not in met:
            assert entry == commit.raw
        met.add(commit.author)
        if isinstance(entry, list):
            assert entry[2] == [number - numbers[dep] for dep in commit.header.deps[1:]]


@pytest.mark.parametrize(
    "run",
    [
        b"",
        b"\xc0",
        pack({"a": 1}),
        pack([1]),
        pack([b"no commit"]),
        pack([[0, 0, [], None, bytes(64), b"sealed"]]),
        b"\xdd\xff\xff\xff\xff",
    ],
)
def test_what_is_no_run_is_refused(run: bytes) -> None:
    with pytest.raises(Malformed):
        unpack_run(REPOSITORY, run)


def test_a_dep_beyond_the_run_is_refused() -> None:
    one, two = islice(commits(1, seed=4), 2)
    short = Packer(REPOSITORY, whole_every=None)
    entries = [short.pack(one), short.pack(two)]
    assert isinstance(entries[1], list)
    for back in (0, 2, -1, 1 << 40):
        entries[1][2] = [back]
        with pytest.raises(Malformed, match="dep"):
            unpack_run(REPOSITORY, pack(entries))


def test_another_repositorys_run_is_refused() -> None:
    [run] = runs_of(list(islice(commits(1), 5)))
    with pytest.raises(Malformed, match="another repository"):
        unpack_run(RepositoryId(bytes(16)), run)
