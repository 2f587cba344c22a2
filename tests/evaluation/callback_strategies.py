"""Strategies that use everything that Freqtrade's engine asks of a strategy, one thing each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent, indent
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A strategy and how it is backtested.

    :param market: ``spot`` or ``futures``.
    :param overrides: Fields of the configuration that differ.
    """

    name: str
    source: str
    timeframe: str = "1h"
    market: str = "spot"
    overrides: Mapping[str, Any] = field(default_factory=dict)


CASES: dict[str, Case] = {}

_STRATEGY = """
from datetime import datetime, timedelta, timezone
from functools import reduce

import numpy as np
import pandas as pd
import talib.abstract as ta
from freqtrade.persistence import Order, PairLocks, Trade
from freqtrade.strategy import (BooleanParameter, CategoricalParameter, DecimalParameter,
    IntParameter, IStrategy, informative, merge_informative_pair, stoploss_from_absolute,
    stoploss_from_open, timeframe_to_minutes)
from pandas import DataFrame


class {name}(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "{timeframe}"
    startup_candle_count = 30
    minimal_roi = {{"0": 0.06, "600": 0.03, "2000": 0.0}}
    stoploss = -0.05
{attributes}
{methods}
"""

_SIGNALS = {
    "populate_indicators": """
        def populate_indicators(self, dataframe, metadata):
            dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
            dataframe["atr"] = ta.ATR(dataframe, timeperiod=14)
            return dataframe
    """,
    "populate_entry_trend": """
        def populate_entry_trend(self, dataframe, metadata):
            dataframe.loc[dataframe["rsi"] < 42, ["enter_long", "enter_tag"]] = (1, "low")
            return dataframe
    """,
    "populate_exit_trend": """
        def populate_exit_trend(self, dataframe, metadata):
            dataframe.loc[dataframe["rsi"] > 62, ["exit_long", "exit_tag"]] = (1, "high")
            return dataframe
    """,
}

TURN = "(current_time.hour + len(pair) + current_time.day) % {}"
"""Something that differs from question to question and is the same in every run."""


def _add(
    name: str,
    methods: str = "",
    *,
    attributes: str = "",
    timeframe: str = "1h",
    market: str = "spot",
    cases: dict[str, Case] | None = None,
    **overrides: Any,
) -> None:
    own = dedent(methods)
    usual = [dedent(text) for key, text in _SIGNALS.items() if f"def {key}(" not in own]
    source = _STRATEGY.format(
        name=name,
        timeframe=timeframe,
        attributes=indent(dedent(attributes), "    "),
        methods=indent("\n".join([own, *usual]), "    "),
    )
    (CASES if cases is None else cases)[name] = Case(
        name=name, source=source, timeframe=timeframe, market=market, overrides=overrides
    )


_BOTH_SIDES = """
    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rsi"] < 40, ["enter_long", "enter_tag"]] = (1, "low")
        dataframe.loc[dataframe["rsi"] > 60, ["enter_short", "enter_tag"]] = (1, "high")
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rsi"] > 55, "exit_long"] = 1
        dataframe.loc[dataframe["rsi"] < 45, "exit_short"] = 1
        return dataframe
"""

# --- signals ------------------------------------------------------------------------------------

