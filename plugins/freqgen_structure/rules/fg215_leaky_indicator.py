from typing import ClassVar

import libcst as cst

from freqgen_structure.constants import numbers
from freqgen_structure.following import flow_of
from freqgen_structure.lookahead import CandlesRule
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.rule import Bad
from freqgen_structure.tracing import tracer_of

_POPULATE = "def populate_indicators(self, dataframe, metadata):\n"
_WHOLE = {
    "pandas_ta.tos_stdevall": "tos_stdevall fits its line to the whole column",
    "pandas_ta.vp": "vp makes its bins of the whole column",
    "technical.trendline.gentrends": "gentrends draws lines through all candles",
    "technical.trendline.segtrends": "segtrends draws lines through all candles",
    "technical.qtpylib.cci": "cci of qtpylib divides by the deviation of the whole column",
    "technical.vendor.qtpylib.indicators.cci": "cci of qtpylib divides by the deviation of the "
    "whole column",
}
_ICHIMOKU = ("technical.indicators.ichimoku", "technical.indicators.indicators.ichimoku")


class LeakyIndicator(CandlesRule):
    """FG215: some indicators of libraries know candles that have not happened yet.

    ``dpo`` of pandas_ta is centred unless it is told ``centered=False``, its ``ichimoku`` and that
    of technical have a ``chikou_span``, which is the close of a later candle, ``tos_stdevall``,
    ``gentrends`` and ``segtrends`` draw lines through all candles, and ``cci`` of qtpylib divides
    by a deviation of all of them. It is a warning where nothing in the file reads the column.
    """

    HINT = "use an indicator that knows the past only, such as those of talib"
    VALID = (
        "import pandas_ta as pta\n"
        + _POPULATE
        + "    dataframe['a'] = pta.dpo(dataframe['close'], centered=False)",
        "import pandas_ta as pta\n"
        + _POPULATE
        + "    dataframe['a'] = pta.dpo(dataframe['close'], lookahead=False)",
        "from technical.indicators import ichimoku\n"
        + _POPULATE
        + "    i = ichimoku(dataframe)\n    dataframe['a'] = i['tenkan_sen']",
        "import talib.abstract as ta\n" + _POPULATE + "    dataframe['a'] = ta.CCI(dataframe)",
        "from technical.indicators import ichimoku\n"
        + _POPULATE
        + "    dataframe['lag'] = ichimoku(dataframe)['chikou_span']\n"
        "    dataframe['a'] = (dataframe['lag'] > dataframe['close']).shift(30)",
    )
    INVALID: ClassVar = (
        Bad(
            code="import pandas_ta as pta\n" + _POPULATE + "    dataframe['x'] = pta.ema(\n"
            "        dataframe['close'], length=9,\n        offset=-2,\n    )\n"
            "    return dataframe\n",
            line=5,
        ),
        Bad(
            code="import pandas_ta as pta\n"
            + _POPULATE
            + "    dataframe['a'] = pta.dpo(dataframe['close'], length=20)",
            line=3,
        ),
        Bad(code=_POPULATE + "    dataframe['a'] = dataframe.ta.dpo()", line=2),
        Bad(
            code="from technical.indicators import ichimoku\n"
            + _POPULATE
            + "    i = ichimoku(dataframe)\n    dataframe['enter_long'] = i['chikou_span'] > 1",
            line=4,
        ),
        Bad(
            code="import technical.qtpylib as q\n"
            + _POPULATE
            + "    dataframe['a'] = q.cci(dataframe)",
            line=3,
        ),
        Bad(
            code="import pandas_ta as pta\n"
            + _POPULATE
            + "    lines, _ = pta.ichimoku(dataframe.high, dataframe.low, dataframe.close)\n"
            "    dataframe['a'] = lines['ICS_26']",
            line=4,
        ),
        Bad(
            code="from technical.trendline import segtrends\n"
            + _POPULATE
            + "    lines = segtrends(dataframe)\n    dataframe['a'] = lines['Max Line']",
            line=3,
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        path = self.source.imported(node.func) or self._accessor(node)
        if path is None or not self.candles.computes(node):
            return
        offset = argument(node, 99, "offset") if path.startswith("pandas_ta.") else None
        if offset is not None and numbers(self.source, offset).always_negative:
            self.spread(
                node,
                "a negative offset moves the values to candles that do not know them yet",
                where=offset,
            )
        if path in _WHOLE:
            self.spread(node, f"{_WHOLE[path]}, later candles included")
        elif path == "pandas_ta.dpo" and not self._is_off(node, 2):
            self.spread(
                node,
                "dpo is centred: it is moved back to candles that do not know it yet",
                hint="write centered=False",
            )

    def visit_Subscript(self, node: cst.Subscript) -> None:
        index = node.slice[0].slice
        column = text_of(index.value) if isinstance(index, cst.Index) else None
        if column is None:
            return
        if column == "chikou_span":
            made = self._made_by(node.value, _ICHIMOKU)
        elif column.startswith("ICS_"):
            made = self._made_by(node.value, ("pandas_ta.ichimoku",))
        else:
            return
        if made is None or self._is_back(node):
            return
        if not (column.startswith("ICS_") and self._is_off(made, 99)):
            self.spread(
                node,
                f"{column} is the close of a candle that comes later",
                where=node.slice[0],
                hint="compare the close with that of 26 candles ago: close.shift(26)",
            )

    def _is_back(self, node: cst.BaseExpression) -> bool:
        """Whether a shift brings the values back to where they are known, in all reads."""
        flow = flow_of(self.candles, node)
        if flow.delayed:
            return True
        stored = [t for t in flow.columns if isinstance(t, cst.Subscript)]
        names = {name for target in stored for name in self._names(target)}
        reads = [
            read
            for read in self.source.all(cst.Subscript)
            if self._names(read) & names
            and read not in stored
            and read is not node
            and self.candles.kind(read) is not None
        ]
        return bool(reads) and all(flow_of(self.candles, read).delayed for read in reads)

    def _names(self, node: cst.Subscript) -> set[str]:
        index = node.slice[0].slice
        text = text_of(index.value) if isinstance(index, cst.Index) else None
        return set() if text is None else {text}

    def _accessor(self, node: cst.Call) -> str | None:
        match node.func:
            case cst.Attribute(value=cst.Attribute(attr=cst.Name(value="ta")), attr=attr):
                return f"pandas_ta.{attr.value}"
        return None

    def _made_by(self, node: cst.BaseExpression, paths: tuple[str, ...]) -> cst.Call | None:
        tracer = tracer_of(self.candles)
        for part in tracer.made_of(node):
            if isinstance(part, cst.Call):
                path = self.source.imported(part.func) or self._accessor(part)
                if path in paths:
                    return part
        return None

    def _is_off(self, node: cst.Call, position: int) -> bool:
        given = [argument(node, position, "centered"), argument(node, 99, "lookahead")]
        return any(value is not None and numbers(self.source, value).single == 0 for value in given)
