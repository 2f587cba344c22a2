"""Words that were understood and are not used, because something else was said beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen import Reading, Span
from freqgen.brief import Brief
from freqgen.generation.overridden import without_overridden
from tests.commands.conftest import Run, run

__all__ = ["run"]

BRIEF = (
    "Buy when RSI(14) is below 30. Short when RSI is above 80. Cover when RSI is below 50. "
    "Sell when RSI rises above 70. 1h candles, 2% stop loss, 5% take profit, at most 2 open "
    "trades, exit after 24 hours, risk 1% per trade."
)
WORDS = "Buy when RSI(14) is below 30. Sell when RSI rises above 70. 1h candles, 2% stop loss"

TABLE: list[tuple[str, tuple[str, ...], dict[str, str]]] = [
    (BRIEF, ("--stoploss", "-0.07"),
     {"2% stop loss": "stoploss -0.02, in whose place stoploss -0.07 is used"}),
    (BRIEF, ("--take-profit", "0.2"),
     {"5% take profit": "take_profit 0.05, in whose place take_profit 0.2 is used"}),
    (WORDS + ", ROI: 0 5%.", ("--take-profit", "0.2"),
     {"ROI: 0 5%": "roi 0 0.05, in whose place take_profit 0.2 is used"}),
    (BRIEF, ("--max-open-trades", "7"),
     {"at most 2 open trades": "max_open_trades 2, in whose place max_open_trades 7 is used"}),
    (BRIEF, ("--max-holding", "3d"),
     {"after 24 hours": "max_holding 24h, in whose place max_holding 3d is used"}),
    (BRIEF, ("--risk-per-trade", "0.02"),
     {"risk 1% per trade": "risk_per_trade 0.01, in whose place risk_per_trade 0.02 is used"}),
    (BRIEF, ("-i", "4h"),
     {"1h candles": "timeframe 1h, in whose place timeframe 4h is used"}),
    (WORDS + ", leverage 3x.", ("--leverage", "2"),
     {"leverage 3x": "leverage 3, in whose place leverage 2.0 is used"}),
    (BRIEF, ("--direction", "long"),
     {"Short when": "entry_short: shorts are not traded",
      "RSI is above 80": "shorts are not traded",
      "Cover when": "exit_short: shorts are not traded",
      "RSI is below 50": "shorts are not traded"}),
    (BRIEF, ("--direction", "short"),
     {"Buy when": "entry_long: longs are not traded",
      "RSI(14) is below 30": "rsi < 30: longs are not traded",
      "Sell when": "exit_long: longs are not traded",
      "RSI rises above 70": "crosses_above(rsi, 70): longs are not traded"}),
    (BRIEF, ("--stoploss", "-0.02", "-i", "1h", "--max-holding", "24h"), {}),
    (BRIEF, (), {}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "options", "overridden"), TABLE, ids=[" ".join(o) or "none" for _, o, _ in TABLE]
)
def test_an_option_sets_the_words_apart(
    run: Run, tmp_path: Path, text: str, options: tuple[str, ...], overridden: dict[str, str]
) -> None:
    """They are in no other list, and every other word is where it is without the option."""
    place = ("--userdir", tmp_path / "u")
    plain = run("--json", "design", text, *place).json
    done = run("--json", "design", text, *options, *place)
    data = done.json
    assert data["ok"], data
    assert {one["text"]: one["meaning"] for one in data["overridden"]} == overridden
    for span in data["overridden"]:
        assert text[span["start"] : span["end"]] == span["text"]
    read = [one["text"] for one in data["read"]]
    assert read == [one["text"] for one in plain["read"] if one["text"] not in overridden]
    assert data["unread"] == plain["unread"]
    said = run("design", text, *options, *place).err
    shown = run("design", text, *options, *place, "-o", "d.json", "--force").out
    for words, meaning in overridden.items():
        assert f'not used: "{words}": {meaning}' in said
        assert f'- "{words}": {meaning}' in shown
        assert f'"{words}" as ' not in shown
    assert ("Not used, for an option or an answer says otherwise" in shown) == bool(overridden)


@pytest.mark.soak
def test_it_is_in_the_record(run: Run, tmp_path: Path, market: Path) -> None:
    """With what was said in place of the words."""
    place = ("--userdir", tmp_path / "u", "-d", market, "-p", "BTC/USDT")
    done = run("--json", "generate", WORDS, "--stoploss", "-0.04", *place)
    (told,) = done.json["overridden"]
    assert told["meaning"] == "stoploss -0.02, in whose place stoploss -0.04 is used"
    shown = run("--json", "show", done.json["record"]["id"], *place[:2]).json["record"]
    assert shown["reading"]["overridden"] == [told]
    assert shown["constraints"]["stoploss"] == -0.04


def span(start: int, text: str, meaning: str) -> Span:
    return Span(start=start, end=start + len(text), text=text, meaning=meaning)


def brief(**constraints: Any) -> Brief:
    return Brief.from_text("Anything.", constraints=constraints)


class TestAReading:
    TWO = Reading(read=(span(0, "2% and 5%", "stoploss -0.02, take_profit 0.05"),))

    def test_words_of_which_a_part_is_used_stay(self) -> None:
        """And say which part is not."""
        reading = without_overridden(self.TWO, brief(stoploss=-0.03))
        assert reading.overridden == ()
        assert reading.read[0].meaning.endswith(
            "take_profit 0.05, in whose place stoploss -0.03 is used"
        )

    def test_words_of_which_no_part_is_used_go(self) -> None:
        reading = without_overridden(self.TWO, brief(stoploss=-0.03, take_profit=0.1))
        assert reading.read == ()
        assert "stoploss -0.03, take_profit 0.1 is used" in reading.overridden[0].meaning

    def test_a_rule_is_no_field(self) -> None:
        """Whatever its words are."""
        rules = Reading(read=(span(0, "x", "stoploss_line < 3"), span(2, "y", "close > target")))
        assert without_overridden(rules, brief(stoploss=-0.03)) == rules

    @given(st.lists(st.floats(-0.9, -0.01), min_size=1, max_size=4))
    def test_only_the_last_edit_counts(self, stops: list[float]) -> None:
        """An interview edits again and again; it ends as if the last had been the only one."""
        first = Reading(read=(span(0, "2% stop", "stoploss -0.02"), span(9, "4h", "timeframe 4h")))
        reading = first
        for stop in stops:
            reading = without_overridden(reading, brief(stoploss=stop, timeframe="1h"))
        assert reading == without_overridden(first, brief(stoploss=stops[-1], timeframe="1h"))
        assert without_overridden(reading, brief()) == first
