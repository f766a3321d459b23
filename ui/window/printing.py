"""A note on paper: printed, or written as a PDF or a web page.

Owns the dialogs that ask for a printer or a file. The page is the same that is read in the window,
in the light shades whatever the window wears. Must never write a note.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMarginsF, QObject, QSaveFile, QSizeF, QStandardPaths, Signal
from PySide6.QtGui import QPageLayout, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QFileDialog, QWidget

from ui.operations.notes import shown_title
from ui.panels.desk import Desk
from ui.theme.shades import LIGHT
from ui.theme.theme import Theme
from ui.widgets.reading_view import document_of

MARGINS_MM = QMarginsF(20, 18, 20, 18)
DOTS_PER_INCH = 96  # the page is laid out in the pixels of a screen
_NAME_LETTERS_MAX = 80
_WEB_STYLES = (
    "body{font:17px/1.55 system-ui,sans-serif;max-width:44em;margin:3em auto;padding:0 1.2em;"
    "color:#24272b;background:#fffefc}pre,code{font-family:ui-monospace,monospace;"
    "background:#f1f0eb;border-radius:4px}pre{padding:.8em 1em;overflow:auto}code{padding:0 .3em}"
    "blockquote{border-left:3px solid #e1dfd8;margin-left:0;padding-left:1em;color:#565b63}"
    "table{border-collapse:collapse}td,th{border:1px solid #e1dfd8;padding:.35em .7em}"
    "a{color:#1d6b5a}li.done{color:#62676f;text-decoration:line-through}"
)


class Printing(QObject):
    """Dialogs are opened, never waited for in a loop of their own."""

    told = Signal(str)
    failed = Signal(str)

    def __init__(self, window: QWidget, desk: Desk, theme: Theme) -> None:
        super().__init__(window)
        self._window = window
        self._desk = desk
        self._theme = theme

    def print(self) -> None:
        """Asks for a printer."""
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter  # loaded by who prints

        note = self._desk.note
        if note is None:
            return
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(shown_title(note))
        printer.setPageMargins(MARGINS_MM, QPageLayout.Unit.Millimeter)
        document = self.document(note)
        dialog = QPrintDialog(printer, self._window)
        dialog.accepted.connect(lambda: document.print_(printer))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask_pdf(self) -> None:
        """Asks where the PDF goes."""
        self._ask(self.tr("Save as PDF"), ".pdf", self.write_pdf)

    def ask_web_page(self) -> None:
        """Asks where the web page goes."""
        self._ask(self.tr("Save as a web page"), ".html", self.write_web_page)

    def document(self, note: Any) -> QTextDocument:
        """The note as it goes to paper, its title above."""
        html = f"<h1>{escape(shown_title(note))}</h1>{self._desk.reader.html()}"
        return document_of(html, LIGHT, self._theme.type)

    def write_pdf(self, note: Any, file: Path) -> None:
        """The note as a PDF; all of it or nothing."""
        written = QSaveFile(str(file))
        if not written.open(QSaveFile.OpenModeFlag.WriteOnly):
            self._fail(file, written.errorString())
            return
        writer = QPdfWriter(written)
        writer.setTitle(shown_title(note))
        writer.setResolution(DOTS_PER_INCH)
        writer.setPageMargins(MARGINS_MM, QPageLayout.Unit.Millimeter)
        document = self.document(note)
        document.setPageSize(QSizeF(writer.width(), writer.height()))
        document.print_(writer)
        self._commit(written, file)

    def write_web_page(self, note: Any, file: Path) -> None:
        """The note as one HTML file; all of it or nothing."""
        title = escape(shown_title(note))
        page = (
            f'<!doctype html>\n<html><head><meta charset="utf-8"><title>{title}</title>\n'
            f"<style>{_WEB_STYLES}</style></head>\n<body><h1>{title}</h1>\n"
            f"{self._desk.reader.html()}</body></html>\n"
        )
        written = QSaveFile(str(file))
        if not written.open(QSaveFile.OpenModeFlag.WriteOnly):
            self._fail(file, written.errorString())
            return
        written.write(page.encode())
        self._commit(written, file)

    def _commit(self, written: QSaveFile, file: Path) -> None:
        if written.commit():
            self.told.emit(self.tr("Saved as {}").format(file.name))
        else:
            self._fail(file, written.errorString())

    def _ask(self, words: str, suffix: str, write: Callable[[Any, Path], None]) -> None:
        note = self._desk.note
        if note is None:
            return
        place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self._window, words, str(Path(place) / file_name(note, suffix)))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix.removeprefix("."))
        dialog.fileSelected.connect(lambda chosen: write(note, Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _fail(self, file: Path, reason: str) -> None:
        sentence = self.tr("{} could not be saved: {}. Choose another folder.")
        self.failed.emit(sentence.format(file.name, reason.rstrip(".")))


def file_name(note: Any, suffix: str) -> str:
    """A name for a file that every system takes."""
    kept = "".join(it if it.isalnum() or it in " -_.,()" else " " for it in shown_title(note))
    return (" ".join(kept.split())[:_NAME_LETTERS_MAX].strip(" .") or "note") + suffix
