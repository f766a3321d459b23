"""One field of an item bound to one widget, both ways.

Owns the binding. Invariant: after every change, here or elsewhere, the widget shows what the item
holds; what the item refuses is said and does not stay. For texts that merge letter by letter, use
`text_binding`. Must never import goatcore's rooms: an item is what the front door gives.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from goatcore import GoatError
from ui.engine_words import told_by


class ItemProperty(QObject):
    """The field `name` of `item`; `changed` tells its new value, whoever wrote it."""

    changed = Signal(object)
    failed = Signal(str)

    def __init__(self, item: Any, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._item = item
        self._name = name
        self._widget: QWidget | None = None
        self._shows = False
        self._unsubscribe = item.subscribe(self._on_change)

    @property
    def value(self) -> Any:
        """What the item holds."""
        return getattr(self._item, self._name)

    def write(self, value: Any) -> None:
        """Sets the field; what does not fit is told by `failed` and changes nothing."""
        if value != self.value:
            try:
                setattr(self._item, self._name, value)
            except GoatError as error:
                self.failed.emit(told_by(error))
        self._show()

    def bind(self, widget: QWidget) -> None:
        """Shows the field in the widget's own property (the text of a line, the check of a box, the
        number of a spin box …) and writes what is entered there, until the widget is gone."""
        shown = widget.metaObject().userProperty()
        assert shown.isValid(), "a widget that has something to enter"
        assert shown.hasNotifySignal(), "a widget that tells what is entered"
        self._widget = widget
        self._show()
        signal = getattr(widget, shown.notifySignal().name().data().decode())
        signal.connect(lambda *_: self._on_entered())
        widget.destroyed.connect(self._let_go)

    def close(self) -> None:
        """Ends the binding; the widget keeps what it shows."""
        self._let_go()
        self._unsubscribe()

    def _let_go(self) -> None:
        self._widget = None

    def _on_entered(self) -> None:
        if self._widget is not None and not self._shows:
            self.write(self._widget.metaObject().userProperty().read(self._widget))

    def _on_change(self, change: Any) -> None:
        if self._name in change.fields:
            self._show()
            self.changed.emit(self.value)

    def _show(self) -> None:
        widget = self._widget
        if widget is None:
            return
        shown = widget.metaObject().userProperty()
        if shown.read(widget) != self.value:
            self._shows = True
            shown.write(widget, self.value)
            self._shows = False
