"""What the calls of a file's own functions pass to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import argument
from freqgen_structure.vocabulary import Kind

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_COLUMNS = frozenset({Kind.SERIES, Kind.BOOLS})


def of_columns(source: Source, node: cst.BaseExpression) -> bool:
    """Whether an expression that looks like a column is one, whoever calls its function.

    A parameter that is annotated as a column may be given an array all the same.
    """
    seen: set[cst.CSTNode] = set()
    todo: list[cst.BaseExpression] = [node]
    while todo:
        for name in source.below(todo.pop(), cst.Name):
            for one in source.bindings(name):
                param = one.parameter
                if param is None or param in seen:
                    continue
                seen.add(param)
                if kinds_of(source).of(name) in _COLUMNS and not always_columns(source, param):
                    return False
            fresh = [v for v in source.values(name) if v is not None and v not in seen]
            seen.update(fresh)
            todo += fresh
    return True


def always_columns(source: Source, param: cst.Param) -> bool:
    """Whether every use of a function is seen, and gives the parameter a column."""
    function = source.function_of(param)
    if function is None or param not in function.params.params:
        return False
    uses = [
        name
        for name in source.all(cst.Name)
        if name.value == function.name.value and name is not function.name
    ]
    return bool(uses) and all(_gives_column(source, use, function, param) for use in uses)


def _gives_column(
    source: Source, use: cst.Name, function: cst.FunctionDef, param: cst.Param
) -> bool:
    holder = source.parent(use)
    read = holder if isinstance(holder, cst.Attribute) and holder.attr is use else use
    user = source.parent(read)
    kinds = kinds_of(source)
    number = list(function.params.params).index(param)
    if isinstance(read, cst.Attribute):
        number -= 1  # the object itself is not among what is passed
    if isinstance(user, cst.Call) and user.func is read:
        if number < 0 or any(arg.star for arg in user.args):
            return False
        value = argument(user, number, param.name.value)
        return value is not None and kinds.of(value) in _COLUMNS
    call = source.parent(user) if isinstance(user, cst.Arg) else None
    if not isinstance(call, cst.Call) or not isinstance(call.func, cst.Attribute):
        return False
    if any(arg.star for arg in call.args):
        return False
    if call.func.attr.value != "apply" or kinds.of(call.func.value) is not Kind.WINDOW:
        return False
    raw = argument(call, 1, "raw")
    window = raw is None or (isinstance(raw, cst.Name) and raw.value == "False")
    return window and number == 0 and argument(call, 0, "func") is read
