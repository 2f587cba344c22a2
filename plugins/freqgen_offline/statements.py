"""Divides a brief into clauses and finds out which verb each of them belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from freqgen_offline.clauses import read_clause
from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.meaning import (
    BarePercentage,
    Condition,
    Items,
    Meaning,
    Placed,
    Tail,
)

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
DENIALS = frozenset({"never", "don't", "dont", "doesn't", "avoid", "without", "no", "cannot",
                     "can't", "not", "stop"})  # fmt: skip
ITEM_BEGINS = frozenset({"PCT", "STOP", "TAKE", "TRAIL", "TIME", "NUM", "COUNT", "HOLD", "RISK",
                         "MAX", "LE", "LEVERAGE", "CHART", "LONG_ONLY"})  # fmt: skip
PARTIAL = frozenset({"half", "third", "quarter", "rest", "remainder", "remaining", "partial",
                     "partially", "partly", "part", "parts", "portion", "some", "most", "scale",
                     "piece", "tranche", "bit"})  # fmt: skip
MAX_SPLIT_WORDS = 60
TORN = "it is not clear which conditions belong to which verb"
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


@dataclass(eq=False, slots=True)
class Statement:
    """A verb and the clauses under it.

    :param verb: The verb, or ``None``.
    :param list_name: ``entry_long`` and so on, ``exit`` where the side was not said,
        ``filter``, or empty for clauses under no verb that is known.
    :param parts: Clauses, and the dividers between them, in the order of the text.
    :param given: The same, said before the verb, as in "when ADX > 25, buy if ...".
    :param start: Where the statement begins in the brief.
    :param opened: Whether a colon after the verb begins a list.
    :param lost: Whether the verb was denied or not understood, so that nothing under it counts.
    :param continues: Whether it carries on the statement before it.
    :param how: ``any`` or ``all`` where it says "any of" or "all of".
    :param why: Why it is lost, as far as that is known.
    :param late: Whether what is given came about at a point in time, as in "once ...".
    """

    verb: Word | None = None
    list_name: str = ""
    parts: list[Clause | Word] = field(default_factory=list)
    given: list[Clause | Word] = field(default_factory=list)
    start: int | None = None
    verb_end: int = 0
    opened: bool = False
    lost: bool = False
    continues: bool = False
    how: str = ""
    why: str = ""
    late: bool = False

    @property
    def clauses(self) -> list[Clause]:
        """The clauses alone, those before the verb first."""
        return [p for p in (*self.given, *self.parts) if isinstance(p, Clause)]

    @property
    def own(self) -> list[Clause]:
        """The clauses without those that were said before the verb."""
        return [p for p in self.parts if isinstance(p, Clause)]

    def lose(self, why: str) -> None:
        """Let nothing in it count."""
        self.lost = True
        self.why = self.why or why

    @property
    def only(self) -> bool:
        """Whether it restricts the statements before it, as in "only buy when"."""
        return self.verb is not None and "only" in str(self.verb.token).split()


Piece = Clause | Word


def read_statements(words: Iterable[Word]) -> list[Statement]:
    """The statements of a brief."""
    return _Grouper(_joined(_pieces(_in_sequence(words)))).statements()


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


def _denies(clause: Clause) -> bool:
    """Whether the words before a verb deny it, as in "never buy when"."""
    if clause.meaning is not None or clause.words[-1].type == "COLON":
        return False
    return any(str(w.token) in DENIALS | PARTIAL or w.type in {"NOT", "STOP"} for w in clause.words)


class _Grouper:
    """Puts pieces under their verbs."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.done: list[Statement] = []
        self.current = Statement()
        self.next_verb = self._next_verbs()
        self.torn = False
        """Whether it is not clear where the statement ends and the next one begins."""

    def _next_verbs(self) -> list[int | None]:
        """For every piece, where in the same sentence the next verb is."""
        found: list[int | None] = [None] * len(self.pieces)
        nearest: int | None = None
        for i in range(len(self.pieces) - 1, -1, -1):
            piece = self.pieces[i]
            found[i] = nearest
            if isinstance(piece, Word):
                if piece.type in ENDS:
                    nearest = None
                elif piece.type in VERBS:
                    nearest = i
        return found

    def statements(self) -> list[Statement]:
        for i, piece in enumerate(self.pieces):
            if isinstance(piece, Clause):
                self._clause(piece)
            elif piece.type in VERBS:
                self._verb(i, piece)
            elif piece.type == "WHEN":
                self._when(i, piece)
            elif piece.type in ENDS:
                if str(piece.token) == ";" and self._carries_on(i):
                    self._joint(piece)
                elif piece.type == "MARK" or self.current.parts:
                    self._finish()
                    self.torn = False
            elif piece.type != "ARROW":
                self._joint(piece)
        self._finish()
        return self.done

    def _finish(self) -> None:
        if self.current.verb is not None or self.current.clauses:
            self.done.append(self.current)
        self.current = Statement()

    def _carries_on(self, i: int) -> bool:
        """Whether what follows a semicolon is one more condition: "RSI < 30; ADX > 25"."""
        if self.current.verb is None or not self.current.own or self.next_verb[i] is not None:
            return False
        following = self.pieces[i + 1] if i + 1 < len(self.pieces) else None
        return (
            isinstance(following, Clause)
            and isinstance(following.meaning, Placed)
            and not isinstance(following.meaning.what, Tail)
        )

    def _begin(self, word: Word) -> None:
        if self.current.start is None:
            self.current.start = word.start

    def _clause(self, clause: Clause) -> None:
        if says_nothing(clause):
            also = any(w.type == "ALSO" for w in clause.words)
            self.current.continues |= also and not self.current.parts
            return
        self._begin(clause.words[0])
        if any(w.type == "ALSO" for w in clause.words[:1]) and not self.current.parts:
            self.current.continues = True
        self.current.parts.append(clause)

    def _joint(self, word: Word) -> None:
        if not self.current.parts and self.current.verb is None:
            if word.type in {"AND", "BULLET"}:
                self.current.continues = word.type == "AND" or self._list_is_open()
            if word.type not in {"LPAR", "EITHER"}:
                return
        self.current.parts.append(word)

    def _list_is_open(self) -> bool:
        return any(s.opened for s in self.done[-1:]) or any(s.continues for s in self.done[-1:])

    def _verb(self, i: int, verb: Word) -> None:
        name = VERBS[verb.type]
        before = self.pieces[i - 1] if i else None
        if isinstance(before, Clause) and _denies(before) and before in self.current.parts[-1:]:
            self.current.parts.pop()
            self._trim_joints()
            self._finish()
            self.current = Statement(start=before.start, lost=True, verb=verb, verb_end=verb.end)
            return
        if self._absorbed(i, name, verb):
            return
        waiting = self.current.verb is None and self.current.clauses and not self.current.lost
        if waiting and not self._opens(i):
            self._trim_joints()
            self.current.verb, self.current.list_name = verb, name
            self.current.verb_end = verb.end
            self._finish()
            return
        self._trim_joints()
        given: list[Piece] = []
        late = self.current.late
        if waiting and self._is_given(i, name):
            given = self.current.parts
            self.current = Statement()
        self._finish()
        self.current = Statement(
            verb=verb,
            list_name=name,
            start=verb.start,
            verb_end=verb.end,
            opened=self._colon(i),
            given=given,
            late=late,
        )
        if self.torn:
            self.current.lose(TORN)

    def _is_given(self, i: int, name: str) -> bool:
        """Whether the conditions before a verb hold for those after it."""
        conditions = any(isinstance(c.meaning, Placed) for c in self.current.clauses)
        return conditions and name != "filter" and not self._colon(i)

    def _absorbed(self, i: int, name: str, verb: Word) -> bool:
        """Take in a verb that only says what the condition before it is for: "on exit"."""
        before = self.pieces[i - 1] if i else None
        current = self.current
        if (
            current.verb is None
            or not isinstance(before, Clause)
            or before not in current.parts[-1:]
            or str(before.words[-1].token) not in {"on", "for", "at", "upon"}
            or not str(verb.token).split()[0].startswith(("exit", "entr"))
            or self._opens(i)
            or self._colon(i)
        ):
            return False
        before.words.append(verb)
        if name[:4] != current.list_name[:4]:
            before.meaning = None
            before.why = "it is for something else than the verb before it"
        return True

    def _trim_joints(self) -> None:
        while self.current.parts and isinstance(self.current.parts[-1], Word):
            if self.current.parts[-1].type == "RPAR":
                break
            self.current.parts.pop()

    def _colon(self, i: int) -> bool:
        """Whether a colon, or the end of the line, follows the verb."""
        following = self.pieces[i + 1] if i + 1 < len(self.pieces) else None
        if isinstance(following, Clause):
            return following.words[0].type == "COLON"
        if following is not None and following.type == "WHEN":
            return self._colon(i + 1)
        return following is not None and following.type in {"NL", "BULLET", "BLANK"}

    def _opens(self, i: int) -> bool:
        """Whether the verb is followed by its conditions rather than preceded by them."""
        following = self.pieces[i + 1] if i + 1 < len(self.pieces) else None
        if isinstance(following, Clause):
            if following.meaning is None and i + 2 < len(self.pieces):
                then = self.pieces[i + 2]  # "sell half when"
                if isinstance(then, Word) and then.type == "WHEN":
                    return True
            return following.words[0].type == "COLON" or (
                isinstance(following.meaning, Placed)
                and not isinstance(following.meaning.what, Tail)
            )
        return following is not None and following.type == "WHEN"

    def _when(self, i: int, word: Word) -> None:
        before = self.pieces[i - 1] if i else None
        current = self.current
        if current.lost:
            return
        if isinstance(before, Clause) and current.parts and current.parts[-1] is before:
            # "reduce the position when ...": a verb that is not known has begun.
            object_of_verb = len(current.parts) == 1 and current.verb is not None
            if before.meaning is None and not object_of_verb:
                current.parts.pop()
                self._trim_joints()
                self._finish()
                self.current = Statement(start=before.start, lost=True, parts=[before])
                return
        if current.verb is not None and current.own:
            if self._ends_in_verb(i) and not self._has_object_only():
                self._trim_joints()
                self._finish()
            elif self._is_torn(i):
                current.lose(TORN)
                self.torn = True
        if self.current.verb is not None and not self.current.own:
            self.current.verb_end = word.end
        elif self.current.verb is None and str(word.token) in {"once", "as soon as"}:
            self.current.late = True
        self._begin(word)

    def _has_object_only(self) -> bool:
        """Whether nothing but an object follows the verb, as in "sell half when"."""
        own = self.current.own
        return len(own) == 1 and isinstance(own[0].meaning, BarePercentage | None)

    def _is_torn(self, i: int) -> bool:
        """Whether "buy if A, when B, sell if C" does not say where B belongs."""
        before = self.pieces[i - 1]
        verb = self.next_verb[i]
        comma = isinstance(before, Word) and before.type == "COMMA"
        return comma and verb is not None and not self._colon(verb)

    def _ends_in_verb(self, i: int) -> bool:
        """Whether the conditions from here on belong to a verb that comes after them."""
        verb = self.next_verb[i]
        return verb is not None and not self._opens(verb) and not self._colon(verb)
