"""What mypy says of plain values: numbers, texts, lists, and what TA-Lib makes.

An author's annotation may be wrong where the code is right, ``info: dict[str, float] = {}`` that
holds frames; so most of this is a warning. With the corrected stubs, and with names that may be
used again for another type, it is said of hardly any sound strategy.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from freqgen import Severity

ERROR, WARNING = Severity.ERROR, Severity.WARNING

PARAMETERS = (
    "BaseParameter",
    "BooleanParameter",
    "CategoricalParameter",
    "DecimalParameter",
    "IntParameter",
    "NumericParameter",
    "RealParameter",
)
"""Freqtrade's classes of hyperopt parameters."""

TALIB_ARRAY = "TalibArray"
"""What the corrected stubs call the array that TA-Lib makes of a column."""

ATTRIBUTES = frozenset(
    [
        "can_short",
        "ignore_buying_expired_candle_after",
        "max_open_trades",
        "minimal_roi",
        "order_time_in_force",
        "order_types",
        "position_adjustment_enable",
        "process_only_new_candles",
        "startup_candle_count",
        "stoploss",
        "timeframe",
        "trailing_stop",
        "trailing_stop_positive",
        "trailing_stop_positive_offset",
        "use_custom_stoploss",
        "use_exit_signal",
    ]
)
"""Attributes of which IStrategy declares the type."""

_BUILTIN = r"(?:int|float|complex|str|bytes|bool|(?:list|dict|tuple|set|frozenset|deque)\[.*\])"
_PLAIN = re.compile(rf"{_BUILTIN}|None|datetime|date|timedelta|time")
_TALIB = re.compile(r"[A-Z][A-Z0-9_]+")
_OPERANDS = re.compile(
    r'^Unsupported (?:operand types for \S+ \("(?P<left>[^"]+)" and "(?P<right>[^"]+)"\)'
    r'|left operand type for \S+ \("(?P<only>[^"]+)"\))$'
)
_OVERLOAD = re.compile(
    r'^No overload variant of "(?P<function>\w+)" matches argument types? (?P<types>".*")$'
)
_ITERATED = re.compile(
    r'^"(?P<type>[^"]+)"(?: object is not iterable| has no attribute "__iter__")'
)
_CALLED = re.compile(r'^"(?P<type>[^"]+)" not callable$')
_VARIABLE = re.compile(r'^Value of type variable "_Real" of "[A-Z0-9_]+" cannot be "DataFrame"$')
_COLUMNS = re.compile(
    r"(?:Series|Rolling|Expanding|ExponentialMovingWindow|Window|\w*GroupBy)\[.*\]"
)

Verdict = tuple[str, Severity] | None


def attribute(owner: str) -> Verdict:
    """An attribute that ``owner`` does not have."""
    if owner == TALIB_ARRAY:
        return "FG701", ERROR
    if owner.startswith("type[") and _PLAIN.fullmatch(owner[5:-1]):
        return "FG701", ERROR  # such as datetime.noww(), which no annotation is about
    return ("FG701", WARNING) if _PLAIN.fullmatch(owner) else None


def operator(text: str, hint: str, classes: Collection[str]) -> Verdict:
    """Something computed, compared or called that cannot be."""
    if set(re.findall(r'"([^"]+)"', text)) & set(PARAMETERS):
        return "FG707", ERROR
    called = _CALLED.match(text)
    if called is not None:
        if called["type"] == "DataFrame" or called["type"] in classes:
            return "FG709", ERROR
        # frame.name is a column where no method has that name
        return ("FG701", WARNING) if _COLUMNS.fullmatch(called["type"]) else None
    operands = _OPERANDS.match(text)
    if operands is None or hint:  # a hint is that it is wrong for one type of several
        return None
    given = [operands[name] for name in ("left", "right", "only") if operands[name]]
    return ("FG709", WARNING) if all(map(_PLAIN.fullmatch, given)) else None


def iterated(text: str) -> Verdict:
    """A loop over, or several names for, what is one value."""
    match = _ITERATED.match(text)
    return ("FG709", WARNING) if match and _PLAIN.fullmatch(match["type"]) else None


def overload(text: str, functions: Collection[str]) -> Verdict:
    """A call that fits none of the ways in which a function can be called.

    :param functions: Those of the draft itself.
    """
    if text.startswith("All overload variants of"):  # which all need an argument more
        return "FG702", WARNING
    match = _OVERLOAD.match(text)
    if match is None:
        return None
    given = re.findall(r'"([^"]+)"', match["types"])
    if match["function"] not in functions and set(given) & set(PARAMETERS):
        return "FG707", ERROR
    known = [kind for kind in given if _PLAIN.fullmatch(kind)]
    columns = [kind for kind in given if re.match(r"(DataFrame|Series|Any|ndarray)\b", kind)]
    if _TALIB.fullmatch(match["function"]) and len(known) + len(columns) == len(given):
        return "FG702", WARNING
    return None


def variable(text: str) -> Verdict:
    """A frame given to a plain function of TA-Lib, which takes columns."""
    return ("FG702", ERROR) if _VARIABLE.match(text) else None
