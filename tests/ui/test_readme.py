"""The examples in ui/README.md run as they stand, one after the other."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtWidgets import QApplication

README = Path(__file__).resolve().parents[2] / "ui" / "README.md"


def test_the_examples_run(qapp: QApplication) -> None:
    text = README.read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(examples) == 3
    names: dict[str, object] = {}
    for example in examples:
        exec(compile(example, str(README), "exec"), names)
    names["view"].close()  # type: ignore[attr-defined]
    names["folder"].cleanup()  # type: ignore[attr-defined]


def test_the_tour_names_every_room() -> None:
    tour = README.read_text(encoding="utf-8")
    rooms = {path.parent.name for path in README.parent.glob("*/__init__.py")}
    assert {room for room in rooms if f"\n{room}/" not in tour} == set()
