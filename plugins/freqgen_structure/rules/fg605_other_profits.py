import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import libcst as cst

from freqgen import TrailingRatio
from freqgen_structure.attribute_places import Way
from freqgen_structure.designed import set_attributes
from freqgen_structure.nodes import number_of
from freqgen_structure.rule import Bad, Good, Rule
from freqgen_structure.rules.fg601_missing_indicator import DESIGN

if TYPE_CHECKING:
    from freqgen import Risk

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_TAKING = {**DESIGN, "risk": {"stoploss": -0.05, "take_profit": 0.05}}
_TABLE = {**DESIGN, "risk": {"stoploss": -0.05, "roi": {"0": 0.05, "60": 0.02}}}
_FOLLOWING = {**DESIGN, "risk": {"stoploss": -0.05, "trailing": {"ratio": 0.02, "offset": 0.03}}}
_TRAIL = (
    "    trailing_stop = True\n    trailing_stop_positive = {ratio}\n"
    "    trailing_stop_positive_offset = 0.03\n    trailing_only_offset_is_reached = True\n"
)

_TRAILING = (
    "trailing_stop",
    "trailing_stop_positive",
    "trailing_stop_positive_offset",
    "trailing_only_offset_is_reached",
)


class OtherProfits(Rule):
    """FG605: the code takes profits where its design does not.

    ``minimal_roi`` and the trailing stop end a trade without a signal, so that no comparison of
    signals shows them. A model that adds a usual table "to be careful" has made another strategy.
    Only where a draft was made from a design.
    """

    VALID = (
        _HEAD + "    minimal_roi = {'0': 0.1}\n    trailing_stop = True\n",
        Good(code=_HEAD + "    minimal_roi = {}\n    trailing_stop = False\n", design=DESIGN),
        Good(code=_HEAD + "    timeframe = '1h'\n", design=DESIGN),
        Good(code=_HEAD + "    minimal_roi = {'0': 0.05}\n", design=_TAKING),
        Good(code=_HEAD + "    minimal_roi = {60: 0.02, 0: 0.050}\n", design=_TABLE),
        Good(code=_HEAD + _TRAIL.format(ratio="0.02"), design=_FOLLOWING),
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    minimal_roi = {'0': 0.1}\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    minimal_roi = dict(ROI)\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    minimal_roi = {}\n", line=5, design=_TAKING),
        Bad(code=_HEAD + "    timeframe = '1h'\n", line=4, design=_TAKING),
        Bad(code=_HEAD + "    minimal_roi = {'0': 0.05, '30': 0}\n", line=5, design=_TAKING),
        Bad(code=_HEAD + "    minimal_roi = {'0': 0.05, '61': 0.02}\n", line=5, design=_TABLE),
        Bad(
            code=_HEAD
            + "    def bot_start(self, **kwargs):\n        self.minimal_roi = {'0': 0.01}\n",
            line=6,
            design=DESIGN,
        ),
        Bad(code=_HEAD + "    trailing_stop = True\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    trailing_stop = TRAIL\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    timeframe = '1h'\n", line=4, design=_FOLLOWING),
        Bad(code=_HEAD + _TRAIL.format(ratio="0.01"), line=6, design=_FOLLOWING),
        Bad(
            code=_HEAD + "    trailing_stop = True\n    trailing_stop_positive = 0.02\n",
            line=4,
            design=_FOLLOWING,
        ),
    )

    def check(self) -> None:
        if self.design is None:
            return
        for one in set_attributes(self.source, ("minimal_roi", *_TRAILING)):
            if one.way is not Way.VALUE:
                self.report(
                    one.line,
                    f"{one.name} is set where it goes around what the design says",
                    hint="write it in the class, once, and change it nowhere",
                    column=one.column,
                )
        self._table(self.design.risk)
        self._trailing(self.design.risk)

    def _table(self, risk: "Risk") -> None:
        plain = {int(minutes): profit for minutes, profit in risk.minimal_roi().items()}
        wanted = {m: -1 if p == -1 else round(p * risk.leverage, 10) for m, p in plain.items()}
        found = self.source.attributes.get("minimal_roi")
        if found is None and not wanted:
            return
        table = _numbers(found[1]) if found else None
        if table is None or not (_alike(table, wanted) or _alike(table, plain)):
            told = ", ".join(f'"{minutes}": {profit:.10g}' for minutes, profit in wanted.items())
            self.report(
                found[0] if found else self.source.strategy,
                f"the design says minimal_roi = {{{told}}}",
                hint=f"write minimal_roi = {{{told}}}",
            )

    def _trailing(self, risk: "Risk") -> None:
        trailing = risk.trailing
        if not isinstance(trailing, TrailingRatio):
            found = self.source.attributes.get("trailing_stop")
            if found and not (isinstance(found[1], cst.Name) and found[1].value == "False"):
                self.report(
                    found[0],
                    "the design has no trailing stop by a ratio",
                    hint="leave trailing_stop out",
                )
            return
        self._is("trailing_stop", None)
        self._is("trailing_stop_positive", trailing.ratio)
        if trailing.offset:
            self._is("trailing_stop_positive_offset", trailing.offset)
            self._is("trailing_only_offset_is_reached", None)

    def _is(self, name: str, ratio: float | None) -> None:
        """Report an attribute that is not the ratio, or without one is not plainly true."""
        assert self.design is not None  # noqa: S101  (check has looked)
        found = self.source.attributes.get(name)
        value = found[1] if found else None
        if ratio is None:
            right = isinstance(value, cst.Name) and value.value == "True"
            told = "True"
        else:
            scaled = round(ratio * self.design.risk.leverage, 10)
            number = number_of(value) if value is not None else None
            right = number is not None and min(abs(number - ratio), abs(number - scaled)) <= 1e-9
            told = f"{scaled:.10g}"
        if not right:
            self.report(
                found[0] if found else self.source.strategy,
                f"the design says {name} = {told}",
                hint=f"write {name} = {told}",
            )


def _numbers(node: cst.BaseExpression) -> Mapping[int, float] | None:
    """A table of minutes and profits, ``None`` if it is not written as one."""
    try:
        value = ast.literal_eval(cst.Module([]).code_for_node(node))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    found: dict[int, float] = {}
    for key, number in value.items():
        digits = str(key)
        if not (digits.isascii() and digits.isdigit()) or not isinstance(number, int | float):
            return None
        found[int(digits)] = float(number)
    return found


def _alike(one: Mapping[int, float], other: Mapping[int, float]) -> bool:
    return {*one} == {*other} and all(abs(one[m] - other[m]) <= 1e-9 for m in one)
