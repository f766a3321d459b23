"""The network of one computer: devices of one's workspaces, found, linked and kept equal."""

from goatcore.network.links import Links

__all__ = ["Links"]
