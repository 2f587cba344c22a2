"""Divides a brief into clauses, and puts together what belongs together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from freqgen_offline.clauses import read_clause
from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.looking import moved_to
from freqgen_offline.meaning import Bare, Condition, Item, Items, Meaning, Placed, Tail, Use

if TYPE_CHECKING:
    from lark import Token

VERBS = {
    "ENTER_LONG": "entry_long",
    "ENTER_SHORT": "entry_short",
    "EXIT": "exit",
    "EXIT_SHORT": "exit_short",
    "FILTER": "filter",
}
_OPTIONAL = frozenset({"FOR", "WITHIN"})
"""Words that mean something after a condition, and nothing within an operand."""
_LENGTHS = frozenset({"NUM", "COUNT", "TIME"})
_HEADS = frozenset({"GT", "LT", "GE", "LE", "CROSS", "CROSS_UP", "CROSS_DOWN", "BREAK", "TOUCH"})
"""What a number that is the whole of an operand may follow."""
_AVERAGES = frozenset({"EMA", "SMA", "MA", "AVERAGE_KIND"})
ENDS = frozenset({"MARK", "BLANK"})
JOINTS = frozenset(
    {"COMMA", "AND", "OR", "ALONG", "UNLESS", "EITHER", "NL", "BULLET", "LPAR", "RPAR", "EXPLAINS"}
)
DIVIDERS = frozenset({*VERBS, *ENDS, *JOINTS, "WHEN", "ARROW", "BOTH_TRUE"})
ITEM_BEGINS = frozenset({"PCT", "STOP", "TAKE", "TRAIL", "TIME", "NUM", "COUNT", "HOLD", "RISK",
                         "MAX", "LE", "LEVERAGE", "NO_LEVERAGE", "CHART", "LONG_ONLY", "ROI"})  # fmt: skip
MAX_SPLIT_WORDS = 60
WRAPPED_LINES = 4
"""How many lines a clause may go over."""


@dataclass(eq=False, slots=True)
class Clause:
    """The words between two dividers.

    :param words: All of them, words without a meaning included.
    :param meaning: What they mean together, or ``None``.
    :param note: What it was taken to mean, in the notation of the design; set once it is used.
    :param condition: The condition it stands for in its statement, ellipses filled in.
    :param leans: The clause that its subject or object is taken from.
    :param why: Why it could not be used, as far as that is known.
    :param aside: Whether it only gives a reason: "since I want ranging markets".
    :param explains: Whether it says what the clause before it means.
    :param explained: Whether the clause after it says what it means.
    """

    words: list[Word]
    meaning: Meaning | None
    note: str = ""
    condition: Condition | None = None
    leans: Clause | None = None
    why: str = ""
    aside: bool = False
    explains: bool = False
    explained: bool = False

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


Piece = Clause | Word


def clauses_and_dividers(words: Iterable[Word]) -> list[Piece]:
    """The words of a brief as clauses, parsed, and the dividers between them."""
    return _joined(_pieces(_in_sequence(words)))


def _in_sequence(words: Iterable[Word]) -> list[Word]:
    """Words, where "then" before a verb means nothing: "if RSI < 30 then buy"."""
    found = list(words)
    silent = MEANINGLESS | {"COMMA", "NL", "THEN"}
    following = ""
    for position in range(len(found) - 1, -1, -1):
        word = found[position]
        if word.type == "THEN" and following in VERBS and str(word.token) == "then":
            found[position] = replace(word, type="NOISE_WORD")
        elif word.type not in silent:
            following = word.type
    return found


def _pieces(words: Iterable[Word]) -> list[Piece]:
    """Words between dividers, as clauses that are not parsed yet."""
    pieces: list[Piece] = []
    explains = False
    for word in words:
        if word.type in DIVIDERS:
            pieces.append(word)
            explains = word.type == "EXPLAINS"
        elif pieces and isinstance(pieces[-1], Clause):
            pieces[-1].words.append(word)
        else:
            pieces.append(Clause([word], None, explains=explains))
            explains = False
    return pieces


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Clauses parsed; those that a line feed or their own "and" divides put together again."""
    joined: list[Piece] = []
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        if isinstance(piece, Clause):
            taken, clause = _longest(pieces, position)
            if (step := _roi_step(clause, joined)) is not None:
                clause = step
            if taken == 1 and (shared := _shared(pieces, position)) is not None:
                clause = shared
            clause.aside = _is_reason(clause)
            clause.explains = piece.explains
            joined += [clause] if clause.meaning is not None else _parts(clause)
            position += taken
        else:
            joined.append(piece)
            position += 1
    return joined