_add("TextTags")
_add(
    "TagsWithGaps",
    """
    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rsi"] < 42, "enter_long"] = 1
        dataframe.loc[dataframe["rsi"] < 35, "enter_tag"] = "very low"
        dataframe.loc[dataframe["rsi"].between(35, 38), "enter_tag"] = None
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe["exit_long"] = (dataframe["rsi"] > 62).astype("int8")
        dataframe["exit_tag"] = np.where(dataframe["rsi"] > 66, "very high", None)
        return dataframe
    """,
)
_add(
    "CategoricalTags",
    """
    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = dataframe["rsi"] < 42
        dataframe["enter_tag"] = pd.cut(dataframe["rsi"], [0, 30, 40, 50, 100],
                                        labels=["a", "b", "c", "d"])
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe["exit_long"] = dataframe["rsi"] > 62
        dataframe["exit_tag"] = pd.Categorical(np.where(dataframe["rsi"] > 66, "top", "high"))
        return dataframe
    """,
)
_add(
    "NaNSignals",
    """
    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = np.where(dataframe["rsi"] < 42, 1.0, np.nan)
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe["exit_long"] = np.where(dataframe["rsi"] > 60, 0.5, np.nan)
        return dataframe
    """,
)
_add(
    "MixedSignals",
    """
    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = pd.Series(
            [True if rsi < 38 else 1 if rsi < 42 else None if rsi < 50 else 0
             for rsi in dataframe["rsi"]], dtype=object)
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe["exit_long"] = pd.Series(
            ["yes" if rsi > 62 else "" if rsi > 50 else 0 for rsi in dataframe["rsi"]],
            dtype=object)
        return dataframe
    """,
)
_add(
    "NullableSignals",
    """
    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = (dataframe["rsi"] < 42).astype("boolean")
        dataframe["enter_tag"] = pd.Series("low", index=dataframe.index, dtype="string")
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe["exit_long"] = (dataframe["rsi"] > 62).astype("Int64")
        return dataframe
    """,
)
_add(
    "OtherIndex",
    """
    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rsi"] > 62, "exit_long"] = 1
        return dataframe.set_index("date", drop=False)
    """,
)
_add(
    "ExitSettings",
    attributes="""
    exit_profit_only = True
    exit_profit_offset = 0.01
    ignore_roi_if_entry_signal = True
    """,
)
_add("NoExitSignals", attributes="use_exit_signal = False")
_add(
    "Trailing",
    attributes="""
    trailing_stop = True
    trailing_stop_positive = 0.01
    trailing_stop_positive_offset = 0.02
    trailing_only_offset_is_reached = True
    """,
)
_add("PlainTrailing", attributes="trailing_stop = True\nminimal_roi = {}")
_add("Unlimited", max_open_trades=-1, stake_amount=50)
_add("OneAtATime", max_open_trades=1)
_add("Stacking", position_stacking=True, max_open_trades=6)
_add(
    "Market",
    """
    def custom_entry_price(self, pair, trade, current_time, proposed_rate, entry_tag, side,
                           **kwargs):
        return proposed_rate * 0.9
    """,
    attributes="""
    order_types = {"entry": "market", "exit": "market", "stoploss": "market",
                   "stoploss_on_exchange": True}
    """,
    entry_pricing={"price_side": "other"},
    exit_pricing={"price_side": "other"},
)
_add(
    "Protections",
    attributes="""
    @property
    def protections(self):
        return [
            {"method": "CooldownPeriod", "stop_duration_candles": 3},
            {"method": "StoplossGuard", "lookback_period_candles": 48, "trade_limit": 2,
             "stop_duration_candles": 12, "only_per_pair": False},
            {"method": "MaxDrawdown", "lookback_period_candles": 96, "trade_limit": 4,
             "stop_duration_candles": 24, "max_allowed_drawdown": 0.02},
            {"method": "LowProfitPairs", "lookback_period_candles": 48, "trade_limit": 1,
             "stop_duration": 300, "required_profit": 0.005},
        ]
    """,
)
_add(
    "Parameters",
    """
    def populate_entry_trend(self, dataframe, metadata):
        conditions = [dataframe["rsi"] < self.low.value]
        if self.quiet.value:
            conditions.append(dataframe["atr"] / dataframe["close"] < self.most.value)
        dataframe.loc[reduce(lambda a, b: a & b, conditions), "enter_long"] = 1
        return dataframe
    """,
    attributes="""
    low = IntParameter(20, 50, default=30, space="buy")
    most = DecimalParameter(0.001, 0.1, default=0.05, decimals=3, space="buy")
    quiet = BooleanParameter(default=False, space="buy")
    kind = CategoricalParameter(["a", "b"], default="a", space="sell")
    pause = IntParameter(1, 10, default=2, space="protection")
    buy_params = {"low": 43, "quiet": True}

    @property
    def protections(self):
        return [{"method": "CooldownPeriod", "stop_duration_candles": self.pause.value}]
    """,
)
_add(
    "Informative",
    """
    @informative("4h")
    def populate_indicators_4h(self, dataframe, metadata):
        dataframe["slow"] = ta.EMA(dataframe, timeperiod=10)
        return dataframe

    @informative("1d", "BTC/{stake}")
    def populate_indicators_btc_1d(self, dataframe, metadata):
        dataframe["mean"] = dataframe["close"].rolling(3).mean()
        return dataframe

    def informative_pairs(self):
        raise ValueError("a backtest does not ask")

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[(dataframe["rsi"] < 45) & (dataframe["close"] < dataframe["slow_4h"])
                      & (dataframe["btc_usdt_mean_1d"] > 0), "enter_long"] = 1
        return dataframe
    """,
)
_add(
    "Merged",
    """
    def informative_pairs(self):
        return [("ETH/USDT", "4h"), (pair, "1d") if (pair := "BTC/USDT") else None]

    def populate_indicators(self, dataframe, metadata):
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        other = self.dp.get_pair_dataframe("ETH/USDT", "4h")
        other["ema"] = ta.EMA(other, timeperiod=5)
        return merge_informative_pair(dataframe, other, self.timeframe, "4h", ffill=True)

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[(dataframe["rsi"] < 45) & (dataframe["ema_4h"] > dataframe["close_4h"]),
                      "enter_long"] = 1
        return dataframe
    """,
)
_add("FineSteps", timeframe="4h", timeframe_detail="1h")
_add(
    "SecondInterface",
    """
    def populate_indicators(self, dataframe, metadata):
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        return dataframe

    def populate_buy_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rsi"] < 42, "buy"] = 1
        return dataframe

    def populate_sell_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rsi"] > 62, "sell"] = 1
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return self.populate_buy_trend(dataframe, metadata)

    def populate_exit_trend(self, dataframe, metadata):
        return self.populate_sell_trend(dataframe, metadata)
    """,
    attributes="sell_profit_only = True\nignore_roi_if_buy_signal = True",
)

