"""What TA-Lib does not say about its own functions."""

from __future__ import annotations

from collections.abc import Mapping

LONGEST_PERIOD = 1_000
"""TA-Lib takes up to 100,000; Freqtrade could never load that many candles at start."""

CUMULATIVE = frozenset({"AD", "CUMSUM", "NVI", "OBV", "PVI", "PVT", "VWAP", "WAD"})
"""Sums and products since the first candle.

TA-Lib flags ADOSC, SAR, SAREXT and SUPERTREND as path-dependent too; they forget their start.
"""

INFINITE = frozenset(
    {"ACOS", "ASIN", "COSH", "DIV", "EXP", "LN", "LOG10", "RVOL", "SINH", "SQRT", "VWMA"}
)
"""Functions that can give infinite values; those are missing here. TA-Lib flags all but COSH,
EXP and SINH, which overflow for prices above 709."""

LEAPING = frozenset(
    {
        "HT_DCPERIOD",
        "HT_TRENDLINE",
        "HT_TRENDMODE",
        "KAMA",
        "MAMA",
        "SAR",
        "SAREXT",
        "STOCHRSI",
        "SUPERTREND",
    }
)
"""Functions whose way of remembering depends on the prices: stops that reverse, adaptive periods,
positions within a range of small values."""

POSITIONS = frozenset({"MAXINDEX", "MININDEX", "MINMAXINDEX"})
"""Functions that give numbers of rows; offered as the candles since then."""

OPERATORS: Mapping[str, str] = {"ADD": "+", "SUB": "-", "MULT": "*", "DIV": "/"}
"""Functions that pandas has an operator for."""

OUTPUT_NAMES: Mapping[tuple[str, str], str] = {
    ("", "real"): "value",
    ("", "integer"): "value",
    ("", "upperband"): "upper",
    ("", "middleband"): "middle",
    ("", "lowerband"): "lower",
    ("", "macd"): "line",
    ("", "macdsignal"): "signal",
    ("", "macdhist"): "histogram",
    ("", "slowk"): "k",
    ("", "slowd"): "d",
    ("", "fastk"): "k",
    ("", "fastd"): "d",
    ("", "aroondown"): "down",
    ("", "aroonup"): "up",
    ("", "bullpower"): "bull",
    ("", "bearpower"): "bear",
    ("", "swinghigh"): "high",
    ("", "swinglow"): "low",
    ("", "smi"): "line",
    ("", "smisignal"): "signal",
    ("", "plusvi"): "plus",
    ("", "minusvi"): "minus",
    ("", "haopen"): "open",
    ("", "hahigh"): "high",
    ("", "halow"): "low",
    ("", "haclose"): "close",
    ("", "minidx"): "min_age",
    ("", "maxidx"): "max_age",
    ("SUPERTREND", "supertrend"): "value",
    ("SUPERTREND", "trend"): "direction",
}
"""Readable names by function and native name; an empty function stands for all."""

OUTPUT_DESCRIPTIONS: Mapping[tuple[str, str], str] = {
    ("FRACTAL", "swinghigh"): "100 on the candle that completes a swing high, else 0",
    ("FRACTAL", "swinglow"): "100 on the candle that completes a swing low, else 0",
    ("HT_TRENDMODE", "integer"): "1 in a trend, 0 in a cycle",
    ("MAXINDEX", "integer"): "candles since the highest value, 0 on it",
    ("MININDEX", "integer"): "candles since the lowest value, 0 on it",
    ("MINMAXINDEX", "minidx"): "candles since the lowest value, 0 on it",
    ("MINMAXINDEX", "maxidx"): "candles since the highest value, 0 on it",
    ("SUPERTREND", "trend"): "1 in a rising trend, -1 in a falling one",
}

NOTES: Mapping[str, str] = {
    "BBANDS": "The standard deviation is the population's.",
    "FRACTAL": "Known `rightbars` candles after the swing, and given on that later candle.",
    "KC": "An EMA of the typical price, with a multiple of the ATR around it.",
    "MAVP": "The second source holds the period for each candle and has no default.",
    "MAXINDEX": "TA-Lib itself gives the number of the row.",
    "MININDEX": "TA-Lib itself gives the number of the row.",
    "MINMAXINDEX": "TA-Lib itself gives the numbers of the rows.",
    "SAREXT": "Negative while the system is short.",
    "VWAP": "From the first candle on; ROLLING_VWAP looks at the last candles only.",
}

