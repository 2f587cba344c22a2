"""Numbers, brackets, signs and names that were once read as something else.

A brief of these is read as it is meant, or it stops: an unread part of it blocks.
"""

from __future__ import annotations

from typing import Any

import pytest

from freqgen import Brief, BriefError, Reading
from freqgen_offline.reader import read_brief

END = " 1h, 2% stop."


def read(text: str) -> tuple[dict[str, Any], Reading]:
    return read_brief(Brief.from_text(text + END))


def params(design: dict[str, Any]) -> dict[str, list[float]]:
    """The parameters of each indicator, by its id."""
    return {spec["id"]: [*spec["params"].values()] for spec in design["indicators"]}


JOINED = [
    ("price > EMA 50 + RSI < 30", ["close > ema", "rsi < 30"]),
    ("RSI < 30 plus MFI < 20", ["rsi < 30", "mfi < 20"]),
    ("RSI below 30 + price above EMA 200", ["rsi < 30", "close > ema"]),
    ("RSI below 30 + volume above average", ["rsi < 30", "volume > mean(volume, 20)"]),
    ("close > EMA 200 + close < lower band", ["close > ema", "close < bb.lower"]),
    ("close > open + RSI > 50", ["close > open", "rsi > 50"]),
    ("EMA 9 > EMA 21 + RSI > 50", ["ema_9 > ema_21", "rsi > 50"]),
    ("EMA 9 crosses above EMA 21 + MACD > 0", ["crosses_above(ema_9, ema_21)", "macd.line > 0"]),
    ("RSI > 50 + MACD > 0", ["rsi > 50", "macd.line > 0"]),
    ("RSI < 30: ADX > 25", ["rsi < 30", "adx > 25"]),
    ("RSI < 30 + green candle", ["rsi < 30", "close > open"]),
]  # fmt: skip

ARITHMETIC = [
    ("close > EMA 20 + 2 * ATR", ["close > ema + 2 * atr"]),
    ("close > 2 * ATR + EMA 20", ["close > 2 * atr + ema"]),
    ("close < EMA 20 - 1.5 * ATR(14)", ["close < ema - 1.5 * atr"]),
    ("close - EMA 50 > 2 * ATR", ["close - ema > 2 * atr"]),
    ("high - low > 2 * ATR", ["high - low > 2 * atr"]),
    ("close > 2 * EMA(50) - EMA(20)", ["close > 2 * ema_50 - ema_20"]),
    ("upper band - lower band < 0.05 * close", ["bb.upper - bb.lower < 0.05 * close"]),
    ("RSI > RSI 5 candles ago + 5", ["rsi > shift(rsi, 5) + 5"]),
    ("RSI(7) - RSI(14) > 5", ["rsi_7 - rsi_14 > 5"]),
    ("+DI - -DI > 10", ["plus_di - minus_di > 10"]),
    ("MACD - signal > 0", ["macd.line - macd.signal > 0"]),
    ("volume + volume 1 candle ago > 1000", ["volume + shift(volume, 1) > 1000"]),
]  # fmt: skip

CHAINS = [
    ("30 < RSI < 50", ["rsi > 30", "rsi < 50"]),
    ("EMA 9 > EMA 21 > EMA 50", ["ema_9 > ema_21", "ema_21 > ema_50"]),
    ("lower band < close < middle band", ["bb.lower < close", "close < bb.middle"]),
    ("close > 100 EMA > 200 EMA", ["close > ema_100", "ema_100 > ema_200"]),
    ("MACD crosses above its signal below zero",
     ["crosses_above(macd.line, macd.signal)", "macd.line < 0"]),
]  # fmt: skip

EARLIER = [
    ("the previous close was below the previous EMA 50", ["shift(close, 1) < shift(ema, 1)"]),
    ("the previous MACD was below the previous signal",
     ["shift(macd.line, 1) < shift(macd.signal, 1)"]),
    ("the previous low was below the previous lower band", ["shift(low, 1) < shift(bb.lower, 1)"]),
    ("close 2 candles ago was below close 3 candles ago", ["shift(close, 2) < shift(close, 3)"]),
    ("the RSI 2 candles ago was below 30", ["shift(rsi, 2) < 30"]),
    ("the previous RSI was below 30", ["shift(rsi, 1) < 30"]),
    ("close is the lowest close of the last 7 candles", ["close <= lowest(close, 7)"]),
    ("close is the highest close of the last 7 candles", ["close >= highest(close, 7)"]),
    ("the low is the lowest low of the last 10 candles", ["low <= shift(lowest(low, 10), 1)"]),
    ("price is at a 20 candle high", ["high >= shift(highest(high, 20), 1)"]),
]  # fmt: skip

