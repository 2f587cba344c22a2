"""What the body of a class binds, on one line, in tuples, and under conditions too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

NESTING = (
    cst.IndentedBlock,
    cst.SimpleStatementSuite,
    cst.If,
    cst.Else,
    cst.Try,
    cst.TryStar,
    cst.ExceptHandler,
    cst.ExceptStarHandler,
    cst.Finally,
    cst.With,
    cst.For,
    cst.While,
)
"""Statements that have no names of their own: what is bound inside belongs to the class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One assignment of an attribute.

    :param value: Its value; where that is not an expression of its own, the target.
    """

    name: str
    target: cst.Name
    value: cst.BaseExpression


def statements(
    block: cst.BaseSuite,
) -> Iterator[cst.BaseSmallStatement | cst.BaseCompoundStatement]:
    """The statements of a block in the order of the text, those nested in others included."""
    stack: list[cst.CSTNode] = [block]
    while stack:
        node = stack.pop()
        if isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            yield node
        if isinstance(node, (*NESTING, cst.SimpleStatementLine)):
            stack.extend(reversed(node.children))


def settings(owner: cst.ClassDef) -> Iterator[Setting]:
    """The attributes that the body of a class assigns, in the order of the text."""
    for statement in statements(owner.body):
        if isinstance(statement, cst.AnnAssign) and statement.value is not None:
            yield from _pairs(statement.target, statement.value)
        elif isinstance(statement, cst.Assign):
            for target in statement.targets:
                yield from _pairs(target.target, statement.value)


def _pairs(target: cst.BaseExpression, value: cst.BaseExpression | None) -> Iterator[Setting]:
    if isinstance(target, cst.Name):
        yield Setting(name=target.value, target=target, value=target if value is None else value)
    elif isinstance(target, cst.Tuple | cst.List):
        values: list[cst.BaseExpression | None] = [None] * len(target.elements)
        if (
            isinstance(value, cst.Tuple | cst.List)
            and len(value.elements) == len(values)
            and not any(
                isinstance(one, cst.StarredElement) for one in (*target.elements, *value.elements)
            )
        ):
            values = [one.value for one in value.elements]
        for element, one in zip(target.elements, values, strict=True):
            yield from _pairs(element.value, one)


def brought(owner: cst.ClassDef) -> Iterator[str]:
    """The names that imports in the body of a class bind."""
    for statement in statements(owner.body):
        if isinstance(statement, cst.Import | cst.ImportFrom) and not isinstance(
            statement.names, cst.ImportStar
        ):
            for alias in statement.names:
                yield alias.evaluated_alias or alias.evaluated_name.partition(".")[0]
