from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from freqgen import (
    Design,
    Draft,
    Run,
    Severity,
    Trial,
    apply_edits,
    check_design,
    compile_design,
)
from freqgen_behaviour.causal import Causal
from freqgen_behaviour.history import History
from freqgen_behaviour.loads import LoadsAndRuns
from freqgen_behaviour.startup import with_startup
from freqgen_behaviour.warmup import WarmUp

from .lab import CATALOGUE, Bench, ScriptedLaboratory, line_of, strategy

pytestmark = pytest.mark.xdist_group("behaviour")  # one engine for all

pytest_plugins = ("tests.plugins.freqgen_behaviour.lab_fixtures",)

RSI = 'dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)'
BELOW = 'dataframe.loc[dataframe["rsi"] < 30, "enter_long"] = 1'
DAILY = """\
@informative("1d")
def populate_indicators_1d(self, dataframe, metadata):
    dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
    return dataframe"""


@pytest.mark.parametrize(
    ("parts", "column", "low", "high"),
    [
        pytest.param(
            {"indicators": RSI, "entry": BELOW, "startup": 14}, "rsi", 80, 250, id="exponential"
        ),
        pytest.param({"indicators": RSI, "entry": BELOW, "startup": 0}, "rsi", 80, 250, id="none"),
        pytest.param(
            {
                "indicators": 'dataframe["sma"] = dataframe["close"].rolling(200).mean()',
                "entry": 'dataframe.loc[dataframe["close"] > dataframe["sma"], "enter_long"] = 1',
                "startup": 30,
            },
            "sma",
            199,
            210,
            id="window",
        ),
        pytest.param(
            {
                "attributes": DAILY,
                "entry": 'dataframe.loc[dataframe["rsi_1d"] < 30, "enter_long"] = 1',
                "startup": 20,
            },
            "rsi_1d",
            80,
            300,
            id="slower candles",
        ),
    ],
)
def test_too_little_history_is_found_and_mended(
    bench: Bench, parts: dict[str, object], column: str, low: int, high: int
) -> None:
    source = strategy(**parts)  # type: ignore[arg-type]
    (finding,) = bench.check(WarmUp(), source)
    assert (finding.code, finding.severity) == ("FG825", Severity.WARNING)
    assert f"of {parts['startup']} is too small for {column}: computed" in finding.message
    assert "no signal depends" not in finding.message
    name = "rsi" if column == "rsi_1d" else column
    assert finding.line == line_of(source, f'dataframe["{name}"] =')
    count = int(finding.hint.split(" = ")[1].split(",")[0])
    assert low <= count <= high
    mended, applied = apply_edits(source, [finding])
    assert applied == (finding,)
    assert mended == with_startup(source, "S", count)
    assert bench.check(WarmUp(), mended) == []


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({"indicators": RSI, "entry": BELOW, "startup": 250}, id="enough"),
        pytest.param({"startup": 0}, id="nothing computed"),
        pytest.param(
            {
                "indicators": 'dataframe["obv"] = ta.OBV(dataframe)\n'
                'dataframe["mean"] = dataframe["obv"].rolling(20).mean()',
                "entry": 'dataframe.loc[dataframe["obv"] > dataframe["mean"], "enter_long"] = 1',
                "startup": 30,
            },
            id="a sum compared with its own mean",
        ),
        pytest.param(
            {
                "indicators": 'dataframe["nvi"] = (1 + dataframe["close"].pct_change().fillna(0))'
                ".cumprod()",
                "entry": 'dataframe.loc[dataframe["nvi"].pct_change(3) > 0, "enter_long"] = 1',
                "startup": 30,
            },
            id="a product of which only changes count",
        ),
        pytest.param(
            {
                "indicators": f'if len(dataframe) < 900:\n    raise ValueError("few")\n{RSI}',
                "startup": 5,
            },
            id="fails on little history",
        ),
        pytest.param(
            {"indicators": 'dataframe["name"] = "text"', "startup": 0}, id="text is not compared"
        ),
    ],
)
def test_nothing_is_said_of(bench: Bench, parts: dict[str, object]) -> None:
    assert bench.check(WarmUp(), strategy(**parts)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param('dataframe["volume"].cumsum()', id="sum"),
        pytest.param(
            '(dataframe["close"] * dataframe["volume"]).cumsum() / dataframe["volume"].cumsum()',
            id="VWAP since the beginning",
        ),
        pytest.param("pd.Series(np.arange(len(dataframe)), dataframe.index)", id="position"),
    ],
)
@pytest.mark.parametrize("used", [True, False], ids=["used", "unused"])
def test_what_depends_on_the_first_candle_is_found(bench: Bench, value: str, used: bool) -> None:
    entry = 'dataframe.loc[np.sin(dataframe["x"]) > 0, "enter_long"] = 1' if used else "pass"
    source = strategy(indicators=f'dataframe["x"] = {value}', entry=entry, startup=30)
    # A signal that follows may be named beside the column.
    finding = next(f for f in bench.check(WarmUp(), source) if f.message.startswith("x "))
    assert (finding.code, finding.severity) == ("FG826", Severity.WARNING)
    assert "x depends on where the frame begins" in finding.message
    assert ("no signal depends on it" in finding.message) is not used
    assert finding.line == line_of(source, 'dataframe["x"] =')
    assert not finding.fixable


