"""The files of tests/bench, which are no package, as modules."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "bench"


def _load(name):
    known = sys.modules.get(f"bench_{name}")
    if known is not None:
        return known
    spec = importlib.util.spec_from_file_location(f"bench_{name}", FOLDER / f"{name}.py")
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def run():
    return _load("run")


@pytest.fixture(scope="session")
def text():
    return _load("text")


@pytest.fixture(scope="session")
def traces(text):
    return text.traces


@pytest.fixture(scope="session")
def commits(text):
    return text.commits


@pytest.fixture(scope="session")
def peers(text):
    return text.peers


@pytest.fixture(scope="session")
def compact():
    return _load("compact")
