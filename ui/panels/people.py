"""The people of a notebook: who they are, what they may do, their devices and how far those are.

Owns what is shown of a PeopleView; tells by signals what the person wants. Invariant: it is drawn
anew only where it says something else. Must never write.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ui.dialogs.pages import button, label
from ui.models.names import plain_tip
from ui.models.people import AWAY, DeviceRow, PeopleView, PersonRow, role_words
from ui.models.sync_words import GOOD, QUIET
from ui.theme import icons
from ui.theme.theme import Theme
from ui.widgets.elided_label import ElidedLabel
from ui.widgets.mark import Mark

WIDTH_PX = 300
PICTURE_PX = 22


class PeoplePanel(QWidget):
    """Shows what it is given."""

    left = Signal()
    share_wanted = Signal()
    join_wanted = Signal()
    role_wanted = Signal(bytes, str, object)  # member, name, Role
    address_wanted = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH_PX)
        self._theme = theme
        self.view = PeopleView("")
        self._heading = QLabel(self.tr("People"), self)
        self._heading.setObjectName("place")
        self._close = QToolButton(self)
        self._close.setAccessibleName(self.tr("Close the list of people"))
        self._close.setToolTip(self.tr("Close"))
        self._close.clicked.connect(self.left)
        self._place = ElidedLabel("", "small", self)
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(self.tr("People of this notebook"))
        self._scroll.viewport().setObjectName("paper")
        self.by_address = button(self.tr("Same network? Enter an address"), self, link=True)
        self.by_address.clicked.connect(self._ask_address)
        self.address = QLineEdit(self)
        self.address.setPlaceholderText(self.tr("192.168.1.20 or a name"))
        self.address.setAccessibleName(self.tr("Address of the other computer"))
        self.address.returnPressed.connect(self._on_address)
        self.connect_button = button(self.tr("Connect"), self)
        self.connect_button.clicked.connect(self._on_address)
        self.problem = label("", "failure", self)
        self.share_button = button(self.tr("Invite somebody…"), self, main=True)
        self.share_button.clicked.connect(self.share_wanted)
        self.join_button = button(self.tr("Join a notebook…"), self)
        self.join_button.clicked.connect(self.join_wanted)
        self._note = label(
            self.tr("Nobody can be removed from a notebook yet, so invite with care."),
            "small",
            self,
        )
        self._lay_out()
        theme.changed.connect(self._draw)
        self._draw()
        self.hide()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._heading, 1)
        top.addWidget(self._close)
        way = QHBoxLayout()
        way.setSpacing(6)
        way.addWidget(self.address, 1)
        way.addWidget(self.connect_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 14, 12, 14)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._place)
        layout.addSpacing(8)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self.by_address, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(way)
        layout.addWidget(self.problem)
        layout.addSpacing(8)
        layout.addWidget(self.share_button)
        layout.addWidget(self.join_button)
        layout.addWidget(self._note)
        self._hide_address()

    # -- what is shown -------------------------------------------------------------------------

    def show_people(self, view: PeopleView) -> None:
        """Shows these, if they are others than before."""
        if view.place != self.view.place:
            self._hide_address()
        if view != self.view:
            self.view = view
            self._fill()

    def say_problem(self, sentence: str) -> None:
        """What is wrong with a typed address; "" for nothing."""
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _draw(self) -> None:
        self._close.setIcon(self._theme.icon("close"))
        self._fill()

    def _fill(self) -> None:
        view, focused = self.view, self.focusWidget()
        name = focused.objectName() if focused is not None and focused.objectName() else ""
        self._place.setText(view.place)
        self._place.setToolTip(plain_tip(view.place))
        page = QWidget()
        page.setObjectName("paper")
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 6, 0)
        rows.setSpacing(16)
        for person in view.people:
            rows.addWidget(self._person(person, page))
        if view.alone:
            words = self.tr("Nobody else has this yet. Everything is on this computer only.")
            rows.addWidget(label(words, "soft", page))
        if view.nobody:
            rows.addWidget(self._nobody(page))
        if view.addable:
            rows.addWidget(self._section(self.tr("Also in your workspace"), page))
            for person in view.addable:
                rows.addWidget(self._person(person, page))
        rows.addStretch(1)
        self._scroll.setWidget(page)
        self.by_address.setVisible(view.can_reach and self.address.isHidden())
        self.share_button.setVisible(view.can_share)
        self.join_button.setVisible(view.alone)
        self._note.setVisible(view.can_share)
        if name:
            again = page.findChild(QPushButton, name)
            if again is not None:
                again.setFocus()

    def _nobody(self, parent: QWidget) -> QWidget:
        part = QWidget(parent)
        lines = QVBoxLayout(part)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(6)
        lines.addWidget(self._section(self.tr("Nobody is nearby"), part))
        for words in self.view.ways:
            lines.addWidget(label(words, "small", part))
        return part

    def _person(self, person: PersonRow, parent: QWidget) -> QWidget:
        part = QWidget(parent)
        lines = QVBoxLayout(part)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(3)
        head = QHBoxLayout()
        head.setSpacing(8)
        picture = QLabel(part)
        ink = self._theme.shades.accent if person.me else self._theme.shades.soft
        picture.setPixmap(icons.pixmap("person", ink, PICTURE_PX, self.devicePixelRatioF()))
        name = self.tr("{} (you)").format(person.name) if person.me else person.name
        head.addWidget(picture)
        head.addWidget(ElidedLabel(name, "strong", part), 1)
        lines.addLayout(head)
        below = QVBoxLayout()
        below.setContentsMargins(PICTURE_PX + 8, 0, 0, 0)
        below.setSpacing(5)
        if person.gives:
            below.addWidget(self._role(person, part), 0, Qt.AlignmentFlag.AlignLeft)
        elif person.does:
            below.addWidget(ElidedLabel(person.does, "small", part))
        if person.role is not None or person.does:
            for device in person.devices:
                below.addWidget(self._device(device, part))
        lines.addLayout(below)
        return part

    def _role(self, person: PersonRow, parent: QWidget) -> QPushButton:
        words = person.does or self.tr("Give them this notebook…")
        made = button(f"{words}  ▾" if person.does else words, parent, link=True)
        made.setObjectName(f"role {person.id.hex()}")
        made.setAccessibleName(f"{person.name}: {words}")
        made.setToolTip(self.tr("Change what {} may do").format(plain_tip(person.name)))
        made.clicked.connect(lambda: self._ask_role(person, made))
        return made

    def _device(self, device: DeviceRow, parent: QWidget) -> QWidget:
        part = QWidget(parent)
        part.setToolTip(plain_tip(device.detail))
        part.setAccessibleName(device.spoken)
        line = QHBoxLayout(part)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(7)
        shade = QUIET if device.state == AWAY else GOOD
        mark = QVBoxLayout()
        mark.setContentsMargins(0, 3, 0, 0)
        mark.addWidget(Mark(self._theme, shade, part))
        mark.addStretch(1)
        line.addLayout(mark)
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(1)
        name = ElidedLabel(device.name, "plain", part)
        words.addWidget(name)
        stands = " · ".join(filter(None, (device.seen, device.held)))
        standing = label(stands, "small", part)
        words.addWidget(standing)
        for each in (name, standing):
            each.setToolTip(plain_tip(f"{each.text()}\n{device.detail}"))
        if device.problem:
            words.addWidget(label(device.problem, "small", part))
        line.addLayout(words, 1)
        return part

    def _section(self, words: str, parent: QWidget) -> QLabel:
        made = QLabel(words, parent)
        made.setObjectName("section")
        return made

    # -- what is wanted ------------------------------------------------------------------------

    def role_menu(self, person: PersonRow) -> QMenu:
        """The roles that one may give to somebody, the highest first."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        roles = sorted({*person.gives, *([person.role] if person.role else [])}, reverse=True)
        for role in roles:
            action = menu.addAction(role_words(role))
            action.setCheckable(True)
            action.setChecked(role is person.role)
            action.triggered.connect(
                lambda _=False, role=role: self.role_wanted.emit(person.id, person.name, role)
            )
        return menu

    def _ask_role(self, person: PersonRow, near: QPushButton) -> None:
        self.role_menu(person).popup(near.mapToGlobal(QPoint(0, near.height())))

    def _ask_address(self) -> None:
        self.by_address.hide()
        self.address.show()
        self.connect_button.show()
        self.address.setFocus()

    def _hide_address(self) -> None:
        self.address.clear()
        for part in (self.address, self.connect_button, self.problem):
            part.hide()

    def _on_address(self) -> None:
        typed = self.address.text().strip()
        if typed:
            self.address_wanted.emit(typed)
