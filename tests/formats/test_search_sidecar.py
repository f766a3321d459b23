"""The bytes of the search's sidecar, frozen: FORMATS.md 8."""

from __future__ import annotations

import json
from pathlib import Path

from goatcore.ids import WorkspaceId
from goatcore.search.sidecar import open_image, sidecar_key

VECTOR = json.loads((Path(__file__).parent / "search_sidecar.json").read_text())


def test_the_frozen_file_is_read_as_it_was_written():
    seed, workspace, form, salt, key, image, file = (bytes.fromhex(v) for v in VECTOR.values())
    assert sidecar_key(seed, WorkspaceId(workspace), salt) == key
    assert open_image(file, form, seed, WorkspaceId(workspace)) == image
    assert file.startswith(b"goat search 1\n" + salt)
