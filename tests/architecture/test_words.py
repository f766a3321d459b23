"""Every sentence that the window shows is marked, so that it can be translated."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHOWS = re.compile(  # what is given to these is seen, or read aloud
    r"set(Text|ToolTip|AccessibleName|AccessibleDescription|PlaceholderText|WindowTitle|Title"
    r"|StatusTip|WhatsThis|InformativeText|DetailedText|PlainText|PrefixText|Suffix|Prefix|Filter)"
    r"|add(Item|Action|Menu|Button|Tab|Row|Section)|QLabel|QPushButton|QAction|QMenu|QCheckBox"
    r"|QRadioButton|QGroupBox|QMessageBox|QToolButton|tell|say|fail|ask|label|button|heading"
    r"|new_page|Undo|Choice|Hit"
)
SIGNALS = {"told", "failed", "offered"}  # of these `emit` shows
NAMES = {"Goat Notes", "Aa"}
WORDS = re.compile(r"[^\W\d_]{2,}")


def literals(call: ast.Call) -> list[str]:
    """The words among what a call is given, not those inside further calls."""
    found = []
    for given in [*call.args, *(keyword.value for keyword in call.keywords)]:
        for part in _outside_calls(given):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                found.append(part.value)
            elif isinstance(part, ast.JoinedStr):
                pieces = [it.value if isinstance(it, ast.Constant) else "{}" for it in part.values]
                found.append("".join(pieces))
    return found


def _outside_calls(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.IfExp):
        return [*_outside_calls(node.body), *_outside_calls(node.orelse)]
    if isinstance(node, ast.BoolOp):
        return [part for value in node.values for part in _outside_calls(value)]
    if isinstance(node, ast.BinOp):
        return [*_outside_calls(node.left), *_outside_calls(node.right)]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _outside_calls(node.func.value) if node.func.attr in ("format", "join") else []
    return [node]


def shown(path: Path) -> list[str]:
    """Where a literal is shown as it stands."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name == "emit" and isinstance(called, ast.Attribute):
            whose = called.value.attr if isinstance(called.value, ast.Attribute) else ""
            if whose not in SIGNALS:
                continue
        elif not SHOWS.fullmatch(name):
            continue
        found += [
            f"{path.relative_to(ROOT)}:{node.lineno}: {name}({words!r})"
            for words in literals(node)
            if is_prose(words)
        ]
    return found


def is_prose(words: str) -> bool:
    """Words that a person reads: not a name of ours, not markup, not a single lower-case name."""
    if words in NAMES or "<" in words or not WORDS.search(words):
        return False
    return " " in words.strip() or words[:1].isupper() or not words.isascii()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "ui").rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT))
)
def test_what_a_person_reads_is_marked(path: Path) -> None:
    assert shown(path) == [], "say it with `self.tr`, `tr` or `counted`: see ui/README.md"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ('label.setText("Not marked")', ["Not marked"]),
        ('label.setText(f"{count} notes")', ["{} notes"]),
        ('self.told.emit("Deleted {}".format(title), None)', ["Deleted {}"]),
        ('box.setToolTip(self.tr("Close") if open else "Open it")', ["Open it"]),
        ('label.setText(self.tr("Marked {}").format("X"))', []),
        ('self.setObjectName("quiet")', []),
        ('Choice(title, note, icon="note")', []),
        ('label.setText(f"<b>{name}</b>")', []),
    ],
)
def test_a_sentence_that_is_not_marked_is_found(code: str, said: list[str], tmp_path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    assert [words for words in literals(calls[0]) if is_prose(words)] == said