# --- attributes that change before the simulation begins ------------------------------------------

_add(
    "SetAtStart",
    """
    def bot_start(self, **kwargs):
        self.minimal_roi = {0: 0.01, 120: float("inf")}
        self.stoploss = -0.02
        self.trailing_stop = np.True_
        self.max_open_trades = 2
    """,
)
_add(
    "SetWhileComputing",
    """
    def populate_indicators(self, dataframe, metadata):
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        self.stoploss = -0.01
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        self.minimal_roi = {0: 0.015}
        return dataframe
    """,
)
_add(
    "CallbackSetAtStart",
    """
    def bot_start(self, **kwargs):
        self.custom_exit = self.leave

    def leave(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        return "enough" if current_profit > 0.01 else None
    """,
)

# --- callbacks ------------------------------------------------------------------------------------

_add(
    "Stake",
    f"""
    def custom_stake_amount(self, pair, current_time, current_rate, proposed_stake, min_stake,
                            max_stake, leverage, entry_tag, side, **kwargs):
        turn = {TURN.format(6)}
        if turn == 0:
            return np.int64(120)
        if turn == 1:
            raise ValueError("the proposed stake, then")
        if turn == 2:
            return 75
        if turn == 3:
            return np.float32(proposed_stake / 3)
        if turn == 4:
            return 0
        return min(self.wallets.get_total_stake_amount() * 0.1
                   + self.wallets.get_available_stake_amount() * 0.05, max_stake)
    """,
)
_add(
    "Prices",
    f"""
    def custom_entry_price(self, pair, trade, current_time, proposed_rate, entry_tag, side,
                           **kwargs):
        turn = {TURN.format(4)}
        if turn == 0:
            raise KeyError("the proposed rate, then")
        return [None, proposed_rate * 0.99, np.float64(proposed_rate * 0.985),
                proposed_rate * 1.2][turn]

    def custom_exit_price(self, pair, trade, current_time, proposed_rate, current_profit,
                          exit_tag, **kwargs):
        return np.float32(proposed_rate * 1.01) if {TURN.format(2)} else None
    """,
    unfilledtimeout={"entry": 300, "exit": 180, "unit": "minutes", "exit_timeout_count": 0},
)
_add(
    "Timeouts",
    f"""
    def custom_entry_price(self, proposed_rate, **kwargs):
        return proposed_rate * 0.98

    def custom_exit_price(self, proposed_rate, **kwargs):
        return proposed_rate * 1.02

    def check_entry_timeout(self, pair, trade, order, current_time, **kwargs):
        if {TURN.format(7)} == 0:
            raise ValueError("not timed out, then")
        return np.bool_(current_time - order.order_date_utc > timedelta(hours=6))

    def check_exit_timeout(self, pair, trade, order, current_time, **kwargs):
        return 1 if current_time - order.order_date_utc > timedelta(hours=4) else None
    """,
    unfilledtimeout={"entry": 5000, "exit": 5000, "unit": "minutes"},
)
_add(
    "AdjustedOrders",
    f"""
    def custom_entry_price(self, proposed_rate, **kwargs):
        return proposed_rate * 0.98

    def custom_exit_price(self, proposed_rate, **kwargs):
        return proposed_rate * 1.015

    def adjust_order_price(self, trade, order, pair, current_time, proposed_rate,
                           current_order_rate, entry_tag, side, is_entry, **kwargs):
        turn = {TURN.format(5)}
        if turn == 0:
            return None
        if turn == 1:
            raise ValueError("as it was, then")
        if turn == 2:
            return current_order_rate
        return current_order_rate * (1.002 if is_entry else 0.998)
    """,
    unfilledtimeout={"entry": 5000, "exit": 5000, "unit": "minutes"},
)
_add(
    "OlderOrders",
    f"""
    def custom_entry_price(self, proposed_rate, **kwargs):
        return proposed_rate * 0.98

    def custom_exit_price(self, proposed_rate, **kwargs):
        return proposed_rate * 1.015

    def adjust_entry_price(self, trade, order, pair, current_time, proposed_rate,
                           current_order_rate, entry_tag, side, **kwargs):
        return None if {TURN.format(5)} == 0 else current_order_rate * 1.003

    def adjust_exit_price(self, trade, order, pair, current_time, proposed_rate,
                          current_order_rate, entry_tag, side, **kwargs):
        return current_order_rate * 0.999
    """,
    unfilledtimeout={"entry": 5000, "exit": 5000, "unit": "minutes"},
)
_add(
    "OlderNames",
    f"""
    def custom_sell(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        return "older" if {TURN.format(9)} == 0 else None

    def custom_entry_price(self, proposed_rate, **kwargs):
        return proposed_rate * 0.985

    def custom_exit_price(self, proposed_rate, **kwargs):
        return proposed_rate * 1.01

    def check_buy_timeout(self, pair, trade, order, current_time, **kwargs):
        return current_time.hour % 6 == 0

    def check_sell_timeout(self, pair, trade, order, current_time, **kwargs):
        return current_time.hour % 5 == 0
    """,
    unfilledtimeout={"entry": 5000, "exit": 5000, "unit": "minutes"},
)
_add(
    "Confirmed",
    f"""
    def confirm_trade_entry(self, pair, order_type, amount, rate, time_in_force, current_time,
                            entry_tag, side, **kwargs):
        turn = {TURN.format(6)}
        if turn == 0:
            raise RuntimeError("confirmed, then")
        return [None, False, None, np.bool_(False), "yes", True][turn]

    def confirm_trade_exit(self, pair, trade, order_type, amount, rate, time_in_force,
                           exit_reason, current_time, **kwargs):
        turn = {TURN.format(5)}
        if turn == 0:
            raise ValueError("confirmed, then")
        return [None, False, 1, np.True_, []][turn]
    """,
)
_add(
    "Stops",
    f"""
    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit,
                        **kwargs):
        turn = {TURN.format(9)}
        if turn == 0:
            raise ValueError("no new stop, then")
        if turn == 1:
            raise KeyError("no new stop, then")
        return [None, None, None, np.float64(-0.03), np.float32(-0.025), float("nan"), -0.02,
                float("inf"), stoploss_from_open(0.005, current_profit) or -1][turn]
    """,
    attributes="use_custom_stoploss = True\nminimal_roi = {}",
)
_add(
    "StopsAfterFill",
    """
    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit,
                        after_fill, **kwargs):
        if after_fill:
            return stoploss_from_open(-0.03, current_profit, is_short=trade.is_short)
        frame, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        return stoploss_from_absolute(current_rate - 2 * frame["atr"].iat[-1], current_rate)

    def order_filled(self, pair, trade, order, current_time, **kwargs):
        if order.ft_order_side == trade.entry_side:
            trade.set_custom_data("filled", order.safe_filled)
        return object()

    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, min_stake,
                              max_stake, **kwargs):
        if current_profit < -0.01 and trade.nr_of_successful_entries < 3:
            return trade.stake_amount * 0.3
    """,
    attributes="use_custom_stoploss = True\nposition_adjustment_enable = True",
    stake_amount=100,
)
_add(
    "StopUnused",
    """
    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit,
                        after_fill, **kwargs):
        return -0.001
    """,
    attributes="trailing_stop = True",
)
_add(
    "Exits",
    f"""
    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        turn = {TURN.format(23)}
        if turn == 0:
            raise ValueError("it stays, then")
        if turn > 8:
            return None
        return [None, True, "a reason", "long " * 80, np.bool_(True), 1, [], "", (False, "x")][turn]
    """,
)
_add(
    "Positions",
    f"""
    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, min_stake,
                              max_stake, current_entry_rate, current_exit_rate,
                              current_entry_profit, current_exit_profit, **kwargs):
        pair = trade.pair
        turn = {TURN.format(11)}
        if turn == 0:
            raise ValueError("as it is, then")
        if turn == 1 and current_profit < 0:
            return trade.stake_amount / 2, "more"
        if turn == 2 and current_profit > 0:
            return -trade.stake_amount / 3, "less"
        if turn == 3 and current_profit > 0:
            return np.float64(-trade.stake_amount / 4)
        if turn == 4:
            return (None, "nothing")
        if turn == 5 and current_profit < -0.01:
            return np.float32(30), None
        if turn == 6:
            return (np.int64(25),)
        if turn == 7 and current_profit > 0.01:
            return -trade.stake_amount
        if turn == 8:
            return 40
        return None
    """,
    attributes="""
    position_adjustment_enable = True
    max_entry_position_adjustment = 3
    """,
    stake_amount=100,
)
_add(
    "Returns",
    f"""
    def custom_roi(self, pair, trade, current_time, trade_duration, entry_tag, side, **kwargs):
        turn = {TURN.format(5)}
        if turn == 0:
            raise ValueError("the table's, then")
        return [None, None, 0.01, np.float32(0.02), float("nan")][turn]
    """,
    attributes="use_custom_roi = True",
)
_add(
    "Locks",
    """
    def bot_loop_start(self, current_time, **kwargs):
        if current_time.hour == 7:
            self.lock_pair("ETH/USDT", current_time + timedelta(hours=4, minutes=10), side="long")
        if current_time.hour == 9:
            self.unlock_pair("ETH/USDT")
        if current_time.hour == 10:
            self.unlock_reason(reason="lost | twice")

    def confirm_trade_exit(self, pair, trade, order_type, amount, rate, time_in_force,
                           exit_reason, current_time, **kwargs):
        if trade.calc_profit_ratio(rate) < 0:
            self.lock_pair(pair, until=current_time + timedelta(hours=9), reason="lost | twice")
        return not self.is_pair_locked("XRP/USDT", candle_date=current_time)

    def confirm_trade_entry(self, pair, order_type, amount, rate, time_in_force, current_time,
                            entry_tag, side, **kwargs):
        if current_time.hour == 3:
            self.lock_pair("*", datetime(2099, 1, 1, tzinfo=timezone.utc), "far")
        if current_time.hour == 4:
            self.unlock_pair("*")
        return True

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        self.unlock_reason("far")
    """,
)
_add(
    "Memory",
    """
    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        seen = (trade.get_custom_data("seen") or 0) + 1
        trade.set_custom_data("seen", seen)
        self.worst[trade.id] = min(self.worst.get(trade.id, 0), current_profit)
        if seen > 20 and self.worst[trade.id] < -0.01:
            return f"seen {seen}"

    def bot_start(self, **kwargs):
        self.worst = {}
    """,
)
_add(
    "Proxies",
    """
    def confirm_trade_entry(self, pair, order_type, amount, rate, time_in_force, current_time,
                            entry_tag, side, **kwargs):
        closed = Trade.get_trades_proxy(pair=pair, is_open=False)
        if closed and closed[-1].close_profit < 0:
            return current_time - closed[-1].close_date_utc > timedelta(hours=12)
        return len(Trade.get_open_trades()) < 2

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        if Trade.get_open_trade_count() > 1 and current_profit > 0.005:
            return "crowded"
        if Trade.total_open_trades_stakes() > self.wallets.get_total("USDT") * 2:
            return "rich"
        if self.wallets.get_free("USDT") < 10 and current_profit > 0:
            return "poor"
    """,
)
_add(
    "Providers",
    """
    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        frame, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        other = self.dp.get_pair_dataframe("BTC/USDT", "4h")
        known = other[other["date"] + pd.Timedelta("4h") <= current_time]
        if frame["rsi"].iat[-1] > 55 and known["close"].iat[-1] < known["close"].iat[-2]:
            return f"{len(frame)} and {len(self.dp.current_whitelist())}"
    """,
)
_add(
    "AskingItself",
    """
    def populate_entry_trend(self, dataframe, metadata):
        low = 42 if self.custom_exit(metadata["pair"], None, None, 0, 1) else 10
        dataframe.loc[dataframe["rsi"] < low, "enter_long"] = 1
        return dataframe

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        return "up" if current_profit > 0.012 else None

    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        if self.custom_exit(pair=pair, trade=trade, current_time=current_time,
                            current_rate=current_rate, current_profit=current_profit):
            return -0.004
        return -0.03

    def confirm_trade_exit(self, pair, trade, order_type, amount, rate, time_in_force,
                           exit_reason, current_time, **kwargs):
        return super().confirm_trade_exit(pair, trade, order_type, amount, rate, time_in_force,
                                          exit_reason, current_time, **kwargs)
    """,
    attributes="use_custom_stoploss = True",
)

