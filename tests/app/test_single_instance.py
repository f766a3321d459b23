"""The knock of a second start, and who is answered."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from app.single_instance import LETTERS_MAX, Doorbell, Wish, knock


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (Wish(), Wish("show", "")),
        (Wish("open", "goat://open/x y\nü\0"), Wish("open", "goat://open/x y\nü\0")),
        (Wish("open", "\U0001f410" * 5_000), Wish("open", "\U0001f410" * LETTERS_MAX)),
        (Wish("open", "\ud800"), Wish("open", "\ud800")),  # of a name that is not UTF-8
    ],
)
def test_a_knock_is_answered_and_its_wish_is_heard(tmp_path, wish, told):
    heard = []

    async def both() -> bool:
        bell = Doorbell(tmp_path, heard.append)
        await bell.start()
        answered = await asyncio.to_thread(knock, tmp_path, wish)
        await bell.close()
        return answered

    assert asyncio.run(both())
    assert heard == [told]
    assert not (tmp_path / "window.json").exists()


def test_who_does_not_know_the_token_gets_no_answer_and_is_not_heard(tmp_path):
    heard = []

    async def stranger() -> bytes:
        bell = Doorbell(tmp_path, heard.append)
        await bell.start()
        port = json.loads((tmp_path / "window.json").read_text())["port"]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"a guess\n")
        answer = await reader.read()
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"x" * 100_000)
        answer += await reader.read()
        writer.close()
        await bell.close()
        return answer

    assert asyncio.run(stranger()) == b""
    assert heard == []


def test_nobody_there_is_no_answer(tmp_path):
    assert not knock(tmp_path)


@pytest.mark.parametrize("left", ["", "[]", "{}", '{"port": "x", "token": "t"}', "\0"])
def test_a_file_that_says_nothing_is_no_answer(tmp_path, left):
    (tmp_path / "window.json").write_text(left)
    assert not knock(tmp_path)


def test_a_file_that_a_crash_left_is_no_answer(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    (tmp_path / "window.json").write_text(json.dumps({"port": port, "token": "t"}))
    assert not knock(tmp_path)


def test_another_program_on_that_port_is_no_answer(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        (tmp_path / "window.json").write_text(json.dumps({"port": port, "token": "t"}))
        assert not knock(tmp_path)
