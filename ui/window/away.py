"""While you were away: a quiet line when a window opens, and the notes that it speaks of.

Owns how long news are looked for: while devices find each other after the start. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer

from ui.models.away import EDITED, News, news_since, seen_now, told, what_words
from ui.models.note_words import title_words
from ui.operations.schemas import NOTE
from ui.panels.desk import Desk
from ui.widgets.banner import Banner
from ui.widgets.choice_list import Choice
from ui.window.flow import Flow
from ui.window.going import Going
from ui.window.memory import WindowMemory
from ui.window.shelf import Shelf

LISTEN_MS = 120_000  # changes that arrive later are seen while they come
SETTLE_MS = 400
SEEN = "seen"


class Away(QObject):
    """The news of one window."""

    def __init__(
        self,
        shelf: Shelf,
        flow: Flow,
        desk: Desk,
        going: Going,
        banner: Banner,
        memory: WindowMemory,
    ) -> None:
        super().__init__(flow)
        self._shelf = shelf
        self._flow = flow
        self._desk = desk
        self._going = going
        self._banner = banner
        self._memory = memory
        self._seen = memory.text_of(SEEN)
        self._count = 0
        self._listens: list[Callable[[], None]] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SETTLE_MS)
        self._soon.timeout.connect(self._look)
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.setInterval(LISTEN_MS)
        self._end.timeout.connect(self._stop)
        banner.acted.connect(self.show_news)
        if self._seen:
            self._listen()
            self._end.start()
            self._soon.start()

    def show_news(self) -> None:
        """Lists what changed; an edited note opens with its past."""
        news = self.news()
        if not news:
            return
        self._banner.hide()
        self._stop()
        rows = [
            Choice(
                title_words(it.note.title), it, detail=what_words(it), aside=self._place(it.note)
            )
            for it in news
        ]
        self._going.ask(
            self.tr("While you were away"),
            lambda words: [r for r in rows if words.casefold() in r.words.casefold()],
            self.tr("Nothing is called so."),
            self._go,
        )

    def news(self) -> list[News]:
        """What others changed since the window was closed last."""
        return news_since(self._shelf.databases, self._seen)

    def keep(self) -> None:
        """Remembers what is seen now; call it before the window closes."""
        self._stop()
        self._memory.keep(SEEN, seen_now(self._shelf.databases))

    def _go(self, target: News) -> None:
        self._flow.go_to(target.note)
        if target.kind == EDITED:
            self._desk.show_past()

    def _listen(self) -> None:
        for place in self._shelf.places:
            if place.is_notebook and not place.key:
                repository = self._shelf.repository_of(place)
                if repository is not None:
                    self._listens.append(repository.subscribe(self._on_change))

    def _on_change(self, change: Any) -> None:
        if not change.local and change.item.schema.name == NOTE.name:
            self._soon.start()

    def _look(self) -> None:
        if self._count and self._banner.isHidden():
            self._stop()  # it was closed: enough of news
            return
        count = len(self.news())
        if count and count != self._count:
            self._banner.tell(told(count), self.tr("Show"))
        self._count = count

    def _stop(self) -> None:
        self._soon.stop()
        self._end.stop()
        for end in self._listens:
            end()
        self._listens = []

    def _place(self, note: Any) -> str:
        place = self._shelf.place_of(note)
        return place.name if place is not None else ""
