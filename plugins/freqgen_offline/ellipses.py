"""Gives clauses what they leave out: a subject, or all but an object."""

from __future__ import annotations

from dataclasses import replace

from freqgen_offline.clauses import compare, cross
from freqgen_offline.looking import is_price
from freqgen_offline.meaning import (
    Bare,
    Both,
    Compare,
    Condition,
    Cross,
    Number,
    Operand,
    Placed,
    Tail,
    Use,
)
from freqgen_offline.statements import Clause, Statement, begins_with_close


def fill(statement: Statement) -> None:
    """Give clauses without a subject, or with nothing but one, what they leave out."""
    previous: Clause | None = None
    waiting: Clause | None = None
    for clause in statement.clauses:
        meaning = clause.meaning
        if isinstance(meaning, Placed) and not isinstance(meaning.what, Tail):
            clause.condition = _closing(clause, meaning.what, previous)
            if waiting is not None and isinstance(meaning.what, Compare | Cross):
                waiting.condition = _with_subject(waiting, meaning.what)
        elif isinstance(meaning, Placed) and previous is not None:
            assert isinstance(meaning.what, Tail)  # noqa: S101  (conditions went before)
            assert previous.condition is not None  # noqa: S101  (so it was chosen)
            clause.condition = _filled(meaning.what, previous.condition)
        elif isinstance(meaning, Bare) and previous is not None:
            clause.condition = _with_object(meaning, previous.condition)
        waiting = clause if isinstance(meaning, Bare) and clause.condition is None else None
        previous = clause if clause.condition is not None else None


def _closing(clause: Clause, condition: Condition, previous: Clause | None) -> Condition:
    """The condition, of the subject before it where an indicator "closes above" a number."""
    if not begins_with_close(clause.words) or not isinstance(condition, Compare):
        return condition
    before = previous.condition if previous is not None else None
    subject = before.left if isinstance(before, Compare | Cross) else None
    if isinstance(subject, Use) and isinstance(condition.right, Number):
        return compare(subject, condition.op, condition.right)
    return condition


def _filled(tail: Tail, previous: Condition) -> Condition:
    """A tail with the subject of the condition before it."""
    if isinstance(previous, Both):
        previous = previous.first
    subject = previous.left if isinstance(previous, Compare | Cross) else previous.operand
    if isinstance(tail.like, Compare):
        return compare(subject, tail.like.op, tail.like.right)
    if isinstance(tail.like, Cross):
        return cross(subject, tail.like.right, up=tail.like.up)
    return replace(tail.like, operand=subject)


def _with_subject(waiting: Clause, condition: Compare | Cross) -> Condition | None:
    """The condition of the first subject: "the close and the open are above the EMA"."""
    assert isinstance(waiting.meaning, Bare)  # noqa: S101  (the caller looked)
    subject = waiting.meaning.operand
    if not _alike(subject, condition.left):
        return None
    if isinstance(condition, Compare):
        return Compare(subject, condition.op, condition.right)
    return Cross(subject, condition.right, condition.up)


def _with_object(bare: Bare, previous: Condition | None) -> Condition | None:
    """The condition of the second object: "above the 50 EMA and the 200 EMA"."""
    if isinstance(previous, Both) or not isinstance(previous, Compare | Cross):
        return None
    if not _alike(bare.operand, previous.right):
        return None
    if isinstance(previous, Compare):
        return Compare(previous.left, previous.op, bare.operand)
    return Cross(previous.left, bare.operand, previous.up)


def _alike(one: Operand, other: Operand) -> bool:
    """Whether two operands are of a kind, so that one may stand where the other does."""
    if is_price(one) and is_price(other):
        return True
    if isinstance(one, Use) and isinstance(other, Use):
        return {one.function, other.function} <= {"RSI", "ADX"}
    return False
