"""Text fields: the operations as they happened, and the walk that merges them."""

from goatcore.history.text.field import TextField as TextField
