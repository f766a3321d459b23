"""The question before notes are deleted for good.

Owns its words. Invariant: nothing happens unless the person says so, and Cancel has the focus.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from ui.language import counted, tr


def ask_purge(parent: QWidget, count: int, title: str, purge: Callable[[], None]) -> QMessageBox:
    """Ask whether `count` notes shall go for good (`title`: the name of the only one)."""
    what = tr("Delete “{}” for good?").format(title)
    if count != 1:
        what = counted("Delete {n} note for good?", "Delete {n} notes for good?", count)
    box = QMessageBox(QMessageBox.Icon.Warning, tr("Delete for good"), what, parent=parent)
    box.setInformativeText(
        tr(
            "They go for everybody who shares the notebook, with their whole history, on every "
            "device. Nobody can bring them back. Backups made before still have them."
        )
    )
    yes = box.addButton(tr("Delete for good"), QMessageBox.ButtonRole.DestructiveRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    yes.clicked.connect(purge)
    box.open()
    return box
