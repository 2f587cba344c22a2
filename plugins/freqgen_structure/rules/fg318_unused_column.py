import re
from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.column_names import name_pattern
from freqgen_structure.columns import CANDLES, SIGNALS, columns_of
from freqgen_structure.definitions import definitions_of
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE, informative_calls
from freqgen_structure.vocabulary import Kind

_READ = CANDLES | {*SIGNALS, "buy", "sell", "buy_tag", "sell_tag"}
# What takes columns without naming them.
_WHOLE = frozenset(
    "columns corr filter items iterrows keys melt select_dtypes stack T to_dict to_numpy values "
    "apply agg aggregate pipe eval query itertuples".split()
)
# A tag that names an indicator does not read it.
_TAGS = ("enter_tag", "exit_tag", "buy_tag")
_HEAD = (
    "import talib.abstract as ta\nfrom freqtrade.strategy import IStrategy, informative\n\n\n"
    "class S(IStrategy):\n"
)
_DEF = "    def populate_indicators(self, dataframe, metadata):\n"
_RSI = "        dataframe['rsi'] = ta.RSI(dataframe)\n"
_USE = (
    "        return dataframe\n    def populate_entry_trend(self, dataframe, metadata):\n"
    "        dataframe.loc[dataframe['rsi'] < 30, 'enter_long'] = 1\n        return dataframe\n"
)


