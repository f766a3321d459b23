"""What the window can be told: every command by its id, with its words and its keys. Data only.

Invariant (held by a test): ids are unique, and no two commands share a key.
"""

from __future__ import annotations

import sys
from typing import NamedTuple

from PySide6.QtGui import QAction, QKeySequence

Keys = QKeySequence.StandardKey | str


class Command(NamedTuple):
    """One thing to be told; `words` with the letter for the menu marked by `&`."""

    id: str
    words: str
    keys: tuple[Keys, ...] = ()
    icon: str = ""
    role: QAction.MenuRole = QAction.MenuRole.NoRole


SEPARATOR = Command("", "")
_KEY = QKeySequence.StandardKey
_GO = "Ctrl+Alt" if sys.platform == "darwin" else "Alt"  # there, Alt goes from word to word

MENUS: dict[str, tuple[Command, ...]] = {
    "&Note": (
        Command("new_note", "&New note", (_KEY.New,), "new-note"),
        Command("quick_note", "&Quick note", ("Ctrl+Alt+N",)),
        Command("note_of_today", "To&day’s page", ("Ctrl+Shift+D",), "today"),
        Command("from_template", "Begin as a &template…"),
        Command("open_in_tab", "Open in a new ta&b"),
        Command("pin_note", "&Pin to the top", ("Ctrl+Shift+I",), "pin"),
        Command("move_note", "&Move to a notebook…", ("Ctrl+Shift+M",), "notebook"),
        Command("tag_note", "Add a t&ag…", (), "tag"),
        Command("delete_note", "&Delete note", ("Ctrl+Shift+Backspace",), "trash"),
        Command("restore_note", "&Restore deleted note"),
        Command("purge_note", "Delete for &good…"),
        SEPARATOR,
        Command("history", "&History of this note", ("Ctrl+Shift+H",), "history"),
        Command("history_graph", "History as a &graph", ("Ctrl+Shift+G",)),
        Command("restore_version", "Restore the &version that is shown"),
        Command("bring_back", "&Bring back what is selected in a version", ("Ctrl+Shift+B",)),
        Command("copy_link", "Copy &link to this note", ("Ctrl+Shift+L",)),
        SEPARATOR,
        Command("print", "Print…"),
        Command("save_pdf", "Save as P&DF…"),
        Command("save_web_page", "Save as a &web page…"),
        SEPARATOR,
        Command("close", "&Close window"),
        Command("quit", "&Quit", ("Ctrl+Q",), role=QAction.MenuRole.QuitRole),
    ),
    "&Edit": (
        Command("undo", "&Undo", (_KEY.Undo,)),
        Command("redo", "&Redo", (_KEY.Redo,)),
        SEPARATOR,
        Command("cut", "Cu&t", (_KEY.Cut,)),
        Command("copy", "&Copy", (_KEY.Copy,)),
        Command("paste", "&Paste", (_KEY.Paste,)),
        Command("paste_words", "Paste &without looks", ("Ctrl+Shift+V",)),
        Command("select_all", "Select &all", (_KEY.SelectAll,)),
        SEPARATOR,
        Command("find", "&Find in this note", ("Ctrl+F",), "search"),
        Command("find_next", "Find &next", ("F3",)),
        Command("find_previous", "Find pre&vious", ("Shift+F3",)),
        Command("find_in_past", "Find in ea&rlier versions of this note"),
        Command("replace", "R&eplace in this note", ("Ctrl+H",)),
        SEPARATOR,
        Command("settings", "&Settings…", ("Ctrl+,",), role=QAction.MenuRole.PreferencesRole),
    ),
    "&Format": (
        Command("bold", "&Bold", ("Ctrl+B",)),
        Command("slanted", "&Slanted", ("Ctrl+I",)),
        SEPARATOR,
        Command("check", "&Check box: make, check, uncheck", ("Ctrl+Return",)),
        Command("indent", "&Move list item in", ("Ctrl+]",)),
        Command("outdent", "Move list item &out", ("Ctrl+[",)),
        SEPARATOR,
        Command("follow", "&Open link", ("Alt+Return",)),
    ),
    "Note&book": (
        Command("new_notebook", "&New notebook", ("Ctrl+Shift+N",), "new-notebook"),
        Command("nest_notebook", "New notebook &in this one"),
        Command("move_notebook", "&Put into another notebook…"),
        Command("rename_notebook", "&Rename", ("F2",), "pencil"),
        Command("notebook_then", "This notebook at a &date…", (), "history"),
        SEPARATOR,
        Command("people", "&People of this notebook", ("Ctrl+Alt+P",), "people"),
        Command("share", "&Share notebook…", (), "share"),
        Command("join", "&Join a notebook…", (), "join"),
        SEPARATOR,
        Command("import_folder", "I&mport a folder of Markdown…", (), "import"),
        Command("export_notes", "&Export as Markdown…"),
    ),
    "&Go": (
        Command("back", "&Back", (f"{_GO}+Left",), "previous"),
        Command("forward", "&Forward", (f"{_GO}+Right",), "next"),
        SEPARATOR,
        Command("switch", "&Go to a note or notebook…", ("Ctrl+P",), "all-notes"),
        Command("search", "&Search all notes…", ("Ctrl+Shift+F",), "search"),
        Command("filter", "Search this &list of notes", ("Ctrl+Alt+F",)),
        Command("keep_search", "&Keep this search"),
        Command("remove_search", "&Remove this search"),
        Command("away", "What changed &while you were away"),
        Command("trash", "Go to the &trash"),
        SEPARATOR,
        Command("new_tab", "Open a note in a new ta&b…", ("Ctrl+T",)),
        Command("next_tab", "&Next tab", ("Ctrl+Tab", "Ctrl+PgDown")),
        Command("previous_tab", "&Previous tab", ("Ctrl+Shift+Tab", "Ctrl+PgUp")),
        Command("close_tab", "&Close tab", ("Ctrl+W", "Ctrl+F4")),
        Command("close_other_tabs", "Close the &other tabs"),
        Command("reopen_tab", "&Reopen closed tab", ("Ctrl+Shift+T",)),
        SEPARATOR,
        Command("palette", "All &commands…", ("Ctrl+Shift+P",)),
    ),
    "&View": (
        Command("focus", "&Nothing but the text", ("Ctrl+Shift+Return", "Ctrl+Shift+Enter")),
        Command("full_screen", "F&ull screen", (_KEY.FullScreen,)),
        Command("sidebar", "Show or hide the &notebooks", ("Ctrl+\\",)),
        SEPARATOR,
        Command("read", "&Read", ("Ctrl+E",)),
        Command("read_beside", "Write and read side &by side", ("Ctrl+Shift+E",)),
        Command("authors", "&Who wrote what", ("Ctrl+Shift+W",), "people"),
        Command("about", "&Outline, length and links", ("Ctrl+Shift+O",)),
        SEPARATOR,
        Command("larger", "&Larger text", ("Ctrl++", "Ctrl+=")),
        Command("smaller", "&Smaller text", ("Ctrl+-",)),
        Command("usual_size", "&Usual size of text", ("Ctrl+0",)),
        SEPARATOR,
        Command("theme_system", "Light or dark as the s&ystem"),
        Command("theme_light", "L&ight colours"),
        Command("theme_dark", "&Dark colours"),
        Command("theme_contrast", "High &contrast"),
    ),
    "&Help": (Command("help", "&How things are done", (_KEY.HelpContents,)),),
}

COMMANDS: tuple[Command, ...] = tuple(
    command for commands in MENUS.values() for command in commands if command is not SEPARATOR
)


def plain(words: str) -> str:
    """The words of a command or a menu without the mark for its letter."""
    return words.replace("&", "")
