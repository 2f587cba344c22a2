import talib.abstract as ta
from freqtrade.strategy import IStrategy
from pandas import DataFrame


class ShortAndLong(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "4h"
    can_short = True
    startup_candle_count = 110
    minimal_roi = {"0": 0.3}
    stoploss = -0.12
    trailing_stop = True
    trailing_stop_positive = 0.03
    trailing_stop_positive_offset = 0.06
    trailing_only_offset_is_reached = True

    def populate_indicators(self, df: DataFrame, metadata: dict) -> DataFrame:
        df["fast"] = ta.EMA(df, timeperiod=12)
        df["slow"] = ta.EMA(df, timeperiod=26)
        df["adx"] = ta.ADX(df, timeperiod=14)
        df["macd"] = ta.MACD(df, fastperiod=12, slowperiod=26, signalperiod=9)["macd"]
        return df

    def populate_entry_trend(self, df: DataFrame, metadata: dict) -> DataFrame:
        strong = df.adx > 25
        df.loc[(df.fast > df.slow) & (df.macd > 0) & strong, "enter_long"] = 1
        df.loc[(df.fast < df.slow) & (df.macd < 0) & strong, "enter_short"] = 1
        return df

    def populate_exit_trend(self, df: DataFrame, metadata: dict) -> DataFrame:
        df.loc[df["fast"] < df["slow"], "exit_long"] = 1
        df.loc[df["fast"] > df["slow"], "exit_short"] = 1
        return df
