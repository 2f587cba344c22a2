"""The numbers that an expression of a strategy may be, as far as its text shows."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.bindings import Bound, Way, part_of
from freqgen_structure.nodes import argument, decorators, number_of, text_of

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_OPERATORS: dict[type[cst.BaseBinaryOp], Callable[[float, float], float]] = {
    cst.Add: operator.add,
    cst.Subtract: operator.sub,
    cst.Multiply: operator.mul,
    cst.Divide: operator.truediv,
    cst.FloorDivide: operator.floordiv,
    cst.Modulo: operator.mod,
}
_CASTS: dict[str, Callable[[float], float]] = {
    "int": int,
    "float": float,
    "abs": abs,
    "bool": bool,
}
_TRUTH = {"True": 1.0, "False": 0.0}
_MOST_NUMBERS = 64
_DEEPEST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The numbers that an expression may be.

    :param known: Those that the text shows.
    :param complete: Whether there are no others.
    """

    known: frozenset[float] = frozenset()
    complete: bool = False

    @property
    def single(self) -> float | None:
        """The number, if it can be one only."""
        return next(iter(self.known)) if self.complete and len(self.known) == 1 else None

    @property
    def negative(self) -> bool:
        """Whether one of them is below zero."""
        return any(number < 0 for number in self.known)

    @property
    def always_negative(self) -> bool:
        """Whether it is below zero whatever happens."""
        return self.complete and bool(self.known) and max(self.known) < 0

    def __or__(self, other: Numbers) -> Numbers:
        return Numbers(known=self.known | other.known, complete=self.complete and other.complete)


UNKNOWN = Numbers()


def numbers(source: Source, node: cst.BaseExpression | None) -> Numbers:
    """The numbers that ``node`` may be.

    It follows names to their assignments, loops and calls, attributes of the class to their
    values, and parameters of hyperopt to their bounds. ``True`` is 1.
    """
    return source.once(_Constants).numbers(node, 0) if node is not None else UNKNOWN


