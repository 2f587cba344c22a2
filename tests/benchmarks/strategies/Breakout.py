import numpy as np
import pandas as pd
import talib.abstract as ta
from freqtrade.strategy import BooleanParameter, IntParameter, IStrategy


class Breakout(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1d"
    startup_candle_count = 60
    minimal_roi = {"0": 0.5}
    stoploss = -0.15

    window = IntParameter(10, 30, default=20, space="buy", optimize=True)
    use_volume = BooleanParameter(default=True, space="buy")

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        dataframe["highest"] = dataframe["high"].rolling(20).max().shift(1)
        dataframe["lowest"] = dataframe["low"].rolling(10).min().shift(1)
        dataframe["obv"] = ta.OBV(dataframe)
        dataframe["obv_mean"] = dataframe["obv"].ewm(span=20, min_periods=20).mean()
        dataframe["atr"] = ta.ATR(dataframe, timeperiod=14)
        dataframe["wide"] = np.where(
            dataframe["high"] - dataframe["low"] > 1.2 * dataframe["atr"], 1, 0
        )
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        entry = (dataframe["close"] > dataframe["highest"]) & (dataframe["wide"] == 1)
        if self.use_volume.value:
            entry &= dataframe["obv"] > dataframe["obv_mean"]
        dataframe.loc[entry, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        dataframe.loc[(dataframe["close"] < dataframe["lowest"]), "exit_long"] = 1
        return dataframe