class UnusedColumn(Rule):
    """FG318: a column is computed, and no signal, callback or plot reads it.

    Either it costs time for nothing, or a condition that was to read it has been forgotten.
    """

    SEVERITY = Severity.WARNING
    HINT = "read it in a condition, plot it, or leave it out"
    VALID = (
        _HEAD + _DEF + _RSI + _USE,
        _HEAD
        + "    plot_config = {'subplots': {'ADX': {'adx': {}}}}\n"
        + _DEF
        + _RSI
        + "        dataframe['adx'] = ta.ADX(dataframe)\n"
        + _USE,
        _HEAD + _DEF + "        for n in (5, 9):\n            dataframe[f'ema_{n}'] = n\n"
        "        dataframe['ema_7'] = 1\n        x = dataframe[f'ema_{self.n}']\n" + _RSI + _USE,
        _HEAD + "    @informative('1h')\n    def hours(self, dataframe, metadata):\n"
        "        dataframe['adx'] = ta.ADX(dataframe)\n        return dataframe\n"
        + _DEF
        + _RSI
        + "        dataframe['x'] = dataframe['adx_1h']\n        x = dataframe.x\n"
        + _USE,
        _HEAD + _DEF + "        macd = ta.MACD(dataframe)\n"
        "        dataframe['rsi'] = macd['macd']\n        dataframe['hist'] = macd['macdhist']\n"
        + _USE,
        _HEAD
        + _DEF
        + _RSI
        + "        dataframe['x'] = 1\n        print(dataframe.columns)\n"
        + _USE,
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + _DEF + _RSI + "        dataframe['adx'] = ta.ADX(dataframe)\n" + _USE,
            line=8,
        ),
        Bad(
            code=_HEAD + "    @informative('1h')\n    def hours(self, dataframe, metadata):\n"
            "        dataframe['adx'] = ta.ADX(dataframe)\n        return dataframe\n"
            + _DEF
            + _RSI
            + _USE,
            line=8,
        ),
        Bad(
            code=_HEAD
            + _DEF
            + _RSI
            + "        dataframe['adx'] = ta.ADX(dataframe)\n"
            + _USE.replace("'enter_long'] = 1", "['enter_long', 'enter_tag']] = (1, 'adx_up')")
            + "    def custom_exit(self, pair, trade, **kwargs):\n        return 'adx_down'\n",
            line=8,
        ),
        Bad(
            code=_HEAD + _DEF + _RSI + "        dataframe['ema'] = 1\n"
            "        dataframe['ema'] = dataframe['ema'].fillna(0)\n" + _USE,
            line=8,
        ),
    )

    def check(self) -> None:
        columns = columns_of(self.source)
        signals = {use.name for use in columns.writes} & {"enter_long", "enter_short"}
        if columns.opaque or not signals or self._whole():
            return
        self.definitions = definitions_of(self.source)
        self._tags = {one.value for tag in _TAGS for one in self.definitions.of(tag)}
        self._patterns = [
            name_pattern(node)
            for node in self.source.all(cst.FormattedString, cst.BinaryOperation)
            if self._reads(node)
        ]
        if any(not pattern.pattern.strip(".*") for pattern in self._patterns):
            return
        names = self.definitions.names - _READ
        used = {name for name in names if self._used(name)}
        together = {call for name in used for call in self._calls(name)}
        for name in sorted(names - used):
            first = self.definitions.of(name)
            # Of MACD's three outputs, the one that is not needed is usually written with the rest.
            if first and not together & self._calls(name) and self._by_strategy(first[0].target):
                self.report(
                    first[0].target,
                    f'the column "{name}" is computed, and nothing reads it',
                )

    def _calls(self, name: str) -> set[cst.Call]:
        """The calls of several outputs that a column is one of."""
        kinds, found = kinds_of(self.source), set()
        for definition in self.definitions.of(name):
            if isinstance(definition.value, cst.Subscript):
                call = kinds.library_call(definition.value.value)
                if call is not None:
                    found.add(call)
        return found

    def _by_strategy(self, node: cst.CSTNode) -> bool:
        """Whether it is a column of the dataframe that Freqtrade hands on."""
        function = self.source.function_of(node)
        if function is None or not isinstance(node, cst.Subscript):
            return False
        known = function.name.value in POPULATE or informative_calls(self.source, function)
        base = node.value.value if isinstance(node.value, cst.Attribute) else node.value
        return bool(known) and kinds_of(self.source).of(base) is Kind.FRAME

    def _whole(self) -> bool:
        """Whether columns may be read without being named."""
        kinds = kinds_of(self.source)
        for attribute in self.source.all(cst.Attribute):
            if attribute.attr.value in _WHOLE and kinds.of(attribute.value) is not Kind.SERIES:
                return True
        for node in self.source.all(cst.Subscript):
            index = node.slice[-1].slice
            if not isinstance(index, cst.Index) or kinds.of(node.value) is not Kind.FRAME:
                continue
            key = index.value
            if isinstance(key, cst.Name | cst.Attribute | cst.Call | cst.ListComp):
                known = self.source.strings(key) is not None or kinds.of(key) is not None
                if not known and not self._written(node):
                    return True
        return False

    def _written(self, node: cst.Subscript) -> bool:
        return isinstance(self.source.parent(node), cst.AssignTarget)

    def _reads(self, node: cst.BaseExpression) -> bool:
        """Whether a text that is put together may name a column that is read."""
        if isinstance(node, cst.BinaryOperation):
            left = node.left
            if not isinstance(node.operator, cst.Add | cst.Modulo):
                return False
            if text_of(left) is None and text_of(node.right) is None:
                return False
        subscript = next(
            (a for a in self.source.ancestors(node) if isinstance(a, cst.Subscript)), None
        )
        return subscript is None or not self._written(subscript)

    def _used(self, name: str) -> bool:
        """Whether a column is named anywhere but where it is written."""
        if any(pattern.fullmatch(name) for pattern in self._patterns):
            return True
        word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])")
        for attribute in self.source.all(cst.Attribute):
            if word.search(attribute.attr.value):
                return True
        return any(
            word.search(text_of(node) or "") and not self._own(node, name)
            for node in self.source.all(cst.SimpleString)
        )

    def _reason(self, node: cst.SimpleString) -> bool:
        """Whether a text is the reason that a callback gives for leaving a trade."""
        function = self.source.function_of(node)
        named = function is not None and function.name.value in {"custom_exit", "custom_sell"}
        return named and isinstance(self.source.parent(node), cst.Return)

    def _own(self, node: cst.SimpleString, name: str) -> bool:
        """Whether a text names the column to write it, or to make it anew of itself."""
        parent = self.source.parent(node)
        if isinstance(parent, cst.Expr) or node in self._tags or self._reason(node):
            return True
        if text_of(node) != name:
            return False
        subscript = next(
            (a for a in self.source.ancestors(node) if isinstance(a, cst.Subscript)), None
        )
        if subscript is None:
            return False
        if isinstance(self.source.parent(subscript), cst.AssignTarget | cst.AugAssign):
            return True
        holder = next((a for a in self.source.ancestors(node) if isinstance(a, cst.Assign)), None)
        if holder is None or len(holder.targets) != 1:
            return False
        return kinds_of(self.source).column_of(holder.targets[0].target) == name
