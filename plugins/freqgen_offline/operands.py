# ruff: noqa: D102  (a method is a rule of the grammar, which is where it is explained)
"""What the operands of a comparison mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from lark import Token, Transformer

from freqgen_offline.meaning import (
    Arithmetic,
    Average,
    Column,
    Earlier,
    Extreme,
    Length,
    Number,
    Operand,
    UnreadableError,
    Use,
)
from freqgen_offline.quantities import (
    MAX_LENGTH,
    MAX_PERIOD,
    NUMBER_WORDS,
    length,
    number,
    parts,
    types,
    whole,
)

MAX_WIDTH = 10
PERIODS = ("PARAMS", "NUM", "COUNT", "TIME")


class OperandMeanings(Transformer[Token, Any]):
    """One method a rule of ``operands.lark``, with the parts of the rule as its children."""

    def own(self, children: list[Any]) -> Use | Extreme:
        return cast("Use | Extreme", replace(children[1], own=True))

    def number(self, children: list[Any]) -> Number:
        return Number(number(children[0]))

    def plus(self, children: list[Any]) -> Arithmetic:
        return Arithmetic("+", children[0], children[2])

    def minus(self, children: list[Any]) -> Arithmetic:
        return Arithmetic("-", children[0], children[2])

    def times(self, children: list[Any]) -> Arithmetic:
        return Arithmetic("*", Number(number(children[0])), children[2])

    def times_after(self, children: list[Any]) -> Arithmetic:
        return Arithmetic("*", children[0], Number(number(children[2])))

    def twice(self, children: list[Any]) -> Arithmetic:
        return Arithmetic("*", Number(Decimal(2)), children[1])

    def rsi(self, children: list[Any]) -> Use:
        return use("RSI", children)

    def adx(self, children: list[Any]) -> Use:
        return use("ADX", children)

    def atr(self, children: list[Any]) -> Use:
        return use("ATR", children)

    def ma(self, children: list[Any]) -> Use:
        kinds = types(children)
        return use(next(k for k in ("EMA", "SMA", "MA") if k in kinds), children)

    def plain_atr(self, children: list[Any]) -> Use:
        return use("ATR", children)

    def earlier(self, children: list[Any]) -> Earlier:
        return Earlier(parts(children)[0], _ago(children))

    def column_earlier(self, children: list[Any]) -> Earlier:
        names = ("CLOSE", "OPEN", "HIGH", "LOW", "VOLUME")
        column = next(k for k in names if k in types(children)).lower()
        return Earlier(Column(column), _ago(children))

    def call(self, children: list[Any]) -> Operand:
        function, column, count = re.findall(r"[a-z]+|[0-9]+", children[0])
        candles = whole(Decimal(count), 2, MAX_LENGTH)
        if function in {"highest", "max", "lowest", "min"}:
            return Extreme(
                highest=function in {"highest", "max"},
                column=column,
                length=Length(candles=candles),
                of=Column(column) if column == "volume" else None,
            )
        if column == "volume" and function != "ema":
            return Average(of=Column(column), length=Length(candles=candles))
        kind = "EMA" if function == "ema" else "SMA"
        of = None if column == "close" else Column(column)
        return Use(function=kind, params=(Decimal(candles),), of=of)

    def ma_of_volume(self, children: list[Any]) -> Average | Use:
        average = children[0]
        if average.function == "EMA":
            return cast("Use", replace(average, of=Column("volume")))
        found = average.length
        if average.params:
            found = Length(candles=int(average.params[0]))
        return Average(of=Column("volume"), length=found)

    def bb(self, children: list[Any]) -> Use:
        kinds = types(children)
        output = next(k for k in ("UPPER", "LOWER", "MIDDLE") if k in kinds).lower()
        found = use("BBANDS", children, output, most=2)
        if "DEVIATIONS" not in kinds:
            return found
        if len(found.params) > 1:
            raise UnreadableError("two widths of a band")
        width = params(kinds["DEVIATIONS"])[0]
        if not 0 < width <= MAX_WIDTH:
            raise UnreadableError("the width of a band")
        given = found.params
        if found.length is not None:
            if found.length.candles is None:
                raise UnreadableError("the period of a band in candles, beside its width")
            given = (Decimal(found.length.candles),)
        usual = (Decimal(20),)
        return replace(found, params=(*(given or usual), width), length=None, assumed=not given)

    def macd(self, children: list[Any]) -> Use:
        kinds = types(children)
        output = next((k for k in ("SIGNAL", "HISTOGRAM") if k in kinds), "LINE").lower()
        return use("MACD", children, output, most=3)

    def price(self, children: list[Any]) -> Operand:
        kinds = types(children)
        column = Column(next(k for k in ("CLOSE", "OPEN", "HIGH", "LOW") if k in kinds).lower())
        return Earlier(column) if "PREVIOUS" in kinds else column

    def volume(self, children: list[Any]) -> Operand:
        column = Column("volume")
        return Earlier(column) if "PREVIOUS" in types(children) else column

    def average(self, children: list[Any]) -> Average:
        kinds = types(children)
        found = _period(children)
        if isinstance(found, tuple):
            if len(found) > 1:
                raise UnreadableError("an average has one length")
            found = Length(candles=whole(found[0], 1, MAX_LENGTH)) if found else None
        return Average(of=Column("volume") if "VOLUME" in kinds else None, length=found)

    def span(self, children: list[Any]) -> Length:
        return _told_in_time(children[0]) if children[0].type == "TIME" else length(children[0])

    def extreme(self, children: list[Any]) -> Extreme:
        kinds = types(children)
        highest = "HIGHEST" in kinds or ("HIGH" in kinds and "LOWEST" not in kinds)
        column = next((k for k in ("CLOSE", "OPEN", "HIGH", "LOW") if k in kinds), None)
        return Extreme(
            highest=highest,
            column=(column or ("HIGH" if highest else "LOW")).lower(),
            length=parts(children)[0],
            before="PREVIOUS" in kinds,
        )


def _ago(children: Sequence[Any]) -> int:
    """How many candles ago something was."""
    said = types(children).get("AGO")
    return 1 if said is None else whole(number(said), 1, MAX_LENGTH)


def params(token: Token) -> tuple[Decimal, ...]:
    """The numbers in brackets."""
    return tuple(Decimal(n) for n in re.findall(r"[0-9]+(?:\.[0-9]+)?", token))


def _period(children: Sequence[Any]) -> tuple[Decimal, ...] | Length | None:
    """Parameters as numbers, or one as a length in time, or nothing."""
    found = [c for c in children if isinstance(c, Token) and c.type in PERIODS]
    if len(found) > 1:
        raise UnreadableError("parameters twice")
    if not found:
        return ()
    if found[0].type == "TIME":
        return _told_in_time(found[0])
    return params(found[0]) if found[0].type == "PARAMS" else (number(found[0]),)


def _told_in_time(token: Token) -> Length:
    """A time that can only be a length, as in "50-hour EMA".

    :raises UnreadableError: If it is a word such as "daily", which names a timeframe.
    """
    if not token[0].isdigit() and token.split()[0].rstrip("-") not in NUMBER_WORDS:
        raise UnreadableError(f"{token} names a timeframe")
    return length(token)


def use(function: str, children: Sequence[Any], output: str = "", most: int = 1) -> Use:
    """An indicator with the parameters among the parts of a rule.

    :param most: How many parameters it may have.
    :raises UnreadableError: If they are too many, or none that make sense.
    """
    found = _period(children)
    if isinstance(found, Length):
        return Use(function=function, length=found, output=output)
    given = found or ()
    if len(given) > most:
        raise UnreadableError(f"{function} takes at most {most} parameters")
    for position, value in enumerate(given):
        if function == "BBANDS" and position == 1:
            if not 0 < value <= MAX_WIDTH:
                raise UnreadableError("the width of a band")
        else:
            whole(value, 2 if (function, position) != ("MACD", 2) else 1, MAX_PERIOD)
    return Use(function=function, params=given, output=output)
