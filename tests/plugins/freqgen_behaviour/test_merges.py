"""Which statement brings slower candles in before they close."""

from __future__ import annotations

import pytest

from freqgen_behaviour.causal import Causal
from freqgen_behaviour.columns import Source
from freqgen_behaviour.merges import FETCHED, RESAMPLED, find

from .biased import _SLOW_HEAD
from .lab import Bench, line_of, strategy

pytestmark = pytest.mark.xdist_group("behaviour")  # one engine for all

pytest_plugins = ("tests.plugins.freqgen_behaviour.lab_fixtures",)

FETCH = 'inf = self.dp.get_pair_dataframe(metadata["pair"], "1d")\n'
DAY = 'inf["day"] = inf["date"].dt.date\ndataframe["day"] = dataframe["date"].dt.date\n'
FOUR = (
    'four = dataframe.set_index("date").resample("4h").agg({"close": "last"})\n'
    'four = four.rename(columns={"close": "x"}).reset_index()\n'
)
X = 'inf["x"] = inf["close"]\n'
KEYS = '[["day", "x"]], on="day", how="left")'

CASES = [
    pytest.param(
        FETCH + X + DAY + f"dataframe = dataframe.merge(inf{KEYS}",
        'inf["x"] =',
        ("dataframe.merge(", FETCHED),
        id="merged by the day",
    ),
    pytest.param(
        FETCH + X + 'dataframe = pd.merge_asof(dataframe, inf[["date", "x"]], on="date")',
        'inf["x"] =',
        ("pd.merge_asof(", FETCHED),
        id="merged by the nearest",
    ),
    pytest.param(
        FETCH + 'inf["x"] = inf["close"].shift(1)\nslow = inf[["date", "x"]].copy()\n'
        'dataframe = pd.merge_asof(dataframe, slow, on="date")',
        'inf["x"] =',
        ("pd.merge_asof(", FETCHED),
        id="by another name",
    ),
    pytest.param(
        FETCH + X + 'dataframe = dataframe.join(inf.set_index("date")[["x"]], on="date")\n'
        'dataframe["x"] = dataframe["x"].ffill()',
        'inf["x"] =',
        (".join(", FETCHED),
        id="joined",
    ),
    pytest.param(
        FOUR + 'dataframe = dataframe.merge(four, on="date", how="left")\n'
        'dataframe["x"] = dataframe["x"].ffill()',
        'dataframe["x"] =',
        ("dataframe.merge(", RESAMPLED),
        id="resampled, and filled",
    ),
    pytest.param(
        FOUR + 'dataframe = dataframe.merge(four, on="date", how="left").ffill()',
        "",
        ("dataframe.merge(", RESAMPLED),
        id="resampled, and never assigned",
    ),
    pytest.param(
        FETCH + 'dataframe["x"] = dataframe["date"].map(inf.set_index("date")["close"]).ffill()',
        'dataframe["x"] =',
        (".map(", FETCHED),
        id="in one line",
    ),
]


@pytest.mark.parametrize(("indicators", "assigned", "expected"), CASES)
def test_the_merge_is_named(indicators: str, assigned: str, expected: tuple[str, str]) -> None:
    text = strategy(indicators=indicators)
    line = line_of(text, assigned) if assigned else None
    merge = find(Source(text), "x", line, seen=bool(assigned))
    assert merge is not None
    assert (merge.line, merge.hint) == (line_of(text, expected[0]), expected[1])


@pytest.mark.parametrize(
    ("indicators", "assigned"),
    [
        pytest.param(
            FETCH + X + "dataframe = merge_informative_pair(dataframe, inf, '1h', '1d')",
            'inf["x"] =',
            id="by Freqtrade",
        ),
        pytest.param(
            FETCH + X + 'inf["date"] = inf["date"] + pd.Timedelta("1d")\n'
            'dataframe = pd.merge_asof(dataframe, inf[["date", "x"]], on="date")',
            'inf["x"] =',
            id="dates moved to the close",
        ),
        pytest.param(
            FOUR.replace('"4h"', '"4h", label="right"')
            + 'dataframe = dataframe.merge(four, on="date", how="left")\n'
            'dataframe["x"] = dataframe["x"].ffill()',
            'dataframe["x"] =',
            id="resampled to the right",
        ),
        pytest.param(
            'inf = self.dp.get_pair_dataframe("BTC/USDT", self.timeframe)\n'
            + X
            + 'dataframe = dataframe.merge(inf[["date", "x"]], on="date", how="left")',
            'inf["x"] =',
            id="candles as fast",
        ),
        pytest.param(
            FETCH + X + DAY + 'dataframe["x"] = dataframe["close"].max()\n'
            'dataframe = dataframe.merge(inf[["day", "close"]], on="day")',
            'dataframe["x"] =',
            id="a column that is not merged",
        ),
        pytest.param('dataframe["x"] = dataframe["close"].max()', 'dataframe["x"] =', id="none"),
    ],
)
def test_no_merge_is_to_blame(indicators: str, assigned: str) -> None:
    text = strategy(indicators=indicators)
    assert find(Source(text), "x", line_of(text, assigned), seen=True) is None


@pytest.mark.parametrize("number", [0, 4], ids=["fetched", "resampled"])
def test_the_finding_names_it(bench: Bench, number: int) -> None:
    indicators, _, (part, hint) = CASES[number].values
    entry = 'dataframe.loc[dataframe["close"] < dataframe["x"], "enter_long"] = 1'
    source = strategy(indicators=indicators, entry=entry, attributes=_SLOW_HEAD, startup=60)
    (finding,) = bench.check(Causal(), source)
    assert (finding.code, finding.line, finding.hint) == ("FG820", line_of(source, part), hint)
