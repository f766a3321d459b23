"""The daily backup: when it is made, where it goes, and what it gives back by itself."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.backups import EVERY_MS, DailyBackup, start_backup
from app.folders import find_folders
from app.settings import Settings
from app.workspaces import OpenWorkspaces

DAY = EVERY_MS


class Process:
    def __init__(self) -> None:
        self.code = None
        self.ended = False

    def poll(self):
        return self.code

    def terminate(self):
        self.ended = True


class Bench:
    """A daily backup with a clock that stands, and processes that do nothing."""

    def __init__(self, workspaces) -> None:
        self.workspaces = workspaces
        self.now_ms = 50 * DAY
        self.started: list[tuple[Path, Process]] = []
        self.problems: list[str] = []
        self.daily = DailyBackup(workspaces, lambda: self.now_ms, self.problems.append, self.start)

    def start(self, folders, place):
        self.started.append((place, Process()))
        return self.started[-1][1]


@pytest.fixture
def folders(home):
    return find_folders(home, {})


@pytest.fixture
def bench(folders):
    with OpenWorkspaces.open(folders) as workspaces:
        yield Bench(workspaces)


def test_it_is_made_once_a_day(bench, home):
    bench.daily.look()
    [(place, process)] = bench.started
    assert place == home / "backups"
    bench.daily.look()  # it goes on
    process.code = 0
    bench.daily.look()
    bench.daily.look()
    bench.now_ms += DAY - 1
    bench.daily.look()
    assert len(bench.started) == 1
    bench.now_ms += 1
    bench.daily.look()
    assert len(bench.started) == 2
    assert bench.problems == []


def test_one_that_failed_is_told_and_tried_again(bench):
    bench.daily.look()
    bench.started[0][1].code = 1
    bench.daily.look()
    assert len(bench.problems) == 1
    assert "did not come about" in bench.problems[0]
    bench.daily.look()
    assert len(bench.started) == 2


def test_it_ends_with_the_window(bench):
    bench.daily.look()
    bench.daily.close()
    assert bench.started[0][1].ended


def test_the_place_is_the_person_s_choice(goat, bench, folders, tmp_path):
    goat("backup", tmp_path / "stick", "--daily")
    bench.workspaces.settings = Settings(folders.state)
    bench.daily.look()
    assert bench.started[0][0] == tmp_path / "stick"
    bench.started[0][1].code = 0
    bench.daily.look()
    goat("backup", tmp_path / "stick", "--no-daily")
    bench.workspaces.settings = Settings(folders.state)
    bench.now_ms += 2 * DAY
    bench.daily.look()
    assert len(bench.started) == 1


def test_the_real_process_backs_up_what_is_open(goat, home, folders):
    goat("new", "Milk", "--body", "Oat milk")
    with OpenWorkspaces.open(folders):
        assert start_backup(folders, home / "backups").wait(60) == 0
    assert goat("verify", home / "backups").code == 0


def test_damage_is_healed_from_it_before_anybody_is_asked(goat, home, folders):
    goat("new", "Milk", "--body", "Oat milk")
    goat("backup", home / "backups")
    paths = sorted((home / "workspaces" / "My notes").glob("*.goat"), key=os.path.getsize)
    data = bytearray(paths[-1].read_bytes())
    data[5000:5100] = bytes(100)
    paths[-1].write_bytes(data)
    with OpenWorkspaces.open(folders) as workspaces:
        [database] = workspaces.databases
        for info in database.repositories():
            database.repository(info.path)
        assert any(one.store.lost for one in database.opened())
        bench = Bench(workspaces)
        bench.daily.heal()
        assert not any(one.store.lost for one in database.opened())
        assert bench.problems == []
    assert goat("verify").code == 0
