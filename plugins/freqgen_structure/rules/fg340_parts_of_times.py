from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.imported import has
from freqgen_structure.interface import CALLBACKS
from freqgen_structure.nodes import dotted
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE, dataframe_parameter, informative_calls

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_DEF = "    def populate_indicators(self, dataframe, metadata):\n"
_EXIT = "    def custom_exit(self, pair, trade, current_time, **kwargs):\n"
_SECONDS = {
    "minutes": 60,
    "minute": 60,
    "total_minutes": 60,
    "hours": 3600,
    "hour": 3600,
    "total_hours": 3600,
    "day": 86400,
    "second": 1,
}
_DATES = frozenset(
    {"open_date_utc", "close_date_utc", "date_entry_fill_utc", "date_last_filled_utc"}
)
_PARTS = frozenset(
    "hour minute second day month year dayofweek day_of_week weekday dayofyear quarter "
    "day_name month_name date time floor normalize tz_convert".split()
)


class PartsOfTimes(Rule):
    """FG340: a part of a time is read where it is not.

    The time between two moments has ``days``, ``seconds`` and ``total_seconds()``, and neither
    ``minutes`` nor ``hours``. The index of Freqtrade's dataframe counts candles: their times are
    in the column ``date``, so that ``dataframe.index.hour`` raises ``AttributeError``.
    """

    VALID = (
        _HEAD + _DEF + "        dataframe['x'] = dataframe['date'].dt.hour\n",
        _HEAD
        + _DEF
        + "        times = dataframe.set_index('date')\n        x = times.index.hour\n",
        _HEAD + _DEF + "        dataframe = dataframe.set_index('date')\n"
        "        x = dataframe.index.hour\n",
        _HEAD + _EXIT + "        return (current_time - trade.open_date_utc).days > 3\n",
        _HEAD + _EXIT + "        return (current_time - self.delta).hour > 3\n",
        _HEAD + _EXIT + "        return current_time.hour > 3\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + _DEF + "        dataframe['x'] = dataframe.index.hour  # of day\n",
            line=6,
            fixed=_HEAD + _DEF + "        dataframe['x'] = dataframe['date'].dt.hour  # of day\n",
        ),
        Bad(
            code=_HEAD
            + _DEF
            + "        x = (\n            dataframe.index.day_name()\n        )\n",
            line=7,
            fixed=_HEAD
            + _DEF
            + "        x = (\n            dataframe['date'].dt.day_name()\n        )\n",
        ),
        Bad(
            code=_HEAD + _EXIT + "        if (current_time - trade.open_date_utc).minutes > 90:\n"
            "            return 'late'\n",
            line=6,
            fixed=_HEAD + _EXIT + "        if (current_time - trade.open_date_utc)"
            ".total_seconds() / 60 > 90:\n            return 'late'\n",
        ),
        Bad(
            code=_HEAD + _EXIT + "        open_for = current_time - trade.open_date_utc\n"
            "        return 2 / open_for.hours > 3\n",
            line=7,
            fixed=_HEAD + _EXIT + "        open_for = current_time - trade.open_date_utc\n"
            "        return 2 / (open_for.total_seconds() / 3600) > 3\n",
        ),
        Bad(
            code=_HEAD + _EXIT + "        return (current_time - trade.open_date_utc)"
            ".total_minutes() > 3\n",
            line=6,
            fixed=_HEAD + _EXIT + "        return (current_time - trade.open_date_utc)"
            ".total_seconds() / 60 > 3\n",
        ),
    )

    def check(self) -> None:
        for node in self.source.all(cst.Attribute):
            name = node.attr.value
            if name in _SECONDS and self._between(node.value):
                self._duration(node, _SECONDS[name])
            elif (
                isinstance(node.value, cst.Attribute)
                and node.value.attr.value == "index"
                and name in _PARTS
                and has("pandas.RangeIndex", name) is False
            ):
                self._index(node, node.value)

    def _between(self, node: cst.BaseExpression) -> bool:
        """Whether it is the time between two moments that Freqtrade gives."""
        if isinstance(node, cst.Name):
            values = self.source.values(node)
            return len(values) == 1 and values[0] is not None and self._between(values[0])
        match node:
            case cst.BinaryOperation(operator=cst.Subtract(), left=left, right=right):
                return self._moment(left) and self._moment(right)
        return False

    def _moment(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.Attribute):
            return node.attr.value in _DATES
        if not isinstance(node, cst.Name) or node.value != "current_time":
            return False
        function = self.source.function_of(node)
        return (
            function is not None
            and function.name.value in CALLBACKS
            and function in self.source.methods.values()
        )

    def _duration(self, node: cst.Attribute, seconds: int) -> None:
        parent = self.source.parent(node)
        whole = parent if isinstance(parent, cst.Call) and parent.func is node else node
        start = self.source.span(node.attr)[0]
        end = self.source.span(whole)[1]
        edits = [Edit(start=start, end=end, text="total_seconds()")]
        if seconds > 1:
            outer = self.source.parent(whole)
            operand = cst.BinaryOperation | cst.UnaryOperation | cst.Attribute
            if isinstance(outer, operand) and not whole.lpar:
                edits.append(self.insert_before(whole, "("))
                edits[0] = Edit(start=start, end=end, text=f"total_seconds() / {seconds})")
            else:
                edits[0] = Edit(start=start, end=end, text=f"total_seconds() / {seconds}")
        self.report(
            node.attr,
            f"the time between two moments has no {node.attr.value}",
            hint="write .total_seconds()" + (f" / {seconds}" if seconds > 1 else ""),
            edits=edits,
        )

    def _index(self, node: cst.Attribute, index: cst.Attribute) -> None:
        frame, function = index.value, self.source.function_of(node)
        if not isinstance(frame, cst.Name) or function is None:
            return
        populates = function.name.value in POPULATE or informative_calls(self.source, function)
        if not populates or frame.value != dataframe_parameter(function):
            return
        if function not in self.source.methods.values() or self._dated(frame.value):
            return
        self.report(
            node.attr,
            f"the index counts candles, and has no {node.attr.value}",
            hint=f"write {frame.value}['date'].dt.{node.attr.value}",
            edits=[self.replace(index, f"{frame.value}['date'].dt")],
        )

    def _dated(self, frame: str) -> bool:
        """Whether the dataframe may get another index somewhere in the file."""
        if any(
            isinstance(call.func, cst.Attribute)
            and call.func.attr.value in {"set_index", "resample", "set_axis", "reindex"}
            and (dotted(call.func.value) or "").partition(".")[0] == frame
            for call in self.source.all(cst.Call)
        ):
            return True
        return any(
            isinstance(target.target, cst.Attribute) and target.target.attr.value == "index"
            for target in self.source.all(cst.AssignTarget)
        )
