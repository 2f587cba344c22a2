"""Takes clauses apart that are not understood as a whole, where parts of them are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.looking import moved_to
from freqgen_offline.meaning import Bare, Items, Meaning, Placed, Tail, Use
from freqgen_offline.phrases import Clause, Piece, content_of, is_complete, meaning_of

if TYPE_CHECKING:
    from lark import Token

ITEM_BEGINS = frozenset(
    {"PCT", "STOP", "TAKE", "TRAIL", "TIME", "NUM", "COUNT", "HOLD", "RISK", "MAX", "LE",
     "LEVERAGE", "NO_LEVERAGE", "CHART", "LONG_ONLY", "ROI"}
)  # fmt: skip
MAX_SPLIT_WORDS = 60
MAX_SPLITS = 20
"""At how many places it is tried: so many colons stand in no sentence."""


def taken_apart(clause: Clause) -> list[Piece]:
    """A clause that is not understood as a whole, taken apart where parts of it are."""
    found: list[Piece] = [*_without_items(clause)]
    if len(found) == 1:
        found = [*_without_heading(clause)]
    if len(found) == 1 and found[0].meaning is None:  # type: ignore[union-attr]
        found = _two_by_plus(clause)
    if len(found) == 1 and found[0].meaning is None:  # type: ignore[union-attr]
        found = _with_hours(clause)
    for part in found:
        if isinstance(part, Clause):
            part.explains = clause.explains and part is found[0]
    return [_loose(p) if isinstance(p, Clause) and p.meaning is None else p for p in found]


def _two_by_plus(clause: Clause) -> list[Piece]:
    """Two conditions that "plus" joins: "a hammer plus an oversold RSI"."""
    signs = [i for i, w in enumerate(clause.words) if w.type == "PLUS"]
    for position in signs[:MAX_SPLITS]:
        word = clause.words[position]
        first, second = clause.words[:position], clause.words[position + 1 :]
        meanings = meaning_of(first), meaning_of(second)
        if all(isinstance(m, Placed) and not isinstance(m.what, Tail) for m in meanings):
            joint = replace(word, type="AND")
            return [Clause(first, meanings[0]), joint, Clause(second, meanings[1])]
    return [clause]


def _with_hours(clause: Clause) -> list[Piece]:
    """A condition and the hours behind it: "RSI < 30 between 9:00 and 17:00 UTC".

    The hours hold for all that stands before them, as behind a comma.
    """
    for position in range(1, len(clause.words)):
        word = clause.words[position]
        if word.type not in _CLOCK:
            continue
        first, second = clause.words[:position], clause.words[position:]
        meanings = meaning_of(first), meaning_of(second)
        if any(not isinstance(m, Placed) or isinstance(m.what, Tail) for m in meanings):
            return [clause]
        comma, joint = replace(word, type="COMMA"), replace(word, type="AND")
        return [Clause(first, meanings[0]), comma, joint, Clause(second, meanings[1])]
    return [clause]


_CLOCK = frozenset({"HOURS", "HOUR", "DAYS"})


def _without_heading(clause: Clause) -> list[Clause]:
    """What stands before a colon, and what behind it: "Trend filter 2: RSI > 30"."""
    colons = [i for i, w in enumerate(clause.words[:-1]) if w.type == "COLON"]
    for position in reversed(colons[-MAX_SPLITS:]):
        rest = clause.words[position + 1 :]
        meaning = meaning_of(rest)
        if meaning is not None:
            head = clause.words[: position + 1]
            if (moved := _elsewhere(meaning_of(head), meaning)) is not None:
                return [Clause(clause.words, moved)]
            return [Clause(head, meaning_of(head)), Clause(rest, meaning)]
    return [clause]


def _elsewhere(head: Meaning | None, meaning: Meaning) -> Meaning | None:
    """A condition on what a heading names: "BTC/USDT on the 4h chart: close > EMA 200"."""
    place = head.operand if isinstance(head, Bare) else None
    if not isinstance(place, Use) or place.function != "PRICE" or not place.pair:
        return None
    if not isinstance(meaning, Placed) or isinstance(meaning.what, Tail):
        return None
    moved = moved_to(meaning.what, place.frame, place.pair)
    return None if moved is None else Placed(moved, None)


_AROUND = frozenset({"WORD", "FROM_ENTRY", "TRADES"})
_AROUND_SETTINGS = frozenset(
    {"always", "at", "base", "before", "best", "beyond", "both", "buying", "case", "charts",
     "dip", "dips", "direction", "directions", "disaster", "else", "emergency", "entries",
     "everything", "fine", "fixed", "good", "hard", "here", "initial", "intraday", "is", "it",
     "keep", "keeps", "likewise", "limit", "look", "looks", "main", "me", "my", "normal",
     "nothing", "outer", "place", "places", "protective", "protects", "recommended", "ride",
     "rules", "run", "runs", "scalp", "setup", "short", "sides", "simply", "so", "standard",
     "stick", "still", "strategy", "strict", "swing", "the", "there", "tight", "trade",
     "trades", "trends", "well", "which", "works", "worst"}
)  # fmt: skip
"""Words among which a setting is what it is alone."""


def names_chart(content: Sequence[Word]) -> bool:
    """Whether words are a timeframe with "chart" or "candles" beside it, and nothing else."""
    times = [w for w in content if w.type == "TIME"]
    beside = [w for w in content if w.type in {"CHART", "CANDLE"}]
    named = beside or any("c" in str(w.token) and str(w.token).startswith("(") for w in times)
    return len(times) == 1 and bool(named) and len(content) == 1 + len(beside)


NO_TITLE = frozenset(
    {"not", "above", "below", "than", "any", "or", "data", "test", "wait", "cooldown", "between",
     "every", "each", "per", "higher", "lower", "last", "about", "trades", "week", "hold", "never",
     "no", "instead", "rather", "except", "don't", "dont", "too", "limit", "expires", "expire",
     "duration", "expiry", "lookback", "timeout", "ago", "routine", "newsletter", "review",
     "sleep", "read", "backtest", "target", "goal", "backtests", "order", "orders", "renko", "kagi",
     "tick", "heiken"}
)  # fmt: skip
"""Words with which a length of time is no timeframe of a title."""


def _loose(clause: Clause) -> Clause:
    """A setting among words that say nothing: "there is a 6% stop as well", "works on H4"."""
    content = [w for w in clause.words if w.type not in MEANINGLESS]
    told = [w for w in content if w.type not in _AROUND]
    if len(told) == len(content) or not told or len(content) > MAX_SPLIT_WORDS:
        return clause
    unknown = {str(w.token) for w in clause.words if w.type == "WORD"} - _AROUND_SETTINGS
    if names_chart(told) and not unknown & NO_TITLE:
        unknown = set()
    if unknown or clause.aside or any(w.type == "NOT" for w in clause.words):
        return clause
    meaning = meaning_of(told)
    return Clause(clause.words, meaning) if isinstance(meaning, Items) else clause


def is_reason(clause: Clause) -> bool:
    """Whether a clause says why, and no rule with it."""
    words = content_of(clause)
    return bool(words) and words[0].type == "REASON" and meaning_of(words[1:]) is None


def roi_step(clause: Clause, said: Clause | None) -> Clause | None:
    """The next line of an ROI table: "60 min: 3%" after "ROI: 0 min: 5%".

    :param said: The clause before it, but for those without a meaning.
    """
    first = next((w for w in clause.words if w.type not in MEANINGLESS), None)
    if said is None or first is None or first.type not in {"TIME", "NUM"}:
        return None
    items = said.meaning.items if isinstance(said.meaning, Items) else ()
    if not items or any(item.field != "roi" for item in items):
        return None
    found = meaning_of([replace(first, type="ROI", token=_roi(first.token)), *clause.words])
    return Clause(clause.words, found) if isinstance(found, Items) else None


def _roi(token: Token) -> Token:
    return token.update(type="ROI")


def _without_items(clause: Clause) -> list[Clause]:
    """A clause, and the items that follow it without a comma: "rsi < 30 2% stop 1h"."""
    words = clause.words
    if len(words) > MAX_SPLIT_WORDS:
        return [clause]
    for position in range(1, len(words)):
        if words[position].type not in ITEM_BEGINS or words[position - 1].type == "FOR_TIME":
            continue
        items = meaning_of(words[position:])
        before = meaning_of(words[:position])
        if isinstance(items, Items) and is_complete(before):
            return [Clause(words[:position], before), Clause(words[position:], items)]
    return [clause]
