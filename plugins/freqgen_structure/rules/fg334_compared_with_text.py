from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.columns import CANDLES
from freqgen_structure.conditions import comparisons
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import dataframe_parameter
from freqgen_structure.value_ranges import values_of

_HEAD = "import talib.abstract as ta\ndataframe['rsi'] = ta.RSI(dataframe)\n"


class ComparedWithText(Rule):
    """FG334: a column of numbers is compared with a text.

    ``dataframe["rsi"] == "30"`` is false on every candle, and ``<`` or ``>`` raise an error. The
    name of another column is no column: ``dataframe["close"] > "ema"`` compares with the text.
    """

    HINT = 'compare with a number, or with dataframe["column"]'
    VALID = (
        _HEAD + "x = dataframe['rsi'] < 30\n",
        "x = dataframe['trend'] == 'up'",
        "dataframe['trend'] = 'down'\nx = dataframe['trend'] == 'up'",
        "x = dataframe['date'] > '2024-01-01'",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "x = dataframe['rsi'] < '30'\n",
            line=3,
            fixed=_HEAD + "x = dataframe['rsi'] < 30\n",
        ),
        Bad(
            code=_HEAD + "x = dataframe['close'] > 'rsi'\n",
            line=3,
            fixed=_HEAD + "x = dataframe['close'] > dataframe['rsi']\n",
        ),
        Bad(
            code=_HEAD + "dataframe['m'] = f(dataframe)\nx = dataframe['m'] < 'close'\n",
            line=4,
            fixed=_HEAD
            + "dataframe['m'] = f(dataframe)\nx = dataframe['m'] < dataframe['close']\n",
        ),
        Bad(code="x = (\n    'high' ==\n    dataframe['volume'].shift(1)\n)\n", line=2),
        Bad(
            code=_HEAD + "dataframe['m'] = f(dataframe)\nx = dataframe['m'] < '2.5'\n",
            line=4,
            fixed=_HEAD + "dataframe['m'] = f(dataframe)\nx = dataframe['m'] < 2.5\n",
        ),
        Bad(
            code="x = dataframe['date'].dt.hour.isin([\n    '7',\n])\n",
            line=2,
            fixed="x = dataframe['date'].dt.hour.isin([\n    7,\n])\n",
        ),
        Bad(
            code="from technical import qtpylib\n" + _HEAD + "def f(self, dataframe):\n"
            "    return qtpylib.crossed_above('rsi', 'high')\n",
            line=5,
            fixed="from technical import qtpylib\n" + _HEAD + "def f(self, dataframe):\n"
            "    return qtpylib.crossed_above(dataframe['rsi'], dataframe['high'])\n",
        ),
        Bad(
            code=_HEAD + "x = dataframe['rsi'].gt('-1.5')\n",
            line=3,
            fixed=_HEAD + "x = dataframe['rsi'].gt(-1.5)\n",
        ),
    )

    def check(self) -> None:
        kinds = kinds_of(self.source)
        written = {use.name for use in kinds.columns.writes} | CANDLES
        self._crossings()
        self._listed()
        for part in comparisons(self.source):
            for column, other in ((part.left, part.right), (part.right, part.left)):
                text = text_of(other)
                kind = kinds.of(column)
                if text is None or kind is None or not kind.many:
                    continue
                ordered = part.sign not in {"==", "!="}
                named = ordered and (text in written or _is_number(text))
                if values_of(self.source, column) is None and not named:
                    continue
                self.report(
                    other,
                    f'numbers are compared with the text "{text}"',
                    edits=self._meant(column, other, text, part.sign),
                )

    def _crossings(self) -> None:
        """``crossed_above("fast", "slow")``."""
        written = {use.name for use in kinds_of(self.source).columns.writes} | CANDLES
        for part in comparisons(self.source):
            sides = (part.left, part.right)
            if not part.crosses or any(text_of(side) is None for side in sides):
                continue
            for side in sides:
                function = self.source.function_of(side)
                frame = dataframe_parameter(function) if function is not None else None
                text = text_of(side)
                edits = []
                if frame is not None and text in written:
                    edits = [self.replace(side, f"{frame}[{self.text(side)}]")]
                self.report(
                    side, f'the text "{text}" crosses nothing: it is no column', edits=edits
                )

    def _listed(self) -> None:
        """``column.isin(["7", "8"])`` of a column of numbers."""
        for call in self.source.all(cst.Call):
            match call:
                case cst.Call(
                    func=cst.Attribute(value=column, attr=cst.Name(value="isin")),
                    args=[cst.Arg(value=cst.List() | cst.Tuple() | cst.Set() as listed)],
                ) if values_of(self.source, column) is not None:
                    for element in listed.elements:
                        text = text_of(element.value)
                        if text is not None:
                            self.report(
                                element.value,
                                f'numbers are compared with the text "{text}"',
                                edits=self._meant(column, element.value, text, "=="),
                            )

    def _meant(
        self, column: cst.BaseExpression, other: cst.BaseExpression, text: str, sign: str
    ) -> list[Edit]:
        try:
            float(text)
        except ValueError:
            written = {use.name for use in kinds_of(self.source).columns.writes} | CANDLES
            plain = isinstance(column, cst.Subscript) and isinstance(column.value, cst.Name)
            if text in written and plain and sign not in {"==", "!="}:
                quoted = self.text(other)
                return [self.replace(other, f"{self.text(column.value)}[{quoted}]")]  # type: ignore[attr-defined]
            return []
        stripped = text.strip()
        plain_number = stripped.lstrip("+-").replace(".", "", 1).isdigit()
        return [self.replace(other, stripped)] if plain_number else []


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
