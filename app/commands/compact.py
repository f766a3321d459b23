"""`goat compact`."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.command_line import INTERRUPTED, Wishes, common_options, pass_wishes
from app.commands.verify import chosen_folders, many

if TYPE_CHECKING:
    from goatcore import Compacted

UNITS = ("bytes", "kB", "MB", "GB", "TB")


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]…", type=click.Path(path_type=Path))
@common_options
@pass_wishes
def compact(wishes: Wishes, paths: tuple[Path, ...]) -> int:
    """Write the files of your notes anew, as short as they can be, or those at PATH.

    A PATH is the folder of a workspace or a single file of a notebook. Nothing in them is lost: all
    changes stay, with their authors and signatures. A file takes the place of the old one when it
    is whole, so it may be stopped at any time. Goat Notes must not be open meanwhile.
    """
    from goatcore import GoatError

    code = 0
    gc.disable()  # much is made at once, and nothing of it is garbage
    try:
        for folder, only in chosen_folders(wishes, paths):
            try:
                done = _compact(wishes, folder, only)
            except GoatError as error:
                code = 1
                wishes.tell({"folder": str(folder), "problem": str(error)}, "")
                if not wishes.json:
                    click.echo(f"“{folder.name}” was not compacted. {error}", err=True)
            else:
                _tell(wishes, folder, done)
    except KeyboardInterrupt:
        click.echo("Stopped. The files that were not done yet are as they were.", err=True)
        return INTERRUPTED
    finally:
        gc.enable()
    return code


def _compact(wishes: Wishes, folder: Path, only: tuple[Path, ...]) -> list[Compacted]:
    from goatcore import Database

    home = wishes.folders(os.environ).state
    with Database.open(folder, home=home) as database:
        notebooks = [
            info.path
            for info in database.repositories()
            if not only or any(path.stem == info.id.hex() for path in only)
        ]
        done = []
        with click.progressbar(
            length=1000 * len(notebooks),
            label=folder.name,
            file=sys.stderr,
            hidden=wishes.json or not sys.stderr.isatty(),
        ) as bar:
            for number, path in enumerate(notebooks):
                done.append(
                    database.compact_now(
                        path,
                        lambda part, number=number: bar.update(
                            int(1000 * (number + part)) - bar.pos
                        ),
                    )
                )
                database.close_repository(path)
                bar.update(1000 * (number + 1) - bar.pos)
        return done


def _tell(wishes: Wishes, folder: Path, done: list[Compacted]) -> None:
    before, after = sum(one.before for one in done), sum(one.after for one in done)
    changes = sum(one.commits for one in done)
    wishes.tell(
        {
            "folder": str(folder),
            "notebooks": len(done),
            "changes": changes,
            "before": before,
            "after": after,
        },
        f"“{folder.name}”: {many(len(done), 'notebook')}, {many(changes, 'change')}, "
        f"{_size(before)} before, {_size(after)} now.",
    )


def _size(count: int) -> str:
    size, unit = float(count), 0
    while size >= 1000 and unit < len(UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:,.1f} {UNITS[unit]}" if unit else f"{count:,} bytes"
