"""Briefs as people type them, each with the parts of the design that it must give.

Left out of a case is left unchecked, but for ``unread``: nothing is unread unless the case
says so. ``defaults`` names a few words of each default that must be named, and only the name
and the number of open trades may be chosen beyond them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

BOLLINGER: dict[str, float] = {"timeperiod": 20, "nbdevup": 2, "nbdevdn": 2}
MACD: dict[str, float] = {"fastperiod": 12, "slowperiod": 26, "signalperiod": 9}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A brief and what must come of it."""

    id: str
    text: str
    timeframe: str | None = None
    indicators: dict[str, tuple[str, dict[str, float]]] | None = None
    entry_long: list[str] = field(default_factory=list)
    exit_long: list[str] = field(default_factory=list)
    entry_short: list[str] = field(default_factory=list)
    exit_short: list[str] = field(default_factory=list)
    risk: dict[str, Any] = field(default_factory=dict)
    kind: str | None = None
    unread: list[str] = field(default_factory=list)
    defaults: list[str] | None = None


WHOLE = [
    Case(
        id="the main example",
        text="Buy when RSI(14) is below 30 and the close is under the lower Bollinger band "
        "(20, 2). Sell when RSI rises above 70. 1h candles, 2% stop loss, 5% take profit.",
        timeframe="1h",
        indicators={"rsi": ("RSI", {"timeperiod": 14}), "bb": ("BBANDS", BOLLINGER)},
        entry_long=["rsi < 30", "close < bb.lower"],
        exit_long=["crosses_above(rsi, 70)"],
        risk={"stoploss": -0.02, "take_profit": 0.05},
        kind="mean_reversion",
        defaults=[],
    ),
    Case(
        id="two averages cross",
        text="Go long when the 50 EMA crosses above the 200 EMA. Exit when it crosses back below? "
        "No: exit when EMA 50 crosses below EMA 200. 4h chart, stop loss 5%.",
        timeframe="4h",
        indicators={
            "ema_50": ("EMA", {"timeperiod": 50}),
            "ema_200": ("EMA", {"timeperiod": 200}),
        },
        entry_long=["crosses_above(ema_50, ema_200)"],
        exit_long=["crosses_below(ema_50, ema_200)"],
        risk={"stoploss": -0.05},
        kind="trend_following",
        unread=["No"],
    ),
    Case(
        id="MACD with its signal line",
        text="buy when macd crosses above the signal line and macd is below zero, sell when the "
        "histogram turns negative. 15m, sl 1.5%, tp 3%",
        timeframe="15m",
        indicators={"macd": ("MACD", MACD)},
        entry_long=["crosses_above(macd.line, macd.signal)", "macd.line < 0"],
        exit_long=["crosses_below(macd.histogram, 0)"],
        risk={"stoploss": -0.015, "take_profit": 0.03},
        defaults=["12, 26 and 9"],
    ),
    Case(
        id="MACD as TradingView writes it",
        text="Long: MACD(12,26,9) line crosses over signal line. Close long when MACD line crosses "
        "under signal line. Timeframe: 1D. Stop-loss: 8%.",
        timeframe="1d",
        indicators={"macd": ("MACD", MACD)},
        entry_long=["crosses_above(macd.line, macd.signal)"],
        exit_long=["crosses_below(macd.line, macd.signal)"],
        risk={"stoploss": -0.08},
        kind="momentum",
        defaults=[],
    ),
    Case(
        id="breakout with volume",
        text="Buy when the close breaks above the 20-candle high and volume is above its "
        "20-candle average. Trailing stop 3%. Stop loss 4%. 1h.",
        timeframe="1h",
        indicators={},
        entry_long=[
            "crosses_above(close, shift(highest(high, 20), 1))",
            "volume > mean(volume, 20)",
        ],
        risk={"trailing": {"ratio": 0.03}, "stoploss": -0.04},
        kind="breakout",
        defaults=["exit"],
    ),
    Case(
        id="bullet points under headings",
        text="Entry:\n- RSI(14) < 30\n- close < lower BB (20, 2)\nExit:\n- RSI(14) > 70\n\n"
        "Timeframe: 5m\nStop loss: 2%\nTake profit: 4%",
        timeframe="5m",
        entry_long=["rsi < 30", "close < bb.lower"],
        exit_long=["rsi > 70"],
        risk={"stoploss": -0.02, "take_profit": 0.04},
        defaults=[],
    ),
    Case(
        id="typographic marks",
        text="Buy when “RSI(14)” ≤ 30 – and price ≥ the 200 EMA. Sell when RSI ≥ 70; 4h candles; "
        "stop‑loss 3 %.",
        timeframe="4h",
        entry_long=["rsi <= 30", "close >= ema"],
        exit_long=["rsi >= 70"],
        risk={"stoploss": -0.03},
    ),
    Case(
        id="capitals",
        text="BUY WHEN RSI(14) IS BELOW 25. SELL WHEN RSI IS ABOVE 60. 1H CANDLES. 3% STOP LOSS.",
        timeframe="1h",
        entry_long=["rsi < 25"],
        exit_long=["rsi > 60"],
        risk={"stoploss": -0.03},
        defaults=[],
    ),
    Case(
        id="condition first",
        text="If RSI(7) drops below 20, buy. When RSI(7) is over 60, sell. 5 minute candles, "
        "stop at 2 percent.",
        timeframe="5m",
        indicators={"rsi": ("RSI", {"timeperiod": 7})},
        entry_long=["crosses_below(rsi, 20)"],
        exit_long=["rsi > 60"],
        risk={"stoploss": -0.02},
        defaults=[],
    ),
    Case(
        id="condition first, twice in a sentence",
        text="When RSI(14) < 30 buy, when RSI(14) > 70 sell, 1h, 2% stop",
        timeframe="1h",
        entry_long=["rsi < 30"],
        exit_long=["rsi > 70"],
        defaults=[],
    ),
    Case(
        id="everything in one breath",
        text="buy when rsi 14 < 30 and sell when rsi 14 > 70 on 1h candles with a 2% stop loss and "
        "5% take profit",
        timeframe="1h",
        entry_long=["rsi < 30"],
        exit_long=["rsi > 70"],
        risk={"stoploss": -0.02, "take_profit": 0.05},
        defaults=[],
    ),
    Case(
        id="long and short",
        text="Go long when RSI(14) crosses above 30, short when RSI(14) crosses below 70. Sell "
        "when RSI is above 70. Cover when RSI is below 30. 1h candles. 2% stop.",
        timeframe="1h",
        entry_long=["crosses_above(rsi, 30)"],
        exit_long=["rsi > 70"],
        entry_short=["crosses_below(rsi, 70)"],
        exit_short=["rsi < 30"],
        defaults=[],
    ),
    Case(
        id="short only",
        text="Go short when the close is above the upper Bollinger band (20, 2.5). Exit when the "
        "close is below the middle band. 1h. Stop loss 3%.",
        indicators={"bb": ("BBANDS", {"timeperiod": 20, "nbdevup": 2.5, "nbdevdn": 2.5})},
        entry_short=["close > bb.upper"],
        exit_short=["close < bb.middle"],
        defaults=["taken as Bollinger bands(20, 2.5)"],
    ),
    Case(
        id="reference case in words",
        text="On 1h candles: buy when the close is below the lower Bollinger band (20, 2), ADX(14) "
        "is below 25 and RSI(14) is under 35. Stop 1.5 ATR(14), target at the middle band, risk "
        "1.5% per trade, at most 3 open trades, stop loss 10%.",
        timeframe="1h",
        entry_long=["close < bb.lower", "adx < 25", "rsi < 35"],
        risk={
            "stop_atr": {"multiple": 1.5, "period": 14},
            "target": "bb.middle",
            "risk_per_trade": 0.015,
            "max_open_trades": 3,
            "stoploss": -0.1,
        },
        kind="mean_reversion",
    ),
    Case(
        id="a request with manners",
        text="Hi! Please make me a simple strategy that buys when RSI(14) is below 30 and sells "
        "when RSI is over 70. Use 4 hour candles and a 3% stop loss. Thanks!",
        timeframe="4h",
        entry_long=["rsi < 30"],
        exit_long=["rsi > 70"],
        risk={"stoploss": -0.03},
        defaults=[],
    ),
    Case(
        id="almost nothing said",
        text="buy when RSI is below 30",
        timeframe="1h",
        indicators={"rsi": ("RSI", {"timeperiod": 14})},
        entry_long=["rsi < 30"],
        risk={"stoploss": -0.1},
        defaults=["1h", "stop loss", "exit", "14"],
    ),
    Case(
        id="lines without bullets",
        text="timeframe 1h\nbuy when rsi(14) < 30\nand close < ema(200)\nsell when rsi(14) > 65\n"
        "stoploss 5%\nhold at most 12 candles",
        timeframe="1h",
        entry_long=["rsi < 30", "close < ema"],
        exit_long=["rsi > 65"],
        risk={"stoploss": -0.05, "max_holding": {"candles": 12}},
        defaults=[],
    ),
    Case(
        id="a line wrapped by an editor",
        text="Buy when RSI(14) is below 30 and the close\nis under the lower Bollinger\nband (20, "
        "2). Sell when\nRSI rises above 70. 1h candles, 2% stop\nloss.",
        timeframe="1h",
        entry_long=["rsi < 30", "close < bb.lower"],
        exit_long=["crosses_above(rsi, 70)"],
        risk={"stoploss": -0.02},
        defaults=[],
    ),
    Case(
        id="a trend filter",
        text="Buy when RSI(2) is below 10. Trend filter: price above the 200 SMA. Exit when the "
        "close is above the 5 SMA. Daily candles, 10% stop.",
        timeframe="1d",
        indicators={
            "rsi": ("RSI", {"timeperiod": 2}),
            "sma_200": ("SMA", {"timeperiod": 200}),
            "sma_5": ("SMA", {"timeperiod": 5}),
        },
        entry_long=["rsi < 10", "close > sma_200"],
        exit_long=["close > sma_5"],
        risk={"stoploss": -0.1},
        defaults=[],
    ),
    Case(
        id="golden cross and death cross",
        text="Buy on a golden cross of the 50 and 200 EMA, sell on the death cross of the 50 and "
        "200 EMA. 1d. 10% stop loss",
        timeframe="1d",
        entry_long=["crosses_above(ema_50, ema_200)"],
        exit_long=["crosses_below(ema_50, ema_200)"],
        defaults=[],
    ),
    Case(
        id="golden cross alone",
        text="Buy on the golden cross and sell on the death cross. daily, stop loss 10%",
        timeframe="1d",
        indicators={
            "sma_50": ("SMA", {"timeperiod": 50}),
            "sma_200": ("SMA", {"timeperiod": 200}),
        },
        entry_long=["crosses_above(sma_50, sma_200)"],
        exit_long=["crosses_below(sma_50, sma_200)"],
        defaults=["simple moving averages of 50 and 200"],
    ),
    Case(
        id="ATR and volume",
        text="enter long if ATR(14) is above its 50-candle average and volume > 1.5 x average "
        "volume (20) and close > open. exit after 24 hours. 30m candles. stop 2 x "
        "ATR(14). stop loss 6%",
        timeframe="30m",
        entry_long=[
            "atr > mean(atr, 50)",
            "volume > 1.5 * mean(volume, 20)",
            "close > open",
        ],
        risk={"max_holding": "24h", "stop_atr": {"multiple": 2, "period": 14}, "stoploss": -0.06},
    ),
    Case(
        id="two ways in",
        text="Buy when RSI(14) < 20. Buy also when the close is below the lower band (20, 2). Sell "
        "when RSI > 50. 1h, 2% stop",
        entry_long=["rsi < 20 or close < bb.lower"],
        exit_long=["rsi > 50"],
        unread=[],
    ),
    Case(
        id="only buy",
        text="Buy when RSI(14) < 20. Only buy when ADX(14) > 25. Sell when RSI > 50. 1h, 2% stop",
        entry_long=["rsi < 20", "adx > 25"],
        exit_long=["rsi > 50"],
        defaults=[],
    ),
    Case(
        id="unless",
        text="Buy when RSI(14) < 30 unless ADX(14) is above 40. Sell when RSI > 50. 1h, 2% stop",
        entry_long=["rsi < 30", "not (adx > 40)"],
        exit_long=["rsi > 50"],
    ),
    Case(
        id="futures with leverage",
        text="Short when RSI(14) is above 80. Cover when RSI falls below 50. 3x leverage, 15m, "
        "stop loss of 1.5 percent, max open trades: 5",
        timeframe="15m",
        entry_short=["rsi > 80"],
        exit_short=["crosses_below(rsi, 50)"],
        risk={"leverage": 3, "stoploss": -0.015, "max_open_trades": 5},
    ),
    Case(
        id="sizes and times",
        text="Buy when RSI(14) < 30. Sell when RSI > 60. Risk 1% of the account per trade. Max 2 "
        "positions at once. Maximum holding time 3 days. 4h. Stop loss 5%. Trailing stop of 2% "
        "after 4% profit.",
        risk={
            "risk_per_trade": 0.01,
            "max_open_trades": 2,
            "max_holding": "3d",
            "trailing": {"ratio": 0.02, "offset": 0.04},
        },
        entry_long=["rsi < 30"],
        exit_long=["rsi > 60"],
        defaults=[],
    ),
    Case(
        id="Donchian in plain words",
        text="Enter when price is above the highest high of the last 55 candles. Exit when price "
        "is below the lowest low of the last 20 candles. 1d, 10% stop.",
        entry_long=["close > shift(highest(high, 55), 1)"],
        exit_long=["close < shift(lowest(low, 20), 1)"],
        kind="breakout",
        defaults=[],
    ),
    Case(
        id="arrows",
        text="RSI(14) < 30 -> buy; RSI(14) > 70 → sell; tf 1h; sl 2%; tp 4%",
        timeframe="1h",
        entry_long=["rsi < 30"],
        exit_long=["rsi > 70"],
        risk={"stoploss": -0.02, "take_profit": 0.04},
        defaults=[],
    ),
    Case(
        id="sold at a band",
        text="Buy when close drops below the lower Bollinger band (20, 2). Sell at the middle "
        "band. 1h, 3% stop",
        entry_long=["crosses_below(close, bb.lower)"],
        risk={"target": "bb.middle"},
    ),
    Case(
        id="Discord shorthand without commas",
        text="buy rsi(14)<30 sell rsi(14)>70 1h sl2% tp5%",
        timeframe="1h",
        entry_long=["rsi < 30"],
        exit_long=["rsi > 70"],
        risk={"stoploss": -0.02, "take_profit": 0.05},
        defaults=[],
    ),
    Case(
        id="headings with stars and equals signs",
        text="Timeframe = 5m\nEntry conditions:\n* RSI(14) < 30\n* Close < BB lower (20,2)\n"
        "* Volume > 0\nExit conditions:\n* RSI(14) > 50 OR close > BB middle\nStoploss = -10%",
        timeframe="5m",
        entry_long=["rsi < 30", "close < bb.lower", "volume > 0"],
        exit_long=["rsi > 50 or close > bb.middle"],
        risk={"stoploss": -0.1},
        defaults=[],
    ),
    Case(
        id="a pair of averages with a filter and a trailing stop",
        text="Buy if the 9 EMA crosses the 21 EMA upwards, with RSI(14) above 50. Sell when the 9 "
        "EMA crosses the 21 EMA downwards. Use a 2% trailing stop on the 5m chart. Stop "
        "4%.",
        timeframe="5m",
        entry_long=["crosses_above(ema_9, ema_21)", "rsi > 50"],
        exit_long=["crosses_below(ema_9, ema_21)"],
        risk={"trailing": {"ratio": 0.02}, "stoploss": -0.04},
        defaults=[],
    ),
    Case(
        id="turtles",
        text="Buy when price makes a new 20-day high. Sell when price makes a new 10-day low. "
        "Daily chart, risk 1% per trade, 2 ATR stop.",
        timeframe="1d",
        entry_long=["high > shift(highest(high, 20), 1)"],
        exit_long=["low < shift(lowest(low, 10), 1)"],
        risk={"risk_per_trade": 0.01, "stop_atr": {"multiple": 2, "period": 14}},
        kind="breakout",
        defaults=["outer limit", "ATR"],
    ),
    Case(
        id="everything about a trade",
        text="Buy when RSI(14)<30. Take profit 3%, stop loss 2%, trailing stop 1% after 2% profit, "
        "hold max 48h, risk 2% of equity per trade, max 5 trades, 15m timeframe",
        timeframe="15m",
        entry_long=["rsi < 30"],
        risk={
            "take_profit": 0.03,
            "stoploss": -0.02,
            "trailing": {"ratio": 0.01, "offset": 0.02},
            "max_holding": "48h",
            "risk_per_trade": 0.02,
            "max_open_trades": 5,
        },
        defaults=[],
    ),
    Case(
        id="a conjunction inside brackets",
        text="Buy when RSI(14) < 30 or (price < lower BB (20,2) and volume > average volume (20)). "
        "Sell when RSI > 70 or after 24h. 1h. 5% stop",
        entry_long=["rsi < 30 or (close < bb.lower and volume > mean(volume, 20))"],
        exit_long=["rsi > 70"],
        risk={"max_holding": "24h"},
        defaults=[],
    ),
    Case(
        id="bullets that end in full stops",
        text="Entry rules:\n1. RSI(14) is below 30.\n2. ADX(14) is above 20.\n\nExit rules:\n"
        "1) RSI(14) is above 60.\n\n1h, 2% stop",
        entry_long=["rsi < 30", "adx > 20"],
        exit_long=["rsi > 60"],
        defaults=[],
    ),
    Case(
        id="a second sentence that goes on",
        text="Buy when RSI(14) < 30. Also ADX(14) must be above 20. Sell when RSI > 60. 1h, "
        "2% stop",
        entry_long=["rsi < 30", "adx > 20"],
        exit_long=["rsi > 60"],
        defaults=[],
    ),
    Case(
        id="not in front of brackets",
        text="Buy when RSI(14) < 30 and not (ADX(14) > 40 or close < EMA(200)). 1h, 2% stop",
        entry_long=["rsi < 30", "not (adx > 40 or close < ema)"],
    ),
    Case(
        id="an exit of a long beside shorts",
        text="Short when RSI(14) > 70. Buy when RSI(14) < 30. Exit shorts when RSI < 50. Exit "
        "longs when RSI > 50. 1h, 2% stop",
        entry_long=["rsi < 30"],
        exit_long=["rsi > 50"],
        entry_short=["rsi > 70"],
        exit_short=["rsi < 50"],
        defaults=[],
    ),
    Case(
        id="sold at a signed percentage",
        text="Buy when RSI(14) < 30. Sell at +4% or at -2%. 1h",
        entry_long=["rsi < 30"],
        risk={"take_profit": 0.04, "stoploss": -0.02},
        defaults=[],
    ),
    Case(
        id="a time that is a timeframe is no period",
        text="Buy when 4h RSI is below 30 and RSI(14) < 40. 1h candles.",
        entry_long=["rsi_4h < 30", "rsi < 40"],
    ),
    Case(
        id="sold at a profit or a loss",
        text="Buy when RSI(14) crosses 30 from below. Sell at 4% profit or 2% loss. 1h candles.",
        entry_long=["crosses_above(rsi, 30)"],
        risk={"take_profit": 0.04, "stoploss": -0.02},
    ),
]

