"""Shows how far changes have come: the light over the note, the lights and words of notebooks.

Owns which workspace each of them tells of. Decides no words: `ui/models/sync_words` does.
"""

from __future__ import annotations

from typing import Any

from ui.language import tr
from ui.models.names import shown_name
from ui.models.places import Place
from ui.models.sync_words import coming_words, named, sync_words
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
        self._sidebar.show_lights(
            {
                (one.workspace, one.path): sync_words(self._status(one), one.shared_with)
                for one in self._shelf.places
                if one.is_notebook and not one.key
            }
        )
        self.coming = coming_words(self._status(place)) if place.is_notebook else ""
        others = self._shelf.others(place)
        shared = tr("Shared with {}").format(named(others)) if others else ""
        self._sidebar.say_sharing(self.coming or shared or tr("Not shared with anybody"))

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
