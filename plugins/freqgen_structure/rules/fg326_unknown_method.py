from __future__ import annotations

from typing import ClassVar

import libcst as cst

from freqgen_structure.columns import columns_of
from freqgen_structure.imported import get, has
from freqgen_structure.installed import INSTALLED
from freqgen_structure.nearest import distance, plain
from freqgen_structure.outdated import OLD_METHODS
from freqgen_structure.pandas_calls import class_of
from freqgen_structure.renaming import tried
from freqgen_structure.rule import Bad, Rule

_SAID = {
    "pandas.DataFrame": "a dataframe",
    "pandas.Series": "a column",
    "numpy.ndarray": "an array of NumPy",
}
_ALIASES = {
    "avg": "mean", "average": "mean", "stdev": "std", "stddev": "std", "stdv": "std",
    "variance": "var", "highest": "max", "lowest": "min", "maximum": "max", "minimum": "min",
    "total": "sum", "changepct": "pct_change", "pctchange": "pct_change",
    "percentchange": "pct_change", "lag": "shift", "ema": "", "delta": "diff",
    "length": "", "isnan": "isna", "isnil": "isna", "todict": "to_dict", "movingaverage": "",
    "fillforward": "ffill", "forwardfill": "ffill", "crossedabove": "", "sortby": "sort_values",
}  # fmt: skip
_HINTS = {
    "ema": "write .ewm(span=n, adjust=False).mean()",
    "sma": "write .rolling(n).mean()",
    "movingaverage": "write .rolling(n).mean()",
    "wma": "write ta.WMA(dataframe, timeperiod=n)",
    "rsi": "write ta.RSI(dataframe, timeperiod=n)",
    "crossedabove": "write qtpylib.crossed_above(one, other)",
    "crossesabove": "write qtpylib.crossed_above(one, other)",
    "crossabove": "write qtpylib.crossed_above(one, other)",
    "crossover": "write qtpylib.crossed_above(one, other)",
    "crossedbelow": "write qtpylib.crossed_below(one, other)",
    "crossesbelow": "write qtpylib.crossed_below(one, other)",
    "crossbelow": "write qtpylib.crossed_below(one, other)",
    "crossunder": "write qtpylib.crossed_below(one, other)",
}


# Indicators of qtpylib that have another name in pandas than their function.
_OTHER_NAMES = frozenset({"ema", "zlsma", "zlwma"})


class UnknownMethod(Rule):
    """FG326: a dataframe, a column or an array does not have the method that is called.

    ``df["close"].rolling(20).avg()`` or ``np.where(…).shift(1)`` raise ``AttributeError`` when
    the strategy reaches them. ``np.where``, and ``talib.abstract`` where it is given columns,
    make arrays, which have no ``shift``, ``rolling`` or ``fillna``.
    """

    VALID = (
        "from technical import qtpylib\nx = df['close'].ema(20)\n",
        'x = df["close"].rolling(20).mean().shift(1)',
        'df["mine"] = 1\nx = df.mine\ny = df.close',
        "import numpy as np\ndf['x'] = np.where(a, 1, 0)\ny = df['x'].shift(1)",
        "x = df['close'].to_numpy().sum()",
        "x = df.groupby('a').foo()",
        "x = df['date'].dt.hour\ny = df['pair'].str.upper()",
        "import pandas_ta as pta\nx = df.ta.rsi()",
        "try:\n    x = df['close'].foo()\nexcept AttributeError:\n    pass\n",
    )
    INVALID: ClassVar = (
        Bad(
            code='x = df["close"].rolling(20).avg()  # mean\n',
            line=1,
            fixed='x = df["close"].rolling(20).mean()  # mean\n',
        ),
        Bad(code='x = (\n    df["close"]\n    .ema(20)\n)\n', line=3),
        Bad(code='x = df["close"].rolling(20).sma()\n', line=1),
        Bad(code='x = df["close"].crosses_above(df["open"])\n', line=1),
        Bad(
            code='x = df["close"].shfit(1)\n',
            line=1,
            fixed='x = df["close"].shift(1)\n',
        ),
        Bad(
            code='x = df["close"].fillNa(0)\n',
            line=1,
            fixed='x = df["close"].fillna(0)\n',
        ),
        Bad(code="import numpy as np\nx = np.where(a, 1, 0).shift(1)\n", line=2),
        Bad(
            code="import talib.abstract as ta\nx = ta.RSI(df['close'], timeperiod=3)\n"
            "y = x.rolling(3).mean()\n",
            line=3,
        ),
        Bad(code='x = df["close"].ewm(span=3).sma()\n', line=1),
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        name = node.attr.value
        owner = class_of(self.source, node.value)
        if owner is None or name.startswith("_") or name == "ta":
            return
        if has(owner, name) is not False or (name in OLD_METHODS and "pandas" in owner):
            return
        if owner.startswith("pandas.") and self._adds(name):
            return
        if owner == "pandas.DataFrame" and not self._called(node):
            return  # may be a column
        if owner == "pandas.DataFrame" and columns_of(self.source).exists(name):
            return
        if tried(self.source, node, "AttributeError"):
            return
        meant = _meant(owner, name)
        said = _SAID.get(owner, "a window of candles")
        self.report(
            node.attr,
            f"{said} has no {name}",
            hint=f"write {meant}" if meant else _hint(owner, name),
            edits=(self.replace(node.attr, meant),) if meant else (),
        )

    def _adds(self, name: str) -> bool:
        """Whether qtpylib, which puts its indicators into pandas, is imported and has it."""
        qtpylib = INSTALLED.module("technical.vendor.qtpylib.indicators")
        if qtpylib is None or name not in qtpylib.names | _OTHER_NAMES:
            return False
        imports = map(self.text, self.source.all(cst.Import, cst.ImportFrom))
        return any("technical" in text or "qtpylib" in text for text in imports)

    def _called(self, node: cst.Attribute) -> bool:
        parent = self.source.parent(node)
        return isinstance(parent, cst.Call) and parent.func is node


def _meant(owner: str, name: str) -> str | None:
    known = [one for one in dir(get(owner)) if not one.startswith("_") and has(owner, one)]
    same = [one for one in known if plain(one) == plain(name)]
    alias = _ALIASES.get(plain(name))
    if not same and alias is not None:
        same = [one for one in known if one == alias]
    if not same and alias is None and len(name) > 3:
        same = [one for one in known if distance(plain(one), plain(name)) == 1]
    return same[0] if len(same) == 1 else None


def _hint(owner: str, name: str) -> str:
    if owner == "numpy.ndarray" and has("pandas.Series", name):
        return f"make a column of it first, as in pd.Series(values, index=dataframe.index).{name}"
    return _HINTS.get(plain(name), "look up what pandas calls it, or compute it from columns")