def _parts(clause: Clause) -> list[Piece]:
    """A clause that is not understood as a whole, taken apart where parts of it are."""
    found: list[Piece] = [*_without_items(clause)]
    if len(found) == 1:
        found = [*_without_heading(clause)]
    if len(found) == 1 and found[0].meaning is None:  # type: ignore[union-attr]
        found = _two_by_plus(clause)
    for part in found:
        if isinstance(part, Clause):
            part.explains = clause.explains and part is found[0]
    return [_loose(p) if isinstance(p, Clause) and p.meaning is None else p for p in found]


def _two_by_plus(clause: Clause) -> list[Piece]:
    """Two conditions that "plus" joins: "a hammer plus an oversold RSI"."""
    for position, word in enumerate(clause.words):
        if word.type != "PLUS":
            continue
        first, second = clause.words[:position], clause.words[position + 1 :]
        meanings = meaning_of(first), meaning_of(second)
        if all(isinstance(m, Placed) and not isinstance(m.what, Tail) for m in meanings):
            joint = replace(word, type="AND")
            return [Clause(first, meanings[0]), joint, Clause(second, meanings[1])]
    return [clause]


def _without_heading(clause: Clause) -> list[Clause]:
    """What stands before a colon, and what behind it: "Trend filter 2: RSI > 30"."""
    colons = [i for i, w in enumerate(clause.words[:-1]) if w.type == "COLON"]
    for position in reversed(colons):
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
_NOT_LOOSE = frozenset(
    "no not never don't dont doesn't avoid without half third quarter rest part parts some most "
    "unless except instead rather maybe perhaps between".split()
)


def _loose(clause: Clause) -> Clause:
    """A setting among words that say nothing: "there is a 6% stop as well", "works on H4"."""
    content = [w for w in clause.words if w.type not in MEANINGLESS]
    told = [w for w in content if w.type not in _AROUND]
    if len(told) == len(content) or not told or len(content) > MAX_SPLIT_WORDS:
        return clause
    if any(str(w.token) in _NOT_LOOSE for w in clause.words) or clause.aside:
        return clause
    meaning = meaning_of(told)
    return Clause(clause.words, meaning) if isinstance(meaning, Items) else clause


def _is_reason(clause: Clause) -> bool:
    """Whether a clause says why, and no rule with it."""
    words = _content(clause)
    return bool(words) and words[0].type == "REASON" and meaning_of(words[1:]) is None


def _roi_step(clause: Clause, before: Sequence[Piece]) -> Clause | None:
    """The next line of an ROI table: "60 min: 3%" after "ROI: 0 min: 5%"."""
    said = next((p for p in reversed(before) if isinstance(p, Clause) and _content(p)), None)
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
        if words[position].type not in ITEM_BEGINS:
            continue
        items = meaning_of(words[position:])
        before = meaning_of(words[:position])
        if isinstance(items, Items) and _complete(before):
            return [Clause(words[:position], before), Clause(words[position:], items)]
    return [clause]


def _longest(pieces: Sequence[Piece], position: int) -> tuple[int, Clause]:
    """The longest clause that begins here, and of how many pieces it is made."""
    first = pieces[position]
    assert isinstance(first, Clause)  # noqa: S101  (the caller looked)
    inner = {w.type for w in first.words} & {"BETWEEN", "GOLDEN", "DEATH"}
    end = position
    ends: list[int] = []
    while end + 2 < len(pieces) and len(ends) < WRAPPED_LINES:
        divider, following = pieces[end + 1], pieces[end + 2]
        wrapped = isinstance(divider, Word) and divider.type == "NL"
        pair = isinstance(following, Clause) and _crosses_as_pair(first.words, following.words)
        stop = isinstance(divider, Word) and divider.type == "COMMA" and _ends_in_stop(first.words)
        wrapped = wrapped or (stop and not ends and _begins_with_number(following))
        own_and = (
            isinstance(divider, Word) and divider.type == "AND" and (inner or pair) and not ends
        )
        if not isinstance(following, Clause) or not (wrapped or own_and):
            break
        end += 2
        ends.append(end)
    own = meaning_of(first.words)
    for last in reversed(ends):
        parts = pieces[position : last + 1]
        words = [w for p in parts for w in (p.words if isinstance(p, Clause) else [p])]
        if _complete(own) and _complete(meaning_of(_words_of(parts[-1]))):
            continue
        meaning = meaning_of([w for w in words if w.type not in {"NL", "COMMA"}])
        if meaning is not None:
            return last - position + 1, Clause(words, meaning)
    return 1, Clause(first.words, own)