SIDES = [
    ("Supertrend(10,3) and Supertrend(11,2) are green",
     ["supertrend_10_3.direction > 0", "supertrend_11_2.direction > 0"]),
    ("Supertrend(10,3), Supertrend(11,2) and Supertrend(12,1) are bullish",
     ["supertrend_10_3.direction > 0", "supertrend_11_2.direction > 0",
      "supertrend_12_1.direction > 0"]),
    ("Supertrend(10,3) and Supertrend(11,2) are red",
     ["supertrend_10_3.direction < 0", "supertrend_11_2.direction < 0"]),
    ("ADX > 25 and +DI > -DI", ["adx > 25", "plus_di > minus_di"]),
    ("price is above the daily EMA 50 and RSI < 30", ["close > ema_1d", "rsi < 30"]),
    ("price is above the 4h EMA 200 and the EMA 9 crosses above the EMA 21",
     ["close > ema_4h", "crosses_above(ema_9, ema_21)"]),
]  # fmt: skip

DAYS = [
    ("RSI < 30 Mon to Wed, Fri",
     ["rsi < 30", "weekday() == 0 or weekday() == 1 or weekday() == 2 or weekday() == 4"]),
    ("RSI < 30 on Mon, Wed-Fri",
     ["rsi < 30", "weekday() == 0 or weekday() == 2 or weekday() == 3 or weekday() == 4"]),
    ("RSI < 30 Mon-Tue and Fri-Sat",
     ["rsi < 30", "weekday() == 0 or weekday() == 1 or weekday() == 4 or weekday() == 5"]),
    ("RSI < 30, Sat to Mon", ["rsi < 30", "weekday() == 5 or weekday() == 6 or weekday() == 0"]),
    ("RSI < 30 Mon to Wed", ["rsi < 30", "weekday() <= 2"]),
    ("RSI < 30 Mon to Wed, Thu", ["rsi < 30", "weekday() <= 3"]),
    ("RSI < 30 on Sat and Sun", ["rsi < 30", "weekday() >= 5"]),
]  # fmt: skip

RIGHT = [*JOINED, *ARITHMETIC, *CHAINS, *EARLIER, *SIDES, *DAYS]


@pytest.mark.parametrize(("text", "rules"), RIGHT, ids=[text for text, _ in RIGHT])
def test_it_is_read_as_it_is_meant(text: str, rules: list[str]) -> None:
    design, reading = read(f"Buy when {text}.")
    assert design["entry_long"] == rules
    assert not reading.unread


