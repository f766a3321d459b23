"""What two peers say to each other so that both hold the same commits. Sans-I/O."""

from __future__ import annotations

from goatcore.sync.held import Cover, HeldIndex, Tip

__all__ = ["Cover", "HeldIndex", "Tip"]
