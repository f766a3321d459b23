"""Traces as real commits: any trace of the formats ends exactly, or is told not to."""

from __future__ import annotations

import gzip
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from goatcore.history.item_state import ChangeRecord, ItemState

PROGRAM = Path(__file__).resolve().parents[1] / "bench" / "run.py"
ROOT = PROGRAM.parents[2]


def transaction(agent, parents, *patches, time=0):
    return {"agent": agent, "parents": parents, "time": time, "patches": list(patches)}


def file(folder, content, name="trace.json"):
    path = folder / name
    path.write_text(json.dumps(content))
    return path


@pytest.fixture(scope="module")
def naive():
    """What a set of changes means, computed plainly."""
    path = ROOT / "tests" / "history" / "naive.py"
    spec = importlib.util.spec_from_file_location("plain_reading", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def concurrent(end, *transactions, **more):
    agents = len({one["agent"] for one in transactions})
    return {"numAgents": agents, "endContent": end, "txns": list(transactions), **more}


@pytest.fixture
def replayed(text, traces):
    """What the first trace of a file comes to through commits."""

    def replay(path):
        sent = text.sent(traces.load(path)[0])
        state = ItemState()
        state.rebuild(sent.records)
        return state.text("body")

    return replay


def test_people_who_wrote_crosswise_end_in_their_text(tmp_path, replayed):
    path = file(
        tmp_path,
        concurrent(
            "🐐<d>-A-Mb-<e>",
            transaction(0, [], [0, 0, "-A-"]),
            transaction(1, [0], [3, 0, "b-"]),
            transaction(0, [0], [0, 0, "🐐"]),
            transaction(2, [1, 2], [4, 0, "M"]),  # on a merge of both
            transaction(1, [1, 2], [6, 0, "<e>"]),  # and another merge of both
            transaction(0, [2, 1], [1, 0, "<d>"]),
            transaction(2, [3, 4, 5], [12, 1, ">"]),
        ),
    )
    assert replayed(path) == "🐐<d>-A-Mb-<e>"


def test_letters_at_one_place_stand_in_the_order_of_agents(tmp_path, replayed):
    rows = [transaction(agent, [], [0, 0, sign * 2]) for agent, sign in ((2, "c"), (0, "a"))]
    path = file(tmp_path, concurrent("aabbcc", *rows, transaction(1, [], [0, 0, "bb"])))
    assert replayed(path) == "aabbcc"


def test_equal_beginnings_of_two_stay_two(tmp_path, replayed):
    path = file(
        tmp_path,
        concurrent("xx", transaction(0, [], [0, 0, "x"]), transaction(1, [], [0, 0, "x"])),
    )
    assert replayed(path) == "xx"


def test_one_who_writes_beside_himself_is_understood(tmp_path, replayed):
    path = file(
        tmp_path,
        concurrent(
            "<left|right>",
            transaction(0, [], [0, 0, "|"]),
            transaction(0, [0], [0, 0, "left"]),
            transaction(0, [0], [1, 0, "right"]),  # has not seen the one before
            transaction(0, [1, 2], [0, 0, "<"], [11, 0, ">"]),
        ),
    )
    assert replayed(path) == "<left|right>"


def test_a_hundred_heads_are_merged(tmp_path, replayed):
    signs = [chr(ord("一") + n) for n in range(100)]
    heads = [transaction(n, [0], [2 * n, 0, sign]) for n, sign in enumerate(signs)]
    beside = "".join(f"{sign}.." for sign in signs)
    path = file(
        tmp_path,
        concurrent(
            beside[:-1],
            transaction(0, [], [0, 0, ".." * 100]),
            *heads,
            transaction(7, list(range(1, 101)), [len(beside) - 1, 1, ""]),
        ),
    )
    assert replayed(path) == beside[:-1]


def test_a_long_insert_and_many_edits_of_one_transaction_become_several_commits(
    commits, tmp_path, replayed, traces
):
    begin, edits = "山" * 300_000, [[n, 0, "x"] for n in range(20_000)]
    path = file(
        tmp_path,
        concurrent(
            "x" * 20_000 + begin + "z",
            transaction(0, [], [0, 0, begin]),
            transaction(1, [0], *edits),
            transaction(0, [0], [300_000, 0, "z"]),
        ),
    )
    assert replayed(path) == "x" * 20_000 + begin + "z"
    assert len(commits.written(traces.load(path)[0])) == 3 + 2 + 1


def test_a_sequential_trace_begins_with_what_was_there(tmp_path, replayed):
    found = {
        "startContent": "Milk",
        "endContent": "Oat milk",
        "txns": [{"time": "2020-10-18T07:27:11.000Z", "patches": [[0, 1, "m"], [0, 0, "Oat "]]}],
    }
    path = tmp_path / "trace.json.gz"
    path.write_bytes(gzip.compress(json.dumps(found).encode()))
    assert replayed(path) == "Oat milk"


def test_a_case_whose_events_are_letters_is_cut_where_others_stand(tmp_path, traces, replayed):
    case = {
        "endContent": "Bbac",
        "txns": [
            {"span": [0, 3], "parents": [], "agent": "b", "seqStart": 0, "ops": [[0, 0, "abc"]]},
            {"span": [3, 4], "parents": [1], "agent": "a", "seqStart": 0, "ops": [[0, 0, "B"]]},
            {"span": [4, 6], "parents": [2], "agent": "b", "seqStart": 3,
             "ops": [[1, 1, ""], [0, 0, "b"]]},
        ],
    }  # fmt: skip
    path = file(tmp_path, [case])
    (trace,) = traces.load(path)
    assert [(one.agent, one.parents, one.splices) for one in trace.transactions] == [
        (1, (), ((0, 0, "ab"),)),
        (1, (0,), ((2, 0, "c"),)),
        (0, (0,), ((0, 0, "B"),)),
        (1, (1,), ((1, 1, ""), (0, 0, "b"))),
    ]
    assert replayed(path) == trace.end


def test_an_agents_numbers_decide_the_order_of_a_chain(tmp_path, traces):
    rows = [
        {"span": [0, 1], "parents": [], "agent": "a", "seqStart": 1, "ops": [[0, 0, "2"]]},
        {"span": [1, 2], "parents": [], "agent": "a", "seqStart": 0, "ops": [[0, 0, "1"]]},
    ]
    (trace,) = traces.load(file(tmp_path, [{"txns": rows, "endContent": "12"}]))
    assert [one.splices[0].inserted for one in trace.transactions] == ["1", "2"]


def test_the_commits_stand_on_exactly_what_the_trace_says(commits, traces):
    trace = traces.generate(3, people=4, count=400)
    received = commits.Received()
    changes = received.admit(commits.packed(commits.written(trace)))
    records = [received.record(*change) for change in changes]
    number = {record.commit: at for at, record in enumerate(records)}
    assert [tuple(sorted(number[parent] for parent in record.parents)) for record in records] == [
        one.parents for one in trace.transactions
    ]
    authors = [key.public for key in commits.keys(4)]
    assert authors == sorted(authors)
    assert [record.author for record in records] == [
        authors[one.agent] for one in trace.transactions
    ]


@pytest.mark.parametrize("seed", range(4))
def test_traces_made_here_end_as_they_say(seed, text, traces):
    made = [
        traces.generate(seed, people=2 + seed, count=300),
        traces.generate_alone(seed, count=300),
        traces.side_by_side(Random(seed), "an old text " * 50, 4),
    ]
    for trace in made:
        state = ItemState()
        for record in text.Sent(trace).records:
            state.apply(record)
            state.text("body")
        text.check(trace, state.text("body"))


@pytest.mark.parametrize("seed", range(3))
def test_typing_joined_as_it_is_recorded_ends_in_the_same_text(seed, text, traces, commits):
    for trace in (traces.generate(seed, count=600), traces.generate_alone(seed, count=600)):
        joined = commits.recorded(trace)
        assert len(joined.transactions) < len(trace.transactions)
        state = ItemState()
        state.rebuild(text.Sent(joined).records)
        assert state.text("body") == trace.end


def test_what_is_counted_is_all_but_signatures_and_ids(commits, traces):
    trace = traces.generate_alone(1, count=70)
    made = commits.written(trace)
    runs = commits.packed(made)
    assert [len(run) for run in runs] == [70]
    whole = [entry for entry in runs[0] if isinstance(entry, bytes)]
    assert len(whole) == 2  # the first, and the one after 63 packed ones
    sealed = sum(len(commit.sealed) for commit in made)
    beyond = commits.bytes_beyond(runs) - sealed
    # array, author's number, time, no deps, no auth, and the two lengths: 9 to 14 bytes a commit
    assert 68 * 9 + 2 * 20 <= beyond <= 68 * 14 + 2 * 60


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("not a list", "no trace of a known format"),
        ({"txns": [{"agent": 0}]}, "no trace of a known format"),
        (concurrent("", transaction(0, [5], [0, 0, "x"])), "stands on one that does not come"),
    ],
)
def test_what_is_no_trace_is_said_to_be_none(content, reason, tmp_path, traces):
    with pytest.raises(traces.TraceError, match=reason):
        traces.load(file(tmp_path, content))


