"""Every entry of the catalogue: its values against TA-Lib's own, its code and causality."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import talib
import talib.abstract
from hypothesis import given, settings
from hypothesis import strategies as st

from freqgen.design.indicators import Catalogue, Indicator
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.indicators_helpers import after_warmup, candles_since
from freqgen.design.indicators_talib import TalibIndicator
from freqgen.design.warmup import synthetic_candles
from freqgen.exceptions import DesignError

CATALOGUE = Catalogue(builtin_indicators())
CANDLES = synthetic_candles(7, 600)
ABSTRACT: Any = talib.abstract
ROOT = Path(__file__).resolve().parents[2]

entries = pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)


def with_sources(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns that begin missing, as those of earlier indicators do."""
    n = np.arange(len(frame))
    return frame.assign(
        src=np.where(n < 7, np.nan, np.sin(n / 9) * 50 + 60 + n % 5),
        two=np.where(n < 11, np.nan, np.cos(n / 9) * 3 + 3),
    )


def default_sources(entry: Indicator) -> tuple[str, ...]:
    """The default, and for MAVP the column that the frame has for it."""
    return entry.sources


def other_sources(entry: Indicator) -> tuple[str, ...]:
    return ("src", "two")[: len(entry.sources)]


def run_code(
    entry: Indicator,
    frame: pd.DataFrame,
    columns: dict[str, str],
    params: dict[str, Any],
    sources: tuple[str, ...],
) -> pd.DataFrame:
    code = entry.code(frame="dataframe", columns=columns, params=params, sources=sources)
    names: dict[str, Any] = {"dataframe": frame.copy()}
    exec("\n".join([*code.imports, *code.helpers, *code.lines]), names)
    result: pd.DataFrame = names["dataframe"]
    return result


@pytest.mark.parametrize(
    "entry", [e for e in CATALOGUE if isinstance(e, TalibIndicator)], ids=lambda entry: entry.name
)
def test_values_are_talibs_where_they_hold(entry: Indicator) -> None:
    function = ABSTRACT.Function(entry.name)
    result = function(CANDLES)
    lookback = function.lookback
    assert entry.lookback() == lookback
    rows = np.arange(len(CANDLES))
    for output, values in entry.compute(CANDLES, sources=default_sources(entry)).items():
        native = next(o.native for o in entry.outputs if o.name == output)
        expected = result if len(entry.outputs) == 1 else result[native]
        wanted = expected.to_numpy(dtype=float)
        if entry.name in {"MAXINDEX", "MININDEX", "MINMAXINDEX"}:
            wanted = rows - wanted
        wanted = np.where(rows < lookback, np.nan, wanted)
        assert np.array_equal(values.to_numpy(), wanted, equal_nan=True)


@entries
def test_values_are_floats_on_the_index_with_the_first_rows_missing(entry: Indicator) -> None:
    frame = CANDLES.set_axis(range(100, 700))
    computed = entry.compute(frame, sources=default_sources(entry))
    assert list(computed) == [output.name for output in entry.outputs]
    missing = []
    for values in computed.values():
        assert values.dtype == np.float64
        assert values.index.equals(frame.index)
        present = values.notna().to_numpy()
        missing.append(int(present.argmax()) if present.any() else 0)
        assert present[missing[-1] :].all() or not present.any()
    assert max(missing) == entry.lookback() or entry.name in {"ACOS", "ASIN"}
    if entry.library == "talib":
        assert len(set(missing)) == 1


@pytest.mark.parametrize(
    ("entry", "sources"),
    [
        pytest.param(entry, sources, id=f"{entry.name}-{which}")
        for entry in CATALOGUE
        for which, sources in [
            ("default", default_sources(entry)),
            ("source", other_sources(entry)),
        ]
        if which == "default" or sources
    ],
)
def test_the_code_gives_the_same_candle_for_candle(
    entry: Indicator, sources: tuple[str, ...]
) -> None:
    frame = with_sources(CANDLES)
    columns = {output.name: f"x_{output.name}" for output in entry.outputs}
    computed = entry.compute(frame, sources=sources)
    for wanted in [columns, *({name: column} for name, column in columns.items())]:
        result = run_code(entry, frame, wanted, {}, sources)
        for name, column in wanted.items():
            pd.testing.assert_series_equal(
                result[column], computed[name], check_names=False, check_exact=True
            )
        assert set(result.columns) == {*frame.columns, *wanted.values()}


@entries
def test_no_value_changes_when_candles_follow(entry: Indicator) -> None:
    sources = default_sources(entry)
    whole = entry.compute(CANDLES, sources=sources)
    lookback = entry.lookback()
    for length in sorted({0, 1, 2, lookback, lookback + 1, lookback + 2, 233, 377, 599}):
        part = entry.compute(CANDLES.iloc[:length], sources=sources)
        for name, values in part.items():
            assert np.array_equal(values, whole[name].iloc[:length], equal_nan=True), length


@entries
def test_the_warm_up_is_counted_from_the_first_candle_that_has_values(entry: Indicator) -> None:
    gap = 37
    empty = pd.DataFrame(np.nan, index=range(gap), columns=CANDLES.columns)
    late = pd.concat([empty, CANDLES], ignore_index=True)
    sources = default_sources(entry)
    whole = entry.compute(CANDLES, sources=sources)
    for name, values in entry.compute(late, sources=sources).items():
        assert values.iloc[:gap].isna().all()
        np.testing.assert_allclose(values.iloc[gap:], whole[name], rtol=1e-9, atol=1e-12)


