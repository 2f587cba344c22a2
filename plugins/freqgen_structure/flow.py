"""Where the statements of a function lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from freqgen_structure.source import Source


def returns_of(source: Source, function: cst.FunctionDef) -> list[cst.Return]:
    """The ``return`` statements of a function, without those of functions within it."""
    return [
        node for node in source.below(function, cst.Return) if source.function_of(node) is function
    ]


def gives_nothing(node: cst.Return) -> bool:
    """Whether a ``return`` gives ``None``."""
    return node.value is None or (isinstance(node.value, cst.Name) and node.value.value == "None")


def is_generator(source: Source, function: cst.FunctionDef) -> bool:
    """Whether a function has a ``yield`` of its own."""
    return any(source.function_of(n) is function for n in source.below(function, cst.Yield))


def is_empty(function: cst.FunctionDef) -> bool:
    """Whether a function has no more than its docstring, ``pass``, ``...`` or ``return None``."""
    for statement in function.body.body:
        smalls = statement.body if isinstance(statement, cst.SimpleStatementLine) else [statement]
        for small in smalls if isinstance(smalls, list | tuple) else [smalls]:
            quiet = (
                isinstance(small, cst.Pass)
                or _returns_nothing(small)
                or (
                    isinstance(small, cst.Expr)
                    and isinstance(
                        small.value, cst.Ellipsis | cst.SimpleString | cst.ConcatenatedString
                    )
                )
            )
            if not quiet:
                return False
    return True


def _returns_nothing(node: object) -> bool:
    return isinstance(node, cst.Return) and (
        node.value is None or (isinstance(node.value, cst.Name) and node.value.value == "None")
    )


def last_expression(function: cst.FunctionDef) -> cst.BaseExpression | None:
    """The expression that stands by itself at the end of a function."""
    last = function.body.body[-1] if function.body.body else None
    if isinstance(last, cst.SimpleStatementLine):
        small = last.body[-1]
        return small.value if isinstance(small, cst.Expr) else None
    return None


def falls_through(block: cst.BaseSuite) -> bool:
    """Whether execution can reach the end of a block."""
    return not any(_ends(statement) for statement in block.body)


def _ends(node: cst.CSTNode) -> bool:
    """Whether nothing after this statement is reached."""
    match node:
        case cst.SimpleStatementLine():
            return any(isinstance(s, cst.Return | cst.Raise) for s in node.body)
        case cst.Return() | cst.Raise():
            return True
        case cst.If():
            return _if_ends(node)
        case cst.With():
            # contextlib.suppress may swallow an exception, but then something else is wrong.
            return not falls_through(node.body)
        case cst.While():
            forever = isinstance(node.test, cst.Name) and node.test.value == "True"
            return forever and not _has_break(node.body)
        case cst.Try() | cst.TryStar():
            if node.finalbody is not None and not falls_through(node.finalbody.body):
                return True
            body = not falls_through(node.body) or (
                node.orelse is not None and not falls_through(node.orelse.body)
            )
            return body and all(not falls_through(h.body) for h in node.handlers)
        case cst.Match():
            return _match_ends(node)
    return False


def _if_ends(node: cst.If) -> bool:
    while True:
        if falls_through(node.body):
            return False
        if isinstance(node.orelse, cst.If):
            node = node.orelse
            continue
        return node.orelse is not None and not falls_through(node.orelse.body)


def _match_ends(node: cst.Match) -> bool:
    last = node.cases[-1]
    irrefutable = (
        last.guard is None
        and isinstance(last.pattern, cst.MatchAs)
        and last.pattern.pattern is None
    )
    return irrefutable and all(not falls_through(case.body) for case in node.cases)


def _has_break(block: cst.BaseSuite) -> bool:
    stack: list[cst.CSTNode] = list(block.body)
    while stack:
        node = stack.pop()
        if isinstance(node, cst.Break):
            return True
        if not isinstance(node, cst.For | cst.While | cst.FunctionDef | cst.ClassDef):
            stack.extend(node.children)
    return False
