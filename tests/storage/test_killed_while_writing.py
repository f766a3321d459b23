"""Real processes, killed at a random moment while they append to a real file."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from goatcore.ids import RepositoryId
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.file_log import FileLog

ROOT = Path(__file__).parents[2]
REPOSITORY = RepositoryId(bytes(16))

# Appends bodies that follow from their number, and says how many are acknowledged after each sync.
APPENDING = """
import os, sys
from pathlib import Path
from goatcore.ids import RepositoryId
from goatcore.storage.file_disk import FileDisk
from goatcore.storage.file_log import FileLog
log = FileLog.open(Path(sys.argv[1]), RepositoryId(bytes(16)), FileDisk(), os.urandom)
count = sum(1 for _ in log.records())
while True:
    for batch in (1, 7, 2, 40):
        bodies = [str(n).encode() * (n % 50) for n in range(count, count + batch)]
        log.append([(1, 0, body) for body in bodies])
        count += batch
    log.sync()
    os.write(1, b"%d\\n" % count)
"""


def _kill_while_appending(path: Path, chance: random.Random) -> int:
    """How many records the child had acknowledged when it was killed."""
    child = subprocess.Popen(
        [sys.executable, "-c", APPENDING, str(path)], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert child.stdout is not None
    lines_before_kill = chance.randrange(1, 30)
    said = [child.stdout.readline() for _ in range(lines_before_kill)]
    for _ in range(chance.randrange(3000)):  # somewhere within the next batch
        pass
    child.send_signal(signal.SIGKILL)
    said += child.stdout.readlines()
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    whole = [line for line in said if line.endswith(b"\n")]
    return int(whole[-1])


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize(
    "rounds", [6, pytest.param(60, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
def test_everything_acknowledged_is_there_after_kills(tmp_path: Path, rounds: int) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    path = tmp_path / "a.goat"
    for _ in range(rounds):
        acknowledged = _kill_while_appending(path, chance)
        log = FileLog.open(path, REPOSITORY, FileDisk(), os.urandom)
        found = [record.body for record in log.records()]
        log.close()
        assert len(found) >= acknowledged
        assert found == [str(n).encode() * (n % 50) for n in range(len(found))]
