from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.rows import ROW_BY_ROW, Rows, called
from freqgen_structure.rule import Bad, Rule

_HEAD = "def populate_indicators(self, dataframe, metadata):\n"


class LoopOverRows(Rule):
    """FG404: a loop goes through the candles one by one.

    Python takes about a thousand times as long for it as pandas for the whole column, and the
    loop runs again for every pair and every new candle. Conditions, ``numpy.where``,
    ``shift`` and ``rolling`` say the same for all candles at once. A loop that needs its own
    last result, as a Supertrend does, is no fault where it works on arrays of NumPy.
    """

    SEVERITY = Severity.WARNING
    HINT = (
        "compute the whole column at once, with shift, rolling, numpy.where or conditions; where "
        "each value needs the one before, loop over arrays from to_numpy()"
    )
    VALID = (
        _HEAD + "    for period in (5, 10):\n        dataframe[f'e{period}'] = 1\n",
        _HEAD + "    for period in range(5, 20):\n        dataframe[f'e{period}'] = 1\n",
        _HEAD + "    for name in dataframe.columns:\n        dataframe[name] = 1\n",
        _HEAD + "    for pair in self.dp.current_whitelist():\n        f(pair)\n",
        _HEAD + "    for i in range(len(periods)):\n        f(periods[i])\n",
        _HEAD + "    for close in dataframe['close'].tail(3):\n        print(close)\n",
        _HEAD + "    for i in range(1, 4):\n        x = dataframe['close'].shift(i)\n",
        _HEAD + "    c = dataframe['close'].to_numpy()\n    st = np.zeros(len(c))\n"
        "    for i in range(1, len(c)):\n        st[i] = max(c[i], st[i - 1])\n",
        _HEAD + "    last = 0.0\n    out = []\n    for close in dataframe['close']:\n"
        "        last = last * 0.9 + close\n        out.append(last)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    for i in range(1, len(dataframe)):\n"
            "        dataframe.loc[i, 'x'] = dataframe.loc[i - 1, 'close']\n",
            line=2,
        ),
        Bad(
            code=_HEAD + "    n = dataframe.shape[0]\n    for i in range(n):\n"
            "        dataframe.at[i, 'x'] = 1\n",
            line=3,
        ),
        Bad(code=_HEAD + "    for i in dataframe.index:\n        f(i)\n", line=2),
        Bad(code=_HEAD + "    for close in dataframe['close']:\n        f(close)\n", line=2),
        Bad(code=_HEAD + "    for close in dataframe.close.values:\n        f(close)\n", line=2),
        Bad(
            code=_HEAD + "    for a, b in zip(dataframe['open'], dataframe['close']):\n"
            "        f(a, b)\n",
            line=2,
        ),
        Bad(
            code=_HEAD + "    out = []\n    for i, v in enumerate(dataframe['close'].tolist()):\n"
            "        out.append(v * i)\n",
            line=3,
        ),
        Bad(code=_HEAD + "    for row in dataframe.to_dict('records'):\n        f(row)\n", line=2),
        Bad(code=_HEAD + "    for i, v in dataframe['close'].items():\n        f(v)\n", line=2),
        Bad(
            code="def f(df):\n    c = df['close'].to_numpy()\n    out = [0] * len(c)\n"
            "    for i in range(len(c)):\n        out[i] = c[i] * 2\n",
            line=4,
        ),
    )

    def check(self) -> None:
        rows = Rows(self.source)
        for loop in self.source.all(cst.For):
            calls = self.source.below(loop.iter, cst.Call)
            if any(called(call) in ROW_BY_ROW for call in calls):
                continue  # FG405 says more
            if rows.all(loop.iter) and not rows.carries(loop):
                self.report(loop.iter)
