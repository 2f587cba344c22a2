"""Exits in profit or by time: take profit, ROI table, target, longest holding.

How Freqtrade's backtesting fills them, in words:

* Profit is net of both fees. A long from 100.00 has made the ratio r at
  100 x 1.001 x (1 + r) / 0.999, a short at 100 x 0.999 x (1 - r) / 1.001. With leverage the
  table holds ratios of the stake, so the price is the same.
* It is reached when the best price of the candle gives *more* than the ratio. The fill is the
  price itself, rounded to the nearest tick, but never outside the candle: where the whole candle
  lies beyond it, the fill is the candle's worst price (a long's low), not its open. One exception:
  a step of the table that begins exactly with this candle fills at the open if that is better.
* The order on one candle: exits by ``custom_exit`` (they fill at the open), then the original
  stop, then ROI, then a stop that was moved.
* ``custom_exit`` is asked on every candle while the trade is open, that of the entry included,
  and sees closed candles only.
"""

from __future__ import annotations

from .case import FLAT, TAIL, Candle, Case, ExpectedTrade, candles

SIGNAL = FLAT.with_signal

TAKE_PROFIT = (
    Case(
        name="take_profit_touch",
        why=(
            "100 x 1.001 x 1.05 / 0.999 = 105.2102, filled at 105.21. A high of 105.21 is a "
            "hair too low: 105.21 x 0.999 / 100.1 - 1 = 0.049998."
        ),
        risk={"stoploss": -0.1, "take_profit": 0.05},
        candles=candles(
            SIGNAL, (100, 103, 99, 102), (102, 105.21, 101, 104), (104, 106, 103, 105), TAIL
        ),
        trades=(ExpectedTrade(opens=1, closes=3, open_rate=100, close_rate=105.21, reason="roi"),),
    ),
    Case(
        name="take_profit_on_the_candle_of_the_entry",
        why="Reached by the high of the candle that opened the trade.",
        risk={"stoploss": -0.1, "take_profit": 0.05},
        candles=candles(SIGNAL, (100, 106, 99, 105), FLAT, TAIL),
        trades=(ExpectedTrade(opens=1, closes=1, open_rate=100, close_rate=105.21, reason="roi"),),
    ),
    Case(
        name="take_profit_gap",
        why="Candle 2 lies above 105.21 as a whole: filled at its low, 106.50.",
        risk={"stoploss": -0.1, "take_profit": 0.05},
        candles=candles(SIGNAL, FLAT, (107, 108, 106.5, 107.25), TAIL),
        trades=(ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=106.5, reason="roi"),),
    ),
    Case(
        name="take_profit_or_stop_on_one_candle",
        why="Candle 2 touches 98.00 and 105.21: the stop comes first.",
        risk={"stoploss": -0.02, "take_profit": 0.05},
        candles=candles(SIGNAL, FLAT, (100, 106, 97, 100), TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=98, reason="stop_loss"),
        ),
    ),
    Case(
        name="take_profit_short",
        why="100 x 0.999 x 0.95 / 1.001 = 94.8102, filled at 94.81.",
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.1, "take_profit": 0.05},
        candles=candles(SIGNAL, (100, 101, 97, 98), (98, 99, 94.82, 96), (96, 97, 94, 95), TAIL),
        trades=(ExpectedTrade(opens=1, closes=3, open_rate=100, close_rate=94.81, reason="roi"),),
    ),
    Case(
        name="take_profit_leverage",
        why="A move of the price by 5 % net of fees, 105.21, with any leverage.",
        trading_mode="futures",
        risk={"stoploss": -0.1, "take_profit": 0.05, "leverage": 3},
        candles=candles(
            SIGNAL, (100, 103, 99, 102), (102, 105.2, 101, 104), (104, 106, 103, 105), TAIL
        ),
        trades=(ExpectedTrade(opens=1, closes=3, open_rate=100, close_rate=105.21, reason="roi"),),
    ),
    Case(
        name="take_profit_short_leverage",
        why="A move of the price by 5 % net of fees, 94.81, with any leverage.",
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.1, "take_profit": 0.05, "leverage": 3},
        candles=candles(SIGNAL, (100, 101, 97, 98), (98, 99, 94.82, 96), (96, 97, 94, 95), TAIL),
        trades=(ExpectedTrade(opens=1, closes=3, open_rate=100, close_rate=94.81, reason="roi"),),
    ),
)

