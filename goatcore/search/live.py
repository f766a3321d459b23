"""A live search: the hits for what is typed, kept right while items change.

Owns what is asked, and the rows. Invariants: the rows answer to what was asked last, or, while that
is being looked for, to what was asked before; subscribers hear of every change of the rows as
splices, and of nothing else. Decides nothing about when the index is read: its search does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from goatcore.errors import Closed
from goatcore.query import Splice
from goatcore.search.hits import Hit, difference
from goatcore.search.wanted import Wanted

Listener = Callable[[list[Splice[Hit]]], None]


class Answering(Protocol):
    """What a live search asks of its search."""

    def read(self, typed: str) -> Wanted: ...
    def answer(self, live: LiveSearch) -> None: ...
    def leave(self, live: LiveSearch) -> None: ...
    def failed(self, error: Exception) -> None: ...


class LiveSearch:
    """Made by `Search.live`. On a running loop rows come a moment after they were asked for;
    without one, at once."""

    def __init__(self, search: Answering, limit: int) -> None:
        self.limit = limit
        self.more = False  # there are more hits than `limit`
        self.typed = ""
        self.wanted = Wanted()
        self._search = search
        self._rows: list[Hit] = []
        self._listeners: list[Listener] = []
        self._answered: list[Callable[[], None]] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._busy = False
        self._closed = False

    @property
    def rows(self) -> Sequence[Hit]:
        """The hits, the best first."""
        return self._rows

    @property
    def problems(self) -> Sequence[str]:
        """Sentences about what was typed and means nothing."""
        return self.wanted.problems

    @property
    def busy(self) -> bool:
        """Whether what was asked last is still being looked for."""
        return self._busy

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    def ask(self, typed: str) -> None:
        """Look for something else from now on. What was being looked for is given up."""
        if self._closed:
            raise Closed("This search was closed; make a new one.")
        if typed != self.typed:
            self.typed = typed
            self.wanted = self._search.read(typed)
            self.look_again()

    def look_again(self) -> None:
        """Something that is searched has changed."""
        self._busy = True
        self._search.answer(self)

    async def ready(self) -> LiveSearch:
        """Wait until the rows answer to what was asked last."""
        if self._busy:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            await future
        return self

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with the splices whenever rows have changed; they are the new ones by
        then. Gives a function that ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def on_answer(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back whenever what was asked last is answered, also if no row has changed; the
        splices were told by then. Gives a function that ends it."""
        self._answered.append(callback)
        return lambda: self._answered.remove(callback) if callback in self._answered else None

    def close(self) -> None:
        """Hear of nothing any more."""
        self._closed = True
        self._listeners.clear()
        self._answered.clear()
        self._search.leave(self)
        self._settle()

    def show(self, hits: Sequence[Hit], *, more: bool) -> None:
        """Take the answer to what was asked last."""
        if self._closed:
            return
        self._busy = False
        self.more = more
        self._rows, splices = difference(self._rows, hits)
        if splices:
            self._tell(self._listeners, splices)
        self._tell(self._answered)
        self._settle()

    def _tell(self, callbacks: Sequence[Callable[..., None]], *news: object) -> None:
        for callback in tuple(callbacks):
            try:
                callback(*news)
            except Exception as error:  # a listener's fault is not ours, nor the next one's
                self._search.failed(error)

    def _settle(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
