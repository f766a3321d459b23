"""Backup: copies of workspaces that only ever get more, and the way back from them."""
