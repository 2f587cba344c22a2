"""Texts that a strategy hands to pandas or to ``str.format``."""

from __future__ import annotations

import ast
from string import Formatter

_PLAIN = (
    ast.Expression, ast.BoolOp, ast.boolop, ast.Compare, ast.cmpop, ast.BinOp, ast.operator,
    ast.UnaryOp, ast.unaryop, ast.Name, ast.Constant, ast.expr_context,
)  # fmt: skip


def is_plain_query(text: str) -> bool:
    """Whether a query of pandas only compares columns and numbers, and calls nothing."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(isinstance(node, _PLAIN) for node in ast.walk(tree))


def reads_attributes(template: str) -> bool:
    """Whether a format string looks inside the objects that it is given."""
    try:
        for _, name, spec, _ in Formatter().parse(template):
            if name is not None and "." in name:
                return True
            if spec and "{" in spec and reads_attributes(spec):
                return True
    except ValueError:
        return False  # format itself refuses it
    return False
