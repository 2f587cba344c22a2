"""Writes conditions in the language of designs."""

from __future__ import annotations

from dataclasses import replace

from freqgen_offline.indicators import plain
from freqgen_offline.looking import MEANS, measure, owned, uses
from freqgen_offline.meaning import (
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
from freqgen_offline.operand_writing import OperandWriter
from freqgen_offline.rules import Rule, join, text
from freqgen_offline.vocabulary import FAMILIES, about
from freqgen_offline.vocabulary import known as is_known

RSI_MIDDLE = 50


class Writer(OperandWriter):
    """Makes rules of conditions."""

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
        mine = isinstance(left, Use) and left.own and isinstance(right, Number)
        if mine and self.pairs:
            raise UnreadableError("of which pair it is is not clear")
        left, right = owned(left, right), owned(right, left)
        left, right = _of_one_pair(left, right), _of_one_pair(right, left)
        self._check_places(left, right)
        return self._side(left, right, up=not up), self._side(right, left, up=up)

    def _check_places(self, left: Operand, right: Operand) -> None:
        """Refuse a comparison of which it is not clear that both sides are of one place."""
        places = [
            (self._frame(o.frame), o.pair) if isinstance(o, Use) else None for o in (left, right)
        ]
        if isinstance(left, Number) or isinstance(right, Number):
            return
        if any(p is not None and p[1] for p in places) and places[0] != places[1]:
            raise UnreadableError("of which pair both are is not clear")
        prices = [o for o in (left, right) if isinstance(o, Use) and o.function == "PRICE"]
        if prices and places[0] != places[1] and any(p.frame for p in prices):
            raise UnreadableError("of which timeframe both are is not clear")
        both = isinstance(left, Use) and isinstance(right, Use)
        if both and places[0] != places[1] and "PRICE" not in {left.function, right.function}:  # type: ignore[union-attr]
            raise UnreadableError("of which timeframe both are is not clear")

    def _side(self, level: Operand, other: Operand, *, up: bool) -> Operand:
        """A level that something else is to be above, or below."""
        if not isinstance(level, Use):
            return level
        if level.function in FAMILIES:
            level = replace(level, function=self.named(level.function))
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
        if condition.denied and (isinstance(left, Cloud) or isinstance(right, Cloud)):
            raise UnreadableError("not beyond a cloud: inside it, or on its other side")
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
        if isinstance(both, Said):
            raise UnreadableError("on how many candles a time of day is")
        if isinstance(both, Both):
            if both.how == "any":
                raise UnreadableError("one of two conditions on all of the last candles")
            if isinstance(both.first, Cross) or isinstance(both.second, Extended):
                raise UnreadableError("a crossing does not last")
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
        function = self.named(function)
        extremes = about(function).extremes if is_known(function) else None
        if extremes is None:
            raise UnreadableError("what is overbought or oversold is known of oscillators alone")
        level = extremes[overbought]
        spoken = "an RSI" if function == "RSI" else about(function).spoken
        word, op = ("Overbought", ">") if overbought else ("Oversold", "<")
        text = self.operand(operand)
        self.tell(f"{word} was taken as {spoken} {'above' if overbought else 'below'} {level}.")
        return f"{text} {op} {level}"

    def _touch(self, operand: Operand, level: Operand, list_name: str) -> Rule:
        if isinstance(operand, Use) and operand.pair and not isinstance(level, Number | Use):
            raise UnreadableError("of which pair both are is not clear")
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
    """An operand where the other one says of which pair and timeframe both are.

    An average beside another pair's price is that pair's; a price is looked at on its chart; lines
    of one indicator, as the MACD and its signal, are of one place.
    """
    if not isinstance(operand, Use) or not isinstance(other, Use):
        return operand
    lines = {operand.function, other.function}
    same = len(lines) == 1 and measure(operand) != "price" and operand.params in {(), other.params}
    if same or lines == {"PLUS_DI", "MINUS_DI"} or lines <= {*FAMILIES["STOCHASTIC"], "STOCHASTIC"}:
        frame = operand.frame if operand.frame is not None else other.frame
        return replace(operand, pair=operand.pair or other.pair, frame=frame)
    if other.function == "PRICE" and not operand.pair and measure(operand) == "price":
        operand = replace(operand, pair=other.pair)
    if operand.function == "PRICE" and operand.pair == other.pair and operand.frame is None:
        operand = replace(operand, frame=other.frame)
    if other.function == "PRICE" and operand.frame is None and operand.pair:
        operand = replace(operand, frame=other.frame)
    return operand
