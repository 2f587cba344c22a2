"""Numbers, lengths and times, as words of the lexicon say them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from lark import Token

from freqgen_offline.meaning import Length, UnreadableError

NUMBER_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "hundred": 100,
}  # fmt: skip

UNIT_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080}
FRAME_WORDS = {"daily": 1440, "hourly": 60, "weekly": 10080}

MAX_LENGTH = 5000
"""Candles; a longer look back is a slip of the pen."""

MAX_PERIOD = 1000
"""The longest period that indicators take."""

_NUMERAL = re.compile(r"[+-]?\s?(?:[0-9][0-9,]*(?:\.[0-9]+)?|\.[0-9]+|[a-z]+)")


WITHOUT_CURRENT = " the current "
"""What "20 candles, without the current one" has in it."""


def number(text: str) -> Decimal:
    """The number that a text begins with, in figures or as a word.

    :raises UnreadableError: If it has too many digits to be meant.
    """
    if WITHOUT_CURRENT in text:
        raise UnreadableError("whether the current candle counts can be said of a high or low")
    match = _NUMERAL.match(re.sub(r"^minus\s+", "-", text.strip()))
    if match is None:
        raise UnreadableError(text)
    numeral = match[0].replace(",", "").replace(" ", "")
    value = Decimal(NUMBER_WORDS[numeral]) if numeral in NUMBER_WORDS else Decimal(numeral)
    if abs(value) > 10**12 or len(numeral) > 20:
        raise UnreadableError(text)
    return value


def ratio(token: Token) -> Decimal:
    """The ratio that a percentage is, without its sign."""
    return abs(number(token)) / 100


def ratio_in_words(text: str) -> Decimal:
    """The ratio that a text with a percentage in words says: "once three percent in profit"."""
    found = re.search(r"([a-z]+)[\s-]*(?:%|per|pct)", text)
    if found is None or found[1] not in NUMBER_WORDS:
        raise UnreadableError(text)
    return Decimal(NUMBER_WORDS[found[1]]) / 100


def minutes(token: Token) -> int:
    """The minutes that a time is."""
    text = re.sub(r"^\(\s*(?:on\s+|in\s+)?(?:the\s+)?|\s*\)$", "", str(token))
    if text in FRAME_WORDS:
        return FRAME_WORDS[text]
    if text[0] in UNIT_MINUTES and text[1:].isdigit():
        return UNIT_MINUTES[text[0]] * int(text[1:])
    if text.startswith("half"):
        return 30
    if text.startswith(("an ", "a ")):
        return UNIT_MINUTES[text.split()[1][0]]
    unit = re.sub(r"^(?:[0-9]+|[a-z]+(?=[\s-]))[\s-]*", "", text)[0]
    return int(number(text)) * UNIT_MINUTES[unit]


def whole(value: Decimal, low: int, high: int) -> int:
    """``value`` as an int.

    :raises UnreadableError: If it is none between ``low`` and ``high``.
    """
    if value != int(value) or not low <= value <= high:
        raise UnreadableError(
            f"{value} is not possible: a whole number from {low} to {high} is needed"
        )
    return int(value)


def length(token: Token) -> Length:
    """The length that ``COUNT`` or ``TIME`` is."""
    if token.type == "COUNT":
        return Length(candles=whole(number(token), 1, MAX_LENGTH), text=str(token))
    found = minutes(token)
    if not 0 < found <= MAX_LENGTH * 1440:
        raise UnreadableError(str(token))
    return Length(minutes=found, text=str(token))


def types(children: Sequence[Any]) -> dict[str, Token]:
    """The words among the parts of a rule, by their type."""
    return {c.type: c for c in children if isinstance(c, Token)}


def parts(children: Sequence[Any]) -> list[Any]:
    """The meanings among the parts of a rule."""
    return [c for c in children if not isinstance(c, Token)]
