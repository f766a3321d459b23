"""Signatures in number: checked on other threads, since that is most of the work of a check.

Owns the order of results. Invariant: every signature that was given in is told of exactly once, in
the order given. The verifier lets go of the interpreter while it works, so threads help.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, NamedTuple

BATCH: Final = 256
IN_FLIGHT: Final = 4  # batches
THREADS: Final = 2

Verify = Callable[[bytes, bytes, bytes], bool]  # key, message, signature


class Signed(NamedTuple):
    """A signature to check; `number` is the asker's own word for it."""

    number: int
    key: bytes
    message: bytes
    signature: bytes


class Signatures:
    """Checks what is put in; tells the numbers of those that are bad."""

    def __init__(self, verify: Verify) -> None:
        self.count = 0
        self._verify = verify
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="goat-check")
        self._batch: list[Signed] = []
        self._running: deque[Future[list[int]]] = deque()

    def put(self, signed: Signed) -> Iterator[int]:
        """Check one more; tells of bad ones among those put in before."""
        self.count += 1
        self._batch.append(signed)
        if len(self._batch) >= BATCH:
            self._start()
            while len(self._running) > IN_FLIGHT:
                yield from self._running.popleft().result()

    def finish(self) -> Iterator[int]:
        """Tells of all that were not told of yet."""
        self._start()
        while self._running:
            yield from self._running.popleft().result()

    def close(self) -> None:
        """Let go of the threads."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _start(self) -> None:
        batch, self._batch = self._batch, []
        if batch:
            self._running.append(self._pool.submit(self._bad, batch))

    def _bad(self, batch: Sequence[Signed]) -> list[int]:
        verify = self._verify
        return [
            number for number, key, message, signature in batch
            if not verify(key, message, signature)
        ]  # fmt: skip
