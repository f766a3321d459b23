"""A machine of joining on a link: its messages carried, its deadline watched.

Owns the timer and the link's handlers. Invariant: after every message, tick or word of the person,
what the machine wants to say is sent before anybody looks at its step.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from goatcore.clock import Clock
from goatcore.errors import Closed
from goatcore.transport.link import Link
from goatcore.trust.joining import JoinGuest, JoinHost


class Conversation:
    """One side of one join. `on_step` hears after whatever may have changed the machine's step."""

    def __init__(
        self,
        machine: JoinHost | JoinGuest,
        link: Link,
        *,
        clock: Clock,
        on_step: Callable[[], None],
    ) -> None:
        self.link = link
        self._machine = machine
        self._clock = clock
        self._on_step = on_step
        self._timer: asyncio.TimerHandle | None = None
        self._ending: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to talk."""
        self.link.start(self._on_message, self._on_lost)
        self.carry_on()

    def carry_on(self) -> None:
        """Send what the machine wants to say, then let its step be looked at."""
        if not self.link.closed:
            with contextlib.suppress(Closed):
                for message in self._machine.take_outgoing():
                    self.link.send(message)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._machine.over:
            delay_s = max(0, self._machine.deadline_ms - self._clock()) / 1000
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._on_time)
        self._on_step()

    def close(self) -> None:
        """Hang up, once what waits is sent."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self.link.closed and self._ending is None:
            loop = asyncio.get_running_loop()
            self._ending = loop.create_task(self.link.close("Joining is over."))

    def _on_message(self, data: bytes) -> None:
        self._machine.receive(data, self._clock())
        self.carry_on()

    def _on_lost(self, reason: str) -> None:
        if not self._machine.over:
            self._machine.lost()
            self.carry_on()

    def _on_time(self) -> None:
        self._machine.tick(self._clock())
        self.carry_on()
