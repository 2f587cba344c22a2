from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.editing import needed_name
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import argument
from freqgen_structure.rule import Bad, Rule

_HEAD = "from functools import reduce\n"
_LIST = "conditions = []\nconditions.append(dataframe['a'] > 1)\n"
_JOIN = "lambda x, y: x & y"


class GatheredConditions(Rule):
    """FG339: conditions are gathered in a list and not joined as they must be.

    ``reduce(lambda x, y: x & y, conditions)`` joins them. ``reduce`` without its list, or with
    ``and`` in it, raises an error, and so does ``all(conditions)``, which asks of every column
    whether it is true as a whole. What is put together with ``+`` and not assigned is lost.
    """

    HINT = f"write reduce({_JOIN}, conditions)"
    VALID = (
        _HEAD + _LIST + f"x = reduce({_JOIN}, conditions)\n",
        _HEAD + _LIST + "x = reduce(lambda x, y: x | y, conditions)\n",
        _HEAD + "x = reduce(lambda x, y: x and y, [True, False])\n",
        "flags = []\nflags.append(1 > 2)\nx = all(flags)\n",
        _LIST + "if all(len(one) for one in conditions):\n    pass\n",
        _HEAD + _LIST + f"conditions = conditions + [1]\nx = reduce({_JOIN}, conditions)\n",
        "pairs = []\npairs.append((dataframe['a'] > 1, 'tag'))\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + _LIST + "x = reduce(conditions)  # all\n",
            line=4,
            fixed=_HEAD + _LIST + f"x = reduce({_JOIN}, conditions)  # all\n",
        ),
        Bad(code=_HEAD + f"x = reduce({_JOIN})\n", line=2),
        Bad(
            code=_HEAD + _LIST + f"x = reduce(conditions, {_JOIN})\n",
            line=4,
            fixed=_HEAD + _LIST + f"x = reduce({_JOIN}, conditions)\n",
        ),
        Bad(
            code=_HEAD + _LIST + "x = reduce(\n    lambda a, b: a and b,\n    conditions\n)\n",
            line=5,
            fixed=_HEAD + _LIST + "x = reduce(\n    lambda a, b: a & b,\n    conditions\n)\n",
        ),
        Bad(
            code=_LIST + "x = 1\ndataframe.loc[all(conditions), 'enter_long'] = 1\n",
            line=4,
            fixed=_HEAD + _LIST + f"x = 1\ndataframe.loc[reduce({_JOIN}, conditions), "
            "'enter_long'] = 1\n",
        ),
        Bad(
            code=_HEAD + _LIST + "x = any(conditions)\n",
            line=4,
            fixed=_HEAD + _LIST + "x = reduce(lambda x, y: x | y, conditions)\n",
        ),
        Bad(
            code=_LIST + "conditions.append((dataframe['b'] > 1,))\n",
            line=3,
            fixed=_LIST + "conditions.append(dataframe['b'] > 1)\n",
        ),
        Bad(
            code=_LIST + "conditions + [dataframe['b'] > 1]\n",
            line=3,
            fixed=_LIST + "conditions += [dataframe['b'] > 1]\n",
        ),
    )

    def check(self) -> None:
        self.kinds = kinds_of(self.source)
        for call in self.source.all(cst.Call):
            if self.source.imported(call.func) == "functools.reduce":
                self._reduce(call)
            elif isinstance(call.func, cst.Name) and call.func.value in {"all", "any"}:
                self._builtin(call, call.func)
            elif isinstance(call.func, cst.Attribute) and call.func.attr.value == "append":
                self._appended(call, call.func.value)
        for expression in self.source.all(cst.Expr):
            self._lost(expression.value)

    def _reduce(self, call: cst.Call) -> None:
        plain = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
        if len(plain) != len(call.args) or not plain:
            return
        first = plain[0]
        if len(plain) == 1:
            gathered = self._gathered(first)
            self.report(
                call,
                "reduce is given conditions, and not how to join them"
                if gathered
                else "reduce is not given what it is to join",
                edits=[self.insert_before(first, f"{_JOIN}, ")] if gathered else (),
            )
        elif isinstance(plain[1], cst.Lambda) and self._gathered(first):
            self.report(
                call,
                "reduce is given its arguments in the wrong order",
                edits=[
                    self.replace(first, self.text(plain[1])),
                    self.replace(plain[1], self.text(first)),
                ],
            )
        elif isinstance(first, cst.Lambda) and self._gathered(plain[1]):
            self._joined(first)

    def _joined(self, function: cst.Lambda) -> None:
        """``lambda x, y: x and y``."""
        body = function.body
        names = {param.name.value for param in function.params.params}
        match body:
            case cst.BooleanOperation(left=cst.Name(value=a), right=cst.Name(value=b)):
                if {a, b} != names:
                    return
                word = "and" if isinstance(body.operator, cst.And) else "or"
                sign = "&" if word == "and" else "|"
                self.report(
                    body,
                    f'"{word}" cannot join whole columns',
                    edits=[self.replace(body, f"{a} {sign} {b}")],
                )

    def _builtin(self, call: cst.Call, func: cst.Name) -> None:
        if len(call.args) != 1 or not self.source.is_builtin(func):
            return
        listed = call.args[0].value
        if not isinstance(listed, cst.Name) or not self._gathered(listed):
            return
        name, needed = needed_name(self.source, "functools", "reduce")
        sign = "&" if func.value == "all" else "|"
        text = f"{name}(lambda x, y: x {sign} y, {listed.value})"
        self.report(
            call,
            f"{func.value}() cannot join conditions on columns",
            edits=[*needed, self.replace(call, text)],
        )

    def _appended(self, call: cst.Call, listed: cst.BaseExpression) -> None:
        value = argument(call, 0, "object")
        if not isinstance(value, cst.Tuple) or len(value.elements) != 1:
            return
        if not self._gathered(listed):
            return
        inner = value.elements[0].value
        edits: list[Edit] = []
        if value.lpar and self._many(inner) and "#" not in self.text(call.args[0]):
            edits = [self.replace(call.args[0], self.text(inner))]
        self.report(
            value,
            "a tuple with one condition is gathered, because of the comma, and not the condition",
            hint="leave the comma out",
            edits=edits,
        )

    def _lost(self, node: cst.BaseExpression) -> None:
        match node:
            case cst.BinaryOperation(operator=cst.Add() as plus, left=cst.Name() as listed):
                if isinstance(node.right, cst.List) and self._gathered(listed):
                    start, end = self.source.span(plus)
                    at = self.source.text.find("+", start, end)
                    self.report(
                        node,
                        f"nothing gets the longer list, and {listed.value} stays as it is",
                        hint=f"write {listed.value} += […]",
                        edits=[Edit(start=at, end=at + 1, text="+=")],
                    )

    def _many(self, node: cst.BaseExpression) -> bool:
        kind = self.kinds.of(node)
        return kind is not None and kind.many

    def _gathered(self, node: cst.BaseExpression) -> bool:
        """Whether a name is a list that conditions on columns are put into, and no more."""
        if not isinstance(node, cst.Name):
            return isinstance(node, cst.List) and any(self._many(e.value) for e in node.elements)
        values = self.source.values(node)
        lists = [value for value in values if isinstance(value, cst.List)]
        if not lists or any(v is not None and not isinstance(v, cst.List) for v in values):
            return False
        held = [element.value for value in lists for element in value.elements]
        scope = self.source.scope(node)
        for call in self.source.all(cst.Call):
            match call.func:
                case cst.Attribute(value=cst.Name() as owner, attr=cst.Name(value="append")) if (
                    owner.value == node.value and self.source.scope(owner) is scope and call.args
                ):
                    held.append(call.args[0].value)
        return any(self._many(one) for one in held)
