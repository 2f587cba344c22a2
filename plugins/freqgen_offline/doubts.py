"""Finds statements that say more than conditions joined by "and" and "or" can.

What is missed here would be read as something else than it says, so a statement that has such a
word and cannot be put right is lost as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, zip_longest

from freqgen_offline.clocks import some_hour
from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.meaning import (
    After,
    Bare,
    BarePercentage,
    Column,
    Compare,
    Condition,
    Cross,
    Held,
    Items,
    Placed,
    Said,
    Tail,
    Turn,
)
from freqgen_offline.phrases import Clause, meaning_of, says_nothing
from freqgen_offline.rules import begins_with_unless, denies_brackets
from freqgen_offline.statements import PARTIAL, Statement

SEQUENCE = "one thing after another is asked for; rules look at one candle"
QUANTITY = "how many of the conditions must hold cannot be told for certain"
DENIAL = "what exactly is denied cannot be told for certain"
HOURS = "there is no hour of the week at which all of these are true"
PROFIT = "an exit at a profit, or after a time, on a condition cannot be told from one of two"
END = "whether it begins a trade or ends one cannot be told for certain"
PART = "a part of a position is bought or sold; rules are for whole ones"

MAX_PARTIAL_WORDS = 6
_BEFORE_QUANTITY = frozenset({"COMMA", "LPAR", "RPAR", "NL", "BULLET"})
_JOINTS = {
    "any": ({"COMMA", "OR"}, {"BULLET", "NL"}, {"NL"}),
    "all": ({"COMMA", "AND"}, {"BULLET", "NL"}, {"NL"}),
}


def doubt(statements: Sequence[Statement]) -> None:
    """Mark the statements that are not understood for certain as lost."""
    for statement in statements:
        for clause in statement.clauses:
            _drop_then(clause)
        if why := _doubts(statement):
            statement.lose(why)
    for statement, following in pairwise(statements):
        if statement.denied and following.continues:
            following.lose(DENIAL)
        if following.opens_short and statement.list_name.startswith("exit") and not statement.ended:
            following.lose(END)  # "close longs when RSI > 60, shorts when RSI < 40"
        if statement.how == "any" and following.continues and following.verb is None:
            statement.lose(QUANTITY)
        if following.continues and following.conditional and following.verb is None:
            following.lose(QUANTITY)  # "Also when MFI < 20."
        ends = following.verb is not None and following.list_name.startswith("exit")
        if ends and _at_a_profit(statement) and following.own:
            following.lose(PROFIT)
        if ends and not following.clauses and not statement.ended and statement.own:
            statement.lose(END)  # "buy when RSI < 30 to close it"


def _drop_then(clause: Clause) -> None:
    """Let "then" before a setting mean nothing, as in "then hold for 12 candles"."""
    content = [w for w in clause.words if w.type not in MEANINGLESS]
    if content and content[0].type == "THEN" and len(content) > 1:
        meaning = meaning_of(content[1:])
        if isinstance(meaning, Items):
            clause.meaning = meaning


def _doubts(statement: Statement) -> str:
    """Why a statement cannot be read for certain; empty where it can."""
    kinds = {w.type for c in statement.clauses if c.meaning is None for w in c.words}
    if "THEN" in kinds:
        return SEQUENCE
    if "DOUBT" in kinds:
        tokens = [str(w.token) for c in statement.clauses for w in c.words if w.type == "DOUBT"]
        return QUANTITY if any(t.endswith("of") for t in tokens) else DENIAL
    if statement.verb is not None and _partial(statement):
        return PART
    if _denies_nothing(statement):
        return DENIAL
    if _unless(statement) or _denies_a_list(statement):
        return DENIAL
    if not some_hour(_hours(statement)):
        return HOURS
    if _exit_depends(statement) or _on_profit(statement):
        return PROFIT
    if _two_colours(statement):
        return SEQUENCE
    if _follows(statement):
        return SEQUENCE
    if kinds & {"ANY_OF", "ALL_OF"} and not (_one_is_enough(statement) or _quantified(statement)):
        return QUANTITY
    return ""


def _denies_nothing(statement: Statement) -> bool:
    """Whether a "not" stands for itself, with no bracket behind it."""
    parts = [*statement.given, *statement.parts]
    for part, following in zip_longest(parts, parts[1:]):
        bracket = isinstance(following, Word) and following.type == "LPAR"
        if isinstance(part, Clause) and denies_brackets(part) and not bracket:
            return True
    return False


def _unless(statement: Statement) -> bool:
    """Whether what "unless" is about cannot be told for certain."""
    parts = statement.parts
    places = [i for i, p in enumerate(parts) if isinstance(p, Word) and p.type == "UNLESS"]
    given = sum(isinstance(p, Word) and p.type == "UNLESS" for p in statement.given)
    if not places and not given:
        return False
    if statement.denied or len(places) + given > 1:
        return True
    if given:
        return not begins_with_unless(statement.given) or not statement.own
    entry = not statement.list_name.startswith("exit")
    if statement.verb is None and begins_with_unless(parts):
        return len(statement.own) > 1
    if begins_with_unless(parts):
        return entry or len(statement.own) > 1
    behind = parts[places[0] + 1 :]
    comma = False
    for part in behind:
        if comma and isinstance(part, Clause) and isinstance(part.meaning, Placed):
            return True
        comma = comma or (isinstance(part, Word) and part.type in {"COMMA", "MARK", "ALONG"})
    return False


def _denies_a_list(statement: Statement) -> bool:
    """Whether several things are denied in a list: each by itself, or all together?"""
    denied = statement.parts if statement.denied else ()
    denied = statement.given if begins_with_unless(statement.given) else denied
    conditions = [p for p in denied if isinstance(p, Clause) and isinstance(p.meaning, Placed)]
    joints = {p.type for p in denied[1:] if isinstance(p, Word)} - {"RPAR", "LPAR"}
    return len(conditions) > 1 and not joints <= {"AND"} and not joints <= {"OR"}


def _hours(statement: Statement) -> list[str]:
    """The rules on hours and weekdays that a statement joins with "and"."""
    if any(isinstance(p, Word) and p.type in {"OR", "UNLESS"} for p in statement.parts):
        return []
    found = [c.meaning.what for c in statement.clauses if isinstance(c.meaning, Placed)]
    return [rule for what in found if isinstance(what, Said) for rule in what.rules]


def _exit_depends(statement: Statement) -> bool:
    """Whether an exit by profit or time is joined to a condition: "sell at 5% when ADX > 25"."""
    if not statement.list_name.startswith("exit"):
        return False
    given = [c.meaning for c in statement.given if isinstance(c, Clause)]
    if any(isinstance(m, After | BarePercentage | Items) for m in given) and statement.own:
        return True  # "at 3% profit, sell if RSI > 60"
    if statement.given:
        return False
    conditions = [c for c in statement.own if isinstance(c.meaning, Placed)]
    if not conditions:
        return False
    joint = ""
    for place, part in enumerate(statement.parts):
        if isinstance(part, Word):
            joint = part.type if part.type not in {"NL", "BULLET"} else "OR"
            continue
        named = any(w.type in {"TAKE", "HOLD", "TRAIL", "STOP"} for w in part.words)
        limits = isinstance(part.meaning, After | BarePercentage) or (
            isinstance(part.meaning, Items)
            and not named
            and any(i.field in {"take_profit", "max_holding"} for i in part.meaning.items)
        )
        around = [
            p.type for p in statement.parts[max(place - 2, 0) : place + 2] if isinstance(p, Word)
        ]
        if isinstance(part.meaning, After) and around == ["OR", "COMMA", "COMMA"]:
            return True  # "or, after 10 candles, RSI > 50"
        if isinstance(part.meaning, Bare) and part is statement.own[0]:
            return True  # "at the upper band if RSI > 70"
        after_limit = part is not statement.own[0] and joint not in {"OR", "COMMA", "MARK"}
        if limits and (after_limit or part is statement.own[0]):
            return True
    return False


def around_two(statement: Statement, following: Statement) -> tuple[Clause, Statement] | None:
    """A condition that might be meant for two verbs: "buy if A and sell if B while C".

    :returns: It, and the statement that it was taken for.
    """
    verbs = statement.verb is not None and following.verb is not None
    if not verbs or statement.lost or following.lost or statement.ended:
        return None
    if statement.list_name == following.list_name or not following.own:
        return None
    own = any(isinstance(c.meaning, Placed) for c in following.own)
    for given in statement.given if statement.own and own and not following.given else ():
        if isinstance(given, Clause) and isinstance(given.meaning, Placed):
            return given, statement
    behind = False
    for part in following.parts:
        if isinstance(part, Word):
            behind = behind or part.type in {"ALONG", "COMMA"}
        elif behind and isinstance(part.meaning, Placed):
            return part, following
    return None


def _at_a_profit(statement: Statement) -> bool:
    """Whether words before an exit say at which profit: "at 3% profit, sell if RSI > 60"."""
    if statement.verb is not None or statement.ended or len(statement.clauses) != 1:
        return False
    (clause,) = statement.clauses
    said = str(clause.words[0].token)
    return said in {"at", "after", "once"} and isinstance(clause.meaning, Items | BarePercentage)


def _on_profit(statement: Statement) -> bool:
    """Whether an exit depends on words about a profit that are not understood, or on a time."""
    if not statement.list_name.startswith("exit"):
        return False
    for clause in statement.clauses:
        said = {str(w.token) for w in clause.words}
        if clause.meaning is None and (said & _PROFITS or {"not", "before"} <= said):
            return True
    return False


_PROFITS = frozenset({"profit", "profits", "profitable", "loss", "losing", "winning", "winner",
                      "loser", "green", "red"})  # fmt: skip


def _two_colours(statement: Statement) -> bool:
    """Whether candles of both colours are asked for, which can only be one after another."""
    if any(isinstance(p, Word) and p.type == "OR" for p in (*statement.given, *statement.parts)):
        return False
    colours: set[str] = set()
    for clause in statement.clauses:
        kinds = {w.type for w in clause.words}
        if isinstance(clause.meaning, Placed) and kinds & {"CANDLE", "COUNT"}:
            found = clause.meaning.what
            what = found.what if isinstance(found, Held) else found
            if isinstance(what, Compare) and what.left == Column("close"):
                colours |= kinds & {"GREEN", "RED"}
    return len(colours) > 1


def _follows(statement: Statement) -> bool:
    """Whether something must have happened before the conditions after the verb count."""
    own = {id(c) for c in statement.own}
    before = [c for c in statement.clauses if id(c) not in own]
    if not before or not any(isinstance(c.meaning, Placed) for c in statement.own):
        return False
    return statement.late or any(isinstance(_condition(c), Cross) for c in before)


def _condition(clause: Clause) -> Condition | Turn | None:
    what = clause.meaning.what if isinstance(clause.meaning, Placed) else None
    return what.like if isinstance(what, Tail) else what


def _partial(statement: Statement) -> bool:
    """Whether only a part of a position is meant, as in "sell half when"."""
    own = statement.own
    for clause in own:
        words = [w for w in clause.words if w.type not in MEANINGLESS]
        told = {str(w.token) for w in words if w.type != "HALF"}
        short = len(words) <= MAX_PARTIAL_WORDS and not isinstance(clause.meaning, Placed | Items)
        if short and told & PARTIAL:
            return True
        directly = clause is statement.parts[0] and len(own) > 1
        amount = clause.meaning is None or isinstance(clause.meaning, BarePercentage)
        if directly and amount and words and words[0].type in {"PCT", "NUM"}:
            signed = isinstance(clause.meaning, BarePercentage) and clause.meaning.signed
            return not signed
    return False


def _one_is_enough(statement: Statement) -> bool:
    """Whether "one of the two is enough" stands behind conditions that "or" joins anyway."""
    if not statement.own or statement.given or statement.own[-1] is not statement.parts[-1]:
        return False
    *before, last = statement.own
    content = [w for w in last.words if w.type not in MEANINGLESS]
    said = {w.type for w in content}
    enough = {str(w.token).split()[-1] for w in content} & {"enough", "suffices", "do"}
    if not enough or not said <= {"ANY_OF", "WORD", "NUM", "IS"} or "ANY_OF" not in said:
        return False
    placed = [c for c in before if isinstance(c.meaning, Placed)]
    if any(w.type == "NUM" and (str(w.token), len(placed)) != ("two", _TWO) for w in content):
        return False
    first, end = (statement.parts.index(c) for c in (placed[0], placed[-1])) if placed else (0, 0)
    joints = {p.type for p in statement.parts[first:end] if isinstance(p, Word)}
    if len(placed) < _TWO or not {"OR"} <= joints <= {"OR", "COMMA", "WHEN", "EITHER"}:
        return False
    last.explained = True
    return True


_TWO = 2


def _quantified(statement: Statement) -> bool:
    """Read "any of" and "all of" at the beginning of the conditions; whether that is certain."""
    own = statement.own
    if statement.given or statement.verb is None or not own:
        return False
    at = statement.parts.index(own[0])
    if any(isinstance(p, Word) and p.type not in _BEFORE_QUANTITY for p in statement.parts[:at]):
        return False
    first = [i for i, w in enumerate(own[0].words) if w.type not in MEANINGLESS]
    head = own[0].words[first[0]]
    if head.type not in {"ANY_OF", "ALL_OF"} or head.start < statement.verb.start:
        return False
    how = "any" if head.type == "ANY_OF" else "all"
    rest = Clause(own[0].words[first[0] + 1 :], None)
    empty = not rest.words or says_nothing(rest)
    others = own[1:]
    parts = statement.parts[at + 1 :]
    if empty:
        parts = parts[next((i for i, p in enumerate(parts) if isinstance(p, Clause)), 0) :]
    ends = next(
        (i for i, p in enumerate(parts) if isinstance(p, Clause) and isinstance(p.meaning, Items)),
        len(parts),
    )
    if any(isinstance(p, Clause) and isinstance(p.meaning, Placed) for p in parts[ends:]):
        return False
    joints = {p.type for p in parts[:ends] if isinstance(p, Word)}
    counted = [p for p in parts[:ends] if isinstance(p, Clause)]
    if not any(joints <= allowed for allowed in _JOINTS[how]) or len(counted) + (not empty) < 2:
        return False
    if any(w.type in {"ANY_OF", "ALL_OF"} for c in others for w in c.words):
        return False
    statement.how = how
    statement.verb_end = head.end
    if empty:
        statement.parts = parts
        return True
    own[0].words = rest.words
    own[0].meaning = meaning_of(rest.words)
    return True
