"""Runs a compiled strategy on candles, as Freqtrade would, without a bot or a backtest."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import pandas as pd
from freqtrade.enums import CandleType, RunMode
from freqtrade.strategy import IStrategy

from freqgen.design.binding import Market

PAIR = "ETH/USDT"

CONFIG: dict[str, Any] = {
    "stake_currency": "USDT",
    "candle_type_def": CandleType.SPOT,
    "runmode": RunMode.BACKTEST,
    "trading_mode": "spot",
}


class CandleProvider:
    """The part of Freqtrade's data provider that ``@informative`` needs."""

    def __init__(self, informative: Mapping[Market, pd.DataFrame]) -> None:
        self.candles = {
            (market.pair or PAIR, market.timeframe): frame for market, frame in informative.items()
        }

    def get_pair_dataframe(
        self, pair: str, timeframe: str, _candle_type: object = None
    ) -> pd.DataFrame:
        """Candles of a market; a copy, as Freqtrade gives one."""
        return self.candles[pair, timeframe].copy()

    def market(self, pair: str) -> dict[str, str]:
        """The market of a pair."""
        base, quote = pair.split("/")
        return {"symbol": pair, "base": base, "quote": quote.split(":")[0]}

    def current_whitelist(self) -> list[str]:
        """The pairs that are traded."""
        return [PAIR]


def load_strategy(source: str, class_name: str) -> IStrategy:
    """Execute compiler output and make its strategy."""
    module = ModuleType(f"compiled_{class_name}")
    sys.modules[module.__name__] = module  # hyperopt parameters look their module up
    try:
        exec(compile(source, f"{class_name}.py", "exec"), module.__dict__)
        strategy: IStrategy = getattr(module, class_name)(dict(CONFIG))
    finally:
        del sys.modules[module.__name__]
    return strategy


def run_compiled(
    source: str,
    class_name: str,
    candles: pd.DataFrame,
    informative: Mapping[Market, pd.DataFrame] | None = None,
) -> pd.DataFrame:
    """All columns that a compiled strategy gives for some candles."""
    strategy = load_strategy(source, class_name)
    strategy.dp = CandleProvider(informative or {})  # type: ignore[assignment]
    frame = strategy.advise_indicators(candles.copy(), {"pair": PAIR})
    return strategy.ft_advise_signals(frame, {"pair": PAIR})
