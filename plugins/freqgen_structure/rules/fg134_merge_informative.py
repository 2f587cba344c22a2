from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.nodes import argument, dotted, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import dataframe_parameter
from freqgen_structure.timeframes import minutes_of
from freqgen_structure.values import meant, truth

_HEAD = (
    "from freqtrade.strategy import IStrategy, merge_informative_pair\n\n\n"
    "class S(IStrategy):\n    timeframe = '5m'\n    slow = '1h'\n\n"
    "    def populate_indicators(self, dataframe, metadata):\n"
    "        inf = self.dp.get_pair_dataframe(metadata['pair'], '1h')\n"
)
_MERGE = "        dataframe = merge_informative_pair({})\n"


class MergeInformative(Rule):
    """FG134: informative candles are merged the wrong way round, or not at all.

    ``merge_informative_pair(dataframe, informative, timeframe, timeframe_inf)`` returns the
    strategy's candles with the columns of the longer ones, moved so that none is known too
    early. It refuses a shorter timeframe, and with another timeframe than that of the candles
    columns appear too early or too late. What it returns has to be kept.
    """

    VALID = (
        _HEAD + _MERGE.format("dataframe, inf, self.timeframe, '1h', ffill=True"),
        _HEAD + _MERGE.format("dataframe, inf, self.timeframe, self.slow"),
        _HEAD + _MERGE.format("dataframe, inf, '5m', tf, append_timeframe=False, suffix='x'"),
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + _MERGE.format("dataframe, inf, '1h', self.timeframe"),
            line=10,
            fixed=_HEAD + _MERGE.format("dataframe, inf, self.timeframe, '1h'"),
        ),
        Bad(
            code=_HEAD + _MERGE.format("inf, dataframe, self.timeframe, '1h'"),
            line=10,
            fixed=_HEAD + _MERGE.format("dataframe, inf, self.timeframe, '1h'"),
        ),
        Bad(
            code=_HEAD + "        merge_informative_pair(dataframe, inf, '5m', '1h')  # slow\n",
            line=10,
            fixed=_HEAD + "        dataframe = "
            "merge_informative_pair(dataframe, inf, '5m', '1h')  # slow\n",
        ),
        Bad(code=_HEAD + _MERGE.format("dataframe, inf, self.timeframe, '4h'"), line=10),
        Bad(
            code=_HEAD + "        dataframe = merge_informative_pair(\n            dataframe,\n"
            "            inf,\n            '5m',\n            '1h',\n            ffill=False,\n"
            "        )\n",
            line=15,
        ),
        Bad(code=_HEAD + _MERGE.format("dataframe, inf, '5m', '1h', suffix='x'"), line=10),
        Bad(code=_HEAD + _MERGE.format("dataframe, inf, '1h', '1h'"), line=10),
    )

    def visit_Call(self, node: cst.Call) -> None:
        path = self.source.imported(node.func) or dotted(node.func) or ""
        if path.rpartition(".")[2] != "merge_informative_pair":
            return
        frame, candles = argument(node, 0, "dataframe"), argument(node, 1, "informative")
        own, slow = argument(node, 2, "timeframe"), argument(node, 3, "timeframe_inf")
        if frame is None or candles is None:
            return
        if isinstance(self.source.parent(node), cst.Expr):
            target = self.text(frame)
            self.report(
                node,
                "the merged dataframe is thrown away",
                hint=f"write {target} = merge_informative_pair(…)",
                edits=[self.insert_before(node, f"{target} = ")]
                if isinstance(frame, cst.Name)
                else (),
            )
        if self._fetched(frame) and self._given(candles):
            self._turned(frame, candles, "the dataframe comes first, then the informative one")
            return
        if own is not None and slow is not None:
            self._timeframes(own, slow, candles)
        self._options(node)

    def _turned(self, one: cst.BaseExpression, other: cst.BaseExpression, message: str) -> None:
        plain = not one.lpar and not other.lpar
        self.report(
            one,
            message,
            hint="write merge_informative_pair(dataframe, informative, self.timeframe, '1h')",
            edits=[
                self.replace(one, self.text(other)),
                self.replace(other, self.text(one)),
            ]
            if plain
            else (),
        )

    def _timeframes(
        self, own: cst.BaseExpression, slow: cst.BaseExpression, candles: cst.BaseExpression
    ) -> None:
        short, long = self._minutes(own), self._minutes(slow)
        if short is not None and long is not None and short > long:
            self._turned(own, slow, "the timeframes are the wrong way round")
            return
        strategy = self._own()
        if short is not None and strategy is not None and short != strategy:
            self.report(
                own,
                f"the strategy's timeframe is not {self.text(own)}",
                hint="write self.timeframe",
            )
            return
        fetched = self._timeframe_of(candles)
        there = self._minutes(fetched) if fetched is not None else None
        if there is not None and long is not None and there != long and fetched is not None:
            self.report(
                slow,
                f"the candles are those of {self.text(fetched)}, not of {self.text(slow)}",
                hint="name the timeframe that they were asked for",
            )

    def _options(self, node: cst.Call) -> None:
        fill = argument(node, 4, "ffill")
        if fill is not None and truth(self.source, fill) is False:
            self.report(
                fill,
                "with ffill=False the columns are empty but for one candle in each longer one",
                hint="leave it out, or write ffill=True",
                severity=Severity.WARNING,
            )
        suffix, append = argument(node, 7, "suffix"), argument(node, 5, "append_timeframe")
        named = suffix is not None and bool(text_of(suffix))
        if suffix is not None and named and (append is None or truth(self.source, append) is True):
            self.report(
                suffix,
                "a suffix is refused together with the timeframe",
                hint="add append_timeframe=False",
            )

    def _minutes(self, node: cst.BaseExpression) -> float | None:
        text = text_of(meant(self.source, node))
        return minutes_of(text) if text is not None else None

    def _own(self) -> float | None:
        found = self.source.attributes.get("timeframe")
        return self._minutes(found[1]) if found is not None else None

    def _fetched(self, node: cst.BaseExpression) -> cst.Call | None:
        """The call that asked for other candles, where a name holds what it gave."""
        if isinstance(node, cst.Name):
            values = self.source.values(node)
            calls = [v for v in values if isinstance(v, cst.Call)]
            asked = [c for c in calls if self._asks(c)]
            return asked[0] if len(asked) == 1 else None
        return node if isinstance(node, cst.Call) and self._asks(node) else None

    def _asks(self, call: cst.Call) -> bool:
        return (dotted(call.func) or "").endswith("dp.get_pair_dataframe")

    def _given(self, node: cst.BaseExpression) -> bool:
        """Whether a name is the dataframe that Freqtrade gives the method."""
        function = self.source.function_of(node)
        return (
            isinstance(node, cst.Name)
            and function is not None
            and node.value == dataframe_parameter(function)
        )

    def _timeframe_of(self, candles: cst.BaseExpression) -> cst.BaseExpression | None:
        call = self._fetched(candles)
        return argument(call, 1, "timeframe") if call is not None else None
