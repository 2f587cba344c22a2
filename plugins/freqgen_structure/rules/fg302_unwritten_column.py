import difflib
import re
from typing import ClassVar

import libcst as cst

from freqgen_structure.columns import CANDLES, ColumnUse, columns_of
from freqgen_structure.definitions import definitions_of
from freqgen_structure.editing import renamed_text
from freqgen_structure.interface import METHODS, OLD_METHODS
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nearest import nearest
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE, informative_calls

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
        "import technical.qtpylib as qtpylib\n"
        + _HEAD
        + _DEF
        + "        bands = qtpylib.bollinger_bands(dataframe['close'], window=20, stds=2)\n"
        "        dataframe['x'] = bands['lower']\n"
        "        bands = qtpylib.bollinger_bands(dataframe['close'], window=9, stds=2)\n"
        "        dataframe['y'] = bands['lower']\n",
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
        _HEAD + _DEF + "        dataframe['a'] = 1\n        return dataframe\n"
        "    def left_over(self, dataframe):\n        return dataframe['b'] > 1\n",
        "from technical.indicators import PMAX\n"
        + _HEAD
        + _DEF
        + "        dataframe = PMAX(dataframe, atrperiod=10)\n        return dataframe\n"
        "    def populate_buy_trend(self, dataframe, metadata):\n"
        "        dataframe.loc[dataframe['pm_10_3_10_9'] > 1, 'buy'] = 1\n",
        "import freqtrade.vendor.qtpylib.indicators as qtpylib\n"
        "from technical.util import resample_to_interval, resampled_merge\n"
        + _HEAD
        + _DEF
        + "        hours = resample_to_interval(dataframe, 60)\n"
        "        hours['rsi'] = ta.RSI(hours)\n"
        "        dataframe = resampled_merge(dataframe, hours)\n"
        "        dataframe['typical'] = qtpylib.typical_price(dataframe)\n"
        "        x = dataframe['resample_60_rsi'] + dataframe['resample_60_close']\n"
        "        return dataframe\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD
            + _DEF
            + "        for n in (5, 9):\n            dataframe[f'ema_{n}'] = ta.EMA(dataframe, n)\n"
            "        dataframe['x'] = dataframe['ema_50'] > 3\n",
            line=9,
        ),
        Bad(  # neither the dict nor the class of helpers brings columns that are not seen
            code="class Helpers:\n    @staticmethod\n    def flow(df):\n"
            "        return df['close']\n\n\n"
            + _HEAD
            + "    def bot_start(self, **kwargs):\n        self.seen = {}\n\n"
            + _DEF
            + "        self.seen[metadata['pair']] = 1\n"
            "        dataframe['flow'] = Helpers.flow(dataframe)\n"
            "        dataframe['x'] = dataframe['adx'] > 3\n",
            line=18,
        ),
        Bad(
            code=_HEAD + _DEF + _RSI + "        dataframe['x'] = dataframe['rsii'] > 3\n",
            line=8,
            fixed=_HEAD + _DEF + _RSI + "        dataframe['x'] = dataframe['rsi'] > 3\n",
        ),
        Bad(
            code=_HEAD + _DEF + "        dataframe['x'] = dataframe.loc[:, \"clsoe\"] > 3\n",
            line=7,
            fixed=_HEAD + _DEF + "        dataframe['x'] = dataframe.loc[:, \"close\"] > 3\n",
        ),
        Bad(
            code=_HEAD
            + "    def lines(self, df):\n        return df['sma_fast'].shift(1)\n"
            + _DEF
            + "        x = self.lines(dataframe)\n",
            line=7,
        ),
        Bad(
            code=_HEAD
            + "    @informative('1h')\n    def populate_indicators_1h(self, dataframe, metadata):\n"
            + _RSI
            + "        return dataframe\n"
            + "    def custom_exit(self, pair, trade, **kwargs):\n"
            "        df, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)\n"
            "        return df['rsi'].iloc[-1] > 3\n",
            line=12,
            fixed=_HEAD
            + "    @informative('1h')\n    def populate_indicators_1h(self, dataframe, metadata):\n"
            + _RSI
            + "        return dataframe\n"
            + "    def custom_exit(self, pair, trade, **kwargs):\n"
            "        df, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)\n"
            "        return df['rsi_1h'].iloc[-1] > 3\n",
        ),
        Bad(
            code=_HEAD + "    def populate_entry_trend(self, dataframe, metadata):\n"
            "        dataframe.loc[dataframe['adx'] > 25, 'enter_long'] = 1\n",
            line=7,
        ),
        Bad(
            code=_HEAD + "    def populate_buy_trend(self, dataframe, metadata):\n"
            "        dataframe.loc[dataframe['adx'] > 25, 'buy'] = 1\n",
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
            fixed=_HEAD
            + "    @informative('1h')\n    def populate_indicators_1h(self, dataframe, metadata):\n"
            + _RSI
            + "        return dataframe\n"
            + _DEF
            + "        dataframe['x'] = dataframe['rsi_1h']\n",
        ),
        Bad(
            code=_HEAD + _DEF + _RSI + "        return dataframe\n"
            "    def custom_exit(self, pair, trade, **kwargs):\n"
            "        df, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)\n"
            "        last = df.iloc[-1].squeeze()\n"
            "        return last['atr'] > 3\n",
            line=12,
        ),
        Bad(
            code="import freqtrade.vendor.qtpylib.indicators as qtpylib\n"
            + _HEAD
            + "    def __init__(self, config):\n        self.cache = dict()\n"
            "    def note(self, pair, rate):\n        self.cache[pair] = {}\n"
            "        state = self.cache[pair]\n        state[rate] = 1\n"
            + _DEF
            + "        dataframe['mid'] = qtpylib.typical_price(dataframe)\n"
            "        x = dataframe['middle'] > 1\n        return dataframe\n",
            line=15,
        ),
        Bad(
            code=_HEAD + _DEF + "        name = f'atr_{self.n}'\n        dataframe[name] = 1\n"
            "        dataframe.rename(columns=lambda s: f'btc_{s}' if s != 'date' else s)\n"
            "        x = dataframe['adx'] > 1\n        return dataframe\n",
            line=10,
        ),
    )

    def check(self) -> None:
        self.columns = columns_of(self.source)
        self.kinds = kinds_of(self.source)
        known = sorted({use.name for use in self.columns.writes})
        seen: set[cst.CSTNode] = set()
        for use in [*self.columns.certain, *self._others()]:
            if use.node in seen:
                continue
            seen.add(use.node)
            elsewhere = self._only_informative(use)
            if self.columns.exists(use.name) and not elsewhere:
                continue
            meant = self._suffixed(use.name) or nearest(
                use.name, {*known, *CANDLES}, synonyms=False
            )
            if elsewhere and meant != self._suffixed(use.name):
                meant = None
            near = [meant] if meant else difflib.get_close_matches(use.name, known, n=1)
            self.report(
                use.node,
                f'the column "{use.name}" is one of an informative pair, under another name'
                if elsewhere
                else f'the column "{use.name}" is read, but nothing writes it',
                hint=f'the nearest column is "{near[0]}"'
                if near
                else "compute it in populate_indicators, or correct its name",
                edits=renamed_text(self.source, use.node, meant) if meant else (),
            )

    def _others(self) -> list[ColumnUse]:
        """Reads in functions of the file that a dataframe is handed to."""
        found: list[ColumnUse] = []
        makes = any(
            (self.source.imported(call.func) or "").endswith(".DataFrame")
            for call in self.source.all(cst.Call)
        )
        if makes or self.source.strategy is None:
            return []  # a dataframe of its own may have any columns
        for node in self.source.all(cst.Subscript):
            parent = self.source.parent(node)
            if isinstance(parent, cst.AssignTarget | cst.Del):
                continue
            name, index = self.kinds.column_of(node), node.slice[-1].slice
            if name in {None, "index"}:
                continue
            if self._is_left_over(node):
                continue
            if name is not None and isinstance(index, cst.Index) and text_of(index.value) == name:
                found.append(ColumnUse(name=name, node=index.value, method=None))
        return found

    def _is_left_over(self, node: cst.CSTNode) -> bool:
        """Whether it stands in a method that neither the file nor Freqtrade calls."""
        function = self.source.function_of(node)
        if function is None or self.source.class_of(function) is not self.source.strategy:
            return False
        name = function.name.value
        if name in METHODS | OLD_METHODS or function.decorators:
            return False
        return not any(
            attribute.attr.value == name for attribute in self.source.all(cst.Attribute)
        ) and not any(text_of(text) == name for text in self.source.all(cst.SimpleString))

    def _only_informative(self, use: ColumnUse) -> bool:
        """Whether a column of the base candles is read that only an informative pair has."""
        function = self.source.function_of(use.node)
        if self.columns.opaque or function is None or informative_calls(self.source, function):
            return False
        if use not in self.columns.certain:
            return False
        if use.method in POPULATE and self._of_informative(use.name):
            return False  # the rule of such columns says it
        written = definitions_of(self.source).of(use.name)
        if not written or use.name in CANDLES or any(one.base for one in written):
            return False
        return not any(pattern.fullmatch(use.name) for pattern in self.columns.patterns)

    def _of_informative(self, name: str) -> bool:
        """Whether only methods with ``@informative`` write a column."""
        writers = {one.method for one in self.columns.writes if one.name == name}
        methods = [self.source.methods.get(writer or "") for writer in writers]
        return bool(methods) and all(
            method is not None and informative_calls(self.source, method) for method in methods
        )

    def _suffixed(self, name: str) -> str | None:
        """The name that a column has in the base candles, if there is one informative pair."""
        if len(self.columns.informative) != 1:
            return None
        pattern = self.columns.informative[0]
        ending = re.search(r"_(\d+[mhdwM])$", pattern.pattern)
        if ending is None:
            return None
        stem = re.sub(r"_\d+[mhdwM]$", "", name)
        candidate = f"{stem}{ending[0]}"
        known = stem in {use.name for use in self.columns.writes} or stem in CANDLES
        return candidate if known and pattern.fullmatch(candidate) else None
