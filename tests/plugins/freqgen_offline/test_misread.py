"""Briefs that were once read as something else, found by somebody who tried to.

What cannot be read is listed; where that belongs to an entry or a stop, it blocks.
"""

from __future__ import annotations

from typing import Any

import pytest

from freqgen import Brief, BriefError, Reading
from freqgen_offline.reader import read_brief

END = " 1h, 2% stop."


def read(text: str) -> tuple[dict[str, Any], Reading]:
    return read_brief(Brief.from_text(text))


RIGHT = [
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
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "rules"), RIGHT, ids=[r[0][:40] for r in RIGHT])
def test_it_is_read_right_now(text: str, name: str, rules: list[str]) -> None:
    design, reading = read(text + END)
    assert design[name] == rules
    assert not [span.text for span in reading.unread if span.blocks]


BLOCKED = [
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
]


@pytest.mark.parametrize("text", BLOCKED)
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
    ("Buy when RSI < 30. Stay out if ADX > 40.", "out if ADX > 40"),
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