def _ends_in_stop(words: Sequence[Word]) -> bool:
    """Whether a stop was announced and not said: "the stop is an ATR stop, 2.5 times ..."."""
    content = [w.type for w in words if w.type not in MEANINGLESS]
    return content[-2:] == ["ATR", "STOP"]


def _begins_with_number(piece: Piece) -> bool:
    content = _content(piece)
    return bool(content) and content[0].type == "NUM"


def _crosses_as_pair(first: Sequence[Word], second: Sequence[Word]) -> bool:
    """Whether "the 9 and 21 EMA cross" may go on from the first clause to the second."""
    meets = any(w.type in {"CROSS", "TURN"} for w in second)
    return meets and any(w.type in {*_AVERAGES, "NUM"} for w in first)


def _shared(pieces: Sequence[Piece], position: int) -> Clause | None:
    """A clause that shares the word of an average with its neighbour.

    "above the 50 and 200 EMA" and "above the EMA 50 and 200" are about two averages each; a lone
    number there is no level. Where that gives no meaning, the clause has none at all.
    """
    piece = pieces[position]
    assert isinstance(piece, Clause)  # noqa: S101  (the caller looked)
    content = _content(piece)
    if not content or content[-1].type not in _LENGTHS:
        return None
    alone = len(content) == 1
    extra: list[Word] = []
    if alone or content[-2].type in _HEADS:
        after = _end_of_series(pieces, position, 1)
        average = len(after) > 1 and after[0].type in _LENGTHS and after[1].type in _AVERAGES
        if average and (alone or len(after) == 2):
            same = (after[0].type == "TIME") == (content[-1].type == "TIME")
            extra = [*content, after[1]] if same else []
            if not extra:
                return Clause(piece.words, None, why="the lengths are counted differently")
    if not extra and alone:
        before = _end_of_series(pieces, position, -1)
        if len(before) > 1 and before[-1].type in _LENGTHS and before[-2].type in _AVERAGES:
            extra = [before[-2], content[0]]
    return Clause(piece.words, meaning_of(extra)) if extra else None


def _content(piece: Piece) -> list[Word]:
    """The words of a clause that mean something."""
    words = piece.words if isinstance(piece, Clause) else []
    return [w for w in words if w.type not in MEANINGLESS]


def _end_of_series(pieces: Sequence[Piece], position: int, step: int) -> list[Word]:
    """The words of the nearest clause on one side that is more than a number.

    :param step: 1 to look for "200 EMA" after it, -1 for "EMA 50" before it.
    """
    while 0 <= (position := position + step) < len(pieces):
        piece = pieces[position]
        words = _content(piece)
        if isinstance(piece, Clause):
            if len(words) != 1 or words[0].type not in _LENGTHS:
                return words
        elif piece.type not in {"AND", "OR", "COMMA"}:
            return []
    return []


def _words_of(piece: Piece) -> list[Word]:
    return piece.words if isinstance(piece, Clause) else [piece]


def _complete(meaning: Meaning | None) -> bool:
    """Whether a clause can stand on a line of its own."""
    if isinstance(meaning, Placed):
        return not isinstance(meaning.what, Tail)
    return isinstance(meaning, Items)


def meaning_of(words: Sequence[Word]) -> Meaning | None:
    """What words mean together, or ``None``."""
    content = [w for w in words if w.type not in MEANINGLESS]
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
    if found is None and any(w.type in _OPTIONAL for w in content):
        found = read_clause([w for w in content if w.type not in _OPTIONAL])
    return found


_INDICATORS = frozenset({"RSI", "ADX", "ATR", "MACD", "BB", "KNOWN", "EMA", "SMA"})


def _with_parameters_last(content: Sequence[Word]) -> Meaning | None:
    """What a clause means whose only indicator has its parameters at the end."""
    named = [i for i, w in enumerate(content[:-1]) if w.type in _INDICATORS]
    if len(named) != 1 or any(w.type == "PARAMS" for w in content[:-1]):
        return None
    at = named[0] + 1
    return read_clause([*content[:at], content[-1], *content[at:-1]])


def begins_with_close(words: Sequence[Word]) -> bool:
    """Whether "closes above" begins a clause: then what closes is the candle, "it" or not."""
    first = next((w for w in words if w.type not in MEANINGLESS), None)
    return first is not None and first.type == "IS" and str(first.token).startswith("clos")


def _close(token: Token) -> Token:
    return token.update(type="CLOSE")


def says_nothing(clause: Clause) -> bool:
    """Whether a clause has no word with a meaning."""
    return all(w.type in MEANINGLESS for w in clause.words)
