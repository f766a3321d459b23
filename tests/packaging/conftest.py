"""The start script as a module, and a small checkout that it can set up without a network."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "goat-notes"
version = "1"
dependencies = []

[project.optional-dependencies]
desktop = []
test = []

[project.scripts]
goat = "app.main:main"
"""

# What an editable installation comes down to: one file that leads to the checkout.
# It waits while a file "hold" is there, so that a test can look at a start half-way.
BACKEND = """
import pathlib, time, zipfile

HERE = pathlib.Path(__file__).resolve().parent
FILES = {
    "goat_notes.pth": f"{HERE}\\n",
    "goat_notes-1.dist-info/WHEEL":
        "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    "goat_notes-1.dist-info/METADATA":
        "Metadata-Version: 2.1\\nName: goat-notes\\nVersion: 1\\n"
        "Provides-Extra: desktop\\nProvides-Extra: test\\n",
    "goat_notes-1.dist-info/entry_points.txt": "[console_scripts]\\ngoat = app.main:main\\n",
}

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    (HERE / "half-way").touch()
    while (HERE / "hold").exists():
        time.sleep(0.02)
    needs = HERE / "needs.txt"
    if needs.exists():
        name = "goat_notes-1.dist-info/METADATA"
        FILES[name] += f"Requires-Dist: {needs.read_text()}\\n"
    name = "goat_notes-1-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(wheel_directory) / name, "w") as wheel:
        for path, text in FILES.items():
            wheel.writestr(path, text)
        record = "".join(f"{path},,\\n" for path in FILES)
        wheel.writestr("goat_notes-1.dist-info/RECORD", record)
    return name
"""

MAIN = """
import sys

def main():
    print("goat", *sys.argv[1:])

if __name__ == "__main__":
    main()
"""


class Checkout:
    """A folder laid out as ours, with an application that only says how it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for path, text in {
            "pyproject.toml": PYPROJECT,
            "backend.py": BACKEND,
            "app/__init__.py": "",
            "app/main.py": MAIN,
        }.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        (folder / "packaging").mkdir()
        shutil.copy(ROOT / "packaging" / "start.py", folder / "packaging")

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PIP_", "QT_", "DISPLAY", "WAYLAND"))
        }
        offline = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
        return subprocess.Popen(
            [sys.executable, self.folder / "packaging" / "start.py", *words],
            cwd=self.folder.parent,
            env={**inherited, **offline, "PYTHONDONTWRITEBYTECODE": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str, **environment: str) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of a whole start."""
        started = self.start(*words, **environment)
        output, errors = started.communicate(timeout=100)
        return started.returncode, output, errors

    def state(self) -> dict[str, tuple[int, int]]:
        """Size and time of every file and folder, links not followed."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            seen = path.lstat()
            found[str(path.relative_to(self.folder))] = (seen.st_size, seen.st_mtime_ns)
        return found


@pytest.fixture(scope="session")
def start() -> ModuleType:
    spec = importlib.util.spec_from_file_location("start", ROOT / "packaging" / "start.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def new_checkout() -> type[Checkout]:
    return Checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "a checkout")
