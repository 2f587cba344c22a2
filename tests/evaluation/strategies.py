"""Hand-written strategies, in the form in which freqgen's compiler writes them."""

from __future__ import annotations

from typing import cast

from freqgen.draft import Draft, ValidatedDraft

PLAIN = """
import talib.abstract as ta
from freqtrade.strategy import IStrategy
from pandas import DataFrame


class Plain(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    startup_candle_count = 60
    minimal_roi = {"0": 0.05}
    stoploss = -0.03

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] < 35, ["enter_long", "enter_tag"]] = (1, "low_rsi")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] > 65, "exit_long"] = 1
        return dataframe
"""

CALLBACKS = """
from datetime import datetime

import talib.abstract as ta
from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, stoploss_from_absolute
from pandas import DataFrame


class Callbacks(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    startup_candle_count = 60
    minimal_roi = {}
    stoploss = -0.10
    use_custom_stoploss = True
    max_open_trades = 2

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        dataframe["atr"] = ta.ATR(dataframe, timeperiod=14)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] < 35, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe

    def custom_stake_amount(self, pair: str, current_time: datetime, current_rate: float,
                            proposed_stake: float, min_stake: float | None, max_stake: float,
                            leverage: float, entry_tag: str | None, side: str,
                            **kwargs) -> float:
        return min(self.wallets.get_total_stake_amount() * 0.2, max_stake)

    def custom_stoploss(self, pair: str, trade: Trade, current_time: datetime,
                        current_rate: float, current_profit: float, after_fill: bool,
                        **kwargs) -> float | None:
        frame, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        atr = frame["atr"].iat[-1]
        return stoploss_from_absolute(current_rate - 3 * atr, current_rate)

    def custom_exit(self, pair: str, trade: Trade, current_time: datetime, current_rate: float,
                    current_profit: float, **kwargs) -> str | None:
        if current_time.timestamp() - trade.open_date_utc.timestamp() >= 24 * 3600:
            return "max_holding"
        return None
"""

EVERY_CANDLE = """
from freqtrade.strategy import IStrategy
from pandas import DataFrame


class EveryCandle(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "{timeframe}"
    startup_candle_count = 0
    minimal_roi = {{"0": {roi}}}
    stoploss = -0.20
{attributes}
    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        {body}
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["close"] > 0, ["{entry}", "enter_tag"]] = (1, "always")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        return dataframe
"""


def every_candle(
    *,
    body: str = "dataframe['unused'] = 1",
    timeframe: str = "1h",
    roi: float = 0.01,
    entry: str = "enter_long",
    attributes: str = "",
) -> ValidatedDraft:
    """Make a strategy that always wants to be in the market.

    :param body: A statement for ``populate_indicators``.
    """
    source = EVERY_CANDLE.format(
        timeframe=timeframe, roi=roi, body=body, entry=entry, attributes=attributes
    )
    return validated("EveryCandle", source)


def validated(name: str, source: str) -> ValidatedDraft:
    """Trust a strategy of these tests, as the validation runner would."""
    return cast("ValidatedDraft", Draft(class_name=name, source=source))
