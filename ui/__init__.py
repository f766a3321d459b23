"""The window of Goat Notes, in Qt. Only `ui/operations` is free of Qt: the command line uses it."""