def said(*words, traces_at=""):
    return subprocess.run(
        [sys.executable, "-P", str(PROGRAM), *map(str, words)],
        env={"PYTHONPATH": str(ROOT), "PATH": "", "GOAT_TRACES": traces_at},
        capture_output=True, text=True, check=False, timeout=100,
    )  # fmt: skip


def test_a_replay_says_that_it_is_exact(tmp_path):
    path = file(tmp_path, concurrent("ab", transaction(0, [], [0, 0, "a"], [1, 0, "b"])))
    done = said("--json", "text", "--trace", path)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows
    assert {row["row"] for row in rows} == {"text-replay"}
    assert all(row["exact"] is True and row["unit"] == "ms" for row in rows)
    assert len({row.get("peer") for row in rows}) == len(rows)


def test_a_replay_that_ends_otherwise_fails_and_says_where(tmp_path):
    path = file(tmp_path, concurrent("aXc", transaction(0, [], [0, 0, "abc"])))
    done = said("--json", "text", "--trace", path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "text-replay: trace ends in another text than it says: it has 3 letters instead of 3, and "
        "differs from letter 1 on.\n"
    )


def test_a_list_of_cases_is_replayed_whole(tmp_path):
    rows = [{"span": [0, 1], "parents": [], "agent": "a", "seqStart": 0, "ops": [[0, 0, "x"]]}]
    path = file(tmp_path, [{"txns": rows, "endContent": "x"}, {"txns": rows, "endContent": "y"}])
    done = said("text", "--trace", path)
    assert done.returncode == 1
    assert done.stderr.startswith("text-replay: trace 1 ends in another text")


