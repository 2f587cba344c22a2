"""Which expressions are prices, and which are ratios."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.nodes import dotted, text_of
from freqgen_structure.values import number

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_PARAMETERS = frozenset(
    "current_rate proposed_rate rate current_entry_rate current_exit_rate "
    "current_order_rate".split()
)
_TRADE = frozenset(
    "open_rate close_rate stop_loss initial_stop_loss max_rate min_rate liquidation_price "
    "open_rate_requested stoploss_or_liquidation".split()
)
_CANDLE = frozenset("open high low close".split())
_KEEPING = frozenset("min max abs float round".split())
_MOST_STEPS = 12


class Kind(Enum):
    """What a number is counted in."""

    PRICE = auto()
    RATIO = auto()
    UNKNOWN = auto()


def kind_of(source: Source, node: cst.BaseExpression, steps: int = _MOST_STEPS) -> Kind:
    """What an expression in a callback is counted in, as far as its names tell."""
    if steps == 0:
        return Kind.UNKNOWN
    if number(source, node) is not None:
        return Kind.RATIO
    match node:
        case cst.Name():
            return _name(source, node, steps)
        case cst.Attribute(attr=attr):
            owner = (dotted(node.value) or "").rpartition(".")[2]
            if owner == "trade" and attr.value in _TRADE:
                return Kind.PRICE
            if owner == "self" and attr.value in {"stoploss", "trailing_stop_positive"}:
                return Kind.RATIO
            return Kind.UNKNOWN
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            return Kind.PRICE if text_of(key) in _CANDLE else Kind.UNKNOWN
        case cst.UnaryOperation(expression=inner):
            return kind_of(source, inner, steps - 1)
        case cst.BinaryOperation():
            left = kind_of(source, node.left, steps - 1)
            right = kind_of(source, node.right, steps - 1)
            return _combined(node.operator, left, right)
        case cst.IfExp():
            one = kind_of(source, node.body, steps - 1)
            return one if one is kind_of(source, node.orelse, steps - 1) else Kind.UNKNOWN
        case cst.Call(func=cst.Name(value=name)) if name in _KEEPING and node.args:
            given = node.args[:1] if name == "round" else node.args
            kinds = {kind_of(source, arg.value, steps - 1) for arg in given}
            return kinds.pop() if len(kinds) == 1 else Kind.UNKNOWN
    return Kind.UNKNOWN


def _name(source: Source, node: cst.Name, steps: int) -> Kind:
    values = source.values(node)
    if values and all(value is not None for value in values):
        kinds = {kind_of(source, value, steps - 1) for value in values if value is not None}
        return kinds.pop() if len(kinds) == 1 else Kind.UNKNOWN
    if len(values) != 1:
        return Kind.UNKNOWN
    if node.value in _PARAMETERS:
        return Kind.PRICE
    return Kind.RATIO if node.value == "current_profit" else Kind.UNKNOWN


def _combined(operator: cst.BaseBinaryOp, left: Kind, right: Kind) -> Kind:
    kinds = {left, right}
    match operator:
        case cst.Add() | cst.Subtract():
            # What is added to a price is one.
            if Kind.PRICE in kinds:
                return Kind.PRICE
            return Kind.RATIO if kinds == {Kind.RATIO} else Kind.UNKNOWN
        case cst.Multiply():
            if kinds == {Kind.PRICE, Kind.RATIO}:
                return Kind.PRICE
            return Kind.RATIO if kinds == {Kind.RATIO} else Kind.UNKNOWN
        case cst.Divide():
            if left is Kind.PRICE and right is Kind.RATIO:
                return Kind.PRICE
            return Kind.RATIO if left is right and left is not Kind.UNKNOWN else Kind.UNKNOWN
    return Kind.UNKNOWN
