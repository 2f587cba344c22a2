"""What an expression is made of: the way back from a value to the calls that it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.calls import bound_arguments, returned
from freqgen_structure.constants import numbers
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.series import Candles, candles_of
from freqgen_structure.vocabulary import LOCATORS, PROVIDERS

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_MOST_BINDINGS = 40
_MOST_STEPS = 300
_DATES = frozenset({"date", "date_merge", "open_time", "timestamp", "time"})


def tracer_of(candles: Candles) -> Tracer:
    """The tracer of a file, made once."""
    return candles.source.once(_tracer)


def _tracer(source: Source) -> Tracer:
    return Tracer(candles_of(source))


class Tracer:
    """Follows expressions back to what they are made of."""

    def __init__(self, candles: Candles) -> None:
        self.candles = candles
        self.source: Source = candles.source

    def made_of(self, node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
        """``node`` and the expressions that its value comes from, through names and functions."""
        queue: list[cst.BaseExpression] = [node]
        seen: set[cst.CSTNode] = set()
        for _ in range(_MOST_STEPS):
            if not queue:
                return
            current = queue.pop()
            if current in seen:
                continue
            seen.add(current)
            yield current
            queue += self._parts(current)

    def _parts(self, node: cst.BaseExpression) -> list[cst.BaseExpression]:
        match node:
            case cst.Name():
                return self._bound(node)
            case cst.Attribute(value=value):
                return [value]
            case cst.Subscript(value=value):
                return self._item(node, value)
            case cst.BinaryOperation():
                return [node.left, node.right]
            case cst.UnaryOperation(expression=inner):
                return [inner]
            case cst.IfExp():
                return [node.body, node.orelse]
            case cst.Call():
                functions = self.candles.called(node)
                values = [
                    value
                    for function in functions
                    if isinstance(function, cst.FunctionDef)
                    for value in returned(self.source, function)
                ]
                if values:
                    return values
                if self.source.imported(node.func) is not None:
                    return [arg.value for arg in node.args if self.candles.kind(arg.value)]
                return [node.func.value] if isinstance(node.func, cst.Attribute) else []
        return []

    def _bound(self, node: cst.Name) -> list[cst.BaseExpression]:
        found: list[cst.BaseExpression] = []
        for one in self.source.bindings(node)[:_MOST_BINDINGS]:
            if one.parameter is not None:
                found += self._arguments(one.parameter)
            elif one.assigned and one.value is not None:
                found.append(one.value)
        return found

    def _arguments(self, param: cst.Param) -> list[cst.BaseExpression]:
        parameters = self.source.parent(param)
        function = self.source.parent(parameters) if parameters is not None else None
        if not isinstance(function, cst.FunctionDef | cst.Lambda):
            return []
        return [
            arg.value
            for call in self.candles.callers(function)
            for given, arg in bound_arguments(self.source, call, function)
            if given is param
        ]

    def _item(self, node: cst.Subscript, base: cst.BaseExpression) -> list[cst.BaseExpression]:
        if isinstance(base, cst.Attribute) and base.attr.value in LOCATORS:
            return [base.value]
        index = node.slice[0].slice
        key = text_of(index.value) if isinstance(index, cst.Index) else None
        if key is not None and isinstance(base, cst.Name):
            stored = [v for k, v in self._stores.get(base.value, ()) if k == key]
            return stored or [base]
        return [base]

    @cached_property
    def _stores(self) -> dict[str, list[tuple[str, cst.BaseExpression]]]:
        """What is assigned to ``name["key"]``, and to ``name.key``."""
        found: dict[str, list[tuple[str, cst.BaseExpression]]] = {}
        pairs: list[tuple[cst.BaseExpression, cst.BaseExpression]] = [
            (target.target, assign.value)
            for assign in self.source.all(cst.Assign)
            for target in assign.targets
        ]
        pairs += [(assign.target, assign.value) for assign in self.source.all(cst.AugAssign)]
        for target, value in pairs:
            match target:
                case cst.Attribute(value=cst.Name(value=name), attr=attr):
                    found.setdefault(name, []).append((attr.value, value))
                case cst.Subscript(value=cst.Name(value=name), slice=[element, *_]):
                    index = element.slice
                    key = text_of(index.value) if isinstance(index, cst.Index) else None
                    if key is not None:
                        found.setdefault(name, []).append((key, value))
        return found

    # -- candles that end later than they are dated ------------------------

    def is_moved(self, node: cst.BaseExpression) -> bool:
        """Whether values are moved to later candles, so that each is known where it stands."""
        return any(self._moves(part) for part in self.made_of(node))

    def _moves(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.Name):
            stored = self._stores.get(node.value, ())
            return any(key in _DATES or key == "index" for key, _ in stored)
        if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
            return False
        name = node.func.attr.value
        if name == "shift":
            periods = argument(node, 0, "periods")
            known = numbers(self.source, periods).known
            return not any(number <= 0 for number in known)
        if name == "resample":
            label = argument(node, 99, "label")
            return label is not None and text_of(label) == "right"
        return name in {"first", "merge_informative_pair", "tshift"}

    def has_moved_columns(self, node: cst.BaseExpression) -> bool:
        """Whether some columns of a frame are moved to later candles, by ``assign`` or one by one.

        What of them is used where the frame is merged cannot be told for certain.
        """
        for part in self.made_of(node):
            match part:
                case cst.Name(value=name) if name in self._shifted:
                    return True
                case cst.Call(func=cst.Attribute(attr=cst.Name(value="assign"))):
                    if any(self._has_move(arg.value) for arg in part.args):
                        return True
        return False

    @cached_property
    def _shifted(self) -> frozenset[str]:
        """The names of frames of which a column is moved to later candles."""
        return frozenset(
            name
            for name, stored in self._stores.items()
            if any(self._has_move(value) for _, value in stored)
        )

    def _has_move(self, node: cst.BaseExpression) -> bool:
        return any(self._moves(call) for call in self.source.below(node, cst.Call))

    def is_delayed(self, node: cst.BaseExpression) -> bool:
        """Whether dates are moved back before something is looked up by them."""
        for part in self.made_of(node):
            if isinstance(part, cst.BinaryOperation) and isinstance(part.operator, cst.Subtract):
                return True
            if isinstance(part, cst.Call) and self._moves(part):
                return True
        return False

    def provider(self, node: cst.BaseExpression) -> cst.Call | None:
        """The call of the data provider that candles come from."""
        for part in self.made_of(node):
            match part:
                case cst.Call(func=cst.Attribute(attr=cst.Name(value=name))) if name in PROVIDERS:
                    return part
        return None
