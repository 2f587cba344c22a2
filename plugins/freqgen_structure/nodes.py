"""What single nodes of a tree say."""

from __future__ import annotations

from ast import literal_eval
from functools import lru_cache

import libcst as cst


def decorators(function: cst.FunctionDef) -> set[str]:
    """The last names of a function's decorators."""
    found = set()
    for decorator in function.decorators:
        node = decorator.decorator
        name = dotted(node.func if isinstance(node, cst.Call) else node) or ""
        found.add(name.rpartition(".")[2])
    return found


def root_of(node: cst.CSTNode) -> tuple[cst.Name, list[str]] | None:
    """The name that a chain of attributes begins with, and the attributes after it."""
    attributes: list[str] = []
    while isinstance(node, cst.Attribute):
        attributes.insert(0, node.attr.value)
        node = node.value
    return (node, attributes) if isinstance(node, cst.Name) else None


def dotted(node: cst.CSTNode) -> str | None:
    """The source form of a name or chain of attributes, such as ``self.dp.runmode``."""
    chain = root_of(node)
    return None if chain is None else ".".join([chain[0].value, *chain[1]])


def text_of(node: cst.CSTNode) -> str | None:
    """The value of a string literal, its concatenation included; ``None`` for anything else."""
    match node:
        case cst.SimpleString(value=written):
            value = _evaluated(written)
        case cst.ConcatenatedString():
            value = node.evaluated_value
        case _:
            return None
    return value if isinstance(value, str) else None


@lru_cache(maxsize=4096)
def _evaluated(literal: str) -> object:
    """The value of a literal; a draft writes few, and rules ask for each of them many times."""
    return literal_eval(literal)


def number_of(node: cst.CSTNode) -> float | None:
    """The value of a number literal with its sign; ``None`` for anything else."""
    if isinstance(node, cst.UnaryOperation):
        inner = number_of(node.expression)
        if inner is None or not isinstance(node.operator, cst.Minus | cst.Plus):
            return None
        return -inner if isinstance(node.operator, cst.Minus) else inner
    if isinstance(node, cst.Integer | cst.Float):
        try:
            return float(node.evaluated_value)
        except OverflowError:
            return float("inf")
    return None


def argument(call: cst.Call, position: int, keyword: str) -> cst.BaseExpression | None:
    """An argument by position or keyword; ``None`` if absent or behind ``*`` or ``**``."""
    for number, arg in enumerate(call.args):
        if arg.keyword is not None and arg.keyword.value == keyword:
            return arg.value
        if arg.keyword is None and not arg.star and number == position:
            return arg.value
        if arg.star == "*" and number <= position:
            return None
    return None


def index_of(node: cst.Subscript) -> cst.BaseExpression | None:
    """What ``x[…]`` is read at, behind the last comma; ``None`` for a slice."""
    element = node.slice[-1].slice
    return element.value if isinstance(element, cst.Index) else None
