"""Conversations about code through both vendors' SDKs: what is mended, what goes back, and how.

The replies are written by hand, made like those of real models, with faults that they have. The
server on the loopback speaks each vendor's format.
"""

from __future__ import annotations

import pytest

from freqgen import Decision, Design, Freqgen
from freqgen.generation.attempt import CodeAttempt
from tests.generation.conftest import audit_lines
from tests.generation.test_conversations import DESIGN
from tests.generation.vendors import Vendor, freqgen, says, vendor
from tests.plugins.vendor_server import Received

__all__ = ["freqgen", "vendor"]

DESIGNED = Design.from_data(DESIGN)

SLOPPY = '''\
import numpy as np
import pandas as pd
import talib.abstract as ta
from freqtrade.strategy import IStrategy
from pandas import DataFrame


class DipRecovery(IStrategy):
    """Buys dips of the RSI and sells when it has recovered."""

    INTERFACE_VERSION = 3

    timeframe = "1h"
    can_short = False
    minimal_roi = {}
    stoploss = -0.05
    max_open_trades = 3
    startup_candle_count = 200
    process_only_new_candles = True

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        # Relative strength, without gaps.
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        dataframe["rsi"] = dataframe["rsi"].fillna(method="ffill")
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["enter_long"] = 0
        dataframe["enter_long"][dataframe["rsi"] < 30] = 1  # the dip
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["exit_long"] = 0
        dataframe["exit_long"][dataframe["rsi"] > 70] = 1  # it has recovered
'''
"""What a model writes that learnt from code of 2021: it ran then, and does nothing now."""

MENDED = ("FG104", "FG303", "FG303", "FG353")
"""What freqgen mends in it."""

NEAT = SLOPPY.replace(
    'dataframe["enter_long"][dataframe["rsi"] < 30] = 1',
    'dataframe.loc[dataframe["rsi"] < 30, "enter_long"] = 1',
).replace('.fillna(method="ffill")', ".ffill()").replace(
    'dataframe["exit_long"][dataframe["rsi"] > 70] = 1  # it has recovered',
    'dataframe.loc[dataframe["rsi"] > 70, "exit_long"] = 1  # it has recovered\n'
    "        return dataframe",
)  # fmt: skip
"""The same, mended."""

PEEKING = SLOPPY.replace(
    'dataframe["rsi"] < 30]', '(dataframe["rsi"] < 30) & (dataframe["close"].shift(-1) > 0)]'
)
"""A fault more, for which there is no single right answer: it looks at the next candle."""


OLD = """\
import talib.abstract as ta
import freqtrade.vendor.qtpylib.indicators as qtpylib
from freqtrade.strategy.interface import IStrategy
from pandas import DataFrame


class DipRecovery(IStrategy):
    INTERFACE_VERSION = 2
    timeframe = "1h"
    minimal_roi = {}
    stoploss = -0.05
    max_open_trades = 3
    startup_candle_count = 30
    use_sell_signal = True

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        return dataframe

    def populate_buy_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[(dataframe["rsi"] < 30), "buy"] = 1
        return dataframe

    def populate_sell_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[(dataframe["rsi"] > 70), "sell"] = 1
        return dataframe
"""
"""One for the interface that Freqtrade had until 2022, with too short a warm-up."""


def chat(source: str) -> str:
    """Code as chatty models give it."""
    return (
        "Great idea! Mean reversion on the RSI is a classic. Here's the complete strategy:\n\n"
        f"```python\n{source}```\n\n**How it works**\n\n1. We compute the RSI.\n"
        "2. We enter below 30 and exit above 70.\n\nRemember to backtest before going live!"
    )


def line_of(source: str, text: str) -> int:
    """The first line with ``text``."""
    return source[: source.index(text)].count("\n") + 1


def words(call: Received) -> str:
    """What the model was told last."""
    told = call.body["messages"][-1]["content"]
    assert isinstance(told, str)
    return told


def mended(attempt: CodeAttempt) -> tuple[str, ...]:
    return tuple(sorted(one.code for one in attempt.mended))


def test_what_has_one_right_answer_costs_no_token(vendor: Vendor, freqgen: Freqgen) -> None:
    """Four faults, none of which goes back: one call, and the strategy is allowed."""
    server = says(vendor, chat(SLOPPY))
    result = freqgen.generate(DESIGNED)
    assert result.verdict.decision is Decision.ALLOW
    assert len(server.calls) == result.usage.calls == 1
    (attempt,) = result.coded.attempts
    assert mended(attempt) == MENDED
    assert attempt.reply == chat(SLOPPY)
    assert attempt.draft.source == result.record.source == NEAT
    assert result.path.read_text(encoding="utf-8") == NEAT
    # All of it can be looked up: the reply as it came, the code as it is, and what was mended.
    (kept,) = freqgen.store.attempts(result.record.id)
    assert (kept.reason, kept.reply, kept.source) == ("first", chat(SLOPPY), NEAT)
    data = result.to_dict()
    assert list(kept.mended) == data["mended"] == data["drafts"][0]["mended"]
    assert data["mended"][0]["line"] == line_of(SLOPPY, "fillna(method")
    (line,) = [line for line in audit_lines(freqgen) if line["kind"] == "mending"]
    assert (line["attempt"], line["source"]) == (1, NEAT)
    assert line["findings"] == data["mended"]


