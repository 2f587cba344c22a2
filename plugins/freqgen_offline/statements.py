"""Finds out which verb each clause of a brief belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.meaning import After, BarePercentage, Items, Placed, Tail
from freqgen_offline.phrases import Clause, Piece, says_nothing
from freqgen_offline.pieces import ENDS, VERBS, clauses_and_dividers

DENIALS = frozenset({"never", "don't", "dont", "doesn't", "avoid", "without", "no", "cannot",
                     "can't", "not", "stop"})  # fmt: skip
PARTIAL = frozenset({"half", "third", "quarter", "rest", "remainder", "remaining", "partial",
                     "partially", "partly", "part", "parts", "portion", "some", "most", "scale",
                     "piece", "tranche", "bit"})  # fmt: skip
BEFORE = "what the words before the verb do to it is not understood"
_HARMLESS = frozenset(
    {"idea", "plan", "setup", "approach", "rule", "rules", "entry", "exit", "first", "friend",
     "going", "looking", "try", "tries", "trying", "prefer", "prefers", "always", "usually",
     "often", "basically", "typically", "normally", "automatically", "immediately", "might", "may",
     "could", "love", "wish", "hope", "gonna", "wanna", "am", "is", "good", "old", "classic",
     "dip", "dips", "momentum", "swing", "scalp", "trader", "mirrors", "otherwise"}
)  # fmt: skip
"""Words right before a verb that do not turn it round."""
_PERMIT = frozenset({"can", "may", "could", "might", "also", "protect", "protects", "love", "like",
                     "hate", "enjoy", "still"})  # fmt: skip
"""Words before "trade on Mondays" with which it says not when alone to trade."""
EACH = "whether each by itself is denied, or both together, cannot be told for certain"
_SETTINGS = frozenset({"indicators", "indicator", "settings", "setting", "parameters", "parameter",
                       "risk", "risk management", "money management"})  # fmt: skip
"""Headings of lists that are no conditions."""
TORN = "it is not clear which conditions belong to which verb"


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
    :param also: Further lists that it counts for, as in "cover the short and buy".
    :param denied: Whether the opposite of its conditions must hold, as in "never buy when".
    :param ended: Whether its sentence ends with it.
    :param conditional: Whether "when" or "if" stands in it.
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
    also: list[str] = field(default_factory=list)
    denied: bool = False
    ended: bool = False
    conditional: bool = False

    @property
    def opens_short(self) -> bool:
        """Whether its verb is but "short", which may be what is closed."""
        said = str(self.verb.token) if self.verb is not None else ""
        return self.list_name == "entry_short" and said in {"short", "shorts"}

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


def read_statements(words: Iterable[Word]) -> list[Statement]:
    """The statements of a brief."""
    return _Grouper(clauses_and_dividers(words)).statements()


def _denies(clause: Clause) -> bool:
    """Whether the words before a verb deny it, as in "never buy when"."""
    if clause.meaning is not None or clause.words[-1].type == "COLON":
        return False
    return any(str(w.token) in DENIALS | PARTIAL or w.type in {"NOT", "STOP"} for w in clause.words)


def _is_joint(piece: Piece) -> bool:
    return isinstance(piece, Word) and piece.type in {"AND", "COMMA"}


def _only_denies(clause: Clause) -> bool:
    """Whether a clause says "never", "don't", "no" and nothing else."""
    words = {str(w.token) for w in clause.words if w.type not in MEANINGLESS}
    return bool(words) and words <= {"never", "don't", "dont", "do", "not", "no", "avoid", "new"}


class _Grouper:
    """Puts pieces under their verbs."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        self.done: list[Statement] = []
        self.current = Statement()
        self.next_verb = self._next_verbs()
        self.joined = self.current
        """The statement whose conditions another verb shares."""
        self.torn = False
        """Whether it is not clear where the statement ends and the next one begins."""
        self.headed = False
        """Whether a heading such as "Settings" ended the list before it."""

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
            elif piece.type == "BOTH_TRUE":
                self._both_true(piece)
            elif piece.type in ENDS:
                if str(piece.token) == ";" and self._carries_on(i):
                    self._joint(piece)
                elif piece.type == "MARK" or self.current.parts:
                    self._finish()
                    if self.done:
                        self.done[-1].ended = True
                    self.torn = False
            elif piece.type != "ARROW":
                self._joint(piece)
        self._finish()
        return self.done

    def _both_true(self, word: Word) -> None:
        """Take up the conditions of the sentence before: "A. B. When both are true, buy"."""
        self._finish()
        if self.done and self.done[-1].verb is None and not self.done[-1].lost:
            self.current = self.done.pop()
            self.current.parts.append(word)
        self._begin(word)

    def _finish(self) -> None:
        if self.current.verb is not None or self.current.clauses:
            self.done.append(self.current)
        self.current = Statement()

    def _carries_on(self, i: int) -> bool:
        """Whether what follows a semicolon is one more condition: "RSI < 30; ADX > 25"."""
        if self.current.verb is None or not self.current.own or self.next_verb[i] is not None:
            return False
        after = self.pieces[i + 1 : i + 3]
        joined = after and isinstance(after[0], Word) and after[0].type in {"AND", "OR"}
        following = next(iter(after[1:] if joined else after), None)
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
            conditions = [c for c in self.current.own if isinstance(c.meaning, Placed)]
            first = any(str(w.token).startswith("whichever") for w in clause.words)
            if first and len(conditions) > 1 and self.current.list_name.startswith("entry"):
                self.current.lose(EACH)
            if any(w.type == "HEADER" and str(w.token) in _SETTINGS for w in clause.words):
                self._trim_joints()
                self._finish()
                self.headed = True
            return
        self._begin(clause.words[0])
        if any(w.type == "ALSO" for w in clause.words[:1]) and not self.current.parts:
            self.current.continues = True
        self.current.parts.append(clause)

    def _joint(self, word: Word) -> None:
        if not self.current.parts and self.current.verb is None:
            if word.type == "OR" and self.done:
                self.current.lose(TORN)  # "or" on a line of its own
            if word.type in {"AND", "BULLET"}:
                self.current.continues = word.type == "AND" or self._list_is_open()
            if word.type not in {"LPAR", "EITHER", "UNLESS"}:
                return
        self.current.parts.append(word)

    def _list_is_open(self) -> bool:
        return not self.headed and any(s.opened or s.continues for s in self.done[-1:])

    def _verb(self, i: int, verb: Word) -> None:
        name = VERBS[verb.type]
        self.headed = False
        before = self.pieces[i - 1] if i else None
        if isinstance(before, Clause) and _denies(before) and before in self.current.parts[-1:]:
            self.current.parts.pop()
            self._trim_joints()
            self._finish()
            denied = not name.startswith("exit") and _only_denies(before)
            self.current = Statement(
                start=before.start,
                lost=not denied,
                denied=denied,
                verb=verb,
                verb_end=verb.end,
                list_name=name if denied else "",
                opened=self._colon(i),
            )
            return
        if self._absorbed(i, name, verb):
            return
        if verb.type == "FILTER" and self._ends_trades():
            self._when(i, verb)  # "sell all trades when ADX < 20"
            return
        doubtful = self._said_before(i, verb)
        if self._joins(i, name):
            if name == "exit":
                said = str(verb.token)
                of_long = "sell" in said or "long" in said or "short" in self.joined.list_name
                name = "exit_long" if of_long else "exit_short"
            self.joined.also.append(name)
            self.joined.verb_end = verb.end
            return
        waiting = self.current.verb is None and self.current.clauses and not self.current.lost
        arrow = isinstance(before, Word) and before.type == "ARROW"
        if waiting and not arrow and self._is_heading(i):
            self._finish()
            waiting = False
        if waiting and (arrow or not self._opens(i)):
            self._trim_joints()
            self.current.verb, self.current.list_name = verb, name
            self.current.verb_end = verb.end
            if not self._goes_on(i):
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
        if doubtful:
            self.current.lose(BEFORE)
        if self.torn:
            self.current.lose(TORN)

    def _ends_trades(self) -> bool:
        """Whether a verb that ends trades has no condition yet."""
        verb = self.current.verb
        placed = any(isinstance(c.meaning, Placed) for c in self.current.own)
        return verb is not None and verb.type.startswith("EXIT") and not placed

    def _said_before(self, i: int, verb: Word) -> bool:
        """Whether words right before a verb may turn it round: "refrain from buying"."""
        before = self.pieces[i - 1] if i else None
        if not isinstance(before, Clause):
            return False
        if verb.type == "FILTER" and {str(w.token) for w in before.words} & _PERMIT:
            return True
        if verb.type == "FILTER" and isinstance(before.meaning, Items) and self._colon(i):
            return True  # "daily trend filter: ..."
        if before.meaning is not None:
            return False
        if before.words[-1].type in {"COLON", "HEADER"} or self.current.verb is not None:
            return False
        if VERBS[verb.type] == "filter" and self._colon(i):  # "Higher timeframe filter:"
            return False
        said = {str(w.token) for w in before.words if w.type not in MEANINGLESS}
        return bool(said - _HARMLESS)

    def _is_heading(self, i: int) -> bool:
        """Whether a verb that a list follows has only words before it: "My exit rules:"."""
        if not self._colon(i) or self.current.start is None:
            return False
        said = self.pieces[i - 1] if i else None
        whens = any(isinstance(p, Word) and p.type == "WHEN" for p in self.current.parts)
        return isinstance(said, Clause) and not whens and all(
            c.meaning is None for c in self.current.clauses
        )  # fmt: skip

    def _goes_on(self, i: int) -> bool:
        """Whether a condition follows that belongs to those before the verb: "provided that"."""
        for position in range(i + 1, min(i + 4, len(self.pieces))):
            piece = self.pieces[position]
            if isinstance(piece, Clause):
                if piece.meaning is not None and not isinstance(piece.meaning, Items):
                    return False
            elif piece.type in {"ALONG", "UNLESS"}:
                return self.next_verb[position] is None or self._opens_later(position)
            elif piece.type != "COMMA":
                return False
        return False

    def _opens_later(self, i: int) -> bool:
        """Whether the next verb of the sentence has conditions of its own behind it."""
        verb = self.next_verb[i]
        return verb is not None and (self._opens(verb) or self._colon(verb))

    def _joins(self, i: int, name: str) -> bool:
        """Whether a verb shares the conditions of the one before it: "cover and go long"."""
        at = i - 1
        while at >= 0 and _is_joint(self.pieces[at]):
            at -= 1
        before = self.pieces[at] if at >= 0 else None
        if at == i - 1 or not isinstance(before, Word) or before.type not in VERBS:
            return False
        if self.current.verb is before and not self.current.own:
            self.joined = self.current
        elif self.current.verb is not None or not self.done or self.done[-1].verb is not before:
            return False
        else:
            self.joined = self.done[-1]
        return name not in {self.joined.list_name, *self.joined.also}

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
            if isinstance(following.meaning, Items | None) and i + 2 < len(self.pieces):
                then = self.pieces[i + 2]  # "sell half when"
                if isinstance(then, Word) and then.type == "WHEN":
                    return True
            ends = self.pieces[i].type.startswith("EXIT")  # type: ignore[union-attr]
            if ends and isinstance(following.meaning, After | BarePercentage | Items):
                return True
            return following.words[0].type == "COLON" or (
                isinstance(following.meaning, Placed)
                and not isinstance(following.meaning.what, Tail)
            )
        return following is not None and following.type == "WHEN"

    def _when(self, i: int, word: Word) -> None:
        before = self.pieces[i - 1] if i else None
        current = self.current
        if current.denied and current.own:
            current.lose(EACH)
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
        self.current.conditional = True
        if self.current.verb is None and str(word.token) in {"once", "as soon as"}:
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
