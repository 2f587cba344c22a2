# ruff: noqa: D102  (a method is a rule of the grammar, which is where it is explained)
"""What clauses on risk and timeframe mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from lark import Token, Transformer

from freqgen_offline.meaning import Item, UnreadableError, Use
from freqgen_offline.quantities import (
    length,
    minutes,
    number,
    parts,
    ratio,
    ratio_in_words,
    types,
    whole,
)


class RiskMeanings(Transformer[Token, Any]):
    """One method a rule of ``risk.lark``, with the parts of the rule as its children."""

    def stop(self, children: list[Any]) -> Item:
        found = ratio(types(children)["PCT"])
        if not 0 < found < 1:
            raise UnreadableError("a stop loss is between 0 and 100 %")
        if str(types(children)["PCT"]).startswith("+"):
            raise UnreadableError("a stop in profit, which is none from the beginning")
        if re.match(r"above|over", types(children).get("FROM_ENTRY", "")):
            raise UnreadableError("a stop in profit, which is none from the beginning")
        return Item("stoploss", float(-found))

    def stop_atr(self, children: list[Any]) -> Item:
        if "PARAMS" in types(children):  # "ATR stop: multiple 2, period 14"
            return Item("stop_atr", _named_multiple(types(children)["PARAMS"]))
        return Item("stop_atr", _multiple(children))

    def stop_level(self, children: list[Any]) -> Item:
        return Item("stop_level", parts(children)[0])

    def roi(self, children: list[Any]) -> Item:
        kinds = types(children)
        lengths = [kinds[k] for k in ("TIME", "COUNT") if k in kinds]
        if lengths and lengths[0].type == "COUNT":
            raise UnreadableError("a profit after some candles; say it in minutes or hours")
        numbers = [number(c) for c in children if isinstance(c, Token) and c.type == "NUM"]
        if "PCT" in kinds:
            found = ratio(kinds["PCT"])
        elif len(numbers) == 2:
            found = numbers[1]
        else:
            return Item("roi", {})
        after = minutes(lengths[0]) if lengths else int(numbers[0]) if numbers else 0
        if not 0 <= found <= 100:
            raise UnreadableError("a profit between 0 and 10,000 %")
        return Item("roi", {str(after): float(found)})

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
        kinds = types(children)
        if "PCT" in kinds:
            return ratio(kinds["PCT"])
        told = kinds.get("OFFSET") or kinds["OFFSET_AFTER"]
        found = re.search(r"[0-9]+(?:\.[0-9]+)?(?=\s*(?:%|per|pct))", told)
        return Decimal(found[0]) / 100 if found else ratio_in_words(told)

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
        kinds = types(children)
        found = ratio(kinds["PCT_OF"] if "PCT_OF" in kinds else kinds["PCT"])
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
        kinds = types(children)
        found = number(kinds["NUM"]) if "NUM" in kinds else Decimal(1)
        if not 1 <= found <= 125:
            raise UnreadableError("leverage is between 1 and 125")
        return Item("leverage", int(found) if found == int(found) else float(found))

    def frame(self, children: list[Any]) -> Item:
        if types(children)["TIME"].startswith(("a ", "an ")):
            raise UnreadableError("how often, rather than the length of a candle")
        return Item("timeframe", minutes(types(children)["TIME"]))

    def long_only(self, _children: list[Any]) -> Item:
        return Item("can_short", False)


def _named_multiple(token: Token) -> tuple[Decimal, Use]:
    found = dict(re.findall(r"(multiple|multiplier|period|length)s?\s+(?:of\s+)?([0-9.]+)", token))
    factor = next((found[k] for k in ("multiple", "multiplier") if k in found), None)
    if factor is None:
        raise UnreadableError("how many ATRs is not said")
    period = next((found[k] for k in ("period", "length") if k in found), None)
    return Decimal(factor), Use(function="ATR", params=(Decimal(period),) if period else ())


def _multiple(children: Sequence[Any]) -> tuple[Decimal, Use]:
    """A multiple of the ATR: the factor and the ATR."""
    factor = number(types(children)["NUM"])
    if not 0 < factor <= 100:
        raise UnreadableError("a multiple between 0 and 100")
    return factor, cast("Use", parts(children)[-1])
