"""The window of Goat Notes, in Qt. `ui/operations` alone is free of Qt; the command line uses it."""
