"""Full-text search over all repositories of a workspace: a sealed sidecar of SQLite's FTS5."""

from __future__ import annotations

from goatcore.search.documents import Document, Facets, Searched
from goatcore.search.hits import Hit
from goatcore.search.live import LiveSearch
from goatcore.search.search import Search
from goatcore.search.snippets import Marked

__all__ = ["Document", "Facets", "Hit", "LiveSearch", "Marked", "Search", "Searched"]
