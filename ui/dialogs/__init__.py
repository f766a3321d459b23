"""Dialogs: sharing, joining, names. All open without blocking and tell their outcome by signals."""