@pytest.mark.parametrize(
    ("value", "code"),
    [
        pytest.param(
            '(dataframe["close"] - dataframe["close"].mean()) / dataframe["close"].std()',
            "FG820",
            id="mean of all candles",
        ),
        pytest.param('dataframe["volume"].rank(pct=True)', "FG820", id="rank among all candles"),
        pytest.param("np.random.rand(len(dataframe))", "FG805", id="chance"),
    ],
)
@pytest.mark.parametrize("used", [True, False], ids=["used", "unused"])
def test_one_cause_is_one_finding(bench: Bench, value: str, code: str, used: bool) -> None:
    """What leaks or is random differs with the history too, which is not what is to be mended."""
    entry = 'dataframe.loc[dataframe["x"] > 0.5, "enter_long"] = 1' if used else "pass"
    source = strategy(indicators=f'dataframe["x"] = {value}\n{RSI}', entry=entry, startup=14)
    (other,) = [*bench.check(LoadsAndRuns(), source), *bench.check(Causal(), source)]
    unused = {"FG820": "FG821"}.get(code, code)
    assert other.code == (code if used else unused)
    assert ("; no signal or callback depends on it" in other.message) is not used
    if code == "FG805":
        assert ("a backtest says nothing of what will be" in other.message) is used
    (finding,) = bench.check(WarmUp(), source)
    assert "of 14 is too small for rsi: " in finding.message
    assert "likewise" not in finding.message


def test_code_that_fails_is_another_checks(bench: Bench) -> None:
    source = strategy(indicators="dataframe = None")
    assert bench.check(WarmUp(), source, runs=False) == []


def test_both_are_found_in_one_strategy(bench: Bench) -> None:
    source = strategy(
        indicators=RSI + '\ndataframe["sum"] = dataframe["volume"].cumsum()', startup=14
    )
    found = bench.check(WarmUp(), source)
    assert [finding.code for finding in found] == ["FG825", "FG826"]


def test_an_average_longer_than_the_trial_has_no_fix(bench: Bench) -> None:
    source = strategy(indicators='dataframe["ema"] = ta.EMA(dataframe, timeperiod=600)', startup=50)
    (finding,) = bench.check(WarmUp(), source)
    assert finding.code == "FG825"
    assert "far too small for ema" in finding.message
    assert not finding.fixable


def test_several_columns_are_named_with_the_worst_first(bench: Bench) -> None:
    lines = [f'dataframe["r{n}"] = ta.RSI(dataframe, timeperiod={n})' for n in range(20, 27)]
    (finding,) = bench.check(WarmUp(), strategy(indicators="\n".join(lines), startup=26))
    assert "(likewise r" in finding.message
    assert "and 3 more)" in finding.message


DESIGN = {
    "name": "Warm",
    "timeframe": "1h",
    "risk": {"stoploss": -0.1, "stop_atr": {"multiple": 2, "period": 14}},
    "indicators": [
        {"id": "rsi", "function": "RSI", "params": {"timeperiod": 14}},
        {"id": "vwap", "function": "VWAP"},
        {"id": "trend", "function": "EMA", "params": {"timeperiod": 20}, "timeframe": "1d"},
    ],
    "entry_long": ["rsi < 30", "vwap > mean(vwap, 14)", "close > trend"],
}


def test_compiled_code_is_not_flagged(bench: Bench) -> None:
    design = Design.from_data(DESIGN)
    source = compile_design(check_design(design, CATALOGUE))
    assert bench.check(WarmUp(), source, design=design) == []


def test_code_with_less_history_than_its_design_needs_is(bench: Bench) -> None:
    design = Design.from_data(DESIGN)
    source = with_startup(compile_design(check_design(design, CATALOGUE)), "Warm", 20)
    assert source is not None
    found = bench.check(WarmUp(), source, design=design)
    assert found[0].code == "FG825"
    assert all(finding.severity is Severity.WARNING for finding in found)