WHOLE += [
    Case(
        id="a condition before the verb",
        text="When ADX(14) > 25, buy if RSI(14) < 30; when ADX < 25, buy if RSI < 20. "
        "With ADX above 40, sell when RSI > 60. 1h, 2% stop",
        entry_long=["(adx > 25 and rsi < 30) or (adx < 25 and rsi < 20)"],
        exit_long=["adx > 40", "rsi > 60"],
        defaults=["alternatives"],
    ),
    Case(
        id="a condition before the verb, and then",
        text="If ADX(14) > 25 then buy when RSI(14) < 30 or close > open. 1h, 2% stop. Then sell "
        "once it's over 70.",
        entry_long=["adx > 25", "rsi < 30 or close > open"],
        unread=["sell once it's over 70"],
    ),
    Case(
        id="it",
        text="Buy when RSI(14) < 30. Sell once it's over 70. 1h, 2% stop",
        entry_long=["rsi < 30"],
        exit_long=["rsi > 70"],
        defaults=[],
    ),
    Case(
        id="it is, in the same sentence",
        text="Buy when RSI(14) is below 30 and sell it when it is above 70. 1h, 2% stop",
        entry_long=["rsi < 30"],
        exit_long=["rsi > 70"],
        defaults=[],
    ),
    Case(
        id="it breaks",
        text="Sell when price breaks the 20-candle low; buy when it breaks the 20-candle high",
        entry_long=["crosses_above(close, shift(highest(high, 20), 1))"],
        exit_long=["crosses_below(close, shift(lowest(low, 20), 1))"],
    ),
    Case(
        id="the averages of a golden cross",
        text="Buy on a golden cross of the 50 and 200 EMA, sell on the death cross. 1d, 10% stop",
        entry_long=["crosses_above(ema_50, ema_200)"],
        exit_long=["crosses_below(ema_50, ema_200)"],
        defaults=[],
    ),
    Case(
        id="touched from either side",
        text="Short when price touches the upper band (20, 2). Cover when price touches the "
        "middle band. 1h, 2% stop",
        entry_short=["high >= bb.upper"],
        exit_short=["low <= bb.middle"],
        defaults=["from above"],
    ),
    Case(
        id="and beside or",
        text="Buy when RSI(14) < 30, or ADX(14) > 25, and close > open. Sell when RSI > 70. 1h, "
        "2% stop",
        entry_long=["rsi < 30 or (adx > 25 and close > open)"],
        exit_long=["rsi > 70"],
        defaults=["rsi < 30 or (adx > 25 and close > open)"],
    ),
    Case(
        id="a length written elsewhere",
        text="Buy when RSI < 30. Sell when RSI(7) > 70. 1h, 2% stop",
        indicators={"rsi": ("RSI", {"timeperiod": 7})},
        entry_long=["rsi < 30"],
        exit_long=["rsi > 70"],
        defaults=["taken as RSI(7)"],
    ),
]

