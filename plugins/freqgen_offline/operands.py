# ruff: noqa: D102  (a method is a rule of the grammar, which is where it is explained)
"""What the operands of a comparison mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from lark import Token, Transformer

from freqgen import TIMEFRAMES
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
from freqgen_offline.parameters import FEW, are_named, is_factor, is_width, ordered, params
from freqgen_offline.quantities import (
    MAX_LENGTH,
    MAX_PERIOD,
    NUMBER_WORDS,
    WITHOUT_CURRENT,
    length,
    minutes,
    number,
    parts,
    types,
    whole,
)
from freqgen_offline.tables import WIDTH
from freqgen_offline.vocabulary import FAMILIES, about, meant

MAX_WIDTH = 10
PERIODS = ("PARAMS", "NUM", "COUNT", "TIME")


class OperandMeanings(Transformer[Token, Any]):
    """One method a rule of ``operands.lark``, with the parts of the rule as its children."""

    def own(self, children: list[Any]) -> Use | Extreme:
        found: Use | Extreme = replace(children[1], own=True)
        frame = types(children).get("TIME")
        if frame is not None and isinstance(found, Use):
            return replace(found, frame=_frame(found, frame))
        return found

    def placed(self, children: list[Any]) -> Use:
        found = cast("Use", parts(children)[0])
        kinds = types(children)
        frame = _frame(found, kinds["TIME"]) if "TIME" in kinds else found.frame
        return replace(found, frame=frame, pair=pair(kinds["PAIR"]) if "PAIR" in kinds else "")

    def price_elsewhere(self, children: list[Any]) -> Use:
        kinds = types(children)
        column = next((k for k in ("CLOSE", "OPEN", "HIGH", "LOW") if k in kinds), "CLOSE")
        found = Use(function="PRICE", of=Column(column.lower()))
        return self.placed([found, *children])

    def bandwidth(self, children: list[Any]) -> Arithmetic:
        upper, middle, lower = (
            use("BBANDS", children, side) for side in ("upper", "middle", "lower")
        )
        return Arithmetic("/", Arithmetic("-", upper, lower), middle)

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
        if "AVERAGE_KIND" in kinds:
            return use(meant("AVERAGE", kinds["AVERAGE_KIND"]), children)
        return use(next(k for k in ("EMA", "SMA", "MA") if k in kinds), children)

    def atr_n(self, children: list[Any]) -> Use:
        return use("ATR", children)

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
        if average.function not in {"SMA", "MA"}:
            return cast("Use", replace(average, of=Column("volume")))
        found = average.length
        if average.params:
            found = Length(candles=int(average.params[0]))
        return Average(of=Column("volume"), length=found)

    def bb(self, children: list[Any]) -> Use:
        kinds = types(children)
        function = "BBANDS" if "BB" in kinds else "BANDS"
        told = kinds.get("DEVIATIONS")
        if told is None and (told := kinds.get("PARAMS")) is not None and is_width(told):
            children = [c for c in children if c is not told]
        elif "DEVIATIONS" not in kinds:
            told = None
        found = use(function, children, _side(kinds))
        if told is None:
            return found
        if len(found.params) > 1:
            raise UnreadableError("two widths of a band")
        width = params(told)[0]
        if not 0 < width <= MAX_WIDTH:
            raise UnreadableError("the width of a band")
        given = found.params
        if found.length is not None:
            if found.length.candles is None:
                raise UnreadableError("the period of a band in candles, beside its width")
            given = (Decimal(found.length.candles),)
        usual = (Decimal(20),)
        return replace(
            found,
            function="BBANDS",
            params=(*(given or usual), width),
            length=None,
            assumed=not given,
        )

    def macd(self, children: list[Any]) -> Use:
        kinds = types(children)
        output = next((k for k in ("SIGNAL", "HISTOGRAM") if k in kinds), "LINE").lower()
        return use("MACD", children, output)

    def known(self, children: list[Any]) -> Use:
        kinds = types(children)
        function = meant("KNOWN", kinds["KNOWN"]) if "KNOWN" in kinds else ""
        output = _side(kinds)
        if "OUTPUT" in kinds:
            family, output = meant("OUTPUT", kinds["OUTPUT"])
            if function and family != function and function not in FAMILIES.get(family, ()):
                raise UnreadableError(f"{kinds['KNOWN']} has no {kinds['OUTPUT']}")
            function = function or family
        found = about(function)
        if output in {"upper", "middle", "lower"} and not found.sided:
            raise UnreadableError(f"{found.spoken} has no {output} band")
        return use(function, children, output or found.output)

    def price(self, children: list[Any]) -> Operand:
        kinds = types(children)
        column = Column(next(k for k in ("CLOSE", "OPEN", "HIGH", "LOW") if k in kinds).lower())
        return Earlier(column) if "PREVIOUS" in kinds else column

    def volume(self, children: list[Any]) -> Operand:
        column = Column("volume")
        return Earlier(column) if "PREVIOUS" in types(children) else column

    def average(self, children: list[Any]) -> Average:
        if isinstance(children[0], Average):
            return children[0]
        kinds = types(children)
        return Average(of=Column("volume") if "VOLUME" in kinds else None, length=_count(children))

    def zscore(self, children: list[Any]) -> Average:
        kinds = types(children)
        column = next((k for k in ("OPEN", "HIGH", "LOW") if k in kinds), "CLOSE")
        return Average(of=Column(column.lower()), length=_count(children), function="zscore")

    def span(self, children: list[Any]) -> Length:
        token = children[0]
        if WITHOUT_CURRENT in token:
            candles = re.split(r",|\s(?=without|exc|not)", token)[0]
            return replace(length(token.update(value=candles)), text=str(token))
        return _told_in_time(token) if token.type == "TIME" else length(token)

    def extreme(self, children: list[Any]) -> Extreme:
        kinds = types(children)
        highest = "HIGHEST" in kinds or ("HIGH" in kinds and "LOWEST" not in kinds)
        column = next((k for k in ("CLOSE", "OPEN", "HIGH", "LOW") if k in kinds), None)
        over = parts(children)[0]
        if not kinds.keys() & {"HIGHEST", "LOWEST"} and _is_a_candle(over):
            raise UnreadableError(f"that of the {over.text} candle, or of so many candles together")
        return Extreme(
            highest=highest,
            column=(column or ("HIGH" if highest else "LOW")).lower(),
            length=over,
            before="PREVIOUS" in kinds or WITHOUT_CURRENT in over.text,
        )


def _is_a_candle(over: Length) -> bool:
    """Whether a time may be that of one candle: "the 4h high", but not "the 20-day high"."""
    candle = over.minutes in {m for m in TIMEFRAMES.values() if m < TIMEFRAMES["1d"]}
    return candle and re.search(r"(?:h|hour|hourly|m|min|minute)$", over.text) is not None


def pair(token: Token) -> str:
    """The pair that a word names; without its other half where that is not said."""
    text = token.replace("'s", "").replace("price", "").strip()
    if "/" in text:
        return text.upper()
    return COINS.get(text, text).upper()


COINS = {"bitcoin": "BTC", "ethereum": "ETH", "solana": "SOL"}


def _side(kinds: Mapping[str, Token]) -> str:
    return next((k for k in ("UPPER", "LOWER", "MIDDLE") if k in kinds), "").lower()


def _frame(found: Use, token: Token) -> int:
    """The timeframe that is said behind an indicator.

    :raises UnreadableError: If another one is said before it.
    """
    said = minutes(token)
    if found.frame not in {None, said}:
        raise UnreadableError("two timeframes of one indicator")
    return said


def _count(children: Sequence[Any]) -> Length | None:
    """The one length of an average."""
    found = _period(children)
    if isinstance(found, tuple):
        if len(found) > 1:
            raise UnreadableError("an average has one length")
        if (told := types(children).get("PARAMS")) is not None:
            if re.search(r"ema|atr", told):
                raise UnreadableError("an average of another kind than the plain one")
            if is_factor(told) or found[0] < FEW:
                raise UnreadableError("whether the number is a factor or a length is not clear")
        return Length(candles=whole(found[0], 1, MAX_LENGTH)) if found else None
    return found


def _ago(children: Sequence[Any]) -> int:
    """How many candles ago something was."""
    said = types(children).get("AGO")
    return 1 if said is None else whole(number(said), 1, MAX_LENGTH)


def _period(children: Sequence[Any], function: str = "") -> tuple[Decimal, ...] | Length | None:
    """Parameters as numbers, or one as a length in time, or nothing."""
    found = [c for c in children if isinstance(c, Token) and c.type in PERIODS]
    if len(found) > 1:
        raise UnreadableError("parameters twice")
    if not found:
        return ()
    if found[0].type == "TIME":
        return _told_in_time(found[0])
    wide = function and any(param.words == WIDTH for param in about(function).params)
    if found[0].type == "NUM" and wide and number(found[0]) <= FEW:
        raise UnreadableError(f"whether {found[0]} is a period or a width")
    if found[0].type == "PARAMS":
        if not params(found[0]):  # "EMA 20 (high)"
            raise UnreadableError("an average of something else than usual")
        return ordered(found[0], function) if function else params(found[0])
    return (number(found[0]),)


def _told_in_time(token: Token) -> Length:
    """A time that can only be a length, as in "50-hour EMA".

    :raises UnreadableError: If it is a word such as "daily", which names a timeframe.
    """
    if not token[0].isdigit() and token.split()[0].rstrip("-") not in NUMBER_WORDS:
        raise UnreadableError(f"{token} names a timeframe")
    return length(token)


def use(function: str, children: Sequence[Any], output: str = "") -> Use:
    """An indicator with the parameters among the parts of a rule.

    A time before its name is its timeframe where there is one of that length, as in "4h RSI" and
    "daily RSI(14)"; else it is its period: "50-hour EMA", and "200-day EMA" of daily candles.

    :raises UnreadableError: If they are too many, or none that make sense.
    """
    times = [c for c in children if isinstance(c, Token) and c.type == "TIME"]
    rest = [c for c in children if c not in times]
    frame: int | None = None
    if times:
        frame = minutes(times[0])
        others = any(isinstance(c, Token) and c.type in PERIODS for c in rest)
        counted = times[0][0].isdigit() and re.search(r"(?:minute|hour|day|week)s?$", times[0])
        exists = frame in TIMEFRAMES.values()
        long = bool(counted) and number(times[0]) > FEW
        single = len(about(function).params) == 1 or (about(function).sided and long)
        if (not exists and not single) or (others and not exists):
            raise UnreadableError(f"{times[0]} is no timeframe")
        if not exists or (counted and not others and single and number(times[0]) > 4):
            if about(function).measure != "price" and frame % 1440:
                raise UnreadableError(f"whether {times[0]} is a timeframe or a period")
            return Use(function=function, length=_told_in_time(times[0]), output=output)
    found = _period(rest, function)
    if isinstance(found, Length):
        return Use(function=function, length=found, output=output, frame=frame)
    given = found or ()
    known = about(function)
    if function == "STOCHRSI" and len(given) == 3 and not are_named(rest):
        raise UnreadableError("of several forms; name them, as in (length 14, k 5, d 3)")
    if function == "MACD" and len(given) > 1 and given[0] >= given[1]:
        raise UnreadableError("the fast period comes first, and is shorter than the slow one")
    if function == "MACD" and sorted(given) == [9, 12, 26] and given[0] == 9:
        raise UnreadableError("the usual periods in another order: 12, 26 and 9 are")
    if function == "KC" and len(given) == 2 and given[1] < 5:
        given = (given[0], known.params[1].usual, given[1])
    if len(given) > len(known.params):
        most = len(known.params)
        raise UnreadableError(
            f"{known.spoken} takes at most {most} parameter{'s' if most != 1 else ''}"
        )
    for value, param in zip(given, known.params, strict=False):
        if param.counts:
            whole(value, int(param.low), MAX_PERIOD)
        elif not param.low <= value <= min(param.high, Decimal(MAX_WIDTH)):
            raise UnreadableError("the width of a band" if known.sided else f"{param.name} {value}")
    return Use(function=function, params=given, output=output, frame=frame)
