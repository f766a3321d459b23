"""Going somewhere by its name: the quick switcher and the palette of all commands.

Owns what was open lately. Opens nothing itself: the flow and the commands do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ui.commands.finding import commands_for
from ui.commands.registry import Commands, Listed
from ui.editing.completing import Suggested
from ui.models.places import Place
from ui.models.switching import Hit, Recent, Titles, repositories_of
from ui.operations import notes
from ui.panels.tabs import Tabs
from ui.reading.embedded import Embedded
from ui.theme.theme import Theme
from ui.widgets.choice_list import Choice
from ui.widgets.chooser import Chooser, Find
from ui.window.flow import Flow
from ui.window.shelf import Shelf

SUGGESTED_MAX = 30


class _New(NamedTuple):
    """A note that is to be made."""

    title: str


class Going(QObject):
    """The chooser of a window and what it is used for. `make` makes a note of a title."""

    def __init__(self, window: QWidget, theme: Theme, shelf: Shelf, flow: Flow, tabs: Tabs) -> None:
        super().__init__(window)
        self._tabs = tabs
        self.make: Callable[[str], object] = lambda _title: None
        self._shelf = shelf
        self._flow = flow
        self._recent = Recent()
        self._act: Callable[[Any], None] = lambda _target: None
        self.chooser = Chooser(theme, window)
        self.chooser.chosen.connect(self._on_chosen)
        self._suggesting: Titles | None = None
        flow.opened.connect(self._on_opened)

    def switch(self) -> None:
        """Asks where to go: notes and notebooks by title. What is called like nothing else can
        be made."""
        self._switch(self.tr("Go to a note or notebook"), self._go)

    def switch_beside(self) -> None:
        """Asks for a note that is to be in a tab of its own."""

        def go(target: Any) -> None:
            with self._tabs.beside():
                self._go(target)

        self._switch(self.tr("Open which note in a new tab?"), go)

    def _switch(self, prompt: str, act: Callable[[Any], None]) -> None:
        titles = self._titles()

        def find(words: str) -> list[Choice]:
            found = [self._place_choice(hit) for hit in titles.hits(words)]
            title = " ".join(words.split())
            if title and titles.called(title) is None:
                new = self.tr("New note “{}”").format(title)
                found.append(Choice(new, _New(title), icon="new-note"))
            return found

        self._act = act
        self.chooser.ask(prompt, find, self.tr("There is no note yet."))

    def choose_notebook(self, act: Callable[[Place], object]) -> None:
        """Asks for a notebook that one may write in."""
        titles = self._titles()
        self._act = act
        self.chooser.ask(
            self.tr("Move to which notebook?"),
            lambda words: [
                self._place_choice(hit)
                for hit in titles.hits(words, only_places=True)
                if hit.target.writable
            ],
            self.tr("No notebook is called so."),
        )

    def ask(self, prompt: str, find: Find, nothing: str, act: Callable[[Any], None]) -> None:
        """Asks for one of whatever `find` answers with."""
        self._act = act
        self.chooser.ask(prompt, find, nothing)

    def command(self, commands: Commands) -> None:
        """Asks what to do: every command with its keys."""
        listing = commands.listing()
        self._act = commands.run
        self.chooser.ask(
            self.tr("What do you want to do?"),
            lambda words: [_command_choice(found) for found in commands_for(words, listing)],
            self.tr("No command is called so."),
        )

    def open_title(self, title: str, *, beside: bool = False) -> bool:
        """Opens the note that is called so, the one open last if there are several; `beside`: in
        a tab of its own."""
        note = self._titles().called(title)
        if note is not None:
            (self._flow.go_to_beside if beside else self._flow.go_to)(note)
        return note is not None

    def embedded(self, title: str) -> Embedded | None:
        """The note that is called so, to be shown in another one."""
        note = self._titles().called(title)
        return None if note is None else Embedded(notes.shown_title(note), str(note.body))

    def suggest_titles(self, words: str) -> list[Suggested]:
        """Notes that a link could lead to. The titles are read when a link begins."""
        if not words or self._suggesting is None:
            self._suggesting = self._titles()
        hits = [hit for hit in self._suggesting.hits(words) if not isinstance(hit.target, Place)]
        found: dict[str, Suggested] = {}
        for hit in hits:
            place = self._shelf.place_of(hit.target)
            if hit.target.title and not set(hit.words) & set("[]|#"):
                found.setdefault(hit.words, Suggested(hit.words, place.name if place else ""))
        return list(found.values())[:SUGGESTED_MAX]

    def _titles(self) -> Titles:
        places = self._shelf.places
        return Titles(repositories_of(self._shelf.databases, places), places, self._recent)

    def _place_choice(self, hit: Hit) -> Choice:
        target = hit.target
        if isinstance(target, Place):
            beside = self._shelf.beside(target) or self.tr("Notebook")
            return Choice(hit.words, target, aside=beside, icon="notebook")
        place = self._shelf.place_of(target)
        return Choice(hit.words, target, aside=place.name if place is not None else "", icon="note")

    def _go(self, target: Any) -> None:
        if isinstance(target, _New):
            self.make(target.title)
        elif isinstance(target, Place):
            self._flow.choose_place(target)
        else:
            self._flow.go_to(target)

    def _on_chosen(self, target: Any) -> None:
        self._act(target)

    def _on_opened(self, note: Any) -> None:
        self._recent.opened(note)


def _command_choice(command: Listed) -> Choice:
    return Choice(
        command.words,
        command.id,
        detail=command.menu,
        aside=command.keys,
        enabled=command.enabled,
    )
