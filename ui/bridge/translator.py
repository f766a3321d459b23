"""Qt meets the language that is spoken: `self.tr` finds our sentences, Qt's own words its own.

Owns the translators that are installed. Loaded only when the program does not speak English.
"""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from ui.language import Language, tr


class Sentences(QTranslator):
    """Our sentences. Classes of Qt keep their own: “Delete” is also the name of a key."""

    def isEmpty(self) -> bool:
        return False

    def translate(
        self, context: str, words: str, meaning: str | None = None, _number: int = -1
    ) -> str | None:
        if context[:1] == "Q" and context[1:2].isupper():
            return None
        said = tr(words, meaning or "")
        return None if said is words else said


def install(application: QApplication, language: Language) -> None:
    """Qt speaks this language from now on: buttons and menus of its own, dates, direction."""
    own = QTranslator(application)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if own.load(f"qtbase_{language.code}", folder):
        application.installTranslator(own)
    application.installTranslator(Sentences(application))
    locale = QLocale(language.code)
    QLocale.setDefault(locale)
    if locale.textDirection() == Qt.LayoutDirection.RightToLeft:
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
