"""`goat backup` and `goat restore`."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from app.command_line import INTERRUPTED, Failed, Wishes, common_options, pass_wishes
from app.commands.verify import PAUSE_S, check, find_workspaces, is_workspace, sentence

if TYPE_CHECKING:
    from goatcore import BackedUp, Checked, Progress

Result = TypeVar("Result")
FINDINGS_SHOWN = 20


@click.command()
@click.argument("destination", type=click.Path(path_type=Path))
@click.option("--daily/--no-daily", default=None, help="Whether to do this every day by itself.")
@common_options
@pass_wishes
def backup(wishes: Wishes, destination: Path, daily: bool | None) -> int:
    """Copy all your notes into the folder DESTINATION, and check the copy.

    It can run while Goat Notes is open. Run it again whenever you like: only what is new is copied,
    and nothing is ever taken out of the backup, whatever happened to your notes meanwhile.

    Once a day the window does this by itself, into the folder “backups” beside your notes. With
    --daily it uses DESTINATION from now on, with --no-daily it stops doing so.

    The exit code is 1 if something could not be copied, or is not sound.
    """
    from app.backups import OFF, PLACE
    from app.settings import Settings
    from goatcore import Backup, GoatError

    if daily is not None:
        place = {PLACE: str(destination.absolute())} if daily else {}
        Settings(wishes.folders(os.environ).state).keep({OFF: not daily, **place})
    folders = find_workspaces(wishes.folders(os.environ).workspaces)
    if not folders:
        raise Failed("There are no notes here yet.")
    fine = True
    for folder in folders:
        target = destination.absolute() / folder.name
        try:
            done = _run(wishes, folder.name, Backup(folder, target, pause=_pause).run())
            checked = check(wishes, target, (), f"Checking {folder.name}")
        except GoatError as error:
            fine = False
            _tell_failure(wishes, folder, error)
            continue
        except KeyboardInterrupt:
            click.echo("Stopped. What was copied stays; back up again to go on.", err=True)
            return INTERRUPTED
        fine = fine and checked.sound and not done.damaged
        _tell(wishes, folder, target, done, checked)
    return 0 if fine else 1


@click.command()
@click.argument("backup", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--missing", is_flag=True, help="Bring what is missing back into your notes.")
@common_options
@pass_wishes
def restore(wishes: Wishes, backup: Path, folder: Path | None, missing: bool) -> int:
    """Put a BACKUP back, as FOLDER or among your notes.

    Without FOLDER the notes come back where they were; if there are some of that name already,
    nothing is done. With --missing everything that the backup has and your notes have lost is
    brought back into them, and what they have stays.

    The backup is checked before, the copy after. It stays as it is.
    """
    sources = [backup] if is_workspace(backup) else find_workspaces(backup)
    if not sources:
        raise Failed(f"There is no backup in “{backup}”.")
    if missing:
        if folder is not None:
            raise click.UsageError("Give either a FOLDER or --missing.")
        return _bring_back(wishes, sources)
    if folder is not None and len(sources) > 1:
        names = ", ".join(f"“{source.name}”" for source in sources)
        raise Failed(f"There are several backups in “{backup}”: {names}. Say which.")
    places = wishes.folders(os.environ).workspaces
    targets = [(folder or places / source.name).absolute() for source in sources]
    for target in targets:
        if target.exists() and any(target.iterdir()):
            raise Failed(
                f"There are notes in “{target}” already; nothing was changed. To bring back what "
                "is missing in them, add --missing; or name another folder."
            )
    return max(_restore(wishes, *pair) for pair in zip(sources, targets, strict=True))


def _restore(wishes: Wishes, source: Path, target: Path) -> int:
    from goatcore import Backup

    before = check(wishes, source, (), f"Checking {source.name}")
    fresh = target.with_name(target.name + ".restoring")
    if fresh.exists():
        shutil.rmtree(fresh)  # of a restore that was stopped
    _run(wishes, source.name, Backup(source, fresh, pause=_pause).run())
    after = check(wishes, fresh, (), f"Checking {target.name}")
    if target.exists():
        target.rmdir()  # it is empty
    fresh.replace(target)
    for finding in before.findings[:FINDINGS_SHOWN]:
        if finding.grave:
            click.echo(sentence(finding), err=True)
    wishes.tell(
        {"backup": str(source), "folder": str(target), "commits": after.commits,
         "sound": before.sound and after.sound},
        f"“{source.name}” is back in “{target}”: {after.commits:,} changes, checked.",
    )  # fmt: skip
    return 0 if before.sound and after.sound else 1


def _bring_back(wishes: Wishes, sources: list[Path]) -> int:
    from goatcore import NotAGoatFile, bring_back

    with wishes.workspaces() as workspaces:
        known = 0
        for source in sources:
            for database in workspaces.databases:
                try:
                    gained = bring_back(database, source)
                except NotAGoatFile:
                    continue  # of other notes
                known += 1
                wishes.tell(
                    {"backup": str(source), "folder": str(database.folder), "gained": gained},
                    f"{gained:,} changes came back into “{database.folder.name}”."
                    if gained
                    else f"Nothing of “{source.name}” was missing.",
                )
        if not known:
            raise Failed("These are backups of other notes. Restore them without --missing.")
        return wishes.tell_troubles(workspaces.problems)


def _pause() -> None:
    time.sleep(PAUSE_S)


def _run(wishes: Wishes, label: str, steps: Generator[Progress, None, Result]) -> Result:
    with click.progressbar(
        length=1, label=label, file=sys.stderr, hidden=wishes.json or not sys.stderr.isatty()
    ) as bar:
        while True:
            try:
                done, bar.length, _ = next(steps)
            except StopIteration as end:
                result: Result = end.value
                return result
            bar.update(done - bar.pos)


def _tell_failure(wishes: Wishes, folder: Path, error: Exception) -> None:
    if wishes.json:
        wishes.tell({"folder": str(folder), "problem": str(error)}, "")
    else:
        click.echo(f"“{folder.name}” could not be backed up. {error}", err=True)


def _tell(wishes: Wishes, folder: Path, target: Path, done: BackedUp, checked: Checked) -> None:
    wishes.tell(
        {
            "folder": str(folder),
            "backup": str(target),
            "files": done.files,
            "copied": done.bytes_written,
            "commits": checked.commits,
            "sound": checked.sound,
            "damaged": list(done.damaged),
        },
        f"“{folder.name}” is in “{target}”: {checked.commits:,} changes, {done.bytes_written:,} "
        f"bytes copied now. {'The copy is sound.' if checked.sound else 'Not all is well.'}",
    )
    for name in done.damaged:
        click.echo(f"{name} is damaged; the backup has all of it that can be read, and what it had "
                   "before. `goat verify` says more.", err=True)  # fmt: skip
    for finding in checked.findings[:FINDINGS_SHOWN]:
        if finding.grave:
            click.echo(sentence(finding), err=True)
