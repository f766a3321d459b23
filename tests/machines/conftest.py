"""What other folders simulate with, for state machines."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _module(name: str, *where: str) -> ModuleType:
    if name not in sys.modules:
        path = Path(__file__).parents[1].joinpath(*where)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def sim() -> ModuleType:
    """The module with Network, Replica, chain, make and author."""
    return _module("sync_replicas", "sync", "replicas.py")


@pytest.fixture(scope="session")
def peers() -> ModuleType:
    """The module with Peer, Timers and NOTE: repositories alone, of `tests/repository`."""
    return _module("repository_peers", "repository", "conftest.py")
