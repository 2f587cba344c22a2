"""Hours, weekdays and shapes of candles, as rules that need no indicator."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lark import Token

from freqgen_offline.meaning import UnreadableError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*)([^a-z]*(?:to|through|thru|until)?)")
_TILL = re.compile(r"-|to|through|thru|until")
_TIME = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))?\s*(am|pm)?")

SHAPES: dict[str, tuple[str, ...]] = {
    "inside": ("high < shift(high, 1)", "low > shift(low, 1)"),
    "outside": ("high > shift(high, 1)", "low < shift(low, 1)"),
    "higher high": ("high > shift(high, 1)",),
    "higher low": ("low > shift(low, 1)",),
    "lower high": ("high < shift(high, 1)",),
    "lower low": ("low < shift(low, 1)",),
}
"""What a candle is beside the one before it."""


def shape_of(text: str) -> str:
    """The key of a shape in :data:`SHAPES`."""
    first, second = text.split()[:2]
    return first if first in SHAPES else f"{first} {second.rstrip('s')}"


def times_of_day(token: Token) -> tuple[str, ...]:
    """The rules that hours or weekdays make.

    :raises UnreadableError: If a time is no full hour, since rules see the hour alone.
    """
    if token.type == "DAYS":
        return _days(token)
    hours = [_hour(match) for match in _TIME.finditer(token)]
    if token.type == "HOURS":
        if len(hours) != 2:
            raise UnreadableError("from when till when is not clear")
        begin, end = hours
        if begin == end % 24:
            raise UnreadableError("that is all day")
        end = end or 24
        if begin < end:
            upper = () if end == 24 else (f"hour() < {end}",)
            return (*((f"hour() >= {begin}",) if begin else ()), *upper)
        return (f"hour() >= {begin} or hour() < {end}",)  # over midnight
    (hour,) = hours
    if token.startswith(("before", "until")) or token.endswith("earlier"):
        return (f"hour() < {hour}",)
    if token.startswith(("after", "from", "since")) or token.endswith("later"):
        return (f"hour() >= {hour}",)
    return (f"hour() == {hour}",)


def _hour(match: re.Match[str]) -> int:
    hour, minute, half = int(match[1]), match[2], match[3]
    if minute not in {None, "00"}:
        raise UnreadableError("rules see the hour of a candle, and no minutes")
    if half:
        if not 1 <= hour <= 12:
            raise UnreadableError(f"{match[0]} is no time")
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 24:
        raise UnreadableError(f"{match[0]} is no time")
    return hour


def _days(text: str) -> tuple[str, ...]:
    if "week" in text:
        return ("weekday() >= 5",) if "end" in text else ("weekday() < 5",)
    ranges, ranged, found = 0, False, list[int]()
    for name, joint in _DAY.findall(text):
        day = _DAYS.index(name)
        if found and ranged:
            ranges += 1
            found += [d % 7 for d in range(found[-1] + 1, day + 1 + 7 * (day <= found[-1]))]
        else:
            found.append(day)
        ranged = _TILL.fullmatch(joint.strip()) is not None
    days = sorted({*found})
    first, last = days[0], days[-1]
    if len(days) == 7:
        raise UnreadableError("that is every day")
    if ranges and days == [*range(first, last + 1)]:
        low = (f"weekday() >= {first}",) if first else ()
        return (*low, *((f"weekday() <= {last}",) if last < 6 else ()))
    if sorted(found) == [5, 6]:
        return ("weekday() >= 5",)
    return (" or ".join(f"weekday() == {day}" for day in dict.fromkeys(found)),)


def some_hour(rules: Iterable[str]) -> bool:
    """Whether all rules on hours and weekdays can be true at once."""
    wanted = list(rules)
    return any(
        all(_holds(rule, hour, day) for rule in wanted) for day in range(7) for hour in range(24)
    )


_PART = re.compile(r"(hour|weekday)\(\) (>=|<=|==|<) ([0-9]+)")


def _holds(rule: str, hour: int, day: int) -> bool:
    for part in rule.split(" or "):
        match = _PART.fullmatch(part)
        if match is None:
            return True
        value, limit = (hour if match[1] == "hour" else day), int(match[3])
        if {">=": value >= limit, "<=": value <= limit, "==": value == limit, "<": value < limit}[
            match[2]
        ]:
            return True
    return False
