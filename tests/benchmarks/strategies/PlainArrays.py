"""TA-Lib's functions on arrays, and a helper method."""

import numpy as np
import talib
from freqtrade.strategy import IStrategy
from pandas import DataFrame, Series


class PlainArrays(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    startup_candle_count = 90
    minimal_roi = {"0": 0.1}
    stoploss = -0.05
    max_open_trades = 5
    unfilledtimeout = {"entry": 10, "exit": 10, "unit": "minutes"}

    def zscore(self, values: Series, window: int) -> Series:
        mean = values.rolling(window).mean()
        return (values - mean) / values.rolling(window).std()

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        upper, _, lower = talib.BBANDS(dataframe["close"], timeperiod=20)
        dataframe["bb_width"] = (upper - lower) / dataframe["close"]
        dataframe["z"] = self.zscore(dataframe["close"], 30)
        dataframe["roc"] = talib.ROC(dataframe["close"], timeperiod=10)
        dataframe["up"] = np.select(
            [dataframe["roc"] > 1, dataframe["roc"] < -1], [1, -1], default=0
        )
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[
            (dataframe["z"] < -2) & (dataframe["bb_width"] > 0.02) & (dataframe["up"] >= 0),
            "enter_long",
        ] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[(dataframe["z"] > 0.5) | (dataframe["up"] == -1), "exit_long"] = 1
        return dataframe