# --- futures --------------------------------------------------------------------------------------

_add("BothSides", _BOTH_SIDES, attributes="can_short = True", market="futures")
_add("LongsOnly", _BOTH_SIDES, attributes="can_short = False", market="futures")
_add("ShortSignalsInSpot", _BOTH_SIDES)
_add(
    "Leveraged",
    _BOTH_SIDES
    + f"""
    def leverage(self, pair, current_time, current_rate, proposed_leverage, max_leverage,
                 entry_tag, side, **kwargs):
        turn = {TURN.format(4)}
        if turn == 0:
            raise ValueError("none, then")
        return [None, 3, np.float64(2.5), 1000][turn]

    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit,
                        after_fill, **kwargs):
        return -0.2 if trade.is_short else -0.15

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        if trade.funding_fees > 0.01 and current_profit > 0:
            return "paid"
    """,
    attributes="can_short = True\nuse_custom_stoploss = True\nstoploss = -0.9",
    market="futures",
)
_add(
    "Liquidated",
    """
    def leverage(self, pair, current_time, max_leverage, **kwargs):
        return max_leverage
    """,
    attributes="stoploss = -0.99\nminimal_roi = {}\nuse_exit_signal = False",
    market="futures",
)
_add(
    "ShortPositions",
    _BOTH_SIDES
    + """
    def adjust_trade_position(self, trade, current_time, current_rate, current_profit, min_stake,
                              max_stake, **kwargs):
        if current_profit < -0.01 and trade.nr_of_successful_entries < 3:
            return trade.stake_amount * 0.5, "more"
        if current_profit > 0.02 and trade.nr_of_successful_exits == 0:
            return -trade.stake_amount * 0.5, "half"

    def leverage(self, pair, **kwargs):
        return 2.0

    def custom_entry_price(self, pair, trade, current_time, proposed_rate, entry_tag, side,
                           **kwargs):
        return proposed_rate * (0.995 if side == "long" else 1.005)
    """,
    attributes="can_short = True\nposition_adjustment_enable = True",
    market="futures",
    stake_amount=50,
)

