"""`goat demo`, and the processes that it starts."""

from __future__ import annotations

import asyncio
import os
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.command_line import Wishes, common_options, pass_wishes

if TYPE_CHECKING:
    from app.demo.pair import Outcome

TYPING_S = 5.0


@click.command()
@click.option("--notes", metavar="FOLDER", help="Markdown to import; default: the help pages.",
              type=click.Path(exists=True, file_okay=False, path_type=Path))  # fmt: skip
@click.option("--windows", is_flag=True, help="Open two windows and let you type yourself.")
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 3600),
    metavar="N",
    help=f"How long to type (default {TYPING_S:g}); with --windows: how long to stay open.",
)
@common_options
@pass_wishes
def demo(wishes: Wishes, notes: Path | None, windows: bool, seconds: float | None) -> int:
    """Watch two computers write in one note, on this one.

    Starts two peers, each in a process and a folder of its own. They find each other by the
    network of this computer, one shares a notebook, the other joins by the code, both type into
    one note at once. Prints what happens, and at the end what both hold and how long an edit took
    from recorded here to seen there. Exits with 0 only if both hold the same. Your own notes are
    not touched, and nothing stays behind.
    """

    def tell(line: str) -> None:
        if not wishes.json:
            click.echo(line)

    with as_file(files("resources") / "help") as pages:
        folder = (notes or pages).resolve()
        name = "" if notes else "Help"
        if windows:
            from app.demo.two_windows import run_windows

            outcome = asyncio.run(run_windows(folder, name, seconds, tell))
        else:
            from app.demo.pair import run_headless

            outcome = asyncio.run(run_headless(folder, name, seconds or TYPING_S, tell))
    wishes.tell(outcome.as_json(), _summary(outcome))
    return 0 if outcome.same else 1


def _summary(outcome: Outcome) -> str:
    lines = []
    if outcome.latencies_ms:
        told = outcome.as_json()["latency"]
        lines.append(
            f"From recorded to seen: p50 {told['p50_ms']:.1f} ms, p95 {told['p95_ms']:.1f} ms "
            f"({told['edits']} edits)."
        )
    lines += [
        f"{name}: {state['items']:,} items in {state['commits']:,} commits, "
        f"digest {state['digest']}"
        for name, state in outcome.peers.items()
    ]
    lines.append(
        "Both hold the same." if outcome.same else
        "They do not hold the same: the one that was closed first has not seen the last edits."
    )  # fmt: skip
    return "\n".join(lines)


@click.command("demo-peer", hidden=True)
@click.option("--member", required=True)
@click.option("--device", required=True)
@common_options
@pass_wishes
def demo_peer(wishes: Wishes, member: str, device: str) -> int:
    """One of the two peers; speaks with the demo by its stdin and stdout."""
    from app.demo.peer import run_peer

    asyncio.run(run_peer(wishes.folders(os.environ), member, device))
    return 0


@click.command("demo-window", hidden=True)
@click.option("--side", type=click.Choice(["left", "right"]), required=True)
@click.option("--seconds", type=float)
@common_options
@pass_wishes
def demo_window(wishes: Wishes, side: str, seconds: float | None) -> int:
    """One of the two windows; tells on stdout what it held when it was closed."""
    from app.demo.one_window import run_one_window

    return run_one_window(wishes.folders(os.environ), side, seconds)
