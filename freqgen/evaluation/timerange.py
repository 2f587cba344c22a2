"""The timerange of a backtest, checked before anything is made or paid for it.

Freqtrade parses it too, after seconds of importing. A test holds the two together.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from freqgen.exceptions import UsageError

_DATES = {8: "%Y%m%d", 13: "%Y%m%dT%H%M", 15: "%Y%m%dT%H%M%S"}
_HINT = "write 20240101-20240601, 20240101- or -20240601"


def check_timerange(timerange: str) -> None:
    """Refuse a timerange that Freqtrade would refuse.

    :param timerange: As in Freqtrade, ``20240101-20240301``; empty for all candles.
    :raises UsageError: If it is none, or ends before it begins.
    """
    if not timerange:
        return
    begin, dash, end = timerange.partition("-")
    try:
        start, stop = _seconds(begin), _seconds(end)
    except ValueError:
        dash = ""
    if not dash or not begin + end:
        raise UsageError(f'"{timerange}" is no timerange', hint=_HINT)
    if start > stop > 0:
        raise UsageError(
            f'the timerange "{timerange}" ends before it begins', hint=f"write {end}-{begin}"
        )


def _seconds(text: str) -> int:
    """One side of a timerange in seconds since 1970; 0 where it is open."""
    if not text:
        return 0
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return int(text[:10])
    if not re.fullmatch(r"\d{8}(T\d{4}(\d{2})?)?", text):
        raise ValueError(text)
    return int(datetime.strptime(text, _DATES[len(text)]).replace(tzinfo=UTC).timestamp())
