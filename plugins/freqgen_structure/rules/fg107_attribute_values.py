from collections.abc import Iterable
from itertools import pairwise
from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.nodes import number_of, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.timeframes import USUAL, minutes_of, usual
from freqgen_structure.values import meant, number

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"

_FLAGS = (
    "can_short",
    "disable_dataframe_checks",
    "exit_profit_only",
    "ignore_roi_if_entry_signal",
    "position_adjustment_enable",
    "process_only_new_candles",
    "trailing_only_offset_is_reached",
    "trailing_stop",
    "use_custom_roi",
    "use_custom_stoploss",
    "use_exit_signal",
)
_COUNTS = (
    "startup_candle_count",
    "max_entry_position_adjustment",
    "max_open_trades",
    "ignore_buying_expired_candle_after",
)
_LOSS = "write the loss that ends a trade as a negative ratio: stoploss = -0.05 is 5 %"
_ROI = 'write minutes and ratios, as in minimal_roi = {"0": 0.05, "60": 0.02}'
_MOST_PERCENT = 100
"""A target of a hundred times the stake is the usual way to switch targets off."""


class AttributeValues(Rule):
    """FG107: an attribute has a value that Freqtrade cannot use, or reads otherwise than meant.

    A stop loss is the loss that ends a trade, as a negative ratio: ``-0.05`` is 5 %, and a
    positive one is refused or sells every trade at once. ``minimal_roi`` maps minutes to ratios.
    A timeframe is a number and a unit, such as ``1h``, spelt as exchanges do. Constants are
    looked at, and what is made of them.
    """

    VALID = (
        _HEAD
        + "    stoploss = -0.05\n    timeframe = '1h'\n    minimal_roi = {'0': 0.05, '60': 0}\n",
        _HEAD + "    stoploss: float = -1\n    minimal_roi = {0: 0.1, '30': -1}\n",
        _HEAD
        + "    stoploss = -ATR\n    timeframe = TF\n    minimal_roi = ROI\n    can_short = X\n",
        _HEAD + "    trailing_stop_positive = 0.01\n    trailing_stop_positive_offset = 0.02\n"
        "    trailing_stop = True\n    startup_candle_count: int = 50\n    max_open_trades = -1\n",
        _HEAD + "    minimal_roi = {'0': 100}\n    max_open_trades = float('inf')\n",
        "LOSS = 5\n" + _HEAD + "    stoploss = -LOSS / 100\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    stoploss = 0.05  # 5 %\n",
            line=5,
            fixed=_HEAD + "    stoploss = -0.05  # 5 %\n",
        ),
        Bad(
            code=_HEAD + "    stoploss = '-0.05'\n",
            line=5,
            fixed=_HEAD + "    stoploss = -0.05\n",
        ),
        Bad(code=_HEAD + "    x = 1\n    stoploss = abs(-0.1)\n", line=6),
        Bad(code=_HEAD + "    x = 1\n    stoploss = -5\n", line=6),
        Bad(code=_HEAD + "    stoploss = 0\n", line=5),
        Bad(code="LOSS = 5\n" + _HEAD + "    stoploss = LOSS / 100\n", line=6),
        Bad(
            code=_HEAD + "    timeframe = '1hour'\n",
            line=5,
            fixed=_HEAD + "    timeframe = '1h'\n",
        ),
        Bad(code=_HEAD + '    timeframe = "60m"\n', line=5, fixed=_HEAD + '    timeframe = "1h"\n'),
        Bad(code=_HEAD + "    timeframe = 60\n", line=5),
        Bad(code=_HEAD + "    timeframe = 'fast'\n", line=5),
        Bad(code=_HEAD + "    timeframe = '7m'\n", line=5),
        Bad(code=_HEAD + "    minimal_roi = {'soon': 0.05}\n", line=5),
        Bad(
            code=_HEAD + "    minimal_roi = {\n        '0': 0.1,\n        '30.0': 0.05,\n    }\n",
            line=7,
            fixed=_HEAD + "    minimal_roi = {\n        '0': 0.1,\n        '30': 0.05,\n    }\n",
        ),
        Bad(
            code=_HEAD + "    minimal_roi = {'0': '0.05'}\n",
            line=5,
            fixed=_HEAD + "    minimal_roi = {'0': 0.05}\n",
        ),
        Bad(code=_HEAD + "    minimal_roi = {'0': 5, '30': 2}\n", line=5),
        Bad(code=_HEAD + "    minimal_roi = 0.05\n", line=5),
        Bad(code=_HEAD + "    minimal_roi = {\n        '0': -0.05,\n    }\n", line=6),
        Bad(code=_HEAD + "    minimal_roi = {'0': 0.05, '0': 0.02}\n", line=5),
        Bad(
            code=_HEAD + "    trailing_stop = 'True'\n",
            line=5,
            fixed=_HEAD + "    trailing_stop = True\n",
        ),
        Bad(code=_HEAD + "    can_short = 1\n", line=5, fixed=_HEAD + "    can_short = True\n"),
        Bad(
            code=_HEAD + "    startup_candle_count = -5\n",
            line=5,
            fixed=_HEAD + "    startup_candle_count = 5\n",
        ),
        Bad(code=_HEAD + "    startup_candle_count = 20.5\n", line=5),
        Bad(
            code=_HEAD + "    startup_candle_count = '20'\n",
            line=5,
            fixed=_HEAD + "    startup_candle_count = 20\n",
        ),
        Bad(code=_HEAD + "    max_open_trades = 0\n", line=5),
        Bad(
            code=_HEAD[:-1] + " timeframe = '5m'; stoploss = 0.1\n",
            line=4,
            fixed=_HEAD[:-1] + " timeframe = '5m'; stoploss = -0.1\n",
        ),
        Bad(
            code=_HEAD + "    timeframe, stoploss = '5m', 0.1\n",
            line=5,
            fixed=_HEAD + "    timeframe, stoploss = '5m', -0.1\n",
        ),
        Bad(
            code=_HEAD + "    if 1:\n        stoploss = 0.1\n    else:\n        stoploss = -0.2\n",
            line=6,
            fixed=_HEAD
            + "    if 1:\n        stoploss = -0.1\n    else:\n        stoploss = -0.2\n",
        ),
    )

    def check(self) -> None:
        for one in self.source.settings:
            name, node, value = one.name, one.target, one.value
            if name == "stoploss":
                self._stoploss(node, value)
            elif name == "timeframe":
                self._timeframe(node, value)
            elif name == "minimal_roi":
                self._roi(node, value)
            elif name in _FLAGS:
                self._flag(name, node, value)
            elif name in _COUNTS:
                self._count(name, node, value)

    def _at(self, value: cst.BaseExpression, text: str) -> Iterable[Edit]:
        """The edit that writes ``text`` for a value that is a literal on its own."""
        literal = number_of(value) is not None or text_of(value) is not None or _constant(value)
        return [self.replace(value, text)] if literal else ()

    def _stoploss(self, node: cst.CSTNode, value: cst.BaseExpression) -> None:
        if isinstance(meant(self.source, value), cst.SimpleString):
            loss = _number_in(meant(self.source, value))
            edits = self._at(value, f"{loss:g}") if loss is not None and -1 <= loss < 0 else ()
            self.report(node, "stoploss is not a number", hint=_LOSS, edits=edits)
            return
        loss = number(self.source, value)
        if loss is None:
            if _literal(value):
                self.report(node, "stoploss is not a number", hint=_LOSS)
        elif loss >= 0:
            plain = number_of(value) is not None and 0 < loss < 1
            self.report(
                node,
                "stoploss is not negative, so every trade would be closed at once",
                hint=_LOSS,
                edits=[self.replace(value, f"-{self.text(value).lstrip('+ ')}")] if plain else (),
            )
        elif loss < -1:
            self.report(
                node,
                "stoploss is below -1, which no trade can lose: it is never reached",
                hint=_LOSS,
                severity=Severity.WARNING,
            )

    def _timeframe(self, node: cst.CSTNode, value: cst.BaseExpression) -> None:
        literal = meant(self.source, value)
        text = text_of(literal)
        if text is None:
            if _literal(literal) or number_of(literal) is not None:
                self.report(
                    node, "timeframe is not a text", hint='write, for example, timeframe = "1h"'
                )
            return
        if text in USUAL:
            return
        right = usual(text)
        if right is None and minutes_of(text) is not None:
            self.report(
                node,
                f'no exchange is known to have candles of "{text}"',
                hint='write a usual timeframe, such as "1h"',
                severity=Severity.WARNING,
            )
            return
        quoted = isinstance(literal, cst.SimpleString) and right is not None
        self.report(
            node,
            f'"{text}" is not a timeframe'
            if minutes_of(text) is None or right is None
            else f'exchanges call the timeframe "{text}" "{right}"',
            hint=f'write "{right or "1h"}"',
            edits=[self.replace(literal, f"{literal.quote}{right}{literal.quote}")]
            if quoted and isinstance(literal, cst.SimpleString)
            else (),
        )

    def _roi(self, node: cst.CSTNode, value: cst.BaseExpression) -> None:
        table = meant(self.source, value)
        if not isinstance(table, cst.Dict):
            if _literal(table) or number_of(table) is not None:
                self.report(node, "minimal_roi is not a dict", hint=_ROI)
            return
        seen: set[str] = set()
        for element in table.elements:
            if isinstance(element, cst.DictElement):
                self._minutes(element.key)
                self._ratio(element.value)
                key = (text_of(element.key) or self.text(element.key)).strip()
                if key in seen:
                    self.report(element.key, f"minimal_roi has {key} twice; the last one counts")
                seen.add(key)
                ratio = number(self.source, element.value)
                if key == "0" and ratio is not None and ratio < 0:
                    self.report(
                        element.value,
                        "a negative target from the first minute on closes every trade at once",
                        hint=_ROI,
                        severity=Severity.WARNING,
                    )
        self._percents(table)

    def _minutes(self, key: cst.BaseExpression) -> None:
        text, minutes = text_of(key), number_of(key)
        whole = minutes is not None and minutes >= 0 and minutes == int(minutes)
        if text is not None and not (text.strip().isascii() and text.strip().isdigit()):
            inside = _number_in(key)
            exact = inside is not None and inside >= 0 and inside == int(inside)
            edits = (
                [self.replace(key, f"{key.quote}{int(inside)}{key.quote}")]
                if exact and inside is not None and isinstance(key, cst.SimpleString)
                else ()
            )
            self.report(key, f'"{text}" is not a number of minutes', hint=_ROI, edits=edits)
        elif minutes is not None and not whole:
            self.report(key, "a key of minimal_roi is not a whole number of minutes", hint=_ROI)

    def _ratio(self, value: cst.BaseExpression) -> None:
        ratio = number(self.source, value)
        if ratio is None and _literal(value):
            inside = _number_in(value)
            edits = [self.replace(value, f"{inside:g}")] if inside is not None else ()
            self.report(value, "a value of minimal_roi is not a ratio", hint=_ROI, edits=edits)

    def _percents(self, table: cst.Dict) -> None:
        """A table whose targets sink from several hundred per cent was meant in per cent."""
        rows = [
            (number_of(e.key) if text_of(e.key) is None else _number_in(e.key), e.value)
            for e in table.elements
            if isinstance(e, cst.DictElement)
        ]
        ratios = [number(self.source, value) for _, value in sorted(rows, key=lambda r: r[0] or 0)]
        known = [ratio for ratio in ratios if ratio is not None]
        sinking = all(a > b for a, b in pairwise(known))
        # Two or three such targets that hardly differ are there to be never reached.
        sinking = sinking and bool(known) and 2 * known[-1] <= known[0]
        if len(known) > 1 and sinking and 1 < known[0] < _MOST_PERCENT and len(known) == len(rows):
            first = max(rows, key=lambda row: number(self.source, row[1]) or 0)[1]
            self.report(
                first,
                f"a target of {known[0]:g} is {known[0] * 100:g} % of profit",
                hint="write a ratio: 0.05 is 5 %",
                severity=Severity.WARNING,
            )

    def _flag(self, name: str, node: cst.CSTNode, value: cst.BaseExpression) -> None:
        constant = isinstance(value, cst.Name) and value.value != "None"
        if constant or not (_literal(value) or number_of(value) is not None):
            return
        says = {"true": "True", "false": "False"}.get((text_of(value) or "").strip().lower())
        plain = number_of(value)
        if plain in {0, 1}:
            says = str(bool(plain))
        self.report(
            node,
            f"{name} is neither True nor False",
            hint=f"write {name} = True or {name} = False",
            edits=[self.replace(value, says)] if says else (),
        )

    def _count(self, name: str, node: cst.CSTNode, value: cst.BaseExpression) -> None:
        count = number(self.source, value)
        hint = f"write a whole number, as in {name} = 30"
        if count is None:
            if _literal(value):
                inside = _number_in(value)
                whole = inside is not None and inside > 0 and inside == int(inside)
                edits = [self.replace(value, f"{inside:g}")] if whole else ()
                self.report(node, f"{name} is not a number", hint=hint, edits=edits)
            return
        least = -1 if name.startswith("max_") else 0
        zero_trades = name == "max_open_trades" and count == 0
        if count >= least and not zero_trades and count in (float("inf"), int(count)):
            return
        turned = name == "startup_candle_count" and count < 0 and count == int(count)
        self.report(
            node,
            f"{name} cannot be {count:g}",
            hint=hint,
            edits=self._at(value, f"{-count:g}") if turned else (),
        )


def _constant(value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.Name) and value.value in {"True", "False", "None"}


def _number_in(value: cst.BaseExpression) -> float | None:
    """The number that a string literal spells."""
    text = text_of(value)
    try:
        return float(text) if text is not None and text.isascii() else None
    except ValueError:
        return None


def _literal(value: cst.BaseExpression) -> bool:
    """Whether a value is plainly no number: a text, container or constant name."""
    return isinstance(
        value, cst.SimpleString | cst.FormattedString | cst.Dict | cst.List | cst.Tuple | cst.Set
    ) or _constant(value)