class _Constants:
    def __init__(self, source: Source) -> None:
        self.source = source

    def numbers(self, node: cst.BaseExpression, depth: int) -> Numbers:
        number = number_of(node)
        if number is not None:
            return Numbers(known=frozenset({number}), complete=True)
        if depth > _DEEPEST:
            return UNKNOWN
        depth += 1
        match node:
            case cst.Name():
                return self._name(node, depth)
            case cst.Attribute():
                return self._attribute(node, depth)
            case cst.UnaryOperation(operator=cst.Minus(), expression=inner):
                found = self.numbers(inner, depth)
                return Numbers(known=frozenset(-n for n in found.known), complete=found.complete)
            case cst.UnaryOperation(operator=cst.BitInvert(), expression=inner):
                found = self.numbers(inner, depth)
                if any(n != int(n) for n in found.known):
                    return UNKNOWN
                return Numbers(
                    known=frozenset(-n - 1 for n in found.known), complete=found.complete
                )
            case cst.UnaryOperation(operator=cst.Plus(), expression=inner):
                return self.numbers(inner, depth)
            case cst.BinaryOperation():
                return self._binary(node, depth)
            case cst.IfExp():
                return self.numbers(node.body, depth) | self.numbers(node.orelse, depth)
            case cst.NamedExpr():
                return self.numbers(node.value, depth)
            case cst.Subscript():
                return self._item(node, depth)
            case cst.Call(func=cst.Name(value=name), args=[cst.Arg(value=inner)]) if name in _CASTS:
                found = self.numbers(inner, depth)
                cast = _CASTS[name]
                return Numbers(known=frozenset(map(cast, found.known)), complete=found.complete)
        return UNKNOWN

    def _binary(self, node: cst.BinaryOperation, depth: int) -> Numbers:
        operate = _OPERATORS.get(type(node.operator))
        if operate is None:
            return UNKNOWN
        left, right = self.numbers(node.left, depth), self.numbers(node.right, depth)
        if len(left.known) * len(right.known) > _MOST_NUMBERS:
            return UNKNOWN
        try:
            known = frozenset(operate(a, b) for a in left.known for b in right.known)
        except (ArithmeticError, ValueError):
            return UNKNOWN
        return Numbers(known=known, complete=left.complete and right.complete)

    # -- names -------------------------------------------------------------

    def _name(self, node: cst.Name, depth: int) -> Numbers:
        if node.value in _TRUTH:
            return Numbers(known=frozenset({_TRUTH[node.value]}), complete=True)
        bindings = self.source.bindings(node)
        if not bindings or len(bindings) > _MOST_NUMBERS:
            return UNKNOWN
        return _union([self._bound(one, depth) for one in bindings])

    def _bound(self, one: Bound, depth: int) -> Numbers:
        if one.parameter is not None:
            return self._parameter(one.parameter, depth)
        if one.way is Way.LOOP and one.value is not None:
            return self._each(one.value, one.places, depth)
        return UNKNOWN if one.given is None else self.numbers(one.given, depth)

    def _each(self, node: cst.BaseExpression, places: tuple[int, ...], depth: int) -> Numbers:
        """What a loop over ``node`` takes, or the part of it that is unpacked."""
        if not places and isinstance(node, cst.Call):
            return self._range(node, depth)
        items = self._items(node, depth)
        if items is None:
            return UNKNOWN
        found = Numbers(complete=bool(items))
        for item in items[:_MOST_NUMBERS]:
            part = part_of(item, places)
            found |= UNKNOWN if part is None else self.numbers(part, depth)
        return found

    def _range(self, node: cst.Call, depth: int) -> Numbers:
        if not isinstance(node.func, cst.Name) or node.func.value != "range":
            return UNKNOWN
        given = [self.numbers(arg.value, depth).single for arg in node.args]
        if not 1 <= len(given) <= 3 or any(g is None or g != int(g) for g in given):
            return UNKNOWN
        try:
            taken = range(*(int(g) for g in given if g is not None))
        except ValueError:
            return UNKNOWN
        if len(taken) > _MOST_NUMBERS:  # the ends say whether some are below zero
            return Numbers(known=frozenset({float(taken[0]), float(taken[-1])}), complete=True)
        return Numbers(known=frozenset(map(float, taken)), complete=bool(taken))

    def _items(self, node: cst.BaseExpression, depth: int) -> list[cst.BaseExpression] | None:
        """The elements of a list, a tuple or a set that ``node`` is, or is a name for."""
        match self._literal(node, depth):
            case cst.List(elements=found) | cst.Tuple(elements=found) | cst.Set(elements=found):
                return [element.value for element in found]
            case cst.Dict(elements=pairs):
                return [pair.key for pair in pairs if isinstance(pair, cst.DictElement)]
        return None

    def _literal(self, node: cst.BaseExpression, depth: int) -> cst.BaseExpression | None:
        """What a name stands for, if it is assigned once."""
        if depth > _DEEPEST:
            return None
        if isinstance(node, cst.Name):
            value = self.source.value(node)
            return None if value is None else self._literal(value, depth + 1)
        if isinstance(node, cst.Attribute):
            own = self._of_class(node)
            return own[0] if own is not None and len(own) == 1 else None
        return node

    def _item(self, node: cst.Subscript, depth: int) -> Numbers:
        """``self.lags["short"]`` and ``LAGS[0]`` of literals."""
        index = node.slice[0].slice if len(node.slice) == 1 else None
        if not isinstance(index, cst.Index):
            return UNKNOWN
        literal = self._literal(node.value, depth)
        if isinstance(literal, cst.Dict):
            wanted = text_of(index.value)
            for pair in literal.elements:
                key = text_of(pair.key) if isinstance(pair, cst.DictElement) else None
                if key is not None and key == wanted:
                    return self.numbers(pair.value, depth)
        elif literal is not None and (place := number_of(index.value)) is not None:
            part = part_of(literal, (int(place),))
            return UNKNOWN if part is None else self.numbers(part, depth)
        return UNKNOWN

    # -- parameters --------------------------------------------------------

    def _parameter(self, param: cst.Param, depth: int) -> Numbers:
        """The default of a parameter, and what the calls in this file give it."""
        parameters = self.source.parent(param)
        function = self.source.parent(parameters) if parameters is not None else None
        if not isinstance(parameters, cst.Parameters) or not isinstance(function, cst.FunctionDef):
            return UNKNOWN
        given = list(self._given(param, parameters, function)) or [None]
        values = [param.default if value is None else value for value in given]
        return _union([UNKNOWN if v is None else self.numbers(v, depth) for v in values])

    def _given(
        self, param: cst.Param, parameters: cst.Parameters, function: cst.FunctionDef
    ) -> Iterator[cst.BaseExpression | None]:
        positional = [*parameters.posonly_params, *parameters.params]
        place = positional.index(param) if param in positional else 99
        of_class = self.source.class_of(function) is not None
        for call in self._calls.get(function.name.value, ()):
            bound = of_class and "staticmethod" not in decorators(function)
            direct = (
                isinstance(call.func, cst.Attribute)
                and self.source.local_class(call.func.value) is not None
            )
            own = place - 1 if bound and not direct else place
            yield argument(call, own, param.name.value)

    @cached_property
    def _calls(self) -> dict[str, list[cst.Call]]:
        found: dict[str, list[cst.Call]] = {}
        for call in self.source.all(cst.Call):
            match call.func:
                case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
                    found.setdefault(name, []).append(call)
        return found

    # -- attributes --------------------------------------------------------

    def _attribute(self, node: cst.Attribute, depth: int) -> Numbers:
        if node.attr.value == "value":
            own = self._of_class(node.value) or []
            if isinstance(node.value, cst.Name):
                own = [value for value in self.source.values(node.value) if value is not None]
            found = [self._hyperopt(value, depth) for value in own]
            bounds = [one for one in found if one is not None]
            if bounds and len(bounds) == len(found):
                return _union(bounds)
        values = self._of_class(node)
        if not values:
            return UNKNOWN
        return _union([self.numbers(value, depth) for value in values])

    def _of_class(self, node: cst.CSTNode) -> list[cst.BaseExpression] | None:
        """The values of ``self.name``, ``cls.name`` and ``Class.name`` in this file."""
        if not isinstance(node, cst.Attribute) or not isinstance(node.value, cst.Name):
            return None
        known = node.value.value in {"self", "cls"} or self.source.local_class(node.value)
        return self._attributes.get(node.attr.value) if known else None

    @cached_property
    def _attributes(self) -> dict[str, list[cst.BaseExpression]]:
        """What is assigned to attributes of classes, in their bodies and on ``self``."""
        found: dict[str, list[cst.BaseExpression]] = {}
        every: list[cst.Assign | cst.AnnAssign] = [
            *self.source.all(cst.Assign),
            *self.source.all(cst.AnnAssign),
        ]
        for assign in every:
            if isinstance(assign, cst.Assign):
                targets = [target.target for target in assign.targets]
            else:
                targets = [assign.target]
            for target in targets:
                match target:
                    case cst.Attribute(value=cst.Name(value="self" | "cls"), attr=attr):
                        name = attr.value
                    case cst.Name(value=name) if self._in_class(assign):
                        pass
                    case _:
                        continue
                if assign.value is not None:
                    found.setdefault(name, []).append(assign.value)
        return found

    def _in_class(self, node: cst.CSTNode) -> bool:
        for outer in self.source.ancestors(node):
            if isinstance(outer, cst.ClassDef | cst.FunctionDef):
                return isinstance(outer, cst.ClassDef)
        return False

    def _hyperopt(self, node: cst.BaseExpression, depth: int) -> Numbers | None:
        """The bounds and the default of a parameter of hyperopt."""
        if not isinstance(node, cst.Call):
            return None
        name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
        if not isinstance(name, cst.Name) or not name.value.endswith("Parameter"):
            return None
        default = argument(node, 99, "default")
        found = Numbers(complete=True)
        if default is not None:
            found |= self.numbers(default, depth)
        for arg in [
            a for a in node.args if a.keyword is None or a.keyword.value in {"low", "high"}
        ]:
            items = self._items(arg.value, depth)
            for value in [arg.value] if items is None else items:
                found |= self.numbers(value, depth)
        return found


def _union(found: list[Numbers]) -> Numbers:
    every = Numbers(complete=bool(found))
    for one in found:
        every |= one
    return every
