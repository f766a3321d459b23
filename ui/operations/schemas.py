"""The schemas of Goat Notes."""

from __future__ import annotations

from goatcore import Schema, date, flag, reference, string, text

NOTE = Schema(
    "note",
    1,
    title=string(),
    body=text(),
    notebook=reference(),  # the nested notebook it is in; "" = the repository's own notebook
    pinned=flag(),
    created=date(),  # set by who made it: imports keep the date of their file
    edited=date(),
    source=string(),  # of an imported note: its path, from the folder it came from on
    imported=string(),  # of an imported note: the hash of what was imported, to tell edits since
)

NOTEBOOK = Schema(
    "notebook",
    1,
    name=string(),
    parent=reference(),  # "" = directly in the repository's own notebook
)

NOTEBOOK_KEY = "notebook"  # the item that names the repository itself
NOTES_PATH = "/notes/"  # where repositories of notes are, by a random name
