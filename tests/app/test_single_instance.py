"""The knock of a second start, and who is answered."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable

import pytest

from app.single_instance import LETTERS_MAX, Doorbell, Request, Wish, ask, knock


def hears(heard: list[Request]) -> Callable[[Request], Awaitable[Request]]:
    async def hear(request: Request) -> Request:
        heard.append(request)
        return {}

    return hear


async def turns_words(request: Request) -> Request:
    return {"said": request["words"][::-1]}


async def repeats_fine(request: Request) -> Request:
    return {"fine": request.get("fine")}


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
        bell = Doorbell(tmp_path, hears(heard))
        await bell.start()
        answered = await asyncio.to_thread(knock, tmp_path, wish)
        await bell.close()
        return answered

    assert asyncio.run(both())
    assert heard == [{"do": told.verb, "argument": told.argument}]
    assert not (tmp_path / "window.json").exists()


def test_who_does_not_know_the_token_gets_no_answer_and_is_not_heard(tmp_path):
    heard = []

    async def stranger() -> bytes:
        bell = Doorbell(tmp_path, hears(heard))
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


def test_a_request_is_answered(tmp_path):
    async def both() -> object:
        bell = Doorbell(tmp_path, turns_words)
        await bell.start()
        answered = await asyncio.to_thread(ask, tmp_path, {"words": ["Grüße", "x" * 500_000]})
        await bell.close()
        return answered

    assert asyncio.run(both()) == {"said": ["x" * 500_000, "Grüße"]}


def test_garbage_of_who_knows_the_token_ends_the_line_and_not_the_bell(tmp_path):
    async def both() -> list[object]:
        bell = Doorbell(tmp_path, repeats_fine)
        await bell.start()
        told = json.loads((tmp_path / "window.json").read_text())
        answers: list[object] = []
        for garbage in (b"", b"\0\0", b"\xff\xff\xff\xff", b"\0\0\0\2{]", b"\0\0\0\2[]"):
            reader, writer = await asyncio.open_connection("127.0.0.1", told["port"])
            writer.write(told["token"].encode() + garbage)
            writer.write_eof()
            answers.append(await reader.read())
            writer.close()
        answers.append(await asyncio.to_thread(ask, tmp_path, {"fine": True}))
        await bell.close()
        return answers

    assert asyncio.run(both()) == [b"", b"", b"", b"", b"", {"fine": True}]


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
