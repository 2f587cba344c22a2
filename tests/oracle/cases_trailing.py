"""Trailing stops, by ratio and by ATR, alone and beside a fixed one.

How Freqtrade's backtesting fills them is said in :mod:`tests.oracle.cases_stops`.
"""

from __future__ import annotations

from .case import FLAT, TAIL, Candle, Case, ExpectedTrade, candles
from .cases_stops import ATR_STOP

SIGNAL = FLAT.with_signal

_STAIRS = candles(
    SIGNAL,
    (100, 101.5, 99.5, 101.5),
    (101.5, 103.5, 101.5, 103),
    (103, 104.5, 102.5, 104),
    (104, 104, 102, 102.5),
    (102.5, 102.9, 100.9, 101.2),
    TAIL,
)
"""Each with a true range of 2, so that the ATR stays 2; the best close is 104, the best high
104.5."""


def _mirrored(rows: tuple[Candle, ...]) -> tuple[Candle, ...]:
    """The same walk downwards, about 100."""
    return tuple(
        Candle(
            round(200 - row.open, 2),
            round(200 - row.low, 2),
            round(200 - row.high, 2),
            round(200 - row.close, 2),
            row.volume,
        )
        for row in rows
    )


_OFFSET_WALK = candles(
    SIGNAL,
    (100, 104, 99, 103.5),
    (103.5, 104.5, 98.5, 100),
    (100, 105.1, 99.9, 104),
    (104, 106.33, 103.2, 106),
    (106, 106.1, 102, 102.5),
    TAIL,
)

