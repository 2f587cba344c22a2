"""Writes operands in the language of designs: indicators with ids, lengths in candles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from freqgen import TIMEFRAMES
from freqgen_offline.comparing import check_sides, check_sum
from freqgen_offline.indicators import Indicators, Key, frame_name, plain
from freqgen_offline.looking import MEANS, uses
from freqgen_offline.meaning import (
    Arithmetic,
    Average,
    Cloud,
    Column,
    Earlier,
    Extreme,
    Length,
    Number,
    Operand,
    UnreadableError,
    Use,
)
from freqgen_offline.quantities import MAX_LENGTH, MAX_PERIOD
from freqgen_offline.tables import AVERAGES
from freqgen_offline.vocabulary import about, usual

AVERAGE_LENGTH = 20


@dataclass(slots=True)
class OperandWriter:
    """Makes expressions of operands.

    Expressions first hold a mark in place of each indicator's id, since ids are short or long
    depending on what else the brief uses; :meth:`finished` puts the ids in.

    :param timeframe: Length of a candle, in minutes.
    :param families: Which function is meant by a name of several.
    :param pairs: Whether the brief names another pair.
    :param quote: What a coin is priced in where that is not said.
    """

    timeframe: int
    families: Mapping[str, str] = field(default_factory=dict)
    quote: str = "USDT"
    pairs: bool = False
    indicators: Indicators = field(default_factory=Indicators)

    # --- operands

    def candles(self, length: Length, *, own_unit: bool = False) -> int:
        """A length in candles.

        :param own_unit: Refuse a time that is not counted in candles of the timeframe: a
            200-day average on one-hour candles is another timeframe's, not a longer one.
        :raises UnreadableError: If it is no whole number of candles.
        """
        if length.candles is not None:
            return length.candles
        found = length.minutes or 0
        if found % self.timeframe or not 1 <= found // self.timeframe <= MAX_LENGTH:
            raise UnreadableError(f"{length.text} is no whole number of candles")
        if own_unit and not _counts_candles(length, self.timeframe):
            raise UnreadableError(f"{length.text} means candles of another timeframe")
        return found // self.timeframe

    def note(self, operand: Operand) -> None:
        """Remember the parameters that an operand writes out."""
        for use in uses(operand):
            if use.function != "PRICE":
                key = self._key(use, tell=False)
                self.indicators.name(key.function, key.params)

    def _key(self, use: Use, *, tell: bool = True) -> Key:
        """An indicator as it is said, parameters not completed."""
        params, frame = use.params, use.frame
        if tell and use.assumed:
            self.tell(
                f"The period was not given for the Bollinger bands: {plain(params[0])} is used."
            )
        if use.length is not None:
            count, unit = self._counted(use.length)
            params, frame = (Decimal(count),), frame or unit
            if not 2 <= params[0] <= MAX_PERIOD:
                raise UnreadableError("a period that no indicator has")
            if unit and tell:
                self.tell(
                    f'"{use.length.text}" was taken as {count} candles of {frame_name(unit)}.'
                )
        function = self.named(use.function)
        if tell and use.function == "GOLDEN":
            self.tell(
                "A golden or death cross was taken as one of simple moving averages of 50 and 200 "
                "candles."
            )
        elif tell and use.function == "MA":
            self.tell("The kind of a moving average was not given: a simple one (SMA) is used.")
        return Key(function, params, "", self._frame(frame), self._pair(use.pair, tell=tell))

    def named(self, function: str) -> str:
        """The function that a name stands for in this brief."""
        return self.families.get(function, usual(function))

    def tell(self, sentence: str) -> None:
        """Say what was filled in."""
        self.indicators.defaults[sentence] = None

    def _counted(self, length: Length) -> tuple[int, int]:
        """A period in candles, and the slower timeframe that they are of, or 0."""
        if length.candles is not None:
            return length.candles, 0
        unit = _UNITS[_unit(length.text)]
        if unit > self.timeframe and unit in TIMEFRAMES.values():
            return (length.minutes or 0) // unit, unit
        return self.candles(length, own_unit=True), 0

    def _frame(self, minutes: int | None) -> int:
        """A timeframe that is not the design's, or 0.

        :raises UnreadableError: If its candles do not go together with the design's.
        """
        if not minutes or minutes == self.timeframe:
            return 0
        if minutes not in TIMEFRAMES.values():
            raise UnreadableError("no such timeframe; there are " + ", ".join(TIMEFRAMES))
        if minutes < self.timeframe:
            raise UnreadableError(
                f"{frame_name(minutes)} is faster than the strategy's {frame_name(self.timeframe)}"
            )
        if minutes % self.timeframe:
            raise UnreadableError(
                f"{frame_name(minutes)} candles do not close with {frame_name(self.timeframe)} ones"
            )
        return minutes

    def _pair(self, pair: str, *, tell: bool) -> str:
        if not pair or "/" in pair:
            return pair
        if tell:
            self.tell(f"{pair} was taken as {pair}/{self.quote}.")
        return f"{pair}/{self.quote}"

    def mention(self, use: Use) -> str:
        """What an indicator named for itself stands for; empty where no rule uses it."""
        try:
            said = self._key(use, tell=False)
        except UnreadableError:
            return ""
        used = [k for k in self.indicators.used if k.function == said.function and not k.source]
        found = [k for k in used if k.params[: len(said.params)] == said.params]
        if not found or (said.frame and all(k.frame != said.frame for k in found)):
            return ""
        told = ", ".join(plain(p) for p in (said.params or found[0].params))
        return f"{said.function}({told})"

    def use(self, use: Use) -> str:
        """An indicator's output, with a mark in place of its id."""
        key = self._key(use)
        if use.function == "PRICE":
            column = self.operand(use.of or Column("close"))
            if not key.frame and not key.pair:
                return column
            if column != "close":
                raise UnreadableError(
                    f"the {column} of another candle that is still going on is not known; a close "
                    "is that of the last one"
                )
        else:
            source = "" if use.of is None else self._source(use.of)
            usual = self.indicators.usual
            if source:  # an average of something else lends its length to no one, and takes none
                self.indicators.usual = usual | {key.function}
            params = self.indicators.complete(key.function, key.params)
            key = key._replace(params=params, source=source)
            self.indicators.usual = usual
        if key.function == "ROLLING_VWAP" and key.frame:
            raise UnreadableError("a VWAP of slower candles is one of many of them")
        if use.output == "?":
            raise UnreadableError(f"which line of {about(key.function).spoken} is not said")
        self.indicators.used.setdefault(key)
        position = list(self.indicators.used).index(key)
        return f"{{{position}}}.{use.output}" if use.output else f"{{{position}}}"

    def _source(self, operand: Operand) -> str:
        if isinstance(operand, Use) or operand == Column("volume"):
            return self.operand(operand)
        raise UnreadableError("an indicator of something that is no indicator")

    def operand(self, operand: Operand, other: Operand | None = None, *, bind: int = 0) -> str:
        """An operand as an expression.

        :param other: What stands on the other side of the comparison.
        :param bind: How tightly what is around it binds: 1 for sums, 2 for products.
        """
        if not bind and isinstance(operand, Use | Column) and isinstance(other, Number):
            check_sides(operand, other)  # where it took another one's place: "both are positive"
        match operand:
            case Number(value):
                return plain(value)
            case Column(name):
                return name
            case Use(function="SUPERTREND", output="value") if other == Number(Decimal(0)):
                return self.use(replace(operand, output="direction"))  # "both are green"
            case Use():
                average = self._average_of_column(operand, other)
                return self.use(operand) if average is None else average
            case Average(of=of, length=length, function=function):
                return self._average(of or other, length, function)
            case Cloud(use=use, up=up):
                spans = (self.use(replace(use, output=f"senkou_{n}")) for n in "ab")
                return f"{'max' if up else 'min'}({', '.join(spans)})"
            case Extreme():
                function = "highest" if operand.highest else "lowest"
                source = operand.column if operand.of is None else self.operand(operand.of)
                told = f"{function}({source}, {self.candles(operand.length)})"
                return f"shift({told}, 1)" if operand.before else told
            case Earlier(Earlier(), _):
                raise UnreadableError("an earlier candle is said twice")
            case Earlier(inner, candles):
                if isinstance(inner, Use) and (inner.frame or inner.pair):
                    raise UnreadableError("an earlier candle of another timeframe or pair")
                return f"shift({self.operand(inner, other)}, {candles})"
            case Arithmetic(op, left, right):
                check_sum(operand)
                own = 1 if op in "+-" else 2
                text = (
                    f"{self.operand(left, other, bind=own)} {op} "
                    f"{self.operand(right, other, bind=own + (op == '-'))}"
                )
                return f"({text})" if own < bind else text

    def _average_of_column(self, use: Use, other: Operand | None) -> str | None:
        """A moving average beside the volume is one of the volume."""
        averages = {*MEANS, "EMA", *(known.function for known in AVERAGES)}
        if other != Column("volume") or use.of or use.function not in averages:
            return None
        if use.function not in MEANS or use.frame or use.pair:
            raise UnreadableError("an average of the volume that is no simple one")
        length = use.length
        if use.params:
            length = Length(candles=int(use.params[0]))
        return self._average(other, length)

    def _average(self, of: Operand | None, length: Length | None, function: str = "mean") -> str:
        if of is None or isinstance(of, Number | Average | Arithmetic):
            raise UnreadableError("the average of what is not said")
        if length is None:
            self.indicators.defaults[
                f"The length of an average was not given: {AVERAGE_LENGTH} candles are used."
            ] = None
            length = Length(candles=AVERAGE_LENGTH)
        if (count := self.candles(length)) < 2:
            raise UnreadableError("an average of one candle")
        return f"{function}({self.operand(of)}, {count})"

    def finished(self, expression: str) -> str:
        """An expression with ids in place of marks."""
        return expression.format(*self.indicators.ids().values())


def _counts_candles(length: Length, timeframe: int) -> bool:
    """Whether a time is said in the unit of the timeframe, as "50-hour" on one-hour candles."""
    if length.minutes in TIMEFRAMES.values():
        return False  # "4h RSI" may be one of 4 hours, or one on the 4h chart
    unit = _UNITS[_unit(length.text)]
    return timeframe == unit or (unit == 1 and timeframe < 60)


_UNITS = {"w": 10080, "d": 1440, "h": 60, "m": 1}


def _unit(text: str) -> str:
    letters = text.lstrip("0123456789- ").split("-")[-1].split()[-1]
    return {"daily": "d", "hourly": "h", "weekly": "w"}.get(letters, letters[0])
