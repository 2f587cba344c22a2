# ruff: noqa: D102  (a method is a rule of the grammar, which is where it is explained)
"""What crossings and turns mean."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lark import Token, Transformer

from freqgen_offline.comparing import SUBJECT, compare, cross, turned
from freqgen_offline.meaning import (
    Arithmetic,
    Both,
    Column,
    Cross,
    Earlier,
    Extended,
    Extreme,
    Operand,
    Opposite,
    Tail,
    Turn,
    UnreadableError,
    Use,
)
from freqgen_offline.operands import use
from freqgen_offline.parameters import params
from freqgen_offline.quantities import MAX_PERIOD, number, parts, types, whole


class CrossingMeanings(Transformer[Token, Any]):
    """One method a rule of ``conditions.lark`` about crossings."""

    def opposite(self, _children: list[Any]) -> Opposite:
        return Opposite()

    def first(self, children: list[Any]) -> Cross:
        return cross(Column("close"), parts(children)[0], up="GT" in types(children))

    def cross_level(self, children: list[Any]) -> Both:
        crossing, *level = parts(children)
        if level:
            if isinstance(crossing.right, Arithmetic) or isinstance(level[1], Arithmetic):
                raise UnreadableError("two comparisons without a word between them")
            return Both(crossing, compare(crossing.left, level[0], level[1]))
        return Both(crossing, Extended(crossing.left, "OVERBOUGHT" in types(children)))

    def pair_cross(self, children: list[Any]) -> Cross:
        kinds = types(children)
        averages = parts(children)
        numbers = [number(c) for c in children if isinstance(c, Token) and c.type == "NUM"]
        if len(averages) < 2:
            function = next(k for k in ("EMA", "SMA", "MA") if k in kinds)
            averages = [*(Use(function=function, params=(n,)) for n in numbers), *averages]
        for average in averages:
            for value in average.params:
                whole(value, 2, MAX_PERIOD)
        up = bool({"UPWARDS", "FROM_BELOW"} & kinds.keys())
        return cross(*averages, up=up if up or "DOWNWARDS" in kinds else None)

    def cross(self, children: list[Any]) -> Cross:
        left, right = parts(children)
        kinds = types(children)
        up = "CROSS_UP" in kinds
        if ({"UPWARDS", "FROM_BELOW"} if not up else {"DOWNWARDS"}) & kinds.keys():
            raise UnreadableError("two directions")
        return cross(left, right, up=up)

    def cross_towards(self, children: list[Any]) -> Cross:
        left, right = parts(children)
        kinds = types(children)
        up = "UPWARDS" in kinds or "FROM_BELOW" in kinds
        return cross(left, right, up=up if up or "DOWNWARDS" in kinds else None)

    def cross_noun(self, children: list[Any]) -> Cross:
        left, right = parts(children)
        kinds = types(children)
        if ("RISING" in kinds and "LT" in kinds) or ("FALLING" in kinds and "GT" in kinds):
            raise UnreadableError("two directions")
        return cross(left, right, up="GT" in kinds)

    def macd_cross(self, children: list[Any]) -> Cross:
        line = use("MACD", children, "line")
        signal = use("MACD", children, "signal")
        return cross(line, signal, up="GREEN" in types(children))

    def break_out(self, children: list[Any]) -> Cross:
        left, right = parts(children)
        if isinstance(right, Extreme):
            return cross(left, right, up=right.highest)
        if isinstance(right, Earlier) and isinstance(right.operand, Use):
            side = right.operand.output
        else:
            side = right.output if isinstance(right, Use) else ""
        if side in {"upper", "lower"}:
            return cross(left, right, up=side == "upper")
        raise UnreadableError("breaks, without a direction")

    def turn(self, children: list[Any]) -> Cross:
        return turned(_turn(children[0], children))

    def tail_turn(self, children: list[Any]) -> Tail:
        return Tail(_turn(SUBJECT, children))

    def ma_cross(self, children: list[Any]) -> Cross:
        kinds = types(children)
        averages = parts(children)
        if not averages:
            numbers = [number(c) for c in children if isinstance(c, Token) and c.type == "NUM"]
            if "PARAMS" in kinds:
                numbers = list(params(kinds["PARAMS"]))
                told = kinds["PARAMS"]
                kinds |= {kind: told for kind in ("EMA", "SMA") if kind.lower() in told}
            if not numbers:
                function, numbers = "GOLDEN", [Decimal(50), Decimal(200)]
            else:
                function = next((k for k in ("EMA", "SMA") if k in kinds), "MA")
            averages = [Use(function=function, params=(n,)) for n in numbers]
        if len(averages) != 2 or any(len(a.params) > 1 for a in averages):
            raise UnreadableError("a cross needs two averages")
        fast, slow = averages
        if fast.params and slow.params:
            fast, slow = sorted(averages, key=lambda a: a.params[0])
        if fast.function == "MA" and slow.function in {"EMA", "SMA"}:
            fast = Use(function=slow.function, params=fast.params, length=fast.length)
        return cross(fast, slow, up="GOLDEN" in kinds)


TURNS = ("UPWARDS", "DOWNWARDS", "POSITIVE", "NEGATIVE", "GREEN", "RED")


def _turn(operand: Operand, children: list[Any]) -> Turn:
    kinds = types(children)
    word = next(k for k in TURNS if k in kinds)
    return Turn(operand, word, crosses=str(kinds["TURN"]).startswith("cross"))
