"""What is mended for pandas 3 and NumPy 2 runs there, and gives what the old call meant."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from freqgen import Draft, Report, ValidationContext, mend
from freqgen_structure import RuleValidator, validators

_TABLE = range(350, 380)
OUTDATED = [
    v for v in validators() if v.codes[0].startswith("FG3") and int(v.codes[0][2:]) in _TABLE
]
HEAD = "import numpy as np\nimport pandas as pd\n\n\ndef made(dataframe: pd.DataFrame):\n"


def _candles() -> pd.DataFrame:
    random = np.random.default_rng(7)
    close = 100 + random.standard_normal(200).cumsum()
    close[[20, 21, 90]] = np.nan
    return pd.DataFrame(
        {
            "date": pd.date_range("2026-01-01", periods=200, freq="15min", tz="UTC"),
            "open": close + 0.5,
            "high": close + 1.0,
            "low": close - 1.0,
            "close": close,
            "volume": random.uniform(1, 9, 200),
        }
    )


def _mended(code: str, context: ValidationContext) -> str:
    def check(draft: Draft) -> Report:
        findings = [f for v in OUTDATED for f in v.check(draft, None, context)]
        return Report(findings=tuple(findings))

    mended = mend(Draft(class_name="S", source=code), check)
    assert mended.report.findings == (), mended.draft.source
    assert mend(mended.draft, check).draft == mended.draft
    return mended.draft.source


def _result(code: str) -> Any:
    names: dict[str, Any] = {}
    exec(code, names)
    return names["made"](_candles())


def _sma(frame: pd.DataFrame) -> Any:
    values = frame["close"].to_numpy()
    rows = [values[max(0, i - 4) : i + 1] for i in range(len(values))]
    return [np.mean(row) if len(row) == 5 else np.nan for row in rows]


def _held(values: pd.Series[float]) -> list[float]:
    """The last value that there was, candle by candle."""
    found: list[float] = []
    for value in values:
        found.append(found[-1] if found and value != value else value)
    return found


def _changes(values: list[float], periods: int) -> list[float]:
    return [
        values[i] / values[i - periods] - 1 if i >= periods else np.nan for i in range(len(values))
    ]


Meaning = Callable[[pd.DataFrame], Any]
# The expression as it was written for an older library, and what it meant there.
MEANINGS: dict[str, Meaning] = {
    'dataframe["close"].fillna(method="ffill")': lambda f: _held(f["close"]),
    'dataframe["close"].fillna(method="pad", limit=1)': lambda f: f["close"].ffill(limit=1),
    'dataframe["close"].fillna(None, "ffill")': lambda f: _held(f["close"]),
    'dataframe["close"].fillna(value=None, method="bfill")': lambda f: _held(f["close"][::-1])[
        ::-1
    ],
    'dataframe["close"].pad()': lambda f: _held(f["close"]),
    'dataframe["close"].interpolate(method="pad")': lambda f: _held(f["close"]),
    'dataframe["close"].pct_change(3, fill_method="ffill")': lambda f: _changes(
        _held(f["close"]), 3
    ),
    'dataframe["volume"].append(dataframe["open"], ignore_index=True)': lambda f: [
        *f["volume"],
        *f["open"],
    ],
    'dataframe.append(dataframe.head(2))["volume"]': lambda f: [*f["volume"], *f["volume"][:2]],
    '[value for _, value in dataframe["volume"].iteritems()]': lambda f: list(f["volume"]),
    'dataframe[["volume"]].applymap(lambda v: v * 2)["volume"]': lambda f: f["volume"] * 2,
    'dataframe["volume"].mad()': lambda f: np.mean(np.abs(f["volume"] - np.mean(f["volume"]))),
    'dataframe["volume"].clip_lower(4)': lambda f: [max(4, v) for v in f["volume"]],
    'dataframe["volume"].clip_upper(4)': lambda f: [min(4, v) for v in f["volume"]],
    'dataframe["volume"].ravel()': lambda f: f["volume"].to_numpy(),
    'dataframe["volume"].as_matrix()': lambda f: f["volume"].to_numpy(),
    'dataframe["volume"].order()': lambda f: sorted(f["volume"]),
    'dataframe["date"].dt.week': lambda f: [d.isocalendar().week for d in f["date"]],
    'dataframe["date"].dt.weekday_name': lambda f: [d.strftime("%A") for d in f["date"]],
    'dataframe.get_value(3, "open")': lambda f: f["open"].to_numpy()[3],
    'dataframe.ix[dataframe["volume"] > 4, "open"]': lambda f: f["open"].to_numpy()[
        f["volume"] > 4
    ],
    'dataframe.ix[-1]["open"]': lambda f: f["open"].to_numpy()[-1],
    'dataframe["open"][-2]': lambda f: f["open"].to_numpy()[-2],
    'dataframe["open"].rolling(3).max()[-1]': lambda f: max(f["open"].to_numpy()[-3:]),
    'dataframe["volume"].is_monotonic': lambda f: False,
    'dataframe.resample("1H", on="date")["volume"].sum()': lambda f: [
        sum(f["volume"][i : i + 4]) for i in range(0, 200, 4)
    ],
    'dataframe.resample("30T", on="date")["volume"].max()': lambda f: [
        max(f["volume"][i : i + 2]) for i in range(0, 200, 2)
    ],
    'dataframe.resample("30m", on="date")["volume"].max()': lambda f: [
        max(f["volume"][i : i + 2]) for i in range(0, 200, 2)
    ],
    'dataframe["date"].dt.floor("H")': lambda f: [d.replace(minute=0) for d in f["date"]],
    'pd.Timedelta(90, unit="T") / pd.Timedelta("1h")': lambda f: 1.5,
    'dataframe.drop("open", 1).columns.tolist()': lambda f: [c for c in f if c != "open"],
    'dataframe["close"].rolling(window=5, axis=0).mean()': _sma,
    'pd.rolling_mean(dataframe["close"], 5)': _sma,
    'pd.rolling_max(dataframe["open"], window=2, min_periods=1)': lambda f: [
        np.nanmax(f["open"].to_numpy()[max(0, i - 1) : i + 1])
        if not f["open"][max(0, i - 1) : i + 1].isna().all()
        else np.nan
        for i in range(200)
    ],
    'pd.ewma(dataframe["volume"], span=9, adjust=False)': lambda f: _ema(f["volume"], 9),
    'dataframe["volume"].between(3, 5, inclusive=True)': lambda f: [
        3 <= v <= 5 for v in f["volume"]
    ],
    'dataframe["volume"].between(3, 5, inclusive=False)': lambda f: [
        3 < v < 5 for v in f["volume"]
    ],
    'dataframe["volume"].rolling(9).quantile(quantile=0.5)': lambda f: (
        f["volume"].rolling(9).median()
    ),
    'pd.to_datetime(dataframe["date"], infer_datetime_format=True)': lambda f: f["date"],
    'pd.date_range("2026-01-01", "2026-01-04", closed="left").day.tolist()': lambda f: [1, 2, 3],
    "pd.value_counts(np.array([3, 3, 5])).tolist()": lambda f: [2, 1],
    "pd.np.sqrt(9.0)": lambda f: 3.0,
    'np.where(dataframe["volume"] > 4, 1, np.NaN)': lambda f: [
        1 if v > 4 else np.nan for v in f["volume"]
    ],
    "[np.Inf, np.Infinity, np.infty, np.PINF, np.NINF]": lambda f: [*[np.inf] * 4, -np.inf],
    "2.0 ** np.NINF": lambda f: 0.0,
    "np.in1d([1, 2], [2, 3]).tolist()": lambda f: [False, True],
    "np.trapz([1.0, 2.0, 3.0])": lambda f: 4.0,
    "np.product([2, 3])": lambda f: 6,
    "np.cumproduct([2, 3])": lambda f: [2, 6],
    "[bool(np.sometrue([0, 1])), bool(np.alltrue([0, 1]))]": lambda f: [True, False],
    "np.row_stack(([1, 2], [3, 4])).tolist()": lambda f: [[1, 2], [3, 4]],
    "np.round_(2.345, 1)": lambda f: 2.3,
    "np.asfarray([1, 2]).dtype == np.float_": lambda f: True,
    "np.msort([3, 1, 2])": lambda f: [1, 2, 3],
    "np.asscalar(np.array([4.5]))": lambda f: 4.5,
    "np.math.floor(2.5)": lambda f: 2,
    'dataframe["volume"].astype(np.float).sum() > np.int(3)': lambda f: True,
    "np.percentile([1, 2, 3, 4], 50, interpolation='lower')": lambda f: 2,
    "pd.Int64Index([4, 5]).tolist()": lambda f: [4, 5],
}


def _ema(values: pd.Series[float], span: int) -> list[float]:
    found: list[float] = []
    for value in values:
        found.append(found[-1] + (value - found[-1]) * 2 / (span + 1) if found else value)
    return found


@pytest.mark.parametrize(("code", "meaning"), MEANINGS.items(), ids=MEANINGS)
def test_the_mended_code_gives_what_the_old_one_meant(
    code: str, meaning: Meaning, context: ValidationContext
) -> None:
    mended = _mended(f"{HEAD}    return {code}\n", context)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = _result(mended)
    wanted = meaning(_candles())
    if np.ndim(wanted) == 0:
        assert found == pytest.approx(wanted) if isinstance(wanted, float) else found == wanted
        return
    got, expected = np.asarray(found), np.asarray(wanted)
    if expected.dtype.kind in "fi":
        np.testing.assert_allclose(got.astype(float), expected.astype(float))
    else:
        assert list(got) == list(expected)


@pytest.mark.parametrize("code", MEANINGS, ids=MEANINGS)
def test_the_old_code_does_not_run_as_it_is(code: str) -> None:
    """Otherwise there would be nothing to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(Exception):  # noqa: B017  (whatever the libraries raise)
            _result(f"{HEAD}    return {code}\n")


