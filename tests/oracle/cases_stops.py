"""Stops that stay where they are: a fixed ratio, or by ATR.

How Freqtrade's backtesting fills a stop, in words:

* The stop is touched when the candle's low (shorts: high) is at it or beyond. The fill is the
  stop's own price, even when the candle opened beyond it, unless the *whole* candle lies beyond
  it: then it is the candle's open.
* The candle of the entry is checked too: its low may have come before its high or after; the
  engine assumes the worse.
* Trailing stops and ``custom_stoploss`` see the candle's best price first (high for longs), move
  the stop, and only then is the low checked: a candle can raise the stop and fall through it.
* A stop that was ever moved is named ``trailing_stop_loss``; ``stop_loss`` is the original one.
  A stop that ``custom_stoploss`` tightens on the first candle counts as moved.
* A moved stop that is touched on the candle of the entry fills as if the price had only ticked
  above the open and then fallen by the stop's ratio, but not below the low. The ratio is that to
  the price which the callback saw, the candle's high.
"""

from __future__ import annotations

from .case import FLAT, TAIL, Candle, Case, ExpectedTrade, candles

ATR_STOP = {"multiple": 1.502, "period": 14}
"""With an ATR of 2: 3.004 away, 97.00 after rounding for a long from 100, 103.00 for a short."""

SIGNAL = FLAT.with_signal

FIXED = (
    Case(
        name="stoploss_touch",
        why="100 x (1 - 0.02) = 98.00, touched by the low of candle 2.",
        risk={"stoploss": -0.02},
        candles=candles(SIGNAL, FLAT, (100, 100.5, 97.5, 98.2), TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=98, reason="stop_loss"),
        ),
    ),
    Case(
        name="stoploss_at_the_tick",
        why="A low of 98.01 does not touch a stop at 98.00; a low of 98.00 does.",
        risk={"stoploss": -0.02},
        candles=candles(SIGNAL, FLAT, (100, 101, 98.01, 100), (100, 101, 98, 100), TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=3, open_rate=100, close_rate=98, reason="stop_loss"),
        ),
    ),
    Case(
        name="stoploss_gap",
        why="Candle 2 lies below 98.00 as a whole: filled at its open, 96.00.",
        risk={"stoploss": -0.02},
        candles=candles(SIGNAL, FLAT, (96, 97, 95, 96.5), TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=96, reason="stop_loss"),
        ),
    ),
    Case(
        name="stoploss_gap_that_recovers",
        why="Candle 2 opens below 98.00 but reaches it again: Freqtrade fills at the stop.",
        risk={"stoploss": -0.02},
        candles=candles(SIGNAL, FLAT, (97, 98.5, 96.5, 98), TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=98, reason="stop_loss"),
        ),
    ),
    Case(
        name="stoploss_on_the_candle_of_the_entry",
        why="98.00 is touched by the low of the candle that opened the trade.",
        risk={"stoploss": -0.02},
        candles=candles(SIGNAL, (100, 101, 97.9, 99), FLAT, TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=1, open_rate=100, close_rate=98, reason="stop_loss"),
        ),
    ),
    Case(
        name="stoploss_rounded_up",
        why="101.37 x (1 - 0.0213) = 99.210819, up to 99.22; a low of 99.21 touches that.",
        risk={"stoploss": -0.0213},
        candles=candles(SIGNAL, (101.37, 102, 100.5, 101), (101, 101.5, 99.21, 100), TAIL),
        trades=(
            # 100 / 101.37 = 0.98648 coins, cut to 0.986: a stake of 99.95.
            ExpectedTrade(
                opens=1,
                closes=2,
                open_rate=101.37,
                close_rate=99.22,
                reason="stop_loss",
                stake=99.95,
            ),
        ),
    ),
    Case(
        name="stoploss_never_touched",
        why="Nothing happens; what is open at the last candle is closed at its open.",
        risk={"stoploss": -0.02},
        candles=candles(SIGNAL, FLAT, FLAT, (100.4, 101.25, 99, 100)),
        trades=(
            ExpectedTrade(opens=1, closes=3, open_rate=100, close_rate=100.4, reason="force_exit"),
        ),
    ),
    Case(
        name="stoploss_short",
        why="100 x (1 + 0.02) = 102.00, touched by the high of candle 2.",
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.02},
        candles=candles(SIGNAL, FLAT, (100, 102.5, 99.5, 101.8), TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=102, reason="stop_loss"),
        ),
    ),
    Case(
        name="stoploss_short_rounded_down",
        why="101.37 x (1 + 0.0213) = 103.529181, down to 103.52.",
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.0213},
        candles=candles(SIGNAL, (101.37, 102, 100.5, 101), (101, 103.52, 100, 103), TAIL),
        trades=(
            ExpectedTrade(
                opens=1,
                closes=2,
                open_rate=101.37,
                close_rate=103.52,
                reason="stop_loss",
                stake=99.95,
            ),
        ),
    ),
    Case(
        name="stoploss_short_gap",
        why="Candle 2 lies above 102.00 as a whole: filled at its open, 104.00.",
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.02},
        candles=candles(SIGNAL, FLAT, (104, 105, 103, 104.5), TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=104, reason="stop_loss"),
        ),
    ),
    Case(
        name="stoploss_leverage",
        why="A move of the price by 2 %, so 98.00 with any leverage (6 % of the stake).",
        trading_mode="futures",
        risk={"stoploss": -0.02, "leverage": 3},
        candles=candles(SIGNAL, FLAT, (100, 101, 98.01, 100), (100, 100.5, 97.5, 98.2), TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=3, open_rate=100, close_rate=98, reason="stop_loss"),
        ),
    ),
    Case(
        name="stoploss_short_leverage",
        why="A move of the price by 2 %, so 102.00 with any leverage.",
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.02, "leverage": 3},
        candles=candles(SIGNAL, FLAT, (100, 101.99, 99, 100), (100, 102.5, 99.5, 101.8), TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=3, open_rate=100, close_rate=102, reason="stop_loss"),
        ),
    ),
)

