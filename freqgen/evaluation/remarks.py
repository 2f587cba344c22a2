"""What makes the numbers of a backtest less than they seem, found in Freqtrade's own objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from freqtrade.data.history import get_datahandler
from freqtrade.enums import CandleType
from freqtrade.optimize.backtesting import Backtesting

_FUNDING_GAP = timedelta(days=1)  # funding is paid every few hours, at most a day apart


def first_line(text: str, most: int = 400) -> str:
    """Cut a message that may be thousands of lines down to its first."""
    line = next(iter(text.splitlines()), "")
    return line if len(line) <= most else f"{line[:most]}…"


def left_out(engine: Backtesting, pairs: Sequence[str]) -> list[str]:
    """Name the pairs that Freqtrade refuses to trade."""
    refused = [pair for pair in pairs if pair not in engine.pairlists.whitelist]
    unwanted = [pair for pair in refused if pair in engine.pairlists.expanded_blacklist]
    elsewhere = [pair for pair in refused if pair not in unwanted]
    warnings = []
    if unwanted:
        warnings.append(f"left out, in the pair_blacklist: {', '.join(unwanted)}")
    if elsewhere:
        stake = engine.config["stake_currency"]
        warnings.append(
            f"left out, not traded against {stake} on the exchange: {', '.join(elsewhere)}"
        )
    return warnings


def funding_warnings(
    config: dict[str, Any],
    exchange: Any,
    pairs: Iterable[str],
    period: tuple[datetime, datetime],
) -> list[str]:
    """Name the pairs whose funding fees Freqtrade silently takes as zero, wholly or in part.

    :param period: The first and the last candle of the backtest.
    """
    handler = get_datahandler(config["datadir"], config["dataformat_ohlcv"])
    wanted = {
        "funding rates": (exchange.get_option("funding_fee_timeframe"), CandleType.FUNDING_RATE),
        "mark prices": (
            exchange.get_option("mark_ohlcv_timeframe"),
            CandleType.from_string(exchange.get_option("mark_ohlcv_price")),
        ),
    }
    warnings = []
    for what, (timeframe, kind) in wanted.items():
        absent, partial = [], []
        for pair in pairs:
            begin, end, count = handler.ohlcv_data_min_max(pair, timeframe, kind)
            if not count:
                absent.append(pair)
            elif begin > period[0] + _FUNDING_GAP or end < period[1] - _FUNDING_GAP:
                partial.append(f"{pair} ({begin:%Y-%m-%d} to {end:%Y-%m-%d})")
        get = "(freqtrade download-data --trading-mode futures gets them)"
        if absent:
            warnings.append(
                f"without {what}, so funding fees count as 0: {', '.join(absent)} {get}"
            )
        if partial:
            warnings.append(
                f"{what} of a part of the period only, elsewhere funding fees count as 0: "
                f"{', '.join(partial)} {get}"
            )
    return warnings