PARAMETERS = [
    ("RSI is below 30 (length 10)", {"rsi": [10]}),
    ("RSI is oversold (period 10)", {"rsi": [10]}),
    ("MACD line is above zero (8, 21, 5)", {"macd": [8, 21, 5]}),
    ("MACD (8, 21, 5) crosses above its signal", {"macd": [8, 21, 5]}),
    ("stochastic (14) %K crosses above %D", {"stoch": [14, 3, 3]}),
    ("Supertrend is green (11, 2)", {"supertrend": [11, 2]}),
    ("price is below the lower band (30)", {"bb": [30, 2, 2]}),
    ("price is below the lower band (length 5)", {"bb": [5, 2, 2]}),
    ("price is below the lower band (2.5 std)", {"bb": [20, 2.5, 2.5]}),
    ("price is below the lower Bollinger band (std 3)", {"bb": [20, 3, 3]}),
    ("price is below the lower BB (20 candles, 3 std)", {"bb": [20, 3, 3]}),
    ("+DI(7) > -DI", {"plus_di": [7], "minus_di": [7]}),
    ("price is above the 50-hour EMA", {"ema": [50]}),
    ("the 14-day RSI is below 30", {"rsi_1d": [14]}),
    ("the 4h Supertrend is green", {"supertrend_4h": [10, 3]}),
    ("RSI is oversold (<20)", {"rsi": [14]}),
    ("2-period RSI < 10", {"rsi": [2]}),
    ("close is above the EMA (200)", {"ema": [200]}),
    ("close is above the EMA of the last 50 candles", {"ema": [50]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), PARAMETERS, ids=[text for text, _ in PARAMETERS])
def test_it_has_the_parameters_that_are_meant(text: str, found: dict[str, list[float]]) -> None:
    design, reading = read(f"Buy when {text}.")
    assert params(design) == found
    assert not reading.unread


STOPS = [
    # signs between conditions
    "Entry:\n1 - RSI < 40\n2 - ADX > 20\n\n",
    "Entry: RSI < 30 - ADX > 25.",
    "Buy when RSI < 30 * ADX > 20.",
    "Buy when RSI < 30 x ADX > 20.",
    "Buy when RSI < 30 / MFI < 20.",
    "Buy when close > EMA 50 - RSI < 30.",
    "Buy when RSI < 30 + MFI < 20 + ADX > 20.",
    "Buy when RSI < 30 minus ADX.",
    "Buy when RSI < 20 - 30.",
    "Buy when RSI > 50 + 5.",
    "Buy when RSI + MFI < 60.",
    "Buy when RSI + 5 < MFI.",
    "Buy when price > EMA 50 + RSI.",
    "Buy when MACD + signal > 0.",
    "Buy when high - low > EMA 20.",
    "BB + RSI: when price < lower band and RSI < 30, buy.",
    "RSI + EMA: when price is above EMA 100, buy when RSI < 30.",
    "EMA + SMA: when close is above the EMA 50, buy.",
    # nothing between conditions
    "Buy when RSI < 30 ADX > 25.",
    "Buy: RSI<30 ADX>25.",
    "Buy when RSI below 30 ADX above 25.",
    "Buy when RSI < 30 -- ADX > 25.",
    'Buy when RSI < 30 "ADX > 25".',
    "Buy when RSI crosses above 30 ADX > 25.",
    "Buy when RSI crosses above 30 RSI below 70.",
    "Buy when CCI < -100 ADX > 25.",
    "Buy when RSI < 30 MFI < 20.",
    "Buy when RSI < 30 ADX.",
    "Buy when RSI < 30 < ADX.",
    "Buy when EMA 9 > EMA 21 < EMA 50.",
    "Buy when EMA 50 < close > EMA 200.",
    "Buy when high - low > 2 x ATR > 10.",
    # numbers in brackets
    "Buy when RSI is oversold (20).",
    "Buy when RSI(14) is oversold (20).",
    "Sell when RSI is overbought (80). Buy when RSI is oversold (20).",
    "Buy when stochastic is oversold (20).",
    "Buy when CCI is oversold (-150).",
    "Buy when Williams %R is oversold (-90).",
    "Buy when ADX is rising (25).",
    "Buy when RSI is below 30 (14).",
    "Buy when RSI is below 30 (k 2).",
    "Buy when RSI is rising (3 candles).",
    "Buy when RSI is below 30 (3 candles).",
    "Buy when RSI crosses above 30 (2 candles).",
    "Buy when MACD is positive (3 of 5 candles).",
    "Buy when Supertrend is green (3 candles).",
    "Buy when price closes below the lower band (2 candles).",
    "Buy when price is above EMA (5 candles).",
    "Buy when price is above EMA 3 candles in a row.",
    "Buy when volume is above average 3 candles in a row.",
    "Buy when volume is above average (2x).",
    "Buy when volume is above average (x2).",
    "Buy when volume is above average (2).",
    "Buy when volume > SMA (2x).",
    "Buy when price is below the lower band (2).",
    "Buy when price is below the lower Keltner channel (3).",
    "Buy when Supertrend (3) is green.",
    "Buy when Supertrend (factor 2) is green.",
    "Buy when MACD (signal 5) crosses up.",
    "Buy when price is above the average (EMA 200).",
    "Buy when close > EMA 20 (high).",
    "Buy when close > EMA 20 (of the low).",
    "Buy when close > 20 SMA (hl2).",
    "Buy when stochastic %K(14) crosses above %D(3).",
    "Buy when tenkan (9) crosses above kijun (26).",
    "Buy when Aroon up (25) > Aroon down (14).",
    "Buy when +DI(14) > -DI(7).",
    # times that are no timeframe
    "Buy when 7h MACD crosses above its signal.",
    "Buy when 3h Supertrend is green.",
    "Buy when 5h RSI < 30.",
    "Buy when 10 hour RSI < 30.",
    "Buy when 5h SAR < close.",
    "Buy when 3h Ichimoku tenkan > kijun.",
    "Buy when 7h stochastic < 20.",
    "Buy when 5h OBV is rising.",
    "Buy when 5h Heikin Ashi is green and RSI < 30.",
    "Buy when the last 7 RSI are under 40.",
    "Buy when the past 3 MFI < 20.",
    "Buy when the last 5 candles RSI is below 30.",
    "Buy when RSI of the last 5 candles is below 30.",
    # another candle, another pair, another chart
    "Buy when the previous RSI was below 30 2 candles ago.",
    "Buy when the previous close was above the open.",
    "Buy when the previous close was above the previous high.",
    "Buy when the previous close is above its EMA 50.",
    "Buy when close is the highest in 20 candles.",
    "Buy when the close is a 20 candle high.",
    "Buy when RSI of ETH/USDT < 30 and that of BTC/USDT > 50.",
    "Buy when the RSI of BTC and that of ETH are above 50.",
    "Buy when BTC's ADX > 25 and +DI > -DI.",
    "Buy when BTC's MACD > 0 and the histogram is rising.",
    "Buy when BTC's stochastic %K > 20 and %D is rising.",
    "Buy when 4h ADX > 25 and +DI > -DI.",
    "Buy when the 4h EMA 50 is above the 4h EMA 200 and price is above the EMA 50.",
    "Buy when price is above the daily EMA 50 and the EMA is rising.",
    # other candles, other clocks
    "Use Heikin Ashi candles. Buy when close > EMA 20.",
    "1h Heikin Ashi chart. Buy when close > EMA 20.",
    "On Heikin Ashi candles, buy when close > EMA 20.",
    "Heikin Ashi 1h. Buy when close > EMA 20.",
    "Renko 1h. Buy when close > EMA 20.",
    "1h Renko chart. Buy when close > EMA 20.",
    "Range bars. Buy when close > EMA 20.",
    "All times are EST. Trade only between 9:00 and 17:00. Buy when RSI < 30.",
    "Times in CET. Buy when RSI < 30 between 9:00 and 17:00.",
    "I'm in New York. Buy when RSI < 30 between 9:00 and 17:00.",
    # levels of another scale, and words that change a level
    "Buy when stochastic RSI is below 0.2.",
    "Buy when RSI is below 0.3.",
    "Buy when RSI is between 0.2 and 0.4.",
    "Buy when RSI and MFI are below 0.3.",
    "Buy when Williams %R < -0.8.",
    "Buy when EMA and MACD are positive.",
    "Buy when price is positive.",
    "Buy when RSI is very oversold.",
    "Buy when RSI is just above 30.",
    "Buy when RSI is only just below 30.",
    "Buy when we are in a golden cross and RSI < 40.",
    "Buy when RSI < 30, Mon to Sun.",
]


@pytest.mark.parametrize("text", STOPS)
def test_it_stops(text: str) -> None:
    try:
        _, reading = read(text)
    except BriefError:
        return
    assert [span.text for span in reading.unread if span.blocks]


@pytest.mark.parametrize(
    "text",
    [
        "Heikin Ashi 1h. Buy when close > EMA 20. 2% stop.",
        "1h Renko chart. Buy when close > EMA 20. 2% stop.",
        "1h Heikin Ashi chart. Buy when close > EMA 20. 2% stop.",
    ],
)
def test_a_timeframe_of_other_candles_is_none(text: str) -> None:
    _, reading = read_brief(Brief.from_text(text))
    assert any(span.blocks for span in reading.unread)


@pytest.mark.parametrize(
    "text", ["MACD + RSI strategy. Buy when RSI < 30.", "RSI + EMA strategy: buy when RSI < 30."]
)
def test_a_title_with_a_sign_joins_nothing(text: str) -> None:
    design, reading = read(text)
    assert design["entry_long"] == ["rsi < 30"]
    assert not any(span.blocks for span in reading.unread)
