"""A sound strategy with everything that repairs touch, and what it means while it runs."""

from __future__ import annotations

import datetime as dt
import warnings
from typing import Any

import pandas as pd
from freqtrade.persistence import LocalTrade
from freqtrade.strategy import IStrategy

from freqgen.design.binding import Market
from tests.design.running import PAIR, CandleProvider, load_strategy

NAME = "Whole"
DAY = "1d"
OTHER = "BTC/USDT"

SOUND = '''\
"""Buys pullbacks above the slow trend, shorts what is overbought below it."""

from datetime import datetime, timedelta
from functools import reduce

import numpy as np
import pandas as pd
import talib.abstract as ta
from freqtrade.persistence import Trade
from freqtrade.strategy import (
    DecimalParameter,
    IntParameter,
    IStrategy,
    informative,
    merge_informative_pair,
    stoploss_from_absolute,
)
from pandas import DataFrame
from technical import qtpylib


class Whole(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    can_short = True
    startup_candle_count = 400
    minimal_roi = {"0": 0.1, "240": 0.02}
    stoploss = -0.1
    trailing_stop = True
    trailing_stop_positive = 0.02
    trailing_stop_positive_offset = 0.04
    trailing_only_offset_is_reached = True
    use_custom_stoploss = True
    use_exit_signal = True
    order_types = {
        "entry": "limit",
        "exit": "limit",
        "stoploss": "market",
        "stoploss_on_exchange": False,
    }
    order_time_in_force = {"entry": "GTC", "exit": "GTC"}
    plot_config = {
        "main_plot": {"ema_50": {"color": "blue"}},
        "subplots": {"RSI": {"rsi": {}}},
    }

    buy_rsi = IntParameter(10, 60, default=40, space="buy")
    buy_volume = DecimalParameter(0.1, 2.0, default=0.2, decimals=1, space="buy")
    sell_rsi = IntParameter(50, 90, default=60, space="sell")
    buy_params = {"buy_rsi": 45}

    @property
    def protections(self):
        return [
            {"method": "CooldownPeriod", "stop_duration_candles": 2},
            {
                "method": "StoplossGuard",
                "lookback_period_candles": 24,
                "trade_limit": 4,
                "stop_duration_candles": 12,
            },
        ]

    def informative_pairs(self):
        return [("BTC/USDT", "1d")]

    @informative("4h")
    def populate_indicators_4h(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["trend"] = ta.EMA(dataframe, timeperiod=20)
        return dataframe

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)  # momentum
        dataframe["ema_50"] = ta.EMA(dataframe, timeperiod=50)
        bands = qtpylib.bollinger_bands(dataframe["close"], window=20, stds=2)
        dataframe["bb_lower"] = bands["lower"]
        macd = ta.MACD(dataframe)
        dataframe["macd"] = macd["macd"]
        dataframe["macd_signal"] = macd["macdsignal"]
        dataframe["volume_mean"] = dataframe["volume"].rolling(20).mean()
        dataframe["gap"] = np.log(dataframe["close"]).replace([np.inf, -np.inf], np.nan)
        dataframe["gap"] = dataframe["gap"].diff().ffill()
        dataframe["fast"] = dataframe["close"].ewm(span=20).mean()
        dataframe["body_top"] = np.maximum(dataframe["close"], dataframe["open"])
        dataframe["above"] = dataframe["close"] > dataframe["ema_50"]
        dataframe["part"] = 1
        dataframe.loc[dataframe["rsi"] > 50, "part"] = 2

        btc = self.dp.get_pair_dataframe("BTC/USDT", "1d")
        btc["momentum"] = btc["close"].pct_change(3)
        dataframe = merge_informative_pair(dataframe, btc, self.timeframe, "1d", ffill=True)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        fresh = dataframe["above"] & ~dataframe["above"].shift(1, fill_value=False)
        strong = (30 < dataframe["rsi"]) & (dataframe["rsi"] < 80)
        known = dataframe["momentum_1d"].notna() & dataframe["gap"].notna()
        conditions = [
            dataframe["rsi"] < self.buy_rsi.value + 20,
            dataframe["volume"] > dataframe["volume_mean"] * self.buy_volume.value,
            (dataframe["fast"] > dataframe["trend_4h"]) | fresh,
            (dataframe["body_top"] > dataframe["bb_lower"]) & (dataframe["part"] == 2),
            dataframe["macd"] > dataframe["macd_signal"],
            strong & known,
        ]
        dataframe.loc[
            reduce(lambda a, b: a & b, conditions), ["enter_long", "enter_tag"]
        ] = (1, "pullback")
        dataframe.loc[
            (dataframe["rsi"] > self.sell_rsi.value) & (~dataframe["above"]),
            "enter_short",
        ] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] > self.sell_rsi.value, "exit_long"] = 1
        dataframe.loc[dataframe["rsi"] < self.buy_rsi.value, "exit_short"] = 1
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
        if trade.nr_of_successful_entries > 1:
            return None
        stop = trade.open_rate * 0.95
        return stoploss_from_absolute(
            stop, current_rate, is_short=trade.is_short, leverage=trade.leverage
        )

    def custom_exit(
        self,
        pair: str,
        trade: Trade,
        current_time: datetime,
        current_rate: float,
        current_profit: float,
        **kwargs,
    ) -> str | bool | None:
        frame, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        last = frame.iloc[-1]
        late = current_time - trade.open_date_utc > timedelta(hours=self.buy_rsi.value)
        if late and frame["rsi"].iloc[-1] > 1 and last["close"] > 0:
            return "late"
        return None

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
        if rate > 1_000_000:
            return False
        return True
'''

SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")
SETTINGS = (
    "INTERFACE_VERSION",
    "can_short",
    "minimal_roi",
    "order_time_in_force",
    "order_types",
    "plot_config",
    "protections",
    "startup_candle_count",
    "stoploss",
    "timeframe",
    "trailing_only_offset_is_reached",
    "trailing_stop",
    "trailing_stop_positive",
    "trailing_stop_positive_offset",
    "use_custom_stoploss",
    "use_exit_signal",
)
_AT = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)


def meaning(source: str, candles: pd.DataFrame) -> dict[str, Any]:
    """What a strategy does on candles, and what it says where Freqtrade asks it.

    :param candles: One-hour candles with ``date``.
    :returns: The marked candles of each signal, the settings, parameters as hyperopt would find
        them, what its callbacks answer for a long and a short trade.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        strategy = load_strategy(source, NAME)
        strategy.ft_load_hyper_params()
        frame = _signals(strategy, candles)
        return {
            **{name: list(frame.index[frame[name] == 1]) for name in SIGNALS if name in frame},
            "tags": list(frame["enter_tag"].fillna("")),
            **{name: getattr(strategy, name) for name in SETTINGS},
            "informative_pairs": [list(pair) for pair in strategy.gather_informative_pairs()],
            "parameters": {
                name: (value.value, value.space, vars(value)["low"], vars(value)["high"])
                for name, value in strategy.enumerate_parameters()
            },
            **_answers(strategy, frame),
        }  # fmt: skip


class _Provider(CandleProvider):
    """Slower candles, and the columns that the strategy computed."""

    def __init__(self, candles: pd.DataFrame) -> None:
        super().__init__(
            {Market(None, "4h"): slower(candles, "4h"), Market(OTHER, DAY): slower(candles, DAY)}
        )
        self.analysed = candles

    def get_analyzed_dataframe(
        self, _pair: str, _timeframe: str
    ) -> tuple[pd.DataFrame, dt.datetime]:
        """The columns of the strategy, and when they were computed."""
        return self.analysed, _AT


def slower(candles: pd.DataFrame, timeframe: str) -> pd.DataFrame:
    """Candles of a slower timeframe, made of those of an hour."""
    how = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    grouped = candles.set_index("date").resample(timeframe)
    return grouped.agg(how).dropna().reset_index()  # type: ignore[arg-type]


def _signals(strategy: IStrategy, candles: pd.DataFrame) -> pd.DataFrame:
    provider = _Provider(candles)
    strategy.dp = provider  # type: ignore[assignment]
    frame = strategy.advise_indicators(candles.copy(), {"pair": PAIR})
    provider.analysed = strategy.ft_advise_signals(frame, {"pair": PAIR})
    return provider.analysed


def _answers(strategy: IStrategy, frame: pd.DataFrame) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    price = float(frame["close"].iloc[-1])
    for short in (False, True):
        trade = LocalTrade(
            pair=PAIR,
            open_rate=price,
            amount=1.0,
            stake_amount=price,
            fee_open=0.001,
            fee_close=0.001,
            is_short=short,
            leverage=1.0,
            open_date=_AT - dt.timedelta(hours=60),
            exchange="binance",
        )
        for rate in (price * 0.97, price * 1.04):
            profit = (rate / price - 1) * (-1 if short else 1)
            stop = strategy.custom_stoploss(PAIR, trade, _AT, rate, profit, after_fill=False)
            left = strategy.custom_exit(PAIR, trade, _AT, rate, profit)
            answers[f"{short} {rate / price}"] = (stop, left)
    for rate in (1.0, 2_000_000.0):
        said = strategy.confirm_trade_entry(PAIR, "limit", 1.0, rate, "GTC", _AT, None, "long")
        answers[f"entry at {rate}"] = said
    return answers
