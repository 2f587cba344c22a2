"""Briefs that were once read as something else, found by somebody who tried to.

What cannot be read is listed; where that belongs to an entry or a stop, it blocks.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from freqgen import Brief, BriefError, Reading
from freqgen_offline.reader import read_brief

END = " 1h, 2% stop."


def read(text: str) -> tuple[dict[str, Any], Reading]:
    return read_brief(Brief.from_text(text))


RIGHT = [
    ("Buy the dip: when price drops 5% in 6 candles, buy.", "entry_long",
     ["change(close, 6) <= -0.05"]),
    ("Alts only move when BTC lets them, so: buy when RSI < 30.", "entry_long", ["rsi < 30"]),
    ("i only sit at my desk during the day, so buy when RSI < 30.", "entry_long", ["rsi < 30"]),
    ("I never chase, so buy when RSI < 30.", "entry_long", ["rsi < 30"]),
    ("I never trade on Mondays, so buy when RSI < 30.", "entry_long",
     ["rsi < 30", "not (weekday() == 0)"]),
    ("Golden cross. Buy when EMA 50 crosses above EMA 200.", "entry_long",
     ["crosses_above(ema_50, ema_200)"]),
    ("Golden cross: buy when the 50 EMA crosses above the 200 EMA.", "entry_long",
     ["crosses_above(ema_50, ema_200)"]),
    ("Death cross: short when SMA 20 crosses below SMA 100.", "entry_short",
     ["crosses_below(sma_20, sma_100)"]),
    ("Golden cross system. Buy when RSI < 30.", "entry_long", ["rsi < 30"]),
    ("MACD cross. Buy when MACD crosses above its signal.", "entry_long",
     ["crosses_above(macd.line, macd.signal)"]),
    ("MACD cross bot: buy when RSI < 30.", "entry_long", ["rsi < 30"]),
    ("Hammer reversal: buy when RSI < 30.", "entry_long", ["rsi < 30"]),
    ("Bear market strategy: short when RSI > 70.", "entry_short", ["rsi > 70"]),
    ("Stochastic. Buy when fast %K is below 20.", "entry_long", ["stochf.k < 20"]),
    ("Put this on the 1h chart: buy when RSI < 30.", "entry_long", ["rsi < 30"]),
    ("Buy when the market is oversold (RSI below 30).", "entry_long", ["rsi < 30"]),
    ("Conservative strategy with max 2 open trades: buy when RSI < 35.", "entry_long",
     ["rsi < 35"]),
    ("Buy when RSI < 30. Sell all trades when ADX < 20.", "exit_long", ["adx < 20"]),
    ("Buy when RSI < 30. Exit all trades on Fridays.", "exit_long", ["weekday() == 4"]),
    ("In short, buy when RSI < 30.", "entry_long", ["rsi < 30"]),
    ("Buy if either:\n- RSI < 30\n- MFI < 20\n\n", "entry_long", ["rsi < 30 or mfi < 20"]),
    ("Buy when RSI < 30. Buy if also ADX > 20.", "entry_long", ["rsi < 30", "adx > 20"]),
    ("Buy when close > the highest high of the last 20 candles, without the current one.",
     "entry_long", ["close > shift(highest(high, 20), 1)"]),
    ("Buy when MACD crosses up, with the MACD at 12, 26 and 9.", "entry_long",
     ["crosses_above(macd.line, macd.signal)"]),
    ("## Entry\n- RSI < 30\n## Exit\n- RSI > 70\n## Settings\n- RSI: period 7\n", "exit_long",
     ["rsi > 70"]),
    ("Unless price is below the EMA 200, buy when RSI < 30.", "entry_long",
     ["not (close < ema)", "rsi < 30"]),
    ("Sell unless RSI is below 60. Buy when RSI < 30.", "exit_long", ["not (rsi < 60)"]),
    ("Long:\nRSI < 30\nADX > 25\n\n", "entry_long", ["rsi < 30", "adx > 25"]),
    ("Buy when price is between the 50 and 200 EMA.", "entry_long",
     ["close >= ema_50", "close <= ema_200"]),
    ("Buy when the 4h MACD crosses above its signal.", "entry_long",
     ["crosses_above(macd_4h.line, macd_4h.signal)"]),
    ("Buy when MACD is above its signal on the 4h.", "entry_long",
     ["macd_4h.line > macd_4h.signal"]),
    ("Buy when the 4h stochastic %K crosses above %D.", "entry_long",
     ["crosses_above(stoch_4h.k, stoch_4h.d)"]),
    ("Sell short when RSI > 70, buy back when RSI < 30.", "exit_short", ["rsi < 30"]),
    ("Buy when RSI < 30. But only go long when price is above the EMA 200.", "entry_long",
     ["rsi < 30", "close > ema"]),
    ("Buy when RSI < 30. To buy, price must also be above the EMA 200.", "entry_long",
     ["rsi < 30", "close > ema"]),
    ("Buy when RSI < 30 or when MFI < 20, sell after 10 candles.", "entry_long",
     ["rsi < 30 or mfi < 20"]),
    ("Buy when RSI is oversold, meaning below 35.", "entry_long", ["rsi < 35"]),
    ("Buy only when RSI < 30.", "entry_long",
     ["rsi < 30"]),
    ("Only buy when RSI < 30.", "entry_long",
     ["rsi < 30"]),
    ("I only buy when RSI < 30.", "entry_long",
     ["rsi < 30"]),
    ("Only go long when RSI < 30.", "entry_long",
     ["rsi < 30"]),
    ("Only enter when RSI < 30 and MACD > 0.", "entry_long",
     ["rsi < 30", "macd.line > 0"]),
    ("To buy, RSI must be below 30. To sell, RSI must be above 70.", "entry_long",
     ["rsi < 30"]),
    ("Only buy when RSI < 30. Only buy when ADX > 25.", "entry_long",
     ["rsi < 30", "adx > 25"]),
    ("Buy when RSI < 30 between 9am and 5pm.", "entry_long",
     ["rsi < 30", "hour() >= 9", "hour() < 17"]),
    ("Buy when EMA 20 and EMA 50 are rising.", "entry_long",
     ["rising(ema_20, 1)", "rising(ema_50, 1)"]),
    ("Buy when RSI and MFI are below 30.", "entry_long",
     ["rsi < 30", "mfi < 30"]),
    ("Buy when RSI > 50 and not ADX > 40.", "entry_long",
     ["rsi > 50", "adx <= 40"]),
    ("Buy when RSI < 30 and EMA 50 > EMA 200 on the 4h.", "entry_long",
     ["rsi < 30", "ema_50_4h > ema_200_4h"]),
    ("Buy when CCI < -100. But not when RSI > 70.", "entry_long",
     ["cci < -100", "not (rsi > 70)"]),
    ("Buy when CCI < - 100.", "entry_long",
     ["cci < -100"]),
    ("Buy when CCI < –100.", "entry_long",
     ["cci < -100"]),
    ("Buy when CCI is below minus 100.", "entry_long",
     ["cci < -100"]),
    ("Buy when price closed above EMA 50 2 candles ago.", "entry_long",
     ["shift(close, 2) > shift(ema, 2)"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "rules"), RIGHT, ids=[r[0][:40] for r in RIGHT])
def test_it_is_read_right_now(text: str, name: str, rules: list[str]) -> None:
    design, reading = read(text + END)
    assert design[name] == rules
    assert not [span.text for span in reading.unread if span.blocks]


BLOCKED = [
    "Only in an uptrend, so buy when RSI < 30.",
    "Never on Mondays, so buy when RSI < 30.",
    "Trade only the 4h trend, so: buy when RSI < 30.",
    "Trading stops at night, so buy when RSI < 30.",
    "Without pyramids, so buy when RSI < 30.",
    "During lunch only, so buy when RSI < 30.",
    "We close shop on Mondays, so buy when RSI < 30.",
    "My hours are 8:00 to 16:00, so buy when RSI < 30.",
    "The 4h decides, so buy when RSI < 30.",
    "I like it volatile, so buy when RSI < 30.",
    "Shorts are all I do, so sell when RSI > 70 and buy when RSI < 30.",
    "Bear market strategy: buy when RSI < 30",
    "Bearish setup of mine: buy when RSI < 30.",
    "Golden cross. Buy when RSI < 30.",
    "Golden cross, 1h. Buy when RSI < 30.",
    "MACD cross. Buy when RSI < 30.",
    "Hammer. Buy when RSI < 30.",
    "Stochastic. Buy when RSI < 30.",
    "Hull average. Buy when RSI < 30.",
    "Buy puts when RSI < 30.",
    "Buy when RSI < 30 or ADX > 20, whichever comes first.",
    "Buy when RSI < 30.\nor\nADX > 20.",
    "Conservative: buy when RSI < 25. Aggressive: buy when RSI < 35.",
    "Buy when the trend is up (only if RSI < 30).",
    "H1 entries with an H4 trend filter. Trigger: RSI(14) on H1 crosses above 40.",
    "Buy when RSI < 30. Stay out if ADX > 40.",
    "Buy unless RSI is above 70.",
    "Buy, unless RSI is above 70, when MACD crosses up.",
    "Buy when RSI < 30. Don't buy unless ADX > 20.",
    "Buy when RSI < 30. Refrain from buying when ADX > 40.",
    "Buy when RSI < 30. Skip trades if volume is below average.",
    "Buy when RSI < 30. Pause trading when ADX > 40.",
    "Buy when RSI < 30. I rarely trade on weekends.",
    "Buy when RSI is not above 70 or below 30.",
    "Buy if RSI was not above 70 within the last 10 candles.",
    "Buy when price is within 2% above the EMA 50.",
    "Buy when price is 1% from the EMA 50.",
    "Buy when the 20 EMA crosses above the 50.",
    "Buy when the 9 crosses above the 21 EMA.",
    "Buy when price is above the 200.",
    "Buy when the 4h EMA 20 is above the EMA 50.",
    "Buy when BTC breaks above its 20 candle high.",
    "Buy when BTC is above its EMA 50 and its RSI is above 50.",
    "Buy when RSI was below 30 two candles ago and is above 30 now.",
    "Shorts only. Enter when RSI > 70.",
    "Buy if RSI < 30, unless ADX > 40, and volume is above average.",
    "Buy when price is not below the cloud.",
    "Buy when RSI < 30 between 9:00 and 12:00 UTC and between 14:00 and 17:00 UTC.",
    "Buy when RSI < 30, sell when RSI > 70, both only when ADX > 25.",
    "Buy when MACD crosses up. Sell when RSI > 70. The MACD must also be below its signal.",
    "Buy when RSI < 30 and again when RSI < 20.",
    "Buy when the close is above the last high.",
    "Buy when price is above the daily open.",
    "Buy when price is above the daily VWAP.",
    "Buy when price is above the upper Keltner (20, 2, 10).",
    "Buy when RSI < 30. Max loss per day 3%.",
    "Buy when RSI < 30. Stop loss of 20% of margin, 10x leverage.",
    "Buy when RSI < 30. Once 3% in profit, move the stop to 1% above entry.",
    "Buy when RSI < 30. Trail by 1% for every 2% gain.",
    "Buy if RSI < 30 but never when ADX > 40.",
    "Buy when RSI < 30. Skip when ADX > 40.",
    "Buy when RSI < 30. Sell at a loss of 2% or when RSI > 70.",
    "Buy when the 4h close is above the EMA 50.",
    "Buy when RSI < 30. Trade every day except Sunday.",
    "Except on weekends, buy when RSI < 30.",
    "Buy when RSI < 30 at support (21000, 22500, 24000, 25500, 27000, 28000 dollars).",
    "Buy when RSI is below 30 for 4 hours.",
    "Buy when RSI is below 30 for the last 4 hours.",
    "Buy when RSI is below 30 over the last 4 hours.",
    "Buy when RSI has been below 30 for 4h.",
    "Buy when RSI stays below 30 for 12h.",
    "Buy when RSI is below 30 for one day.",
    "Buy when price is above EMA 50 for 4 hours.",
    "Buy when MACD is positive for 4h.",
    "Buy when RSI crosses above 30 during the last 4 hours.",
    "Buy when EMA 9 crossed above EMA 21 3 candles ago.",
    "Buy when price crossed above EMA 50 5 candles ago.",
    "Buy when +DI crossed above -DI 3 candles ago.",
    "Buy when price touched the lower band 2 candles ago.",
    "Buy when price is above the 200 and RSI below 30.",
    "Buy when price is above the 200, RSI below 30 and ADX > 20.",
    "Buy when price is below the 50 and MFI < 20.",
    "Buy when price crosses above the 200 and RSI above 50.",
    "Buy when MACD crosses up with RSI below 30 before that.",
    "Buy when RSI is above 50 before that and MACD crosses up.",
    "Buy when RSI is below 30 before the current one.",
    "Buy when BTC is at a 20 day high.",
    "Buy when BTC hits a 20 candle high.",
    "Buy when RSI is above its average by 5.",
    "Buy when RSI over the last 3 candles is below 30.",
    "Buy when after 3 red candles and 1 green candle.",
    "Buy when 3 green candles and a red candle.",
    "Buy when a red candle and a green candle.",
    "Buy when 4h MACD is above signal and histogram is rising.",
    "Buy when both MACD lines are above zero.",
    "Buy when the close is above the high.",
    "Buy when close is above the previous 4h high.",
    "Buy when close is above the 4h high.",
    "Buy when close is above the 1 hour high.",
    "Buy when price is below the lower Bollinger band (20, 2.5, EMA).",
    "Buy when stochastic (14, 3, 3, ema) is below 20.",
    "Buy when MACD (9, 12, 26) crosses up.",
    "Buy when MACD(26,12,9) crosses up.",
    "Don't buy when ADX > 40, MFI > 70. Buy when RSI < 30.",
    "Buy when RSI < 30. Don't buy when:\n- ADX > 40\n- MFI > 70",
    "Buy when RSI < 30. Don't buy when RSI > 70 and when ADX < 20.",
    "Buy when RSI < 30. Don't buy on Monday and when ADX > 40.",
    "Unless RSI > 70, ADX > 20, buy when CCI > 0.",
    "Buy when RSI < 30. Don't buy if ADX > 40. And MFI > 70.",
    "Buy when CCI > 0. Don't buy if RSI > 70. Additionally, volume below average.",
    "Shorting: enter when RSI > 70. Exit when RSI < 50.",
    "Bearish setup: enter when RSI > 70.",
    "Downtrend strategy, enter at RSI > 70",
    "Enter short only when RSI > 70. Enter when MACD crosses below its signal.",
    "Short when RSI > 70 and buy when RSI < 30 to close it.",
    "Do the opposite of: buy when RSI > 70.",
    "Buy when RSI < 30. Trailing 1% once in profit.",
    "Buy when RSI < 30, at most once a day.",
]


MUST_STOP = json.loads((Path(__file__).parent / "must_stop.json").read_text("utf-8"))
"""What a third adversary found: conditions, sides and denials that were passed over."""


@pytest.mark.parametrize("text", [*BLOCKED, *MUST_STOP])
def test_it_stops_now(text: str) -> None:
    try:
        _, reading = read(text + END)
    except BriefError:
        return
    assert [span.text for span in reading.unread if span.blocks]


LISTED = [
    ("Buy when RSI < 30. At most 2 trades a week.", "At most 2 trades a week"),
    ("Buy when RSI < 30. Wait 4 hours between trades.", "Wait 4 hours between trades"),
    ("Buy when RSI < 30. Minimum hold 4 hours.", "Minimum hold 4 hours"),
    ("Buy when RSI < 30. Sell when RSI > 70 with 1% profit.", "Sell when RSI > 70 with 1% profit"),
    ("Buy when RSI < 30. Sell at 5% profit when ADX is above 25.",
     "Sell at 5% profit when ADX is above 25"),
    ("Buy when RSI < 30. Sell at the close.", "Sell at the close"),
    ("Go long when RSI < 30. Go short when RSI > 70. Exit when RSI crosses 50.",
     "Exit when RSI crosses 50"),
    ("Buy when RSI < 30. Risk 2% per day.", "Risk 2% per day"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), LISTED, ids=[w[1] for w in LISTED])
def test_it_is_listed_now(text: str, words: str) -> None:
    design, reading = read(text + END)
    assert words in [span.text for span in reading.unread]
    assert design["timeframe"] == "1h"
    assert not design["exit_long"]
    risk = design["risk"]
    assert not risk.keys() & {"take_profit", "target", "max_holding", "roi", "risk_per_trade"}


@pytest.mark.parametrize(
    "text",
    ["Buy when RSI < 30. Wait 4 hours between trades.", "Buy when RSI < 30. Not for the 1m chart."],
)
def test_a_length_of_time_is_no_timeframe(text: str) -> None:
    design, reading = read(f"{text} 2% stop.")
    assert design["timeframe"] == "1h"
    assert any("No timeframe was given" in told for told in reading.defaults)


def test_a_month_is_no_minute() -> None:
    with pytest.raises(BriefError):
        read("Buy when RSI < 30 on the 1M chart.")
    assert read("Buy when RSI < 30 on the 1m chart.")[0]["timeframe"] == "1m"


SAID = [
    ("Buy BTC when RSI < 30, sell it when RSI > 70.", '"BTC" is chosen with -p'),
    ("Buy when RSI < 30. Buy when MFI < 20.", "of which one is enough"),
    ("Buy when RSI < 30. Exit:\n- RSI > 70\n- MFI > 80", "an exit needs all of its list"),
    ("Buy when RSI < 40 and MFI < 20 for 3 candles.", "was not taken for what stands before"),
    ("Buy when RSI < 30. Sell when RSI > 70. Not when ADX > 40.", "exit of a long alone"),
    ("Buy when RSI < 30, sell when RSI > 70, only on weekdays.", "exit of a long alone"),
    ("Buy when RSI < 30. Sell at the middle Bollinger band.", "at once, if it is there"),
    ("While ADX > 25: buy when RSI < 30, sell when RSI > 70.", "entry of a long alone"),
    ("Buy when RSI < 30 and sell when RSI > 70, provided ADX > 25.", "exit of a long alone"),
    ("Buy when RSI is back above 30.", "was read as a state"),
    ("Buy when RSI is above 30 again.", "was read as a state"),
    ("Short when RSI > 70. Buy when RSI < 30.", "not the end of a short"),
    ("Short when RSI > 70. Sell when RSI < 30.", "because none is entered"),
]


@pytest.mark.parametrize(("text", "words"), SAID, ids=[case[0] for case in SAID])
def test_how_it_was_taken_is_said(text: str, words: str) -> None:
    _, reading = read(text + END)
    assert any(words in told for told in reading.defaults)


TITLES = [
    ("Swing trade for 3 days. Buy when RSI < 30.", 'taken from "Swing trade for 3 days"'),
    ("Buy when RSI < 30. Daily target 1%.", 'taken from "Daily target 1%"'),
]


@pytest.mark.parametrize(("text", "words"), TITLES)
def test_a_timeframe_from_a_title_is_said(text: str, words: str) -> None:
    _, reading = read(f"{text} 2% stop.")
    assert any(words in told for told in reading.defaults)


SAYS_WHAT_TO_WRITE = [
    ("Buy low, sell high.", "is no level to wait for: name one"),
    ("Buy low, sell at the close.", "every close is at the close"),
    ("Buy when RSI < 30 or ADX > 20, whichever comes first.", 'write "or" between the conditions'),
    ("Buy when RSI < 30.\nor\nADX > 20.", "write the alternatives in one sentence"),
    ("Buy when RSI < 30. Or ADX > 20.", "write the alternatives in one sentence"),
    ("Buy when RSI < 30. Don't buy on Monday and when ADX > 40.", "each by itself is denied"),
    ("Buy when RSI < 30, when ADX > 20, sell if RSI > 70.", "which conditions belong to which"),
]


@pytest.mark.parametrize(("text", "words"), SAYS_WHAT_TO_WRITE, ids=lambda told: told[:40])
def test_what_stops_says_what_to_write(text: str, words: str) -> None:
    try:
        _, reading = read(text + END)
    except BriefError as exc:
        told = str(exc)
    else:
        told = " ".join(span.meaning for span in reading.unread if span.blocks)
    assert words in told
