"""The page of the settings for keys: every command, and what is pressed for it.

Owns how new keys are asked for, and the question when another command has them. Writes nothing
itself: the keymap does.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QKeySequenceEdit, QLineEdit, QVBoxLayout, QWidget

from ui.commands.finding import commands_for
from ui.commands.keymap import OF_FIELDS, why_not
from ui.commands.registry import Commands
from ui.dialogs.pages import button, label
from ui.settings.form import SettingsPage
from ui.theme.theme import Theme
from ui.widgets.choice_list import Choice, ChoiceList
from ui.widgets.search_field import SearchField

ROWS_MAX = 7
_STEPS = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: 1 - ROWS_MAX,
    Qt.Key.Key_PageDown: ROWS_MAX - 1,
}


class KeysPage(SettingsPage):
    """The marked command is the one that gets what is pressed."""

    def __init__(self, theme: Theme, commands: Commands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._commands = commands
        self._keymap = commands.keymap
        self._wanted = QKeySequence()
        self.entitle(self.tr("Keys"))
        self.search = SearchField(theme, self.tr("Search the commands"), self.sheet)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(lambda _words: self.show_now())
        self.list = ChoiceList(theme, ROWS_MAX, self.sheet)
        self.list.setAccessibleName(self.tr("Commands and their keys"))
        self.list.taken.connect(lambda _id: self._ask())
        holder = QWidget(self.sheet)
        room = QVBoxLayout(holder)
        room.setContentsMargins(0, 0, 0, 0)
        room.addWidget(self.list, 0, Qt.AlignmentFlag.AlignTop)
        self.nothing = label(self.tr("No command is called so."), "soft", holder)
        room.addWidget(self.nothing, 0, Qt.AlignmentFlag.AlignTop)
        self.chosen = label("", "strong", self.sheet)
        self.pressed = QKeySequenceEdit(self.sheet)
        self.pressed.setMaximumSequenceLength(1)
        self.pressed.findChildren(QLineEdit)[0].setAccessibleName(self.tr("Press the new keys"))
        self.pressed.installEventFilter(self)
        self.pressed.editingFinished.connect(self._on_pressed)
        self.none = button(self.tr("No keys"), self.sheet)
        self.usual = button(self.tr("Usual keys"), self.sheet)
        self.all_usual = button(self.tr("Usual keys everywhere"), self.sheet)
        self.said = label("", "soft", self.sheet)
        self.take = button(self.tr("Use them here instead"), self.sheet)
        self.none.clicked.connect(lambda: self._give(QKeySequence()))
        self.usual.clicked.connect(self._reset)
        self.all_usual.clicked.connect(self._reset_all)
        self.take.clicked.connect(lambda: self._give(self._wanted))
        self.add(self.search, holder)
        self.body.addSpacing(8)
        self.add(self.chosen)
        self.side_by_side(self.pressed, self.none, self.usual)
        row = QHBoxLayout()
        row.addWidget(self.said, 1)
        row.addWidget(self.take)
        self.add(row)
        self.body.addStretch(1)
        self.side_by_side(self.all_usual)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._show_chosen())
        self._keymap.changed.connect(self._show_again)
        holder.setFixedHeight(ROWS_MAX * self.list.verticalHeader().defaultSectionSize())
        self.show_now()

    @property
    def current(self) -> str | None:
        """The marked command."""
        choice = self.list.current
        return None if choice is None else choice.target

    def show_now(self) -> None:
        """Shows the commands that answer to what is typed."""
        words = " ".join(self.search.text().split())
        rows = [
            Choice(it.words, it.id, detail=it.menu, aside=it.keys)
            for it in commands_for(words, self._commands.listing())
        ]
        self.list.show_choices(rows)
        self.list.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self._show_chosen()

    def _show_again(self) -> None:
        current = self.current
        self.show_now()
        for row, choice in enumerate(self.list.choices):
            if choice.target == current:
                self.list.setCurrentIndex(self.list.model().index(row, 0))

    def _show_chosen(self) -> None:
        current = self.current
        mine = current is not None and current not in OF_FIELDS
        self.take.hide()
        for part in (self.pressed, self.none):
            part.setEnabled(mine)
        self.usual.setEnabled(mine and not self._keymap.is_usual(str(current)))
        if current is None:
            self.chosen.setText("")
            self.said.setText("")
            self.pressed.clear()
            return
        keys = self._keymap.keys_of(current)
        self.pressed.setKeySequence(keys[0] if keys else QKeySequence())
        self.chosen.setText(self._commands.words_of(current))
        self.none.setEnabled(mine and bool(keys))
        words = self.tr("Enter goes to the field; then press the new keys. Escape changes nothing.")
        if not mine:
            words = self.tr("These keys belong to every field that one writes in.")
        elif len(keys) > 1:
            also = ", ".join(
                each.toString(QKeySequence.SequenceFormat.NativeText) for each in keys[1:]
            )
            words = self.tr("Also: {}").format(also)
        self.said.setText(words)
        self.search.setAccessibleDescription(self.list.accessible_words)

    # -- new keys ----------------------------------------------------------------------------------

    def _ask(self) -> None:
        if self.pressed.isEnabled():
            self.pressed.setFocus()
            self.ensureWidgetVisible(self.all_usual)
            self.said.setText(self.tr("Press the new keys."))

    def _on_pressed(self) -> None:
        keys, current = self.pressed.keySequence(), self.current
        if current is None or keys.isEmpty() or keys in self._keymap.keys_of(current)[:1]:
            return
        why = why_not(keys)
        holder = self._keymap.holder_of(keys)
        if why:
            self._show_chosen()
            self.said.setText(why)
        elif holder is not None and holder != current:
            self._wanted = keys
            name = keys.toString(QKeySequence.SequenceFormat.NativeText)
            words = self.tr("{} is for “{}” now.")
            self.said.setText(words.format(name, self._commands.words_of(holder)))
            self.take.setVisible(holder not in OF_FIELDS)
            self.take.setFocus()
        else:
            self._give(keys)

    def _give(self, keys: QKeySequence) -> None:
        if self.current is not None:
            self.attempt(partial(self._keymap.give, self.current, keys))
            self.search.setFocus()

    def _reset(self) -> None:
        if self.current is not None:
            self.attempt(partial(self._keymap.reset, self.current))
            self.search.setFocus()

    def _reset_all(self) -> None:
        self.attempt(self._keymap.reset_all)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        key = Qt.Key(event.key())
        if watched is self.pressed:
            if key == Qt.Key.Key_Escape:
                self._show_chosen()
                self.search.setFocus()
                return True
        elif key in _STEPS:
            self.list.step(_STEPS[key], around=key in (Qt.Key.Key_Up, Qt.Key.Key_Down))
            return True
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.list.take()
            return True
        elif key == Qt.Key.Key_Escape and not self.search.text():
            self.window().close()
            return True
        return super().eventFilter(watched, event)
