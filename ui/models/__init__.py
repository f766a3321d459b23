"""Live queries and lists of notebooks as Qt models."""
