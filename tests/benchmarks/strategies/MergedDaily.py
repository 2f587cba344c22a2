"""An informative timeframe that is merged by hand."""

import pandas as pd
import talib.abstract as ta
from freqtrade.strategy import IStrategy, merge_informative_pair


class MergedDaily(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    inf_timeframe = "1d"
    startup_candle_count: int = 300
    minimal_roi = {"0": 0.15, "1440": 0.05}
    stoploss = -0.07

    def informative_pairs(self):
        pairs = self.dp.current_whitelist()
        return [(pair, self.inf_timeframe) for pair in pairs]

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        if not self.dp:
            return dataframe
        daily = self.dp.get_pair_dataframe(pair=metadata["pair"], timeframe=self.inf_timeframe)
        daily["sma"] = ta.SMA(daily, timeperiod=10)
        dataframe = merge_informative_pair(
            dataframe, daily, self.timeframe, self.inf_timeframe, ffill=True
        )
        for period in (8, 21):
            dataframe[f"ema_{period}"] = ta.EMA(dataframe, timeperiod=period)
        dataframe["volume_mean"] = dataframe["volume"].rolling(24).mean()
        dataframe["above"] = (dataframe["close"] > dataframe["sma_1d"]).astype("int")
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        conditions = [
            dataframe["above"] == 1,
            dataframe["ema_8"] > dataframe["ema_21"],
            dataframe["volume"] > dataframe["volume_mean"],
        ]
        entry = conditions[0] & conditions[1] & conditions[2]
        dataframe.loc[entry, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        dataframe.loc[(dataframe["ema_8"] < dataframe["ema_21"]), "exit_long"] = 1
        return dataframe
