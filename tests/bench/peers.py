"""Others' text engines beside ours: pycrdt (Yrs) and loro, as far as they are installed.

Owns how a trace is typed into their documents: one document a line of history, which takes in what
the parents say before it is edited. Invariant: a document never knows more than the transaction
that is typed into it stands on. Their ends are not compared with the trace's: letters that meet at
one place stand in another order with each engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

Edit = tuple[int, int, str]


class Document(Protocol):
    """One replica of one text."""

    def apply(self, update: bytes) -> None: ...
    def apply_all(self, updates: Sequence[bytes]) -> None: ...
    def edit(self, edits: Sequence[Edit]) -> None:
        """One transaction; positions as the engine counts them."""

    def collect(self, updates: list[bytes]) -> None:
        """From now on put the update of every own transaction there."""

    def edits(self, splices: Iterable[Edit]) -> list[Edit]:
        """Splices (code points; clipped to the text) in the engine's own positions."""

    @property
    def text(self) -> str: ...


def _in_range(text: str, splices: Iterable[Edit]) -> Iterable[tuple[str, Edit]]:
    """Splices that exist, each with the text that it is done to."""
    for position, deleted, inserted in splices:
        at = min(position, len(text))
        gone = min(deleted, len(text) - at)
        yield text, (at, gone, inserted)
        text = text[:at] + inserted + text[at + gone :]


class PycrdtDocument:
    """pycrdt: positions are bytes of UTF-8."""

    def __init__(self, number: int) -> None:
        import pycrdt

        self._doc: Any = pycrdt.Doc(client_id=number + 1)
        self._text = self._doc.get("body", type=pycrdt.Text)

    def apply(self, update: bytes) -> None:
        self._doc.apply_update(update)

    def apply_all(self, updates: Sequence[bytes]) -> None:
        with self._doc.transaction():
            for update in updates:
                self._doc.apply_update(update)

    def edit(self, edits: Sequence[Edit]) -> None:
        text = self._text
        with self._doc.transaction():
            for position, deleted, inserted in edits:
                if deleted:
                    del text[position : position + deleted]
                if inserted:
                    text.insert(position, inserted)

    def collect(self, updates: list[bytes]) -> None:
        own, edit = False, self.edit

        def told(event: Any) -> None:
            if own:
                updates.append(event.update)

        def collected(edits: Sequence[Edit]) -> None:
            nonlocal own
            own = True
            edit(edits)
            own = False

        self._doc.observe(told)
        self.edit = collected  # type: ignore[method-assign]

    def edits(self, splices: Iterable[Edit]) -> list[Edit]:
        return [
            (len(text[:at].encode()), len(text[at : at + gone].encode()), typed)
            for text, (at, gone, typed) in _in_range(self.text, splices)
        ]

    @property
    def text(self) -> str:
        return str(self._text)


class LoroDocument:
    """loro: positions are code points."""

    def __init__(self, number: int) -> None:
        import loro

        self._doc = loro.LoroDoc()
        self._doc.peer_id = number + 1
        self._text = self._doc.get_text("body")
        self._subscription: object = None

    def apply(self, update: bytes) -> None:
        self._doc.import_(update)

    def apply_all(self, updates: Sequence[bytes]) -> None:
        self._doc.import_batch(list(updates))

    def edit(self, edits: Sequence[Edit]) -> None:
        text = self._text
        for position, deleted, inserted in edits:
            if deleted:
                text.delete(position, deleted)
            if inserted:
                text.insert(position, inserted)
        self._doc.commit()

    def collect(self, updates: list[bytes]) -> None:
        def told(update: bytes) -> bool:
            updates.append(bytes(update))
            return True

        self._subscription = self._doc.subscribe_local_update(told)

    def edits(self, splices: Iterable[Edit]) -> list[Edit]:
        return [edit for _, edit in _in_range(self.text, splices)]

    @property
    def text(self) -> str:
        return self._text.to_string()


def installed() -> dict[str, type]:
    """The engines that are there, by name."""
    found: dict[str, type] = {}
    for name, document in (("pycrdt", PycrdtDocument), ("loro", LoroDocument)):
        try:
            __import__(name)
        except ImportError:
            continue
        found[name] = document
    return found


def updates_of(trace: Any, document: type) -> list[bytes]:
    """The update of every transaction of a trace, as one engine sends it (b"" where nothing was
    done). Who writes on two lines of history at once is two documents."""
    documents: list[Document] = []
    outs: list[list[bytes]] = []
    lines: list[list[int]] = []  # of a document: its own transactions
    known: list[list[int]] = []  # of a document: how many of each line it has
    places: list[tuple[int, list[int]]] = []  # of a transaction: its line, what is known after it
    updates: list[bytes] = []
    agent_of: list[int] = []
    for number, transaction in enumerate(trace.transactions):
        seen = [0] * len(lines)
        for parent in transaction.parents:
            for at, count in enumerate(places[parent][1]):
                seen[at] = max(seen[at], count)
        free = [at for at, line in enumerate(lines) if seen[at] == len(line)]
        mine = [at for at in free if agent_of[at] == transaction.agent]
        if mine:
            at = mine[0]
        else:
            at = len(lines)
            documents.append(document(at))
            outs.append([])
            documents[at].collect(outs[at])
            lines.append([])
            known.append([])
            agent_of.append(transaction.agent)
            seen.append(0)
        one, has = documents[at], known[at]
        has.extend([0] * (len(seen) - len(has)))
        news: list[int] = []
        for other, count in enumerate(seen):
            if other != at:
                news.extend(lines[other][has[other] : count])
                has[other] = max(has[other], count)
        for other_number in sorted(news):
            if updates[other_number]:
                one.apply(updates[other_number])
        before = len(outs[at])
        one.edit(one.edits(transaction.splices))
        updates.append(outs[at][-1] if len(outs[at]) > before else b"")
        lines[at].append(number)
        has[at] = seen[at] = len(lines[at])
        places.append((at, seen))
    return updates