_STEPS = {"0": 0.05, "60": 0.03, "120": 0.01}
"""Net of fees, from 100.00: 105.21, 103.21 and 101.20."""

ROI = (
    Case(
        name="roi_steps",
        why=(
            "From minute 60 it is 103.2062 (103.20 is 2.994 %), from minute 120 "
            "100.1 x 1.01 / 0.999 = 101.2022, filled at 101.20 on candle 3, which opened below."
        ),
        risk={"stoploss": -0.1, "roi": _STEPS},
        candles=candles(
            SIGNAL, (100, 104, 99, 102), (102, 103.2, 100.5, 101), (101, 102, 100, 101), TAIL
        ),
        trades=(ExpectedTrade(opens=1, closes=3, open_rate=100, close_rate=101.2, reason="roi"),),
    ),
    Case(
        name="roi_touch_of_a_step",
        why="From minute 60: 100.1 x 1.03 / 0.999 = 103.2062, filled at 103.21 on candle 2.",
        risk={"stoploss": -0.1, "roi": _STEPS},
        candles=candles(SIGNAL, (100, 104, 99, 102), (102, 104, 101, 103), TAIL),
        trades=(ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=103.21, reason="roi"),),
    ),
    Case(
        name="roi_step_begins_at_the_open",
        why="At minute 60 the price is already 104.00, better than 103.21: filled at the open.",
        risk={"stoploss": -0.1, "roi": _STEPS},
        candles=candles(SIGNAL, (100, 104.5, 99, 104), (104, 104.75, 103, 104), TAIL),
        trades=(ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=104, reason="roi"),),
    ),
    Case(
        name="roi_step_between_opens",
        why=(
            "A step at minute 90 is first seen at minute 120 and is no step that begins there: "
            "103.21, but not below the low, 103.50."
        ),
        risk={"stoploss": -0.1, "roi": {"0": 0.05, "90": 0.03}},
        candles=candles(
            SIGNAL, (100, 104, 99, 103), (103, 104, 102, 104), (104, 104.75, 103.5, 104), TAIL
        ),
        trades=(ExpectedTrade(opens=1, closes=3, open_rate=100, close_rate=103.5, reason="roi"),),
    ),
    Case(
        name="roi_leverage",
        why="Ratios of the price: 103.21 from minute 60, with leverage 3 as without.",
        trading_mode="futures",
        risk={"stoploss": -0.1, "roi": _STEPS, "leverage": 3},
        candles=candles(SIGNAL, (100, 104, 99, 102), (102, 104, 101, 103), TAIL),
        trades=(ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=103.21, reason="roi"),),
    ),
)

_BELOW = Candle(100, 100, 94, 95).with_signal
_ABOVE = Candle(100, 106, 100, 105).with_signal

