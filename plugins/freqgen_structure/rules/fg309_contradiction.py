from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.conditions import NEGATED, TURNED, Part, joined, key_of, part_of
from freqgen_structure.kinds import kinds_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.value_ranges import values_of

_ORDERS = {
    ">": frozenset({1}),
    "<": frozenset({-1}),
    ">=": frozenset({0, 1}),
    "<=": frozenset({-1, 0}),
    "==": frozenset({0}),
    "!=": frozenset({-1, 1}),
}
_HEAD = (
    "from functools import reduce\nfrom freqtrade.strategy import IStrategy, IntParameter\n\n\n"
    "class S(IStrategy):\n    low = IntParameter(20, 40, default=30)\n"
    "    high = IntParameter(60, 80, default=70)\n"
    "    def populate_entry_trend(self, dataframe, metadata):\n"
)


class Contradiction(Rule):
    """FG309: two conditions cannot be true on the same candle.

    A column that must be above 70 and below 30, or above another column and below it, never
    is: the strategy runs and never trades. Joined with ``|`` such conditions may be true on every
    candle, which is a warning.
    """

    HINT = "correct one of the two, or join them with |"
    VALID = (
        # what is written into its rows is not seen
        "df['a'] = 0.0\ndf['a'].iat[1] = 2\ndf['b'] = 1\n"
        "x = (df['a'].shift(1) > df['b']) & (df['a'] < df['b'])\n",
        _HEAD + "        conditions = []\n        conditions.append(dataframe['rsi'] > 70)\n"
        "        conditions.append(dataframe['rsi'] < 30)\n"
        "        dataframe.loc[reduce(lambda x, y: x | y, conditions), 'enter_long'] = 1\n\n"
        "    def both(self, conditions):\n"
        "        return reduce(lambda x, y: x & y, conditions)\n",
        "x = (dataframe['rsi'] > 30) & (dataframe['rsi'] < 70)",
        "x = (dataframe['rsi'] > 70) | (dataframe['rsi'] < 30)",
        "x = (dataframe['rsi'] > 70) & (dataframe['rsi'].shift(1) < 30)",
        "x = (dataframe['a'] >= dataframe['b']) & (dataframe['a'] <= dataframe['b'])",
        _HEAD + "        conditions = []\n        if self.x:\n"
        "            conditions.append(dataframe['rsi'] > 70)\n        else:\n"
        "            conditions.append(dataframe['rsi'] < 30)\n"
        "        mask = reduce(lambda x, y: x & y, conditions)\n",
        _HEAD + "        conditions = [dataframe['rsi'] > 70, dataframe['rsi'] < 30]\n"
        "        mask = reduce(lambda x, y: x | y, conditions)\n",
    )
    INVALID: ClassVar = (
        Bad(code="x = (\n    (dataframe['low'] > 70)\n    & (dataframe.low < 30)\n)", line=3),
        Bad(
            code="x = (\n    (dataframe['rsi'] > 70)\n    & (dataframe['a'] > 1)\n"
            "    & (30 >= dataframe['rsi'])\n)",
            line=4,
        ),
        Bad(
            code="low = dataframe['rsi'] < 30\nx = low & (dataframe['a'] > 1) & ~low\n",
            line=2,
        ),
        Bad(
            code="from technical import qtpylib\nx = qtpylib.crossed_above(dataframe['a'], "
            "dataframe['b']) & (\n    dataframe['a'] < dataframe['b']\n)\n",
            line=3,
        ),
        Bad(code="x = (dataframe['a'] == 1) & (dataframe['a'] == 2)", line=1),
        Bad(code="x = (dataframe['a'] < 30) | (dataframe['a'] > 20)", line=1),
        Bad(
            code=_HEAD + "        conditions = []\n"
            "        conditions.append(dataframe['rsi'] > self.high.value)\n"
            "        conditions.append(dataframe['volume'] > 0)\n"
            "        conditions.append(dataframe['rsi'] < self.low.value)\n"
            "        mask = reduce(lambda x, y: x & y, conditions)\n",
            line=12,
        ),
        Bad(
            code=_HEAD + "        conditions = [\n            dataframe['rsi'] > 70,\n"
            "            dataframe['rsi'] < 30,\n        ]\n"
            "        mask = reduce(lambda x, y: x & y, conditions)\n",
            line=11,
        ),
    )

    def check(self) -> None:
        self.kinds = kinds_of(self.source)
        for node in self.source.all(cst.BinaryOperation):
            outer = self.source.parent(node)
            for kind in (cst.BitAnd, cst.BitOr):
                within = isinstance(outer, cst.BinaryOperation) and isinstance(outer.operator, kind)
                if isinstance(node.operator, kind) and not within:
                    parts = list(joined(self.source, node, kind))
                    self._together(node, parts, every=kind is cst.BitAnd)
        for group in self._lists():
            self._together(None, group, every=True)

    def _lists(self) -> Iterator[list[cst.BaseExpression]]:
        """Conditions that are gathered in a list and joined with &."""
        reduced = {
            (name.value, self.source.function_of(call))
            for call in self.source.all(cst.Call)
            if len(call.args) >= 2 and self._joins(call)
            for name in self.source.below(call.args[1].value, cst.Name)
        }
        groups: dict[tuple[object, ...], list[cst.BaseExpression]] = {}
        for node in self.source.all(cst.Assign):
            target = node.targets[0].target
            if (
                isinstance(node.value, cst.List)
                and isinstance(target, cst.Name)
                and (target.value, self.source.function_of(node)) in reduced
            ):
                key = (target.value, self._block(node))
                groups[key] = [element.value for element in node.value.elements]
        for call in self.source.all(cst.Call):
            match call:
                case cst.Call(
                    func=cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="append")),
                    args=[cst.Arg(value=value)],
                ) if (name, self.source.function_of(call)) in reduced:
                    groups.setdefault((name, self._block(call)), []).append(value)
        for group in groups.values():
            yield [one for value in group for one in joined(self.source, value, cst.BitAnd)]

    def _joins(self, call: cst.Call) -> bool:
        """Whether a call is ``reduce(lambda x, y: x & y, …)``."""
        if (self.source.imported(call.func) or "").rpartition(".")[2] != "reduce":
            return False
        how = call.args[0].value
        if isinstance(how, cst.Lambda):
            body = how.body
            return isinstance(body, cst.BinaryOperation) and isinstance(body.operator, cst.BitAnd)
        return (self.source.imported(how) or "").endswith(("operator.and_", "logical_and"))

    def _block(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return next(
            (
                a
                for a in self.source.ancestors(node)
                if isinstance(a, cst.IndentedBlock | cst.Module)
            ),
            None,
        )

    def _together(
        self, whole: cst.BaseExpression | None, nodes: list[cst.BaseExpression], *, every: bool
    ) -> None:
        """Look for two parts that exclude each other, or of which one is always true."""
        before: list[Part] = []
        plain: dict[str, bool] = {}
        for node in nodes:
            place = node if whole is None or self.source.inside(node, whole) else whole
            inverted = isinstance(node, cst.UnaryOperation) and isinstance(
                node.operator, cst.BitInvert
            )
            bare = node.expression if isinstance(node, cst.UnaryOperation) and inverted else node
            key = key_of(self.source, bare)
            if plain.setdefault(key, inverted) is not inverted:
                self._say(place, "a condition and its opposite", every=every)
                return
            part = part_of(self.source, node)
            if part is None or not self._of_candles(part):
                continue
            for other in before:
                if self._exclude(other, part, every=every):
                    self._say(place, self._named(other, part), every=every)
                    return
            before.append(part)

    def _named(self, one: Part, other: Part) -> str:
        return " and ".join(" ".join(self.text(part.node).split())[:60] for part in (one, other))

    def _say(self, node: cst.BaseExpression, what: str, *, every: bool) -> None:
        if every:
            self.report(node, f"these are never true on the same candle: {what}")
        else:
            self.report(
                node,
                f"one of these is true on every candle: {what}",
                hint="join them with &",
                severity=Severity.WARNING,
            )

    def _of_candles(self, part: Part) -> bool:
        sides = [self.kinds.of(part.left), self.kinds.of(part.right)]
        return any(kind is not None and kind.many for kind in sides)

    def _exclude(self, one: Part, other: Part, *, every: bool) -> bool:
        """Whether two parts are never true together, or, with |, never false together."""
        if not every and (one.crosses or other.crosses):
            return False
        if not every:
            one, other = _opposite(one), _opposite(other)
        keys = [key_of(self.source, side) for side in (one.left, one.right)]
        again = [key_of(self.source, side) for side in (other.left, other.right)]
        if keys == again or keys == again[::-1]:
            sign = other.sign if keys == again else TURNED[other.sign]
            return not _ORDERS[one.sign] & _ORDERS[sign]
        first, second = self._bounds(one), self._bounds(other)
        if first is None or second is None or first[0] != second[0]:
            return False
        low, strict_low = max((first[1], first[3]), (second[1], second[3]))
        high, loose_high = min((first[2], not first[3]), (second[2], not second[3]))
        return low > high or (low == high and (strict_low or not loose_high))

    def _bounds(self, part: Part) -> tuple[str, float, float, bool] | None:
        """The key of a column, its bounds by one comparison, and whether they are left out."""
        left, sign, right = part.left, part.sign, part.right
        limit = values_of(self.source, right)
        if limit is None or limit.unit != "number":
            left, sign, right = right, TURNED[sign], left
            limit = values_of(self.source, right)
        if limit is None or limit.unit != "number" or sign == "!=":
            return None
        infinite = float("inf")
        low = limit.low if sign in {">", ">=", "=="} else -infinite
        high = limit.high if sign in {"<", "<=", "=="} else infinite
        return key_of(self.source, left), low, high, sign in {"<", ">"}


def _opposite(part: Part) -> Part:
    return Part(node=part.node, left=part.left, sign=NEGATED[part.sign], right=part.right)
