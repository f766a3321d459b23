"""Models on live queries while two devices write: what is announced is what there is.

One device has the models; a person edits there, and what the other device did arrives commit by
commit, many in one turn of the loop. A witness hears nothing but the announcements of a model, as a
view does, and Qt's own tester watches each of them. After every turn the rows that were announced
are the rows of the query, and the first thing done in a turn is seen when it is done.
"""

from __future__ import annotations

import os
from types import ModuleType
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from PySide6.QtCore import QCoreApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from ui.models.merged_rows import MergedRows
from ui.models.query_model import ROW_ROLE, QueryModel

SEED = st.integers(0, 1 << 16)
COUNT = st.integers(1, 20)


class Witness:
    """Rows as somebody has them who only hears what a model announces."""

    def __init__(self, query: Any) -> None:
        self.query = query
        self.model = QueryModel({})
        self.rows: list[Any] = []
        fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
        self.tester = QAbstractItemModelTester(self.model, fatal)
        self.model.rowsInserted.connect(self._entered)
        self.model.rowsRemoved.connect(self._left)
        self.model.rowsMoved.connect(self._moved)
        self.model.modelReset.connect(self._anew)
        self.model.show_query(query)

    def _read(self, row: int) -> Any:
        return self.model.index(row, 0).data(ROW_ROLE)

    def _entered(self, _parent: Any, first: int, last: int) -> None:
        self.rows[first:first] = [self._read(row) for row in range(first, last + 1)]

    def _left(self, _parent: Any, first: int, last: int) -> None:
        del self.rows[first : last + 1]

    def _moved(self, _parent: Any, first: int, _last: int, _to: Any, below: int) -> None:
        row = self.rows.pop(first)
        self.rows.insert(below if below <= first else below - 1, row)

    def _anew(self) -> None:
        self.rows = [self._read(row) for row in range(self.model.rowCount())]


def machine(peers: ModuleType) -> type[RuleBasedStateMachine]:
    note = peers.NOTE

    class Rows(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            timers = peers.Timers()
            self.here, self.there = peers.Peer(1, timers), peers.Peer(2, timers)
            mine = self.here.repository
            merged = MergedRows(
                [mine.query(note).where(done=done) for done in (False, True)],
                order=lambda row: (row.title,),
                identity=lambda row: (row.key,),
            )
            self.witnesses = [
                Witness(mine.query(note).order_by("-edited", "title")),
                Witness(mine.query(note).where(done=False).order_by("title").limit(5)),
                Witness(merged),
            ]
            self.known: dict[Any, int] = {}
            self.fresh = True  # nothing was delivered in this turn yet

        def teardown(self) -> None:
            for witness in self.witnesses:
                witness.model.close()

        def _write(self, repository: Any, seed: int) -> None:
            keys = sorted(item.key for item in repository.items(note))
            if not keys or seed % 3 == 0:
                repository.create(note, title=f"t{seed % 11}", edited=seed % 7, done=seed % 2 == 0)
                return
            item = repository.item(keys[seed % len(keys)])
            match seed % 5:
                case 0:
                    item.delete()
                case 1:
                    item.done = not item.done
                case 2:
                    item.title = f"t{seed % 13}"
                case _:
                    item.edited = seed % 17

        def _new(self, peer: Any) -> list[Any]:
            """What a device holds that it did not when it was asked last."""
            commits = list(peer.store.commits())
            known, self.known[peer] = self.known.get(peer, 0), len(commits)
            return commits[known:]

        def _equal(self, witnesses: list[Witness]) -> None:
            for witness in witnesses:
                assert witness.rows == list(witness.query.rows)

        @rule(seed=SEED)
        def somebody_here_writes(self, seed: int) -> None:
            self._write(self.here.repository, seed)
            if self.fresh:  # the merged rows hear of two queries, one after the other
                self._equal(self.witnesses[:2])
            self.fresh = False

        @rule(seed=SEED, count=COUNT)
        def much_arrives(self, seed: int, count: int) -> None:
            self.here.repository.record_drafts()
            self.there.repository.admit(self._new(self.here))
            for number in range(count):
                self._write(self.there.repository, seed + 31 * number)
                self.there.repository.record_drafts()
            for commit in self._new(self.there):
                self.here.repository.admit([commit])
            self.fresh = False

        @rule()
        def the_turn_ends(self) -> None:
            QCoreApplication.sendPostedEvents()
            self._equal(self.witnesses)
            self.fresh = True

        @rule()
        def somebody_asks_for_the_rows(self) -> None:
            for witness in self.witnesses:
                assert list(witness.model.rows) == witness.rows == list(witness.query.rows)

        @invariant()
        def a_view_reads_what_was_announced(self) -> None:
            for witness in getattr(self, "witnesses", ()):
                read = [witness._read(row) for row in range(witness.model.rowCount())]
                assert read == witness.rows

    return Rows


def test_what_is_announced_is_what_there_is(
    peers: ModuleType, qapp: QApplication, request: Any
) -> None:
    slow = request.config.getoption("--slow")
    run_state_machine_as_test(
        machine(peers),
        settings=settings(
            max_examples=600 if slow else 30,
            stateful_step_count=30,
            phases=[phase for phase in Phase if slow or phase is not Phase.shrink],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
