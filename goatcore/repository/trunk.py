"""What branches need of the main line that they leave and come back to. Only names its parts."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from goatcore.repository.access import Access
from goatcore.repository.committing import Committing
from goatcore.repository.drafts import Drafts
from goatcore.repository.items import Items
from goatcore.repository.receiving import Receiving
from goatcore.repository.store import Store
from goatcore.repository.walking import Walking


class Trunk(NamedTuple):
    """The main line of one repository."""

    store: Store
    items: Items
    walking: Walking
    committing: Committing
    drafts: Drafts
    access: Access
    receiving: Receiving
    random: Callable[[int], bytes]
