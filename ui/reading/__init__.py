"""Markdown as it is read: pages, code in colours, the outline of a text. Pure; free of Qt."""
