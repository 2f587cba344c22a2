from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from freqgen import Design, Finding, Severity, check_design, compile_design
from freqgen_behaviour.faithful import Faithful

from .lab import CATALOGUE, Bench, line_of, strategy

pytestmark = pytest.mark.xdist_group("behaviour")  # one engine for all

pytest_plugins = ("tests.plugins.freqgen_behaviour.lab_fixtures",)

REFERENCE = Path(__file__).parents[2] / "design" / "reference_case.json"

RSI = {"id": "rsi", "function": "RSI", "params": {"timeperiod": 14}}
EMA = {"id": "ema", "function": "EMA", "params": {"timeperiod": 20}}


def _design(**fields: Any) -> Design:
    data = {
        "name": "Faithful",
        "timeframe": "1h",
        "risk": {"stoploss": -0.1},
        "indicators": [RSI, EMA],
        "entry_long": ["rsi < 40", "close < ema"],
        "exit_long": ["rsi > 60"],
    }
    return Design.from_data(data | fields)


LONG = _design()
SHORT = _design(
    can_short=True, entry_short=["rsi > 55", "close > ema"], exit_short=["crosses_below(rsi, 50)"]
)
SLOWER = _design(
    indicators=[RSI, {**EMA, "timeframe": "4h"}], entry_long=["close < ema", "rsi < 45"]
)
FILTERED = _design(
    indicators=[RSI, EMA, {**EMA, "id": "btc", "pair": "BTC/USDT", "timeframe": "4h"}],
    entry_long=["shift(btc, 1) < btc or rsi < 40"],
)
BREAKOUT = _design(
    entry_long=["crosses_above(close, shift(highest(high, 20), 1))", "hour() < 20"], exit_long=[]
)
HOURS = _design(entry_long=["hour() < 20", "rsi < shift(mean(rsi, 5), 1)"], exit_long=[])
PARAMETER = _design(
    parameters=[{"name": "limit", "low": 20, "high": 60, "default": 40}],
    entry_long=["rsi < limit"],
)


def _compiled(design: Design) -> str:
    return compile_design(check_design(design, CATALOGUE))


def _check(bench: Bench, design: Design, *changes: tuple[str, str]) -> list[Finding]:
    source = _compiled(design)
    for old, new in changes:
        assert source.count(old) == 1, (old, source)
        source = source.replace(old, new)
    return bench.check(Faithful(), source, design=design)


@pytest.mark.parametrize(
    "design",
    [
        pytest.param(Design.from_data(json.loads(REFERENCE.read_text())), id="reference case"),
        pytest.param(LONG, id="long"),
        pytest.param(SHORT, id="short"),
        pytest.param(SLOWER, id="slower candles"),
        pytest.param(FILTERED, id="another pair"),
        pytest.param(BREAKOUT, id="breakout"),
        pytest.param(PARAMETER, id="parameter"),
    ],
)
def test_compiled_code_is_faithful(bench: Bench, design: Design) -> None:
    assert _check(bench, design) == []


@pytest.mark.needs_shared
def test_compiled_code_is_faithful_on_real_candles(real_bench: Bench) -> None:
    daily = _design(indicators=[RSI, {**EMA, "timeframe": "1d"}])
    assert _check(real_bench, daily) == []
    (finding,) = _check(real_bench, daily, ('dataframe["rsi"] < 40', 'dataframe["rsi"] < 41'))
    assert "candles of BTC/USDT" in finding.message


