"""The hand-computed trades against Freqtrade's own backtesting of a hand-written strategy.

The strategy here shares nothing with the package either: it is what a person would write for the
``risk`` of a case with Freqtrade's manual open. It shows that the cases' numbers are Freqtrade's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from freqgen.design.model import Design
from freqgen.design.risk import Risk

from .case import SIGNAL, Candle, Case, candles, opening
from .market import MadeTrade, run
from .trades import CASES, differences

if TYPE_CHECKING:
    from pathlib import Path

STRATEGY = """
from datetime import timedelta

import talib.abstract as ta
from freqtrade.strategy import IStrategy, stoploss_from_absolute

RISK = {risk!r}
DIRECTION = {direction!r}
LEVERAGE = RISK.get("leverage", 1)
TRAILING = RISK.get("trailing") or {{}}


class HandWritten(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    can_short = DIRECTION == "short"
    startup_candle_count = 40
    stoploss = RISK["stoploss"] * LEVERAGE
    max_open_trades = RISK.get("max_open_trades", 3)
    use_custom_stoploss = bool(RISK.get("stop_atr")) or "multiple" in TRAILING
    if "take_profit" in RISK:
        minimal_roi = {{"0": RISK["take_profit"] * LEVERAGE}}
    else:
        minimal_roi = {{k: v * LEVERAGE for k, v in RISK.get("roi", {{}}).items()}}
    if "ratio" in TRAILING:
        trailing_stop = True
        trailing_stop_positive = TRAILING["ratio"] * LEVERAGE
        if "offset" in TRAILING:
            trailing_stop_positive_offset = TRAILING["offset"] * LEVERAGE
            trailing_only_offset_is_reached = True

    @property
    def protections(self):
        return RISK.get("protections", [])

    def populate_indicators(self, dataframe, metadata):
        for name, field in (("stop_atr", RISK.get("stop_atr")), ("trail_atr", TRAILING)):
            if field and "multiple" in field:
                dataframe[name] = field["multiple"] * ta.ATR(dataframe, field["period"])
        dataframe["target"] = dataframe["close"].rolling(4).mean()
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["volume"] == {signal!r}, "enter_" + DIRECTION] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def closed(self, pair, trade=None):
        dataframe, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        if trade is None:
            return dataframe
        return dataframe.loc[dataframe["date"] >= trade.open_date_utc - timedelta(hours=1)]

    def stops(self, pair, trade):
        side = -1 if trade.is_short else 1
        held = self.closed(pair, trade)
        if RISK.get("stop_atr"):
            yield trade.open_rate - side * held["stop_atr"].iloc[0]
        if "multiple" in TRAILING:
            best = held["close"].min() if trade.is_short else held["close"].max()
            yield best - side * held["trail_atr"].iloc[-1]

    def custom_stoploss(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        tightest = min if trade.is_short else max
        return stoploss_from_absolute(
            tightest(self.stops(pair, trade)), current_rate, trade.is_short, trade.leverage
        )

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        if RISK.get("target"):
            last = self.closed(pair).iloc[-1]
            side = -1 if trade.is_short else 1
            if side * (last["close"] - last["target"]) >= 0:
                return "target"
        limit = {minutes!r}
        if limit and current_time - trade.open_date_utc >= timedelta(minutes=limit):
            return "max_holding"
        return None

    def custom_stake_amount(self, pair, current_time, current_rate, proposed_stake, min_stake,
                            max_stake, leverage, entry_tag, side, **kwargs):
        if leverage < LEVERAGE:
            return 0
        if "risk_per_trade" not in RISK:
            return proposed_stake
        distance = -RISK["stoploss"]
        if RISK.get("stop_atr"):
            distance = min(distance, self.closed(pair)["stop_atr"].iloc[-1] / current_rate)
        total = self.wallets.get_total_stake_amount()
        stake = total * RISK["risk_per_trade"] / distance / leverage
        return 0 if stake < min_stake else min(stake, max_stake)

    def leverage(self, *args, **kwargs):
        return LEVERAGE
"""


def _hand_written(case: Case) -> str:
    limit = Risk.model_validate(dict(case.risk)).max_holding_minutes("1h")
    return STRATEGY.format(
        risk=dict(case.risk), direction=case.direction, signal=SIGNAL, minutes=limit
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_freqtrade_agrees(case: Case, tmp_path: Path) -> None:
    made = run(case, _hand_written(case), "HandWritten", tmp_path)
    assert not differences(case, made), case.why


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_a_valid_design(case: Case) -> None:
    design = Design.model_validate(case.design())
    assert design.can_short == (case.direction == "short")
    prices = [price for candle in (*case.candles, *case.second) for price in candle[:4]]
    assert all(round(price, 2) == price for price in prices)
    assert any(round(price, 1) != price for price in prices), "no price has two decimals"


def test_names_are_unique() -> None:
    assert max(Counter(case.name for case in CASES).values()) == 1


def test_every_form_of_risk_has_a_case() -> None:
    named = {field for case in CASES for field in case.risk}
    assert named == set(Risk.model_fields)
    trailing = {tuple(sorted(case.risk.get("trailing", ()))) for case in CASES}
    assert trailing >= {("ratio",), ("offset", "ratio"), ("multiple", "period")}
    assert {type(case.risk.get("max_holding")) for case in CASES} >= {str, dict}
    assert {(case.direction, case.leverage) for case in CASES} == {
        ("long", 1),
        ("long", 3),
        ("short", 1),
        ("short", 3),
    }


def test_impossible_candles_are_refused() -> None:
    with pytest.raises(ValueError, match="low"):
        candles((100, 101, 100.5, 101))
    with pytest.raises(ValueError, match="high"):
        candles(Candle(100, 100.5, 99, 101))


def test_differences_name_what_is_wrong() -> None:
    case = CASES[0]
    (wanted,) = case.trades
    made = MadeTrade(
        pair=wanted.pair,
        is_short=False,
        opens=opening(wanted.opens),
        closes=opening(wanted.closes),
        open_rate=wanted.open_rate,
        close_rate=wanted.close_rate,
        reason=wanted.reason,
        stake=wanted.stake,
        amount=1.0,
        leverage=1.0,
    )
    assert differences(case, [made]) == []
    assert differences(case, []) == ["0 trades instead of 1"]
    assert differences(case, [replace(made, close_rate=98.01, reason="roi")]) == [
        "trade 1: reason is roi, not stop_loss",
        "trade 1: close rate is 98.01, not 98",
    ]