def test_a_column_that_only_the_code_has_is_compared(bench: Bench) -> None:
    design = Design.from_data(DESIGN)
    source = compile_design(check_design(design, CATALOGUE))
    place = "        return dataframe\n\n    def populate_entry_trend"
    assert place in source
    source = source.replace(
        place, '        dataframe["more"] = dataframe["volume"].cumsum()\n' + place
    )
    (finding,) = bench.check(WarmUp(), source, design=design)
    assert "more depends on where" in finding.message


@pytest.mark.needs_shared
def test_real_candles_show_it_too(real_bench: Bench) -> None:
    (finding,) = real_bench.check(WarmUp(), strategy(indicators=RSI, entry=BELOW, startup=14))
    assert finding.code == "FG825"


BEFORE = '''\
from freqtrade.strategy import IStrategy


class Other(IStrategy):
    startup_candle_count = 7


class S(IStrategy):
    """What it does."""

{body}
    def populate_indicators(self, dataframe, metadata):
        startup_candle_count = 3
        return dataframe
'''


@pytest.mark.parametrize(
    ("body", "fixed"),
    [
        pytest.param(
            "    startup_candle_count = 14  # candles\n",
            "    startup_candle_count = 90  # candles\n",
            id="number",
        ),
        pytest.param(
            "    startup_candle_count: int = max(2, 14)\n    x = 1\n",
            "    startup_candle_count: int = 90\n    x = 1\n",
            id="annotated",
        ),
        pytest.param(
            "    timeframe = '1h'  # of candles\n    # the stop\n    stoploss = -0.1\n",
            "    timeframe = '1h'  # of candles\n    startup_candle_count = 90\n"
            "    # the stop\n    stoploss = -0.1\n",
            id="after the timeframe",
        ),
        pytest.param(
            "    stoploss = -0.1\n",
            "    stoploss = -0.1\n    startup_candle_count = 90\n",
            id="before the methods",
        ),
        pytest.param(
            "    a = 1; startup_candle_count = 14\n",
            "    a = 1; startup_candle_count = 90\n",
            id="beside another",
        ),
    ],
)
def test_the_count_is_written_into_the_strategy_alone(body: str, fixed: str) -> None:
    once = with_startup(BEFORE.format(body=body), "S", 90)
    assert once == BEFORE.format(body=fixed)
    assert with_startup(once, "S", 90) == once


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("class T:\n    x = 1\n", id="no such class"),
        pytest.param("class S: x = 1\n", id="no block"),
        pytest.param("class S(:\n", id="no Python"),
    ],
)
def test_what_cannot_be_written_into_is_left(source: str) -> None:
    assert with_startup(source, "S", 90) is None


def _history(short: float | None, long: float, size: float = 1.0) -> History:
    """Values of one column, by whether a trial sees all candles."""
    dates = pd.date_range("2024-01-01", periods=1000, freq="h", tz="UTC")

    def answer(trial: Trial) -> Run:
        rows = trial.cut or 1000
        value = long if trial.last is None else short
        values = np.full(rows, size)
        if value is None:
            return Run(frame=pd.DataFrame({"date": dates[:rows]}))
        values[-1] = value
        return Run(frame=pd.DataFrame({"date": dates[:rows], "x": values}))

    laboratory = ScriptedLaboratory(answer=answer)
    draft = Draft(class_name="S", source="")
    specimen = laboratory.describe(draft)  # type: ignore[arg-type]
    return History(laboratory, specimen, answer(Trial()))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("short", "long", "differs"),
    [
        pytest.param(1.0, 1.0, False, id="the same"),
        pytest.param(1.0009, 1.0, False, id="within the tolerance"),
        pytest.param(1.0012, 1.0, True, id="beyond it"),
        pytest.param(float("nan"), 1.0, True, id="missing on little history"),
        pytest.param(None, 1.0, True, id="no such column on little history"),
        pytest.param(1.0, float("nan"), False, id="missing on all candles"),
        pytest.param(float("inf"), float("inf"), False, id="both infinite"),
        pytest.param(1.0, float("inf"), True, id="one infinite"),
        pytest.param(1e-5, 0.0, False, id="next to nothing of a usual value"),
        pytest.param(1e-4, 0.0, True, id="more than that"),
    ],
)
def test_values_agree_within_a_thousandth(short: float | None, long: float, differs: bool) -> None:
    assert bool(_history(short, long).differences(0)) is differs
