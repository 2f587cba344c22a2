"""What calls in a strategy mean: functions of the file, their parameters, and axes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.nodes import argument, decorators, number_of, text_of
from freqgen_structure.signatures import POPULATE, informative_calls

if TYPE_CHECKING:
    from freqgen_structure.source import Source

Function = cst.FunctionDef | cst.Lambda

_OLD = ("populate_buy_trend", "populate_sell_trend")
# Methods whose first argument may be the axis.
_AXIS_FIRST = frozenset("mean max min sum std median var prod any all idxmax idxmin".split())


def is_given_all_candles(source: Source, function: cst.CSTNode) -> bool:
    """Whether Freqtrade itself gives a function the frame that columns are computed in."""
    if not isinstance(function, cst.FunctionDef):
        return False
    name = function.name.value
    return (
        name in POPULATE
        or name in _OLD
        or name.startswith("feature_engineering_")
        or bool(informative_calls(source, function))
    )


def functions_of(source: Source, node: cst.BaseExpression) -> list[Function]:
    """The functions of this file that an expression names, or the lambda that it is.

    A method is taken by its name, whatever object it is called on.
    """
    match node:
        case cst.Lambda():
            return [node]
        case cst.Name():
            bindings = source.bindings(node)
            found: list[Function] = [
                one.target for one in bindings if isinstance(one.target, cst.FunctionDef)
            ]
            return found + [one.whole for one in bindings if isinstance(one.whole, cst.Lambda)]
        case cst.Attribute(attr=attr) if source.imported(node) is None:
            return list(source.once(_methods).get(attr.value, ()))
    return []


def _methods(source: Source) -> dict[str, list[cst.FunctionDef]]:
    found: dict[str, list[cst.FunctionDef]] = {}
    for function in source.all(cst.FunctionDef):
        if source.class_of(function) is not None:
            found.setdefault(function.name.value, []).append(function)
    return found


def returned(source: Source, function: cst.FunctionDef) -> list[cst.BaseExpression]:
    """What a function of the file gives back."""
    return source.once(_returned).get(function, [])


def _returned(source: Source) -> dict[cst.CSTNode, list[cst.BaseExpression]]:
    found: dict[cst.CSTNode, list[cst.BaseExpression]] = {}
    for statement in source.all(cst.Return):
        owner = source.function_of(statement)
        if owner is not None and statement.value is not None:
            found.setdefault(owner, []).append(statement.value)
    return found


def bound_arguments(
    source: Source, call: cst.Call, function: Function
) -> Iterator[tuple[cst.Param, cst.Arg]]:
    """The parameters of a function of this file, and the arguments that a call gives them."""
    params = [*function.params.posonly_params, *function.params.params]
    skipped = 0
    if isinstance(call.func, cst.Attribute) and isinstance(function, cst.FunctionDef):
        of_class = source.local_class(call.func.value) is not None
        skipped = int(not of_class and "staticmethod" not in decorators(function))
    named = {param.name.value: param for param in (*params, *function.params.kwonly_params)}
    for place, arg in enumerate(call.args):
        if arg.star:
            return
        if arg.keyword is not None:
            if arg.keyword.value in named:
                yield named[arg.keyword.value], arg
        elif place + skipped < len(params):
            yield params[place + skipped], arg


def by_row(call: cst.Call, *, library: bool = False) -> bool:
    """Whether a call works along the columns of each row, and so on each candle by itself.

    :param library: Whether it is a function that gets the values first, as NumPy's do.
    """
    axis = argument(call, 99, "axis")
    if axis is None:
        name = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
        if library:
            axis = argument(call, 1, "axis") if name in _AXIS_FIRST else None
        elif name in _AXIS_FIRST or name == "apply":
            axis = argument(call, int(name == "apply"), "axis")
    return axis is not None and (number_of(axis) in {1, -1} or text_of(axis) == "columns")
