"""The network of one computer: devices of one's workspaces, found, linked and kept equal."""

from goatcore.network.join import Join
from goatcore.network.network import NearbyInvite, Network, PeerStatus, SyncStatus
from goatcore.network.share import Guest, Share

__all__ = ["Guest", "Join", "NearbyInvite", "Network", "PeerStatus", "Share", "SyncStatus"]