@pytest.mark.parametrize(
    ("design", "change", "side", "said", "values"),
    [
        pytest.param(
            LONG,
            ('dataframe["rsi"] < 40', 'dataframe["rsi"] < 41'),
            "a long entry",
            "the code has the signal and the design does not: (rsi < 40) is not true",
            ("rsi 40.", "close ", "ema "),
            id="threshold off by one",
        ),
        pytest.param(
            LONG,
            ('dataframe["rsi"] > 60', 'dataframe["rsi"] > 61'),
            "a long exit",
            "the code does not have the signal and the design does: (rsi > 60)",
            ("rsi 60.",),
            id="exit",
        ),
        pytest.param(
            LONG,
            ('(dataframe["rsi"] < 40) & ', ""),
            "a long entry",
            "the code has the signal and the design does not: (rsi < 40) is not true",
            ("rsi ", "close ", "ema "),
            id="condition left out",
        ),
        pytest.param(
            LONG,
            ('dataframe["close"] < dataframe["ema"]', 'dataframe["open"] < dataframe["ema"]'),
            "a long entry",
            "(close < ema)",
            ("close ",),
            id="another column",
        ),
        pytest.param(
            HOURS,
            ("dt.hour < 20", "dt.hour <= 20"),
            "a long entry",
            "(hour() < 20) is not true",
            ("hour() 20", "shift(mean(rsi, 5), 1) ", ", mean(rsi, 5) "),
            id="<= for <",
        ),
        pytest.param(
            SHORT,
            ('"enter_short"', '"enter_sort"'),
            "a short entry",
            "the code does not have the signal and the design does: (rsi > 55) and (close > ema)",
            ("rsi ",),
            id="misspelt column",
        ),
        pytest.param(
            SHORT,
            ("can_short = True", "can_short = False"),
            "a short entry",
            "the code does not have the signal",
            (),
            id="shorts not allowed",
        ),
        pytest.param(
            PARAMETER,
            ("default=40", "default=42"),
            "a long entry",
            "(rsi < limit) is not true",
            ("rsi 4", "limit 40"),
            id="default of a parameter",
        ),
        pytest.param(
            SLOWER,
            ("EMA(dataframe, timeperiod=20)", "EMA(dataframe, timeperiod=10)"),
            "a long entry",
            "",
            ("ema ",),
            id="another period on slower candles",
        ),
        pytest.param(
            FILTERED,
            (".shift(1) < ", ".shift(2) < "),
            "a long entry",
            "(shift(btc, 1) < btc or rsi < 40)",
            ("btc ", "shift(btc, 1) "),
            id="another pair",
        ),
        pytest.param(
            SHORT,
            ('crossed_below(dataframe["rsi"], 50)', 'crossed_below(dataframe["rsi"], 51)'),
            "a short exit",
            "(crosses_below(rsi, 50))",
            ("rsi ", "(after "),
            id="crossing",
        ),
    ],
)
def test_what_the_code_does_otherwise_is_found(
    bench: Bench,
    design: Design,
    change: tuple[str, str],
    side: str,
    said: str,
    values: tuple[str, ...],
) -> None:
    finding = next(f for f in _check(bench, design, change) if side in f.message)
    assert (finding.code, finding.severity) == ("FG830", Severity.ERROR)
    assert said in finding.message
    for value in values:
        assert value in finding.message.split("; on that candle ")[1]


def test_agreement_first_candle_and_line_are_said(bench: Bench) -> None:
    source = _compiled(LONG).replace('dataframe["rsi"] < 40', 'dataframe["rsi"] < 41')
    (finding,) = bench.check(Faithful(), source, design=LONG)
    count, _, total = finding.message.split(" for ")[1].split(" candles")[0].partition(" of ")
    assert 0 < int(total.replace(",", "")) - int(count.replace(",", "")) < 40
    assert " too many, 0 missing); they first differ on 2024-" in finding.message
    assert finding.line is not None
    assert 0 <= finding.line - line_of(source, "def populate_entry_trend") <= 8
    assert finding.hint == (
        "make the code set enter_long to 1 exactly where (rsi < 40) and (close < ema)"
    )


@pytest.mark.parametrize(
    ("design", "change", "hint"),
    [
        pytest.param(
            SHORT, ("can_short = True", "can_short = False"), "write can_short = True", id="shorts"
        ),
        pytest.param(
            LONG, ('"exit_long"', '"exit"'), "set exit_long to 1 where (rsi > 60)", id="never"
        ),
    ],
)
def test_the_hint_says_what_to_do(
    bench: Bench, design: Design, change: tuple[str, str], hint: str
) -> None:
    assert any(f.hint.startswith(hint) for f in _check(bench, design, change))


