"""Points for several things; enough of them open a trade."""

import talib.abstract as ta
from freqtrade.strategy import IStrategy
from pandas import DataFrame
from technical.indicators import ichimoku
from technical.qtpylib import crossed_below


class Scored(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "2h"
    startup_candle_count = 220
    minimal_roi = {"0": 0.08, "720": 0.04, "2880": 0}
    stoploss = -0.09
    plot_config = {"main_plot": {"ema": {"color": "blue"}}, "subplots": {"score": {"score": {}}}}

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["ema"] = ta.EMA(dataframe, timeperiod=100)
        dataframe["rsi"] = ta.RSI(dataframe["close"], timeperiod=10)
        dataframe["willr"] = ta.WILLR(dataframe, timeperiod=14)
        cloud = ichimoku(dataframe)
        dataframe["kijun"] = cloud["kijun_sen"]
        dataframe["score"] = 0
        dataframe.loc[dataframe["close"] > dataframe["ema"], "score"] += 1
        dataframe.loc[dataframe["rsi"].between(40, 60), "score"] += 1
        dataframe.loc[dataframe["close"] > dataframe["kijun"], "score"] += 1
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[(dataframe["score"] >= 3) & (dataframe["willr"] < -60), "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[
            crossed_below(dataframe["close"], dataframe["ema"]) | (dataframe["rsi"] > 78),
            "exit_long",
        ] = 1
        return dataframe