TARGET = (
    Case(
        name="target",
        why=(
            "mean(close, 4) is 98.75, 97.75, 97.00 on candles 0 to 2, their closes 95, 96, 97. "
            "97 is at the target when candle 2 has closed (its high of 98 is no close), so "
            "candle 3's open: 97.30."
        ),
        risk={"stoploss": -0.1, "target": "mean(close, 4)"},
        candles=candles(
            _BELOW, (95, 97, 94.5, 96), (96, 98, 95.5, 97), (97.3, 98.25, 96, 97.5), TAIL
        ),
        # 100 / 95 = 1.05263 coins, cut to 1.052: a stake of 99.94.
        trades=(
            ExpectedTrade(
                opens=1, closes=3, open_rate=95, close_rate=97.3, reason="target", stake=99.94
            ),
        ),
    ),
    Case(
        name="target_before_the_stop_of_its_candle",
        why="Candle 3 opens at 97.30 and only then falls through the stop at 85.50.",
        risk={"stoploss": -0.1, "target": "mean(close, 4)"},
        candles=candles(
            _BELOW, (95, 97, 94.5, 96), (96, 98, 95.5, 97), (97.3, 98.25, 80, 90), TAIL
        ),
        trades=(
            ExpectedTrade(
                opens=1, closes=3, open_rate=95, close_rate=97.3, reason="target", stake=99.94
            ),
        ),
    ),
    Case(
        name="target_short",
        why=(
            "The same downwards: mean(close, 4) is 101.25, 102.25, 103.00 and the closes 105, "
            "104, 103: at the target on candle 2, so candle 3's open: 102.70."
        ),
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.1, "target": "mean(close, 4)"},
        candles=candles(
            _ABOVE, (105, 105.5, 103, 104), (104, 104.5, 102, 103), (102.7, 104, 101.75, 102), TAIL
        ),
        # 100 / 105 = 0.95238 coins, cut to 0.952: a stake of 99.96.
        trades=(
            ExpectedTrade(
                opens=1, closes=3, open_rate=105, close_rate=102.7, reason="target", stake=99.96
            ),
        ),
    ),
)

_QUIET_WALK = candles(
    SIGNAL, FLAT, FLAT, (100.3, 101, 99, 100), (100.7, 101.25, 99, 100), FLAT, TAIL
)

HOLDING = (
    Case(
        name="max_holding_duration",
        why="Opened with candle 1; three hours later candle 4 opens, at 100.70.",
        risk={"stoploss": -0.1, "max_holding": "3h"},
        candles=_QUIET_WALK,
        trades=(
            ExpectedTrade(opens=1, closes=4, open_rate=100, close_rate=100.7, reason="max_holding"),
        ),
    ),
    Case(
        name="max_holding_candles",
        why="Three candles of one hour are three hours.",
        risk={"stoploss": -0.1, "max_holding": {"candles": 3}},
        candles=_QUIET_WALK,
        trades=(
            ExpectedTrade(opens=1, closes=4, open_rate=100, close_rate=100.7, reason="max_holding"),
        ),
    ),
    Case(
        name="max_holding_between_opens",
        why="The first open 90 minutes or more after candle 1's is candle 3's: 100.30.",
        risk={"stoploss": -0.1, "max_holding": "90m"},
        candles=_QUIET_WALK,
        trades=(
            ExpectedTrade(opens=1, closes=3, open_rate=100, close_rate=100.3, reason="max_holding"),
        ),
    ),
    Case(
        name="max_holding_before_the_stop_of_its_candle",
        why="Candle 4 opens at 100.70, where the trade ends, and only then falls to 80.",
        risk={"stoploss": -0.1, "max_holding": "3h"},
        candles=candles(*_QUIET_WALK[:4], (100.7, 101.25, 80, 90), FLAT, TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=4, open_rate=100, close_rate=100.7, reason="max_holding"),
        ),
    ),
    Case(
        name="max_holding_after_the_stop",
        why="98.00 is touched on candle 2, before the three hours are over.",
        risk={"stoploss": -0.02, "max_holding": "3h"},
        candles=candles(SIGNAL, FLAT, (100, 101, 97.5, 98), FLAT, FLAT, TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=98, reason="stop_loss"),
        ),
    ),
    Case(
        name="max_holding_short",
        why="Time runs the same way for shorts: candle 4's open, 100.70.",
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.1, "max_holding": "3h"},
        candles=_QUIET_WALK,
        trades=(
            ExpectedTrade(opens=1, closes=4, open_rate=100, close_rate=100.7, reason="max_holding"),
        ),
    ),
)

EXITS = (*TAKE_PROFIT, *ROI, *TARGET, *HOLDING)
