"""A design with a condition that no rule can say, from a model, through code, to a decision.

The replies are written by hand, made like those of real models, with faults that they have.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from freqgen import Decision, Design, DesignError, Freqgen, ProviderTransient, Reply
from freqgen.testing import ScriptedProvider
from tests.generation.conftest import Made
from tests.generation.test_conversations import fenced, last_words, paid
from tests.generation.vendors import Vendor, freqgen, says, strict, vendor

__all__ = ["freqgen", "vendor"]

BRIEF = "Buy a bullish RSI divergence while RSI is below 45, sell above 60. 1h candles."
WORDS = (
    "the low is below the last swing low, which is the lowest of 11 candles with 5 on either side, "
    "and rsi is above its value on that candle"
)
DESIGN: dict[str, Any] = {
    "contract": 1,
    "name": "DivergentDip",
    "kind": "mean_reversion",
    "hypothesis": "Selling that no longer gains speed is about to end.",
    "timeframe": "1h",
    "can_short": False,
    "indicators": [{"id": "rsi", "function": "RSI", "params": {"timeperiod": 14}}],
    "entry_long": ["rsi < 45"],
    "exit_long": ["rsi > 60"],
    "entry_short": [],
    "exit_short": [],
    "in_words": {"entry_long": [WORDS], "exit_long": [], "entry_short": [], "exit_short": []},
    "risk": {"stoploss": -0.05, "max_open_trades": 3},
    "parameters": [],
}
INVENTED = {**DESIGN, "entry_long": ["rsi < 45", "divergence(close, rsi, 30)"], "in_words": None}
CODE = '''\
import talib.abstract as ta
from freqtrade.strategy import IStrategy
from pandas import DataFrame


class DivergentDip(IStrategy):
    """Buys a lower low that the RSI does not confirm."""

    INTERFACE_VERSION = 3
    timeframe = "1h"
    can_short = False
    minimal_roi: dict[str, float] = {}
    stoploss = -0.05
    max_open_trades = 3
    startup_candle_count = 300
    process_only_new_candles = True

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        # A swing low is known five candles later.
        swing = dataframe["low"].shift(5) == dataframe["low"].rolling(11).min()
        low = dataframe["low"].shift(5).where(swing).ffill()
        strength = dataframe["rsi"].shift(5).where(swing).ffill()
        dataframe["divergence"] = (dataframe["low"] < low) & (dataframe["rsi"] > strength)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[(dataframe["rsi"] < 45) & dataframe["divergence"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] > 60, "exit_long"] = 1
        return dataframe
'''
LOOSER = CODE.replace('(dataframe["rsi"] < 45) & ', "")
PEEKING = CODE.replace(
    'dataframe["low"].shift(5) == dataframe["low"].rolling(11).min()',
    'dataframe["low"] == dataframe["low"].rolling(11).min().shift(-5)',
)


def codes(result: Any) -> set[str]:
    return {finding.code for finding in result.coded.report.findings}


def test_the_model_that_designed_it_writes_its_code_and_a_person_decides(made: Made) -> None:
    model = ScriptedProvider([paid(json.dumps(DESIGN)), paid(fenced(CODE))], name="model")
    result = made(model, design_model="model").generate(BRIEF)
    assert result.designed.design.words("entry_long") == (WORDS,)
    assert result.coded.draft.source == CODE
    assert result.record.code_origin == "model"
    assert result.coded.report.passed
    assert "FG831" in codes(result)
    assert result.verdict.decision is Decision.REVIEW
    (gate,) = [gate for gate in result.verdict.gates if gate.name == "in_words"]
    assert WORDS in gate.reason
    assert "drafts" in result.path.parts
    assert result.backtest is not None
    assert result.backtest.trades > 0
    asked = last_words(model.prompts[1])
    assert WORDS in asked
    assert "What in_words says of a list narrows it" in model.prompts[1].system


def test_what_rules_can_say_is_compiled(made: Made) -> None:
    """Nothing is asked twice where nothing is in words."""
    plain = {**DESIGN, "in_words": None}
    model = ScriptedProvider([paid(json.dumps(plain))], name="model")
    result = made(model, design_model="model").generate(BRIEF)
    assert result.record.code_origin == "compiler"
    assert result.verdict.decision is Decision.ALLOW
    assert "FG831" not in codes(result)


def test_a_function_that_there_is_not_becomes_words(made: Made) -> None:
    model = ScriptedProvider([paid(json.dumps(INVENTED)), paid(json.dumps(DESIGN))], name="model")
    result = made(model, design_model="model").design(BRIEF)
    told = last_words(model.prompts[1])
    assert 'unknown function "divergence"' in told
    assert "goes into in_words" in told
    assert result.design.worded == (WORDS,)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        pytest.param(LOOSER, "FG830", id="words do not widen what the rules allow"),
        pytest.param(PEEKING, "FG201", id="words give no leave to look ahead"),
    ],
)
def test_what_can_be_proved_is_still_proved(made: Made, wrong: str, code: str) -> None:
    replies = [paid(json.dumps(DESIGN)), paid(fenced(wrong)), paid(fenced(CODE))]
    model = ScriptedProvider(replies, name="model")
    result = made(model, design_model="model").generate(BRIEF)
    first, second = result.coded.attempts
    assert code in {finding.code for finding in first.report.blocking}
    assert code in last_words(model.prompts[2])
    assert second.report.passed


def test_a_chosen_compiler_asks_for_rules_alone(made: Made) -> None:
    again = {**DESIGN, "in_words": None}
    model = ScriptedProvider([paid(json.dumps(DESIGN)), paid(json.dumps(again))], name="model")
    freqgen = made(model, design_model="model")
    designed = freqgen.design(BRIEF, code_model="compiler")
    coded = freqgen.code(designed.checked, model="compiler", run=False)
    assert "Rules are all there is" in model.prompts[0].system
    assert "only rules can be" in last_words(model.prompts[1])
    assert "goes into in_words" not in last_words(model.prompts[1])
    assert coded.draft.origin == "compiler"


@pytest.mark.soak
def test_what_goes_on_from_there_names_who_is_to_write_the_code(made: Made) -> None:
    """A design in a file has no designer to go to."""
    busy = ProviderTransient("busy", provider="model")
    model = ScriptedProvider([paid(json.dumps(DESIGN)), busy, paid(fenced(CODE))], name="model")
    freqgen = made(model)
    with pytest.raises(ProviderTransient) as caught:
        freqgen.generate(BRIEF, design_model="model")
    (record,) = freqgen.store.list()
    file = freqgen.workspace.home / "drafts" / record.id / "design.json"
    told = f"freqgen generate --design {file} --code-model model goes on from there"
    assert told in caught.value.hint
    again = freqgen.generate(Design.from_json(file.read_text()), code_model="model")
    assert again.verdict.decision is Decision.REVIEW


@pytest.mark.soak
def test_the_steps_by_themselves_do_not_allow_it_either(made: Made) -> None:
    model = ScriptedProvider([paid(fenced(CODE))], name="model")
    freqgen = made(model)
    design = Design.from_data(DESIGN)
    coded = freqgen.code(design, model="model")
    assert coded.validated is not None
    measured = freqgen.measure(coded.validated, coded.checked)
    verdict = freqgen.judge(coded.report, measured, design=design)
    assert verdict.decision is Decision.REVIEW


def test_what_is_denied_is_not_said_to_wait_for_a_person(made: Made) -> None:
    model = ScriptedProvider([paid(json.dumps(DESIGN)), paid(fenced(LOOSER))], name="model")
    result = made(model, design_model="model", max_attempts=1).generate(BRIEF)
    assert result.verdict.decision is Decision.DENY
    assert "in_words" not in {gate.name for gate in result.verdict.gates}


@pytest.mark.parametrize("chosen", [None, "model"])
def test_why_it_is_another_than_the_compiler_is_said(made: Made, chosen: str | None) -> None:
    model = ScriptedProvider([paid(json.dumps(DESIGN)), paid(fenced(CODE))], name="model")
    freqgen = made(model, design_model="model")
    said: list[str] = []
    freqgen._progress = said.append
    designed = freqgen.design(BRIEF)
    freqgen.code(designed.checked, model=chosen, run=False)
    (writing,) = [line for line in said if line.startswith("Writing")]
    assert ("cannot be compiled" in writing) is (chosen is None)


def test_without_a_model_it_says_whom_to_ask(made: Made) -> None:
    with pytest.raises(DesignError, match="is said in words") as caught:
        made().generate(Design.from_data(DESIGN))
    assert "--code-model provider:model" in caught.value.hint


def test_shorts_alone_leave_the_words_for_longs_out(made: Made) -> None:
    both = {
        **DESIGN,
        "can_short": True,
        "entry_short": ["rsi > 70"],
        "in_words": {"entry_long": [WORDS], "entry_short": ["the high is a double top"]},
    }
    model = ScriptedProvider([Reply(text=json.dumps(both))], name="model")
    freqgen = made(model, design_model="model")
    brief = freqgen.brief(BRIEF, trading={"direction": "short"})
    design = freqgen.design(brief).design
    assert design.worded == ("the high is a double top",)
    assert [one.id for one in design.indicators] == ["rsi"]


def test_what_only_the_words_of_the_other_side_used_goes_too(made: Made) -> None:
    average = {"id": "ema", "function": "EMA", "params": {"timeperiod": 50}}
    both = {
        **DESIGN,
        "can_short": True,
        "indicators": [*DESIGN["indicators"], average],
        "entry_short": ["rsi > 70"],
        "in_words": {"entry_long": ["the low bounces off the ema within 3 candles"]},
    }
    model = ScriptedProvider([Reply(text=json.dumps(both))], name="model")
    freqgen = made(model, design_model="model")
    result = freqgen.design(freqgen.brief(BRIEF, trading={"direction": "short"}))
    assert [one.id for one in result.design.indicators] == ["rsi"]
    assert result.checked.warnings == ()


@pytest.mark.soak
def test_both_vendors_take_the_same_way(vendor: Vendor, freqgen: Freqgen) -> None:
    server = says(vendor, strict(DESIGN), fenced(CODE))
    result = freqgen.generate(BRIEF)
    assert result.verdict.decision is Decision.REVIEW
    assert result.coded.draft.source == CODE
    assert WORDS in server.calls[1].text
