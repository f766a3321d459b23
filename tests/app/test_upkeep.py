"""What the settings show of backups and room, on real workspaces."""

from __future__ import annotations

import asyncio

import pytest

from app.backups import DailyBackup
from app.folders import find_folders
from app.settings import Settings
from app.upkeep import Upkeep
from app.workspaces import OpenWorkspaces
from ui.operations import notebooks
from ui.operations.schemas import NOTE

NOW_MS = 1_763_700_000_000


class Process:
    code = None

    def poll(self):
        return self.code

    def terminate(self):
        self.code = -15


@pytest.fixture
def workspaces(home):
    with OpenWorkspaces.open(find_folders(home, {})) as opened:
        yield opened


@pytest.fixture
def started():
    return []


@pytest.fixture
def problems():
    return []


@pytest.fixture
def upkeep(workspaces, started, problems):
    def start(_folders, place):
        started.append((place, Process()))
        return started[-1][1]

    backups = DailyBackup(workspaces, lambda: NOW_MS, problems.append, start)
    return Upkeep(workspaces, backups, problems.append)


def test_a_backup_is_made_at_once_where_it_was_wished_and_its_end_is_seen(
    upkeep, started, problems, home, tmp_path
):
    assert (upkeep.backup_folder, upkeep.last_backup_ms) == (home / "backups", None)
    upkeep.set_backup_folder(tmp_path / "stick")
    upkeep.back_up()
    upkeep.back_up()
    [(place, process)] = started
    assert (place, upkeep.backing_up) == (tmp_path / "stick", True)
    process.code = 0
    assert not upkeep.backing_up
    assert (upkeep.last_backup_ms, problems) == (NOW_MS, [])
    upkeep.set_backup_folder(None)
    assert upkeep.backup_folder == home / "backups"


def test_it_can_be_made_by_hand_where_none_is_made_every_day(upkeep, workspaces, started, problems):
    upkeep.set_daily(False)
    assert not upkeep.daily
    assert not Upkeep(workspaces, upkeep._backups, problems.append).daily
    upkeep._backups.look()
    assert started == []
    upkeep.back_up()
    assert len(started) == 1


def test_one_that_failed_is_told(upkeep, started, problems):
    upkeep.back_up()
    started[0][1].code = 1
    assert not upkeep.backing_up
    assert len(problems) == 1
    assert upkeep.last_backup_ms is None


def test_files_are_made_shorter_and_the_notes_stay(upkeep, workspaces, problems):
    [database] = workspaces.databases
    [repository] = [listed.repository for listed in notebooks.listing(database)]
    before = sorted(item.key for item in repository.items(NOTE))
    used = upkeep.note_bytes
    assert used > 0
    assert asyncio.run(upkeep.compact()) >= 0
    assert (upkeep.compacting, problems) == (False, [])
    assert sorted(item.key for item in repository.items(NOTE)) == before


def test_who_listens_hears_of_a_change_and_of_nothing_else(tmp_path):
    settings = Settings(tmp_path)
    heard = []
    stop = settings.subscribe(lambda: heard.append(settings.text("language")))
    settings.keep({"language": "de"})
    settings.keep({"language": "de"})
    stop()
    settings.keep({"language": "en"})
    assert heard == ["de"]
    assert Settings(tmp_path).text("language") == "en"


def test_words_by_name_are_kept_and_what_is_no_word_is_left_out(tmp_path):
    Settings(tmp_path).keep({"keys": {"bold": "Ctrl+J"}})
    assert Settings(tmp_path).words("keys") == {"bold": "Ctrl+J"}
    (tmp_path / "settings.json").write_text('{"keys": {"bold": 3, "find": "F4"}, "other": "x"}')
    settings = Settings(tmp_path)
    assert (settings.words("keys"), settings.words("other")) == ({"find": "F4"}, {})
