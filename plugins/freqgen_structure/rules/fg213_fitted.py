from typing import ClassVar

import libcst as cst

from freqgen_structure.lookahead import FunctionRule
from freqgen_structure.rule import Bad

_POPULATE = "def populate_indicators(self, dataframe, metadata):\n"
_METHODS = frozenset({"fit", "fit_transform", "fit_predict", "partial_fit", "train"})
_PREPROCESSING = (
    "scale minmax_scale maxabs_scale robust_scale quantile_transform power_transform normalize"
)
_STATISTICS = (
    "linregress theilslopes siegelslopes zscore zmap gzscore boxcox yeojohnson rankdata "
    "percentileofscore pearsonr spearmanr"
)
_NUMPY = "polyfit linalg.lstsq linalg.svd linalg.eig linalg.pinv linalg.qr"


class Fitted(FunctionRule):
    """FG213: what is fitted to a whole column knows candles that have not happened yet.

    A scaler, a regression or a score that sees all candles of a backtest gives each of them
    what only the end of the period can tell: ``StandardScaler().fit_transform(column)``,
    ``numpy.polyfit``, ``scipy.stats.zscore``, a model of statsmodels. Where what becomes of the
    fit cannot be followed, the finding is a warning.
    """

    FUNCTIONS = frozenset(
        [f"sklearn.preprocessing.{name}" for name in _PREPROCESSING.split()]
        + [f"scipy.stats.{name}" for name in _STATISTICS.split()]
        + [f"numpy.{name}" for name in _NUMPY.split()]
        + ["scipy.optimize.", "scipy.interpolate.", "numpy.polynomial.", "scipy.linalg."]
        + ["statsmodels.api.", "statsmodels.tsa.", "statsmodels.tsa.filters.hp_filter.hpfilter"]
        + ["statsmodels.tsa.seasonal.", "statsmodels.tsa.api.", "statsmodels.formula.api."]
        + ["statsmodels.regression.linear_model.", "numpy.polynomial.polynomial."]
        + ["statsmodels.nonparametric.smoothers_lowess."]
    )
    MESSAGE = "{name} sees the whole column, candles that have not happened yet included"
    HINT = (
        "scale or fit over the candles so far: (x - x.rolling(n).mean()) / x.rolling(n).std(), "
        "or a talib function such as LINEARREG"
    )
    VALID = (
        "import numpy as np\n"
        + _POPULATE
        + "    dataframe['a'] = np.interp(dataframe['rsi'], [0, 100], [-1, 1])",
        "import numpy as np\n"
        + _POPULATE
        + "    slope = lambda w: np.polyfit(range(len(w)), w, 1)[0]\n"
        "    dataframe['a'] = dataframe['close'].rolling(9).apply(slope)",
        _POPULATE + "    self.model.fit([1, 2], [3, 4])",
        "from scipy.stats import zscore\n"
        + _POPULATE
        + "    dataframe['a'] = dataframe['close'].rolling(9).apply(lambda w: zscore(w)[-1])",
    )
    INVALID: ClassVar = (
        Bad(
            code="from sklearn.preprocessing import StandardScaler\n"
            + _POPULATE
            + "    dataframe['a'] = StandardScaler().fit_transform(dataframe[['close']])",
            line=3,
        ),
        Bad(
            code="from sklearn.preprocessing import MinMaxScaler\n"
            + _POPULATE
            + "    scaler = MinMaxScaler()\n"
            "    scaler.fit(dataframe['close'].values.reshape(-1, 1))\n"
            "    dataframe['a'] = scaler.transform(dataframe[['close']])",
            line=4,
        ),
        Bad(
            code="import numpy as np\n"
            + _POPULATE
            + "    k, m = np.polyfit(np.arange(len(dataframe)), dataframe['close'], 1)\n"
            "    dataframe['a'] = dataframe['close'] - k",
            line=3,
        ),
        Bad(
            code="from scipy import stats\n"
            + _POPULATE
            + "    dataframe['a'] = stats.zscore(dataframe['close'])",
            line=3,
        ),
        Bad(
            code="import statsmodels.api as sm\n"
            + _POPULATE
            + "    fit = sm.OLS(dataframe['close'], dataframe['open']).fit()\n"
            "    dataframe['a'] = fit.fittedvalues",
            line=3,
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        func = node.func
        if not isinstance(func, cst.Attribute) or func.attr.value not in _METHODS:
            super().visit_Call(node)
            return
        if self.source.imported(func) is not None or self.candles.kind(func.value) is not None:
            return  # a method of the library's result, which is reported itself
        if not any(self.sees(arg.value) for arg in node.args):
            return
        message = self.MESSAGE.format(name=func.attr.value)
        # What a fitted object does afterwards goes through its name.
        name = func.value if isinstance(func.value, cst.Name) else None
        self.spread(node, message, through=self.reads(name) if name is not None else ())
