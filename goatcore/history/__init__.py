"""Commit bytes, the commit graph, and the walks that compute states from it."""
