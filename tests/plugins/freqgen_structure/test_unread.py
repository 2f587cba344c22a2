"""Values of later candles that only go into a column which nothing reads are a warning."""

from __future__ import annotations

import pytest

from tests.plugins.freqgen_structure.conftest import Check

HEAD = """\
import numpy as np
import talib.abstract as ta
import freqtrade.vendor.qtpylib.indicators as qtpylib
from freqtrade.strategy import IStrategy, informative, merge_informative_pair
from pandas import DataFrame
"""
CLASS = """

class S(IStrategy):
    timeframe = "1h"
    minimal_roi = {"0": 0.05}
    stoploss = -0.1
"""
INDICATORS = (
    "    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:\n"
)
RETURN = "        return dataframe\n"
RSI = "        dataframe['rsi'] = ta.RSI(dataframe, timeperiod=14)\n"
LEAK = "        dataframe['chikou'] = dataframe['close'].shift(-26)\n"
ENTRY = "    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:\n"
ENTER = "        dataframe.loc[dataframe['rsi'] < 30, 'enter_long'] = 1\n"
EXIT = (
    "    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:\n"
    "        dataframe.loc[dataframe['rsi'] > 70, 'exit_long'] = 1\n" + RETURN
)
CALLBACK = "    def custom_exit(self, pair, trade, **kwargs):\n"
ANALYSED = "        df, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)\n"
PROPERTY = (
    "    @property\n    def plot_config(self):\n"
    "        return {'main_plot': {'chikou': {'color': 'blue', 'fill_to': 'chikou'}}}\n"
)
INFORMATIVE = (
    "    @informative('4h')\n"
    "    def populate_indicators_4h(self, dataframe: DataFrame, metadata: dict) -> DataFrame:\n"
    + LEAK
    + RETURN
)


def strategy(
    leak: str = LEAK,
    *,
    attributes: str = "",
    indicators: str = "",
    entry: str = "",
    methods: str = "",
    module: str = "",
) -> str:
    """A strategy whose ``leak`` is the one thing wrong with it."""
    body = INDICATORS + RSI + leak + indicators + RETURN + ENTRY + ENTER + entry + RETURN + EXIT
    return HEAD + module + CLASS + attributes + body + methods


def severities(source: str, check: Check) -> set[tuple[str, str]]:
    found = check(source).findings
    return {(f.code, f.severity.value) for f in found if f.code.startswith("FG2")}


UNREAD = {
    "read nowhere": strategy(),
    "plotted": strategy(attributes="    plot_config = {'main_plot': {'chikou': {}}}\n"),
    "plotted, annotated": strategy(
        attributes="    plot_config: dict = {'main_plot': {'chikou': {}}}\n"
    ),
    "plotted as a property": strategy(methods=PROPERTY),
    "plotted later": strategy(
        methods="    def bot_start(self, **kwargs):\n"
        "        self.plot_config['main_plot']['chikou'] = {'color': 'red'}\n"
    ),
    "documented": strategy(
        methods='    def version(self):\n        """With a chikou."""\n        return "1"\n'
    ),
    "by position in loc": strategy(
        "        dataframe.loc[:, 'chikou'] = dataframe['close'].shift(-26)\n"
    ),
    "by attribute": strategy("        dataframe['chikou'] = dataframe.close.shift(-26)\n"),
    "as part of a formula": strategy(
        "        dataframe['chikou'] = np.where(\n"
        "            dataframe['close'].shift(-26).rolling(3).mean() > dataframe['close'], 1, 0)\n"
    ),
    "assigned twice": strategy(
        indicators="        dataframe['chikou'] = dataframe['close'].shift(-9).fillna(0)\n"
    ),
    "mended by itself": strategy(
        indicators="        dataframe['chikou'] = dataframe['chikou'].ffill()\n"
    ),
    "names that resemble it": strategy(
        indicators="        dataframe['chikou_2'] = 1\n        x = dataframe['chikou_2']\n"
    ),
    "columns by pattern": strategy(
        indicators="        for n in (5, 9):\n            dataframe[f'ema_{n}'] = 1\n"
        "            dataframe['x'] = dataframe[f'ema_{n}']\n"
    ),
    "a callback that reads others": strategy(
        methods=CALLBACK + ANALYSED + "        last = df.iloc[-1].squeeze()\n"
        "        return 'x' if last['rsi'] > 80 else None\n"
    ),
    "libraries": strategy(
        indicators="        dataframe['tp'] = qtpylib.typical_price(dataframe)\n"
        "        dataframe['m'] = ta.SMA(dataframe, timeperiod=5, price='rsi')\n"
    ),
    "a helper of the file": strategy(
        module="\n\ndef ewo(frame, n):\n    return ta.EMA(frame, n) - frame['close']\n",
        indicators="        dataframe['ewo'] = ewo(dataframe, 5)\n",
    ),
    "a method that adds columns": strategy(
        indicators="        dataframe = self.more(dataframe.copy())\n",
        methods="    def more(self, frame):\n        frame['y'] = frame['rsi']\n"
        "        return frame\n",
    ),
    "informative candles": strategy(
        "",
        indicators="        dataframe['x'] = dataframe['rsi_4h'] + dataframe[f'close_{self.tf}']\n",
        methods=INFORMATIVE,
        attributes="    tf = '4h'\n",
    ),
    "merged candles": strategy(
        "",
        indicators="        inf = self.dp.get_pair_dataframe(metadata['pair'], '4h')\n"
        "        inf['chikou'] = inf['close'].shift(-26)\n"
        "        dataframe = merge_informative_pair(dataframe, inf, '1h', '4h', ffill=True)\n",
    ),
}

