"""What one part of the window says and another part hears: every signal between them, in one list.

Owns nothing. Whoever is to hear something is connected here, and decides what comes of it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow


def connect(window: MainWindow) -> None:
    """Connects the parts of a window, once all of them are there."""
    at_desk = window.at_desk
    window.sidebar.new_notebook_wanted.connect(window.chosen_place.new_notebook)
    window.sidebar.join_wanted.connect(window.chosen_place.join)
    window.sidebar.menu_wanted.connect(window.menus.pop_place_menu)
    window.sidebar.model.renamed.connect(window.verbs.rename)
    window.list.new_note_wanted.connect(window.chosen.new)
    window.list.start_wanted.connect(window.chosen.start)
    window.list.delete_wanted.connect(window.chosen.delete)
    window.list.open_wanted.connect(window.desk.editor.setFocus)
    window.list.aside_wanted.connect(lambda note: window.tabs.add([note]))
    window.list.menu_wanted.connect(window.menus.pop_note_menu)
    window.desk.share_wanted.connect(window.chosen_place.share)
    window.desk.new_note_wanted.connect(window.chosen.new)
    window.desk.restore_wanted.connect(window.chosen.restore_open)
    window.desk.version_wanted.connect(at_desk.restore_version)
    window.desk.title_settled.connect(window.verbs.settle_title)
    window.desk.failed.connect(window.fail)
    window.desk.told.connect(window.toast.tell)
    window.desk.habits.left.connect(at_desk.leave_editor)
    window.desk.habits.note_wanted.connect(at_desk.open_link)
    window.desk.habits.note_wanted_beside.connect(partial(at_desk.open_link, beside=True))
    window.desk.reader.note_wanted.connect(at_desk.open_link)
    window.desk.reader.note_wanted_beside.connect(partial(at_desk.open_link, beside=True))
    window.desk.tab_strip.menu_wanted.connect(at_desk.pop_tab_menu)
    window.tabs.changed.connect(window.commands.refresh)
    window.going.make = window.chosen.new
    window.desk.reader.tag_wanted.connect(window.flow.go_to_tag)
    window.desk.reader.find = window.going.embedded
    window.desk.completing.titles = window.going.suggest_titles
    window.desk.completing.tags = window.searching.suggest_tags
    window.desk.about.linking = window.shelf.linking
    window.desk.about.note_wanted.connect(window.flow.go_to)
    window.desk.retitled.connect(window.verbs.offer_links)
    window.then.restore_wanted.connect(window.verbs.restore_notebook)
    window.then.told.connect(window.toast.tell)
    window.quick.told.connect(window.toast.tell)
    window.links.told.connect(window.toast.tell)
    window.links.failed.connect(window.fail)
    window.desk.habits.link_wanted.connect(window.links.open)
    window.desk.reader.view.link_wanted.connect(window.links.open)
    window.printing.told.connect(window.toast.tell)
    window.printing.failed.connect(window.fail)
    window.verbs.failed.connect(window.fail)
    window.verbs.told.connect(window.toast.tell)
    window.verbs.offered.connect(window.toast.tell)
    window.people.told.connect(window.toast.tell)
    window.people.failed.connect(window.fail)
    window.people.panel.share_wanted.connect(window.chosen_place.share)
    window.people.panel.join_wanted.connect(window.chosen_place.join)
    window.sidebar.people_wanted.connect(window.people.toggle)
    window.desk.light.pressed.connect(window.people.open)
    window.flow.moved.connect(window.commands.refresh)
    if window.sharing is not None:
        window.sharing.told.connect(window.toast.tell)
        window.sharing.joined.connect(window.chosen_place.show_joined)
