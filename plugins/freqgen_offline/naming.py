"""Chooses a kind, a name and a hypothesis from rules."""

from __future__ import annotations

import re
from collections.abc import Sequence

from freqgen import BriefError
from freqgen_offline.vocabulary import about

SUFFIXES = {
    "mean_reversion": "Reversion",
    "trend_following": "Trend",
    "momentum": "Momentum",
    "breakout": "Breakout",
    "volatility": "Volatility",
    "volume": "Volume",
    "pattern": "Pattern",
    "other": "Strategy",
}

BELIEFS = {
    "mean_reversion": "The price has moved too far and tends to come back",
    "trend_following": "A trend that is under way tends to go on",
    "momentum": "A move that gathers speed tends to go on",
    "breakout": "A price that leaves its range tends to go further",
    "volatility": "Wider swings tend to be followed by a move worth taking",
    "volume": "Unusual volume tends to come before a move",
    "other": "The price tends to move the right way after this",
}

_OVERSOLD = re.compile(r"\brsi\w* <=? (?:[1-3]?[0-9]|4[0-5])\b|\brsi\w*, (?:[12]?[0-9]|3[0-5])\)"
                       r"|\b(?:close|low) <=? bb\w*\.lower|\((?:close|low), bb\w*\.lower\)"
                       r"|\brsi\w* >=? (?:5[5-9]|[6-9][0-9])\b.*short")  # fmt: skip


def kind_of(rules: Sequence[str], functions: Sequence[str], *, short: bool = False) -> str:
    """The kind of strategy that entry rules make, as near as words tell."""
    text = " ; ".join(rules)
    if "shift(highest(" in text or "shift(lowest(" in text:
        return "breakout"
    if short and re.search(r"\brsi\w* >=? [5-9][0-9]|rsi\w*, [5-9][0-9]\)|bb\w*\.upper", text):
        return "mean_reversion"
    if not short and _OVERSOLD.search(text):
        return "mean_reversion"
    if re.search(r"bb\w*\.upper", text):
        return "breakout"
    if re.search(r"macd\w*\.(?:signal|histogram)|macd\w*\.line", text):
        return "momentum"
    if {"EMA", "SMA", "ADX", "BBANDS"} & set(functions):
        return "trend_following"
    if "RSI" in functions or "rising(" in text or "falling(" in text:
        return "momentum"
    if "ATR" in functions:
        return "volatility"
    return "volume" if "volume" in text else "other"


def class_name(wanted: str) -> str:
    """A name that a user asked for, in CamelCase.

    :raises BriefError: If nothing of it can be used.
    """
    parts = re.findall(r"[A-Za-z0-9]+", wanted)
    name = "".join(p[:1].upper() + p[1:] for p in parts)
    if not name or not name[0].isalpha():
        name = f"Strategy{name}" if name else ""
    if not name:
        raise BriefError(
            f'"{wanted}" has no letters that a class could be named with',
            hint="give a name such as RsiReversion, or none to have one chosen",
        )
    return name[:64]


def chosen_name(functions: Sequence[str], kind: str, *, volume: bool = False) -> str:
    """A name for a strategy, from what its entry looks at."""
    parts = [*dict.fromkeys(about(f).title for f in dict.fromkeys(functions))][:3]
    if not parts:
        parts = ["Volume" if volume and kind != "volume" else "Price"]
        if kind == "volume":
            parts = ["Price"]
    return "".join(parts) + SUFFIXES[kind]


def hypothesis(kind: str, rules: Sequence[str], side: str) -> str:
    """One sentence on why the entry should pay."""
    told = " and ".join(f"({r})" if " or " in r else r for r in rules)
    if len(told) > 1500:
        told = told[:1500] + "…"
    return f"{BELIEFS[kind]}: a {side} is opened when {told}."
