"""`goat verify`."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.command_line import INTERRUPTED, Failed, Wishes, common_options, pass_wishes

if TYPE_CHECKING:
    from goatcore import Checked, Finding

PAUSE_S = 0.02
SHOWN_MAX = 200


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…", type=click.Path(path_type=Path))
@common_options
@pass_wishes
def verify(wishes: Wishes, paths: tuple[Path, ...]) -> int:
    """Check every byte, hash and signature of your notes, or of the folders and files at PATH.

    A PATH is the folder of a workspace, a backup of one, or a single file of a notebook. Nothing is
    written, so it can run while Goat Notes is open. What is wrong is named: the file and place, the
    change, who made it and when, and the notes that it is about.

    The exit code is 0 if all is well and 1 if something is wrong.
    """
    from goatcore import GoatError

    folders = chosen_folders(wishes, paths)
    sound = True
    try:
        for folder, only in folders:
            try:
                checked = check(wishes, folder, only, folder.name)
            except GoatError as error:
                sound = False
                wishes.tell({"folder": str(folder), "sound": False, "problem": str(error)},
                            str(error))  # fmt: skip
                continue
            sound = sound and checked.sound
            _tell(wishes, folder, checked)
    except KeyboardInterrupt:
        click.echo("Stopped. What was checked so far is not the whole.", err=True)
        return INTERRUPTED
    return 0 if sound else 1


def find_workspaces(place: Path) -> list[Path]:
    """The folders in a folder that have notes in them."""
    return sorted(filter(is_workspace, place.iterdir())) if place.is_dir() else []


def is_workspace(folder: Path) -> bool:
    """Whether a folder has notes in it."""
    return folder.is_dir() and ((folder / "keys").exists() or any(folder.glob("*.goat")))


def chosen_folders(wishes: Wishes, paths: Iterable[Path]) -> list[tuple[Path, tuple[Path, ...]]]:
    """What paths on the command line mean: folders, each with the files in it that were asked for
    (none: all)."""
    found: dict[Path, list[Path]] = {}
    places = wishes.folders(os.environ).workspaces
    for path in paths:
        path = path.absolute()  # noqa: PLW2901
        if path.is_dir():
            inside = [] if is_workspace(path) else find_workspaces(path)
            for folder in inside or [path]:
                found.setdefault(folder, [])
        elif path.exists():
            found.setdefault(path.parent, []).append(path)
        else:
            raise Failed(f"There is nothing at {path}.")
    if not paths:
        found = {folder: [] for folder in find_workspaces(places)}
        if not found:
            raise Failed("There are no notes here yet.")
    return [(folder, tuple(only)) for folder, only in found.items()]


def check(wishes: Wishes, folder: Path, only: tuple[Path, ...], label: str) -> Checked:
    """Check a folder, with a progress bar."""
    from goatcore import WorkspaceCheck

    steps = WorkspaceCheck(folder, only=only, pause=lambda: time.sleep(PAUSE_S)).run()
    gc.disable()  # much is made at once, and nothing of it is garbage
    try:
        with click.progressbar(
            length=1, label=label, file=sys.stderr, hidden=wishes.json or not sys.stderr.isatty()
        ) as bar:
            while True:
                try:
                    done, bar.length, _ = next(steps)
                except StopIteration as end:
                    checked: Checked = end.value
                    return checked
                bar.update(done - bar.pos)
    finally:
        gc.enable()


def _tell(wishes: Wishes, folder: Path, checked: Checked) -> None:
    if wishes.json:
        wishes.tell({
            "folder": str(folder),
            "sound": checked.sound,
            "files": checked.files,
            "bytes": checked.bytes,
            "commits": checked.commits,
            "signatures": checked.signatures,
            "locked": checked.locked,
            "findings": [_as_json(finding) for finding in checked.findings],
        }, "")  # fmt: skip
        return
    for finding in checked.findings[:SHOWN_MAX]:
        click.echo(sentence(finding))
    if len(checked.findings) > SHOWN_MAX:
        click.echo(f"… and {len(checked.findings) - SHOWN_MAX:,} more.")
    locked = f", {checked.locked:,} of them locked, since their keys are not here"
    click.echo(
        f"“{folder.name}”: {many(checked.files, 'file')}, {many(checked.commits, 'change')}"
        f"{locked if checked.locked else ''}. "
        + ("All is well." if checked.sound else "Not all is well.")
    )


def sentence(finding: Finding) -> str:
    """A finding, for people."""
    place = "" if finding.offset is None else f", byte {finding.offset:,}"
    notebook = f" ({finding.path})" if finding.path else ""
    said = f"{finding.file}{notebook}{place}: {finding.what}."
    whose = finding.whose
    if whose is not None:
        name = "of the commit" if whose.commit is None else f"commit {whose.commit.hex()[:12]}"
        who = whose.author.hex()[:8]
        if whose.member or whose.device:
            who = " on ".join(f"“{one}”" for one in (whose.member, whose.device) if one)
        when = f", {_when(whose.time_ms)}" if whose.time_ms else ""
        said += f" It is {name}, number {whose.seq} by {who}{when}."
    if finding.items:
        said += f" Concerned: {', '.join(f'“{item}”' for item in finding.items)}."
    return said if finding.grave else f"To know: {said}"


def _when(time_ms: int) -> str:
    moment = datetime.fromtimestamp(time_ms / 1000, UTC).astimezone()
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _as_json(finding: Finding) -> dict[str, object]:
    whose = finding.whose
    told: dict[str, object] = {
        "grave": finding.grave,
        "file": finding.file,
        "offset": finding.offset,
        "what": finding.what,
        "path": finding.path,
        "items": list(finding.items),
    }
    if whose is not None:
        told |= {
            "commit": None if whose.commit is None else whose.commit.hex(),
            "author": whose.author.hex(),
            "seq": whose.seq,
            "time": whose.time_ms,
            "member": whose.member,
            "device": whose.device,
        }
    return told


def many(number: int, noun: str) -> str:
    """A number of things, for people."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
