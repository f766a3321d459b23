"""Shows how far changes have come: the light over the note, the lights and words of notebooks.

Owns which workspace each of them tells of. Decides no words: `ui/models/sync_words` does.
"""

from __future__ import annotations

from typing import Any

from ui.language import tr
from ui.models.names import shown_name
from ui.models.places import Place
from ui.models.places_model import Notebook
from ui.models.sync_words import SyncWords, coming_words, named, sync_words
from ui.panels.desk import Desk
from ui.panels.sidebar import Sidebar
from ui.window.shelf import Shelf
from ui.workspaces import Network


class SyncDisplay:
    """The light tells of the open note's notebook, the sidebar of all and of the chosen one."""

    def __init__(self, shelf: Shelf, network: Network | None, desk: Desk, sidebar: Sidebar) -> None:
        self._shelf = shelf
        self._network = network
        self._desk = desk
        self._sidebar = sidebar
        self.coming = ""  # what is said of the chosen place while its notes arrive

    def show(self, place: Place, note: Any | None) -> None:
        """Shows what the network says now."""
        told = (self._shelf.place_of(note) if note is not None else None) or place
        details = self._connected() if self._network is not None else ""
        self._desk.light.say(sync_words(self._status(told), self._shelf.others(told)), details)
        self._sidebar.show_lights(self._lights())
        self.coming = coming_words(self._status(place)) if place.is_notebook else ""
        others = self._shelf.others(place)
        shared = tr("Shared with {}").format(named(others)) if others else ""
        self._sidebar.say_sharing(self.coming or shared or tr("Not shared with anybody"))

    def _lights(self) -> dict[Notebook, SyncWords]:
        """Of every notebook; those that nobody else has say what their workspace says."""
        lights: dict[Notebook, SyncWords] = {}
        alone: dict[bytes, SyncWords] = {}
        for place in self._shelf.places:
            if not place.is_notebook or place.key:
                continue
            if place.shared_with:
                words = sync_words(self._status(place), place.shared_with)
            else:
                if place.workspace not in alone:
                    alone[place.workspace] = sync_words(self._status(place), ())
                words = alone[place.workspace]
            lights[place.workspace, place.path] = words
        return lights

    def _status(self, place: Place) -> Any | None:
        if self._network is None:
            return None
        return self._network.status(self._shelf.database_of(place), place.path or None)

    def _connected(self) -> str:
        assert self._network is not None
        linked = [
            f"{shown_name(peer.member_name)} · {shown_name(peer.device_name)}"
            for peer in self._network.peers()
            if peer.connected
        ]
        return "\n".join([tr("Connected to:"), *dict.fromkeys(linked)]) if linked else ""
