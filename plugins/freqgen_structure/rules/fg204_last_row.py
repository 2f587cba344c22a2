from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.constants import numbers
from freqgen_structure.lookahead import CandlesRule
from freqgen_structure.nodes import number_of, text_of
from freqgen_structure.rule import Bad
from freqgen_structure.vocabulary import DATA, Kind

_POPULATE = "def populate_indicators(self, dataframe, metadata):\n"
_LOCATORS = frozenset({"iloc", "iat", "loc", "at"})
_MESSAGE = "the last row is the end of the backtest here: every candle before it would know it"


class LastRow(CandlesRule):
    """FG204: the last row, where columns are computed, is the end of the whole period.

    In ``populate_*`` and ``@informative`` methods the frame has all candles of a backtest, so
    ``iloc[-1]`` is the last candle of all, and not the one that a signal is for. Only in
    callbacks such as ``custom_exit`` a frame ends at the candle of the call. Values that only go
    into a message are left alone, and so is what runs under a check of ``runmode``; where the
    value cannot be followed, or only the last row is written, the finding is a warning.
    """

    HINT = "use the column itself, or shift(1) for the candle before; iloc[-1] is for callbacks"
    VALID = (
        _POPULATE + "    dataframe['a'] = dataframe['tag'].str[-3:-1]",
        _POPULATE + "    last = dataframe.tail(1).index.item()\n"
        "    for i in range(1, last + 1):\n        dataframe.loc[i, 'a'] = i % 2",
        _POPULATE + "    for n, row in dataframe.iterrows():\n"
        "        own = dataframe.loc[dataframe['date'] == row['date']][-1:]\n"
        "        dataframe.loc[dataframe.index == own.index.values[0], 'a'] = 1",
        _POPULATE + "    print(dataframe['close'].iloc[-1])\n    return dataframe",
        _POPULATE + "    logger.info(f'{dataframe.iloc[-1]}')\n    return dataframe",
        _POPULATE + "    n = len(dataframe)\n    return dataframe",
        _POPULATE + "    dataframe['a'] = dataframe['close'].iloc[:-1].shift(1)",
        _POPULATE + "    dataframe['a'] = dataframe['close'].rolling(3).apply(lambda w: w[-1])",
        _POPULATE + "    x = [1]\n    dataframe['a'] = dataframe['close'] * x[-1]",
        "def custom_exit(self, pair, trade, **kwargs):\n"
        "    dataframe, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)\n"
        "    return dataframe.iloc[-1]['rsi'] > 70",
        _POPULATE + "    for i in range(20, len(dataframe)):\n"
        "        part = dataframe['close'].iloc[i - 20:i]\n"
        "        dataframe.loc[i, 'a'] = part.iloc[-1]",
        _POPULATE + "    last = dataframe.tail(1).index.item()\n"
        "    for i in range(1, last + 1):\n        dataframe.loc[i, 'a'] = dataframe.close[i - 1]",
        _POPULATE + "    if self.config['runmode'].value in ('live', 'dry_run'):\n"
        "        dataframe['a'] = dataframe['close'].iloc[-1]",
    )
    INVALID: ClassVar = (
        Bad(code=_POPULATE + "    dataframe['a'] = dataframe['close'].iloc[-1]", line=2),
        Bad(code=_POPULATE + "    dataframe['a'] = dataframe['close'].values[-1]", line=2),
        Bad(code=_POPULATE + "    dataframe['a'] = dataframe['close'].tail(1).item()", line=2),
        Bad(code=_POPULATE + "    dataframe['a'] = dataframe.iat[-1, 4]", line=2),
        Bad(code=_POPULATE + "    dataframe['a'] = dataframe.at[dataframe.index[-1], 'x']", line=2),
        Bad(
            code=_POPULATE + "    last = dataframe.iloc[-1]\n    dataframe['a'] = last.low", line=2
        ),
        Bad(
            code=_POPULATE + "    if dataframe['rsi'].iloc[-1] > 70:\n        dataframe['a'] = 1",
            line=2,
        ),
        Bad(
            code=_POPULATE + "    found = []\n    if dataframe['rsi'].iloc[-1] > 70:\n"
            "        found.append(dataframe['rsi'] > 70)\n    dataframe['a'] = found[0]",
            line=3,
        ),
        Bad(
            code=_POPULATE + "    c = dataframe.close\n    dataframe['a'] = c > c.iloc[-2]", line=3
        ),
        Bad(code=_POPULATE + "    dataframe['a'] = dataframe.close[-20:].mean()", line=2),
        Bad(
            code=_POPULATE + "    n = len(dataframe)\n"
            "    dataframe['a'] = dataframe['close'].iloc[n - 1]",
            line=3,
        ),
        Bad(
            code="def level(frame):\n    return frame['high'].iloc[-1]\n"
            + _POPULATE
            + "    dataframe['a'] = level(dataframe)",
            line=2,
        ),
        Bad(code=_POPULATE + "    dataframe.loc[dataframe.index[-1], 'enter_long'] = 1", line=2),
        Bad(code=_POPULATE + "    self.last = dataframe['close'].iloc[-1]", line=2),
    )

    def visit_Subscript(self, node: cst.Subscript) -> None:
        base: cst.BaseExpression = node.value
        located = isinstance(base, cst.Attribute) and base.attr.value in {
            "iloc",
            "iat",
            "loc",
            "at",
        }
        if located:
            assert isinstance(base, cst.Attribute)  # noqa: S101
            base = base.value
        kind = self.candles.kind(base)
        if self._is_text(base) or self._is_length(node) or self._is_one(base):
            return
        if kind not in {*DATA, Kind.INDEX} or (kind is Kind.RESULT and not located):
            return
        if not self._takes_end(node.slice[0].slice):
            return
        whole = self._whole(node)
        if whole is not None:
            self._written(node, whole)
        else:
            self.spread(node, _MESSAGE, where=self._place(node))

    def visit_Call(self, node: cst.Call) -> None:
        if not isinstance(node.func, cst.Attribute):
            return
        name = node.func.attr.value
        if name not in {"tail", "last", "last_valid_index", "take"}:
            return
        kind = self.candles.kind(node.func.value)
        if kind not in {*DATA, Kind.INDEX} or self._is_length(node):
            return
        if name == "take":
            items = node.args[0].value if node.args else None
            elements = items.elements if isinstance(items, cst.List | cst.Tuple) else ()
            if not any(self._from_end(element.value) for element in elements):
                return
        self.spread(node, _MESSAGE)

    def _is_text(self, base: cst.BaseExpression) -> bool:
        """Whether characters are chosen, as in ``df["tag"].str[-1]``."""
        return isinstance(base, cst.Attribute) and base.attr.value == "str"

    def _is_length(self, node: cst.BaseExpression) -> bool:
        """Whether only the number of the last candle is wanted, as in ``df.tail(1).index``."""
        parent = self.source.parent(node)
        return (
            isinstance(parent, cst.Attribute)
            and parent.value is node
            and parent.attr.value == "index"
        )

    def _is_one(self, base: cst.BaseExpression) -> bool:
        """Whether the rows are those of one date, as in ``df.loc[df["date"] == row["date"]]``."""
        if not isinstance(base, cst.Subscript):
            return False
        rows = base.slice[0].slice
        if not isinstance(rows, cst.Index) or not isinstance(rows.value, cst.Comparison):
            return False
        test = rows.value
        return isinstance(test.comparisons[0].operator, cst.Equal) and self.text(
            test.left
        ).endswith((".date", "['date']", '["date"]', ".index"))

    def _place(self, node: cst.Subscript) -> cst.CSTNode:
        return node.value.attr if isinstance(node.value, cst.Attribute) else node.slice[0]

    def _whole(self, node: cst.Subscript) -> cst.Assign | cst.AugAssign | None:
        """The statement that writes to rows that ``node`` chooses, or is a label of."""
        for outer in (node, *self.source.ancestors(node)):
            parent = self.source.parent(outer)
            if isinstance(parent, cst.AssignTarget) and isinstance(outer, cst.Subscript):
                holder = self.source.parent(parent)
                return holder if isinstance(holder, cst.Assign) else None
            if isinstance(parent, cst.AugAssign) and parent.target is outer:
                return parent
            if not isinstance(parent, cst.Subscript | cst.SubscriptElement | cst.Index | cst.Slice):
                return None
        return None

    def _written(self, node: cst.Subscript, statement: cst.Assign | cst.AugAssign) -> None:
        value = statement.value
        nothing = isinstance(value, cst.Name | cst.Attribute) and self.text(value).lower() in {
            "none",
            "nan",
            "np.nan",
            "numpy.nan",
            "pd.na",
            "math.nan",
        }
        if nothing or self.trades_only(node):
            return
        self.report(
            self._place(node),
            "only the last row is written: a backtest has that at its end and nowhere else",
            severity=Severity.WARNING,
            hint="write to all rows that meet a condition, with dataframe.loc[condition, column]",
        )

    def _takes_end(self, part: cst.BaseSlice) -> bool:
        """Whether a selection counts its first row from the end."""
        if isinstance(part, cst.Slice):
            step = number_of(part.step) if part.step is not None else None
            return part.lower is not None and self._from_end(part.lower) and (step or 1) > 0
        if not isinstance(part, cst.Index):
            return False
        value = part.value
        if isinstance(value, cst.List):
            return any(self._from_end(element.value) for element in value.elements)
        return text_of(value) is None and self._from_end(value)

    def _from_end(self, node: cst.BaseExpression, depth: int = 0) -> bool:
        found = numbers(self.source, node)
        if found.negative:
            return found.complete
        match node:
            case cst.BinaryOperation(operator=cst.Subtract(), left=left, right=right):
                return self._length(left) and self.candles.fixed(right)
            case cst.Name() if depth < 4:
                values = [value for value in self.source.values(node) if value is not None]
                return len(values) == 1 and self._from_end(values[0], depth + 1)
            case cst.UnaryOperation(operator=cst.Minus()):
                return self.candles.fixed(node)
        return False

    def _length(self, node: cst.BaseExpression, depth: int = 0) -> bool:
        """Whether ``node`` is the number of candles."""
        match node:
            case cst.Call(func=cst.Name(value="len"), args=[cst.Arg(value=value)]):
                return self.candles.kind(value) in {*DATA, Kind.INDEX}
            case cst.Subscript(value=cst.Attribute(value=value, attr=cst.Name(value="shape"))):
                return self.candles.has_candles(value)
            case cst.Attribute(value=value, attr=cst.Name(value="size")):
                return self.candles.kind(value) in {*DATA, Kind.INDEX}
            case cst.Name() if depth < 4:
                values = [value for value in self.source.values(node) if value is not None]
                return len(values) == 1 and self._length(values[0], depth + 1)
        return False