BUY = "Sell when RSI(14) > 70. 1h candles, 2% stop loss. Buy when "
"""Says everything but the entry, which is what the short briefs below are about."""

ENTRIES = [
    # levels, either way round
    ("less than", "RSI(14) is less than 30", ["rsi < 30"]),
    ("lower than", "RSI(14) lower than 30", ["rsi < 30"]),
    ("number first", "30 > RSI(14)", ["rsi < 30"]),
    ("number first, at least", "70 <= RSI(14)", ["rsi >= 70"]),
    ("at least", "ADX(14) is at least 25", ["adx >= 25"]),
    ("at most", "RSI(14) at most 30", ["rsi <= 30"]),
    ("exceeds", "ADX(14) exceeds 25", ["adx > 25"]),
    ("stays above", "RSI(14) stays above 50", ["rsi > 50"]),
    ("greater than or equal", "RSI(14) is greater than or equal to 50", ["rsi >= 50"]),
    ("or less", "RSI(14) is 30 or less", ["rsi <= 30"]),
    ("not above", "RSI(14) is not above 30", ["rsi <= 30"]),
    ("isn't", "RSI(14) isn't below 30", ["rsi >= 30"]),
    ("between", "RSI(14) is between 40 and 60", ["rsi >= 40", "rsi <= 60"]),
    ("negative number", "the MACD (12, 26, 9) line is below -5", ["macd.line < -5"]),
    ("positive", "the MACD(12,26,9) histogram is positive", ["macd.histogram > 0"]),
    ("closes above", "the candle closes above the 50 EMA", ["close > ema"]),
    ("a close above begins", "close above the 50 EMA", ["close > ema"]),
    ("closes above begins", "closes above the 50 EMA", ["close > ema"]),
    (
        "an oscillator and a close",
        "RSI(14) is below 30 and close above the 50 EMA",
        ["rsi < 30", "close > ema"],
    ),
    (
        "the volume and a close",
        "volume is above its 20 period average and closes below the 50 EMA",
        ["volume > mean(volume, 20)", "close < ema"],
    ),
    (
        "an oscillator that closes above a number",
        "RSI(14) is above 30 and closes below 50",
        ["rsi > 30", "rsi < 50"],
    ),
    ("an oscillator above a price", "RSI(14) is above the 50 EMA", None),
    ("a volume above a price", "volume crosses above the close", None),
    ("a price and a distance", "close - open is above ATR(14)", ["close - open > atr"]),
    ("a percentage away", "the price is 2% below the 50 EMA", ["close < 0.98 * ema"]),
    ("more than a percentage", "close is more than 3% above the 20 SMA", ["close > 1.03 * sma"]),
    # crossings
    ("rises above", "RSI(14) rises above 30", ["crosses_above(rsi, 30)"]),
    ("crossing above", "RSI(14) crossing above 30", ["crosses_above(rsi, 30)"]),
    ("crosses back above", "RSI(14) crosses back above 30", ["crosses_above(rsi, 30)"]),
    ("climbs over", "RSI(14) climbs over 50", ["crosses_above(rsi, 50)"]),
    ("drops below", "RSI(14) drops below 30", ["crosses_below(rsi, 30)"]),
    ("dips under", "price dips under the 50 EMA", ["crosses_below(close, ema)"]),
    ("falls through", "RSI(14) falls through 30", ["crosses_below(rsi, 30)"]),
    ("crosses upwards", "RSI(14) crosses 30 upwards", ["crosses_above(rsi, 30)"]),
    ("turns positive", "MACD(12,26,9) turns positive", ["crosses_above(macd.line, 0)"]),
    (
        "the MACD crosses up",
        "MACD(12,26,9) crosses up",
        ["crosses_above(macd.line, macd.signal)"],
    ),
    ("something crosses up", "RSI(14) crosses up", None),
    ("turns up", "RSI(14) turns up", ["crosses_above(rsi, shift(rsi, 1))"]),
    (
        "breaks an extreme",
        "price breaks the 20-bar high",
        ["crosses_above(close, shift(highest(high, 20), 1))"],
    ),
    ("down through", "RSI(14) crosses down through 70", ["crosses_below(rsi, 70)"]),
    ("up from below", "RSI(14) crosses above 30 from below", ["crosses_above(rsi, 30)"]),
    ("crosses up", "close crosses up the 50 EMA", ["crosses_above(close, ema)"]),
    ("a number crosses", "30 crosses above RSI(14)", ["crosses_below(rsi, 30)"]),
    ("a cross of", "a cross of the 9 EMA above the 21 EMA", ["crosses_above(ema_9, ema_21)"]),
    (
        "a bullish MACD cross",
        "a bullish MACD(12,26,9) crossover",
        ["crosses_above(macd.line, macd.signal)"],
    ),
    (
        "the signal of the MACD",
        "the MACD crosses above the signal line of the MACD(12,26,9)",
        ["crosses_above(macd.line, macd.signal)"],
    ),
    ("breaks a band", "price breaks the lower BB(20, 2)", ["crosses_below(close, bb.lower)"]),
    ("turns down", "the 50 EMA turns down", ["crosses_below(ema, shift(ema, 1))"]),
    ("turns green", "MACD(12,26,9) turns green", ["crosses_above(macd.line, 0)"]),
    (
        "turns negative",
        "the histogram of the MACD(12,26,9) turns negative",
        ["crosses_below(macd.histogram, 0)"],
    ),
    (
        "a golden cross of two",
        "a golden cross of EMA(200) and EMA(50)",
        ["crosses_above(ema_50, ema_200)"],
    ),
    (
        "a cross and more",
        "RSI(14) crosses above 30 and below 50",
        ["crosses_above(rsi, 30)", "rsi < 50"],
    ),
    (
        "a crossing without its subject",
        "RSI(14) is below 50 and crosses above 30",
        ["rsi < 50", "crosses_above(rsi, 30)"],
    ),
    (
        "a run without its subject",
        "RSI(14) is below 50 and rising for 2 candles",
        ["rsi < 50", "rising(rsi, 2)"],
    ),
    (
        "a state without its subject",
        "MACD(12,26,9) is above -5 and negative",
        ["macd.line > -5", "macd.line < 0"],
    ),
    (
        "at most without its subject",
        "RSI(14) is above 20 and at most 50",
        ["rsi > 20", "rsi <= 50"],
    ),
    ("a chain", "close > EMA(20) > EMA(50)", ["close > ema_20", "ema_20 > ema_50"]),
    ("or more", "ADX(14) is 25 or more", ["adx >= 25"]),
    (
        "at least a percentage below",
        "close is at least 5% below the 20-candle high",
        ["close <= 0.95 * highest(high, 20)"],
    ),
    ("less than a percentage away", "close is less than 5% below the 20-candle high", None),
    ("more than all away", "close is 120% below the EMA(20)", None),
    ("itself", "RSI(14) > RSI(14)", None),
    ("crosses itself", "RSI(14) crosses above RSI(14)", None),
    ("two numbers", "3 > 2", None),
    ("two numbers cross", "3 crosses above 2", None),
    ("two directions", "RSI(14) crosses above 30 downwards", None),
    ("breaks without direction", "price breaks the 50 EMA", None),
    ("a colour that RSI has not", "RSI(14) turns green", None),
    ("a number rising", "30 is rising", None),
    ("something else oversold", "ADX(14) is oversold", None),
    ("touches", "price touches the 50 EMA", ["low <= ema", "high >= ema"]),
    ("what touches is not the candle", "the open touches the 50 EMA", None),
    ("RSI reaches", "RSI(14) reaches 70", ["rsi >= 70"]),
    ("ADX reaches", "ADX(14) reaches 25", ["adx >= 25"]),
    (
        "reaches an extreme",
        "price reaches the 20-candle high",
        ["high >= shift(highest(high, 20), 1)"],
    ),
    (
        "is at an extreme",
        "price is at a 20-candle low",
        ["low <= shift(lowest(low, 20), 1)"],
    ),
    ("never", "RSI(14) < 130", None),
    ("always", "ADX(14) > -5", None),
    ("RSI hits", "RSI(14) hits 30", ["rsi <= 30"]),
    ("the average of a number", "30 is above average", None),
    # periods
    ("parameters twice", "BB(20,2) lower(20,2) > close", None),
    ("too many parameters", "RSI(14, 3) < 30", None),
    ("a band too wide", "close < lower BB(20, 50)", None),
    ("a fraction of a candle", "RSI(14.5) < 30", None),
    ("a word for a timeframe", "the daily RSI is below 30", ["rsi_1d < 30"]),
    ("a period in brackets with words", "RSI (14 periods) < 30", ["rsi < 30"]),
    ("a length named", "RSI (length 14) < 30", ["rsi < 30"]),
    ("a time for a period", "the 50-minute RSI is below 30", None),
    ("an endless number", "RSI(14) < 99999999999999999999999", None),
    ("twice", "volume is over twice its 20-period average", ["volume > 2 * mean(volume, 20)"]),
    ("times after", "close > EMA(50) * 1.02", ["close > ema * 1.02"]),
    ("plus", "close > EMA(50) + ATR(14)", ["close > ema + atr"]),
    ("grouping by precedence", "close > 2 * EMA(50) - EMA(20)", ["close > 2 * ema_50 - ema_20"]),
    (
        "the average true range's average",
        "ATR(14) is below its 20 period average",
        ["atr < mean(atr, 20)"],
    ),
    ("volume and its EMA", "volume is above its 20 EMA", ["volume > ema_volume"]),
    ("volume and an EMA", "volume is above the 20 EMA", None),
    (
        "volume of the previous candle",
        "volume is above the previous volume",
        ["volume > shift(volume, 1)"],
    ),
    (
        "highest close",
        "close is above the highest close of the last 10 candles",
        ["close > shift(highest(close, 10), 1)"],
    ),
    (
        "the high is below",
        "the 20-candle high is below the 50 EMA",
        ["highest(high, 20) < ema"],
    ),
    (
        "the average of two candles' time",
        "volume > 24-hour average volume",
        ["volume > mean(volume, 24)"],
    ),
    ("an average of one candle", "volume > 1-candle average volume", None),
    ("period before", "the 14-period RSI < 30", ["rsi < 30"]),
    ("period glued", "close > EMA50", ["close > ema"]),
    ("day average", "close > the 50-hour EMA", ["close > ema"]),
    ("relative strength index", "the Relative Strength Index (14) is below 30", ["rsi < 30"]),
    ("exponential moving average", "close > 50 exponential moving average", ["close > ema"]),
    ("simple moving average", "close > SMA(50)", ["close > sma"]),
    # and, or
    ("and", "RSI(14) < 30 and ADX(14) > 20", ["rsi < 30", "adx > 20"]),
    ("or", "RSI(14) < 30 or ADX(14) > 20", ["rsi < 30 or adx > 20"]),
    (
        "and binds tighter than or",
        "RSI(14) < 30 and ADX(14) > 20 or close > EMA(50)",
        ["(rsi < 30 and adx > 20) or close > ema"],
    ),
    (
        "or before and",
        "close > EMA(50) or RSI(14) < 30 and ADX(14) > 20",
        ["close > ema or (rsi < 30 and adx > 20)"],
    ),
    (
        "a comma loosens",
        "RSI(14) < 30 or close > EMA(50), and ADX(14) > 20",
        ["rsi < 30 or close > ema", "adx > 20"],
    ),
    (
        "brackets",
        "(RSI(14) < 30 or close > EMA(50)) and ADX(14) > 20",
        ["rsi < 30 or close > ema", "adx > 20"],
    ),
    (
        "either",
        "ADX(14) > 20 and either RSI(14) < 30 or close > EMA(50)",
        ["adx > 20", "rsi < 30 or close > ema"],
    ),
    (
        "commas",
        "RSI(14) < 30, ADX(14) > 20 and close > EMA(50)",
        ["rsi < 30", "adx > 20", "close > ema"],
    ),
    ("ellipsis of the subject", "RSI(14) is above 30 and below 50", ["rsi > 30", "rsi < 50"]),
    (
        "ellipsis of the comparison",
        "price is above the 50 EMA and the 200 EMA",
        ["close > ema_50", "close > ema_200"],
    ),
    (
        "two subjects",
        "the close and the open are above the 50 EMA",
        ["close > ema", "open > ema"],
    ),
    ("while", "RSI(14) < 30 while close > EMA(200)", ["rsi < 30", "close > ema"]),
    ("with", "RSI(14) < 30 with ADX(14) above 25", ["rsi < 30", "adx > 25"]),
    ("but", "RSI(14) > 30 but ADX(14) < 25", ["rsi > 30", "adx < 25"]),
    # volume, extremes, runs
    (
        "volume times",
        "volume is 2x the 20-period average volume",
        ["volume >= 2 * mean(volume, 20)"],
    ),
    (
        "volume twice",
        "volume is twice its average over 20 candles",
        ["volume >= 2 * mean(volume, 20)"],
    ),
    (
        "average over candles",
        "the volume is above its average over 20 candles",
        ["volume > mean(volume, 20)"],
    ),
    ("an average of the volume", "volume > the SMA(20) of volume", ["volume > mean(volume, 20)"]),
    ("an EMA of the volume", "volume > the 20 EMA of volume", ["volume > ema_volume"]),
    # its average, its high
    *(
        (f"its: {entry}", entry, rules)
        for entry, rules in (
            (
                "RSI(14) crosses above its 14-period SMA",
                ["crosses_above(rsi, mean(rsi, 14))"],
            ),
            ("RSI(14) crosses above its EMA(9)", ["crosses_above(rsi, ema_rsi)"]),
            ("RSI(14) is above its moving average", ["rsi > mean(rsi, 20)"]),
            ("ATR(14) is above its SMA(50)", ["atr > mean(atr, 50)"]),
            (
                "MACD(12,26,9) crosses above its EMA(9)",
                ["crosses_above(macd.line, ema_macd_line)"],
            ),
            ("RSI(14) is above its upper Bollinger band (20, 2)", ["rsi > bb_rsi.upper"]),
            (
                "RSI(14) breaks its 20-candle high",
                ["crosses_above(rsi, shift(highest(rsi, 20), 1))"],
            ),
            ("volume is above its 20-candle high", ["volume > shift(highest(volume, 20), 1)"]),
            ("ATR(14) is above its 20 candle low", ["atr > lowest(atr, 20)"]),
            ("close is above its 50 EMA", ["close > ema"]),
            ("ATR(14) is above the SMA(50)", ["atr > sma"]),
            ("volume is above the upper Bollinger band", None),
            ("RSI(14) is above the 20-candle high", None),
        )
    ),
    (
        "the bands of two things",
        "RSI(14) is above its upper band (20, 2) and RSI is above its upper band (30, 2)",
        ["rsi > bb_rsi_20_2.upper", "rsi > bb_rsi_30_2.upper"],
    ),
    # two averages of one word
    ("two lengths", "price is above the 50 and 200 EMA", ["close > ema_50", "close > ema_200"]),
    ("lengths last", "close is above the EMA 20 and 50", ["close > ema_20", "close > ema_50"]),
    (
        "three lengths",
        "close is above the 20, 50, and 200 EMA",
        ["close > ema_20", "close > ema_50", "close > ema_200"],
    ),
    (
        "two lengths before",
        "the 20 and 50 EMA are above the 200 EMA",
        ["ema_20 > ema_200", "ema_50 > ema_200"],
    ),
    ("lengths of two kinds", "price is above the 50 and 200-day EMA", None),
    (
        "a level and an average",
        "RSI(14) is below 30 and 20 EMA is above 50 EMA",
        ["rsi < 30", "ema_20 > ema_50"],
    ),
    ("two averages cross", "the 9 and 21 EMA cross", ["crosses_above(ema_9, ema_21)"]),
    ("a slash", "EMA 9/21 cross up", ["crosses_above(ema_9, ema_21)"]),
    ("a pair named twice", "EMA 9 and EMA 21 cross down", ["crosses_below(ema_9, ema_21)"]),
    # any of, all of
    ("any of", "any of RSI(14) < 30, ADX(14) > 25", ["rsi < 30 or adx > 25"]),
    (
        "any of a list",
        "any of the following is true: RSI(14) < 30, ADX(14) > 25 or close > open",
        ["rsi < 30 or adx > 25 or close > open"],
    ),
    ("one of", "one of these is true: RSI(14) < 30, close > open", ["rsi < 30 or close > open"]),
    (
        "all of",
        "all of the following hold: RSI(14) < 30, ADX(14) > 25",
        ["rsi < 30", "adx > 25"],
    ),
    ("any of, and", "any of RSI(14) < 30, ADX(14) > 25 and close > open", None),
    ("any of one", "any of RSI(14) < 30", None),
    ("two of", "two of these hold: RSI(14) < 30, ADX(14) > 25, close > open", None),
    ("neither", "neither RSI(14) < 30 nor ADX(14) > 25", None),
    ("not the case", "it is not the case that RSI(14) < 30 and ADX(14) > 25", None),
    # one after another
    ("and then", "RSI(14) dips below 30 and then recovers above 30", None),
    ("after that", "RSI(14) drops below 30, after that it crosses above 30", None),
    ("followed by", "RSI(14) < 30, followed by close > open", None),
    ("was", "RSI(14) was below 30", None),
    ("ago", "RSI(14) was below 30 3 candles ago", ["shift(rsi, 3) < 30"]),
    (
        "an average ago",
        "close was above the EMA(50) 3 candles ago",
        ["shift(close, 3) > shift(ema, 3)"],
    ),
    ("than ago", "RSI(14) is higher than it was 10 candles ago", ["rsi > shift(rsi, 10)"]),
    ("a value ago", "close > close 5 candles ago", ["close > shift(close, 5)"]),
    ("the previous candle's", "RSI(14) > the previous candle's RSI", ["rsi > shift(rsi, 1)"]),
    ("for candles", "RSI(14) < 30 for 3 candles", ["highest(rsi, 3) < 30"]),
    (
        "for candles, no length",
        "close is above the EMA(50) for 20 candles",
        ["lowest(close - ema, 20) > 0"],
    ),
    (
        "between for candles",
        "RSI(14) is between 40 and 60 for 3 candles",
        ["lowest(rsi, 3) >= 40", "highest(rsi, 3) <= 60"],
    ),
    (
        "within the last",
        "RSI(14) crosses above 30 within the last 5 candles",
        ["bars_since(crosses_above(rsi, 30)) < 5"],
    ),
    (
        "was within the last",
        "RSI(14) was below 30 within the last 5 candles",
        ["bars_since(rsi < 30) < 5"],
    ),
    # shares and distances
    ("percent of", "volume is 150% of its average", ["volume >= 1.5 * mean(volume, 20)"]),
    ("below percent of", "close is below 98% of the SMA(20)", ["close < 0.98 * sma"]),
    ("below half", "volume < half its 20-candle average", ["volume < 0.5 * mean(volume, 20)"]),
    ("not when", "RSI(14) < 30 but not when ADX(14) > 40", ["rsi < 30", "not (adx > 40)"]),
    ("half", "volume is half its average", ["volume <= 0.5 * mean(volume, 20)"]),
    ("doubles", "volume doubles its average", ["volume >= 2 * mean(volume, 20)"]),
    ("a distance in ATR", "close is 2 ATR below the EMA(20)", ["close < ema - 2 * atr"]),
    (
        "more than a distance",
        "close is more than 2 ATR above the EMA(20)",
        ["close > ema + 2 * atr"],
    ),
    ("less than a distance", "close is less than 2 ATR above the EMA(20)", None),
    ("percent of the price", "ATR(14) is greater than 2% of price", ["atr > 0.02 * close"]),
    (
        "near",
        "close is within 1% of EMA(50)",
        ["close >= 0.99 * ema", "close <= 1.01 * ema"],
    ),
    ("RSI in percent", "RSI(14) < 30%", ["rsi < 30"]),
    ("a price in percent", "close < 30%", None),
    ("not between", "RSI(14) is not between 30 and 70", ["rsi < 30 or rsi > 70"]),
    ("still", "RSI(14) is still below 30", ["rsi < 30"]),
    # bands
    ("period inside", "close < the lower 20 period Bollinger band", ["close < bb.lower"]),
    ("outside", "close is outside the upper band", ["close > bb.upper"]),
    ("outside of nothing", "close is outside the EMA(20)", None),
    (
        "deviations",
        "close < lower Bollinger band with 2.5 standard deviations",
        ["close < bb.lower"],
    ),
    ("deviations twice", "close < lower BB(20, 2) with 3 standard deviations", None),
    # as code writes it
    ("functions", "ema(close, 20) > sma(close, 50)", ["ema > sma"]),
    ("highest", "close > highest(high, 20)", ["close > shift(highest(high, 20), 1)"]),
    ("mean of volume", "volume > sma(volume, 20)", ["volume > mean(volume, 20)"]),
    # extremes, levels in brackets, semicolons
    (
        "the close makes a new high",
        "close makes a new 55-candle high",
        ["close > shift(highest(high, 55), 1)"],
    ),
    (
        "a breakout without a subject",
        "breakouts above the 20 candle high",
        ["crosses_above(close, shift(highest(high, 20), 1))"],
    ),
    ("a level in brackets", "RSI(14) is oversold (<20)", ["rsi < 20"]),
    ("a wider level", "RSI(14) is oversold (below 35) and ADX > 20", ["rsi < 35", "adx > 20"]),
    ("a semicolon and or", "RSI(14) < 30; or ADX(14) > 25", ["rsi < 30 or adx > 25"]),
    (
        "the low of the last",
        "the low of the last 3 candles is above the EMA(20)",
        ["lowest(low, 3) > ema"],
    ),
    ("a semicolon", "RSI(14) < 30; ADX(14) > 25", ["rsi < 30", "adx > 25"]),
    (
        "two of one kind",
        "RSI < 30 or RSI(7) < 20",
        ["rsi_14 < 30 or rsi_7 < 20"],
    ),
    ("above candles of an average", "close over 20 period EMA", ["close > ema"]),
    (
        "volume times its average",
        "volume is above 2 times its 20 period average",
        ["volume > 2 * mean(volume, 20)"],
    ),
    ("volume and its SMA", "volume is above its 20 SMA", ["volume > mean(volume, 20)"]),
    ("the low of n", "close is above the 10-candle low", ["close > lowest(low, 10)"]),
    ("a time's high", "close > 24-hour high", ["close > shift(highest(high, 24), 1)"]),
    ("previous candle", "close is above the previous high", ["close > shift(high, 1)"]),
    ("rising", "EMA(50) is rising for 3 candles", ["rising(ema, 3)"]),
    ("falling", "RSI(14) has been falling for 3 candles", ["falling(rsi, 3)"]),
    ("green", "RSI(14) < 30 and the candle is green", ["rsi < 30", "close > open"]),
    ("red in a row", "RSI(14) < 30 after 3 red candles in a row", None),
    ("band names", "close < BB(20, 2) lower", ["close < bb.lower"]),
    (
        "band of the bands",
        "close < lower band of the Bollinger Bands (20, 2)",
        ["close < bb.lower"],
    ),
    ("touches a band", "price touches the lower Bollinger band (20,2)", ["low <= bb.lower"]),
    (
        "two kinds of average",
        "EMA(20) > SMA(50)",
        ["ema > sma"],
    ),
    ("arithmetic", "close < EMA(50) - 2 * ATR(14)", ["close < ema - 2 * atr"]),
]
"""Id, the entry as written, its rules; ``None`` where the clause must be unread."""

