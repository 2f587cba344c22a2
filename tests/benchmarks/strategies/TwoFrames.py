from datetime import datetime

import talib.abstract as ta
from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, informative, stoploss_from_open
from pandas import DataFrame


class TwoFrames(IStrategy):
    """A pullback on 15 minutes while the hours point up."""

    INTERFACE_VERSION = 3
    timeframe = "15m"
    startup_candle_count = 240
    minimal_roi = {"0": 0.2}
    stoploss = -0.08
    use_custom_stoploss = True

    @informative("1h")
    def populate_indicators_1h(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["ema_fast"] = ta.EMA(dataframe, timeperiod=20)
        dataframe["ema_slow"] = ta.EMA(dataframe, timeperiod=50)
        return dataframe

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        dataframe["atr"] = ta.ATR(dataframe, timeperiod=14)
        dataframe["range"] = (dataframe["high"] - dataframe["low"]).rolling(20).mean()
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        uptrend = dataframe["ema_fast_1h"] > dataframe["ema_slow_1h"]
        pullback = dataframe["rsi"] < 40
        calm = dataframe["range"] < dataframe["atr"] * 1.5
        dataframe.loc[uptrend & pullback & calm, ["enter_long", "enter_tag"]] = (1, "pullback")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] > 72, ["exit_long", "exit_tag"]] = (1, "overbought")
        return dataframe

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
        if current_profit > 0.04:
            return stoploss_from_open(0.02, current_profit, is_short=trade.is_short)
        return None
