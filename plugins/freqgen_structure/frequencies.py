"""The names of spans of time in pandas, old and new."""

from __future__ import annotations

import re
import warnings
from functools import cache

from freqgen_structure.imported import get

_OFFSETS = {
    "H": "h", "T": "min", "S": "s", "L": "ms", "U": "us", "N": "ns", "M": "ME", "Q": "QE",
    "Y": "YE", "A": "YE", "BM": "BME", "BH": "bh", "AS": "YS", "BA": "BYE", "BY": "BYE",
    "BAS": "BYS", "BQ": "BQE", "SM": "SME", "CBM": "CBME", "CBH": "cbh",
}  # fmt: skip
_SPANS = {"T": "min", "L": "ms", "U": "us", "N": "ns"}
_PERIODS = {"H": "h", "T": "min", "S": "s", "L": "ms", "U": "us", "N": "ns", "A": "Y"}
# How many minutes a candle has: "15m" is one of them, and never a month.
_MINUTES = frozenset("1 2 3 5 10 15 30 45".split())
_PART = re.compile(r"(?P<count>[-+]?\d*\.?\d*\s*)(?P<unit>[A-Za-z]+)(?P<anchor>-[A-Z]{3})?")


def renewed(text: str, kind: str = "offset") -> str | None:
    """What pandas calls a span now; ``None`` where it takes the text as it is.

    The text is empty where pandas takes neither it nor anything that is known to mean the same.

    :param kind: ``offset`` for the rules of ``resample`` and the like, ``span`` for those of
        ``Timedelta``, ``unit`` for its unit alone, ``period`` for those of ``to_period``.
    """
    if taken(text, kind) is not False:
        return None
    table = {"offset": _OFFSETS, "period": _PERIODS}.get(kind, _SPANS)
    parts = list(_PART.finditer(text))
    if "".join(part.group() for part in parts) != text.strip():
        return ""
    found = ""
    for part in parts:
        count, unit = part["count"], part["unit"]
        new = table.get(unit, unit)
        if unit == "m" and kind == "offset" and (count.strip() or "1") in _MINUTES:
            new = "min"
        found += count + new + (part["anchor"] or "")
    return found if found != text and taken(found, kind) else ""


@cache
def taken(text: str, kind: str = "offset") -> bool | None:
    """Whether the installed pandas takes a span; ``None`` where it cannot be asked."""
    makers = {
        "offset": "pandas.tseries.frequencies.to_offset",
        "span": "pandas.Timedelta",
        "unit": "pandas.Timedelta",
        "period": "pandas.PeriodIndex",
    }
    make = get(makers[kind])
    if make is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if kind == "unit":
                make(1, unit=text)
            elif kind == "period":
                make([], freq=text)
            else:
                make(text)
        except ValueError:
            return False
        except Exception:  # noqa: BLE001  (such as texts that overflow)
            return None
    return True
