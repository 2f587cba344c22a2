"""Which strategies know the future, and where it comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from freqgen import Draft, Severity
from freqgen.draft import ScreenedDraft
from freqgen.validation.watched import WatchedLaboratory
from freqgen_behaviour.causal import Causal
from freqgen_behaviour.loads import LoadsAndRuns

from .biased import ALL, BIASED, SOUND, UNUSED, Case
from .lab import Bench, strategy

pytest_plugins = ("tests.plugins.freqgen_behaviour.lab_fixtures",)
pytestmark = pytest.mark.xdist_group("behaviour")


def _some(cases: Sequence[Case]) -> list[Any]:
    """All cases; every second one where time matters."""
    return [
        pytest.param(case, id=case.name, marks=[pytest.mark.soak] if number % 2 else [])
        for number, case in enumerate(cases)
    ]


def test_there_are_enough_of_both() -> None:
    assert len(ALL) >= 40
    assert len(SOUND) >= 15
    assert len({case.name for case in ALL}) == len(ALL)


@pytest.mark.parametrize("case", _some([*BIASED, *UNUSED]))
def test_the_column_is_named_where_it_is_assigned(case: Case, bench: Bench) -> None:
    findings = bench.check(Causal(), case.source)
    assert findings, "nothing was found"
    first = findings[0]
    assert f'the column "{case.column}" knows the future' in first.message
    assert first.line is not None
    assert case.text in case.source.splitlines()[first.line - 1]
    expected = ("FG821", Severity.WARNING) if case.unused else ("FG820", Severity.ERROR)
    assert (first.code, first.severity) == expected
    assert [f.code for f in findings if f.severity is Severity.ERROR] == (
        [] if case.unused else ["FG820"]
    ), "one place, one finding"


@pytest.mark.parametrize("case", _some(SOUND))
def test_sound_strategies_have_no_finding(case: Case, bench: Bench) -> None:
    assert bench.check(Causal(), case.source) == []
    assert [f for f in bench.check(LoadsAndRuns(), case.source) if f.line is not None] == []


RANDOM = {
    "a random column": ('dataframe["x"] = np.random.rand(len(dataframe))', "FG805"),
    "python's generator": (
        'import random\ndataframe["x"] = [random.random() for _ in dataframe.index]',
        "FG805",
    ),
    "the present": (
        "from datetime import datetime, timezone\n"
        'dataframe["x"] = float(datetime.now(timezone.utc).day)',
        "FG806",
    ),
    "the time of day": ('import time\ndataframe["x"] = float(time.time() // 3600 % 24)', "FG806"),
}


@pytest.mark.parametrize(("lines", "code"), RANDOM.values(), ids=RANDOM.keys())
def test_chance_and_clocks_are_told_from_the_future(lines: str, code: str, bench: Bench) -> None:
    entry = 'dataframe.loc[dataframe["x"] > 0.5, "enter_long"] = 1'
    source = strategy(indicators=lines, entry=entry)
    (found,) = bench.check(LoadsAndRuns(), source)
    assert (found.code, found.severity) == (code, Severity.ERROR)
    assert '"x"' in found.message
    assert found.line is not None
    assert bench.check(Causal(), source) == []


def test_chance_that_nothing_depends_on_is_a_warning(bench: Bench) -> None:
    source = strategy(
        indicators='dataframe["rsi"] = ta.RSI(dataframe)\n'
        'dataframe["noise"] = np.random.rand(len(dataframe))',
        entry='dataframe.loc[dataframe["rsi"] < 40, "enter_long"] = 1',
    )
    (found,) = bench.check(LoadsAndRuns(), source)
    assert (found.code, found.severity) == ("FG805", Severity.WARNING)


CALLBACK = """
whole = None

def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
    {body}
"""
ENTER = 'dataframe.loc[dataframe["rsi"] < 45, "enter_long"] = 1'
KEEP = 'dataframe["rsi"] = ta.RSI(dataframe)\nself.whole = dataframe.set_index("date")["close"]'


def test_a_callback_that_keeps_later_candles(bench: Bench) -> None:
    body = "return bool(self.whole.asof(current_time + pd.Timedelta('30h')) < current_rate)"
    source = strategy(
        indicators=KEEP, entry=ENTER, attributes=CALLBACK.format(body=body), startup=60
    )
    (found,) = bench.check(Causal(), source)
    assert (found.code, found.severity) == ("FG823", Severity.ERROR)
    assert "custom_exit" in found.message


def test_a_callback_that_asks_freqtrade(bench: Bench) -> None:
    body = (
        "frame, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)\n"
        '    return bool(frame["rsi"].iloc[-1] > 60)'
    )
    source = strategy(
        indicators=KEEP, entry=ENTER, attributes=CALLBACK.format(body=body), startup=60
    )
    assert bench.check(Causal(), source) == []


def test_code_that_needs_many_candles(bench: Bench) -> None:
    source = strategy(
        indicators='dataframe["x"] = dataframe["close"] / dataframe["close"].iloc[200]',
        entry='dataframe.loc[dataframe["x"] > 1, "enter_long"] = 1',
        startup=60,
    )
    findings = bench.check(Causal(), source)
    assert "FG822" in {found.code for found in findings}


HIDES = {
    "raises on all but the most": "raise ValueError(len(dataframe))",
    "gives back less": "return dataframe.iloc[:-3]",
    "prints": "print('x' * 2_000_000)",
}


@pytest.mark.parametrize("way", HIDES)
def test_what_cannot_be_compared_has_not_passed(way: str, bench: Bench) -> None:
    """A strategy that peeks and does not let itself be compared."""
    source = strategy(
        indicators=f"if len(dataframe) < 1150:\n    {HIDES[way]}\n"
        'dataframe["x"] = dataframe["close"] / dataframe["close"].max()',
        entry='dataframe.loc[dataframe["x"] > 0.9, "enter_long"] = 1',
    )
    context = replace(bench.context, laboratory=(lab := WatchedLaboratory(bench.laboratory)))
    draft = ScreenedDraft(Draft(class_name="S", source=source))
    found = list(Causal().check(draft, None, context))
    blocking = [f.code for f in found if f.severity is Severity.ERROR]
    assert blocking or lab.stopped is not None
    assert (lab.stopped is not None) is (way == "prints")


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", ["negative shift", "slow candles by their date"])
def test_on_real_candles(name: str, real_bench: Bench) -> None:
    (case,) = [case for case in BIASED if case.name == name]
    assert bench_codes(real_bench, case) == ["FG820"]


def bench_codes(bench: Bench, case: Case) -> list[str]:
    """Codes of what is found in a strategy."""
    return [found.code for found in bench.check(Causal(), case.source)]