IMPORTS = {
    "from numpy import NaN\n\nx = [NaN, 1]\n": "from numpy import nan\n\nx = [nan, 1]\n",
    "from numpy import NaN as missing, inf\n\nx = [missing, inf]\n": (
        "from numpy import nan as missing, inf\n\nx = [missing, inf]\n"
    ),
    "from numpy import (\n    float,  # the old one\n    where,\n)\n\nx = float(1)\n": None,
    "from numpy import in1d, trapz\n\nx = [trapz([1, 2]), *in1d([1], [1])]\n": (
        "from numpy import isin, trapezoid\n\nx = [trapezoid([1, 2]), *isin([1], [1])]\n"
    ),
    "from pandas import datetime\n\nx = datetime(2026, 1, 1)\n": (
        "from datetime import datetime\n\nx = datetime(2026, 1, 1)\n"
    ),
}


@pytest.mark.parametrize(("code", "wanted"), IMPORTS.items(), ids=map(repr, IMPORTS))
def test_statements_of_import_are_mended_with_what_they_bind(
    code: str, wanted: str | None, context: ValidationContext
) -> None:
    if wanted is None:  # a comment would go with the name
        assert _proposed(code, context) == []
        return
    mended = _mended(code, context)
    assert mended == wanted
    exec(mended, {})


def _proposed(code: str, context: ValidationContext) -> list[object]:
    draft = Draft(class_name="S", source=code)
    return [f.edits for v in OUTDATED for f in v.check(draft, None, context) if f.edits]


def test_every_rule_of_outdated_libraries_is_here() -> None:
    assert [v.codes[0] for v in OUTDATED] == sorted(v.codes[0] for v in OUTDATED)
    assert all(isinstance(v, RuleValidator) for v in OUTDATED)
    assert len(OUTDATED) >= 7
