"""The window: three panels, the verbs between them, what it remembers."""
