"""Finds out which side, longs or shorts, a sentence is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from freqgen_offline.lexicon import Word
from freqgen_offline.meaning import Placed, Said, Tail
from freqgen_offline.rules import begins_with_unless
from freqgen_offline.statements import Statement


def choose_sides(statements: Sequence[Statement]) -> None:
    """Find out whose exit "exit" is, and what a filter filters."""
    side = "long"
    entries = {s.list_name for s in statements if s.list_name.startswith("entry")}
    exits = [s for s in statements if s.list_name.startswith("exit")]
    previous: Statement | None = None
    for statement in statements:
        if statement.list_name.startswith("entry"):
            if side == "short" and _names_no_side(statement):
                statement.lose("it is not clear whether it enters longs or shorts")
            side = statement.list_name.removeprefix("entry_")
        elif statement.list_name == "exit":
            said = str(statement.verb.token) if statement.verb else ""
            named_long = "sell" in said or "long" in said
            statement.list_name = "exit_long" if named_long else f"exit_{side}"
            if not named_long and len(entries) > 1 and len(exits) == 1:
                statement.lose("it is not clear whether it ends longs or shorts")
        elif statement.list_name == "filter":
            if len(entries) == 1:
                statement.list_name = next(iter(entries))
            elif entries and _of_both_sides(statement):
                statement.list_name, *statement.also = sorted(entries)
            else:
                statement.lose("it is not clear whether it filters longs or shorts")
        if _demands(statement) and _depends(statement):
            statement.lose("what is demanded depends on something else")
        elif _demands(statement) and len(entries) == 1:
            if previous is not None and previous.list_name.startswith("exit"):
                statement.lose("it is not clear whether it is for the entry or the exit")
            statement.list_name = next(iter(entries))
        elif statement.verb is None and previous is not None and _carries_on(statement):
            statement.list_name = previous.list_name
            if previous.lost:
                statement.lose(previous.why)
        if statement.list_name or statement.lost:
            previous = statement


def _carries_on(statement: Statement) -> bool:
    """Whether a sentence without a verb goes on from the one before: "But not when ADX > 40"."""
    return statement.continues or begins_with_unless(statement.parts)


_MUST = frozenset({"must", "has", "have", "should", "needs", "need"})


def _demands(statement: Statement) -> bool:
    """Whether a sentence without a verb of trading says what must hold: "ADX must be above 20"."""
    if statement.verb is not None or statement.lost or statement.continues:
        return False
    found = [c.meaning for c in statement.clauses if isinstance(c.meaning, Placed)]
    said = {str(w.token) for c in statement.clauses for w in c.words}
    return bool(said & _MUST and found) and not isinstance(found[0].what, Tail)


def _names_no_side(statement: Statement) -> bool:
    """Whether an entry is of the side that was spoken of: "Short only when ... Enter when ..."."""
    said = str(statement.verb.token) if statement.verb else ""
    return (
        statement.list_name == "entry_long"
        and re.search("enter|entr|open", said) is not None
        and "long" not in said
    )


def _depends(statement: Statement) -> bool:
    """Whether a demand holds only if something else does: "ADX must be above 20 if RSI < 25"."""
    joints = {p.type for p in (*statement.given, *statement.parts) if isinstance(p, Word)}
    return statement.conditional or "UNLESS" in joints


def _of_both_sides(statement: Statement) -> bool:
    """Whether a filter is of the time of day, which is that of longs and shorts."""
    conditions = [c.meaning.what for c in statement.clauses if isinstance(c.meaning, Placed)]
    return bool(conditions) and all(isinstance(what, Said) for what in conditions)
