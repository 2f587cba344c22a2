"""Finds what indicators without parameters refer to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.looking import operands, uses
from freqgen_offline.meaning import Bare, Condition, Cross, Opposite, UnreadableError, Use
from freqgen_offline.phrases import Clause
from freqgen_offline.statements import Statement
from freqgen_offline.vocabulary import alike

Averages = list[tuple[Use, Use]]

_CROSSES = frozenset({"GOLDEN", "DEATH"})
_OF_ONE_NUMBER = frozenset({"RSI", "ADX", "ATR", "EMA", "SMA", "MA"})


def left_open(statement: Statement, clause: Clause) -> frozenset[str]:
    """The functions whose bare mention in a clause does not mean the one written elsewhere.

    "RSI < 30 or RSI(7) < 20" is about two indicators, but "RSI(7) > 30 and RSI < 50" about one.
    """
    alternatives = any(not isinstance(p, Clause) and p.type == "OR" for p in statement.parts)
    written: set[str] = set()
    seen = False
    for other in statement.clauses:
        if other.condition is None:
            continue
        found = {u.function for u in _uses(other) if u.params or u.length is not None}
        if other is clause or seen or alternatives:
            written |= found
        seen = seen or other is clause
    bare = {u.function for u in _uses(clause) if not u.params and u.length is None}
    return frozenset(bare & written & _OF_ONE_NUMBER)


def _uses(clause: Clause) -> list[Use]:
    if clause.condition is None:
        return []
    return [u for operand in operands(clause.condition) for u in uses(operand)]


def defines(statement: Statement, clause: Clause) -> bool:
    """Whether a clause only gives the parameters of what others are about.

    As in "buy when MACD crosses up, with the MACD at 12, 26 and 9", and "Supertrend(10, 3): buy
    when it turns up".
    """
    use = clause.meaning.operand if isinstance(clause.meaning, Bare) else None
    if not isinstance(use, Use) or not use.params or clause.condition is not None:
        return False
    parts = [*statement.given, *statement.parts]
    at = next((i for i, p in enumerate(parts) if p is clause), 0)
    before = parts[at - 1] if at else None
    introduced = isinstance(before, Word) and before.type == "ALONG"
    introduced |= clause.words[-1].type == "COLON"
    introduced |= any(str(w.token).startswith(("where", "use")) for w in clause.words)
    others = [u for c in statement.clauses if c is not clause for u in _uses(c)]
    return introduced and any(alike(u.function, use.function) for u in others)


def traded(statement: Statement) -> list[Clause]:
    """The pairs that stand right behind a verb: "buy BTC and ETH when"."""
    found: list[Clause] = []
    for clause in statement.own if statement.verb is not None else ():
        use = clause.meaning.operand if isinstance(clause.meaning, Bare) else None
        pair = isinstance(use, Use) and use.function == "PRICE" and use.pair
        if not pair or any(w.type not in MEANINGLESS | {"PAIR"} for w in clause.words):
            break
        found.append(clause)
    return found if len(found) < len(statement.own) else []


def named_averages(statements: Sequence[Statement]) -> Averages:
    """The averages that golden and death crosses are said to be of."""
    found: Averages = []
    for statement in statements:
        for clause in statement.clauses:
            condition = clause.condition
            if not isinstance(condition, Cross) or not _crosses(clause):
                continue
            pair = condition.left, condition.right
            averages = [u for u in pair if isinstance(u, Use) and u.function != "GOLDEN"]
            if len(averages) == len(pair) and pair not in found:
                found.append((averages[0], averages[1]))
    return found


def opposites(statements: Sequence[Statement]) -> None:
    """Let "the opposite cross" be that of the entry on the same side, the other way round."""
    for statement in statements:
        for clause in statement.clauses:
            if not isinstance(clause.condition, Opposite):
                continue
            entry = statement.list_name.replace("exit", "entry")
            crossings = {
                c.condition
                for s in statements
                if s.list_name == entry and s is not statement
                for c in s.clauses
                if isinstance(c.condition, Cross)
            }
            if len(crossings) == 1:
                found = crossings.pop()
                up = found.up if found.up is not None else entry == "entry_long"
                clause.condition = replace(found, up=not up)
            else:
                clause.condition, clause.why = None, "which cross is not said"


def _crosses(clause: Clause) -> bool:
    return any(w.type in _CROSSES for w in clause.words)


def with_averages(condition: Condition, averages: Averages) -> Condition:
    """A golden or death cross of the averages that another one is said to be of.

    :raises UnreadableError: If others are of several.
    """
    if not isinstance(condition, Cross) or not isinstance(condition.left, Use):
        return condition
    if condition.left.function != "GOLDEN" or not averages:
        return condition
    if len(averages) > 1:
        raise UnreadableError("golden and death crosses are said to be of several averages")
    return Cross(*averages[0], condition.up)
