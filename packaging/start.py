"""Set up Goat Notes and open it, in one command: python3 packaging/start.py

    start.py            set up what is missing, then open the window
                        (where no display works: the demo of two peers, in the terminal)
    start.py setup      set up and stop
    start.py test ...   set up, then run the tests; more words go to pytest (--slow for all)
    start.py WORDS ...  set up, then run "goat WORDS ..."

Owns: the .venv folder beside it, and nothing else outside a question to the person. Invariant:
.venv is either whole or absent. It is built as .venv.new and renamed when complete; its stamp
(what it was built from and for) is written last. A start that finds a fitting stamp changes
nothing and asks the network nothing.

Standard library only, and it must parse on Python 3.8, to be able to say that 3.11 is needed.
It talks on standard error, so that what "goat" prints can be piped.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Iterator, NamedTuple, Sequence

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_NEW = ROOT / ".venv.new"
VENV_OLD = ROOT / ".venv.old"
LOCK = ROOT / ".start.lock"
STAMP = "goat-notes.stamp"

NEEDED = (3, 11)
NEEDED_NAME = "3.11"
NEWER = ("3.13", "3.12", "3.11", "3.14")  # the order in which others are looked for
PLATFORM_TRIAL_S = 30
PATIENCE_S = 5


class Stop(Exception):
    """The start can't go on. The sentence says why and what the person can do."""

    def __init__(self, sentence: str, code: int = 1) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


def say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


# --- A Python that is new enough ---------------------------------------------------------------


def newer_pythons() -> Iterator[list[str]]:
    """Commands that may start a Python that is new enough, best first. None was tried yet."""
    for name in NEWER:
        if os.name == "nt":
            launcher = shutil.which("py")
            if launcher:
                yield [launcher, "-" + name]
        found = shutil.which("python" + name)
        if found:
            yield [found]


