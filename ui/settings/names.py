"""The page of the settings for the names that others see."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from goatcore import GoatError
from ui.dialogs.names_form import NamesForm
from ui.engine_words import told_by
from ui.settings.form import COLUMN_PX_MAX, SettingsPage
from ui.workspaces import Workspaces


class NamesPage(SettingsPage):
    """A name applies when its field is left, since each change is told to everybody."""

    def __init__(self, workspaces: Workspaces, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspaces = workspaces
        self.entitle(self.tr("You and this computer"))
        self.say(self.tr("Those with whom you share a notebook see these names."))
        self.form = NamesForm(workspaces.names, self.sheet)
        self.form.setMaximumWidth(COLUMN_PX_MAX)
        self.add(self.form)
        for field in (self.form.member, self.form.device):
            field.editingFinished.connect(self._keep)
        self.say(self.tr("A name without a letter is not kept."))
        self.body.addStretch(1)

    def hideEvent(self, event: QHideEvent) -> None:
        self._keep()
        super().hideEvent(event)

    def _keep(self) -> None:
        names = self.form.names
        if not self.form.complete:
            now = self._workspaces.names
            self.form.member.setText(names.member or now.member)
            self.form.device.setText(names.device or now.device)
        if self.form.names != self._workspaces.names:
            try:
                self.attempt(lambda: self._workspaces.confirm_names(self.form.names))
            except GoatError as error:
                self.failed.emit(told_by(error))
