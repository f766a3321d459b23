"""Icons, styles and help pages, read as files through `importlib.resources`."""
