"""A timerange is refused where Freqtrade would refuse it, and before."""

from __future__ import annotations

import pytest

from freqgen.evaluation.timerange import check_timerange
from freqgen.exceptions import UsageError

TIMERANGES = (
    "",
    "20240101-20240301",
    "20240101-",
    "-20240301",
    "20240101T0930-20240301T173000",
    "1704067200-1709251200",
    "1704067200000-",
    "20240101-1709251200",
    "20240301-20240301",
    "20240601-20240101",
    "20240301T1200-20240301",
    "1709251200-20240101",
    "-",
    "--",
    "20240101",
    "20240101-20240201-20240301",
    "yesterday",
    "2024-01-01",
    "20241301-",
    "20240101T2500-",
    "20240101-today",
    " 20240101-",
)


@pytest.mark.parametrize("timerange", TIMERANGES)
def test_freqtrade_takes_what_is_taken_and_refuses_what_is_refused(timerange: str) -> None:
    from freqtrade.configuration import TimeRange
    from freqtrade.exceptions import ConfigurationError

    try:
        TimeRange.parse_timerange(timerange)
    except ConfigurationError as exc:
        reason = "ends before it begins" if "after stop date" in str(exc) else "is no timerange"
        with pytest.raises(UsageError, match=reason):
            check_timerange(timerange)
    else:
        check_timerange(timerange)


def test_a_reversed_one_is_turned_round() -> None:
    with pytest.raises(UsageError, match="ends before it begins") as caught:
        check_timerange("20240601-20240101")
    assert caught.value.hint == "write 20240101-20240601"
