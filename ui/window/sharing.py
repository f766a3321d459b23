"""Sharing and joining: opens the dialogs and gives them the network.

Owns who is asked for names (whoever has not confirmed them yet), and where a joined workspace goes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from ui.dialogs.join import JoinDialog
from ui.dialogs.share import ShareDialog
from ui.models.places import Place
from ui.theme.theme import Theme
from ui.window.shelf import Shelf
from ui.workspaces import Names, Network, Workspaces


class Sharing(QObject):
    """`joined` gives the path of the first notebook of a workspace that was joined, or ''."""

    joined = Signal(object)  # the database
    told = Signal(str, object)

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        workspaces: Workspaces,
        network: Network,
        shelf: Shelf,
        clock: Callable[[], int],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._theme = theme
        self._workspaces = workspaces
        self._network = network
        self._shelf = shelf
        self._clock = clock

    def share(self, place: Place) -> ShareDialog:
        """Opens the dialog that shares a notebook."""
        database = self._shelf.database_of(place)

        def start(whom: str, role: Any, names: Names | None) -> Any:
            self._confirm(names)
            return self._network.share(database, place.path, whom=whom, role=role)

        dialog = ShareDialog(
            self._theme, place.name, start, self._clock, self._names_to_ask(), self._window
        )
        dialog.shared.connect(
            lambda member, device: self.told.emit(
                self.tr("{} joined on “{}”").format(member, device), None
            )
        )
        dialog.open()
        return dialog

    def join(self) -> JoinDialog:
        """Opens the dialog that joins a notebook of somebody else, or of another own device."""

        def start(code: str, address: str | None, names: Names | None) -> Any:
            self._confirm(names)
            mine = self._workspaces.names
            return self._network.join(
                code,
                folder=self._workspaces.new_folder(),
                address=address,
                member_name=mine.member,
                device_name=mine.device,
            )

        dialog = JoinDialog(
            self._theme,
            start,
            self._network.nearby,
            self._network.code_words,
            self._names_to_ask(),
            self._window,
        )
        dialog.joined.connect(self._on_joined)
        dialog.open()
        return dialog

    def _names_to_ask(self) -> Names | None:
        return None if self._workspaces.names_confirmed else self._workspaces.names

    def _confirm(self, names: Names | None) -> None:
        if names is not None:
            self._workspaces.confirm_names(names)

    def _on_joined(self, database: Any) -> None:
        self._workspaces.add(database)
        self._shelf.refresh()
        self.joined.emit(database)