def test_other_rows_take_no_trace(tmp_path, run):
    with pytest.raises(SystemExit, match="update cannot be measured on a trace"):
        run.chosen_on_trace(["update"])
    assert run.chosen_on_trace(["text"]) == ["text-replay"]
    assert run.chosen_on_trace(["text", "text-bytes"]) == ["text-bytes"]
    assert said("text", "--trace", tmp_path / "none.json").stderr.startswith(
        f"{tmp_path / 'none.json'} cannot be read as a trace"
    )


def test_the_family_of_texts_has_its_rows_and_no_other(run):
    assert run.chosen(["text"]) == [row for row in run.FILES["text"] if row.startswith("text")]
    assert run.chosen(["history"]) == list(run.FILES["history"])
    assert run.chosen(["text-remote"]) == ["text-remote", "text-remote.p99"]
    assert run.chosen(["merge-100kB"]) == ["merge-100kB"]


def test_without_others_engines_rows_stand_alone(text, monkeypatch, peers):
    for name in ("pycrdt", "loro"):
        monkeypatch.setitem(sys.modules, name, None)
    assert peers.installed() == {}
    monkeypatch.delenv("GOAT_TRACES", raising=False)
    monkeypatch.setattr(text, "GENERATED_COUNT", 120)
    monkeypatch.setattr(text, "MERGES", 2)
    rows = list(text.measure(list(text.MEASURES)))
    assert [row["row"] for row in rows] == list(text.MEASURES)
    for row in rows:
        assert set(row) - {"exact"} == {"row", "value", "unit", "runs", "timed"}
        assert row["value"] > 0


def test_others_engines_stand_beside_and_end_in_the_same_text(text, traces, peers):
    engines = peers.installed()
    if not engines:
        pytest.skip("neither pycrdt nor loro is installed")
    for trace in (
        traces.generate(5, people=3, count=150),
        traces.side_by_side(Random(5), "größer 🐐 " * 30, 3),
    ):
        for document in engines.values():
            updates = peers.updates_of(trace, document)
            one_by_one, at_once = document(98), document(99)
            for update in updates:
                one_by_one.apply(update)
            at_once.apply_all(updates)
            assert one_by_one.text == at_once.text == trace.end


def test_a_row_beside_peers_comes_once_for_each(text):
    row = {"row": "x", "value": 3.0, "unit": "us", "runs": 1, "timed": "nothing"}
    assert text._beside_peers(row, {"pycrdt": 2.0, "loro": 12.0}) == [
        {**row, "peer": "pycrdt", "peer_value": 2.0, "ratio": 1.5},
        {**row, "peer": "loro", "peer_value": 12.0, "ratio": 0.25},
    ]
    assert text._beside_peers(row, {}) == [row]


