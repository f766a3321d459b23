"""What each command of a window does, when it can be given, and which are choices.

Owns nothing but the table. Must never write: it points to those who do.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from ui.commands.registry import Condition, Verb
from ui.editing.habits import BOLD, SLANTED
from ui.models.places import NESTED, SEARCH_PLACE, TRASH_PLACE
from ui.panels.reader import BOTH, READ
from ui.theme.theme import MODES, Theme

if TYPE_CHECKING:
    from ui.panels.desk import Desk
    from ui.window.main_window import MainWindow

OF_LIVE_NOTES = ("pin_note", "move_note", "tag_note", "delete_note")
OF_A_NOTE = (
    *(
        "find",
        "find_next",
        "find_previous",
        "replace",
        "follow",
        "history",
        "history_graph",
        "find_in_past",
    ),
    "focus",
    *("print", "save_pdf", "save_web_page"),
)
IN_OTHER_PARTS = (  # of the window than the note
    *("sidebar", "about", "filter", "trash", "keep_search", "notebook_then"),
    *("new_notebook", "nest_notebook", "rename_notebook", "people"),
)
OF_TABS = ("next_tab", "previous_tab", "close_other_tabs")
OF_A_TEXT = ("bold", "slanted", "check", "indent", "outdent")


def verbs_of(window: MainWindow, theme: Theme) -> dict[str, Verb]:
    """What each command does."""
    desk, chosen = window.desk, window.chosen
    verbs: dict[str, Verb] = {
        "new_note": window.chosen.new,
        "quick_note": window.quick.ask,
        "note_of_today": window.chosen.open_today,
        "from_template": lambda: window.chosen.ask_template(window.going.ask),
        "open_in_tab": window.chosen.open_beside,
        "new_tab": window.going.switch_beside,
        "next_tab": partial(window.tabs.step, 1),
        "previous_tab": partial(window.tabs.step, -1),
        "close_tab": window.at_desk.close_tab,
        "close_other_tabs": lambda: window.tabs.close_others(window.tabs.at),
        "reopen_tab": window.at_desk.reopen_tab,
        "pin_note": window.chosen.pin,
        "move_note": lambda: window.chosen.ask_move(window.going.choose_notebook),
        "tag_note": lambda: window.arranging.ask_tag(window.going.ask),
        "delete_note": window.chosen.delete,
        "restore_note": window.chosen.restore,
        "purge_note": lambda: window.chosen.ask_purge(window),
        "history": window.at_desk.toggle_past,
        "history_graph": desk.show_graph,
        "notebook_then": window.then.toggle,
        "restore_version": desk.past.ask_restore,
        "bring_back": desk.past.texts.ask_back,
        "keep_search": window.chosen_place.keep_search,
        "remove_search": lambda: window.verbs.remove_search(window.place),
        "away": window.away.show_news,
        "back": partial(window.back.go, -1),
        "forward": partial(window.back.go, 1),
        "trash": partial(window.flow.choose_place, TRASH_PLACE),
        "close": window.close,
        "quit": window.quit_wanted.emit,
        "undo": partial(window.at_desk.where_one_writes, "undo"),
        "redo": partial(window.at_desk.where_one_writes, "redo"),
        "cut": partial(_in_focus, "cut"),
        "copy": partial(_in_focus, "copy"),
        "paste": partial(_in_focus, "paste"),
        "paste_words": lambda: (
            desk.pasting.paste_words() if desk.editor.hasFocus() else _in_focus("paste")
        ),
        "select_all": partial(_in_focus, "selectAll"),
        "find": partial(_find, desk),
        "find_in_past": desk.find_in_past,
        "replace": partial(desk.finder.ask, replaces=True),
        "find_next": partial(_find_on, desk, backwards=False),
        "find_previous": partial(_find_on, desk, backwards=True),
        "bold": partial(desk.habits.mark, BOLD),
        "slanted": partial(desk.habits.mark, SLANTED),
        "check": desk.habits.check,
        "indent": partial(desk.habits.indent, outward=False),
        "outdent": partial(desk.habits.indent, outward=True),
        "follow": desk.habits.follow,
        "copy_link": lambda: window.links.copy(chosen.all),
        "print": window.printing.print,
        "save_pdf": window.printing.ask_pdf,
        "save_web_page": window.printing.ask_web_page,
        "authors": desk.authors.toggle,
        "about": window.beside.toggle_about,
        "read": partial(desk.reader.toggle, READ),
        "read_beside": partial(desk.reader.toggle, BOTH),
        "help": window.show_help,
        "settings": window.settings.open,
        "larger": partial(theme.zoom, 1),
        "smaller": partial(theme.zoom, -1),
        "usual_size": partial(theme.zoom, 0),
        "new_notebook": window.chosen_place.new_notebook,
        "nest_notebook": window.chosen_place.nest_notebook,
        "move_notebook": lambda: window.arranging.ask_notebook(window.place, window.going.ask),
        "rename_notebook": window.chosen_place.rename_notebook,
        "people": window.people.toggle,
        "share": window.chosen_place.share,
        "join": window.chosen_place.join,
        "import_folder": window.carrying.ask_import,
        "export_notes": lambda: window.carrying.ask_export(window.place),
        "switch": window.going.switch,
        "palette": lambda: window.going.command(window.commands),
        "search": window.searching.ask,
        "filter": window.filter_list,
        "focus": window.focus.toggle,
        "full_screen": window.toggle_full_screen,
        "sidebar": lambda: window.sidebar.setVisible(window.sidebar.isHidden()),
        **{f"theme_{mode}": partial(theme.set_mode, mode) for mode in MODES},
    }
    return verbs | {name: window.focus.leaving(verbs[name]) for name in IN_OTHER_PARTS}


def conditions_of(window: MainWindow) -> dict[str, Condition]:
    """When a command can be given; the others: always."""
    desk, chosen = window.desk, window.chosen
    return {
        **dict.fromkeys(OF_A_NOTE, lambda: desk.note is not None),
        **dict.fromkeys(OF_A_TEXT, lambda: not desk.editor.isReadOnly()),
        **dict.fromkeys(OF_LIVE_NOTES, lambda: chosen.can_change and not window.then.active),
        "back": lambda: window.back.can(-1),
        "forward": lambda: window.back.can(1),
        "open_in_tab": lambda: chosen.can_open_beside,
        **dict.fromkeys(OF_TABS, lambda: window.tabs.count > 1),
        "reopen_tab": lambda: window.tabs.can_reopen,
        "notebook_then": lambda: window.place.is_notebook,
        **dict.fromkeys(("restore_version", "bring_back"), lambda: desk.shows_past),
        "restore_note": lambda: chosen.can_restore,
        "purge_note": lambda: chosen.can_purge,
        "nest_notebook": lambda: window.place.is_notebook and window.place.writable,
        "copy_link": lambda: bool(chosen.all),
        "move_notebook": lambda: window.place.kind == NESTED and window.place.writable,
        "rename_notebook": lambda: window.chosen_place.can_rename,
        "keep_search": lambda: bool(window.chosen_place.words_to_keep),
        "remove_search": lambda: window.place.kind == SEARCH_PLACE,
    }


def marks_of(window: MainWindow, theme: Theme) -> dict[str, Condition]:
    """Which commands are choices, and when each is the chosen one."""
    desk = window.desk
    return {
        "pin_note": lambda: window.chosen.pinned,
        "notebook_then": lambda: window.then.active,
        "people": lambda: window.people.shown,
        "authors": lambda: desk.authors.shown,
        "focus": lambda: window.focus.active,
        "full_screen": window.isFullScreen,
        "about": lambda: not desk.about.isHidden(),
        "read": lambda: desk.reader.mode == READ,
        "read_beside": lambda: desk.reader.mode == BOTH,
        **{f"theme_{mode}": partial(_has_mode, theme, mode) for mode in MODES},
    }


def _find(desk: Desk) -> None:
    """In what is shown: the note, or its past."""
    if desk.shows_past:
        desk.past.search.ask()
    else:
        desk.finder.ask(replaces=False)


def _find_on(desk: Desk, *, backwards: bool) -> None:
    (desk.past.search if desk.shows_past else desk.finder).step(backwards=backwards)


def _has_mode(theme: Theme, mode: str) -> bool:
    return theme.mode == mode


def _in_focus(verb: str) -> None:
    """Cut, copy, paste, select all: of the field that has the focus."""
    field = QApplication.focusWidget()
    if field is not None and hasattr(field, verb):
        getattr(field, verb)()
