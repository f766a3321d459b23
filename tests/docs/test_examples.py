"""The examples of the READMEs run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def blocks(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", ["goatcore/README.md"])
def test_the_examples_of_a_page_run_one_after_the_other(page, tmp_path):
    namespace: dict[str, object] = {"folder": tmp_path}
    found = blocks(page)
    assert len(found) >= 5
    for number, block in enumerate(found, 1):
        exec(compile(block, f"{page}, example {number}", "exec"), namespace)


@pytest.mark.parametrize("page", ["README.md", "goatcore/README.md", "ui/README.md"])
def test_links_in_a_page_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"
