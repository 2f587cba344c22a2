from datetime import datetime, timedelta

import talib.abstract as ta
from freqtrade.persistence import Trade
from freqtrade.strategy import CategoricalParameter, IStrategy
from pandas import DataFrame, Series


def slope(values: Series, window: int) -> Series:
    """Change over a window, of its mean."""
    mean = values.rolling(window).mean()
    return (mean - mean.shift(window)) / mean


class Confirmed(IStrategy):
    """Entries are confirmed by the last analysed candle, exits by time and profit."""

    INTERFACE_VERSION = 3
    timeframe = "30m"
    startup_candle_count = 100
    minimal_roi = {}
    stoploss = -0.06
    max_hours = CategoricalParameter([12, 24, 48], default=24, space="sell")

    @property
    def protections(self):
        return [
            {"method": "CooldownPeriod", "stop_duration_candles": 3},
            {
                "method": "StoplossGuard",
                "lookback_period_candles": 48,
                "trade_limit": 2,
                "stop_duration_candles": 12,
                "only_per_pair": True,
            },
        ]

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["slope"] = slope(dataframe["close"], 20)
        dataframe["stoch"] = ta.STOCHF(dataframe, fastk_period=9, fastd_period=3)["fastk"]
        dataframe["cci"] = ta.CCI(dataframe, timeperiod=20)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[
            (dataframe["slope"] > 0) & (dataframe["stoch"] < 25) & (dataframe["cci"] < -50),
            ["enter_long", "enter_tag"],
        ] = (1, "dip")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[(dataframe["slope"] < 0) & (dataframe["cci"] > 100), "exit_long"] = 1
        return dataframe

    def confirm_trade_entry(
        self,
        pair: str,
        order_type: str,
        amount: float,
        rate: float,
        time_in_force: str,
        current_time: datetime,
        entry_tag: str | None,
        side: str,
        **kwargs,
    ) -> bool:
        dataframe, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        last = dataframe.iloc[-1].squeeze()
        return bool(rate < last["close"] * 1.01)

    def custom_exit(
        self,
        pair: str,
        trade: Trade,
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        **kwargs,
    ) -> str | bool | None:
        age = current_time - trade.open_date_utc
        if age > timedelta(hours=self.max_hours.value) and current_profit < 0.01:
            return "too_old"
        return None
