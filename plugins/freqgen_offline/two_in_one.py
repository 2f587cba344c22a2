"""Finds words that fit the grammar as one condition and are rather two, or another one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lark import Token

from freqgen_offline.vocabulary import about, meant


def two_in_one(tokens: Sequence[Token]) -> str | None:
    """Why words that fit the grammar are rather two things: "RSI < 30 ADX > 25".

    A number between a comparison and another oscillator is a level, and no period.
    """
    names: set[tuple[str, str]] = set()
    for position, token in enumerate(tokens):
        name = (token.type, str(token) if token.type == "KNOWN" else "")
        before = [t.type for t in tokens[max(position - 2, 0) : position]]
        follows = len(before) == 2 and before[0] in _COMPARING and before[1] == "NUM"
        if token.type in _LEVELLED and follows:
            later = {t.type for t in tokens[position + 1 :]} & _COMPARING
            if (name not in names or later) and not _is_a_price(token):
                return f"whether the number is a level or the period of {token} is not clear"
        if token.type in _LEVELLED:
            names.add(name)
        closes = token.type == "CLOSE" and re.search(r"clos", token) is not None
        following = [t.type for t in tokens[position + 1 : position + 4]]
        if closes and following[:1] == ["IS"] and len(following) == 3:
            most = following[1] in _MOST and following[2] not in _COLUMNS_NAMED
            if most or (following[1] in {"COUNT", "TIME"} and following[2] in {"HIGH", "LOW"}):
                return "the highest or lowest of what is not said: of closes, or of highs and lows"
    return None


_COMPARING = frozenset(
    {"GT", "LT", "GE", "LE", "CROSS_UP", "CROSS_DOWN", "CROSS", "BREAK", "TOUCH", "UPWARDS",
     "DOWNWARDS", "FROM_BELOW", "BETWEEN"}
)  # fmt: skip
_LEVELLED = frozenset({"RSI", "ADX", "KNOWN", "MACD"})
_MOST = frozenset({"HIGHEST", "LOWEST"})
_COLUMNS_NAMED = frozenset({"CLOSE", "OPEN", "HIGH", "LOW"})


def _is_a_price(token: Token) -> bool:
    """Whether an indicator is a level of the price, so that its number is no level of another."""
    return token.type == "KNOWN" and about(meant("KNOWN", token)).measure == "price"
