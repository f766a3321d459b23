"""The window speaks the language of the settings, or else the system's."""

from __future__ import annotations

import json
import signal
import sys

import pytest

from app.single_instance import knock

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and variables of POSIX")


@posix
@pytest.mark.parametrize(("setting", "welcome"), [("", "Willkommen"), ("en", "Welcome")])
def test_a_window_speaks_as_it_is_told_or_as_the_system_does(
    background, process, home, setting, welcome
):
    (home / "state").mkdir(parents=True)
    (home / "state/settings.json").write_text(json.dumps({"language": setting}))
    window = background(QT_QPA_PLATFORM="offscreen", LC_ALL="de_AT.UTF-8", LANGUAGE="")
    window.wait_until(lambda: knock(home / "state"))
    window.signal(signal.SIGTERM)
    assert window.ended() == 0
    assert process("list").out == f"{welcome}  (7 notes)\n"
