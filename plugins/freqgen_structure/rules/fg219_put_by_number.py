from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE, dataframe_parameter, informative_calls
from freqgen_structure.values import meant

_HEAD = (
    "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n    timeframe = '5m'\n\n"
    "    def populate_indicators(self, dataframe, metadata):\n"
    "        hours = self.dp.get_pair_dataframe(metadata['pair'], '1h')\n"
)


class PutByNumber(Rule):
    """FG219: a column of another dataframe is put into this one row by row.

    pandas matches rows by their number, and the rows of another pair or timeframe are other
    candles: with a longer timeframe they come from a time long gone or yet to come.
    ``merge_informative_pair`` matches them by time, and moves them to where they are known.
    """

    SEVERITY = Severity.WARNING
    HINT = "use merge_informative_pair(dataframe, other, self.timeframe, its_timeframe, ffill=True)"
    VALID = (
        _HEAD + "        hours['x'] = hours['close'].shift(1)\n",
        _HEAD + "        dataframe['x'] = dataframe['close']\n",
        _HEAD + "        dataframe['x'] = hours['close'].iloc[-3]\n",
        _HEAD + "        hours = dataframe.copy()\n        dataframe['x'] = hours['close']\n",
        _HEAD + "        by_time = hours.set_index('date')['close']\n"
        "        dataframe['x'] = dataframe['date'].map(by_time)\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "        dataframe['x'] = hours['close']\n", line=9),
        Bad(
            code=_HEAD + "        dataframe['x'] = (\n            hours['close']\n"
            "            .rolling(3)\n            .mean()\n        )\n",
            line=10,
        ),
        Bad(code=_HEAD + "        dataframe['x'] = hours.close.values\n", line=9),
        Bad(
            code=_HEAD + "        dataframe['x'] = dataframe['close'] / hours['close']\n",
            line=9,
        ),
    )

    def check(self) -> None:
        for name, method in self.source.methods.items():
            frame = dataframe_parameter(method)
            if frame is None:
                continue
            if name in POPULATE or informative_calls(self.source, method):
                for assign in self.source.below(method.body, cst.Assign):
                    match assign.targets[0].target:
                        case cst.Subscript(value=cst.Name(value=written)) if written == frame:
                            self._value(assign.value)

    def _value(self, node: cst.BaseExpression) -> None:
        """Follow what keeps one row for each row: arithmetic, windows and shifts."""
        match node:
            case (
                cst.Subscript(value=cst.Name() as frame) | cst.Attribute(value=cst.Name() as frame)
            ) if self._other(frame):
                if isinstance(node, cst.Subscript) and not self._column(node):
                    return
                self.report(
                    node,
                    f"the rows of {frame.value} are other candles, and are matched by number",
                )
            case cst.BinaryOperation(left=left, right=right):
                self._value(left)
                self._value(right)
            case cst.Attribute(value=inner, attr=cst.Name(value="values")):
                self._value(inner)
            case cst.Call(func=cst.Attribute(value=inner, attr=cst.Name(value=how))) if (
                how in _ROW_BY_ROW
            ):
                self._value(inner)

    def _column(self, node: cst.Subscript) -> bool:
        index = node.slice[0].slice
        return (
            len(node.slice) == 1
            and isinstance(index, cst.Index)
            and text_of(index.value) is not None
        )

    def _other(self, frame: cst.Name) -> bool:
        """Whether a name is the candles of another pair or of another timeframe."""
        values = self.source.values(frame)
        if len(values) != 1:
            return False
        match values[0]:
            case cst.Call(func=cst.Attribute(attr=cst.Name(value="get_pair_dataframe"))) as call:
                timeframe = argument(call, 1, "timeframe")
                own = self.source.attributes.get("timeframe")
                text = text_of(meant(self.source, timeframe)) if timeframe is not None else None
                base = text_of(own[1]) if own is not None else None
                return text is not None and base is not None and text != base
        return False


_ROW_BY_ROW = frozenset(
    "shift rolling ewm expanding mean max min std sum median fillna ffill diff pct_change "
    "to_numpy astype round abs clip reset_index gt lt ge le eq ne".split()
)
