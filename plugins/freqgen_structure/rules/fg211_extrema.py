from typing import ClassVar

import libcst as cst

from freqgen_structure.following import flow_of
from freqgen_structure.lookahead import FunctionRule
from freqgen_structure.rule import Bad

_POPULATE = "def populate_indicators(self, dataframe, metadata):\n"


class Extrema(FunctionRule):
    """FG211: a high or low point is known as one only when later candles have confirmed it.

    ``scipy.signal.argrelextrema`` and ``find_peaks`` compare each candle with those on both
    sides of it: that a candle is a peak is known some candles later. Where the result is
    shifted to later candles before it is used, nothing is reported.
    """

    FUNCTIONS = frozenset(
        [
            f"scipy.signal.{name}"
            for name in "argrelextrema argrelmax argrelmin find_peaks find_peaks_cwt "
            "peak_prominences peak_widths".split()
        ]
    )
    MESSAGE = "{name} compares a candle with later ones: no candle knows yet that it is a peak"
    HINT = (
        "compare with earlier candles, as in high == high.rolling(n).max(), or shift the result "
        "by the number of candles that confirm it"
    )
    VALID = (
        "from scipy.signal import argrelextrema\n"
        "import numpy as np\n"
        + _POPULATE
        + "    i = argrelextrema(dataframe['low'].to_numpy(), np.less, order=5)[0]\n"
        "    m = np.zeros(len(dataframe))\n    m[i] = 1\n"
        "    dataframe['low_point'] = np.roll(m, 5)",
        "from scipy.signal import find_peaks\n"
        "def custom_exit(self, pair, trade, **kwargs):\n"
        "    dataframe, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)\n"
        "    return len(find_peaks(dataframe['close'])[0]) > 3",
    )
    INVALID: ClassVar = (
        Bad(
            code="from scipy.signal import argrelextrema\nimport numpy as np\n"
            + _POPULATE
            + "    i = argrelextrema(dataframe['low'].to_numpy(), np.less)[0]\n"
            "    dataframe.loc[i, 'enter_long'] = 1",
            line=4,
        ),
        Bad(
            code="from scipy import signal\n"
            + _POPULATE
            + "    peaks, _ = signal.find_peaks(-dataframe['low'])\n"
            "    for p in peaks:\n        dataframe.loc[p, 'low_point'] = 1",
            line=3,
        ),
        Bad(
            code="import scipy.signal\n"
            + _POPULATE
            + "    dataframe['top'] = 0\n    dataframe.iloc[\n"
            "        scipy.signal.argrelmax(dataframe.high.values, order=3)[0], 7] = 1",
            line=5,
        ),
    )

    def found(self, node: cst.Call, name: str) -> None:
        if not flow_of(self.candles, node).delayed:
            self.spread(node, self.MESSAGE.format(name=name))
