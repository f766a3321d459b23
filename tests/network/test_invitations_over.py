"""Why a code leads nowhere: each reason is told where it is typed, and nothing is left behind."""

from __future__ import annotations

import pytest

from goatcore import Database, Network, Refused
from goatcore.network import join as joining

GARDEN = "/notes/garden"


class Computer:
    """One installation; the host's has a workspace."""

    def __init__(self, folder, *, owner: bool) -> None:
        self.folder = folder
        self.database = None
        self.network = Network(folder / "state", interfaces="loopback", port=0)
        if owner:
            self.database = Database.open(
                folder / "own", home=folder / "state", member_name="Ann", device_name="laptop"
            )
            self.database.repository(GARDEN)
            self.network.add(self.database)

    def share(self):
        return self.network.share(self.database, GARDEN, whom="person")

    def join(self, code: str, **words):
        return self.network.join(
            code, folder=self.folder / "joined", member_name="Ben", device_name="desk", **words
        )

    async def close(self) -> None:
        await self.network.close()
        if self.database is not None:
            self.database.close()


@pytest.fixture
def computers(tmp_path, closing):
    """A host, and guests."""

    async def make(guests: int = 1) -> list[Computer]:
        made = [Computer(tmp_path / str(number), owner=not number) for number in range(guests + 1)]
        for one in made:
            closing.append(one.close)
            await one.network.start()
        return made

    return make


def over(share, how: str) -> None:
    """Let the invitation come to an end."""
    if how == "expired":
        share.invite.expires_ms = 0
        share._on_time()
    elif how == "cancelled":
        share.cancel()
    else:
        share.invite.begin()
        if how == "used":
            share.invite.right()
            share.invite.use()
            share._end("done", None)
        else:
            for _ in range(3):
                share.wrong_code()


def shows(guest: Computer, share) -> bool:
    """Whether the guest sees the invitation."""
    return share.invite.code.number in [one.number for one in guest.network.nearby()]


ENDS = {
    "expired": "This code has expired; a code is good for five minutes",
    "used": "This code was used already",
    "burned": "This code was typed wrongly three times",
    "cancelled": "The other person closed the invitation",
}


@pytest.mark.parametrize("how", ENDS)
async def test_a_code_that_is_over_says_why_at_an_address(computers, how):
    host, guest = await computers()
    share = host.share()
    over(share, how)
    join = guest.join(share.code, address=f"127.0.0.1:{host.network.port}")
    with pytest.raises(Refused, match=ENDS[how]):
        await join.wait()
    assert not (guest.folder / "joined").exists()


async def test_and_where_computers_find_each_other(computers, until, monkeypatch):
    monkeypatch.setattr(joining, "ASK_AROUND_S", 0.0)
    host, guest = await computers()
    share = host.share()
    await until(lambda: shows(guest, share))
    over(share, "expired")
    await until(lambda: not shows(guest, share))
    with pytest.raises(Refused, match=ENDS["expired"]):
        await guest.join(share.code).wait()


async def test_the_second_of_two_at_once_is_told_so(computers, until):
    host, first, second = await computers(2)
    share = host.share()
    address = f"127.0.0.1:{host.network.port}"
    one = first.join(share.code, address=address)
    await until(lambda: share.state == "asking")
    other = second.join(share.code, address=address)
    with pytest.raises(Refused, match="Somebody else has used this code and is being let in"):
        await other.wait()
    assert share.state == "asking"
    share.confirm()
    first.database = await one.wait()
    assert len(host.database.members()) == 2


async def test_a_number_that_nobody_showed_says_what_may_keep_computers_apart(
    computers, monkeypatch
):
    monkeypatch.setattr(joining, "LOOK_S", 0.3)
    monkeypatch.setattr(joining, "ASK_AROUND_S", 0.0)
    _host, guest = await computers()
    with pytest.raises(Refused, match="a firewall or guest Wi-Fi may keep them apart"):
        await guest.join("99-copper-violin").wait()


async def test_a_host_that_sleeps_is_told_soon(computers, until, monkeypatch):
    monkeypatch.setattr(joining, "LINGER_S", 0.0)
    host, guest = await computers()
    share = host.share()
    await until(lambda: shows(guest, share))
    await host.network._links._listener.close()  # announced still, and nobody answers
    with pytest.raises(Refused, match=r"Nobody answer(s|ed) at 127\.0\.0\.1"):
        await guest.join(share.code).wait()


async def test_a_number_shown_again_is_open_again(computers, until):
    host, guest = await computers()
    shares = [host.share()]
    over(shares[0], "cancelled")
    while shares[-1].invite.code.number != shares[0].invite.code.number or len(shares) == 1:
        shares[-1].cancel()
        shares.append(host.share())
    join = guest.join(shares[-1].code, address=f"127.0.0.1:{host.network.port}")
    await until(lambda: shares[-1].state == "asking")
    assert join.state == "waiting"
    join.cancel()
    await until(lambda: shares[-1].state == "failed")
