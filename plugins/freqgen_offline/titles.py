"""Finds the words with which a brief only names its strategy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from freqgen_offline.chatter import NAMES, PREPOSITIONS, RESTRICTING, speaks_of_shorts
from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.phrases import Clause
from freqgen_offline.quantities import minutes
from freqgen_offline.statements import Statement
from freqgen_offline.tables import AVERAGES
from freqgen_offline.vocabulary import FAMILIES, alike, meant


def title_of(
    statement: Statement, frames: Collection[int], functions: Collection[str], *, shorts: bool
) -> list[Clause]:
    """The words with which a brief begins that name the strategy: "Golden cross, 4h.".

    :param frames: The timeframes that the rules use, in minutes; a title may name them.
    :param functions: The indicators that the rules use; a title that names another one may be a
        condition, unless it says that it names a strategy.
    :param shorts: Whether the rules enter short and nothing else; then a title may say so.
    """
    if statement.verb is not None or statement.given:
        return []
    found: list[Clause] = []
    for part in statement.parts:
        if isinstance(part, Clause):
            found.append(part)
        elif part.type not in {"COMMA", "AND"} and str(part.token) != "with":
            if part.type not in {"BULLET", "NL"}:
                return []
            break
    else:
        if not statement.ended and not (all(map(_only_names, found)) or _names_itself(found)):
            return []
    unread = [c for c in found if c.meaning is None or _only_names(c)]
    content = [w for c in unread for w in c.words if w.type not in MEANINGLESS]
    content = [w for w in content if w.type != "TIME" or minutes(w.token) not in frames]
    said = {str(w.token) for w in content}
    says = said & (RESTRICTING | PREPOSITIONS) or {w.type for w in content} & _SAYS
    if says or len(content) > _TITLE or (any(map(speaks_of_shorts, unread)) and not shorts):
        return []
    named = any(str(w.token) in _STRATEGIES for c in unread for w in c.words)
    return unread if named or _are_used(content, functions) else []


def _are_used(words: Iterable[Word], functions: Collection[str]) -> bool:
    """Whether each indicator that words name is one of some functions, or of a family with one."""
    return all(
        any(alike(named, function) for named in _named(word) for function in functions)
        for word in words
        if _named(word)
    )


def _named(word: Word) -> tuple[str, ...]:
    """The functions that a word may stand for; none where it names no indicator."""
    if word.type in {"MA", "GOLDEN", "DEATH"}:
        return _MOVING_AVERAGES
    if word.type in {"OUTPUT", "PATTERN"}:
        return (meant(word.type, word.token)[0],)
    if word.type == "KNOWN":
        function = meant("KNOWN", word.token)
        return FAMILIES["STOCHASTIC"] if function == "STOCH" else (function,)
    if word.type == "AVERAGE_KIND":
        return (meant("AVERAGE", word.token),)
    if word.type == "BB":
        return ("BBANDS",)
    return (word.type,) if word.type in _INDICATORS else ()


def _names_itself(clauses: Sequence[Clause]) -> bool:
    """Whether words say that they name a strategy: "Conservative strategy with 2 trades:"."""
    said = {str(w.token) for clause in clauses for w in clause.words}
    return clauses[-1].words[-1].type == "COLON" and bool(said & _STRATEGIES)


def _only_names(clause: Clause) -> bool:
    """Whether words name indicators, and a strategy of them: "RSI + EMA strategy"."""
    return all(
        w.type in MEANINGLESS or w.type in NAMES or w.type == "PLUS" or str(w.token) in _STRATEGIES
        for w in clause.words
    )


_STRATEGIES = frozenset(
    """
    strategy system setup idea plan bot combo combined scalper scalping follower following
    reversal reversion crossover swing
    """.split()  # noqa: SIM905
)
_TITLE = 6
_INDICATORS = frozenset({"RSI", "EMA", "SMA", "MACD", "ADX", "ATR"})
_MOVING_AVERAGES = ("EMA", "SMA", *(known.function for known in AVERAGES))
_SAYS = frozenset({"TIME", "GT", "LT", "GE", "LE", "CROSS_UP", "CROSS_DOWN", "NUM", "PCT", "RISING",
                   "FALLING", "UNLESS", "NOT", "DAYS", "HOURS", "HOUR", "STOP", "TAKE",
                   "TRAIL"})  # fmt: skip
