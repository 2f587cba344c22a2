"""Which pairs a run trades: those that were named, or all with candles, less the blacklist.

Names and patterns mean what they mean in Freqtrade
(``freqtrade.plugins.pairlist.pairlist_helpers``): a pattern is a regular expression for the
whole name, in any case, and the blacklist comes last and wins, also over pairs that the
command line names. A test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

from freqgen.evaluation.candles import as_written_in, quote_of
from freqgen.evaluation.engine import Engine
from freqgen.exceptions import DataMissing, UsageError

_NAME = re.compile(r"[A-Za-z0-9/:_-]+")
_SHOWN = 8


class Chosen(NamedTuple):
    """What a run trades.

    :param pairs: In the order in which they were named, each once.
    :param unwanted: Pairs that were named, or found, and are on the blacklist.
    """

    pairs: tuple[str, ...]
    unwanted: tuple[str, ...]


def choose_pairs(
    engine: Engine, timeframe: str, listed: Sequence[str], blacklist: Sequence[str] = ()
) -> Chosen:
    """Choose what to trade.

    :param timeframe: Of the strategy; a pair without candles of it cannot be traded.
    :param listed: Names and patterns; empty for all pairs of the data folder.
    :param blacklist: Names and patterns of what is never traded.
    :raises UsageError: If an entry is neither a pair nor a pattern, or nothing is left.
    :raises DataMissing: If a pair has no candles; the hint is the command that gets them.
    """
    there = engine.find_pairs(timeframe)
    if not listed and not there:
        raise DataMissing(
            engine.nothing(f"{timeframe} candles"), hint=engine.how_to_get((), timeframe)
        )
    named: list[str] = [] if listed else list(there)
    for entry in listed:
        named += _meant(entry, engine.find_pairs(timeframe, any_stake=True), there)
    patterns = [_pattern(entry) for entry in blacklist]
    unwanted = [p for p in named if any(pattern.fullmatch(p) for pattern in patterns)]
    pairs = tuple(dict.fromkeys(pair for pair in named if pair not in unwanted))
    _check_names(engine, timeframe, pairs)
    if not pairs:
        raise UsageError(
            f"all pairs are in the pair_blacklist: {', '.join(dict.fromkeys(unwanted))}"
            if unwanted
            else f"no pair with {timeframe} candles matches {', '.join(listed)}",
            hint=f"there are {_few(there)}" if there else "name pairs as in BTC/USDT",
        )
    stake = engine.stake_currency
    if stake and all(quote_of(pair) != stake for pair in pairs):
        raise UsageError(
            f"none of the pairs is traded against {stake}: {_few(pairs)}",
            hint="choose other pairs, or another stake_currency in the configuration",
        )
    return Chosen(pairs, tuple(dict.fromkeys(unwanted)))


def _meant(entry: str, everything: Sequence[str], there: Sequence[str]) -> list[str]:
    """Pairs that an entry means; a name without candles is kept, to be missed by name."""
    if entry in everything:
        return [entry]
    pattern = _pattern(entry)
    if _NAME.fullmatch(entry):
        return [pair for pair in everything if pattern.fullmatch(pair)] or [entry]
    return [pair for pair in there if pattern.fullmatch(pair)]


def _pattern(entry: str) -> re.Pattern[str]:
    try:
        return re.compile(entry, re.IGNORECASE)
    except re.error as exc:
        raise UsageError(
            f'"{entry}" is neither a pair nor a pattern: {exc}', hint="write it as BTC/USDT"
        ) from exc


def _check_names(engine: Engine, timeframe: str, pairs: Sequence[str]) -> None:
    there = engine.find_pairs(timeframe, any_stake=True)
    missing = [pair for pair in pairs if pair not in there]
    for pair in missing:
        near = get_close_matches(pair, there, n=1, cutoff=0.75)
        other = as_written_in(engine.trading_mode, pair)
        if other != pair and other in there:
            near = [other]
        elif "/" in pair and not engine.closed:
            continue
        raise UsageError(
            f"there are no {timeframe} candles of {pair}",
            hint=". ".join(
                [*(f"The nearest is {name}" for name in near), engine.closed or _all(there)]
            ),
        )
    if missing:
        near = get_close_matches(missing[0], there, n=1, cutoff=0.75)
        raise DataMissing(
            engine.nothing(f"{timeframe} candles of {_few(missing)}")
            + (f"; the nearest is {near[0]}" if near else ""),
            hint=engine.how_to_get(missing, timeframe),
        )


def _all(pairs: Sequence[str]) -> str:
    return f"There are {_few(pairs)}" if pairs else "Pairs are written BTC/USDT"


def _few(pairs: Sequence[str]) -> str:
    more = f" and {len(pairs) - _SHOWN} more" if len(pairs) > _SHOWN else ""
    return ", ".join(pairs[:_SHOWN]) + more
