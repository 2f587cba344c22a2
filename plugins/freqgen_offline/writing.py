"""Writes meanings in the language of designs: indicators with ids, lengths in candles."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from freqgen import TIMEFRAMES
from freqgen_offline.indicators import Indicators, Params, plain
from freqgen_offline.looking import MEANS, measure, owned, uses
from freqgen_offline.meaning import (
    Arithmetic,
    Average,
    Both,
    Column,
    Compare,
    Condition,
    Cross,
    Earlier,
    Extended,
    Extreme,
    Held,
    Length,
    Number,
    Operand,
    Run,
    Touch,
    UnreadableError,
    Use,
)
from freqgen_offline.quantities import MAX_LENGTH, MAX_PERIOD
from freqgen_offline.rules import Rule, join, text

AVERAGE_LENGTH = 20
RSI_LOW, RSI_MIDDLE, RSI_HIGH = 30, 50, 70


@dataclass(slots=True)
class Writer:
    """Makes expressions of meanings.

    Expressions first hold a mark in place of each indicator's id, since ids are short or long
    depending on what else the brief uses; :meth:`finished` puts the ids in.

    :param timeframe: Length of a candle, in minutes.
    """

    timeframe: int
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
            function, params = self._function(use, tell=False)
            self.indicators.name(function, params)

    def _function(self, use: Use, *, tell: bool = True) -> tuple[str, Params]:
        params = use.params
        if tell and use.assumed:
            self.indicators.defaults[
                f"The period was not given for the Bollinger bands: {plain(params[0])} is used."
            ] = None
        if use.length is not None:
            params = (Decimal(self.candles(use.length, own_unit=True)),)
            if not 2 <= params[0] <= MAX_PERIOD:
                raise UnreadableError("a period that no indicator has")
        function = {"MA": "SMA", "GOLDEN": "SMA"}.get(use.function, use.function)
        if tell and use.function == "GOLDEN":
            self.indicators.defaults[
                "A golden or death cross was taken as one of simple moving averages of 50 and 200 "
                "candles."
            ] = None
        elif tell and use.function == "MA":
            self.indicators.defaults[
                "The kind of a moving average was not given: a simple one (SMA) is used."
            ] = None
        return function, params

    def mention(self, use: Use) -> str:
        """What an indicator named for itself stands for; empty where no rule uses it."""
        try:
            function, params = self._function(use, tell=False)
        except UnreadableError:
            return ""
        if (function, params, "") not in self.indicators.used:
            return ""
        return f"{function}({', '.join(plain(p) for p in params)})"

    def use(self, use: Use) -> str:
        """An indicator's output, with a mark in place of its id."""
        function, params = self._function(use)
        source = "" if use.of is None else self._source(use.of)
        usual = self.indicators.usual
        if source:  # an average of something else lends its length to no one, and takes none
            self.indicators.usual = usual | {function}
        key = (function, self.indicators.complete(function, params), source)
        self.indicators.usual = usual
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
        match operand:
            case Number(value):
                return plain(value)
            case Column(name):
                return name
            case Use():
                average = self._average_of_column(operand, other)
                return self.use(operand) if average is None else average
            case Average(of=of, length=length):
                return self._average(of or other, length)
            case Extreme():
                function = "highest" if operand.highest else "lowest"
                source = operand.column if operand.of is None else self.operand(operand.of)
                told = f"{function}({source}, {self.candles(operand.length)})"
                return f"shift({told}, 1)" if operand.before else told
            case Earlier(inner, candles):
                return f"shift({self.operand(inner, other)}, {candles})"
            case Arithmetic(op, left, right):
                own = 1 if op in "+-" else 2
                text = (
                    f"{self.operand(left, other, bind=own)} {op} "
                    f"{self.operand(right, other, bind=own + (op == '-'))}"
                )
                return f"({text})" if own < bind else text

    def _average_of_column(self, use: Use, other: Operand | None) -> str | None:
        """A moving average beside the volume is one of the volume."""
        if other != Column("volume") or use.of or use.function not in {*MEANS, "EMA"}:
            return None
        if use.function == "EMA":
            raise UnreadableError("an exponential average of the volume")
        length = use.length
        if use.params:
            length = Length(candles=int(use.params[0]))
        return self._average(other, length)

    def _average(self, of: Operand | None, length: Length | None) -> str:
        if of is None or isinstance(of, Number | Average | Arithmetic):
            raise UnreadableError("the average of what is not said")
        if length is None:
            self.indicators.defaults[
                f"The length of an average was not given: {AVERAGE_LENGTH} candles are used."
            ] = None
            length = Length(candles=AVERAGE_LENGTH)
        if (count := self.candles(length)) < 2:
            raise UnreadableError("an average of one candle")
        return f"mean({self.operand(of)}, {count})"

    # --- conditions

    def condition(self, condition: Condition, list_name: str) -> Rule:
        """A condition as a rule.

        :param list_name: The list it goes to, which decides a direction that was not said.
        :raises UnreadableError: If it cannot be written; nothing is remembered of it then.
        """
        used, defaults = dict(self.indicators.used), dict(self.indicators.defaults)
        try:
            return self._condition(condition, list_name)
        except UnreadableError:
            self.indicators.used, self.indicators.defaults = used, defaults
            raise

    def _condition(self, condition: Condition, list_name: str) -> Rule:
        match condition:
            case Held():
                return self._held(condition, list_name)
            case Both(first, second, how):
                both = join(how, [self._compare(first), self._compare(second)])
                assert both is not None  # noqa: S101  (there are two)
                return both
            case Compare():
                return self._compare(condition)
            case Cross(left, right, up):
                return self._cross(left, right, up, list_name)
            case Run(operand, up, length):
                return self._run(operand, length, up=up)
            case Extended(operand, overbought):
                return self._extended(operand, overbought=overbought)
            case Touch(operand, level):
                return self._touch(operand, level, list_name)

    def _compare(self, condition: Compare) -> str:
        left, right = condition.left, condition.right
        left, right = owned(left, right), owned(right, left)
        texts = self.operand(left, right), self.operand(right, left)
        if texts[0] == texts[1]:
            raise UnreadableError("something is compared with itself")
        _check_alike(left, right)
        return f"{texts[0]} {condition.op} {texts[1]}"

    def _held(self, held: Held, list_name: str) -> Rule:
        """A condition on all, or on one, of the last candles."""
        count = self.candles(held.length)
        if not held.always:
            rule = self._condition(held.what, list_name)
            return f"bars_since({text(rule)}) < {count}"
        if isinstance(held.what, Cross):
            raise UnreadableError("a crossing does not last")
        both = held.what
        if isinstance(both, Both):
            if both.how == "any":
                raise UnreadableError("one of two conditions on all of the last candles")
            first, second = (replace(held, what=c) for c in (both.first, both.second))
            joined = join("all", [self._held(first, list_name), self._held(second, list_name)])
            assert joined is not None  # noqa: S101  (there are two)
            return joined
        self._compare(both)  # what cannot be compared does not hold
        left, right = owned(both.left, both.right), owned(both.right, both.left)
        function = "highest" if both.op.startswith("<") else "lowest"
        if isinstance(right, Number):
            return f"{function}({self.operand(left)}, {count}) {both.op} {plain(right.value)}"
        gap = f"{self.operand(left, right)} - {self.operand(right, left, bind=2)}"
        return f"{function}({gap}, {count}) {both.op} 0"

    def _cross(self, left: Operand, right: Operand, up: bool | None, list_name: str) -> str:
        left, right = owned(left, right), owned(right, left)
        texts = self.operand(left, right), self.operand(right, left)
        if texts[0] == texts[1]:
            raise UnreadableError("something crosses itself")
        _check_alike(left, right)
        if up is None:
            up = list_name in {"entry_long", "exit_short"}
            self.indicators.defaults[
                "A crossing without a direction was taken as one "
                f"{'upwards' if up else 'downwards'}, for it belongs to "
                f"the {list_name.replace('_', ' of a ')}."
            ] = None
        return f"crosses_{'above' if up else 'below'}({texts[0]}, {texts[1]})"

    def _run(self, operand: Operand, length: Length | None, *, up: bool) -> str:
        if isinstance(operand, Number):
            raise UnreadableError("a number does not move")
        text = self.operand(operand)
        word = "rising" if up else "falling"
        if length is None:
            self.indicators.defaults[
                f'For how long something is {word} was not given: one candle ("{word}(…, 1)").'
            ] = None
        return f"{word}({text}, {1 if length is None else self.candles(length)})"

    def _extended(self, operand: Operand, *, overbought: bool) -> str:
        if not isinstance(operand, Use) or operand.function != "RSI":
            raise UnreadableError("only the RSI is known to be overbought or oversold")
        text = self.operand(operand)
        word, op, level = (
            ("Overbought", ">", RSI_HIGH) if overbought else ("Oversold", "<", RSI_LOW)
        )
        self.indicators.defaults[
            f"{word} was taken as an RSI {'above' if overbought else 'below'} {level}."
        ] = None
        return f"{text} {op} {level}"

    def _touch(self, operand: Operand, level: Operand, list_name: str) -> Rule:
        level = owned(level, operand)
        if isinstance(level, Extreme) and measure(level) == measure(operand):
            return self._reached(operand, replace(level, before=True), up=level.highest)
        if measure(operand) == "oscillator" and isinstance(level, Number):
            _check_range(operand, level)
            rises = level.value >= RSI_MIDDLE or uses(operand)[0].function == "ADX"
            return self._reached(operand, level, up=rises)
        if operand != Column("close") or isinstance(level, Column) or measure(level) != "price":
            raise UnreadableError("from which side is not said")
        if isinstance(level, Use) and level.output in {"upper", "lower"}:
            up = level.output == "upper"
            return f"{'high >=' if up else 'low <='} {self.operand(level)}"
        text = self.operand(level)
        if "exit" in list_name:
            up = list_name == "exit_long"
            self.indicators.defaults[
                f"A touch by the price was taken as one from {'below' if up else 'above'}, for it "
                f"belongs to the {list_name.replace('_', ' of a ')}."
            ] = None
            return f"{'high >=' if up else 'low <='} {text}"
        both = join("all", [f"low <= {text}", f"high >= {text}"])
        assert both is not None  # noqa: S101  (there are two)
        return both

    def _reached(self, operand: Operand, level: Operand, *, up: bool) -> str:
        """As far as a level or further; the price is looked at with its whole candle."""
        op = ">=" if up else "<="
        if operand == Column("close"):
            return f"{'high' if up else 'low'} {op} {self.operand(level)}"
        if isinstance(level, Number):
            self.indicators.defaults[
                f"Reaching {plain(level.value)} was taken as being there or "
                f"{'above' if up else 'below'}."
            ] = None
        return f"{self.operand(operand)} {op} {self.operand(level, operand)}"

    def finished(self, expression: str) -> str:
        """An expression with ids in place of marks."""
        return expression.format(*self.indicators.ids().values())


