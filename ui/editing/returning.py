"""A passage of a version brought back into the note of now, where it stood.

Owns how that is written: as if one had typed it, one step of undo, merged with others' work.
Must never read the past beyond the one version.
"""

from __future__ import annotations

from typing import Any

from ui.bridge import edits
from ui.bridge.text_binding import TextBinding
from ui.language import tr
from ui.operations.notes import shown_title
from ui.operations.undo import Undo


def bring_back(note: Any, binding: TextBinding, version: Any, start: int, stop: int) -> Undo | None:
    """Brings letters `start` … `stop` - 1 of a version's text into the text of `binding`, and
    selects them there. None: they stand there as they were. Raises `Refused` for a version that
    does not count any more."""
    repository = note.repository
    repository.record_drafts()
    splices = version.splices_back("body", start, stop)
    if not splices:
        return None
    edit = edits.from_splices((s.position, s.deleted, s.inserted) for s in splices)
    written = edits.to_splices(edit)
    first, last = written[0], written[-1]
    binding.end_step()
    binding.edit(edit, first[0], last[0] + len(last[2]))
    binding.end_step()
    repository.record_drafts()
    commits = repository.own.steps[-1]
    words = tr("Brought back into “{}”").format(shown_title(note))
    return Undo(words, lambda: note.undo(commits))
