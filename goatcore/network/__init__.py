"""The network of one computer: devices of one's workspaces, found, linked and kept equal."""

from goatcore.network.join import Join
from goatcore.network.network import NearbyInvite, Network
from goatcore.network.presence import Person, Presence
from goatcore.network.share import Guest, Share
from goatcore.network.standing import Attempt, DeviceStatus, PeerStatus, SyncStatus

__all__ = [
    "Attempt",
    "DeviceStatus",
    "Guest",
    "Join",
    "NearbyInvite",
    "Network",
    "PeerStatus",
    "Person",
    "Presence",
    "Share",
    "SyncStatus",
]
