"""The plain types of what a callback is given, and of what is made of it.

Told from the text alone, and only where it is sure: ``None`` means that the type is not known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.bindings import Way
from freqgen_structure.interface import CALLBACKS
from freqgen_structure.nodes import dotted

if TYPE_CHECKING:
    from freqgen_structure.source import Source

TEXT, NUMBER, TIME, SPAN, TRADE, ORDER = "a text", "a number", "a time", "a span of time", \
    "a trade", "an order"  # fmt: skip

_GIVEN = {
    **dict.fromkeys("pair side order_type time_in_force exit_reason".split(), TEXT),
    **dict.fromkeys(
        "current_rate current_profit amount rate proposed_rate proposed_stake max_stake leverage "
        "proposed_leverage max_leverage current_order_rate current_entry_rate current_exit_rate "
        "current_entry_profit current_exit_profit trade_duration".split(),
        NUMBER,
    ),
    "current_time": TIME,
    "trade": TRADE,
    "order": ORDER,
}
_MEMBERS = {
    TRADE: {
        **dict.fromkeys("pair exchange".split(), TEXT),
        **dict.fromkeys("open_rate stake_amount amount leverage".split(), NUMBER),
        **dict.fromkeys("open_date open_date_utc".split(), TIME),
    },
    TIME: dict.fromkeys("year month day hour minute second microsecond".split(), NUMBER),
    SPAN: dict.fromkeys("days seconds microseconds".split(), NUMBER),
}
_RESULTS = {
    TEXT: dict.fromkeys("upper lower strip replace title removesuffix removeprefix".split(), TEXT),
    TIME: dict.fromkeys("timestamp weekday isoweekday".split(), NUMBER)
    | dict.fromkeys("strftime isoformat".split(), TEXT)
    | {"replace": TIME, "astimezone": TIME},
    SPAN: {"total_seconds": NUMBER},
}
_CASTS = {"float": NUMBER, "int": NUMBER, "round": NUMBER, "len": NUMBER, "str": TEXT}
_MADE = {
    "datetime.timedelta": SPAN,
    "datetime.datetime": TIME,
    "datetime.datetime.now": TIME,
    "datetime.datetime.utcnow": TIME,
}
# Names of interface version 2 that Freqtrade calls in spot markets, with the same things.
_OLD = {
    "check_buy_timeout": "check_entry_timeout",
    "check_sell_timeout": "check_exit_timeout",
    "custom_sell": "custom_exit",
}
_DEEPEST = 20


class PlainTypes:
    """Tells the types of the expressions of one file."""

    def __init__(self, source: Source) -> None:
        self.source = source

    def of(self, node: cst.CSTNode, depth: int = 0) -> str | None:
        """The type of an expression; ``None`` where it is not sure."""
        if depth > _DEEPEST:
            return None
        match node:
            case cst.SimpleString(value=value):
                return None if value.lower().startswith(("b", "rb", "br")) else TEXT
            case cst.FormattedString() | cst.ConcatenatedString():
                return TEXT
            case cst.Integer() | cst.Float():
                return NUMBER
            case cst.Name():
                return self._name(node, depth)
            case cst.Attribute(value=base, attr=attr):
                return _MEMBERS.get(self.of(base, depth + 1) or "", {}).get(attr.value)
            case cst.UnaryOperation(operator=cst.Minus() | cst.Plus(), expression=inner):
                return self.of(inner, depth + 1)
            case cst.BinaryOperation(left=left, operator=sign, right=right):
                return result(sign, self.of(left, depth + 1), self.of(right, depth + 1))
            case cst.Call():
                return self._call(node, depth)
            case cst.NamedExpr(value=value):
                return self.of(value, depth + 1)
            case cst.IfExp(body=one, orelse=other):
                kind = self.of(one, depth + 1)
                return kind if kind == self.of(other, depth + 1) else None
        return None

    def _name(self, name: cst.Name, depth: int) -> str | None:
        bindings = self.source.bindings(name)
        if len(bindings) != 1:
            return None
        param = bindings[0].parameter
        if param is not None:
            function = self.source.function_of(param)
            if function is None or self.source.methods.get(function.name.value) is not function:
                return None
            called = function.name.value
            callback = CALLBACKS.get(_OLD.get(called, called))
            given = callback is not None and name.value in callback.parameters
            return _GIVEN.get(name.value) if given else None
        value = bindings[0].whole
        return self.of(value, depth + 1) if value is not None else None

    def _call(self, call: cst.Call, depth: int) -> str | None:
        path = self.source.imported(call.func)
        if path is not None:
            return _MADE.get(path)
        if isinstance(call.func, cst.Name):
            builtin = all(b.way is Way.BUILTIN for b in self.source.bindings(call.func))
            if call.func.value == "abs" and builtin and len(call.args) == 1:
                return self.of(call.args[0].value, depth + 1)
            return _CASTS.get(call.func.value) if builtin else None
        if isinstance(call.func, cst.Attribute) and dotted(call.func.value) != "self":
            base = self.of(call.func.value, depth + 1)
            return _RESULTS.get(base or "", {}).get(call.func.attr.value)
        return None


def result(sign: cst.BaseBinaryOp, left: str | None, right: str | None) -> str | None:
    """The type of a sum, a difference, a product or a quotient, where there is one."""
    match sign, left, right:
        case cst.Add(), _, _ if left == right and left in {TEXT, NUMBER, SPAN}:
            return left
        case cst.Add(), "a time", "a span of time":
            return TIME
        case cst.Add(), "a span of time", "a time":
            return TIME
        case cst.Subtract(), _, _ if left == right and left in {NUMBER, SPAN}:
            return left
        case cst.Subtract(), "a time", "a time":
            return SPAN
        case cst.Subtract(), "a time", "a span of time":
            return TIME
        case cst.Multiply() | cst.Divide() | cst.FloorDivide() | cst.Modulo(), _, "a number":
            if left == NUMBER or (left == SPAN and not isinstance(sign, cst.Modulo)):
                return left
        case cst.Divide(), "a span of time", "a span of time":
            return NUMBER
    return None
