"""Writes meanings in the language of designs: indicators with ids, lengths in candles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from freqgen import TIMEFRAMES
from freqgen_offline.indicators import Indicators, Key, frame_name, plain
from freqgen_offline.looking import MEANS, measure, owned, uses
from freqgen_offline.meaning import (
    Arithmetic,
    Average,
    Both,
    Cloud,
    Column,
    Compare,
    Condition,
    Cross,
    Earlier,
    Extended,
    Extreme,
    Held,
    Length,
    Moved,
    Number,
    Operand,
    Opposite,
    Run,
    Said,
    Touch,
    UnreadableError,
    Use,
)
from freqgen_offline.quantities import MAX_LENGTH, MAX_PERIOD
from freqgen_offline.rules import Rule, join, text
from freqgen_offline.vocabulary import AVERAGES, FAMILIES, about, usual
from freqgen_offline.vocabulary import known as is_known

AVERAGE_LENGTH = 20
RSI_MIDDLE = 50


@dataclass(slots=True)
class Writer:
    """Makes expressions of meanings.

    Expressions first hold a mark in place of each indicator's id, since ids are short or long
    depending on what else the brief uses; :meth:`finished` puts the ids in.

    :param timeframe: Length of a candle, in minutes.
    :param families: Which function is meant by a name of several.
    :param quote: What a coin is priced in where that is not said.
    """

    timeframe: int
    families: Mapping[str, str] = field(default_factory=dict)
    quote: str = "USDT"
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
            self._tell(
                f"The period was not given for the Bollinger bands: {plain(params[0])} is used."
            )
        if use.length is not None:
            count, unit = self._counted(use.length)
            params, frame = (Decimal(count),), frame or unit
            if not 2 <= params[0] <= MAX_PERIOD:
                raise UnreadableError("a period that no indicator has")
            if unit and tell:
                self._tell(
                    f'"{use.length.text}" was taken as {count} candles of {frame_name(unit)}.'
                )
        function = self._named(use.function)
        if tell and use.function == "GOLDEN":
            self._tell(
                "A golden or death cross was taken as one of simple moving averages of 50 and 200 "
                "candles."
            )
        elif tell and use.function == "MA":
            self._tell("The kind of a moving average was not given: a simple one (SMA) is used.")
        return Key(function, params, "", self._frame(frame), self._pair(use.pair, tell=tell))

    def _named(self, function: str) -> str:
        """The function that a name stands for in this brief."""
        return self.families.get(function, usual(function))

    def _tell(self, sentence: str) -> None:
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
            self._tell(f"{pair} was taken as {pair}/{self.quote}.")
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
            key = key._replace(source="" if column == "close" else column)
        else:
            source = "" if use.of is None else self._source(use.of)
            usual = self.indicators.usual
            if source:  # an average of something else lends its length to no one, and takes none
                self.indicators.usual = usual | {key.function}
            params = self.indicators.complete(key.function, key.params)
            key = key._replace(params=params, source=source)
            self.indicators.usual = usual
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
        match operand:
            case Number(value):
                return plain(value)
            case Column(name):
                return name
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
            case Earlier(inner, candles):
                if isinstance(inner, Use) and (inner.frame or inner.pair):
                    raise UnreadableError("an earlier candle of another timeframe or pair")
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
        averages = {*MEANS, "EMA", *(known.function for known in AVERAGES)}
        if other != Column("volume") or use.of or use.function not in averages:
            return None
        if use.function not in MEANS or use.frame or use.pair:
            raise UnreadableError("an average of the volume that is no simple one")
        length = use.length
        if use.params:
            length = Length(candles=int(use.params[0]))
        return self._average(other, length)

    def _average(
        self, of: Operand | None, length: Length | None, function: str = "mean"
    ) -> str:
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
                both = join(how, [self._condition(c, list_name) for c in (first, second)])
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
            case Moved():
                return self._moved(condition)
            case Opposite():
                raise UnreadableError("which cross is not said")
            case Said(rules, how):
                said = join(how, [join("any", rule.split(" or ")) for rule in rules])
                assert said is not None  # noqa: S101  (there is one)
                return said

    def _moved(self, moved: Moved) -> str:
        """A rise or fall by a share."""
        operator = (">" if moved.up else "<") + ("" if moved.more else "=")
        if measure(moved.operand) not in {"price", "volume"}:
            raise UnreadableError("a percentage of what is not said")
        share = plain(moved.ratio if moved.up else -moved.ratio)
        count = self.candles(moved.length)
        return f"change({self.operand(moved.operand)}, {count}) {operator} {share}"

    def _sides(self, left: Operand, right: Operand, *, up: bool) -> tuple[Operand, Operand]:
        """Two operands with what the comparison says of them.

        Whose average it is, which band of two, and the channel of the candles before where a
        close beyond the channel can only be that.

        :param up: Whether the left one is to be above.
        """
        left, right = owned(left, right), owned(right, left)
        left, right = _of_one_pair(left, right), _of_one_pair(right, left)
        return self._side(left, right, up=not up), self._side(right, left, up=up)

    def _side(self, level: Operand, other: Operand, *, up: bool) -> Operand:
        """A level that something else is to be above, or below."""
        if not isinstance(level, Use):
            return level
        if level.function in FAMILIES:
            level = replace(level, function=self._named(level.function))
        known = about(level.function)
        if known.sided and not level.output:
            if not isinstance(other, Column):
                raise UnreadableError(f"which band of {known.spoken} is not said")
            level = replace(level, output="upper" if up else "lower")
        if (level.function, level.output) == ("ICHIMOKU", "cloud"):
            return Cloud(level, up=up)
        beyond = level.output == ("upper" if up else "lower")
        if known.before and beyond and isinstance(other, Column) and not level.frame:
            return Earlier(level)
        return level

    def _compare(self, condition: Compare) -> str:
        up = condition.op.startswith(">")
        left, right = self._sides(condition.left, condition.right, up=up)
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
        left, right = self._sides(both.left, both.right, up=both.op.startswith(">"))
        function = "highest" if both.op.startswith("<") else "lowest"
        if isinstance(right, Number):
            return f"{function}({self.operand(left)}, {count}) {both.op} {plain(right.value)}"
        gap = f"{self.operand(left, right)} - {self.operand(right, left, bind=2)}"
        return f"{function}({gap}, {count}) {both.op} 0"

    def _cross(self, left: Operand, right: Operand, up: bool | None, list_name: str) -> str:
        upwards = up if up is not None else list_name in {"entry_long", "exit_short"}
        left, right = self._sides(left, right, up=upwards)
        texts = self.operand(left, right), self.operand(right, left)
        if texts[0] == texts[1]:
            raise UnreadableError("something crosses itself")
        _check_alike(left, right)
        if up is None:
            up = upwards
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
        function = operand.function if isinstance(operand, Use) else ""
        function = self._named(function)
        extremes = about(function).extremes if is_known(function) else None
        if extremes is None:
            raise UnreadableError("what is overbought or oversold is known of oscillators alone")
        level = extremes[overbought]
        spoken = "an RSI" if function == "RSI" else about(function).spoken
        word, op = ("Overbought", ">") if overbought else ("Oversold", "<")
        text = self.operand(operand)
        self._tell(f"{word} was taken as {spoken} {'above' if overbought else 'below'} {level}.")
        return f"{text} {op} {level}"

    def _touch(self, operand: Operand, level: Operand, list_name: str) -> Rule:
        level = owned(level, operand)
        if isinstance(level, Use) and level.function in FAMILIES:
            level = self._side(level, operand, up=True)
            level = level.operand if isinstance(level, Earlier) else level
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
    function = left.function if isinstance(left, Use) else ""
    bounds = about(function).bounds if is_known(function) else None
    if bounds is None or not isinstance(right, Number):
        return
    low, high = bounds
    if not low < right.value < high:
        spoken = about(function).spoken.removeprefix("the ")
        raise UnreadableError(
            f"{spoken} lies between {low} and {high}, {plain(right.value)} decides nothing"
        )


def _of_one_pair(operand: Operand, other: Operand) -> Operand:
    """An average beside another pair's price is that pair's; a price is looked at on its chart."""
    if not isinstance(operand, Use) or not isinstance(other, Use):
        return operand
    if other.function == "PRICE" and not operand.pair and measure(operand) == "price":
        operand = replace(operand, pair=other.pair)
    if operand.function == "PRICE" and operand.pair == other.pair and operand.frame is None:
        operand = replace(operand, frame=other.frame)
    if other.function == "PRICE" and operand.frame is None and operand.pair:
        operand = replace(operand, frame=other.frame)
    return operand


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
