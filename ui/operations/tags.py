"""Tags: `#garden`, `#garden/beds`, as they stand in the text of a note. Free of Qt."""

from __future__ import annotations

import re
from typing import Final

TAG: Final = re.compile(r"(?<![\w#&/])#([^\W\d_][\w/-]*)")
