"""Gives clauses what they leave out: a subject, or all but an object."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

from freqgen_offline.comparing import SUBJECT, compare, cross, turned
from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.looking import is_price
from freqgen_offline.meaning import (
    Bare,
    Both,
    Column,
    Compare,
    Condition,
    Cross,
    Earlier,
    Extended,
    Held,
    Number,
    Operand,
    Opposite,
    Placed,
    Run,
    Said,
    Tail,
    Turn,
    UnreadableError,
    Use,
)
from freqgen_offline.phrases import Clause, begins_with_close
from freqgen_offline.statements import Statement
from freqgen_offline.vocabulary import FAMILIES

Parts = Sequence[Clause | Word]

SEVERAL = "whether it is of all that were named before cannot be told for certain"


def fill(
    statement: Statement, before: Statement | None = None, mentioned: Use | None = None
) -> None:
    """Give clauses without a subject, or with nothing but one, what they leave out.

    :param before: The statement before it, whose subject "it" is.
    :param mentioned: What was named last for itself, as in "Supertrend: when it turns green".
    """
    previous = _it(statement, before)
    several: Clause | None = None
    waiting: list[Clause] = []
    clauses, bracketed = statement.clauses, _bracketed(statement)
    for clause in clauses:
        meaning = clause.meaning
        if isinstance(meaning, Placed) and not isinstance(meaning.what, Tail):
            clause.condition = _closing(clause, meaning.what, previous)
            if clause.condition is not meaning.what:
                clause.leans = previous
            shared = meaning.what if isinstance(meaning.what, Compare | Cross | Run) else None
            if shared is not None and waiting:
                several = clause
                for other in waiting:
                    other.condition = _with_subject(other, shared, plural=_is_plural(clause))
                    other.leans = clause
        elif several is not None and previous is several:
            clause.why = SEVERAL
        elif isinstance(meaning, Placed) and previous is not None:
            assert isinstance(meaning.what, Tail)  # noqa: S101  (conditions went before)
            assert previous.condition is not None  # noqa: S101  (so it was chosen)
            clause.condition = _filled(meaning.what, previous.condition)
            clause.leans = previous
        elif isinstance(meaning, Placed):
            assert isinstance(meaning.what, Tail)  # noqa: S101  (conditions went before)
            if clause is clauses[0]:
                clause.condition = _breakout(clause, meaning.what)
            if clause.condition is None and mentioned is not None and _says_it(clause):
                clause.condition = _of(meaning.what, mentioned)
        elif isinstance(meaning, Bare) and previous is not None:
            clause.condition = _with_object(meaning, previous.condition)
            clause.leans = previous
        if id(clause) in bracketed:
            _explain(previous, clause)
            _explain_vague(*bracketed[id(clause)], clause)
        if clause.explains and clause.condition is not None:
            _replace_explained(statement, clause)
        waits = isinstance(meaning, Bare) and clause.condition is None
        waiting = [*waiting, clause] if waits else []
        previous = clause if clause.condition is not None else None


def _breakout(clause: Clause, what: Condition | Tail) -> Condition | None:
    """The condition of a breakout without a subject: what breaks out is the price."""
    like = what.like if isinstance(what, Tail) else what
    breaks = any(str(w.token).startswith("break") for w in clause.words)
    if breaks and isinstance(like, Cross) and is_price(like.right):
        return cross(Column("close"), like.right, up=like.up)
    return None


def _it(statement: Statement, before: Statement | None) -> Clause | None:
    """The clause whose subject "it" is at the beginning of a statement, if that is certain."""
    first = statement.clauses[0] if statement.clauses else None
    if first is None or before is None or before.lost or statement.given:
        return None
    if not isinstance(first.meaning, Placed):
        return None
    if not _says_it(first):
        return None
    conditions = [c for c in before.clauses if c.condition is not None]
    subjects = {_alone(subject(c.condition)) for c in conditions if c.condition is not None}
    clear = len(subjects) == 1 and None not in subjects and before.verb is not None
    return conditions[-1] if clear else None


def _alone(operand: Operand | None) -> Operand | None:
    """What something is called where one name stands for several: the stochastic's %K."""
    if isinstance(operand, Use) and operand.function in FAMILIES["STOCHASTIC"]:
        return replace(operand, function="STOCHASTIC")
    return operand


def _replace_explained(statement: Statement, clause: Clause) -> None:
    """Let a condition stand for the words that it explains: "..., which means that RSI > 30"."""
    clauses = statement.clauses
    before = clauses[: clauses.index(clause)]
    if not before:
        return
    explained = before[-1]
    if isinstance(explained.condition, Extended) and isinstance(clause.condition, Compare):
        explained.condition, explained.explained, clause.leans = None, True, None
        return
    if explained.condition is None or isinstance(explained.condition, type(clause.condition)):
        if clause.leans is explained:
            return
        explained.condition = None
        explained.explained = True


