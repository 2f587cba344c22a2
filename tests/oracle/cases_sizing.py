"""How much is traded, and when nothing is: risk per trade, leverage, open trades, protections.

``risk_per_trade`` is the share of the total wallet that is lost when the initial stop is hit
(fees apart): stake x leverage x distance = wallet x risk, where distance is that between entry and
stop as a ratio of the entry price. Freqtrade cuts the amount to the step of 0.001 coins and works
the stake back from it.
"""

from __future__ import annotations

from .case import FLAT, SECOND_PAIR, TAIL, Case, ExpectedTrade, candles

SIGNAL = FLAT.with_signal
_DOWN_FIVE = (100.0, 100.5, 94.5, 96.25)

RISK_PER_TRADE = (
    Case(
        name="risk_per_trade",
        why=(
            "1000 x 0.015 / 0.05 = 300, 3 coins. They lose 300.3 - 3 x 95 x 0.999 = 15.585, so "
            "the next trade is sized on 984.415: 295.3245, 2.953245 coins cut to 2.953: 295.30."
        ),
        risk={"stoploss": -0.05, "risk_per_trade": 0.015},
        candles=candles(SIGNAL, FLAT, _DOWN_FIVE, SIGNAL, FLAT, _DOWN_FIVE, TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=2, open_rate=100, close_rate=95, reason="stop_loss", stake=300
            ),
            ExpectedTrade(
                opens=4, closes=5, open_rate=100, close_rate=95, reason="stop_loss", stake=295.3
            ),
        ),
    ),
    Case(
        name="risk_per_trade_to_the_tighter_stop",
        why=(
            "The initial stop is the one by ATR, 100 - 1.502 x 2 = 96.996: "
            "1000 x 0.015 / 0.03004 = 499.33, not 150 as for the outer stop."
        ),
        risk={
            "stoploss": -0.1,
            "stop_atr": {"multiple": 1.502, "period": 14},
            "risk_per_trade": 0.015,
        },
        candles=candles(SIGNAL, FLAT, (100, 100.5, 96.9, 97.25), TAIL),
        trades=(
            ExpectedTrade(
                opens=1,
                closes=2,
                open_rate=100,
                close_rate=97,
                reason="trailing_stop_loss",
                stake=499.3,
            ),
        ),
    ),
    Case(
        name="risk_per_trade_to_the_outer_stop",
        why="The ATR alone would allow 10 % (5 x 2); the outer stop is at 5 %: a stake of 300.",
        risk={
            "stoploss": -0.05,
            "stop_atr": {"multiple": 5, "period": 14},
            "risk_per_trade": 0.015,
        },
        candles=candles(SIGNAL, FLAT, _DOWN_FIVE, TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=2, open_rate=100, close_rate=95, reason="stop_loss", stake=300
            ),
        ),
    ),
    Case(
        name="risk_per_trade_leverage",
        why="Three times the position for the same stake: 300 / 3 = 100.",
        trading_mode="futures",
        risk={"stoploss": -0.05, "risk_per_trade": 0.015, "leverage": 3},
        candles=candles(SIGNAL, FLAT, _DOWN_FIVE, TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=2, open_rate=100, close_rate=95, reason="stop_loss", stake=100
            ),
        ),
    ),
    Case(
        name="risk_per_trade_short",
        why="1000 x 0.015 / 0.05 = 300, stopped at 105.00.",
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.05, "risk_per_trade": 0.015},
        candles=candles(SIGNAL, FLAT, (100, 105.5, 99.5, 104.25), TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=2, open_rate=100, close_rate=105, reason="stop_loss", stake=300
            ),
        ),
    ),
    Case(
        name="risk_per_trade_short_leverage",
        why="1000 x 0.03 / 0.05 / 3 = 200, stopped at 105.00.",
        direction="short",
        trading_mode="futures",
        risk={"stoploss": -0.05, "risk_per_trade": 0.03, "leverage": 3},
        candles=candles(SIGNAL, FLAT, (100, 105.5, 99.5, 104.25), TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=2, open_rate=100, close_rate=105, reason="stop_loss", stake=200
            ),
        ),
    ),
    Case(
        name="risk_per_trade_below_the_minimum",
        why=(
            "1000 x 0.00025 / 0.05 = 5.00. Freqtrade's minimum is 5 x 1.05 / 0.95 = 5.53 (the "
            "order of 5 USDT with reserves), to which it would raise the stake by itself: that "
            "would risk more than was asked for, so there is no trade."
        ),
        risk={"stoploss": -0.05, "risk_per_trade": 0.00025},
        candles=candles(SIGNAL, FLAT, _DOWN_FIVE, TAIL),
        trades=(),
    ),
    Case(
        name="risk_per_trade_above_the_maximum",
        why="1000 x 0.1 / 0.05 = 2000 is more than there is: 1000.",
        risk={"stoploss": -0.05, "risk_per_trade": 0.1},
        candles=candles(SIGNAL, FLAT, _DOWN_FIVE, TAIL),
        trades=(
            ExpectedTrade(
                opens=1, closes=2, open_rate=100, close_rate=95, reason="stop_loss", stake=1000
            ),
        ),
    ),
)

