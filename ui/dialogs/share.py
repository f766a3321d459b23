"""Sharing a notebook: with whom, the code, who asks, and how it ended.

Owns the pages; what happens is decided by the `share` object of the network, whose state each page
shows. Invariant: nothing is confirmed but by the person, and Reject has the focus. Closing the
dialog before the end cancels the invitation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from goatcore import GoatError, Role
from ui.dialogs.names_form import NamesForm
from ui.dialogs.pages import Page, PagedDialog, button, label
from ui.engine_words import told_by
from ui.models.names import shown_name
from ui.theme.theme import Theme
from ui.workspaces import Names

DEVICE, PERSON = "device", "person"
TICK_MS = 500

StartShare = Callable[[str, Role, Names | None], Any]


class ShareDialog(PagedDialog):
    """`start(whom, role, names)` begins to share and gives the network's share; names are None if
    the person was not asked for them."""

    shared = Signal(str, str)  # the names of the member and the device that joined

    def __init__(
        self,
        theme: Theme,
        notebook: str,
        start: StartShare,
        clock: Callable[[], int],
        ask_names: Names | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent, title="")
        self.setWindowTitle(self.tr("Share “{}”").format(notebook))
        self._theme = theme
        self._notebook = notebook
        self._start = start
        self._clock = clock
        self._share: Any | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._whom = PERSON
        self._choice = self._make_choice(ask_names)
        self._code = self._make_code()
        self._guest = self._make_guest()
        self._end = self._make_end()
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._count_down)
        self.finished.connect(self._on_finished)
        self.show_page(self._choice)

    # -- pages ---------------------------------------------------------------------------------

    def _make_choice(self, ask_names: Names | None) -> Page:
        page = self.new_page(self.tr("Share “{}”").format(self._notebook))
        page.heading.setText(
            page.heading.fontMetrics().elidedText(
                page.heading.text(), Qt.TextElideMode.ElideMiddle, 2 * 360
            )
        )
        self.person_choice = QRadioButton(self.tr("Another person"), page)
        self.device_choice = QRadioButton(self.tr("My other device"), page)
        group = QButtonGroup(page)
        for choice in (self.person_choice, self.device_choice):
            choice.setFont(self._theme.type.strong)
            group.addButton(choice)
        self.role = QComboBox(page)
        self.role.setAccessibleName(self.tr("What they may do"))
        self.role.addItem(self.tr("Can read and write"), Role.editor)
        self.role.addItem(self.tr("Can read"), Role.viewer)
        self.role.addItem(self.tr("Can also invite others"), Role.admin)
        self._names = NamesForm(ask_names, page) if ask_names is not None else None
        self.show_code = button(self.tr("Show the code"), page, main=True)
        cancel = button(self.tr("Cancel"), page)
        cancel.clicked.connect(self.reject)
        self.show_code.clicked.connect(self._on_start)
        self.show_code.setDefault(True)
        self._choice_problem = label("", "failure", page)
        self._choice_problem.hide()

        page.body.setSpacing(4)
        for choice, words, extra in (
            (
                self.person_choice,
                self.tr("This notebook and its whole past, and nothing else of yours."),
                self.role,
            ),
            (
                self.device_choice,
                self.tr("All your notebooks, as the same person: another computer of yours."),
                None,
            ),
        ):
            page.body.addSpacing(8)
            page.add(choice)
            below = QVBoxLayout()
            below.setContentsMargins(25, 0, 0, 0)
            below.setSpacing(8)
            below.addWidget(label(words, "soft", page))
            if extra is not None:
                row = QHBoxLayout()
                row.addWidget(extra)
                row.addStretch(1)
                below.addLayout(row)
            page.add(below)
        if self._names is not None:
            page.body.addSpacing(16)
            page.add(label(self.tr("How others will see you:"), "soft", page), self._names)
            self._names.changed.connect(self._on_names)
        page.add(self._choice_problem)
        page.add_buttons(cancel, self.show_code)
        self.person_choice.setChecked(True)
        self.device_choice.toggled.connect(self._on_whom)
        self._on_names()
        return page

    def _make_code(self) -> Page:
        page = self.new_page(self.tr("Type this code on the other computer"))
        self.code = QLabel(page)
        self.code.setObjectName("code")
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code.setAccessibleName(self.tr("The code"))
        self.copy = button(self.tr("Copy"), page)
        self.copy.clicked.connect(self._on_copy)
        self.remaining = label("", "soft", page)
        row = QHBoxLayout()
        row.addWidget(self.remaining, 1)
        row.addWidget(self.copy)
        self.waiting = label("", "soft", page)
        busy = QProgressBar(page)
        busy.setRange(0, 0)
        busy.setTextVisible(False)
        cancel = button(self.tr("Cancel"), page)
        cancel.clicked.connect(self.reject)
        page.add(
            label(
                self.tr(
                    "There: open Goat Notes, choose “Join a notebook”, and type it. "
                    "Both computers have to be in the same network."
                ),
                "soft",
                page,
            )
        )
        page.body.addSpacing(4)
        page.add(self.code, row)
        page.body.addSpacing(4)
        page.add(busy, self.waiting)
        page.add_buttons(cancel)
        return page

    def _make_guest(self) -> Page:
        page = self.new_page("")
        self.guest_words = label("", "soft", page)
        self.reject_button = button(self.tr("Reject"), page)
        self.confirm_button = button(self.tr("Confirm"), page, main=True)
        self.confirm_button.setAutoDefault(False)
        self.reject_button.setAutoDefault(True)
        self.reject_button.clicked.connect(lambda: self._share and self._share.reject())
        self.confirm_button.clicked.connect(self._on_confirm)
        page.add(self.guest_words)
        page.add_buttons(self.reject_button, self.confirm_button)
        return page

    def _make_end(self) -> Page:
        page = self.new_page("")
        self.outcome = label("", "soft", page)
        self.again = button(self.tr("Make a new code"), page)
        self.again.clicked.connect(lambda: self.show_page(self._choice))
        self.close_button = button(self.tr("Done"), page, main=True)
        self.close_button.clicked.connect(self.accept)
        page.add(self.outcome)
        page.add_buttons(self.again, self.close_button)
        return page

    # -- what happens --------------------------------------------------------------------------

    def _on_whom(self, device: bool) -> None:
        self._whom = DEVICE if device else PERSON
        self.role.setEnabled(not device)

    def _on_names(self) -> None:
        self.show_code.setEnabled(self._names is None or self._names.complete)

    def _on_start(self) -> None:
        names = self._names.names if self._names is not None else None
        try:
            share = self._start(self._whom, Role(self.role.currentData()), names)
        except GoatError as error:
            self._choice_problem.setText(told_by(error))
            self._choice_problem.show()
            self.fit()
            return
        self._let_go()
        self._share = share
        self._unsubscribe = share.subscribe(self._on_change)
        self.code.setText(share.code)
        self._tick.start()
        self._on_change()

    def _on_change(self) -> None:
        share = self._share
        if share is None:
            return
        if share.state == "waiting":
            self._count_down()
            words = self.tr("Waiting for the other computer…")
            if share.problem:
                words = told_by(share.problem)
            self.waiting.setText(words)
            self.show_page(self._code)
        elif share.state == "asking":
            member, device = map(shown_name, share.guest)
            self._guest.heading.setText(self.tr("{} wants to join").format(member))
            self.guest_words.setText(self._asking_words(member, device))
            self.show_page(self._guest)
            self.reject_button.setFocus()
        else:
            self._show_end(share)

    def _asking_words(self, member: str, device: str) -> str:
        if self._whom == DEVICE:
            words = self.tr("“{}” will be a device of yours and get all your notebooks.")
            return words.format(device)
        role = self.role.currentText()
        words = self.tr("From “{}”. {} will get “{}” with its whole past, and {}.")
        return words.format(device, member, self._notebook, role[0].lower() + role[1:])

    def _on_confirm(self) -> None:
        if self._share is not None:
            self.confirm_button.setEnabled(False)
            self._share.confirm()

    def _show_end(self, share: Any) -> None:
        self._tick.stop()
        done = share.state == "done"
        if done:
            member, device = map(shown_name, share.guest)
            self._end.heading.setText(self.tr("{} has joined").format(member))
            self.outcome.setText(
                self.tr(
                    "“{}” is on its way to “{}”. From now on both keep in step by themselves."
                ).format(self._notebook, device)
            )
        else:
            self._end.heading.setText(self.tr("Not shared"))
            self.outcome.setText(
                told_by(share.problem or "") or self.tr("The invitation was closed.")
            )
        self.again.setVisible(not done)
        self.close_button.setText(self.tr("Done") if done else self.tr("Close"))
        self.confirm_button.setEnabled(True)
        self.show_page(self._end)
        self.close_button.setFocus()
        self._let_go()
        if done:
            self.shared.emit(member, device)

    def _count_down(self) -> None:
        if self._share is None:
            return
        left = max(0, self._share.expires_ms - self._clock()) // 1000
        words = self.tr("Valid for {}:{:02d}, for one computer").format(left // 60, left % 60)
        if self._share.tries_left == 2:
            words += "\n" + self.tr("A wrong code was typed. Two more tries")
        elif self._share.tries_left == 1:
            words += "\n" + self.tr("Wrong again. One more try, then the code is worn out")
        self.remaining.setText(words)

    def _on_copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code.text())
        self.copy.setText(self.tr("Copied"))
        QTimer.singleShot(1_500, self.copy, lambda: self.copy.setText(self.tr("Copy")))

    def _on_finished(self) -> None:
        self._tick.stop()
        share = self._share
        self._let_go()
        if share is not None and share.state in ("waiting", "asking"):
            share.cancel()

    def _let_go(self) -> None:
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._share = None