BY_ATR = (
    Case(
        name="stop_atr_touch",
        why="100 - 1.502 x 2 = 96.996, up to 97.00. Tighter than 90.00, so it wins.",
        risk={"stoploss": -0.1, "stop_atr": ATR_STOP},
        candles=candles(SIGNAL, FLAT, (100, 100.5, 97.01, 98), (98, 98.5, 96.9, 97.5), TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=3, open_rate=100, close_rate=97, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="stop_atr_stays_where_it_was",
        why="Neither better prices nor a larger ATR move 97.00: it belongs to the signal candle.",
        risk={"stoploss": -0.1, "stop_atr": ATR_STOP},
        candles=candles(
            SIGNAL,
            (100, 104, 98, 103),
            (103, 110, 99, 101),
            (101, 102, 97.2, 98),
            (98, 99, 96.5, 98),
            TAIL,
        ),
        trades=(
            ExpectedTrade(
                opens=1, closes=4, open_rate=100, close_rate=97, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="stop_atr_of_the_signal_candle",
        why=(
            "Candle 1 carries the signal and has a true range of 6. Wilder's ATR(4) is "
            "(3 x 2 + 6) / 4 = 3. Entry at 104.00: 104 - 1.502 x 3 = 99.494, up to 99.50."
        ),
        risk={"stoploss": -0.1, "stop_atr": {"multiple": 1.502, "period": 4}},
        candles=candles(
            FLAT,
            Candle(100, 105, 99, 104).with_signal,
            (104, 105, 103, 104),
            (104, 104.5, 99.51, 100),
            (100, 101, 99.4, 100),
            TAIL,
        ),
        trades=(
            # 100 / 104 = 0.96153 coins, cut to 0.961: a stake of 99.94.
            ExpectedTrade(
                opens=2,
                closes=4,
                open_rate=104,
                close_rate=99.5,
                reason="trailing_stop_loss",
                stake=99.94,
            ),
        ),
    ),
    Case(
        name="stop_atr_wider_than_stoploss",
        why="100 - 5 x 2 = 90 is wider than 98.00: the fixed stop wins, and was never moved.",
        risk={"stoploss": -0.02, "stop_atr": {"multiple": 5, "period": 14}},
        candles=candles(SIGNAL, FLAT, (100, 100.5, 97.5, 98.2), TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=98, reason="stop_loss"),
        ),
    ),
    Case(
        name="stop_atr_on_the_candle_of_the_entry",
        why=(
            "97.00 is set on the candle of the entry, as a ratio to its high: "
            "1 - 96.996 / 101 = 0.03964. Filled at 100 x (1 - 0.03964) = 96.04, above the low."
        ),
        risk={"stoploss": -0.1, "stop_atr": ATR_STOP},
        candles=candles(SIGNAL, (100, 101, 96, 97), FLAT, TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=1, open_rate=100, close_rate=96.04, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="stop_atr_gap",
        why="Candle 2 lies below 97.00 as a whole: filled at its open.",
        risk={"stoploss": -0.1, "stop_atr": ATR_STOP},
        candles=candles(SIGNAL, FLAT, (95.5, 96.5, 95, 96), TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=2, open_rate=100, close_rate=95.5, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="stop_atr_short",
        why="100 + 1.502 x 2 = 103.004, down to 103.00.",
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.1, "stop_atr": ATR_STOP},
        candles=candles(SIGNAL, FLAT, (100, 102.99, 99.5, 102), (102, 103.1, 101.5, 102.5), TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=3, open_rate=100, close_rate=103, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="stop_atr_leverage",
        why="The price of the stop does not depend on the leverage: 97.00.",
        trading_mode="futures",
        risk={"stoploss": -0.1, "stop_atr": ATR_STOP, "leverage": 3},
        candles=candles(SIGNAL, FLAT, (100, 100.5, 97.01, 98), (98, 98.5, 96.9, 97.5), TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=3, open_rate=100, close_rate=97, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="stop_atr_short_leverage",
        why="The price of the stop does not depend on the leverage: 103.00.",
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.1, "stop_atr": ATR_STOP, "leverage": 3},
        candles=candles(SIGNAL, FLAT, (100, 102.99, 99.5, 102), (102, 103.1, 101.5, 102.5), TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=3, open_rate=100, close_rate=103, reason="trailing_stop_loss"
            ),
        ),
    ),
)

STOPS = (*FIXED, *BY_ATR)