# -- traces that nobody honest would type ----------------------------------------------------------

SIGNS = ["a", "b", "é", "🐐", "𝔾", "\u0301", "x\ny", "word "]


def hostile(chance, people, count):
    """Everybody writes on any versions, at the same few places: crosswise merges, many heads,
    letters deleted twice, letters put into what another deletes, transactions that do nothing."""
    transactions, sizes = [], []  # sizes: how long the text can be after each, at most
    for number in range(count):
        kind = chance.random()
        if not number or kind < 0.03:
            parents = []
        elif kind < 0.5:
            parents = [number - 1]
        else:
            parents = sorted(chance.sample(range(number), min(number, chance.choice([1, 2, 3, 9]))))
        size = sum(sizes[parent] for parent in parents)
        patches = []
        for _ in range(chance.choice([0, 1, 1, 1, 2, 3])):
            at = chance.randint(0, min(size, 12))
            gone = min(chance.choice([0, 0, 1, 2, 6]), size - at)
            new = chance.choice(["", *SIGNS]) if gone else chance.choice(SIGNS)
            patches.append([at, gone, new])
            size += len(new)
        sizes.append(size)
        transactions.append(transaction(chance.randrange(people), parents, *patches))
    return transactions


def plainly(naive, transactions):
    """The end by the plain reading."""
    records, seqs = [], {}
    for number, one in enumerate(transactions):
        agent = one["agent"]
        seqs[agent] = seqs.get(agent, 0) + 1
        edits = tuple((1, "body", *patch) for patch in one["patches"])
        parents = tuple(records[parent].commit for parent in one["parents"])
        root = () if parents else ((0, "root", number),)  # no two beginnings are one
        commit = number.to_bytes(32, "big")
        author = bytes([agent]) * 32
        records.append(ChangeRecord(author, seqs[agent], commit, 0, parents, root + edits))
    return naive.Meaning(records).text("body")


@pytest.mark.parametrize("seed", range(40))
def test_hostile_traces_end_as_the_plain_reading_says(seed, naive, tmp_path, replayed):
    chance = Random(seed)
    transactions = hostile(chance, chance.randint(3, 6), chance.choice([12, 40, 70]))
    path = file(tmp_path, concurrent(plainly(naive, transactions), *transactions))
    assert replayed(path) == plainly(naive, transactions)


def test_a_run_that_two_delete_with_letters_put_into_it_keeps_the_letters(tmp_path, replayed):
    path = file(
        tmp_path,
        concurrent(
            "<XY🐐Z>",
            transaction(0, [], [0, 0, "<"], [1, 0, "0123456789"], [11, 0, ">"]),
            transaction(1, [0], [1, 10, ""]),
            transaction(2, [0], [3, 6, ""]),
            transaction(3, [0], [4, 0, "X"], [7, 0, "Y"]),
            transaction(4, [0], [8, 0, "🐐"], [9, 1, ""]),
            transaction(0, [1, 2], []),
            transaction(3, [3, 4, 5], [4, 0, "Z"]),
        ),
    )
    assert replayed(path) == "<XY🐐Z>"


def test_transactions_that_do_nothing_are_no_obstacle(tmp_path, replayed):
    path = file(
        tmp_path,
        concurrent(
            "ba",
            transaction(0, []),
            transaction(1, [0], [0, 0, "b"]),
            transaction(2, [0]),
            transaction(2, [2], [0, 0, "a"]),
            transaction(0, [1, 3]),
        ),
    )
    assert replayed(path) == "ba"


def heads_at_few_places(count):
    """A text of few letters, so many who write one beside each other, and one who has seen all."""
    rows = [transaction(0, [], [0, 0, "01234"])]
    rows += [transaction(n % 250, [0], [n % 6, 0, chr(0x4E00 + n)]) for n in range(count)]
    rows.append(transaction(1, list(range(1, count + 1)), [0, 0, "!"]))
    signs = [[chr(0x4E00 + n) for n in range(at, count, 6)] for at in range(6)]
    return rows, signs


@pytest.mark.parametrize("count", [600, pytest.param(10_000, marks=pytest.mark.slow)])
def test_thousands_of_heads_are_merged(count, tmp_path, replayed):
    rows, signs = heads_at_few_places(count)
    path = file(tmp_path, {"numAgents": 250, "endContent": "", "txns": rows})
    text = replayed(path)
    assert text[0] == "!"
    between = text[1:]
    for at, sign in enumerate("01234"):
        before, between = between.split(sign)
        assert sorted(before) == sorted(signs[at])
    assert sorted(between) == sorted(signs[5])
