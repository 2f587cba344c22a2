"""Strategies that know the future, in the ways in which strategies do, and strategies that do not.

Each is a few lines of ``populate_*``; :func:`source` makes the whole of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from .lab import strategy

LONG = 'dataframe.loc[dataframe["x"] > dataframe["x"].rolling(50).mean(), "enter_long"] = 1'
SELL = 'dataframe.loc[ta.RSI(dataframe) > 60, "exit_long"] = 1'
RSI = 'dataframe["rsi"] = ta.RSI(dataframe)'
BUY_RSI = 'dataframe.loc[dataframe["rsi"] < 40, "enter_long"] = 1'
_SLOW = """\
slow = self.dp.get_pair_dataframe(metadata["pair"], "1d")
slow["top"] = slow["high"]
"""
_SLOW_HEAD = """
def informative_pairs(self):
    return [(pair, "1d") for pair in self.dp.current_whitelist()]
"""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One strategy.

    :param name: What it does.
    :param column: The column in which the future comes in; empty for a sound strategy.
    :param unused: Whether nothing depends on that column.
    :param text: Part of the line that is to be named.
    """

    name: str
    indicators: str = ""
    entry: str = LONG
    exit_: str = SELL
    attributes: str = ""
    startup: int = 60
    column: str = ""
    unused: bool = False
    text: str = ""

    @property
    def source(self) -> str:
        """The whole strategy, of a class ``S``."""
        return strategy(
            indicators=self.indicators,
            entry=self.entry,
            exit_=self.exit_,
            attributes=self.attributes,
            startup=self.startup,
        )


def _x(name: str, value: str, *before: str, **more: object) -> Case:
    """A strategy whose column ``x`` knows the future."""
    line = f'dataframe["x"] = {value}'
    text = "\n".join([*before, line])
    return Case(name=name, indicators=text, column="x", text='dataframe["x"] =', **more)  # type: ignore[arg-type]


CLOSE = 'dataframe["close"]'