_DOWN_TWO = (100.0, 100.5, 97.5, 98.25)

LIMITS = (
    Case(
        name="max_open_trades",
        why=(
            "Both pairs signal on candle 0: the first pair takes the only slot, the other's "
            "signal is lost. On candle 3 the slot is free again."
        ),
        risk={"stoploss": -0.02, "max_open_trades": 1},
        candles=candles(SIGNAL, FLAT, _DOWN_TWO, FLAT, FLAT, FLAT, TAIL),
        second=candles(SIGNAL, FLAT, FLAT, SIGNAL, FLAT, _DOWN_TWO, TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=98, reason="stop_loss"),
            ExpectedTrade(
                opens=4,
                closes=5,
                open_rate=100,
                close_rate=98,
                reason="stop_loss",
                pair=SECOND_PAIR,
            ),
        ),
    ),
    Case(
        name="max_open_trades_of_two",
        why="Two slots: both pairs trade at once.",
        risk={"stoploss": -0.02, "max_open_trades": 2},
        candles=candles(SIGNAL, FLAT, _DOWN_TWO, FLAT, TAIL),
        second=candles(SIGNAL, FLAT, FLAT, _DOWN_TWO, TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=98, reason="stop_loss"),
            ExpectedTrade(
                opens=1,
                closes=3,
                open_rate=100,
                close_rate=98,
                reason="stop_loss",
                pair=SECOND_PAIR,
            ),
        ),
    ),
    Case(
        name="leverage_at_the_cap",
        why="The exchange allows 3 and the design wants 3: stopped after a move of 2 %, at 98.00.",
        trading_mode="futures",
        risk={"stoploss": -0.02, "leverage": 3},
        max_leverage=3,
        candles=candles(SIGNAL, FLAT, _DOWN_TWO, TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=98, reason="stop_loss"),
        ),
    ),
    Case(
        name="leverage_beyond_the_cap",
        why=(
            "The exchange allows 2. Freqtrade's stop is 6 % of the stake for all trades, which "
            "would be a move of 3 % there and not of 2 %: there is no trade."
        ),
        trading_mode="futures",
        risk={"stoploss": -0.02, "leverage": 3},
        max_leverage=2,
        candles=candles(SIGNAL, FLAT, _DOWN_TWO, TAIL),
        trades=(),
    ),
    Case(
        name="risk_per_trade_beyond_the_cap",
        why="The exchange allows 2.5: no trade, whatever sizes it.",
        trading_mode="futures",
        direction="short",
        risk={"stoploss": -0.02, "leverage": 3, "risk_per_trade": 0.01},
        max_leverage=2.5,
        candles=candles(SIGNAL, FLAT, (100, 102.5, 99.5, 101), TAIL),
        trades=(),
    ),
    Case(
        name="protections_cooldown",
        why=(
            "Stopped on candle 2, the pair rests for three candles, until candle 5: the signal "
            "of candle 3 would enter at candle 4 and is lost, that of candle 5 enters at 6."
        ),
        risk={
            "stoploss": -0.02,
            "protections": [{"method": "CooldownPeriod", "stop_duration_candles": 3}],
        },
        protections=True,
        candles=candles(SIGNAL, FLAT, _DOWN_TWO, SIGNAL, FLAT, SIGNAL, FLAT, _DOWN_TWO, TAIL),
        trades=(
            ExpectedTrade(opens=1, closes=2, open_rate=100, close_rate=98, reason="stop_loss"),
            ExpectedTrade(opens=6, closes=7, open_rate=100, close_rate=98, reason="stop_loss"),
        ),
    ),
)

SIZING = (*RISK_PER_TRADE, *LIMITS)
