"""What only looks after the data, such as a check that a price is not negative."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.columns import CANDLES
from freqgen_structure.following import reads_of
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import dotted, number_of

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_MENDING = frozenset("mask where drop".split())
_WHOLE = frozenset("any all sum".split())
_TELLING = frozenset("critical debug error exception info log print warning".split())
_MISSING = frozenset("isna isnull notna notnull isnan".split())
_COUNTING = frozenset("any count max nunique sum".split())
_DEEPEST = 10


def only_guards(source: Source, node: cst.BaseExpression, depth: int = 0) -> bool:
    """Whether a comparison only looks for data that is wrong, and decides no entry and no exit."""
    inside: cst.CSTNode = node
    for outer in source.ancestors(node):
        match outer:
            case cst.Assert():
                return True
            case cst.Call(func=cst.Attribute(attr=cst.Name(value=name))):
                if inside is outer.func and name in _WHOLE:
                    return _ends_in_check(source, outer, depth)
                if inside is not outer.func and name in _TELLING:
                    return True
                if inside is not outer.func and name in _MENDING:
                    return source.imported(outer.func) is None
            case cst.Call(func=cst.Name(value="print")):
                return True
            case cst.If():
                return inside is outer.test and _stops(outer)
            case cst.Assign():
                return all(_is_guard(source, t.target, depth) for t in outer.targets)
            case cst.BaseStatement() | cst.BaseSmallStatement():
                return False
        inside = outer
    return False


def _ends_in_check(source: Source, call: cst.Call, depth: int) -> bool:
    """Whether one answer for a whole column is only asked by a statement that is a check."""
    for outer in source.ancestors(call):
        match outer:
            case cst.If() | cst.Assert():
                return not isinstance(outer, cst.If) or _stops(outer)
            case cst.Call():
                return (dotted(outer.func) or "").rpartition(".")[2] in _TELLING
            case cst.Assign():
                return all(_is_guard(source, t.target, depth) for t in outer.targets)
            case cst.BaseStatement() | cst.BaseSmallStatement():
                return False
    return False


def _is_guard(source: Source, target: cst.BaseExpression, depth: int) -> bool:
    if isinstance(target, cst.Name):
        reads = reads_of(source, target)
        return depth < _DEEPEST and all(only_guards(source, read, depth + 1) for read in reads)
    column = kinds_of(source).column_of(target)
    if column is None and isinstance(target, cst.Subscript):
        names = [text.evaluated_value for text in source.below(target.slice[-1], cst.SimpleString)]
        column = names[0] if len(names) == 1 and isinstance(names[0], str) else None
    return column in CANDLES


def _stops(node: cst.If) -> bool:
    """Whether the branch raises, or only tells something."""
    if isinstance(node.body, cst.SimpleStatementSuite):
        small = list(node.body.body)
    else:
        lines = node.body.body
        if not all(isinstance(line, cst.SimpleStatementLine) for line in lines):
            return False
        small = [
            s for line in lines if isinstance(line, cst.SimpleStatementLine) for s in line.body
        ]
    return any(isinstance(one, cst.Raise) for one in small) or all(
        isinstance(one, cst.Pass)
        or (
            isinstance(one, cst.Expr)
            and isinstance(one.value, cst.Call)
            and (dotted(one.value.func) or "").rpartition(".")[2] in _TELLING
        )
        for one in small
    )


def asks_whether_empty(source: Source, call: cst.Call) -> bool:
    """Whether an ``if`` asks by a statistic of a column whether there is anything in it."""
    if not isinstance(call.func, cst.Attribute):
        return False
    base, name = call.func.value, call.func.attr.value
    outer = source.parent(call)
    current: cst.CSTNode = call
    if isinstance(outer, cst.Comparison) and outer.left is call and len(outer.comparisons) == 1:
        target = outer.comparisons[0]
        if number_of(target.comparator) != 0 or name not in _COUNTING:
            return False
        plain = kinds_of(source).column_of(base)
        exact = isinstance(target.operator, cst.Equal | cst.NotEqual) and plain is not None
        if not exact and plain != "volume" and not _asks_missing(base):
            return False
        current, outer = outer, source.parent(outer)
    elif not (name in {"all", "any"} and _asks_missing(base)) and not (
        name in {"any", "count", "sum"} and kinds_of(source).column_of(base) == "volume"
    ):
        return False
    while isinstance(outer, cst.UnaryOperation | cst.BooleanOperation):
        current, outer = outer, source.parent(outer)
    return isinstance(outer, cst.If) and outer.test is current


def _asks_missing(node: cst.BaseExpression) -> bool:
    """``x.isnull()``, or a comparison with 0 by ``==`` or ``!=``."""
    if isinstance(node, cst.Call):
        return (dotted(node.func) or "").rpartition(".")[2] in _MISSING or (
            isinstance(node.func, cst.Attribute) and node.func.attr.value in _MISSING
        )
    return (
        isinstance(node, cst.Comparison)
        and len(node.comparisons) == 1
        and isinstance(node.comparisons[0].operator, cst.Equal | cst.NotEqual)
        and number_of(node.comparisons[0].comparator) == 0
    )
