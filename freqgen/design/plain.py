"""Decoded JSON that is fit to become a design: shallow, with numbers and text that all can hold."""

from __future__ import annotations

import math
from typing import Any

from freqgen.exceptions import DesignError

MAX_DEPTH = 16
"""A design is four deep."""

MAX_WHOLE = 10**15
"""Larger numbers are not exact as a float, and no field needs them."""


def read_whole(digits: str) -> int | float:
    """For :func:`json.loads`: a number so long that Python refuses it becomes infinite."""
    return int(digits) if len(digits) <= 20 else float(digits)


def check_plain(data: Any, origin: str) -> None:
    """Refuse what would only fail later, and without saying where.

    :param origin: What the design is called.
    :raises DesignError: With the path of a value that is too deep, no finite number, too large
        a one, or text with half of a surrogate pair.
    """
    left: list[tuple[Any, str, int]] = [(data, "", 0)]
    while left:
        value, path, depth = left.pop()
        fault = _fault(value, depth)
        if fault:
            raise DesignError(f"{fault} (in {origin})", path=path, hint="correct the value")
        if isinstance(value, dict):
            for key, item in reversed(value.items()):
                name = str(key).encode("ascii", "backslashreplace").decode("ascii")
                if _fault(key, depth):
                    raise DesignError(
                        f"a name of a field is broken text: {name} (in {origin})",
                        path=path,
                        hint="correct the name",
                    )
                left.append((item, f"{path}.{name}" if path else name, depth + 1))
        elif isinstance(value, list | tuple):
            numbered = list(enumerate(value))
            left += [(item, f"{path}[{number}]", depth + 1) for number, item in reversed(numbered)]


def _fault(value: Any, depth: int) -> str:
    """What is wrong with one value, or nothing."""
    if depth > MAX_DEPTH:
        return "is nested too deeply"
    if isinstance(value, float) and not math.isfinite(value):
        return "is no finite number, or one that is too large"
    if isinstance(value, int) and abs(value) > MAX_WHOLE:
        return f"is a number beyond {MAX_WHOLE:,}"
    if isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value):
        return "is broken text: half of a surrogate pair"
    return ""