def _bracketed(statement: Statement) -> dict[int, tuple[Parts, int]]:
    """The clauses that stand right behind a bracket, by their ``id``, and where they stand."""
    return {
        id(clause): (parts, at)
        for parts in (statement.given, statement.parts)
        for at, (before, clause) in enumerate(pairwise(parts), start=1)
        if isinstance(clause, Clause) and isinstance(before, Word) and before.type == "LPAR"
    }


def _explain_vague(parts: Parts, at: int, clause: Clause) -> None:
    """Let a condition in brackets say what "the market is oversold" means."""
    vague = parts[at - 2] if at > 1 and clause.start - parts[at - 1].end <= 1 else None
    closed = at + 1 < len(parts) and isinstance(end := parts[at + 1], Word) and end.type == "RPAR"
    if not isinstance(vague, Clause) or vague.meaning is not None or not closed:
        return
    said = {str(w.token) for w in vague.words}
    kinds = {w.type for w in vague.words}
    if clause.condition is not None and kinds <= _VAGUE and not said & _NO_EXPLANATION:
        vague.explained = True


_VAGUE = MEANINGLESS | {"WORD", "IS", "OVERSOLD", "OVERBOUGHT", "UPWARDS", "DOWNWARDS"}
_NO_EXPLANATION = frozenset({"not", "no", "only", "never", "also", "must", "except", "without"})


def _explain(previous: Clause | None, clause: Clause) -> None:
    """Let the level in brackets say what "oversold (below 20)" means."""
    said = previous.condition if previous is not None else None
    level = clause.condition
    if previous is None or not isinstance(said, Extended) or not isinstance(level, Compare):
        return
    if level.left == said.operand and level.op.startswith(">" if said.overbought else "<"):
        previous.condition = level
        previous.leans = clause
        clause.leans = None


def subject(condition: Condition) -> Operand | None:
    """What a condition is about; ``None`` for the time of day and the like."""
    if isinstance(condition, Said | Opposite):
        return None
    if isinstance(condition, Held):
        return subject(condition.what)
    if isinstance(condition, Both):
        condition = condition.first
    found = condition.left if isinstance(condition, Compare | Cross) else condition.operand
    return None if isinstance(found, Earlier) else found  # "... ago and is above 30 now"


def _closing(clause: Clause, condition: Condition, previous: Clause | None) -> Condition:
    """The condition, of the subject before it where an indicator "closes above" a number."""
    if not begins_with_close(clause.words) or not isinstance(condition, Compare):
        return condition
    before = previous.condition if previous is not None else None
    about = before.left if isinstance(before, Compare | Cross) else None
    if isinstance(about, Use) and isinstance(condition.right, Number):
        return compare(about, condition.op, condition.right)
    return condition


def _says_it(clause: Clause) -> bool:
    return any(str(w.token) in {"it", "it's"} for w in clause.words)


def _filled(tail: Tail, previous: Condition) -> Condition | None:
    """A tail with the subject of the condition before it."""
    about = subject(previous)
    if isinstance(previous, Compare) and previous.denied:
        return None  # "not above 70 or below 30"
    if isinstance(tail.like, Cross) and tail.like.right == SUBJECT:
        # "when it crosses back below": what it crossed before
        return replace(previous, up=tail.like.up) if isinstance(previous, Cross) else None
    if tail.both and isinstance(previous, Cross | Compare) and isinstance(tail.like, Compare):
        op, level = tail.like.op, tail.like.right
        return Both(compare(previous.left, op, level), compare(previous.right, op, level))
    return None if about is None or tail.both else _of(tail, about)


def _of(tail: Tail, about: Operand) -> Condition | None:
    """A tail with its subject."""
    if isinstance(tail.like, Turn):
        with suppress(UnreadableError):
            return turned(replace(tail.like, operand=about))
        return None
    if isinstance(tail.like, Cross) and tail.like.right == SUBJECT:
        return None
    if isinstance(tail.like, Compare):
        return compare(about, tail.like.op, tail.like.right)
    if isinstance(tail.like, Cross):
        return cross(about, tail.like.right, up=tail.like.up)
    return replace(tail.like, operand=about)


def _is_plural(clause: Clause) -> bool:
    """Whether a verb has several subjects: "RSI and MFI are below 30"."""
    return any(w.type == "IS" and str(w.token) == "are" for w in clause.words)


def _with_subject(
    waiting: Clause, condition: Compare | Cross | Run, *, plural: bool
) -> Condition | None:
    """The condition of the first subject: "the close and the open are above the EMA"."""
    assert isinstance(waiting.meaning, Bare)  # noqa: S101  (the caller looked)
    about = waiting.meaning.operand
    if isinstance(condition, Run):
        return replace(condition, operand=about) if plural else None
    if not plural and not _alike(about, condition.left):
        return None
    if isinstance(condition, Compare):
        return Compare(about, condition.op, condition.right)
    return Cross(about, condition.right, condition.up)


def _with_object(bare: Bare, previous: Condition | None) -> Condition | None:
    """The condition of the second object: "above the 50 EMA and the 200 EMA"."""
    if isinstance(previous, Both) or not isinstance(previous, Compare | Cross):
        return None
    if isinstance(previous, Compare) and previous.denied:
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