def test_a_signal_without_a_rule_is_found(bench: Bench) -> None:
    source = _compiled(LONG)
    design = _design(exit_long=[])
    (finding,) = bench.check(Faithful(), source, design=design)
    assert "the design has no rule in exit_long" in finding.message
    assert finding.hint.startswith("leave exit_long out")


BY_HAND = """\
dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
dataframe["sma"] = {sma}"""


@pytest.mark.parametrize(
    "sma",
    ["ta.SMA(dataframe, timeperiod=20)", 'dataframe["close"].rolling(20).sum() / 20'],
    ids=["TA-Lib", "sum"],
)
def test_rounding_is_nobodys_fault(bench: Bench, sma: str) -> None:
    design = Design.from_data(
        {
            "name": "S",
            "timeframe": "1h",
            "risk": {"stoploss": -0.1},
            "indicators": [{"id": "sma", "function": "SMA", "params": {"timeperiod": 20}}],
            "entry_long": ["sma >= mean(close, 20)", "crosses_above(close, sma) or rsi_ok > 1"],
            "parameters": [{"name": "rsi_ok", "low": 0, "high": 4, "default": 2}],
        }
        | {"entry_long": ["sma >= mean(close, 20)"]}
        | {"parameters": []}
    )
    source = strategy(
        indicators=BY_HAND.format(sma=sma),
        entry='dataframe.loc[dataframe["sma"] >= dataframe["close"].rolling(20).mean(), '
        '"enter_long"] = 1',
    )
    assert bench.check(Faithful(), source, design=design) == []


def test_without_a_design_nothing_is_compared(bench: Bench) -> None:
    assert bench.check(Faithful(), strategy()) == []


def test_code_that_fails_is_another_checks(bench: Bench) -> None:
    place = "        return dataframe\n\n    def populate_entry_trend"
    source = _compiled(LONG).replace(place, place.replace("return dataframe", "raise ValueError"))
    assert bench.check(Faithful(), source, design=LONG, runs=False) == []


SWING = "the low is below the lowest low of the 20 candles before it"
WORDED = _design(in_words={"entry_long": [SWING]})
NARROWED = (
    '(dataframe["rsi"] < 40)',
    '(dataframe["rsi"] < 40) & (dataframe["low"] < dataframe["low"].rolling(20).min().shift(1))',
)


def _worded(bench: Bench, design: Design, *changes: tuple[str, str]) -> list[Finding]:
    """What is found in code that was compiled from the rules alone, and changed."""
    source = _compiled(design.model_copy(update={"in_words": None}))
    for old, new in changes:
        assert source.count(old) == 1, (old, source)
        source = source.replace(old, new)
    return bench.check(Faithful(), source, design=design)


def test_words_may_take_signals_of_the_rules_away(bench: Bench) -> None:
    (finding,) = _worded(bench, WORDED, NARROWED)
    assert (finding.code, finding.severity) == ("FG831", Severity.WARNING)
    assert SWING in finding.message
    assert "only that it lies within the rules of entry_long" in finding.message
    assert [one.code for one in bench.check(Faithful(), _compiled(LONG), design=LONG)] == []


def test_words_may_add_none(bench: Bench) -> None:
    wider = (NARROWED[0], NARROWED[1].replace("< 40", "< 55"))
    said, finding = _worded(bench, WORDED, wider)
    assert (said.code, finding.code) == ("FG831", "FG830")
    assert finding.severity is Severity.ERROR
    assert " 0 missing" in finding.message
    assert "enter_long may be 1 only where (rsi < 40) and (close < ema)" in finding.hint


def test_the_other_sides_are_compared_as_ever(bench: Bench) -> None:
    later = ('dataframe["rsi"] > 60', 'dataframe["rsi"] > 61')
    found = _worded(bench, WORDED, NARROWED, later)
    assert [one.code for one in found] == ["FG831", "FG830"]
    assert "a long exit" in found[1].message


def test_of_words_alone_nothing_is_compared(bench: Bench) -> None:
    alone = _design(entry_long=[], in_words={"entry_long": [SWING]})
    found = bench.check(Faithful(), _compiled(LONG), design=alone)
    assert [one.code for one in found] == ["FG831"]
    assert "nothing of it could be compared" in found[0].message
