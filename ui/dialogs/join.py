"""Joining a notebook: the code, the way there, and how it ended.

Owns the pages; what happens is decided by the `join` object of the network, whose state they show.
Invariant: whatever fails is said in a sentence, and one can try again. Closing the dialog before
the end cancels the joining.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCompleter,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QStackedWidget,
    QWidget,
)

from goatcore import GoatError
from ui.dialogs.names_form import NamesForm
from ui.dialogs.pages import Page, PagedDialog, button, label
from ui.engine_words import told_by
from ui.language import digits
from ui.models.names import shown_name
from ui.theme.theme import Theme
from ui.workspaces import Names

TICK_MS = 500
NEARBY_PX = 84  # always, so that nothing moves under the pointer as computers come and go
_CODE_LIKE = re.compile(r"\d+-?[a-z]{4,}")  # what is wrong with a code, the network says
_ADDRESS_ROLE = int(Qt.ItemDataRole.UserRole)

StartJoin = Callable[[str, str | None, Names | None], Any]


def completions(typed: str, words: Sequence[str]) -> list[str]:
    """How a code that was typed so far can go on: every word that fits after the last hyphen,
    if it is not there already."""
    head, hyphen, last = typed.lower().rpartition("-")
    if not hyphen or not last:
        return []
    return [f"{head}-{word}" for word in words if word != last and word.startswith(last)][:8]


def tidy_code(typed: str) -> str:
    """A code as it was meant: spaces and capital letters do not matter."""
    return re.sub(r"[\s\-_.]+", "-", typed.strip().lower())


class JoinDialog(PagedDialog):
    """`start(code, address, names)` begins to join and gives the network's join; `nearby` lists the
    invitations in the network now; `code_words` are the words a code can have."""

    joined = Signal(object)  # the database

    def __init__(
        self,
        theme: Theme,
        start: StartJoin,
        nearby: Callable[[], Sequence[Any]],
        code_words: Sequence[str],
        ask_names: Names | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent, title="")
        self.setWindowTitle(self.tr("Join a notebook"))
        self._theme = theme
        self._start = start
        self._nearby = nearby
        self._words = code_words
        self._join: Any | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._form = self._make_form(ask_names)
        self._progress = self._make_progress()
        self._end = self._make_end()
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._look_around)
        self.finished.connect(self._on_finished)
        self.show_page(self._form)
        self._look_around()
        self._tick.start()
        self.code.setFocus()

    # -- pages ---------------------------------------------------------------------------------

    def _make_form(self, ask_names: Names | None) -> Page:
        page = self.new_page(self.tr("Join a notebook"))
        self.code = QLineEdit(page)
        self.code.setPlaceholderText(self.tr("7-copper-violin"))
        self.code.setAccessibleName(self.tr("Code"))
        self._completions = QStringListModel(self)
        completer = QCompleter(self._completions, self)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.code.setCompleter(completer)
        self.code.textEdited.connect(self._on_typed)
        self.code.textChanged.connect(self._on_form)
        self.nearby_list = QListWidget(page)
        self.nearby_list.setAccessibleName(self.tr("Computers nearby"))
        self.nearby_list.itemClicked.connect(self._on_nearby)
        self.nearby_list.itemActivated.connect(self._on_nearby)
        self.nearby_list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.looking = label(self.tr("Looking for computers nearby…"), "soft", page)
        self.looking.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.by_address = button(self.tr("Same network? Enter an address"), page, link=True)
        self.by_address.clicked.connect(self._on_by_address)
        self.address = QLineEdit(page)
        self.address.setPlaceholderText(self.tr("192.168.1.20 or a name"))
        self.address.setAccessibleName(self.tr("Address of the other computer"))
        self.address.hide()
        self._names = NamesForm(ask_names, page) if ask_names is not None else None
        self.problem = label("", "failure", page)
        self.problem.hide()
        self.join_button = button(self.tr("Join"), page, main=True)
        self.join_button.setDefault(True)
        self.join_button.clicked.connect(self._on_start)
        cancel = button(self.tr("Cancel"), page)
        cancel.clicked.connect(self.reject)
        page.add(
            label(
                self.tr("On the other computer, choose Share. Type the code that it shows:"),
                "soft",
                page,
            ),
            self.code,
        )
        page.body.addSpacing(4)
        self._around = QStackedWidget(page)
        self._around.addWidget(self.looking)
        self._around.addWidget(self.nearby_list)
        self._around.setFixedHeight(NEARBY_PX)
        page.add(self._around, self.by_address, self.address)
        if self._names is not None:
            page.body.addSpacing(8)
            page.add(label(self.tr("How others will see you:"), "soft", page), self._names)
            self._names.changed.connect(self._on_form)
        page.add(self.problem)
        page.add_buttons(cancel, self.join_button)
        self._on_form()
        return page

    def _make_progress(self) -> Page:
        page = self.new_page(self.tr("Joining"))
        self.state_words = label("", "soft", page)
        self.bar = QProgressBar(page)
        self.bar.setTextVisible(False)
        cancel = button(self.tr("Cancel"), page)
        cancel.clicked.connect(self.reject)
        page.body.addSpacing(6)
        page.add(self.bar, self.state_words)
        page.add_buttons(cancel)
        return page

    def _make_end(self) -> Page:
        page = self.new_page("")
        self.outcome = label("", "soft", page)
        self.again = button(self.tr("Try again"), page, main=True)
        self.again.clicked.connect(self._on_again)
        self.close_button = button(self.tr("Close"), page)
        self.close_button.clicked.connect(self.accept)
        page.add(self.outcome)
        page.add_buttons(self.close_button, self.again)
        return page

    # -- the form ------------------------------------------------------------------------------

    def _look_around(self) -> None:
        """What is nearby now; the list changes only where it has to, the choice stays."""
        found = {
            f"{invite.number}  ·  {self.tr('a computer nearby')}": invite
            for invite in self._nearby()
        }
        listed = self.nearby_list
        for at in range(listed.count() - 1, -1, -1):
            if listed.item(at).text() not in found:
                listed.takeItem(at)
        have = {listed.item(at).text() for at in range(listed.count())}
        for words, invite in found.items():
            if words not in have:
                item = QListWidgetItem(self._theme.icon("device"), words)
                item.setData(_ADDRESS_ROLE, invite.number)
                listed.addItem(item)
        self._around.setCurrentWidget(listed if listed.count() else self.looking)

    def _on_nearby(self, item: QListWidgetItem) -> None:
        number = f"{item.data(_ADDRESS_ROLE)}-"
        if not self.code.text().startswith(number):
            self.code.setText(number)
        self.code.setFocus()

    def _on_typed(self, typed: str) -> None:
        found = completions(typed, self._words)
        self._completions.setStringList(found)
        if not found:
            self.code.completer().popup().hide()

    def _on_by_address(self) -> None:
        self.address.show()
        self.by_address.hide()
        self.address.setFocus()
        self.fit()

    def _on_form(self) -> None:
        names_given = self._names is None or self._names.complete
        looks_right = bool(_CODE_LIKE.match(tidy_code(self.code.text())))
        self.join_button.setEnabled(looks_right and names_given)

    # -- what happens --------------------------------------------------------------------------

    def _on_start(self) -> None:
        address = self.address.text().strip() or None
        names = self._names.names if self._names is not None else None
        try:
            join = self._start(tidy_code(self.code.text()), address, names)
        except GoatError as error:
            self.problem.setText(told_by(error))
            self.problem.show()
            self.fit()
            return
        self.problem.hide()
        self._tick.stop()
        self._let_go()
        self._join = join
        self._unsubscribe = join.subscribe(self._on_change)
        self._on_change()

    def _on_change(self) -> None:
        join = self._join
        if join is None:
            return
        if join.state == "done":
            database = join.database
            self._let_go()
            self.joined.emit(database)
            self.accept()
        elif join.state == "failed":
            self._end.heading.setText(self.tr("That did not work"))
            self.outcome.setText(
                told_by(join.problem or "") or self.tr("The connection was closed.")
            )
            self._let_go()
            self.show_page(self._end)
            self.again.setFocus()
        else:
            self._show_progress(join)

    def _show_progress(self, join: Any) -> None:
        host = self.tr("the other computer")
        if join.host:
            member, device = map(shown_name, join.host)
            host = self.tr("{} on “{}”").format(member, device)
        self.bar.setRange(0, 0)
        if join.state == "looking":
            words = self.tr("Looking for the other computer…")
        elif join.state == "connecting":
            words = self.tr("Connecting…")
        elif join.state == "waiting":
            words = self.tr("Waiting until {} confirms…").format(host)
        else:
            words = self.tr("Receiving notes…")
            if join.expected:
                words = self.tr("Receiving notes: {} of {} changes").format(
                    digits(join.received), digits(join.expected)
                )
                self.bar.setRange(0, join.expected)
                self.bar.setValue(join.received)
        self.state_words.setText(words)
        self.show_page(self._progress)

    def _on_again(self) -> None:
        self.show_page(self._form)
        self._look_around()
        self._tick.start()
        self.code.setFocus()
        self.code.selectAll()

    def _on_finished(self) -> None:
        self._tick.stop()
        join = self._join
        self._let_go()
        if join is not None and join.state not in ("done", "failed"):
            join.cancel()

    def _let_go(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._join = None