def _check_alike(left: Operand, right: Operand) -> None:
    """Refuse to compare an oscillator with a price: a word was taken for the wrong thing."""
    both = {measure(left), measure(right)} - {""}
    _check_range(left, right)
    if both == {"volume", "price"} and {u.function for u in uses(left) + uses(right)} & MEANS:
        return  # an average beside the volume is one of the volume
    if len(both) > 1 and both != {"price", "distance"}:
        raise UnreadableError(f"a {min(both)} is compared with a {max(both)}")


def _check_range(left: Operand, right: Operand) -> None:
    """Refuse to compare an oscillator with a number that it never gets past."""
    if not isinstance(left, Use) or left.function not in {"RSI", "ADX"}:
        return
    if isinstance(right, Number) and not 0 < right.value < 100:
        raise UnreadableError(
            f"{left.function} lies between 0 and 100, {plain(right.value)} decides nothing"
        )


def _counts_candles(length: Length, timeframe: int) -> bool:
    """Whether a time is said in the unit of the timeframe, as "50-hour" on one-hour candles."""
    if length.minutes in TIMEFRAMES.values():
        return False  # "4h RSI" may be one of 4 hours, or one on the 4h chart
    units = (("w", 10080), ("d", 1440), ("h", 60), ("m", 1))
    unit = next(size for letter, size in units if _unit(length.text) == letter)
    return timeframe == unit or (unit == 1 and timeframe < 60)


def _unit(text: str) -> str:
    letters = text.lstrip("0123456789- ").split("-")[-1].split()[-1]
    return {"daily": "d", "hourly": "h", "weekly": "w"}.get(letters, letters[0])