def is_new_enough(command: Sequence[str]) -> bool:
    """Whether that command really runs (a name on the path may lead nowhere) and is 3.11+."""
    test = f"import sys; sys.exit(sys.version_info < {NEEDED})"
    try:
        tried = subprocess.run(
            [*command, "-c", test],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0


def start_with_newer_python(words: Sequence[str]) -> int:
    for command in newer_pythons():
        if is_new_enough(command):
            return become([*command, str(Path(__file__).resolve()), *words])
    raise Stop(
        f"Goat Notes needs Python {NEEDED_NAME} or newer; this is Python {this_version()}, and no "
        "newer one was found. Install one (from your system's packages or python.org) and start "
        "again."
    )


def this_version() -> str:
    return f"{sys.version_info[0]}.{sys.version_info[1]}"


def become(command: Sequence[str]) -> int:
    """Go on as another program. Where a process can't be replaced, wait for its exit code."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name != "nt":
        os.execv(command[0], list(command))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the child too, and it decides
    return subprocess.run(command, check=False).returncode


# --- System packages ---------------------------------------------------------------------------


class Library(NamedTuple):
    """A shared library that Qt's wheels expect of the system, and the packages that carry it."""

    soname: str
    apt: str
    dnf: str


QT_LIBRARIES = (
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libGL.so.1", "libgl1", "libglvnd-glx"),
    Library("libEGL.so.1", "libegl1", "libglvnd-egl"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    Library("libfreetype.so.6", "libfreetype6", "freetype"),
    Library("libgssapi_krb5.so.2", "libgssapi-krb5-2", "krb5-libs"),
)
X11_LIBRARIES = (
    Library("libX11-xcb.so.1", "libx11-xcb1", "libX11-xcb"),
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    Library("libxcb-randr.so.0", "libxcb-randr0", "libxcb"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    Library("libxcb-shm.so.0", "libxcb-shm0", "libxcb"),
    Library("libxcb-sync.so.1", "libxcb-sync1", "libxcb"),
    Library("libxcb-xfixes.so.0", "libxcb-xfixes0", "libxcb"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
)
WAYLAND_LIBRARIES = (
    Library("libwayland-client.so.0", "libwayland-client0", "libwayland-client"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor"),
    Library("libwayland-egl.so.1", "libwayland-egl1", "libwayland-egl"),
)


def expected_libraries(environment: dict[str, str]) -> tuple[Library, ...]:
    """What Qt will load under these variables: windows only where a display is named."""
    expected: tuple[Library, ...] = QT_LIBRARIES
    if environment.get("QT_QPA_PLATFORM") == "offscreen":
        return expected
    if environment.get("DISPLAY"):
        expected += X11_LIBRARIES
    if environment.get("WAYLAND_DISPLAY"):
        expected += WAYLAND_LIBRARIES
    return expected


def missing_libraries(expected: Sequence[Library]) -> list[Library]:
    """Those that the system's own loader can't load. Runs apart: loading can't be undone."""
    code = (
        "import ctypes, sys\n"
        "for name in sys.argv[1:]:\n"
        "    try: ctypes.CDLL(name)\n"
        "    except OSError: print(name)\n"
    )
    tried = subprocess.run(
        [sys.executable, "-I", "-c", code, *(library.soname for library in expected)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    absent = set(tried.stdout.split())
    return [library for library in expected if library.soname in absent]


def package_manager() -> str | None:
    return next((name for name in ("apt-get", "dnf") if shutil.which(name)), None)


def packages_with(libraries: Sequence[Library], manager: str) -> list[str]:
    names = {library.apt if manager == "apt-get" else library.dnf for library in libraries}
    return sorted(names)


def install_commands(manager: str, packages: Sequence[str], sudo: bool) -> list[list[str]]:
    """The commands that install those packages without asking anything themselves."""
    prefix = ["sudo"] if sudo else []
    if manager == "apt-get":
        quiet = ["env", "DEBIAN_FRONTEND=noninteractive"]
        install = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
        return [[*prefix, "apt-get", "update"], [*prefix, *quiet, *install]]
    return [[*prefix, manager, "install", "-y", *packages]]


def shown(commands: Sequence[Sequence[str]]) -> str:
    return " && ".join(" ".join(shlex.quote(word) for word in command) for command in commands)


def consent(is_root: bool, has_sudo: bool, has_terminal: bool) -> str:
    """What to do with a command that changes the system: "run" it, "ask" first, "print" it."""
    if is_root:
        return "run"
    return "ask" if has_sudo and has_terminal else "print"


def said_yes(question: str) -> bool:
    print(question, end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline()  # empty at the end of input, which is not a yes
    return bool(answer) and answer.strip().lower() in ("", "y", "yes")


def provide(packages: Sequence[str], manager: str, why: str) -> None:
    """Install system packages, as far as this person may and wants to. Raises Stop otherwise."""
    is_root = sys.platform != "win32" and os.geteuid() == 0
    commands = install_commands(manager, packages, sudo=not is_root)
    has_terminal = sys.stdin is not None and sys.stdin.isatty()
    way = consent(is_root, shutil.which("sudo") is not None, has_terminal)
    later = f"{why} Run this once, then start again:\n  {shown(commands)}"
    if way == "print":
        raise Stop(later)
    if way == "ask":
        say(f"{why} This installs what is missing:\n  {shown(commands)}")
        if not said_yes("Run it now? [Y/n] "):
            raise Stop("Nothing was installed. Run the command yourself, then start again.")
    else:
        say(f"{why} Installing: {' '.join(packages)}")
    for command in commands:
        ran = subprocess.run(
            command,
            stdin=None if way == "ask" else subprocess.DEVNULL,
            stdout=sys.stderr if way == "ask" else subprocess.PIPE,
            stderr=None if way == "ask" else subprocess.STDOUT,
            text=True,
            check=False,
        )
    if ran.returncode != 0:  # the last one: an update may fail in part and still be enough
        if ran.stdout:
            say("\n".join(ran.stdout.splitlines()[-8:]))
        raise Stop("The system packages could not be installed (no network?). " + later)


def provide_venv() -> None:
    """See to the parts of Python that make a .venv; some systems pack them apart."""
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return
    why = "This Python lacks the part that makes virtual environments."
    manager = package_manager() if sys.platform.startswith("linux") else None
    if manager != "apt-get" or not base_interpreter().startswith("/usr/bin/"):
        raise Stop(f"{why} Install a complete Python {NEEDED_NAME} or newer and start with it.")
    provide([f"python{this_version()}-venv"], manager, why)
    importlib.invalidate_caches()
    if not importlib.util.find_spec("ensurepip"):
        raise Stop(why + " It is still missing after the installation.")


# --- The environment ---------------------------------------------------------------------------


class Stamp(NamedTuple):
    """What a .venv was built from and where (two hashes), and which extras it holds."""

    project: str
    place: str
    extras: frozenset[str]


def base_interpreter() -> str:
    """The interpreter under whichever virtual environment this one runs in."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


def project() -> dict[str, Any]:
    import tomllib  # absent before 3.11

    try:
        return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Stop(f"There is no pyproject.toml in {ROOT}: get Goat Notes whole.") from None
    except (OSError, ValueError) as damage:
        raise Stop(f"pyproject.toml can't be read: {damage}.") from damage


def hash_of(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8")).hexdigest()


def wanted_stamp(
    settings: dict[str, Any], interpreter: str, root: str, extras: frozenset[str]
) -> Stamp:
    """The stamp of a .venv that fits. The settings of linters and tests are not in it."""
    installed = ("build-system", "project")
    packed = settings.get("tool", {}).get("setuptools")
    return Stamp(
        project=hash_of(*(settings.get(name) for name in installed), packed),
        place=hash_of(interpreter, sys.version_info[:2], root),
        extras=extras,
    )


def read_stamp(venv: Path) -> Stamp | None:
    """The stamp of a whole .venv that still has its interpreter, or None."""
    if not venv_python(venv).exists():
        return None
    try:
        stored = json.loads((venv / STAMP).read_text(encoding="utf-8"))
        return Stamp(str(stored["project"]), str(stored["place"]), frozenset(stored["extras"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_stamp(venv: Path, stamp: Stamp) -> None:
    stored = {**stamp._asdict(), "extras": sorted(stamp.extras)}
    (venv / STAMP).write_text(json.dumps(stored) + "\n", encoding="utf-8")


def fits(found: Stamp | None, wanted: Stamp) -> bool:
    return found is not None and found.project == wanted.project and may_serve(found, wanted)


def may_serve(found: Stamp | None, wanted: Stamp) -> bool:
    """Whether an older .venv can open the application when a newer one can't be had."""
    return found is not None and found.place == wanted.place and wanted.extras <= found.extras


def to_build(found: Stamp | None, wanted: Stamp) -> Stamp:
    """A new .venv holds what the old one held, so that no command takes from another."""
    return wanted if found is None else wanted._replace(extras=wanted.extras | found.extras)


def venv_python(venv: Path) -> Path:
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(str(folder))


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock on that file; wait, and say so, while another process holds it."""
    with open(str(path), "a+b") as file:
        waiting = False
        while not try_lock(file.fileno()):
            if not waiting:
                say("Another start is setting up; waiting for it to finish.")
                waiting = True
            time.sleep(0.2)
        yield  # closing the file, or the end of the process, lets go of the lock


def try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def ensure_environment(extras: Sequence[str], older_will_do: bool) -> Path:
    """The interpreter of a .venv that holds those extras, built now if need be."""
    wanted = wanted_stamp(project(), base_interpreter(), str(ROOT), frozenset(extras))
    if fits(read_stamp(VENV), wanted):
        return venv_python(VENV)
    try:
        with only_one(LOCK):
            found = read_stamp(VENV)  # another start may have finished meanwhile
            if not fits(found, wanted):
                build(to_build(found, wanted), keep_old=not (VENV / STAMP).exists())
    except Stop as stop:
        if not (older_will_do and may_serve(found, wanted)):
            raise
        say(stop.sentence)
        say("Going on with what was installed before.")
    except OSError as refusal:
        raise Stop(
            f"Goat Notes can't write in {ROOT}: {refusal.strerror} ({refusal.filename}). If it is "
            "open, close it; if the folder is read-only, use a copy in a folder of your own."
        ) from refusal
    return venv_python(VENV)


def build(stamp: Stamp, keep_old: bool) -> None:
    """Make .venv.new, complete it, and only then put it in the place of .venv."""
    remove(VENV_NEW)
    provide_venv()
    say(f"Setting up Goat Notes in {VENV}. This happens once and takes a minute or two.")
    try:
        make_venv(VENV_NEW)
        install(venv_python(VENV_NEW), stamp.extras)
        relocate(VENV_NEW, str(VENV_NEW), str(VENV))
        write_stamp(VENV_NEW, stamp)
        remove(VENV_OLD)
        if VENV.exists() or VENV.is_symlink():
            VENV.rename(VENV_OLD)
        VENV_NEW.rename(VENV)
    except BaseException:
        shutil.rmtree(str(VENV_NEW), ignore_errors=True)
        if VENV_OLD.exists() and not VENV.exists():
            VENV_OLD.rename(VENV)
        raise
    if not VENV_OLD.exists():
        return
    if keep_old:
        say(f"The .venv that was there was not made by this script; it is kept as {VENV_OLD}.")
    else:
        shutil.rmtree(str(VENV_OLD), ignore_errors=True)


def make_venv(venv: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-I", "-m", "venv", "--prompt", VENV.name, str(venv)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        say("\n".join(made.stdout.splitlines()[-8:]))
        raise Stop(f"Python could not make the folder {venv}, for the reason above.")


OFFLINE = (
    "Failed to establish a new connection",
    "name resolution",
    "getaddrinfo failed",
    "nodename nor servname",
    "Network is unreachable",
    "No route to host",
    "Connection refused",
    "ConnectTimeoutError",
    "Read timed out",
    "Cannot connect to proxy",
    "RemoteDisconnected",
)


def why_pip_failed(output: str) -> str:
    """pip's many words as one sentence."""
    if any(sign in output for sign in OFFLINE):
        return (
            "Goat Notes needs the network while it sets itself up, and could not reach the place "
            "its packages come from. Connect and start again; later starts work offline."
        )
    if "No space left on device" in output:
        return "The disk is full: Goat Notes needs 400 MB. Make room and start again."
    return "The packages that Goat Notes needs could not be installed, for the reason above."


def progress(line: str) -> str | None:
    """What of pip's report is worth a line to the person who waits."""
    wheel = re.match(r"Downloading (?:\S*/)?([A-Za-z0-9_.]+)-\d\S* \((.+)\)$", line)
    if wheel:
        return f"  fetching {wheel[1]} ({wheel[2]})"
    return "  unpacking" if line.startswith("Installing collected packages") else None


def install(python: Path, extras: frozenset[str]) -> None:
    """Install the checkout itself, so that an edit in it shows at once, and what it needs."""
    names = ",".join(sorted(extras))
    environment = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    lines = []
    with subprocess.Popen(
        [
            *(str(python), "-I", "-m", "pip", "install", "--no-input"),
            *("--disable-pip-version-check", "--progress-bar", "off", "--retries", "3"),
            *("--editable", f".[{names}]"),
        ],
        cwd=str(ROOT),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as pip:
        assert pip.stdout is not None
        try:
            for line in pip.stdout:
                lines.append(line.strip())
                report = progress(lines[-1])
                if report:
                    say(report)
        except BaseException:
            let_go(pip)
            raise
    if pip.returncode != 0:
        sentence = why_pip_failed("\n".join(lines))
        if "above" in sentence:
            say("\n".join(lines[-12:]))
        raise Stop(sentence)


def let_go(child: subprocess.Popen[str]) -> None:
    """Ctrl+C reached the child as well: let it clean up after itself, but not for long."""
    try:
        child.wait(timeout=PATIENCE_S)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):
        child.kill()


def relocate(venv: Path, old: str, new: str) -> None:
    """Write the place where the folder will stand into its scripts (and Windows launchers)."""
    scripts = venv_python(venv).parent
    for path in [venv / "pyvenv.cfg", *scripts.iterdir()]:
        if path.is_symlink() or not path.is_file():
            continue
        content = path.read_bytes()
        moved = content.replace(os.fsencode(old), os.fsencode(new))
        if moved != content:
            path.write_bytes(moved)


# --- The display -------------------------------------------------------------------------------

TRIAL = """
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
except (ImportError, OSError, ValueError):
    pass
from PySide6 import QtNetwork, QtSvg, QtWidgets
application = QtWidgets.QApplication(["goat"])
print("works on", application.platformName())
"""


def names_a_display(environment: dict[str, str]) -> bool:
    """Whether there may be a display at all. That one is named does not mean that it lives."""
    if not sys.platform.startswith("linux"):
        return True
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(environment.get(name) for name in names)


def try_platform(python: Path, environment: dict[str, str]) -> str | None:
    """Open Qt in a process of its own, where it may abort. None if it works, else its words."""
    try:
        tried = subprocess.run(
            [str(python), "-I", "-c", TRIAL],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=PLATFORM_TRIAL_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"the display did not answer within {PLATFORM_TRIAL_S} s"
    if tried.returncode == 0 and "works on" in tried.stdout:
        return None
    return tried.stdout.strip() or f"exit code {tried.returncode}"


def ensure_qt(python: Path, environment: dict[str, str]) -> str | None:
    """Make Qt work under these variables, with system packages if that is what it lacks.

    Returns None if it works, else Qt's words. Raises Stop when libraries are missing and can't
    be installed."""
    trouble = try_platform(python, environment)
    if trouble is None or not sys.platform.startswith("linux"):
        return trouble
    missing = missing_libraries(expected_libraries(environment))
    if not missing:
        return trouble
    manager = package_manager()
    if manager is None:
        names = ", ".join(library.soname for library in missing)
        raise Stop(
            f"The window needs system libraries that are missing here: {names}. Install them with "
            "your system's package manager and start again."
        )
    provide(packages_with(missing, manager), manager, "The window needs system packages.")
    return try_platform(python, environment)


# --- What was asked for ------------------------------------------------------------------------


def offscreen(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "QT_QPA_PLATFORM": "offscreen"}


def run_tests(python: Path, words: Sequence[str]) -> int:
    environment = offscreen(dict(os.environ))
    trouble = ensure_qt(python, environment)
    if trouble is not None:
        raise Stop(f"Qt does not start on this machine:\n{trouble}")
    os.environ.update(environment)
    os.chdir(str(ROOT))
    return become([str(python), "-m", "pytest", *words])


def finish_setup(python: Path) -> int:
    trouble = ensure_qt(python, offscreen(dict(os.environ)))
    if trouble is None and names_a_display(dict(os.environ)):
        ensure_qt(python, dict(os.environ))  # a display that is dead today may live tomorrow
    if trouble is not None:
        raise Stop(f"Qt does not start on this machine:\n{trouble}")
    say(f"Goat Notes is set up. Open it with: {shown([[sys.executable, __file__]])}")
    return 0


def open_goat(python: Path, words: Sequence[str]) -> int:
    if not words:
        environment = dict(os.environ)
        if not names_a_display(environment) or ensure_qt(python, environment) is not None:
            say("There is no usable display, so here is the demo of two peers in the terminal.")
            words = ["demo"]
    # -P: a folder named "app" where the person stands must not stand in for ours
    return become([str(python), "-P", "-m", "app.main", *words])


def start(words: Sequence[str]) -> int:
    if sys.version_info < NEEDED:
        return start_with_newer_python(words)
    if words[:1] == ["test"]:
        return run_tests(ensure_environment(["desktop", "test"], older_will_do=False), words[1:])
    python = ensure_environment(["desktop"], older_will_do=words != ["setup"])
    if words == ["setup"]:
        return finish_setup(python)
    return open_goat(python, words)


def main(words: Sequence[str]) -> int:
    try:
        return start(list(words))
    except Stop as stop:
        say(stop.sentence)
        return stop.code
    except KeyboardInterrupt:
        say("\nStopped. Nothing half-made was kept; the next start begins where this one did.")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