RISKS = [
    ("stop loss of", "stop loss of 2%", {"stoploss": -0.02}),
    ("stoploss at", "stoploss at -2%", {"stoploss": -0.02}),
    ("stop at percent", "stop at 2 percent", {"stoploss": -0.02}),
    ("sl", "SL: 2.5%", {"stoploss": -0.025}),
    ("below entry", "stop 2% below entry", {"stoploss": -0.02}),
    ("in words", "a two percent stop", {"stoploss": -0.02}),
    ("cut losses", "cut losses at 3%", {"stoploss": -0.03}),
    ("stop and target", "2% stop and 4% target", {"stoploss": -0.02, "take_profit": 0.04}),
    ("no comma", "stop loss 2% take profit 5%", {"stoploss": -0.02, "take_profit": 0.05}),
    ("take profit at", "take profit at 5%", {"take_profit": 0.05}),
    ("target", "target 5%", {"take_profit": 0.05}),
    ("profit target of", "profit target of 5%", {"take_profit": 0.05}),
    ("target expression", "target: the 50 EMA", {"target": "ema"}),
    ("ATR stop after", "stop 1.5 ATR", {"stop_atr": {"multiple": 1.5, "period": 14}}),
    ("ATR stop before", "1.5 x ATR stop", {"stop_atr": {"multiple": 1.5, "period": 14}}),
    (
        "ATR stop with period",
        "stop loss at 3 times ATR(20)",
        {"stop_atr": {"multiple": 3, "period": 20}},
    ),
    ("trailing before", "3% trailing stop", {"trailing": {"ratio": 0.03}}),
    ("trail by", "trail by 3%", {"trailing": {"ratio": 0.03}}),
    ("trailing ATR", "3 ATR trailing stop", {"trailing": {"multiple": 3, "period": 22}}),
    ("hold for", "hold for at most 2 days", {"max_holding": "2d"}),
    ("time stop", "time stop 12 candles", {"max_holding": {"candles": 12}}),
    ("exit after candles", "exit after 12 candles", {"max_holding": {"candles": 12}}),
    ("close after", "close the trade after 90 minutes", {"max_holding": "90m"}),
    ("risk per trade", "risk 1.5% per trade", {"risk_per_trade": 0.015}),
    ("risk before", "1% risk per trade", {"risk_per_trade": 0.01}),
    ("open trades", "at most 3 open trades", {"max_open_trades": 3}),
    ("one at a time", "one trade at a time", {"max_open_trades": 1}),
    ("no more than", "no more than 4 positions", {"max_open_trades": 4}),
    ("leverage", "leverage 5x", {"leverage": 5}),
    ("ATR stop", "ATR stop 2", {"stop_atr": {"multiple": 2, "period": 14}}),
    ("ATR stop of", "ATR(10) stop of 2.5x", {"stop_atr": {"multiple": 2.5, "period": 10}}),
    ("then hold", "then hold for 12 candles", {"max_holding": {"candles": 12}}),
    ("leverage in between", "2.5x leverage", {"leverage": 2.5}),
    ("max loss", "max loss 3%", {"stoploss": -0.03}),
    ("hold up to", "hold for up to 36 hours", {"max_holding": "36h"}),
    ("hold a week", "maximum holding time 1 week", {"max_holding": "1w"}),
    (
        "trailing ATR with period",
        "trailing stop 2 x ATR(10)",
        {"trailing": {"multiple": 2, "period": 10}},
    ),
    ("ATR after its factor", "stop 2 ATR below entry", {"stop_atr": {"multiple": 2, "period": 14}}),
]
"""Id, the sentence, the fields of ``risk`` that it gives."""

