"""What every test folder shares: the --slow option, Hypothesis's profile, Qt without a screen."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
for name in ("LC_ALL", "LANG"):  # tests read English, whatever this computer speaks
    os.environ[name] = "C.UTF-8"
os.environ.pop("LANGUAGE", None)

# Every change is judged by the same examples; --slow looks for new ones, and a failure prints the
# line that replays it. Slow machines are not bugs.
_PATIENT = {"print_blob": True, "deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("ci", derandomize=True, **_PATIENT)
settings.register_profile("slow", derandomize=False, **_PATIENT)
settings.load_profile("ci")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background by a shell:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # programs under test must hear it


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the tests marked slow")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--slow"):
        settings.load_profile("slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--slow"):
        return
    skip = pytest.mark.skip(reason="slow: runs with --slow")
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(skip)
