"""The three parts of the window: places, notes, the note."""