PARAM_DESCRIPTIONS: Mapping[str, str] = {
    "acceleration": "step of the acceleration factor",
    "accelerationinitlong": "first acceleration factor when long",
    "accelerationinitshort": "first acceleration factor when short",
    "accelerationlong": "step of the acceleration factor when long",
    "accelerationmaxlong": "largest acceleration factor when long",
    "accelerationmaxshort": "largest acceleration factor when short",
    "accelerationshort": "step of the acceleration factor when short",
    "atrperiod": "candles of the ATR",
    "fastd_matype": "kind of moving average of d",
    "fastd_period": "candles of d, the average of k",
    "fastk_period": "candles of k, the range looked at",
    "fastlimit": "upper limit of the adaptive factor",
    "fastmatype": "kind of the faster moving average",
    "fastperiod": "candles of the faster average",
    "firstperiod": "candles of the first smoothing",
    "leftbars": "candles before the swing",
    "matype": "kind of moving average",
    "maximum": "largest acceleration factor",
    "maxperiod": "longest period; longer ones are cut to it",
    "minperiod": "shortest period; shorter ones are lengthened to it",
    "multiplier": "ATRs between price and line",
    "nbdev": "deviations (for KC: ATRs)",
    "nbdevdn": "standard deviations of the lower band",
    "nbdevup": "standard deviations of the upper band",
    "offsetonreverse": "ratio by which the start is moved at a reversal",
    "penetration": "how far into the earlier candle's body, as a ratio",
    "percentile": "percentile, 50 for the median",
    "roc1period": "candles of the first rate of change",
    "roc2period": "candles of the second rate of change",
    "rightbars": "candles after the swing",
    "rocperiod": "candles of the rate of change",
    "secondperiod": "candles of the second smoothing",
    "signalmatype": "kind of moving average of the signal",
    "signalperiod": "candles of the signal, an average of the line",
    "slowd_matype": "kind of moving average of d",
    "slowd_period": "candles of d, the average of k",
    "slowk_matype": "kind of moving average of k",
    "slowk_period": "candles of k's average",
    "slowlimit": "lower limit of the adaptive factor",
    "slowmatype": "kind of the slower moving average",
    "slowperiod": "candles of the slower average",
    "startvalue": "first value: 0 to find it, above 0 to begin long there, below 0 short",
    "stddevperiod": "candles of the standard deviation",
    "timeperiod": "candles",
    "timeperiod1": "candles of the first average",
    "timeperiod2": "candles of the second average",
    "timeperiod3": "candles of the third average",
    "vfactor": "volume factor; 0 gives an EMA of an EMA, 1 a DEMA",
    "wmaperiod": "candles of the weighted average",
}

PARAM_RANGES: Mapping[str, tuple[float, float]] = {
    "acceleration": (0.0, 1.0),
    "accelerationinitlong": (0.0, 1.0),
    "accelerationinitshort": (0.0, 1.0),
    "accelerationlong": (0.0, 1.0),
    "accelerationmaxlong": (0.0, 1.0),
    "accelerationmaxshort": (0.0, 1.0),
    "accelerationshort": (0.0, 1.0),
    "fastlimit": (0.01, 0.99),
    "maximum": (0.0, 1.0),
    "multiplier": (0.0, 100.0),
    "nbdev": (0.0, 100.0),
    "nbdevdn": (0.0, 100.0),
    "nbdevup": (0.0, 100.0),
    "offsetonreverse": (0.0, 1.0),
    "penetration": (0.0, 1.0),
    "percentile": (0.0, 100.0),
    "slowlimit": (0.01, 0.99),
    "startvalue": (-1e9, 1e9),
    "vfactor": (0.0, 1.0),
}
"""Ranges of fractional parameters; within TA-Lib's own, which are wider than what is of use."""
