"""Divides a brief into clauses, and puts together what belongs together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.meaning import Items
from freqgen_offline.phrases import Clause, Piece, content_of, is_complete, meaning_of
from freqgen_offline.taking_apart import is_reason, roi_step, taken_apart

VERBS = {
    "ENTER_LONG": "entry_long",
    "ENTER_SHORT": "entry_short",
    "EXIT": "exit",
    "EXIT_SHORT": "exit_short",
    "FILTER": "filter",
}
_LENGTHS = frozenset({"NUM", "COUNT", "TIME"})
_HEADS = frozenset({"GT", "LT", "GE", "LE", "CROSS", "CROSS_UP", "CROSS_DOWN", "BREAK", "TOUCH"})
"""What a number that is the whole of an operand may follow."""
_AVERAGES = frozenset({"EMA", "SMA", "MA", "AVERAGE_KIND"})
ENDS = frozenset({"MARK", "BLANK"})
JOINTS = frozenset(
    {"COMMA", "AND", "OR", "ALONG", "UNLESS", "EITHER", "NL", "BULLET", "LPAR", "RPAR", "EXPLAINS"}
)
DIVIDERS = frozenset({*VERBS, *ENDS, *JOINTS, "WHEN", "ARROW", "BOTH_TRUE"})
LONGEST_SERIES = 40
WRAPPED_LINES = 4
"""How many lines a clause may go over."""


def clauses_and_dividers(words: Iterable[Word]) -> list[Piece]:
    """The words of a brief as clauses, parsed, and the dividers between them."""
    return _joined(_pieces(_in_sequence(words)))


def _in_sequence(words: Iterable[Word]) -> list[Word]:
    """Words, where "then" before a verb means nothing: "if RSI < 30 then buy"."""
    found = list(words)
    silent = MEANINGLESS | {"COMMA", "NL", "THEN"}
    held = _after_hold(found)
    following = ""
    for position in range(len(found) - 1, -1, -1):
        word = found[position]
        if word.type == "THEN" and following in VERBS and str(word.token) == "then":
            if held[position]:
                continue  # "hold for 4 hours, then sell if": not before
            found[position] = replace(word, type="NOISE_WORD")
        elif word.type not in silent:
            following = word.type
    return found


def _after_hold(words: Sequence[Word]) -> list[bool]:
    """For each word, whether the sentence before it says for how long to hold."""
    found: list[bool] = []
    held = False
    for word in words:
        found.append(held)
        held = word.type == "HOLD" or (held and word.type != "MARK")
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
    said: Clause | None = None
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        if isinstance(piece, Clause):
            taken, clause = _longest(pieces, position)
            if (step := roi_step(clause, said)) is not None:
                clause = step
            if taken == 1 and (shared := _shared(pieces, position)) is not None:
                clause = shared
            clause.aside = is_reason(clause)
            clause.explains = piece.explains
            found = [clause] if clause.meaning is not None else taken_apart(clause)
            if joined and _is_late(joined[-1]):
                _doubt_setting(found[0])
            joined += found
            told = [p for p in found if isinstance(p, Clause) and content_of(p)]
            said = told[-1] if told else said
            position += taken
        else:
            joined.append(piece)
            position += 1
    return joined


def _doubt_setting(piece: Piece) -> None:
    """Let what depends on a profit be no setting: "once 3% in profit, ..."."""
    if isinstance(piece, Clause) and isinstance(piece.meaning, Items):
        piece.meaning, piece.why = None, "what depends on it is not clear"


def _is_late(piece: Piece) -> bool:
    return isinstance(piece, Word) and piece.type == "WHEN"


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
    if not content_of(first):
        ends = []  # a colon, with a list below it
    for last in reversed(ends):
        parts = pieces[position : last + 1]
        words = [w for p in parts for w in (p.words if isinstance(p, Clause) else [p])]
        if is_complete(own) and is_complete(meaning_of(_words_of(parts[-1]))):
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
    content = content_of(piece)
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
    content = content_of(piece)
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


def _end_of_series(pieces: Sequence[Piece], position: int, step: int) -> list[Word]:
    """The words of the nearest clause on one side that is more than a number.

    :param step: 1 to look for "200 EMA" after it, -1 for "EMA 50" before it.
    """
    for _ in range(LONGEST_SERIES):
        position += step
        if not 0 <= position < len(pieces):
            break
        piece = pieces[position]
        words = content_of(piece)
        if isinstance(piece, Clause):
            if len(words) != 1 or words[0].type not in _LENGTHS:
                return words
        elif piece.type not in {"AND", "OR", "COMMA"}:
            return []
    return []


def _words_of(piece: Piece) -> list[Word]:
    return piece.words if isinstance(piece, Clause) else [piece]
