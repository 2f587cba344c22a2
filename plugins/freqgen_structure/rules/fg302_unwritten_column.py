import difflib
from typing import ClassVar

from freqgen_structure.columns import columns_of
from freqgen_structure.rule import Bad, Rule

_HEAD = (
    "import talib.abstract as ta\nfrom freqtrade.strategy import IStrategy, informative\n\n\n"
    "class S(IStrategy):\n"
)
_DEF = "    def populate_indicators(self, dataframe, metadata):\n"
_RSI = "        dataframe['rsi'] = ta.RSI(dataframe)\n"


class UnwrittenColumn(Rule):
    """FG302: a column is read that nothing writes.

    The bot stops with a ``KeyError`` on the first candle. Columns that come from informative
    pairs carry their timeframe, as in ``rsi_1h``.
    """

    VALID = (
        _HEAD + _DEF + _RSI + "        dataframe['x'] = dataframe['rsi'] + dataframe['close']\n",
        _HEAD
        + "    @informative('1h')\n    def populate_indicators_1h(self, dataframe, metadata):\n"
        + _RSI
        + "        return dataframe\n"
        + _DEF
        + "        dataframe['x'] = dataframe['rsi_1h'] > dataframe['close_1h']\n",
        _HEAD
        + "    @informative('4h', 'BTC/{stake}')\n    def inf(self, dataframe, metadata):\n"
        + _RSI
        + "        return dataframe\n"
        + _DEF
        + "        dataframe['x'] = dataframe['btc_usdt_rsi_4h']\n",
        _HEAD
        + _DEF
        + "        for n in (5, 9):\n            dataframe[f'ema_{n}'] = ta.EMA(dataframe, n)\n"
        "        dataframe['x'] = dataframe['ema_5']\n",
        _HEAD + _DEF + "        dataframe = helper.add_everything(dataframe)\n"
        "        dataframe['x'] = dataframe['anything']\n",
        _HEAD + _DEF + "        bands = library.bands(dataframe['close'])\n"
        "        dataframe['x'] = bands['lower']\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + _DEF + _RSI + "        dataframe['x'] = dataframe['rsii'] > 3\n", line=8),
        Bad(
            code=_HEAD + "    def populate_entry_trend(self, dataframe, metadata):\n"
            "        dataframe.loc[dataframe['adx'] > 25, 'enter_long'] = 1\n",
            line=7,
        ),
        Bad(
            code=_HEAD
            + "    @informative('1h')\n    def populate_indicators_1h(self, dataframe, metadata):\n"
            + _RSI
            + "        return dataframe\n"
            + _DEF
            + "        dataframe['x'] = dataframe['rsi_4h']\n",
            line=11,
        ),
        Bad(
            code=_HEAD + _DEF + _RSI + "        return dataframe\n"
            "    def custom_exit(self, pair, trade, **kwargs):\n"
            "        df, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)\n"
            "        last = df.iloc[-1].squeeze()\n"
            "        return last['atr'] > 3\n",
            line=12,
        ),
    )

    def check(self) -> None:
        columns = columns_of(self.source)
        known = sorted({use.name for use in columns.writes})
        for use in columns.certain:
            if not columns.exists(use.name):
                near = difflib.get_close_matches(use.name, known, n=1)
                self.report(
                    use.node,
                    f'the column "{use.name}" is read, but nothing writes it',
                    hint=f'the nearest column is "{near[0]}"'
                    if near
                    else "compute it in populate_indicators, or correct its name",
                )