# --- what is no strategy's to do ------------------------------------------------------------------

REFUSED: dict[str, tuple[str, str]] = {}
"""By name of a case in :data:`REFUSED_CASES`: the code of the finding, and words of it."""
REFUSED_CASES: dict[str, Case] = {}


def _refuse(code: str, words: str, name: str, methods: str, attributes: str = "") -> None:
    _add(name, methods, attributes=attributes, cases=REFUSED_CASES)
    REFUSED[name] = (code, words)


_refuse(
    "FG804",
    "changes the column open of the candles",
    "OtherCandles",
    """
    def populate_indicators(self, dataframe, metadata):
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        dataframe["open"] = dataframe["open"].rolling(3).mean()
        return dataframe
    """,
)
_refuse(
    "FG803",
    "rows for the",
    "FewerCandles",
    """
    def populate_exit_trend(self, dataframe, metadata):
        return dataframe.dropna(subset=["rsi"])
    """,
)
_refuse(
    "FG803",
    "the column enter_long twice",
    "TwiceAColumn",
    """
    def populate_exit_trend(self, dataframe, metadata):
        return pd.concat([dataframe, dataframe[["enter_long"]]], axis=1)
    """,
)
_refuse(
    "FG803",
    "the column enter_tag twice",
    "OlderTag",
    """
    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rsi"] < 42, ["buy", "buy_tag"]] = (1, "old")
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe.assign(exit_long=0)
    """,
)
_refuse(
    "FG861",
    "min_roi_reached, should_exit",
    "OwnEngine",
    """
    def should_exit(self, *given, **named):
        return super().should_exit(*given, **named)

    def bot_start(self, **kwargs):
        self.min_roi_reached = lambda *given, **named: False
    """,
)
_refuse(
    "FG861",
    r"config\[stake_amount\]",
    "OwnConfiguration",
    """
    def bot_start(self, **kwargs):
        self.config["stake_amount"] = 17
    """,
)
_refuse(
    "FG861",
    "locks while signals are computed",
    "LocksTooEarly",
    """
    def populate_exit_trend(self, dataframe, metadata):
        self.lock_pair(metadata["pair"], datetime(2024, 1, 20, tzinfo=timezone.utc))
        return dataframe
    """,
)
_refuse(
    "FG860",
    "in its own process",
    "OtherAttributes",
    """
    def bot_loop_start(self, current_time, **kwargs):
        self.stoploss = -0.01 if current_time.day % 2 else -0.04
    """,
)
_refuse(
    "FG860",
    "do not agree",
    "OwnTrades",
    """
    def bot_loop_start(self, current_time, **kwargs):
        for trade in Trade.get_open_trades():
            trade.stop_loss = trade.open_rate * 0.999
    """,
)
_refuse(
    "FG860",
    "max_rate of trade",
    "OwnRecords",
    """
    def bot_loop_start(self, current_time, **kwargs):
        for trade in Trade.get_open_trades():
            trade.max_rate = 10 * trade.open_rate
    """,
)
_refuse(
    "FG860",
    "an answer of the type longdouble",
    "OddAnswer",
    """
    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        return np.longdouble(-0.02)
    """,
    attributes="use_custom_stoploss = True",
)
