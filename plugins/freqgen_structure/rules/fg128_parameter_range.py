from collections.abc import Iterable
from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.editing import with_argument
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.parameters import NUMERIC, kind_of_call, misspelt_keyword
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import meant, number, truth

_HEAD = (
    "from freqtrade.strategy import CategoricalParameter, DecimalParameter, IntParameter\n"
    "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
)


class ParameterRange(Rule):
    """FG128: the range of a hyperopt parameter, or its default, cannot be.

    A numeric parameter is ``IntParameter(low, high, default=…)``, with the default between the
    two. A categorical one needs two categories or more, and a default among them: without one
    its value is ``None``. A default outside the range is used as it is, but hyperopt never
    comes back to it: a warning.
    """

    VALID = (
        _HEAD + "    buy_a = IntParameter(10, 40, default=30)\n",
        _HEAD + "    buy_a = IntParameter(low=10, high=N, default=M)\n",
        _HEAD + "    buy_a = DecimalParameter([0.1, 0.4], default=0.2, decimals=1)\n",
        _HEAD + "    buy_a = CategoricalParameter(['x', None], default='x')\n",
        _HEAD + "    buy_a = CategoricalParameter(NAMES, default='x')\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    buy_a = IntParameter(10, 40, default=50)\n", line=6),
        Bad(
            code=_HEAD + "    buy_a = IntParameter(40, 10, default=30)\n",
            line=6,
            fixed=_HEAD + "    buy_a = IntParameter(10, 40, default=30)\n",
        ),
        Bad(
            code=_HEAD + "    buy_a = IntParameter(low=40, high=10, default=30)\n",
            line=6,
            fixed=_HEAD + "    buy_a = IntParameter(low=10, high=40, default=30)\n",
        ),
        Bad(code=_HEAD + "    buy_a = IntParameter(10, 40)\n", line=6),
        Bad(code=_HEAD + "    buy_a = IntParameter(10, default=10)\n", line=6),
        Bad(
            code=_HEAD + "    buy_a = IntParameter(min=10, max=40, default=30)\n",
            line=6,
            fixed=_HEAD + "    buy_a = IntParameter(low=10, high=40, default=30)\n",
        ),
        Bad(
            code=_HEAD + "    buy_a = DecimalParameter(0.1, 0.9, default=0.5, decimal=2)\n",
            line=6,
            fixed=_HEAD + "    buy_a = DecimalParameter(0.1, 0.9, default=0.5, decimals=2)\n",
        ),
        Bad(
            code=_HEAD + "    buy_a = IntParameter(1, 9, defualt=3, space='buy')\n",
            line=6,
            fixed=_HEAD + "    buy_a = IntParameter(1, 9, default=3, space='buy')\n",
        ),
        Bad(
            code=_HEAD + "    buy_a = IntParameter(10, 40, 30, space='buy')\n",
            line=6,
            fixed=_HEAD + "    buy_a = IntParameter(10, 40, default=30, space='buy')\n",
        ),
        Bad(code=_HEAD + "    buy_a = IntParameter(0.1, 0.4, default=0.2)\n", line=6),
        Bad(code=_HEAD + "    buy_a = DecimalParameter(0, 1, default=0.00021)\n", line=6),
        Bad(
            code=_HEAD + "    buy_a = DecimalParameter(\n        0,\n        1,\n"
            "        default=2,\n    )\n",
            line=9,
        ),
        Bad(
            code=_HEAD + "    buy_a = CategoricalParameter(['x', 'y'])\n",
            line=6,
            fixed=_HEAD + "    buy_a = CategoricalParameter(['x', 'y'], default='x')\n",
        ),
        Bad(code=_HEAD + "    buy_a = CategoricalParameter(['x', 'y'], default='z')\n", line=6),
        Bad(code=_HEAD + "    buy_a = CategoricalParameter(['x'], default='x')\n", line=6),
    )

    def visit_Call(self, node: cst.Call) -> None:
        kind = kind_of_call(self.source, node)
        if kind is None or any(arg.star for arg in node.args):
            return
        if self._keywords(kind, node):
            return
        if kind in NUMERIC:
            self._numeric(kind, node)
        elif kind == "CategoricalParameter":
            self._categorical(node)

    def _keywords(self, kind: str, node: cst.Call) -> bool:
        """Report a misspelt keyword, which would be handed on to hyperopt."""
        slip = misspelt_keyword(kind, node)
        if slip is None:
            return False
        word, right = slip
        self.report(
            word,
            f"{kind} has no parameter {word.value}",
            hint=f"write {right}=",
            edits=[self.replace(word, right)],
        )
        return True

    def _numeric(self, kind: str, node: cst.Call) -> None:
        default = argument(node, 99, "default")
        if default is None:
            third = node.args[2] if len(node.args) > 2 else None
            if third is not None and third.keyword is None:
                self.report(
                    third,
                    f"the default of {kind} is given by its name",
                    hint=f"write default={self.text(third.value)}",
                    edits=[self.insert_before(third, "default=")],
                )
                return
            self.report(node, f"{kind} needs a default", hint="add default=…")
            return
        low, high = self._bounds(node)
        if low is None or high is None:
            pair = meant(self.source, low) if low is not None else None
            if high is None and (pair is None or number(self.source, pair) is not None):
                self.report(node, f"{kind} needs a lower and an upper end", hint="low, high")
            return
        small, large = number(self.source, low), number(self.source, high)
        chosen = number(self.source, default)
        if small is not None and large is not None and small > large:
            fits = chosen is None or large <= chosen <= small
            self.report(
                low,
                f"the range goes from {small:g} down to {large:g}",
                hint=f"write {large:g}, {small:g}",
                edits=self._turned(low, high) if fits else (),
            )
            return
        if small is not None and large is not None and small == large:
            self.report(
                low,
                f"the range from {small:g} to {large:g} leaves nothing to choose",
                severity=Severity.WARNING,
            )
        self._default(kind, node, default, (small, large))

    def _default(
        self,
        kind: str,
        node: cst.Call,
        default: cst.BaseExpression,
        bounds: tuple[float | None, float | None],
    ) -> None:
        low, high = bounds
        chosen = number(self.source, default)
        if chosen is None:
            if text_of(default) is not None or _is_constant(default):
                self.report(default, f"the default of {kind} is {self.text(default)}, no number")
            return
        if (low is not None and chosen < low) or (high is not None and chosen > high):
            said = f"{'' if low is None else f'{low:g}'} to {'' if high is None else f'{high:g}'}"
            self.report(
                default,
                f"the default {chosen:g} is outside the range {said.strip()}",
                hint="take a default from the range, or widen it",
                severity=Severity.WARNING,
            )
            return
        numbers = [value for value in (low, high, chosen) if value is not None]
        if kind == "IntParameter" and any(value != int(value) for value in numbers):
            self.report(
                node, "IntParameter takes whole numbers", hint="use DecimalParameter for fractions"
            )
        elif kind == "DecimalParameter":
            places = argument(node, 99, "decimals")
            decimals = number(self.source, places) if places is not None else 3
            if decimals is not None and _lost(chosen, int(decimals)):
                self.report(
                    default,
                    f"the default is rounded to {int(decimals)} decimals: "
                    f"{round(chosen, int(decimals)):g}",
                    hint="give decimals= as many as the default has",
                    severity=Severity.WARNING,
                )

    def _bounds(
        self, node: cst.Call
    ) -> tuple[cst.BaseExpression | None, cst.BaseExpression | None]:
        low, high = argument(node, 0, "low"), argument(node, 1, "high")
        if low is not None and high is None:
            pair = meant(self.source, low)
            if isinstance(pair, cst.List | cst.Tuple) and len(pair.elements) == 2:
                return pair.elements[0].value, pair.elements[1].value
        return low, high

    def _turned(self, low: cst.BaseExpression, high: cst.BaseExpression) -> Iterable[Edit]:
        return [self.replace(low, self.text(high)), self.replace(high, self.text(low))]

    def _categorical(self, node: cst.Call) -> None:
        given = argument(node, 0, "categories")
        listed = meant(self.source, given) if given is not None else None
        if not isinstance(listed, cst.List | cst.Tuple) or given is None:
            return
        choices = [e.value for e in listed.elements if isinstance(e, cst.Element)]
        if len(choices) != len(listed.elements):
            return
        if len(choices) < 2:
            self.report(given, "CategoricalParameter needs two categories or more")
            return
        default = argument(node, 99, "default")
        if default is None:
            first = self.text(choices[0])
            self.report(
                node,
                "CategoricalParameter without a default has the value None",
                hint=f"add default={first}",
                edits=with_argument(self.source, node, f"default={first}"),
            )
            return
        known = [self._constant(choice) for choice in choices]
        chosen = self._constant(default)
        if chosen is not None and None not in known and chosen not in known:
            self.report(
                default,
                f"the default {self.text(default)} is not among the categories",
                hint=f"take one of {', '.join(self.text(choice) for choice in choices[:5])}",
                severity=Severity.WARNING,
            )

    def _constant(self, node: cst.BaseExpression) -> object:
        text = text_of(meant(self.source, node))
        if text is not None:
            return ("text", text)
        value = number(self.source, node)
        if value is not None:
            return ("number", value)
        said = truth(self.source, node)
        if said is not None:
            return ("number", float(said))
        if isinstance(node, cst.Name) and node.value == "None":
            return ("nothing", 0)
        return None


def _is_constant(value: cst.BaseExpression) -> bool:
    return isinstance(value, cst.Name) and value.value in {"True", "False", "None"}


def _lost(value: float, decimals: int) -> bool:
    """Whether rounding changes a value by more than a twentieth of it."""
    return abs(round(value, decimals) - value) > abs(value) / 20
