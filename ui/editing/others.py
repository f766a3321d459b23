"""Others in the open note: where their cursors are, and telling them where one's own is.

Owns which cursors are shown. Invariant: a cursor that is shown stays at its letter through every
edit until its person moves; one's own place is told only when it moved by oneself, not because
others wrote. Must never write.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from goatcore import LocalMisuse
from ui.bridge.text_binding import TextBinding
from ui.editing.tints import Tints
from ui.language import tr
from ui.models.names import shown_name
from ui.theme.theme import Theme
from ui.widgets.people_row import Here
from ui.widgets.remote_cursors import RemoteCursor, RemoteCursors
from ui.widgets.text_editor import TextEditor

ME: Final = "me"  # one's own mark, as it was told last
FIELD: Final = "body"
TYPING_MS: Final = 1_000  # the caret moves because of what was typed so lately
TELL_MS: Final = 40
LOOK_AGAIN_MS: Final = 2_100  # who typed may have stopped


class Others(QObject):
    """`here` tells who has the note open, as a list of `Here`."""

    here = Signal(object)

    def __init__(
        self, theme: Theme, editor: TextEditor, tints: Tints, clock: Callable[[], int]
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._tints = tints
        self._clock = clock
        self._note: Any | None = None
        self._binding: TextBinding | None = None
        self._presence: Any | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._people: dict[bytes, Any] = {}  # by device, as they were when their mark was put
        self._moved_ms: dict[bytes, int] = {}
        self._edited_ms = 0
        self.presence_of: Callable[[Any], Any | None] = lambda _repository: None
        self.cursors = RemoteCursors(theme, editor, clock)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._show)
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(TELL_MS)
        self._telling.timeout.connect(self._tell)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LOOK_AGAIN_MS)
        self._later.timeout.connect(self._look)
        editor.selectionChanged.connect(self._on_moved)
        editor.cursorPositionChanged.connect(self._on_moved)
        editor.textChanged.connect(self._on_text)

    def show_note(self, note: Any | None, binding: TextBinding | None) -> None:
        """Another note is open, or none."""
        self._telling.stop()
        left, self._presence = self._presence, None
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._people, self._moved_ms = {}, {}
        self._note, self._binding = note, binding
        if note is not None and binding is not None:
            binding.edited.connect(self._on_edited)
            self._presence = presence = self._presence_in(note.repository)
            if presence is not None:
                binding.marks.put(ME, *binding.selection)
                self._unsubscribe = presence.subscribe(self._look)
                presence.enter(note, FIELD, lambda: binding.told(*binding.selection))
        if left is not None and left is not self._presence:
            left.leave()
        self._look()

    def _presence_in(self, repository: Any) -> Any | None:
        try:
            return self.presence_of(repository)
        except LocalMisuse:  # its workspace is not in the network (any more)
            return None

    # -- oneself -------------------------------------------------------------------------------

    def _on_edited(self) -> None:
        self._edited_ms = self._clock()

    def _on_moved(self) -> None:
        if self._presence is not None and not self._telling.isActive():
            self._telling.start()

    def _tell(self) -> None:
        """The caret is elsewhere: maybe because others wrote."""
        presence, binding = self._presence, self._binding
        if presence is None or binding is None or presence.alone:
            return
        selection = binding.selection
        if selection != binding.marks.at(ME):
            binding.marks.put(ME, *selection)
            presence.moved(typing=0 <= self._clock() - self._edited_ms < TYPING_MS)

    # -- others --------------------------------------------------------------------------------

    def _on_text(self) -> None:
        if self._people:
            self._soon.start(0)

    def _look(self) -> None:
        """Somebody came, moved or left, or what they wrote arrived."""
        presence, binding = self._presence, self._binding
        people = [] if presence is None or self._note is None else presence.people(self._note)
        if binding is not None and presence is not None:
            for device in self._people.keys() - {one.device for one in people}:
                binding.marks.drop(device)
                del self._people[device]
            for person in people:
                self._put(presence, binding, person)
        self._say(people)
        self._show()

    def _put(self, presence: Any, binding: TextBinding, person: Any) -> None:
        """Puts the mark of somebody who moved, as soon as what they have seen is here."""
        device, known = person.device, self._people.get(person.device)
        if known is not None and known.word == person.word and known.placed == person.placed:
            return
        if not person.placed:
            binding.marks.drop(device)
            self._people[device] = person
            return
        place = presence.place(person, self._note, FIELD)
        if place is not None:
            was = binding.marks.at(device)
            place = binding.shown_place(*place)
            binding.marks.put(device, *place)
            if place != was or person.typing:
                self._moved_ms[device] = self._clock()
            self._people[device] = person

    def _say(self, people: list[Any]) -> None:
        """Tells who is here: of others each person once, of oneself every other device."""
        tints = self._tints.of(sorted({one.member_name for one in people}))
        by_name: dict[tuple[bool, str], list[Any]] = {}
        for one in people:
            by_name.setdefault((one.me, _label(one)), []).append(one)
        here = []
        for (me, name), ones in sorted(by_name.items()):
            typing = any(one.typing for one in ones)
            here.append(Here(name, tints[ones[0].member_name], typing, _words(name, me, typing)))
        if any(one.typing for one in here):
            self._later.start()
        self.here.emit(here)

    def _show(self) -> None:
        """Draws the cursors where they are now."""
        binding = self._binding
        if binding is None or not self._people:
            self.cursors.show_cursors(())
            return
        tints = self._tints.of(sorted({one.member_name for one in self._people.values()}))
        marked = [
            (person, mark)
            for device, person in self._people.items()
            if (mark := binding.marks.at(device)) is not None
        ]
        places = sorted({place for _, mark in marked for place in mark})
        unit = dict(zip(places, binding.units_at(places), strict=True))
        self.cursors.show_cursors([
            RemoteCursor(
                _label(person), tints[person.member_name], unit[anchor], unit[caret],
                self._moved_ms.get(person.device, 0),
            )
            for person, (anchor, caret) in marked
        ])  # fmt: skip


def _label(person: Any) -> str:
    """What somebody is called at their cursor; of oneself it is the other device."""
    return shown_name(person.device_name if person.me else person.member_name)


def _words(name: str, me: bool, typing: bool) -> str:
    if me:
        return tr("You have this note open on “{}”.").format(name)
    if typing:
        return tr("{} is writing in this note.").format(name)
    return tr("{} has this note open.").format(name)