TIMEFRAMES = [
    ("1h candles", "1h"),
    ("on the 4 hour chart", "4h"),
    ("15m", "15m"),
    ("daily", "1d"),
    ("daily candles", "1d"),
    ("hourly", "1h"),
    ("weekly chart", "1w"),
    ("timeframe: 30m", "30m"),
    ("5 min timeframe", "5m"),
    ("use the 5-minute bars", "5m"),
    ("60 minute candles", "1h"),
    ("1D", "1d"),
    ("4H", "4h"),
    ("one hour candles", "1h"),
    ("H4 chart", "4h"),
]
"""A sentence and the timeframe it names."""

UNREAD = [
    (
        "the moon",
        "Buy when RSI(14) < 30 and the moon is full. 1h, 2% stop.",
        ["the moon is full"],
        ["rsi < 30"],
    ),
    (
        "a faster timeframe",
        "Buy when RSI(14) < 30 and price is above the EMA(200) on the 5m chart. 1h candles.",
        ["price is above the EMA(200) on the 5m chart"],
        ["rsi < 30"],
    ),
    (
        "an indicator not known",
        "Buy when RSI(14) < 30 and the Foobar(9) is above 3. 1h.",
        ["the Foobar(9) is above 3"],
        ["rsi < 30"],
    ),
    (
        "pairs with rules of their own",
        "Buy BTC when RSI(14) < 30. Buy ETH when RSI(14) < 20. 1h.",
        ["BTC", "ETH"],
        ["rsi < 30 or rsi < 20"],
    ),
    (
        "a whole exit",
        "Buy when RSI(14) < 30. Sell when you feel like it. 1h.",
        ["Sell when you feel like it"],
        ["rsi < 30"],
    ),
    (
        "a condition under a verb not known",
        "Buy when RSI(14) < 30, reduce the position when RSI(14) > 50. 1h.",
        ["reduce the position when RSI(14) > 50"],
        ["rsi < 30"],
    ),
    (
        "an exit denied",
        "Buy when RSI(14) < 30. Never sell when ADX(14) > 40. 1h.",
        ["Never sell when ADX(14) > 40"],
        ["rsi < 30"],
    ),
    (
        "a second stop",
        "Buy when RSI(14) < 30. 1h. Stop loss 2%. Stop loss 3%.",
        ["Stop loss 3%"],
        ["rsi < 30"],
    ),
    (
        "a stop larger than everything",
        "Buy when RSI(14) < 30. 1h. Stop loss 150%.",
        ["Stop loss 150%"],
        ["rsi < 30"],
    ),
    (
        "a timeframe that is none",
        "Buy when RSI(14) < 30. 7m candles.",
        ["7m candles"],
        ["rsi < 30"],
    ),
    (
        "a period that is none",
        "Buy when RSI(14) < 30 and EMA(0) > close. 1h.",
        ["EMA(0) > close"],
        ["rsi < 30"],
    ),
    (
        "an average of faster candles",
        "Buy when RSI(14) < 30 and close is above the 200-minute EMA. 1h.",
        ["close is above the 200-minute EMA"],
        ["rsi < 30"],
    ),
    (
        "a part of an or",
        "Buy when RSI(14) < 30 or the news are good and ADX(14) > 20. 1h.",
        ["the news are good"],
        ["rsi < 30 or adx > 20"],
    ),
    *(
        (told, f"Buy when RSI(14) < 30. 1h. {told}.", [told], ["rsi < 30"])
        for told in (
            "Take profit 0%",
            "Trailing stop 5% after 3% profit",
            "Risk 150% per trade",
            "0 open trades at once",
            "Keep 3 trades",
            "500x leverage",
            "Target 5",
            "Take profit at 3 x ATR(14)",
            "Stop 2 x 14-day ATR",
            "Stop 500 ATR(14)",
            "Sell at RSI 60",
            "Sell at 5%",
            "Buy with a smile",
        )
    ),
    (
        "a part of a position",
        "Buy when RSI(14) < 30, sell half when RSI > 50, sell rest when RSI > 70.",
        ["sell half when RSI > 50", "sell rest when RSI > 70"],
        ["rsi < 30"],
    ),
    (
        "a percentage of a position",
        "Buy when RSI(14) < 30. Sell 50% when RSI > 50. Partially sell when RSI > 60.",
        ["Sell 50% when RSI > 50", "Partially sell when RSI > 60"],
        ["rsi < 30"],
    ),
    (
        "a part in brackets",
        "Buy when RSI(14) < 30. Sell when RSI > 50 (half)",
        ["Sell when RSI > 50 (half"],
        ["rsi < 30"],
    ),
    (
        "for the exit",
        "Buy when RSI(14) below 30 and RSI(14) above 70 on exit.",
        ["RSI(14) above 70 on exit"],
        ["rsi < 30"],
    ),
    (
        "one thing, then a verb",
        "Once RSI(14) drops below 30, buy when it crosses above 30. Buy when ADX > 40.",
        ["RSI(14) drops below 30, buy when it crosses above 30"],
        ["adx > 40"],
    ),
    (
        "whose condition it is",
        "Buy if RSI(14) < 30, when ADX < 25, sell if RSI > 70. Buy when ADX > 40.",
        ["Buy if RSI(14) < 30, when ADX < 25", "sell if RSI > 70"],
        ["adx > 40"],
    ),
    (
        "it, of what was not understood",
        "Buy when ADX(14) > 20. Sell when RSI(3) > RSI(3). Sell when it is above 70.",
        ["Sell when RSI(3) > RSI(3)", "Sell when it is above 70"],
        ["adx > 20"],
    ),
    (
        "a sentence about nothing",
        "Buy when RSI(14) < 30. I found this on a forum yesterday. 1h.",
        ["I found this on a forum yesterday"],
        ["rsi < 30"],
    ),
]
"""Id, brief, what is unread, the entry that is left."""

REFUSED = [
    ("no rule at all", "make me rich"),
    ("only an exit", "Sell when RSI(14) > 70. 1h candles."),
    ("an entry not understood", "Buy when the moon is full. Sell when RSI > 70."),
    ("a condition without a verb", "RSI below 30"),
    ("a denied entry", "Do not buy when RSI is below 30"),
    ("only punctuation", "... !!! ???"),
]
