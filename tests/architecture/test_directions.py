"""The house: which room may import which, and what works without a window."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Each room of goatcore and those that it may import; itself is understood.
VALUES = {"errors", "ids", "clock", "values"}
SCHEMA = VALUES | {"schema"}
STATE = SCHEMA | {"history", "trust"}
MIDDLE = {"query", "sync", "storage"}
ALLOWED = {
    "errors": set(),
    "ids": {"errors"},
    "clock": {"errors"},
    "values": {"errors", "ids", "clock"},
    "schema": VALUES,
    "history": SCHEMA,  # neither knows
    "trust": SCHEMA | {"history"},  # of trust, only the machines that carry commits know them
    "query": STATE,
    "sync": STATE,
    "storage": STATE,
    "repository": STATE | MIDDLE,
    "transport": STATE | MIDDLE,
    "checking": STATE | MIDDLE | {"repository"},
    "backup": STATE | MIDDLE | {"repository", "checking", "database"},
    "scheduling": VALUES,
    "founding": STATE,
    "marking": {"errors", "ids", "values", "storage", "sync", "scheduling"},
    "journaling": {"ids", "storage", "trust", "scheduling"},
    "members": STATE | MIDDLE | {"repository"},
    "workspace": STATE
    | MIDDLE
    | {"repository", "scheduling", "members", "founding", "journaling", "marking"},
    "database": STATE | MIDDLE | {"repository", "members", "founding", "workspace"},
    "network": STATE | MIDDLE | {"repository", "transport", "scheduling", "members", "database"},
    "search": STATE | MIDDLE | {"repository", "scheduling", "database"},
    "__init__": STATE
    | MIDDLE
    | {"repository", "transport", "workspace", "database", "network", "search", "members"}
    | {"checking", "backup"},
}
OUTSIDE_ONLY = {"PySide6", "qasync", "shiboken6"}
NO_CLOCK_OR_NET = {"asyncio", "socket", "time", "threading", "websockets", "zeroconf"}
SANS_IO = {"errors", "ids", "values", "schema", "history", "query", "sync"}


def modules(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found.add(node.module or "")
    return found


def room(path: Path) -> str:
    return path.relative_to(ROOT / "goatcore").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules("goatcore"), ids=lambda p: str(p.relative_to(ROOT)))
def test_rooms_import_only_what_lies_below_them(path):
    here = room(path)
    assert here in ALLOWED, f"{here} is a new room: say here what it may import"
    for name in imported(path):
        if name.startswith("goatcore."):
            there = name.split(".")[1]
            assert there == here or there in ALLOWED[here], f"{path} imports {name}"
        else:
            top = name.split(".")[0]
            assert top not in OUTSIDE_ONLY | {"ui", "app", "resources"}, f"{path} imports {name}"
            if here in SANS_IO:
                assert top not in NO_CLOCK_OR_NET, f"{path} imports {name}"


@pytest.mark.parametrize("path", modules("ui"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_window_uses_the_front_door_only(path):
    for name in imported(path):
        assert not name.startswith("goatcore."), f"{path} imports {name}, not the front door"
        assert name.split(".")[0] != "app", f"{path} imports {name}"


@pytest.mark.parametrize("path", modules("ui/operations"), ids=lambda p: str(p.relative_to(ROOT)))
def test_operations_are_free_of_qt(path):
    for name in imported(path):
        assert name.split(".")[0] not in OUTSIDE_ONLY, f"{path} imports {name}"
        assert not name.startswith("ui.") or name.startswith(("ui.operations", "ui.language"))


@pytest.mark.parametrize("module", ["goatcore", "ui.operations.notes", "app.main"])
def test_the_engine_and_the_command_line_load_without_qt(module):
    script = (
        "import sys\n"
        "class Bar:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name.split('.')[0] in {sorted(OUTSIDE_ONLY)!r}:\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Bar())\n"
        f"import {module}\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_top_level_is_the_one_that_readers_expect():
    assert not (ROOT / "packaging" / "__init__.py").exists()  # it would shadow a library
    expected = {
        ".ci", ".gitignore", "LICENSE", "README.md", "app", "goatcore", "packaging",
        "pyproject.toml", "resources", "tests", "ui",
    }  # fmt: skip
    assert expected <= {path.name for path in ROOT.iterdir()}
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert {line.split("/")[0] for line in listed.stdout.splitlines()} == expected
