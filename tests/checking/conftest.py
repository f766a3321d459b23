"""A workspace with a few notes, closed, and ways to check it."""

from __future__ import annotations

import time

import pytest

from goatcore import Database, Schema, WorkspaceCheck, string, text

NOTE = Schema("note", 1, title=string(), body=text())
PATH = "/notes/home"


def run(check: WorkspaceCheck):
    steps = check.run()
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.fixture
def open_(tmp_path):
    """Opens the workspace; what is open at the end is closed."""
    made = []

    def open_now(name="w", home="home"):
        database = Database.open(
            tmp_path / name, home=tmp_path / home, member_name="Ann", device_name="Desk"
        )
        database.repository(PATH).register(NOTE)
        made.append(database)
        return database

    yield open_now
    for database in made:
        database.close()


@pytest.fixture
def filled(open_):
    """Closed, with notes 0 … n-1, each in a commit of its own; gives the ids of these commits."""

    def fill(count=4):
        database = open_()
        home = database.repository(PATH)
        for n in range(count):
            home.create(NOTE, title=f"note {n}", body="some words")
        database.close()
        return database, home

    return fill


@pytest.fixture
def check(tmp_path):
    def check_now(folder=None, pause=lambda: time.sleep(0.001), **more):
        return run(WorkspaceCheck(folder or tmp_path / "w", pause=pause, **more))

    return check_now


@pytest.fixture
def log_of(tmp_path):
    def log(database, path=PATH):
        return tmp_path / "w" / f"{database.repository_id(path).hex()}.goat"

    return log


@pytest.fixture
def note():
    return NOTE
