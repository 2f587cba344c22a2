"""Turns the words of one clause into its meaning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any, cast

from lark import Token
from lark.exceptions import VisitError

from freqgen_offline.clocks import SHAPES, shape_of, some_hour, times_of_day
from freqgen_offline.comparing import SUBJECT, check_sides, compare, cross, two_sides
from freqgen_offline.crossings import CrossingMeanings
from freqgen_offline.lexicon import Word, clause_parser, parse_tokens
from freqgen_offline.looking import measure
from freqgen_offline.meaning import (
    After,
    Arithmetic,
    Bare,
    BarePercentage,
    Both,
    Column,
    Compare,
    Cross,
    Earlier,
    Extended,
    Held,
    Items,
    Length,
    Meaning,
    Moved,
    Number,
    Operand,
    Placed,
    Run,
    Said,
    Tail,
    Touch,
    UnreadableError,
    Use,
)
from freqgen_offline.operands import OperandMeanings
from freqgen_offline.quantities import (
    MAX_LENGTH,
    MAX_PERIOD,
    length,
    number,
    parts,
    ratio,
    types,
    whole,
)
from freqgen_offline.risk import RiskMeanings
from freqgen_offline.two_in_one import two_in_one
from freqgen_offline.vocabulary import meant

NEGATED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<"}


class Denied(str):
    """An operator that was said with "not"."""


OPERATORS = {"LT": "<", "GT": ">", "LE": "<=", "GE": ">="}


def read_clause(words: Sequence[Word]) -> Meaning | None:
    """What a clause means, or ``None`` where it is not understood as a whole."""
    found = _read(tuple(w.token for w in words))
    return None if isinstance(found, str) else found


def why_unread(words: Sequence[Word]) -> str:
    """Why a clause was recognised and yet cannot be used; empty where it is not that."""
    found = _read(tuple(w.token for w in words))
    return found if isinstance(found, str) else ""


def _read(tokens: Sequence[Token]) -> Meaning | str | None:
    tree = parse_tokens(clause_parser(), tokens, "clause")
    if tree is None:
        return None
    if (told := two_in_one(tokens)) is not None:
        return told
    try:
        return cast("Meaning", _transformer().transform(tree))
    except VisitError as exc:
        if isinstance(exc.orig_exc, UnreadableError):
            return str(exc.orig_exc)
        raise


@cache
def _transformer() -> _Meanings:
    return _Meanings()


class _Meanings(CrossingMeanings, OperandMeanings, RiskMeanings):
    """One method a rule of ``conditions.lark`` and ``clause.lark``."""

    def cmp(self, children: list[Any]) -> str:
        op = OPERATORS[children[-1].type]
        return Denied(NEGATED[op]) if len(children) > 1 else op

    def compare(self, children: list[Any]) -> Compare:
        left, op, right = parts(children)
        closed = types(children).get("IS") == "closed" and not isinstance(left, Earlier)
        if isinstance(right, Earlier) and closed:
            left = Earlier(left, right.candles)  # "closed above the EMA 2 candles ago"
        return replace(compare(left, op, right), denied=isinstance(op, Denied))

    def denied_compare(self, children: list[Any]) -> Compare:
        left, op, right = parts(children)
        if isinstance(op, Denied):
            raise UnreadableError("denied twice")
        return replace(compare(left, NEGATED[op], right), denied=True)

    def multiple(self, children: list[Any]) -> Compare:
        left, right = parts(children)
        kinds = types(children)
        factor = number(kinds["NUM"]) if "NUM" in kinds else Decimal(2)
        return compare(left, ">=", Arithmetic("*", Number(factor), right))

    def share(self, children: list[Any]) -> Compare:
        kinds = types(children)
        left, *said, right = parts(children)
        factor = ratio(kinds["PCT_OF"]) if "PCT_OF" in kinds else Decimal("0.5")
        op = said[0] if said else ">=" if factor >= 1 else "<="
        return compare(left, op, Arithmetic("*", Number(factor), right))

    def percentage(self, children: list[Any]) -> Compare:
        left, op = parts(children)
        if measure(left) != "oscillator":
            raise UnreadableError("a percentage of what is not said")
        return compare(left, op, Number(number(types(children)["PCT"])))

    def distance(self, children: list[Any]) -> Compare:
        above = "GT" in types(children)
        left, *said, atr, right = parts(children)
        if said and said[0].startswith("<"):
            raise UnreadableError("less than a distance away: from which side is not said")
        away = Arithmetic("*", Number(number(types(children)["NUM"])), atr)
        op = (">" if above else "<") + ("=" if said == [">="] else "")
        return compare(left, op, Arithmetic("+" if above else "-", right, away))

    def near(self, children: list[Any]) -> Both:
        left, right = parts(children)
        away = ratio(types(children)["PCT_OF"])
        if not 0 < away < 1:
            raise UnreadableError("a distance between 0 and 100 %")
        low, high = (Arithmetic("*", Number(1 + d), right) for d in (-away, away))
        return Both(compare(left, ">=", low), compare(left, "<=", high))

    def moved(self, children: list[Any]) -> Moved:
        kinds = types(children)
        found = parts(children)
        lengths = [p for p in found if isinstance(p, Length)]
        if not lengths:
            raise UnreadableError("over how many candles is not said")
        said = [p for p in found if isinstance(p, str)]
        up = "MOVED_UP" in kinds
        if said and said[0].startswith("<"):
            raise UnreadableError("by less than a percentage: how it moved is not said")
        subjects = [p for p in found if not isinstance(p, Length | str)]
        away = ratio(kinds["PCT"])
        if not 0 < away < (1 if not up else 100):
            raise UnreadableError("a move between 0 and 100 %")
        more = bool(said) and said[0] == ">"
        return Moved(subjects[0] if subjects else SUBJECT, up, away, lengths[0], more)

    def clock(self, children: list[Any]) -> Said:
        rules = [rule for word in children for rule in times_of_day(word)]
        if not some_hour(rules):
            raise UnreadableError("no hour of a week is in all of these")
        return Said(tuple(dict.fromkeys(rules)))

    def shape(self, children: list[Any]) -> Said:
        return Said(SHAPES[shape_of(types(children)["SHAPE"])])

    def pattern(self, children: list[Any]) -> Compare:
        function, side = meant("PATTERN", types(children)["PATTERN"])
        return Compare(Use(function=function), side, Number(Decimal(0)))

    def candle_run(self, children: list[Any]) -> Held:
        kinds = types(children)
        counted = kinds.get("COUNT") or kinds["NUM"]
        count = whole(number(counted), 1, MAX_LENGTH)
        colour = self.candle([kinds["GREEN"] if "GREEN" in kinds else kinds["RED"]])
        return Held(colour, Length(candles=count, text=str(counted)), always=True)

    def held(self, children: list[Any]) -> Held:
        return Held(parts(children)[0], length(types(children)["COUNT"]), always=True)

    def recent(self, children: list[Any]) -> Held:
        if any(isinstance(c, Compare) and c.denied for c in parts(children)):
            raise UnreadableError("not once within some candles: say for how many it holds")
        return Held(parts(children)[0], length(types(children)["COUNT"]), always=False)

    def past_level(self, children: list[Any]) -> Compare:
        return self.compare(children)

    def past(self, children: list[Any]) -> Compare:
        if len(parts(children)) == 1:
            found: Compare = children[0]
            if isinstance(found.left, Earlier) and isinstance(found.right, Earlier | Number):
                return found
            if isinstance(found.left, Earlier):
                raise UnreadableError("an earlier candle is compared with the current one")
            if isinstance(found.right, Earlier):  # "was above the EMA 3 candles ago"
                return replace(found, left=Earlier(found.left, found.right.candles))
            raise UnreadableError("when something was is not said")
        left, op, right = parts(children)
        if isinstance(left, Earlier) or isinstance(right, Earlier):
            raise UnreadableError("how many candles ago is said twice")
        candles = whole(number(types(children)["AGO"]), 1, MAX_LENGTH)
        right = right if isinstance(right, Number) else Earlier(right, candles)
        return compare(Earlier(left, candles), op, right)

    def past_of_itself(self, children: list[Any]) -> Compare:
        left, op = parts(children)
        if isinstance(left, Earlier):
            raise UnreadableError("how many candles ago is said twice")
        return compare(
            left, op, Earlier(left, whole(number(types(children)["AGO"]), 1, MAX_LENGTH))
        )

    def at_extreme(self, children: list[Any]) -> Touch | Compare:
        operand, extreme = parts(children)
        if operand == Column("close") and extreme.column == "close" and not extreme.before:
            return Compare(operand, ">=" if extreme.highest else "<=", extreme)
        return Touch(operand, extreme)

    def outside(self, children: list[Any]) -> Compare:
        left, right = parts(children)
        if not isinstance(right, Use) or right.output not in {"upper", "lower"}:
            raise UnreadableError("outside of what is not said")
        return compare(left, ">" if right.output == "upper" else "<", right)

    def not_between(self, children: list[Any]) -> Both:
        inside = self.between(children)
        first, second = inside.first, inside.second
        assert isinstance(first, Compare)  # noqa: S101  (as "between" makes them)
        assert isinstance(second, Compare)  # noqa: S101
        return Both(replace(first, op="<"), replace(second, op=">"), "any")

    def chain(self, children: list[Any]) -> Both:
        left, first, middle, second, right = parts(children)
        if first[0] != second[0] or isinstance(first, Denied) or isinstance(second, Denied):
            raise UnreadableError("two comparisons without a word between them")
        if isinstance(middle, Number | Arithmetic):
            raise UnreadableError("which of two comparisons the middle belongs to is not clear")
        return Both(compare(left, first, middle), compare(middle, second, right))

    def offset(self, children: list[Any]) -> Compare | Cross:
        kinds = types(children)
        above = "GT" in kinds
        left, *said, right = parts(children)
        if said and said[0].startswith("<"):
            raise UnreadableError("less than a percentage away: from which side is not said")
        op = (">" if above else "<") + ("=" if said == [">="] else "")
        distance = ratio(types(children)["PCT"])
        factor = 1 + distance if above else 1 - distance
        if factor <= 0:
            raise UnreadableError("more than the whole price away")
        level = Arithmetic("*", Number(factor), right)
        if moves := {"MOVED_UP", "MOVED_DOWN"} & kinds.keys():
            if ("MOVED_UP" in moves) != above:
                raise UnreadableError("two directions")
            return cross(left, level, up=above)
        return compare(left, op, level)

    def inclusive(self, children: list[Any]) -> Compare:
        op = ">=" if "OR_MORE" in types(children) else "<="
        return compare(parts(children)[0], op, Number(number(types(children)["NUM"])))

    def between(self, children: list[Any]) -> Both:
        operand, low, high = parts(children)
        low, high = _shared_average(low, high), _shared_average(high, low)
        if isinstance(low, Number) and isinstance(high, Number) and low.value > high.value:
            low, high = high, low
        check_sides(operand, low)
        check_sides(operand, high)
        return Both(Compare(operand, ">=", low), Compare(operand, "<=", high))

    def run(self, children: list[Any]) -> Run:
        kinds = types(children)
        count = length(kinds["COUNT"]) if "COUNT" in kinds else None
        subjects = parts(children)
        return Run(subjects[0] if subjects else SUBJECT, "RISING" in kinds, count)

    def state(self, children: list[Any]) -> Compare | Extended:
        kinds = types(children)
        subjects = parts(children)
        operand = subjects[0] if subjects else SUBJECT
        up = bool({"UPWARDS", "POSITIVE", "GREEN"} & kinds.keys())
        if (sides := two_sides(operand)) is not None and not {"OVERBOUGHT", "OVERSOLD"} & {*kinds}:
            return compare(sides[0], ">" if up else "<", sides[1])
        if {"GREEN", "RED", "UPWARDS", "DOWNWARDS"} & kinds.keys():
            raise UnreadableError("what that means is known of candles and the Supertrend alone")
        if "POSITIVE" in kinds or "NEGATIVE" in kinds:
            if operand != SUBJECT:
                check_sides(operand, Number(Decimal(0)))
            return Compare(operand, ">" if "POSITIVE" in kinds else "<", Number(Decimal(0)))
        return Extended(operand, "OVERBOUGHT" in kinds)

    def touch(self, children: list[Any]) -> Touch:
        operand, level = parts(children)
        if isinstance(level, Earlier) and level.candles > 1:
            raise UnreadableError("some candles ago: whether both are meant is not clear")
        return Touch(operand, level)

    def new_extreme(self, children: list[Any]) -> Compare:
        extreme = parts(children)[0]
        said = types(children).get("CLOSE")
        column = "close" if said is not None and "clos" in said else extreme.column
        return compare(Column(column), ">" if extreme.highest else "<", extreme)

    def candle(self, children: list[Any]) -> Compare:
        green = "GREEN" in types(children)
        return Compare(Column("close"), ">" if green else "<", Column("open"))

    # --- conditions without a subject

    def tail_compare(self, children: list[Any]) -> Tail:
        op, right = parts(children)
        return Tail(Compare(SUBJECT, op, right, denied=isinstance(op, Denied)))

    def tail_at_most(self, children: list[Any]) -> Tail:
        return Tail(Compare(SUBJECT, "<=", Number(number(children[1]))))

    def tail_both(self, children: list[Any]) -> Tail:
        op, right = parts(children)
        return Tail(Compare(SUBJECT, op, right), both=True)

    def tail_moved(self, children: list[Any]) -> Tail:
        return Tail(self.moved(children))

    def tail_break(self, children: list[Any]) -> Tail:
        return Tail(self.break_out([SUBJECT, *parts(children)]))

    def tail_cross(self, children: list[Any]) -> Tail:
        found = parts(children)
        up = bool({"CROSS_UP", "GT"} & types(children).keys())
        return Tail(Cross(SUBJECT, found[0] if found else SUBJECT, up))

    def tail_run(self, children: list[Any]) -> Tail:
        return Tail(self.run(children))

    def tail_state(self, children: list[Any]) -> Tail:
        return Tail(self.state(children))

    def condition(self, children: list[Any]) -> Placed:
        frame = children[1].value if len(children) > 1 else None
        return Placed(children[0], frame)

    tail = condition

    def bare(self, children: list[Any]) -> Bare:
        return Bare(children[0])

    def after(self, children: list[Any]) -> After:
        return After(children[1])

    def bare_percentage(self, children: list[Any]) -> BarePercentage:
        found = number(children[0])
        return BarePercentage(found / 100, signed=children[0].strip()[0] in "+-")

    def items(self, children: list[Any]) -> Items:
        return Items(tuple(children))


def _shared_average(one: Operand, other: Operand) -> Operand:
    """A bare number beside an average is one of its kind: "between the 50 and 200 EMA"."""
    averages = isinstance(other, Use) and measure(other) == "price" and not other.output
    if not isinstance(one, Number) or not averages:
        return one
    assert isinstance(other, Use)  # noqa: S101  (so it was found)
    whole(one.value, 2, MAX_PERIOD)
    return replace(other, params=(one.value,), length=None)
