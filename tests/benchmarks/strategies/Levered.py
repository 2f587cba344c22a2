from datetime import datetime

import talib.abstract as ta
from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, stoploss_from_absolute
from pandas import DataFrame


class Levered(IStrategy):
    """A trend followed with a stop at a multiple of the average range."""

    INTERFACE_VERSION = 3
    timeframe = "1h"
    can_short = True
    startup_candle_count = 210
    minimal_roi = {}
    stoploss = -0.30
    use_custom_stoploss = True

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["ema_50"] = ta.EMA(dataframe, timeperiod=50)
        dataframe["ema_200"] = ta.EMA(dataframe, timeperiod=200)
        dataframe["atr"] = ta.ATR(dataframe, timeperiod=14)
        dataframe["plus"] = ta.PLUS_DI(dataframe, timeperiod=14)
        dataframe["minus"] = ta.MINUS_DI(dataframe, timeperiod=14)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        rising = (dataframe["ema_50"] > dataframe["ema_200"]) & (dataframe["volume"] > 0)
        falling = (dataframe["ema_50"] < dataframe["ema_200"]) & (dataframe["volume"] > 0)
        dataframe.loc[rising & (dataframe["plus"] > dataframe["minus"]), "enter_long"] = 1
        dataframe.loc[falling & (dataframe["plus"] < dataframe["minus"]), "enter_short"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["plus"] < dataframe["minus"] * 0.8, "exit_long"] = 1
        dataframe.loc[dataframe["minus"] < dataframe["plus"] * 0.8, "exit_short"] = 1
        return dataframe

    def leverage(
        self,
        pair: str,
        current_time: datetime,
        current_rate: float,
        proposed_leverage: float,
        max_leverage: float,
        entry_tag: str | None,
        side: str,
        **kwargs,
    ) -> float:
        return min(2.0, max_leverage)

    def custom_stoploss(
        self,
        pair: str,
        trade: Trade,
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        after_fill: bool,
        **kwargs,
    ) -> float | None:
        dataframe, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        atr = dataframe["atr"].iat[-1]
        side = 1 if trade.is_short else -1
        return stoploss_from_absolute(
            current_rate + side * 3 * atr,
            current_rate,
            is_short=trade.is_short,
            leverage=trade.leverage,
        )
