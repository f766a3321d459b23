"""The people panel of a window: shows whom the chosen notebook is shared with, while it is open.

Owns when it is read anew: when members, links or the place change, and as time passes. Changes
roles by the engine's own rules. Writes nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from goatcore import GoatError, Role
from ui.dialogs.role import ask_role
from ui.engine_words import told_by
from ui.language import tr
from ui.models.people import PeopleView, people_view, role_words
from ui.models.places import Place
from ui.panels.people import PeoplePanel
from ui.window.flow import Flow
from ui.window.shelf import Shelf
from ui.workspaces import Network

AGES_MS = 20_000  # how often what is said of times is looked at


class People(QObject):
    """Fills the panel, and does what is wanted there."""

    told = Signal(str)
    failed = Signal(str)

    def __init__(
        self,
        panel: PeoplePanel,
        shelf: Shelf,
        flow: Flow,
        network: Network | None,
        clock: Callable[[], int],
    ) -> None:
        super().__init__(panel)
        self.panel = panel
        self._shelf = shelf
        self._flow = flow
        self._network = network
        self._clock = clock
        self._place: Place | None = None
        self._ages = QTimer(self)
        self._ages.setInterval(AGES_MS)
        self._ages.timeout.connect(self.refresh)
        self._ends: list[Callable[[], None]] = []
        if network is not None:
            self._ends.append(network.subscribe(self.refresh))
        shelf.changed.connect(self.refresh)
        flow.moved.connect(self.refresh)
        panel.left.connect(self.close)
        panel.role_wanted.connect(self._on_role)
        panel.address_wanted.connect(self._on_address)

    @property
    def shown(self) -> bool:
        """Whether the panel is open."""
        return not self.panel.isHidden()

    def toggle(self) -> None:
        """Opens the panel, or closes it."""
        if self.shown:
            self.close()
        else:
            self.open()

    def open(self) -> None:
        """Shows the people of the chosen notebook."""
        self.panel.show()
        self._ages.start()
        self.refresh()
        self._flow.moved.emit()

    def close(self) -> None:
        """Shows them no longer."""
        self._ages.stop()
        self.panel.hide()
        self._flow.moved.emit()

    def end(self) -> None:
        """Hears nothing any more."""
        self._ages.stop()
        for end in self._ends:
            end()
        self._ends.clear()

    def refresh(self) -> None:
        """Reads everything anew, if it is seen."""
        if not self.shown:
            return
        place = self._flow.place
        if place.is_notebook:
            place = next(p for p in self._shelf.places if p.path == place.path)
        self._place = place
        self.panel.show_people(self._view(place))

    def _view(self, place: Place) -> PeopleView:
        return people_view(self._shelf.databases, self._network, place, self._clock())

    def _on_role(self, member: bytes, name: str, role: Role) -> None:
        place = self._place
        person = next((p for p in self.panel.view.people if p.id == member), None)
        if place is None or (person is not None and person.role is role):
            return
        lower = person is not None and person.role is not None and role < person.role
        if role is Role.owner or lower:
            give = lambda: self._give(place, member, name, role)  # noqa: E731
            ask_role(self.panel.window(), name, place.name, role, give)
        else:
            self._give(place, member, name, role)

    def _give(self, place: Place, member: bytes, name: str, role: Role) -> None:
        try:
            self._shelf.database_of(place).grant(place.path, member, role)
        except GoatError as error:
            self.failed.emit(told_by(error))
            return
        self.told.emit(tr("{} in “{}”: {}").format(name, place.name, role_words(role)))
        self.refresh()

    def _on_address(self, typed: str) -> None:
        if self._network is None or self._place is None:
            return
        try:
            self._network.reach(self._shelf.database_of(self._place), typed)
        except GoatError as error:
            self.panel.say_problem(told_by(error))
            return
        self.panel.say_problem("")
        self.panel.address.clear()
        self.refresh()
