"""What pandas 3 and NumPy 2 removed; only what the installed versions truly lack is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.benchmarks.mutations.lookahead import everywhere
from tests.benchmarks.mutations.making import MARK, Change, Sound, operator

outdated = operator("outdated")
NUMPY = "import numpy as np"
PANDAS = "import pandas as pd"


@outdated
def fill_method(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        '{x}.fillna(method="ffill")',
        '{x}.fillna(method="pad")',
        '{x}.fillna(method="ffill", limit=2)',
        '{x}.pct_change(fill_method="ffill")',
        '{x}.pct_change(1, "pad")',
        '{x}.replace(0, method="ffill")',
    )
    method, frame = sound.indicators
    last = method.body[-1]
    if isinstance(last, ast.Return):
        yield [sound.before(last, f'{frame} = {MARK}{frame}.fillna(method="ffill")\n')]
        yield [sound.before(last, f'{MARK}{frame}.fillna(method="ffill", inplace=True)\n')]


@outdated
def removed_method(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        "{x}.append({x}.tail(0))",
        "{x}.pad()",
        "{x}.rolling(5).mean().mad()",
        "{x}.clip_upper(100)",
        "{x}.ix[:]",
        "{x}.tshift(1)",
        "{x}.slice_shift(1)",
        "{x}.convert_objects()",
        "{x}.get_values()",
        "{x}.view()",
        "{x}.ravel()",
        '{x}.to_frame().applymap(abs)["{c}"]'.replace('["{c}"]', ".iloc[:, 0]"),
        "{x}.to_frame().swapaxes(0, 1).iloc[0]",
    )
    method, frame = sound.indicators
    last = method.body[-1]
    if isinstance(last, ast.Return):
        for text in (
            f"for name, column in {MARK}{frame}.iteritems():\n    {frame}[name] = column\n",
            f"{frame} = {MARK}{frame}.append({frame}.tail(0))\n",
            f"{frame} = {MARK}{frame}.append({frame}.tail(0), ignore_index=True)\n",
            f'{frame}[["open", "close"]] = {MARK}{frame}[["open", "close"]].applymap(float)\n',
            f'first = {MARK}{frame}.ix[0, "close"]\n{frame}["open"] += first * 0\n',
        ):
            yield [sound.before(last, text)]


@outdated
def removed_function(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        "pd.rolling_mean({x}, 5)",
        "pd.rolling_std({x}, window=5)",
        "pd.ewma({x}, span=9)",
        "pd.expanding_max({x})",
        imports=(PANDAS,),
    )
    yield from everywhere(
        sound,
        "{x}.where({x} > pd.np.nan, {x})",
        imports=(PANDAS,),
    )


@outdated
def removed_of_numpy(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        "{x}.replace(0, np.NaN)",
        "{x}.replace([np.Inf, -np.Inf], 0)",
        "{x}.replace(np.infty, 0)",
        "{x}.replace(np.NINF, 0)",
        "{x}.astype(np.float)",
        "{x}.astype(np.float_)",
        "np.round_({x}, 2)",
        "np.asfarray({x})",
        "np.where(np.isnan({x}), np.NAN, {x})",
        "{x} * np.int(1)",
        "np.where(np.in1d({x}, [0]), 1, {x})",
        "{x} * np.product([1, 1])",
        "{x} + np.trapz([0, 0])",
        "np.cumproduct(np.ones(1))[0] * {x}",
        imports=(NUMPY,),
    )
    yield from everywhere(
        sound, "{x}.replace(0, numpy.NaN)", "numpy.asfarray({x})", imports=("import numpy",)
    )
    for node, _, _ in sound.made[:1]:
        yield [
            *sound.importing(f"{MARK}from numpy import NaN"),
            sound.swap(node.value, f"({sound.src(node.value)}).fillna(NaN)"),
        ]


@outdated
def removed_argument(sound: Sound) -> Iterator[Change]:
    yield from everywhere(
        sound,
        "{x}.rolling(5, axis=0).mean()",
        "{x}.ewm(span=5, axis=0).mean()",
        "{x}.sum(level=0)",
        '{x}.fillna(0, downcast="infer")',
        "{x}.expanding(1, center=False).mean()",
    )
    method, frame = sound.indicators
    last = method.body[-1]
    if isinstance(last, ast.Return):
        for text in (
            f'{frame}["date"] = {MARK}pd.to_datetime({frame}["date"], '
            "infer_datetime_format=True)\n",
            f'hours = {MARK}pd.date_range({frame}["date"].iloc[0], periods=3, closed="left")\n'
            f'{frame}["open"] = {frame}["open"] * len(hours) / len(hours)\n',
            f'{frame}["open"] = {frame}["open"] * '
            f'{MARK}{frame}[["open", "close"]].groupby(level=0, axis=1).ngroups / 2\n',
        ):
            yield [*sound.importing(PANDAS), sound.before(last, text)]


@outdated
def removed_frequency(sound: Sound) -> Iterator[Change]:
    for alias in ("1H", "4H", "30T", "15T", "M", "H", "T", "60S", "Q", "Y"):
        for template in (
            '{f}["date"].map({f}.set_index("date")["close"].resample("ALIAS").last().shift(1))',
            '{f}["date"].map({f}.resample(rule="ALIAS", on="date")["close"].last().shift(1))',
        ):
            yield from everywhere(sound, template.replace("ALIAS", alias) + ".ffill()")
