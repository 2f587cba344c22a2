"""A mended strategy gives the signals of the design that its author meant, candle for candle."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import pandas as pd
import pytest

from freqgen import Catalogue, Draft, Severity, check_design, compile_design, mend
from freqgen.design.checked import CheckedDesign
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.model import Design
from freqgen.design.signals import reference_signals
from freqgen.design.warmup import synthetic_candles
from tests.benchmarks.mutants import mutants, selected
from tests.benchmarks.mutations.making import Sound
from tests.design.running import run_compiled
from tests.plugins.freqgen_structure.conftest import Check

CATALOGUE = Catalogue(builtin_indicators())
SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")

BANDS: dict[str, Any] = {
    "contract": 1,
    "name": "Bands",
    "timeframe": "1h",
    "indicators": [
        {"id": "rsi", "function": "RSI", "params": {"timeperiod": 14}},
        {"id": "ema", "function": "EMA", "params": {"timeperiod": 50}},
        {"id": "bb", "function": "BBANDS", "params": {"timeperiod": 20}},
        {"id": "macd", "function": "MACD"},
    ],
    "entry_long": ["rsi < 40", "close < bb.lower or macd.histogram > 0"],
    "exit_long": ["rsi > 60"],
    "risk": {"stoploss": -0.1, "roi": {"0": 0.1}},
}
BOTH: dict[str, Any] = {
    "contract": 1,
    "name": "Both",
    "timeframe": "1h",
    "can_short": True,
    "indicators": [
        {"id": "fast", "function": "SMA", "params": {"timeperiod": 10}},
        {"id": "slow", "function": "SMA", "params": {"timeperiod": 30}},
        {"id": "atr", "function": "ATR", "params": {"timeperiod": 14}},
    ],
    "entry_long": ["crosses_above(fast, slow)", "not atr > 100000"],
    "exit_long": ["crosses_below(fast, slow)"],
    "entry_short": ["crosses_below(fast, slow)"],
    "exit_short": ["crosses_above(fast, slow)"],
    "risk": {"stoploss": -0.1, "stop_atr": {"multiple": 3}},
}


@cache
def checked(name: str) -> CheckedDesign:
    return check_design(Design.from_data({"Bands": BANDS, "Both": BOTH}[name]), CATALOGUE)


@cache
def sound(name: str) -> Sound:
    return Sound(name, compile_design(checked(name)))


@pytest.fixture(scope="module")
def candles() -> pd.DataFrame:
    return synthetic_candles(3, 900)


def signals(frame: pd.DataFrame) -> dict[str, list[int]]:
    """The marked candles of each signal."""
    marked = {}
    for column in SIGNALS:
        values = frame[column] if column in frame else pd.Series(0, index=frame.index)
        marked[column] = list(frame.index[values.fillna(0).astype(int) == 1])
    return marked


@pytest.fixture(scope="module")
def reference(candles: pd.DataFrame) -> Callable[[str], dict[str, list[int]]]:
    return cache(lambda name: signals(reference_signals(checked(name), candles)))


@pytest.mark.parametrize("name", ["Bands", "Both"])
def test_the_strategies_that_are_broken_give_many_signals(
    name: str,
    candles: pd.DataFrame,
    reference: Callable[[str], dict[str, list[int]]],
) -> None:
    """So that a strategy whose signals were lost cannot look like them."""
    wanted = reference(name)
    assert min(len(rows) for column, rows in wanted.items() if rows or name == "Both") > 5
    assert signals(run_compiled(sound(name).text, name, candles)) == wanted


WHOLLY = (
    "old-method-name",
    "old-column",
    "misspelt-method",
    "missing-return",
    "missing-self",
    "missing-parameter",
    "chained-assignment",
    "unknown-function",
    "wrong-keyword",
    "wrong-output",
    "unreached-method",
    "switch-off",
    "attribute-misspelt",
)
"""Operators of the mutation study; what is mended of their mutants is what was there before."""


@pytest.mark.parametrize("operator", WHOLLY)
@pytest.mark.parametrize("name", ["Bands", "Both"])
def test_what_is_mended_gives_the_reference_signals(
    name: str,
    operator: str,
    check: Check,
    candles: pd.DataFrame,
    reference: Callable[[str], dict[str, list[int]]],
) -> None:
    wrong = {}
    for mutant in mutants([sound(name)], selected([], [operator]), 4, 1):
        draft = Draft(class_name=name, source=mutant.source)
        mended = mend(draft, lambda one: check(one.source, name))
        if mended.applied and not mended.report.blocking:
            found = _run(mended.draft.source, name, candles)
            if found != reference(name):
                wrong[mended.draft.source] = [f.code for f in mended.applied]
    assert wrong == {}


def _run(source: str, name: str, candles: pd.DataFrame) -> dict[str, list[int]] | str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return signals(run_compiled(source, name, candles))
        except Exception as exc:  # noqa: BLE001  (what a wrong repair leads to)
            return f"{type(exc).__name__}: {exc}"


BROKEN: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    (
        "the method's name of version 2",
        "Bands",
        (("def populate_entry_trend", "def populate_buy_trend"),),
    ),
    (
        "version 2 throughout",
        "Bands",
        (
            ("def populate_entry_trend", "def populate_buy_trend"),
            ("def populate_exit_trend", "def populate_sell_trend"),
            ('"enter_long"', '"buy"'),
            ('"exit_long"', '"sell"'),
            ('"enter_tag"', '"buy_tag"'),
            ("use_exit_signal", "use_sell_signal"),
        ),
    ),
    ("all returns are missing", "Bands", (("        return dataframe\n", ""),)),
    (
        "a chain of subscripts",
        "Bands",
        (
            (
                'dataframe.loc[\n            dataframe["rsi"] > 60,\n'
                '            ["exit_long", "exit_tag"],\n        ] = (1, "rsi > 60")',
                'dataframe["exit_long"][dataframe["rsi"] > 60] = 1  # overbought',
            ),
        ),
    ),
    (
        "a chain from the rows",
        "Bands",
        (
            (
                'dataframe.loc[\n            dataframe["rsi"] > 60,\n'
                '            ["exit_long", "exit_tag"],\n        ] = (1, "rsi > 60")',
                'dataframe.loc[dataframe["rsi"] > 60]["exit_long"] = 1',
            ),
        ),
    ),
    (
        "outputs taken apart",
        "Bands",
        (
            (
                'dataframe["macd_histogram"] = ta.MACD(\n',
                "line, signal, histogram = ta.MACD(\n",
            ),
            (')["macdhist"]\n', ')\n        dataframe["macd_histogram"] = histogram\n'),
        ),
    ),
    ("a keyword with one near name", "Bands", (("timeperiod=14", "timeperoid=14"),)),
    ("a keyword of another library", "Bands", (("timeperiod=14", "length=14"),)),
    ("a function in small letters", "Bands", (("ta.RSI(", "ta.rsi("),)),
    ("logic in words", "Bands", ((" & ", " and "),)),
    (
        "a switch that is off",
        "Both",
        (("    use_custom_stoploss = True\n", ""),),
    ),
    ("shorts without their switch", "Both", (("    can_short = True\n", ""),)),
    (
        "a constant that NumPy removed",
        "Bands",
        (
            ("import talib", "import numpy as np\nimport talib"),
            (
                "ta.RSI(dataframe, timeperiod=14)",
                "ta.RSI(dataframe, timeperiod=14).replace(np.Inf, np.NaN)",
            ),
        ),
    ),
    (
        "a fill method that pandas removed",
        "Bands",
        (
            (
                "ta.RSI(dataframe, timeperiod=14)",
                'ta.RSI(dataframe, timeperiod=14).fillna(method="ffill")',
            ),
        ),
    ),
    (
        "a change in place of a copy",
        "Bands",
        (
            (
                "        return dataframe\n",
                '        dataframe["close"].fillna(0, inplace=True)\n        return dataframe\n',
            ),
        ),
    ),
    ("a positive stop", "Bands", (("stoploss = -0.1", "stoploss = 0.1"),)),
    ("an attribute misspelt", "Bands", (("stoploss = -0.1", "stop_loss = -0.1"),)),
    ("a signal misspelt", "Bands", (('["exit_long", ', '["exit_lon", '),)),
    (
        "a method that is async",
        "Bands",
        (("def populate_exit_trend", "async def populate_exit_trend"),),
    ),
)


@pytest.mark.parametrize(
    ("name", "changes"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_a_broken_strategy_is_mended_to_the_signals_of_its_design(
    name: str,
    changes: tuple[tuple[str, str], ...],
    check: Check,
    candles: pd.DataFrame,
    reference: Callable[[str], dict[str, list[int]]],
) -> None:
    source = sound(name).text
    for before, after in changes:
        assert before in source, before
        source = source.replace(before, after)
    report = check(source, name)
    assert any(finding.fixable for finding in report.findings), report.findings
    mended = mend(Draft(class_name=name, source=source), lambda one: check(one.source, name))
    assert [f for f in mended.report.findings if f.severity is Severity.ERROR] == []
    assert _run(mended.draft.source, name, candles) == reference(name)
    again = mend(mended.draft, lambda one: check(one.source, name))
    assert again.draft == mended.draft