@pytest.mark.soak
def test_another_interface_and_what_a_run_shows(vendor: Vendor, freqgen: Freqgen) -> None:
    """The count of candles is known only once the mended code was run; it is run again."""
    server = says(vendor, f"{OLD}\nThis strategy enters below 30.")
    result = freqgen.generate(DESIGNED)
    assert result.verdict.decision is Decision.ALLOW
    assert len(server.calls) == 1
    assert mended(result.coded.attempt)[-1] == "FG825"
    assert set(mended(result.coded.attempt)) == {"FG105", "FG108", "FG109", "FG825"}
    assert "FG825" not in {one.code for one in result.coded.report.findings}
    assert "startup_candle_count = 30\n" not in result.record.source
    assert result.backtest is not None


def test_the_rest_goes_back_once(vendor: Vendor, freqgen: Freqgen) -> None:
    """With the mended file, what was mended in it, and the line of what was not."""
    server = says(vendor, chat(PEEKING), chat(NEAT))
    result = freqgen.generate(DESIGNED)
    assert result.verdict.decision is Decision.ALLOW
    assert len(server.calls) == 2
    assert [attempt.reason for attempt in result.coded.attempts] == ["first", "repair"]
    asked = words(server.calls[1])
    line = line_of(PEEKING, "shift(-1)")
    assert f"- FG201, error, line {line}: shift by -1" in asked
    assert f"\n    {line} | " in asked.partition("causes first")[2]
    assert 'dataframe["enter_long"][' not in asked
    assert ".ffill()" in asked
    assert "leave that as it is now" in asked
    assert f"- FG303, line {line}: this assigns to a copy" in asked


def test_the_same_failure_twice_changes_the_approach(vendor: Vendor, freqgen: Freqgen) -> None:
    """The third question is for a fresh draft, and says what failed in both of the others."""
    again = PEEKING.replace("shift(-1) > 0", "shift(-1) > 1")
    server = says(vendor, chat(PEEKING), chat(again), chat(NEAT))
    result = freqgen.generate(DESIGNED)
    assert result.verdict.decision is Decision.ALLOW
    assert [one.reason for one in result.coded.attempts] == ["first", "repair", "fresh"]
    assert [one.step for one in result.coded.attempts] == ["code", "repair", "code"]
    asked = words(server.calls[2])
    assert "mending them led nowhere" in asked
    assert "FG201 in tries 1 and 2" in asked
    assert 'do not write: dataframe.loc[(dataframe["rsi"] < 30) & ' in asked
    assert "What the checks found" not in asked
    kept = freqgen.store.attempts(result.record.id)
    assert [one.reason for one in kept] == ["first", "repair", "fresh"]


def test_an_unchanged_file_changes_the_approach(vendor: Vendor, freqgen: Freqgen) -> None:
    """Also where only what freqgen mended was undone."""
    neat = PEEKING.replace('.fillna(method="ffill")', ".ffill()")
    server = says(vendor, chat(neat), chat(PEEKING), chat(NEAT))
    result = freqgen.generate(DESIGNED)
    assert [one.reason for one in result.coded.attempts] == ["first", "repair", "fresh"]
    assert len(server.calls) == 3


def test_a_syntax_error_hides_all_else(vendor: Vendor, freqgen: Freqgen) -> None:
    """What follows from it would be a guess; the other faults are mended in the next draft."""
    broken = PEEKING.replace('dataframe["exit_long"] = 0', 'dataframe["exit_long" = 0')
    server = says(vendor, chat(broken), chat(SLOPPY))
    result = freqgen.generate(DESIGNED)
    assert result.verdict.decision is Decision.ALLOW
    assert len(server.calls) == 2
    findings = words(server.calls[1]).partition("causes first")[2]
    line = line_of(broken, '"exit_long" = 0')
    assert findings.count("\n- ") == 1
    assert f"- FG001, error, line {line}: " in findings
    assert [mended(one) for one in result.coded.attempts] == [(), MENDED]


def test_what_a_model_undoes_is_mended_again(vendor: Vendor, freqgen: Freqgen) -> None:
    """It mends what it was asked to, and writes the rest as it did at first."""
    server = says(vendor, chat(PEEKING), chat(SLOPPY))
    result = freqgen.generate(DESIGNED)
    assert result.verdict.decision is Decision.ALLOW
    assert len(server.calls) == 2
    assert f"FG201, error, line {line_of(PEEKING, 'shift(-1)')}: " in words(server.calls[1])
    assert [mended(one) for one in result.coded.attempts] == [MENDED, MENDED]
    assert result.coded.draft.source == NEAT


def test_a_model_cannot_silence_a_check(vendor: Vendor, freqgen: Freqgen) -> None:
    """A comment that counts in a file that a person names counts in none that a model wrote."""
    line = 'dataframe.loc[dataframe["rsi"].shift(-1) < 30, "enter_long"] = 1  # noqa'
    silenced = NEAT.replace(
        'dataframe.loc[dataframe["rsi"] < 30, "enter_long"] = 1', f"{line}: FG201\n        {line}"
    )
    server = says(vendor, chat(silenced), chat(NEAT))
    result = freqgen.generate(DESIGNED)
    assert len(server.calls) == 2
    blocking = result.coded.attempts[0].report.blocking
    first = line_of(silenced, "noqa: FG201")
    lines = [one.line for one in blocking if one.code == "FG201"]
    assert lines == [first, first + 1]