TRAILING_RATIO = (
    Case(
        name="trailing_ratio",
        why=(
            "3 % below the best price: 102.01 gives 98.9497 = 98.95, 104.01 gives 100.8897 = "
            "100.89, 107.01 gives 103.7997 = 103.80. 106.2 would give 103.02: it only tightens."
        ),
        risk={"stoploss": -0.1, "trailing": {"ratio": 0.03}},
        candles=candles(
            SIGNAL,
            (100, 102.01, 99.5, 101.5),
            (101.5, 104.01, 101.5, 104),
            (104, 107.01, 104, 106),
            (106, 106.2, 103.7, 104),
            TAIL,
        ),
        trades=(
            ExpectedTrade(
                opens=1, closes=4, open_rate=100, close_rate=103.8, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="trailing_ratio_raised_and_touched_by_one_candle",
        why="110.37 x 0.97 = 107.0589, up to 107.06: raised by the high, then touched by the low.",
        risk={"stoploss": -0.1, "trailing": {"ratio": 0.03}},
        candles=candles(SIGNAL, (100, 102.01, 99.5, 101.5), (101.5, 110.37, 101, 110), TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=2, open_rate=100, close_rate=107.06, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="trailing_ratio_gap",
        why="The stop is at 103.80 (3 % below 107.01); candle 3 lies below it: its open, 102.50.",
        risk={"stoploss": -0.1, "trailing": {"ratio": 0.03}},
        candles=candles(
            SIGNAL,
            (100, 102.01, 99.5, 102),
            (103.9, 107.01, 103.9, 106),
            (102.5, 103, 101, 102),
            TAIL,
        ),
        trades=(
            ExpectedTrade(
                opens=1, closes=3, open_rate=100, close_rate=102.5, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="trailing_ratio_on_the_candle_of_the_entry",
        why=(
            "106 x 0.97 = 102.82 is above the low. On the candle of the entry the worst is "
            "assumed: 3 % below the open, 97.00, but not below the low, 98.90."
        ),
        risk={"stoploss": -0.1, "trailing": {"ratio": 0.03}},
        candles=candles(SIGNAL, (100, 106, 98.9, 99.5), FLAT, TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=1, open_rate=100, close_rate=98.9, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="trailing_offset",
        why=(
            "It begins beyond 5 % net of fees. 104.50 is not there. 105.10 is 5.1 % of price but "
            "105.1 x 0.999 / 100.1 - 1 = 4.89 % of profit: not yet, or 101.95 would have been "
            "touched. 106.33 is: 106.33 x 0.97 = 103.1401, up to 103.15."
        ),
        risk={"stoploss": -0.1, "trailing": {"ratio": 0.03, "offset": 0.05}},
        candles=_OFFSET_WALK,
        trades=(
            ExpectedTrade(
                opens=1, closes=5, open_rate=100, close_rate=103.15, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="trailing_offset_on_the_candle_of_the_entry",
        why=(
            "107 arms it, 107 x 0.97 = 103.79 is above the low. The worst is assumed: the price "
            "just reached the offset and fell by the ratio, 100 x (1 + 0.05 - 0.03) = 102.00."
        ),
        risk={"stoploss": -0.1, "trailing": {"ratio": 0.03, "offset": 0.05}},
        candles=candles(SIGNAL, (100, 107, 99, 100), FLAT, TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=1, open_rate=100, close_rate=102, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="trailing_offset_leverage",
        why=(
            "Ratios of the price: 3 % and 5 %, with leverage 3 as without. At 105.10 the profit "
            "is 3 x 4.89 % = 14.7 % of the stake, below 15 %."
        ),
        trading_mode="futures",
        risk={"stoploss": -0.1, "trailing": {"ratio": 0.03, "offset": 0.05}, "leverage": 3},
        candles=_OFFSET_WALK,
        trades=(
            ExpectedTrade(
                opens=1, closes=5, open_rate=100, close_rate=103.15, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="trailing_ratio_short",
        why=(
            "3 % above the best price: 98 gives 100.94, 96.13 gives 99.0139, down to 99.01; "
            "96.4 would give 99.29."
        ),
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.1, "trailing": {"ratio": 0.03}},
        candles=candles(
            SIGNAL,
            (100, 100.5, 98.01, 98.5),
            (98.5, 98.6, 96.13, 96.5),
            (96.5, 99.2, 96.4, 99),
            TAIL,
        ),
        trades=(
            ExpectedTrade(
                opens=1, closes=3, open_rate=100, close_rate=99.01, reason="trailing_stop_loss"
            ),
        ),
    ),
)

TRAILING_ATR = (
    Case(
        name="trailing_atr",
        why=(
            "Best close less 1.502 x 2: 100 gives 97.00, 101.5 gives 98.50, 103 gives 100.00, "
            "104 gives 100.996, up to 101.00. The best high, 104.5, would give 101.50."
        ),
        risk={"stoploss": -0.1, "trailing": ATR_STOP},
        candles=_STAIRS,
        trades=(
            ExpectedTrade(
                opens=1, closes=5, open_rate=100, close_rate=101, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="trailing_atr_from_closed_candles_only",
        why=(
            "Candle 2 closes at 103, but while it lasts the best close is 101.5 and the stop "
            "98.496, up to 98.50; its low of 98.60 does not touch that, though 100.00 it would."
        ),
        risk={"stoploss": -0.1, "trailing": {"multiple": 1.502, "period": 4}},
        candles=candles(
            SIGNAL,
            (100, 101.5, 99.5, 101.5),
            (101.5, 103.5, 98.6, 103),
            # true range of candle 2 is 4.9: ATR(4) = (3 x 2 + 4.9) / 4 = 2.725
            # 103 - 1.502 x 2.725 = 98.90705, up to 98.91
            (103, 103, 98.8, 99),
            TAIL,
        ),
        trades=(
            ExpectedTrade(
                opens=1, closes=3, open_rate=100, close_rate=98.91, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="trailing_atr_only_tightens",
        why=(
            "Candle 4 has a true range of 6: ATR(4) = (3 x 2 + 6) / 4 = 3, and 104 - 1.502 x 3 = "
            "99.49 would be wider than 101.00, which stays."
        ),
        risk={"stoploss": -0.1, "trailing": {"multiple": 1.502, "period": 4}},
        candles=candles(*_STAIRS[:4], (104, 109, 103, 103.5), (103.5, 103.5, 100.9, 101.2), TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=5, open_rate=100, close_rate=101, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="trailing_atr_begins_with_the_signal_candle",
        why=(
            "The entry is at 102 but the best close is the signal's, 100: 97.00. Candle 1 closes "
            "at 101, true range 4.5, ATR(4) = (3 x 2 + 4.5) / 4 = 2.625: "
            "101 - 1.502 x 2.625 = 97.05725, up to 97.06."
        ),
        risk={"stoploss": -0.1, "trailing": {"multiple": 1.502, "period": 4}},
        candles=candles(SIGNAL, (102, 103, 98.5, 101), (101, 101.5, 97.03, 98), TAIL),
        trades=(
            # 100 / 102 = 0.98039 coins, cut to 0.980: a stake of 99.96.
            ExpectedTrade(
                opens=1,
                closes=2,
                open_rate=102,
                close_rate=97.06,
                reason="trailing_stop_loss",
                stake=99.96,
            ),
        ),
    ),
    Case(
        name="trailing_atr_not_asked_where_the_old_stop_is_touched",
        why=(
            "As before, but the low touches 97.00 too, the stop that was there before: the "
            "callback is not asked on such a candle, and the fill is the old stop's, 97.00."
        ),
        risk={"stoploss": -0.1, "trailing": {"multiple": 1.502, "period": 4}},
        candles=candles(SIGNAL, (102, 103, 98.5, 101), (101, 101.5, 97, 98), TAIL),
        trades=(
            ExpectedTrade(
                opens=1,
                closes=2,
                open_rate=102,
                close_rate=97,
                reason="trailing_stop_loss",
                stake=99.96,
            ),
        ),
    ),
    Case(
        name="trailing_atr_short",
        why="The same walk downwards: 96 + 3.004 = 99.004, down to 99.00.",
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.1, "trailing": ATR_STOP},
        candles=_mirrored(_STAIRS),
        trades=(
            ExpectedTrade(
                opens=1, closes=5, open_rate=100, close_rate=99, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="trailing_atr_leverage",
        why="The price of the stop does not depend on the leverage: 101.00.",
        trading_mode="futures",
        risk={"stoploss": -0.1, "trailing": ATR_STOP, "leverage": 3},
        candles=_STAIRS,
        trades=(
            ExpectedTrade(
                opens=1, closes=5, open_rate=100, close_rate=101, reason="trailing_stop_loss"
            ),
        ),
    ),
)

COMBINED = (
    Case(
        name="stop_atr_and_trailing_atr",
        why=(
            "97.00 by the ATR of the signal; later the best close less 3.002 x 2: "
            "104 - 6.004 = 97.996, up to 98.00, is tighter."
        ),
        risk={
            "stoploss": -0.1,
            "stop_atr": ATR_STOP,
            "trailing": {"multiple": 3.002, "period": 14},
        },
        candles=candles(
            *_STAIRS[:5],
            (102.5, 102.5, 100.5, 101),
            (101, 101, 98.01, 99),
            (99, 99, 97.1, 98),
            TAIL,
        ),
        trades=(
            ExpectedTrade(
                opens=1, closes=7, open_rate=100, close_rate=98, reason="trailing_stop_loss"
            ),
        ),
    ),
    Case(
        name="stop_atr_and_trailing_ratio",
        why=(
            "No candle is in profit after fees (100.10 is 100 x 1.001, less the closing fee), so "
            "the trailing stop has not begun: 97.00 holds."
        ),
        risk={"stoploss": -0.1, "stop_atr": ATR_STOP, "trailing": {"ratio": 0.03, "offset": 0.05}},
        candles=candles(SIGNAL, (100, 100.1, 99, 100), (100, 100.1, 96.9, 97.5), TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=2, open_rate=100, close_rate=97, reason="trailing_stop_loss"
            ),
        ),
    ),
)

TRAILING = (*TRAILING_RATIO, *TRAILING_ATR, *COMBINED)
