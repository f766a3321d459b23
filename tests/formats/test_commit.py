"""Frozen bytes of commits, bodies and packed commits; and what is refused of them."""

from __future__ import annotations

import json
from pathlib import Path

import msgpack
import pytest

from goatcore.errors import Malformed, TransactionTooLarge
from goatcore.history.body import Body, Change, decode_body, encode_body
from goatcore.history.commit import Header, associated_data, build, parse, signed_message
from goatcore.history.packing import Packer, Unpacker
from goatcore.history.runs import RunPacker, unpack_run
from goatcore.ids import RepositoryId
from goatcore.trust.signing import SigningKey, verify
from goatcore.values import pack, unpack

VECTORS = json.loads((Path(__file__).parent / "commit.json").read_text())
RUN = (Path(__file__).parent / "run.hex").read_text().strip()
KEY = SigningKey(b"\x01" * 32)
REPOSITORY = RepositoryId(bytes(range(16)))
BODY = Body(
    None,
    "tidy up",
    (
        Change("milk", "note", 1, (), ((0, "title", "Milk"), (1, "body", 0, 0, "Oat 🐐\n"))),
        Change("old", "note", 2, (0, (0, 3)), ((7,),)),
    ),
)


def chain(count: int, sealed: bytes = b"sealed") -> list:
    commits = []
    for seq in range(1, count + 1):
        header = Header(
            REPOSITORY,
            KEY.public,
            seq,
            (1_700_000_000_000 + seq) << 16,
            (commits[-1].id, b"\x07" * 32) if commits else (),
            None if commits else (b"\x09" * 32,),
            b"\x05" * 16,
            b"",
            {},
        )
        commits.append(build(header, sealed, KEY.sign))
    return commits


def current() -> dict[str, object]:
    one, two = chain(2)
    packer = Packer(REPOSITORY)
    return {
        "commit": one.raw.hex(),
        "id": one.id.hex(),
        "associated data": associated_data(one.header).hex(),
        "packed second": [pack(packer.pack(one)).hex(), pack(packer.pack(two)).hex()][1],
        "second id": two.id.hex(),
        "raw body": pack(BODY).hex(),
        "encoded body": encode_body(BODY).hex(),
    }


def test_commits_have_the_frozen_bytes():
    assert current() == VECTORS


def test_a_frozen_commit_is_read_and_its_signature_holds():
    commit = parse(bytes.fromhex(VECTORS["commit"]))
    assert commit.id.hex() == VECTORS["id"]
    assert verify(commit.author, signed_message(commit), commit.signature)
    assert (commit.seq, commit.prev, commit.sealed) == (1, None, b"sealed")


def test_a_frozen_compressed_body_is_read():
    encoded = bytes.fromhex(VECTORS["encoded body"])
    assert encoded[0] == 1
    assert decode_body(encoded) == BODY
    assert decode_body(b"\0" + bytes.fromhex(VECTORS["raw body"])) == BODY


def test_our_messagepack_is_everybodys_shortest_form():
    for value in (
        0,
        127,
        128,
        2**32,
        -1,
        -33,
        2**64 - 1,
        "x" * 32,
        b"y" * 256,
        [1] * 16,
        1.5,
        None,
    ):
        assert pack(value) == msgpack.packb(value)
        assert unpack(msgpack.packb(value)) == value


def test_packed_commits_come_back_byte_for_byte():
    commits = chain(200)
    packer, unpacker = Packer(REPOSITORY), Unpacker(REPOSITORY)
    stream = [packer.pack(commit) for commit in commits]
    assert [commit.raw for commit in map(unpacker.unpack, stream)] == [c.raw for c in commits]
    assert [i for i, entry in enumerate(stream) if isinstance(entry, bytes)] == [0, 64, 128, 192]


def test_a_stream_is_continued_where_it_was_left():
    commits = chain(10)
    packer, unpacker = Packer(REPOSITORY), Unpacker(REPOSITORY)
    for commit in commits[:4]:
        unpacker.unpack(packer.pack(commit))
    continued = unpacker.packer()
    assert [continued.pack(c) for c in commits[4:]] == [packer.pack(c) for c in commits[4:]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: b"\x02" + raw[1:], "not a commit of version 1"),
        (lambda raw: raw[:60], "not a commit|cut off"),
        (lambda raw: raw + b"x", "body is not the one"),
        (lambda raw: raw[:1] + b"\xff\xff" + raw[3:], "cut off"),
        (lambda raw: raw[:3] + b"\x98" + raw[4:], "MessagePack|array of 9"),
        (lambda raw: b"\x01" * (2 << 20), "1,048,576 are allowed"),
    ],
)
def test_bytes_that_are_no_commit_are_refused_with_the_reason(change, said):
    with pytest.raises(Malformed, match=said):
        parse(change(chain(1)[0].raw))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (0, b"short", "repository"),
        (1, b"short", "author"),
        (2, 0, "seq"),
        (2, True, "seq"),
        (3, -1, "time"),
        (3, 1 << 64, "time|MessagePack"),
        (4, [b"\x01" * 32] * 2, "deps"),
        (4, [bytes([i]) * 32 for i in range(256)] + [b"ab" * 16], "deps"),
        (5, [], "auth"),
        (6, None, "epoch"),
        (8, {"b": b"", "a": b""}, "extensions"),
        (8, {1: b""}, "extensions"),
    ],
)
def test_headers_out_of_bounds_are_refused_by_the_name_of_the_field(field, value, said):
    commit = chain(1)[0]
    fields = list(commit.header)
    fields[field] = value
    try:
        encoded = msgpack.packb(fields)
    except OverflowError:
        encoded = pack([*fields[:3], 1.0, *fields[4:]])
    raw = b"\x01" + len(encoded).to_bytes(2, "big") + encoded + commit.signature + commit.sealed
    with pytest.raises(Malformed, match=said):
        parse(raw)