BIASED = (
    _x("negative shift", f"{CLOSE}.shift(-1)"),
    _x("negative shift by a variable", f"{CLOSE}.shift(-n)", "n = 3"),
    _x("negative periods", f"{CLOSE}.shift(periods=-2)"),
    _x("negative difference", f"{CLOSE}.diff(-1)"),
    _x("negative change", f"{CLOSE}.pct_change(-3)"),
    _x("numpy roll", f"np.roll({CLOSE}, -1)"),
    _x("centred window", f"{CLOSE}.rolling(9, center=True).mean()"),
    _x("filled backwards", f"{CLOSE}.where({CLOSE} > dataframe['open']).bfill()"),
    _x("interpolated", f"{CLOSE}.where(dataframe.index % 5 == 0).interpolate()"),
    _x("mean of all candles", f"({CLOSE} - {CLOSE}.mean()) / {CLOSE}.std()"),
    _x("largest of all candles", f"{CLOSE} / {CLOSE}.max()"),
    _x("rank among all candles", f"{CLOSE}.rank(pct=True)"),
    _x("quantile of all candles", f"({CLOSE} > {CLOSE}.quantile(0.7)).astype(int)"),
    _x("quartiles of all candles", f"pd.qcut({CLOSE}, 4, labels=False)"),
    _x("last candle", f"{CLOSE} / {CLOSE}.iloc[-1]"),
    _x("last of the values", f"{CLOSE}.to_numpy() - {CLOSE}.to_numpy()[-1]"),
    _x("index of the largest", f"({CLOSE}.idxmax() - dataframe.index)"),
    _x("missing as the mean", f"ta.EMA(dataframe, 50).fillna({CLOSE}.mean())"),
    _x("reversed maximum", f"{CLOSE}[::-1].rolling(10).max()[::-1]"),
    _x("sum from the end", "dataframe['volume'][::-1].cumsum()[::-1]"),
    _x(
        "trend over all candles",
        f"{CLOSE} - np.polyval(p, n)",
        "n = np.arange(len(dataframe))",
        f"p = np.polyfit(n, {CLOSE}, 1)",
    ),
    _x("gradient", f"np.gradient({CLOSE})"),
    _x(
        "smoothed both ways",
        f"filtfilt([0.2], [1, -0.8], {CLOSE})",
        "from scipy.signal import filtfilt",
    ),
    _x(
        "Savitzky-Golay", f"savgol_filter({CLOSE}, 11, 2)", "from scipy.signal import savgol_filter"
    ),
    _x(
        "Fourier transform",
        "np.fft.irfft(f, len(dataframe))",
        f"f = np.fft.rfft({CLOSE})",
        "f[20:] = 0",
    ),
    _x(
        "local minima",
        "dataframe.index.isin(low).astype(float)",
        "from scipy.signal import argrelextrema",
        f"low = argrelextrema({CLOSE}.to_numpy(), np.less, order=5)[0]",
    ),
    _x("high of the day", "dataframe.groupby(dataframe['date'].dt.date)['high'].transform('max')"),
    _x(
        "slow candles by their date",
        "dataframe[['date']].merge(slow[['date', 'top']], on='date', how='left')['top'].ffill()",
        *_SLOW.splitlines(),
        attributes=_SLOW_HEAD,
    ),
    _x(
        "nearest slow candle",
        "pd.merge_asof(dataframe[['date']], slow[['date', 'top']], on='date', "
        "direction='nearest')['top'].to_numpy()",
        *_SLOW.splitlines(),
        attributes=_SLOW_HEAD,
    ),
    _x(
        "resampled to the left",
        "dataframe['date'].dt.floor('4h').map(four['high']).to_numpy()",
        "four = dataframe.set_index('date').resample('4h').agg({'high': 'max'})",
    ),
    _x("first values filled backwards", "ta.SMA(dataframe, 55).bfill()"),
    _x(
        "other candles by their place, where some are missing",
        'other["close"].to_numpy()[-len(dataframe) :]',
        'other = self.dp.get_pair_dataframe(metadata["pair"], self.timeframe)',
    ),
    Case(
        name="only in the entry",
        indicators=RSI,
        entry='dataframe.loc[dataframe["close"].shift(-1) > dataframe["close"], "enter_long"] = 1',
        column="enter_long",
        text="shift(-1)",
    ),
    Case(
        name="only in the exit",
        indicators=RSI,
        entry=BUY_RSI,
        exit_='dataframe.loc[dataframe["close"].shift(-2) < dataframe["close"], "exit_long"] = 1',
        column="exit_long",
        text="shift(-2)",
    ),
    Case(
        name="only in the tag",
        indicators=RSI,
        entry=BUY_RSI + '\ndataframe.loc[dataframe["close"].shift(-1) > 0, "enter_tag"] = '
        'np.where(dataframe["close"].shift(-1) > dataframe["close"], "up", "down")[:-1]',
        column="enter_tag",
        text="shift(-1)",
    ),
    Case(
        name="without a trade",
        indicators='dataframe["x"] = dataframe["close"].shift(-1)',
        entry='dataframe.loc[(dataframe["x"] > 0) & (dataframe["volume"] < 0), "enter_long"] = 1',
        column="x",
        text="shift(-1)",
    ),
    Case(
        name="through another column",
        indicators='dataframe["next"] = dataframe["close"].shift(-1)\n'
        'dataframe["x"] = dataframe["next"] / dataframe["close"]',
        column="next",
        text="shift(-1)",
    ),
    Case(
        name="in informative candles",
        attributes='@informative("1d")\n'
        "def populate_indicators_1d(self, dataframe, metadata):\n"
        '    dataframe["tomorrow"] = dataframe["close"].shift(-1)\n'
        "    return dataframe",
        indicators='dataframe["x"] = dataframe["tomorrow_1d"] / dataframe["close"]',
        column="tomorrow_1d",
        text="shift(-1)",
    ),
)

TWICE = Case(
    name="two signals in one line",
    indicators=RSI,
    entry='dataframe.loc[dataframe["close"].shift(-1) > dataframe["close"], '
    '["enter_long", "enter_tag"]] = (1, "up")',
    column="enter_long",
    text="shift(-1)",
)
BIASED = (*BIASED, TWICE)

