# ruff: noqa: D102  (a method is a rule of the grammar, which is where it is explained)
"""What clauses on risk and timeframe mean."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from lark import Token, Transformer

from freqgen_offline.meaning import Item, UnreadableError, Use
from freqgen_offline.quantities import length, minutes, number, parts, ratio, types, whole


class RiskMeanings(Transformer[Token, Any]):
    """One method a rule of ``risk.lark``, with the parts of the rule as its children."""

    def stop(self, children: list[Any]) -> Item:
        found = ratio(types(children)["PCT"])
        if not 0 < found < 1:
            raise UnreadableError("a stop loss is between 0 and 100 %")
        return Item("stoploss", float(-found))

    def stop_atr(self, children: list[Any]) -> Item:
        return Item("stop_atr", _multiple(children))

    def stop_unclear(self, children: list[Any]) -> Item:
        number_said = types(children)["NUM"]
        raise UnreadableError(f"{number_said} of what is not said, as in {number_said}%")

    def take(self, children: list[Any]) -> Item:
        found = ratio(types(children)["PCT"])
        if not 0 < found <= 100:
            raise UnreadableError("a profit of nothing")
        return Item("take_profit", float(found))

    def target(self, children: list[Any]) -> Item:
        return Item("target", parts(children)[0])

    def offset_from(self, children: list[Any]) -> Decimal:
        return ratio(types(children)["PCT"])

    def trailing(self, children: list[Any]) -> Item:
        found = ratio(types(children)["PCT"])
        offsets = parts(children)
        if not 0 < found < 1 or (offsets and not found < offsets[0] < 10):
            raise UnreadableError("a trailing stop is between 0 and 100 %, and below its offset")
        value = {"ratio": float(found)}
        return Item("trailing", value | ({"offset": float(offsets[0])} if offsets else {}))

    def trailing_atr(self, children: list[Any]) -> Item:
        return Item("trailing", _multiple(children))

    def hold(self, children: list[Any]) -> Item:
        kinds = types(children)
        return Item("max_holding", length(kinds.get("COUNT") or kinds["TIME"]))

    def risk_per_trade(self, children: list[Any]) -> Item:
        found = ratio(types(children)["PCT"])
        if not 0 < found <= 1:
            raise UnreadableError("a risk is between 0 and 100 %")
        return Item("risk_per_trade", float(found))

    def open_trades(self, children: list[Any]) -> Item:
        kinds = types(children)
        limited = {"MAX", "LE"} & kinds.keys() or len(kinds["TRADES"].split()) > 1
        if not limited:
            raise UnreadableError("a number of trades, of which nothing is said")
        return Item("max_open_trades", whole(number(kinds["NUM"]), 1, 10_000))

    def leverage(self, children: list[Any]) -> Item:
        found = number(types(children)["NUM"])
        if not 1 <= found <= 125:
            raise UnreadableError("leverage is between 1 and 125")
        return Item("leverage", int(found) if found == int(found) else float(found))

    def frame(self, children: list[Any]) -> Item:
        return Item("timeframe", minutes(types(children)["TIME"]))

    def long_only(self, _children: list[Any]) -> Item:
        return Item("can_short", False)


def _multiple(children: Sequence[Any]) -> tuple[Decimal, Use]:
    """A multiple of the ATR: the factor and the ATR."""
    factor = number(types(children)["NUM"])
    if not 0 < factor <= 100:
        raise UnreadableError("a multiple between 0 and 100")
    return factor, cast("Use", parts(children)[0])
