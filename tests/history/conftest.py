"""What the tests of histories share: the plain reading of changes, and random ones."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


def _load(name):
    spec = importlib.util.spec_from_file_location(f"history_{name}", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def naive():
    """The reference: what a set of changes means, computed plainly."""
    return _load("naive")


@pytest.fixture(scope="session")
def histories():
    """Random histories, and other orders of the same."""
    return _load("histories")


@pytest.fixture(scope="session")
def traces():
    """The folder of real editing traces, or None."""
    folder = os.environ.get("GOAT_TRACES")
    return Path(folder) if folder else None


@pytest.fixture(scope="session")
def vectors():
    """The folder of frozen vectors."""
    return FOLDER / "vectors"