READ = {
    "in a formula": strategy(indicators="        dataframe['x'] = dataframe['chikou'] > 0\n"),
    "by the entry": strategy(entry="        dataframe.loc[dataframe['chikou'] > 0, 'x'] = 1\n"),
    "plotted and read": strategy(
        attributes="    plot_config = {'main_plot': {'chikou': {}}}\n",
        entry="        dataframe.loc[dataframe['chikou'] > 0, 'enter_long'] = 1\n",
    ),
    "as an attribute": strategy(entry="        dataframe.loc[dataframe.chikou > 0, 'x'] = 1\n"),
    "through a variable": strategy(
        entry="        name = 'chikou'\n        dataframe['x'] = dataframe[name]\n"
    ),
    "through a constant": strategy(
        attributes="    NAME = 'chikou'\n", entry="        dataframe['x'] = dataframe[self.NAME]\n"
    ),
    "among several": strategy(entry="        y = dataframe[['rsi', 'chikou']].max(axis=1)\n"),
    "under a name put together": strategy(
        entry="        dataframe['x'] = dataframe['chi' + 'kou']\n"
    ),
    "under a name in pieces": strategy(entry="        dataframe['x'] = dataframe['chi' 'kou']\n"),
    "under a formatted name": strategy(
        entry="        for n in 'uv':\n            dataframe['x'] = dataframe[f'chiko{n}']\n"
    ),
    "under a computed name": strategy(
        entry="        dataframe['x'] = dataframe['CHIKOU'.lower()]\n"
    ),
    "by get": strategy(entry="        dataframe['x'] = dataframe.get('CHIKOU'.lower())\n"),
    "by getattr": strategy(entry="        dataframe['x'] = getattr(dataframe, 'chikou')\n"),
    "renamed": strategy(entry="        dataframe = dataframe.rename(columns={'chikou': 'x'})\n"),
    "all renamed": strategy(entry="        dataframe = dataframe.rename(columns=str.upper)\n"),
    "in a query": strategy(entry="        x = dataframe.query('chikou > close')\n"),
    "in an eval": strategy(entry="        x = dataframe.eval('`chikou` > close')\n"),
    "as a price of TA-Lib": strategy(entry="        x = ta.SMA(dataframe, price='chikou')\n"),
    "all columns": strategy(
        entry="        for c in dataframe.columns:\n            dataframe['x'] = dataframe[c]\n"
    ),
    "iterated": strategy(entry="        for c in dataframe:\n            x = dataframe[c]\n"),
    "all values": strategy(entry="        dataframe['x'] = dataframe.values[:, -1]\n"),
    "the last column": strategy(entry="        dataframe['x'] = dataframe.iloc[:, -2]\n"),
    "all together": strategy(entry="        dataframe['x'] = dataframe.max(axis=1)\n"),
    "rows without it dropped": strategy(entry="        dataframe = dataframe.dropna()\n"),
    "a lambda over rows": strategy(
        entry="        dataframe['x'] = dataframe.apply(lambda r: r.max(), axis=1)\n"
    ),
    "kept in self": strategy(indicators="        self.frame = dataframe\n"),
    "kept in a list": strategy(indicators="        self.frames.append(dataframe)\n"),
    "handed to another library": strategy(
        indicators="        dataframe['x'] = np.max(dataframe)\n"
    ),
    "by a helper of the file": strategy(
        module="\n\ndef last(frame):\n    return frame[frame.columns[-1]]\n",
        indicators="        dataframe['x'] = last(dataframe)\n",
    ),
    "by a method": strategy(
        indicators="        dataframe['x'] = self.f(dataframe)\n",
        methods="    def f(self, frame):\n        return frame.max(axis=1)\n",
    ),
    "by what a method gives back": strategy(
        indicators="        x = self.f(dataframe)\n        dataframe['y'] = x.max(axis=1)\n",
        methods="    def f(self, frame):\n        return frame\n",
    ),
    "by a copy": strategy(
        indicators="        other = dataframe.copy()\n        dataframe['x'] = other.max(axis=1)\n"
    ),
    "by rows of a copy": strategy(
        indicators="        x = dataframe[dataframe['rsi'] > 3]\n        y = x.max(axis=1)\n"
    ),
    "by a callback": strategy(
        methods=CALLBACK + ANALYSED + "        return 'x' if df.iloc[-1]['chikou'] else None\n"
    ),
    "by a callback, any column": strategy(
        methods=CALLBACK + ANALYSED + "        return 'x' if df.iloc[-1].max() > 3 else None\n"
    ),
    "in plot_config that is none": strategy(
        entry="        plot_config = dataframe['chikou']\n        dataframe['x'] = plot_config\n"
    ),
    "informative, with its suffix": strategy(
        "", indicators="        dataframe['x'] = dataframe['chikou_4h']\n", methods=INFORMATIVE
    ),
    "informative, as an attribute": strategy(
        "", indicators="        dataframe['x'] = dataframe.chikou_4h\n", methods=INFORMATIVE
    ),
    "informative, with a suffix put together": strategy(
        "",
        indicators="        dataframe['x'] = dataframe[f'chikou_{self.timeframe}']\n",
        methods=INFORMATIVE,
    ),
    "informative, of another asset": strategy(
        "",
        indicators="        dataframe['x'] = dataframe[f'btc_usdt_{self.what}']\n",
        methods=INFORMATIVE.replace("'4h'", "'4h', 'BTC/{stake}'"),
    ),
    "merged, with its suffix": strategy(
        "",
        indicators="        inf = self.dp.get_pair_dataframe(metadata['pair'], '4h')\n"
        "        inf['chikou'] = inf['close'].shift(-26)\n"
        "        dataframe = merge_informative_pair(dataframe, inf, '1h', '4h', ffill=True)\n"
        "        dataframe['x'] = dataframe['chikou_4h']\n",
    ),
    "a signal": strategy("        dataframe['enter_long'] = dataframe['close'].shift(-1) > 1\n"),
    "a candle": strategy("        dataframe['close'] = dataframe['close'].shift(-1)\n"),
    "two columns, one of them read": strategy(
        "        dataframe['x'] = dataframe['rsi'] = dataframe['close'].shift(-1)\n"
    ),
    "no column": strategy("        chikou = dataframe['close'].shift(-26)\n"),
    "a column of a computed name": strategy(
        "        dataframe['x' + 'y'] = dataframe['close'].shift(-26)\n"
    ),
    "kept on the way": strategy(
        "        dataframe['chikou'] = (x := dataframe['close'].shift(-26))\n"
    ),
    "handed to a method on the way": strategy(
        "        dataframe['chikou'] = self.keep(dataframe['close'].shift(-26))\n",
        methods="    def keep(self, x):\n        self.x = x\n        return x\n",
    ),
    "rows chosen by it": strategy(
        "        dataframe['x'] = dataframe['rsi'][dataframe['close'].shift(-26) > 1]\n"
    ),
    "the whole frame filled": strategy("        dataframe['x'] = dataframe.bfill(inplace=True)\n"),
    "FreqAI": strategy(
        indicators="        dataframe = self.freqai.start(dataframe, metadata, self)\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("source", UNREAD.values(), ids=UNREAD)
def test_a_column_that_nothing_reads_is_a_warning(source: str, check: Check) -> None:
    assert severities(source, check) == {("FG201", "warning")}


@pytest.mark.parametrize("source", READ.values(), ids=READ)
def test_a_column_that_something_may_read_is_an_error(source: str, check: Check) -> None:
    assert {severity for _, severity in severities(source, check)} == {"error"}


@pytest.mark.parametrize(
    ("leak", "code"),
    [
        ("dataframe['close'].bfill()", "FG202"),
        ("dataframe['close'].reindex(x, method='backfill')", "FG202"),
        ("dataframe['close'].rolling(20, center=True).mean()", "FG203"),
        ("np.roll(dataframe['close'], -26)", "FG201"),
    ],
)
def test_every_rule_of_lookahead_tells_columns_that_are_read(
    leak: str, code: str, check: Check
) -> None:
    line = f"        dataframe['chikou'] = {leak}\n"
    assert severities(strategy(line), check) == {(code, "warning")}
    entry = "        dataframe.loc[dataframe['chikou'] > 1, 'enter_long'] = 1\n"
    assert severities(strategy(line, entry=entry), check) == {(code, "error")}


def test_the_finding_names_the_column(check: Check) -> None:
    (found,) = (f for f in check(strategy()).findings if f.code == "FG201")
    assert 'nothing reads the column "chikou"' in found.message
    assert "plotted" in found.hint


def test_a_file_of_many_such_columns_is_not_searched_for_all(check: Check) -> None:
    leaks = "".join(
        f"        dataframe['c{n}'] = dataframe['close'].shift(-1)\n" for n in range(99)
    )
    found = [f.severity.value for f in check(strategy(leaks)).findings if f.code == "FG201"]
    assert found.count("warning") == 30
    assert found.count("error") == 69
