"""Words that belong together, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from freqgen_offline.clauses import read_clause
from freqgen_offline.comparing import AVERAGE_NAMES
from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.looking import moved_to, operands, uses
from freqgen_offline.meaning import (
    Bare,
    Compare,
    Condition,
    Cross,
    Item,
    Items,
    Meaning,
    Placed,
    Tail,
    Turn,
    Use,
)
from freqgen_offline.parameters import is_factor
from freqgen_offline.quantities import minutes

if TYPE_CHECKING:
    from lark import Token

_OPTIONAL = frozenset({"FOR", "WITHIN"})
"""Words that mean something after a condition, and nothing within an operand."""


@dataclass(eq=False, slots=True)
class Clause:
    """The words between two dividers.

    :param words: All of them, words without a meaning included.
    :param meaning: What they mean together, or ``None``.
    :param note: What it was taken to mean, in the notation of the design; set once it is used.
    :param condition: The condition it stands for in its statement, ellipses filled in.
    :param leans: The clause that its subject or object is taken from.
    :param why: Why it could not be used, as far as that is known.
    :param names_pairs: Whether it only says what to trade: "buy BTC when".
    :param aside: Whether it only gives a reason: "since I want ranging markets".
    :param explains: Whether it says what the clause before it means.
    :param explained: Whether the clause after it says what it means.
    :param left_out: Whether it is of a side that is not traded.
    """

    words: list[Word]
    meaning: Meaning | None
    note: str = ""
    condition: Condition | None = None
    leans: Clause | None = None
    why: str = ""
    aside: bool = False
    names_pairs: bool = False
    explains: bool = False
    explained: bool = False
    left_out: bool = False

    @property
    def start(self) -> int:
        """Where it begins in the brief."""
        return self._trimmed()[0].start

    @property
    def end(self) -> int:
        """Where it ends in the brief."""
        return self._trimmed()[-1].end

    def _trimmed(self) -> list[Word]:
        words = self.words
        kept = [i for i, w in enumerate(words) if w.type not in {"QUOTE", "COLON"}]
        return words[kept[0] : kept[-1] + 1] if kept else words


Piece: TypeAlias = Clause | Word


def content_of(piece: Piece) -> list[Word]:
    """The words of a clause that mean something."""
    words = piece.words if isinstance(piece, Clause) else []
    return [w for w in words if w.type not in MEANINGLESS]


def is_complete(meaning: Meaning | None) -> bool:
    """Whether a clause can stand on a line of its own."""
    if isinstance(meaning, Placed):
        return not isinstance(meaning.what, Tail)
    return isinstance(meaning, Items)


def meaning_of(words: Sequence[Word]) -> Meaning | None:
    """What words mean together, or ``None``."""
    content = [w for w in words if w.type not in MEANINGLESS]
    if _over_candles(words) or _is_vague(words):
        return None
    if (found := _both_on_chart(words)) is not None:
        return found
    if any(w.type == "FOR_TIME" for w in content):
        found = meaning_of([w for w in content if w.type != "FOR_TIME"])
        return None if _on_a_chart(found) else found  # "below 30 for 4 hours" names no chart
    if content and begins_with_close(content):
        content[0] = replace(content[0], type="CLOSE", token=_close(content[0].token))
    if not content:
        return None
    if content[0].type == "PLUS" and len(content) > 1:  # "plus a 4% trailing stop"
        content = content[1:]
    found = read_clause(content)
    if found is None and content[-1].type == "PARAMS":  # "MACD line is above zero (12, 26, 9)"
        found = _with_parameters_last(content)
    if found is None and content[-1].type == "TAKE":  # "the middle band as the price target"
        level = read_clause(content[:-1])
        if isinstance(level, Bare):
            return Items((Item("target", level.operand),))
    if found is None and content[0].type == "IS":  # "the entry is a cross of"
        found = read_clause(content[1:])
    silent = {*_OPTIONAL} if not any(w.type == "PCT" for w in content) else {"FOR"}
    if found is None and any(w.type in silent for w in content):
        found = read_clause([w for w in content if w.type not in silent])
    return found


_INDICATORS = frozenset({"RSI", "ADX", "ATR", "MACD", "BB", "KNOWN", "EMA", "SMA"})
_OSCILLATORS = frozenset({"RSI", "ADX", "MACD", "KNOWN"})


def _over_candles(words: Sequence[Word]) -> bool:
    """Whether "RSI over the last 3 candles" may be its period, or when it was so."""
    return any(
        word.type in _OSCILLATORS
        and following.type in {"NOISE", "NOISE_OVER"}
        and str(following.token).startswith(("over", "across", "in", "during", "within"))
        for word, following in pairwise(words)
    )


def _is_vague(words: Sequence[Word]) -> bool:
    """Whether words that mean nothing elsewhere say something here that no rule can.

    "The last 7 RSI" are no RSI(7), "that of BTC" is not its price, "in a golden cross" is no
    crossing, "very oversold" and "just above 30" are other levels than those without the word, and
    the candles of "above the EMA 3 candles in a row" are no period.
    """
    return any(_is_vague_at(words, at) for at in range(len(words) - 1))


def _is_vague_at(words: Sequence[Word], at: int) -> bool:
    word, following = words[at : at + 2]
    then = words[at + 2].type if at + 2 < len(words) else ""
    told, kind, text = str(word.token), following.type, str(following.token)
    few = kind == "COUNT" and _FEW.match(text) is not None
    if word.type == "NOISE" and "st" in told and kind in {"NUM", "COUNT"}:
        if few and at and words[at - 1].type in _OSCILLATORS:
            return True  # "RSI of the last 3 candles"
        return then in (_INDICATORS if kind == "NUM" else _OSCILLATORS)
    if few and word.type in _COUNTED:
        return True
    if word.type == "NOISE_WORD" and told in _DEGREES:
        return kind in _LEVELS
    if told in {"that", "those", "this"}:
        return text == "of" and then == "PAIR"
    crosses = {then} if text in {"a", "the"} else {kind}
    return told == "in" and bool(crosses & {"GOLDEN", "DEATH"})


_COUNTED = frozenset({*_INDICATORS, "MA", "AVERAGE_KIND", "AVERAGE"})
_FEW = re.compile(r"(?:[1-6]|one|two|three|four|five|six)\b(?!.*period)")
_DEGREES = frozenset({"very", "really", "just"})
_LEVELS = frozenset({"OVERSOLD", "OVERBOUGHT", "GT", "LT", "GE", "LE"})


def _both_on_chart(words: Sequence[Word]) -> Meaning | None:
    """Two averages on the chart behind them: "EMA 50 > EMA 200 on the 4h"."""
    at = len(words) - 1
    while at >= 0 and words[at].type in {"CHART", "CANDLE"}:
        at -= 1
    if at < 1 or words[at].type != "TIME":
        return None
    end = at
    while end and words[end - 1].type == "NOISE_WORD":
        end -= 1
    if not {str(w.token) for w in words[end:at]} & {"on", "in", "at"}:
        return None
    found = read_clause([w for w in words[:end] if w.type not in MEANINGLESS])
    if not isinstance(found, Placed) or not isinstance(found.what, Compare | Cross):
        return None
    sides = found.what.left, found.what.right
    for side in sides:
        if not isinstance(side, Use) or side.function not in AVERAGE_NAMES or side.of is not None:
            return None
        if side.frame is not None or side.pair:
            return None
    moved = moved_to(found.what, minutes(words[at].token))
    return None if moved is None else Placed(moved, None)


def _with_parameters_last(content: Sequence[Word]) -> Meaning | None:
    """What a clause means whose only indicator has its parameters at the end."""
    named = [i for i, w in enumerate(content[:-1]) if w.type in _INDICATORS]
    if len(named) != 1 or any(w.type == "PARAMS" for w in content[:-1]):
        return None
    if not _are_parameters(str(content[-1].token)):
        return None
    at = named[0] + 1
    return read_clause([*content[:at], content[-1], *content[at:-1]])


def _are_parameters(told: str) -> bool:
    """Whether numbers behind a condition can only be parameters: "(12, 26, 9)", "(length 14)".

    One alone may be a level, as in "oversold (20)", and candles may be for how long it holds.
    """
    if is_factor(told) or re.search(r"\b(?:candles?|bars?|periods)\b", told):
        return False
    return len(re.findall(r"[0-9]+(?:\.[0-9]+)?", told)) > 1 or re.search("[a-z]", told) is not None


def begins_with_close(words: Sequence[Word]) -> bool:
    """Whether "closes above" begins a clause: then what closes is the candle, "it" or not."""
    first = next((w for w in words if w.type not in MEANINGLESS), None)
    return first is not None and first.type == "IS" and str(first.token).startswith("clos")


def _close(token: Token) -> Token:
    return token.update(type="CLOSE")


def _on_a_chart(meaning: Meaning | None) -> bool:
    """Whether a condition, or something in it, is of a timeframe of its own."""
    if not isinstance(meaning, Placed):
        return False
    what = meaning.what.like if isinstance(meaning.what, Tail) else meaning.what
    if meaning.minutes is not None or isinstance(what, Turn):
        return True
    return any(use.frame for operand in operands(what) for use in uses(operand))


def says_nothing(clause: Clause) -> bool:
    """Whether a clause has no word with a meaning."""
    return all(w.type in MEANINGLESS for w in clause.words)