def test_a_header_that_is_not_in_its_shortest_form_is_refused():
    commit = chain(1)[0]
    encoded = pack(commit.header)
    longer = b"\xdc\x00\x09" + encoded[1:]  # array of 9, said in three bytes
    raw = b"\x01" + len(longer).to_bytes(2, "big") + longer + commit.signature + commit.sealed
    with pytest.raises(Malformed, match="shortest form"):
        parse(raw)


def test_too_large_a_commit_is_refused_with_its_size():
    with pytest.raises(TransactionTooLarge, match=r"has 1,0\d\d,\d\d\d bytes"):
        chain(1, bytes(1 << 20))


def body_of(*changes: object) -> bytes:
    return b"\0" + pack([None, None, list(changes)])


GOOD = ["k", "note", 1, [], [[0, "title", "x"]]]


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"\x02abc",
        b"\x01abc",
        b"\0",
        b"\0\xc1",
        b"\0" + pack([None, None, [GOOD]]) + b"x",
        b"\0" + pack([None, [GOOD]]),
        b"\0" + pack([b"short", None, [GOOD]]),
        b"\0" + pack([None, "x" * 256, [GOOD]]),
        b"\0" + pack([None, None, [["k", "note", 1, [], [[0, "t", eval("[" * 45 + "]" * 45)]]]]]),
        b"\0" + b"\x91" * 5000 + b"\x01",
    ],
)
def test_a_body_that_cannot_be_read_has_no_changes(encoded):
    assert decode_body(encoded) == Body(None, None, ())


@pytest.mark.parametrize(
    "change",
    [
        ["k", "", 1, [], []],
        ["k", "note", 0, [], []],
        ["k", "note", 1, [-1], []],
        ["k", "note", 1, [[0, 0]], []],
        ["k", "note", 1, [], [[0, "title"]]],
        ["k", "note", 1, [], [[0, "", "x"]]],
        ["k", "note", 1, [], [[0, "title", float("nan")]]],
        ["k", "note", 1, [], [[0, "title", {"a": 1}]]],
        ["k", "note", 1, [], [[1, "body", -1, 0, "x"]]],
        ["k", "note", 1, [], [[1, "body", 0, 0, ""]]],
        ["k", "note", 1, [], [[1, "body", 0, 0, b"x"]]],
        ["k", "note", 1, [], [[9, "body"]]],
        ["k", "note", 1, [], [[7, 1]]],
        ["k", "note", 1, [], [[6, "n", 1 << 63]]],
        ["k", "note", 1, [], [[True, "title", "x"]]],
        ["k", "note", 1, [], "x"],
    ],
)
def test_a_malformed_change_is_void_and_others_stand(change):
    other = ["other", "note", 1, [], [[7]]]
    read = decode_body(body_of(change, other))
    assert [(c.key, c.operations) for c in read.changes] == [("k", None), ("other", ((7,),))]


def test_the_second_change_of_an_item_has_no_vertex():
    read = decode_body(body_of(GOOD, ["k", "note", 1, [], [[7]]]))
    assert [c.operations for c in read.changes] == [((0, "title", "x"),)]


def test_unknown_kinds_are_kept():
    read = decode_body(body_of(["k", "note", 1, [], [[17, "body", 1, 2, b"bold"]]]))
    assert read.changes[0].operations == ((17, "body", 1, 2, b"bold"),)


def test_runs_have_the_frozen_bytes():
    commits = chain(2)
    other = SigningKey(b"\x02" * 32)
    header = commits[1].header._replace(
        author=other.public, seq=1, deps=(commits[0].id,), auth=(b"\x09" * 32,)
    )
    answer = build(header, b"answer", other.sign)
    header = commits[1].header._replace(seq=3, deps=(commits[1].id, answer.id), auth=None)
    commits += [answer, build(header, b"third", KEY.sign)]
    packer = RunPacker(REPOSITORY)
    assert [packer.add(commit) for commit in commits] == [None] * 4
    run = packer.close()
    assert (run.body.hex(), run.commits) == (RUN, 4)
    assert [c.raw for c in unpack_run(REPOSITORY, run.body)] == [c.raw for c in commits]
