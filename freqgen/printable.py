"""How names of files are written out for people."""

from __future__ import annotations

import re
from pathlib import Path

# A line break in a name would begin a line of the output, which a CI system may take for a command.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def printable(name: str | Path | None) -> str:
    """The name of a file on one line: control characters are shown as Python writes them."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], str(name or ""))