def hostile(kind: str) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    frame = CANDLES.iloc[:200].copy()
    prices = ["open", "high", "low", "close"]
    match kind:
        case "no volume":
            frame["volume"] = 0.0
        case "volume at times":
            frame.loc[rng.random(200) < 0.5, "volume"] = 0.0
        case "flat":
            frame.loc[60:160, [*prices, "volume"]] = 100.0
        case "zero":
            frame.loc[60:160, [*prices, "volume"]] = 0.0
        case "signs":
            frame[[*prices, "volume"]] = rng.integers(-1, 2, (200, 5)).astype(float)
        case "large":
            frame[[*prices, "volume"]] *= 1e12
    return frame


@pytest.mark.parametrize("kind", ["no volume", "volume at times", "flat", "zero", "signs", "large"])
def test_nothing_is_infinite_and_the_code_agrees(kind: str) -> None:
    frame = hostile(kind)
    for entry in CATALOGUE:
        columns = {output.name: f"x_{output.name}" for output in entry.outputs}
        sources = default_sources(entry)
        computed = entry.compute(frame, sources=sources)
        result = run_code(entry, frame, columns, {}, sources)
        for name, column in columns.items():
            assert not np.isinf(computed[name]).any(), entry.name
            assert np.array_equal(result[column], computed[name], equal_nan=True), entry.name


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_parameters(data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from(builtin_indicators()))
    params = {
        p.name: data.draw(
            st.integers(int(p.low), min(int(p.high), 60))
            if p.kind == "int"
            else st.floats(p.low, min(p.high, 5.0))
        )
        for p in entry.params
    }
    try:
        entry.resolve(params)
    except DesignError:
        assert entry.name == "MAVP"
        return
    frame = with_sources(CANDLES)
    sources = data.draw(st.sampled_from([default_sources(entry), other_sources(entry)]))
    columns = {output.name: f"x_{output.name}" for output in entry.outputs}
    computed = entry.compute(frame, params, sources)
    result = run_code(entry, frame, columns, params, sources)
    length = data.draw(st.integers(1, len(frame)))
    part = entry.compute(frame.iloc[:length], params, sources)
    for name, column in columns.items():
        assert np.array_equal(result[column], computed[name], equal_nan=True)
        assert np.array_equal(part[name], computed[name].iloc[:length], equal_nan=True)
        assert not np.isinf(computed[name]).any()


@entries
def test_both_ends_of_every_range_can_be_computed(entry: Indicator) -> None:
    frame = with_sources(CANDLES)
    for param in entry.params:
        for value in (param.low, param.high):
            try:
                entry.resolve({param.name: value})
            except DesignError:
                # The two periods of MAVP depend on each other.
                assert entry.name == "MAVP"
            else:
                entry.compute(frame, {param.name: value}, default_sources(entry))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(DesignError, match='ATR reads the column "low"'):
        CATALOGUE.get("ATR").compute(CANDLES.drop(columns="low"))


def test_the_helpers_count_present_values() -> None:
    source = pd.Series([np.nan, 1.0, np.nan, 1.0, 1.0])
    zeros = pd.Series([0, 0, 0, 100, 0])
    assert after_warmup(zeros, source, 2).tolist()[3:] == [100.0, 0.0]
    assert after_warmup(zeros, source, 2).iloc[:3].isna().all()
    assert candles_since(pd.Series([0, 0, 0, 1, 4]), source, 2).tolist()[3:] == [2.0, 0.0]


@pytest.fixture(scope="module")
def file_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One module that computes everything, with and without sources, as a strategy would."""
    imports: set[str] = {"from pandas import DataFrame"}
    helpers: set[str] = set()
    methods = ""
    for number, entry in enumerate(CATALOGUE):
        for which, sources in enumerate([default_sources(entry), other_sources(entry)]):
            if which and not sources:
                continue
            columns = {o.name: f"x{number}_{o.name}" for o in entry.outputs}
            code = entry.code(frame="dataframe", columns=columns, sources=sources)
            imports.update(code.imports)
            helpers.update(code.helpers)
            body = "\n".join(code.lines).replace("\n", "\n        ")
            methods += (
                f"\n    def compute_{number}_{which}(self, dataframe: DataFrame) -> DataFrame:\n"
                f'        """Compute {entry.name}."""\n        {body}\n        return dataframe\n'
            )
    imports -= {"from pandas import DataFrame", "from pandas import Series"}
    imports.add("from pandas import DataFrame, Series")
    text = '"""All indicators."""\n\n' + "\n".join(sorted(imports)) + "\n\n\n"
    text += "\n\n".join(sorted(helpers)) + f'\n\nclass All:\n    """All."""\n{methods}'
    path = tmp_path_factory.mktemp("all") / "all_indicators.py"
    path.write_text(text)
    return path


def test_the_code_of_all_entries_passes_ruff(file_of_all: Path) -> None:
    pytest.importorskip("ruff")
    command = [sys.executable, "-m", "ruff", "check", "--config", str(ROOT / "pyproject.toml")]
    done = subprocess.run(
        [*command, "--ignore", "I001", "--no-cache", str(file_of_all)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.soak
@pytest.mark.slow
def test_the_code_of_all_entries_passes_mypy_with_talibs_stubs(
    file_of_all: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-error-summary"]
    done = subprocess.run(
        [*command, f"--cache-dir={tmp_path}", str(file_of_all)],
        capture_output=True,
        text=True,
        check=False,
        cwd=file_of_all.parent,
    )
    assert done.returncode == 0, done.stdout[-3000:]
