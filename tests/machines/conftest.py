"""The simulated network of `tests/sync/replicas.py`, for state machines."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def sim() -> ModuleType:
    """The module with Network, Replica, chain, make and author."""
    name = "sync_replicas"
    if name not in sys.modules:
        path = Path(__file__).parents[1] / "sync" / "replicas.py"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]
