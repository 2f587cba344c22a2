"""Divides a brief into clauses, and puts together what belongs together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from freqgen_offline.clauses import read_clause
from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.meaning import Condition, Items, Meaning, Placed, Tail

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
_AVERAGES = frozenset({"EMA", "SMA", "MA"})
ENDS = frozenset({"MARK", "BLANK"})
JOINTS = frozenset(
    {"COMMA", "AND", "OR", "ALONG", "UNLESS", "EITHER", "NL", "BULLET", "LPAR", "RPAR"}
)
DIVIDERS = frozenset({*VERBS, *ENDS, *JOINTS, "WHEN", "ARROW"})
ITEM_BEGINS = frozenset({"PCT", "STOP", "TAKE", "TRAIL", "TIME", "NUM", "COUNT", "HOLD", "RISK",
                         "MAX", "LE", "LEVERAGE", "CHART", "LONG_ONLY"})  # fmt: skip
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
    """

    words: list[Word]
    meaning: Meaning | None
    note: str = ""
    condition: Condition | None = None
    leans: Clause | None = None
    why: str = ""

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
    for word in words:
        if word.type in DIVIDERS:
            pieces.append(word)
        elif pieces and isinstance(pieces[-1], Clause):
            pieces[-1].words.append(word)
        else:
            pieces.append(Clause([word], None))
    return pieces


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Clauses parsed; those that a line feed or their own "and" divides put together again."""
    joined: list[Piece] = []
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        if isinstance(piece, Clause):
            taken, clause = _longest(pieces, position)
            if taken == 1 and (shared := _shared(pieces, position)) is not None:
                clause = shared
            joined += [clause] if clause.meaning is not None else _without_items(clause)
            position += taken
        else:
            joined.append(piece)
            position += 1
    return joined


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
        meaning = meaning_of([w for w in words if w.type != "NL"])
        if meaning is not None:
            return last - position + 1, Clause(words, meaning)
    return 1, Clause(first.words, own)


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
    found = read_clause(content)
    if found is None and any(w.type in _OPTIONAL for w in content):
        found = read_clause([w for w in content if w.type not in _OPTIONAL])
    return found


def begins_with_close(words: Sequence[Word]) -> bool:
    """Whether "closes above" begins a clause: then what closes is the candle, "it" or not."""
    first = next((w for w in words if w.type not in MEANINGLESS), None)
    return first is not None and first.type == "IS" and str(first.token).startswith("clos")


def _close(token: Token) -> Token:
    return token.update(type="CLOSE")


def says_nothing(clause: Clause) -> bool:
    """Whether a clause has no word with a meaning."""
    return all(w.type in MEANINGLESS for w in clause.words)
