"""What the start script decides and says, without doing it."""

from __future__ import annotations

import ast
import io
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SETTINGS: dict[str, Any] = {
    "build-system": {"requires": []},
    "project": {"name": "goat-notes", "dependencies": ["click"]},
    "tool": {"setuptools": {"packages": {}}, "ruff": {"line-length": 100}},
}


def stamp(start: ModuleType, *extras: str, **changed: Any) -> Any:
    settings = changed.pop("settings", SETTINGS)
    place = {"interpreter": "/usr/bin/python3.11", "root": "/home/ann/goat", **changed}
    return start.wanted_stamp(settings, extras=frozenset(extras), **place)


# --- Python ------------------------------------------------------------------------------------


def test_it_parses_on_python_3_8(start: ModuleType) -> None:
    source = Path(str(start.__file__)).read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))


def test_it_imports_the_standard_library_alone(start: ModuleType) -> None:
    tree = ast.parse(Path(str(start.__file__)).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - set(sys.stdlib_module_names) == set()


def test_an_old_python_hands_over_to_a_newer_one(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    monkeypatch.setattr(start, "newer_pythons", lambda: iter([["/nowhere"], [sys.executable]]))
    monkeypatch.setattr(start, "become", lambda command: command)
    assert start.start(["demo"]) == [sys.executable, start.__file__, "demo"]


def test_an_old_python_alone_says_what_is_needed(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 8, 18))
    monkeypatch.setattr(start, "newer_pythons", lambda: iter([["/nowhere"]]))
    assert start.main([]) == 1
    assert capsys.readouterr().err == (
        "Goat Notes needs Python 3.11 or newer; this is Python 3.8, and no newer one was found. "
        "Install one (from your system's packages or python.org) and start again.\n"
    )


def test_a_name_on_the_path_that_runs_no_python_is_passed_over(
    start: ModuleType, tmp_path: Path
) -> None:
    shim = tmp_path / "python3.13"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    assert start.is_new_enough([sys.executable]) is True
    assert start.is_new_enough([str(shim)]) is False
    assert start.is_new_enough([str(tmp_path / "absent")]) is False


def test_pythons_are_looked_for_on_the_path(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = {"python3.12": "/usr/bin/python3.12", "python3.14": "/opt/python3.14"}
    monkeypatch.setattr(start.shutil, "which", there.get)
    assert list(start.newer_pythons()) == [["/usr/bin/python3.12"], ["/opt/python3.14"]]


# --- System packages ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_root", "has_sudo", "has_terminal", "expected"),
    [
        (True, False, False, "run"),
        (True, True, True, "run"),
        (False, True, True, "ask"),
        (False, True, False, "print"),
        (False, False, True, "print"),
        (False, False, False, "print"),
    ],
)
def test_only_root_is_not_asked_and_only_a_terminal_can_be(
    start: ModuleType, is_root: bool, has_sudo: bool, has_terminal: bool, expected: str
) -> None:
    assert start.consent(is_root, has_sudo, has_terminal) == expected


def test_apt_asks_nothing_itself(start: ModuleType) -> None:
    assert start.shown(start.install_commands("apt-get", ["libgl1", "libegl1"], sudo=True)) == (
        "sudo apt-get update && sudo env DEBIAN_FRONTEND=noninteractive "
        "apt-get install -y --no-install-recommends libgl1 libegl1"
    )


def test_dnf_asks_nothing_itself(start: ModuleType) -> None:
    assert start.shown(start.install_commands("dnf", ["libglvnd-egl"], sudo=False)) == (
        "dnf install -y libglvnd-egl"
    )


def test_packages_are_named_once_and_as_the_system_names_them(start: ModuleType) -> None:
    missing = [
        library
        for library in start.X11_LIBRARIES
        if library.soname in ("libxcb-shape.so.0", "libxcb-shm.so.0", "libxcb-icccm.so.4")
    ]
    assert start.packages_with(missing, "apt-get") == [
        "libxcb-icccm4",
        "libxcb-shape0",
        "libxcb-shm0",
    ]
    assert start.packages_with(missing, "dnf") == ["libxcb", "xcb-util-wm"]


def test_only_libraries_for_the_displays_that_are_named_are_expected(start: ModuleType) -> None:
    qt, x11, wayland = start.QT_LIBRARIES, start.X11_LIBRARIES, start.WAYLAND_LIBRARIES
    assert start.expected_libraries({}) == qt
    assert start.expected_libraries({"DISPLAY": ":0"}) == qt + x11
    assert start.expected_libraries({"WAYLAND_DISPLAY": "wayland-0"}) == qt + wayland
    both = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}
    assert start.expected_libraries(both) == qt + x11 + wayland
    assert start.expected_libraries({**both, "QT_QPA_PLATFORM": "offscreen"}) == qt


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="sonames are Linux's")
def test_a_library_is_missing_when_the_loader_says_so(start: ModuleType) -> None:
    present = start.Library("libc.so.6", "libc6", "glibc")
    absent = start.Library("libgoat-of-nobody.so.9", "libgoat9", "goat")
    assert start.missing_libraries([present, absent]) == [absent]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def commands(start: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A person without rights but with sudo; the commands that are run, and succeed."""
    ran: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 0, "")

    monkeypatch.setattr(start.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(start.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(start.subprocess, "run", run)
    return ran


APT_LIBGL1 = "env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libgl1"


def test_without_a_terminal_the_command_is_printed_and_not_run(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, commands: list[list[str]]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    with pytest.raises(start.Stop) as stop:
        start.provide(["libgl1"], "apt-get", "No GL.")
    assert stop.value.sentence == (
        f"No GL. Run this once, then start again:\n  sudo apt-get update && sudo {APT_LIBGL1}"
    )
    assert stop.value.code == 1
    assert commands == []


@pytest.mark.parametrize("answer", ["\n", "y\n", "Yes\n"])
def test_a_yes_runs_what_was_shown(
    start: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    commands: list[list[str]],
    capsys: pytest.CaptureFixture[str],
    answer: str,
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    start.provide(["libgl1"], "apt-get", "No GL.")
    assert start.shown(commands) == f"sudo apt-get update && sudo {APT_LIBGL1}"
    assert start.shown(commands) in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["n\n", "what?\n", ""])
def test_anything_but_a_yes_runs_nothing(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch, commands: list[list[str]], answer: str
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    with pytest.raises(start.Stop, match="Nothing was installed"):
        start.provide(["libgl1"], "apt-get", "No GL.")
    assert commands == []


def test_a_python_without_virtual_environments_gets_the_package_of_its_version(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: name == "venv" or None)
    monkeypatch.setattr(start.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(start, "base_interpreter", lambda: "/usr/bin/python3.11")
    monkeypatch.setattr(start, "provide", lambda packages, *_: asked.append(packages))
    monkeypatch.setattr(start.sys, "platform", "linux")
    monkeypatch.setattr(sys, "version_info", (3, 11, 2))
    with pytest.raises(start.Stop, match="still missing after the installation"):
        start.provide_venv()
    assert asked == [["python3.11-venv"]]


def test_a_python_of_ones_own_without_virtual_environments_is_not_for_apt_to_mend(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(start, "base_interpreter", lambda: "/home/ann/python/bin/python3.11")
    with pytest.raises(start.Stop, match="Install a complete Python"):
        start.provide_venv()


# --- The environment ---------------------------------------------------------------------------


def test_settings_of_tools_do_not_count_but_dependencies_do(start: ModuleType) -> None:
    tools = {**SETTINGS, "tool": {**SETTINGS["tool"], "ruff": {"line-length": 80}}}
    needs = {**SETTINGS, "project": {**SETTINGS["project"], "dependencies": ["click", "PyYAML"]}}
    assert stamp(start, settings=tools) == stamp(start)
    assert stamp(start, settings=needs).project != stamp(start).project
    assert stamp(start, settings=needs).place == stamp(start).place


def test_a_moved_folder_and_another_interpreter_are_another_place(start: ModuleType) -> None:
    moved = stamp(start, root="/home/ann/goat2")
    other = stamp(start, interpreter="/usr/bin/python3.12")
    assert len({stamp(start).place, moved.place, other.place}) == 3
    assert moved.project == other.project == stamp(start).project


def test_an_environment_fits_when_it_holds_at_least_what_is_wanted(start: ModuleType) -> None:
    window, tests = stamp(start, "desktop"), stamp(start, "desktop", "test")
    assert start.fits(window, window) is True
    assert start.fits(tests, window) is True
    assert start.fits(window, tests) is False
    assert start.fits(None, window) is False
    assert start.fits(stamp(start, "desktop", root="/elsewhere"), window) is False


def test_an_older_one_may_serve_in_its_own_place_only(start: ModuleType) -> None:
    wanted = stamp(start, "desktop")
    older = stamp(start, "desktop", settings={})
    assert start.fits(older, wanted) is False
    assert start.may_serve(older, wanted) is True
    assert start.may_serve(stamp(start, settings={}), wanted) is False
    assert start.may_serve(stamp(start, "desktop", root="/elsewhere"), wanted) is False
    assert start.may_serve(None, wanted) is False


def test_a_new_environment_keeps_what_the_old_one_held(start: ModuleType) -> None:
    older = stamp(start, "desktop", "test", settings={})
    wanted = stamp(start, "desktop")
    assert start.to_build(older, wanted) == stamp(start, "desktop", "test")
    assert start.to_build(None, wanted) == wanted


def test_a_stamp_reads_back_and_a_damaged_one_counts_for_nothing(
    start: ModuleType, tmp_path: Path
) -> None:
    written = stamp(start, "desktop", "test")
    assert start.read_stamp(tmp_path) is None
    start.write_stamp(tmp_path, written)
    assert start.read_stamp(tmp_path) is None, "it has no interpreter"
    start.venv_python(tmp_path).parent.mkdir()
    start.venv_python(tmp_path).touch()
    assert start.read_stamp(tmp_path) == written
    text = (tmp_path / start.STAMP).read_text()
    for damaged in ("", "[]", "{}", text[:20], text.replace('["desktop", "test"]', "7")):
        (tmp_path / start.STAMP).write_text(damaged)
        assert start.read_stamp(tmp_path) is None


@pytest.mark.parametrize(
    ("output", "beginning"),
    [
        ("... [Errno -3] Temporary failure in name resolution ...", "Goat Notes needs the network"),
        ("Failed to establish a new connection: [Errno 111]", "Goat Notes needs the network"),
        ("ERROR: ... [Errno 28] No space left on device", "The disk is full"),
        ("ERROR: No matching distribution found for click>=99", "The packages that Goat Notes"),
    ],
)
def test_pip_is_put_into_a_sentence(start: ModuleType, output: str, beginning: str) -> None:
    assert start.why_pip_failed(output).startswith(beginning)


def test_a_person_who_waits_sees_what_is_fetched(start: ModuleType) -> None:
    wheel = "PySide6_Essentials-6.11.3-cp310-abi3-manylinux_2_34_x86_64.whl (80.3 MB)"
    assert start.progress(f"Downloading {wheel}") == "  fetching PySide6_Essentials (80.3 MB)"
    from_address = f"Downloading https://example.org/packages/{wheel}"
    assert start.progress(from_address) == "  fetching PySide6_Essentials (80.3 MB)"
    assert start.progress("Installing collected packages: click, goat-notes") == "  unpacking"
    assert start.progress("Collecting click>=8.1") is None


# --- The display -------------------------------------------------------------------------------


def test_on_linux_a_display_must_be_named(
    start: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start.sys, "platform", "linux")
    assert start.names_a_display({"DISPLAY": "", "PATH": "/bin"}) is False
    assert start.names_a_display({"DISPLAY": ":0"}) is True
    assert start.names_a_display({"WAYLAND_DISPLAY": "wayland-0"}) is True
    monkeypatch.setattr(start.sys, "platform", "darwin")
    assert start.names_a_display({}) is True


def test_a_platform_is_tried_and_not_believed(start: ModuleType, tmp_path: Path) -> None:
    python = Path(sys.executable)
    works = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    assert start.try_platform(python, works) is None
    trouble = start.try_platform(python, {**works, "QT_QPA_PLATFORM": "no-such-platform"})
    assert 'Could not find the Qt platform plugin "no-such-platform"' in trouble


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 as on Linux")
def test_a_dead_display_is_found_out(start: ModuleType, tmp_path: Path) -> None:
    dead = {"DISPLAY": "127.0.0.1:97", "HOME": str(tmp_path)}
    assert start.try_platform(Path(sys.executable), dead) is not None
