"""The question before somebody becomes an owner, or may do less than before.

Owns its words. Invariant: nothing happens unless the person says so, and Cancel has the focus.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from goatcore import Role
from ui.language import tr
from ui.models.people import role_words


def ask_role(
    parent: QWidget, name: str, notebook: str, role: Role, give: Callable[[], None]
) -> QMessageBox:
    """Ask whether somebody shall have a role in a notebook."""
    box = QMessageBox(QMessageBox.Icon.Question, tr("What they may do"), "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    if role is Role.owner:
        box.setText(tr("Make {} an owner of “{}”?").format(name, notebook))
        box.setInformativeText(
            tr("An owner may do everything that you may, and nobody but they can undo it.")
        )
    else:
        box.setText(tr("{} in “{}”: {}?").format(name, notebook, role_words(role)))
        box.setInformativeText(
            tr(
                "It takes effect on their devices when those hear of it. What they wrote until "
                "then stays, and they keep what they have."
            )
        )
    yes = box.addButton(tr("Change it"), QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    yes.clicked.connect(give)
    box.open()
    return box