UNUSED = (
    Case(
        name="a Chikou span that is plotted",
        indicators=RSI + '\ndataframe["chikou"] = dataframe["close"].shift(-26)',
        attributes='plot_config = {"main_plot": {"chikou": {}}}',
        entry=BUY_RSI,
        column="chikou",
        unused=True,
        text="shift(-26)",
    ),
    Case(
        name="a column nobody reads",
        indicators=RSI + '\ndataframe["z"] = dataframe["close"] - dataframe["close"].mean()',
        entry=BUY_RSI,
        column="z",
        unused=True,
        text="mean()",
    ),
)

_LOOP = """\
x = [0.0]
for i in range(1, len(dataframe)):
    x.append(0.9 * x[-1] + 0.1 * dataframe["close"].iloc[i])
dataframe["x"] = x
"""

SOUND = (
    Case(name="a momentum", indicators=RSI, entry=BUY_RSI),
    Case(name="a positive shift", indicators=f'dataframe["x"] = {CLOSE} / {CLOSE}.shift(3)'),
    Case(name="a window", indicators=f'dataframe["x"] = {CLOSE}.rolling(20).mean()'),
    Case(
        name="a window's place", indicators=f'dataframe["x"] = {CLOSE}.rolling(50).rank(pct=True)'
    ),
    Case(name="an exponential mean", indicators=f'dataframe["x"] = {CLOSE}.ewm(span=20).mean()'),
    Case(name="a growing window", indicators=f'dataframe["x"] = {CLOSE}.expanding().max()'),
    Case(name="a sum", indicators='dataframe["x"] = ta.OBV(dataframe)'),
    Case(
        name="filled forwards",
        indicators=f'dataframe["x"] = {CLOSE}.where({CLOSE} > dataframe["open"]).ffill()',
    ),
    Case(name="missing as zero", indicators='dataframe["x"] = ta.SMA(dataframe, 50).fillna(0)'),
    Case(
        name="bands", indicators='bands = ta.BBANDS(dataframe)\ndataframe["x"] = bands["upperband"]'
    ),
    Case(name="a loop over the candles", indicators=_LOOP),
    Case(
        name="crossings",
        indicators=RSI,
        entry='dataframe.loc[qtpylib.crossed_above(dataframe["rsi"], 40), "enter_long"] = 1',
    ),
    Case(
        name="hours",
        indicators='dataframe["x"] = dataframe["date"].dt.hour',
        entry='dataframe.loc[dataframe["x"].isin([3, 9, 15]), "enter_long"] = 1',
    ),
    Case(
        name="candles since",
        indicators=RSI + '\nlow = dataframe["rsi"] < 35\n'
        'dataframe["x"] = low.groupby(low.cumsum()).cumcount()',
        entry='dataframe.loc[dataframe["x"] == 3, "enter_long"] = 1',
    ),
    Case(
        name="informative candles, by the decorator",
        attributes='@informative("1d")\n'
        "def populate_indicators_1d(self, dataframe, metadata):\n"
        '    dataframe["rsi"] = ta.RSI(dataframe)\n'
        "    return dataframe",
        entry='dataframe.loc[dataframe["rsi_1d"] < 60, "enter_long"] = 1',
    ),
    Case(
        name="informative candles, merged by Freqtrade",
        indicators=_SLOW + "from freqtrade.strategy import merge_informative_pair\n"
        'dataframe = merge_informative_pair(dataframe, slow, self.timeframe, "1d", ffill=True)\n'
        'dataframe["x"] = dataframe["close"] / dataframe["top_1d"]',
        attributes=_SLOW_HEAD,
    ),
    Case(
        name="resampled by technical",
        indicators="from technical.util import resample_to_interval, resampled_merge\n"
        "four = resample_to_interval(dataframe, 240)\n"
        'four["rsi"] = ta.RSI(four)\n'
        "dataframe = resampled_merge(dataframe, four)\n"
        'dataframe["x"] = dataframe["resample_240_rsi"].ffill()',
    ),
    Case(
        name="a seeded generator",
        indicators='dataframe["x"] = ta.EMA(dataframe, 20)\nrng = np.random.default_rng(3)\n'
        'dataframe["x"] += rng.normal(0, 0.1, 5000)[: len(dataframe)]',
    ),
    Case(name="nothing at all", entry="", exit_=""),
)

ALL = (*BIASED, *UNUSED, *SOUND)
