"""Finds out which verb each clause of a brief belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

from freqgen_offline.comparing import AVERAGE_NAMES
from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.meaning import BarePercentage, Cross, Items, Placed, Tail, Use
from freqgen_offline.phrases import Clause, Piece, says_nothing
from freqgen_offline.pieces import ENDS, VERBS, clauses_and_dividers
from freqgen_offline.statements import DENIALS, PARTIAL, Statement
from freqgen_offline.surroundings import Surroundings

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
FIRST = (
    'an entry is at one candle, so nothing of it comes first: write "or" between the conditions '
    'where one is enough, "and" where all must hold'
)
LONE_OR = (
    'what "or" joins is not clear where it begins a sentence or stands on a line of its own: write '
    'the alternatives in one sentence, as in "buy when RSI < 30 or MFI < 20"'
)


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
        self.around = Surroundings(pieces)
        self.done: list[Statement] = []
        self.current = Statement()
        self.joined = self.current
        """The statement whose conditions another verb shares."""
        self.torn = False
        """Whether it is not clear where the statement ends and the next one begins."""
        self.headed = False
        """Whether a heading such as "Settings" ended the list before it."""

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
        if (
            self.current.verb is None
            or not self.current.has_own
            or self.around.next_verb[i] is not None
        ):
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
            first = any(str(w.token).startswith("whichever") for w in clause.words)
            if first and self.current.list_name.startswith("entry") and not self.current.lost:
                conditions = [c for c in self.current.own if isinstance(c.meaning, Placed)]
                if len(conditions) > 1:
                    self.current.lose(FIRST)
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
                self.current.lose(LONE_OR)
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
                opened=self.around.colon(i),
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
        waiting = (
            self.current.verb is None
            and (self.current.given or self.current.has_own)
            and not self.current.lost
        )
        arrow = isinstance(before, Word) and before.type == "ARROW"
        if waiting and not arrow and self._is_heading(i):
            self._finish()
            waiting = False
        if waiting and (arrow or not self.around.opens(i)):
            self._trim_joints()
            self.current.verb, self.current.list_name = verb, name
            self.current.verb_end = verb.end
            if not self.around.goes_on(i):
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
            opened=self.around.colon(i),
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
        if verb.type == "FILTER" and isinstance(before.meaning, Items) and self.around.colon(i):
            return True  # "daily trend filter: ..."
        if before.meaning is not None:
            return False
        if before.words[-1].type in {"COLON", "HEADER"} or self.current.verb is not None:
            return False
        if VERBS[verb.type] == "filter" and self.around.colon(i):  # "Higher timeframe filter:"
            return False
        said = {str(w.token) for w in before.words if w.type not in MEANINGLESS}
        return bool(said - _HARMLESS)

    def _is_heading(self, i: int) -> bool:
        """Whether a verb that a list follows has only words before it: "My exit rules:"."""
        if not self.around.colon(i) or self.current.start is None:
            return False
        said = self.pieces[i - 1] if i else None
        whens = any(isinstance(p, Word) and p.type == "WHEN" for p in self.current.parts)
        return isinstance(said, Clause) and not whens and all(
            c.meaning is None for c in self.current.clauses
        )  # fmt: skip

    def _joins(self, i: int, name: str) -> bool:
        """Whether a verb shares the conditions of the one before it: "cover and go long"."""
        at = i - 1
        while at >= 0 and _is_joint(self.pieces[at]):
            at -= 1
        before = self.pieces[at] if at >= 0 else None
        if at == i - 1 or not isinstance(before, Word) or before.type not in VERBS:
            return False
        if self.current.verb is before and not self.current.has_own:
            self.joined = self.current
        elif self.current.verb is not None or not self.done or self.done[-1].verb is not before:
            return False
        else:
            self.joined = self.done[-1]
        return name not in {self.joined.list_name, *self.joined.also}

    def _is_given(self, i: int, name: str) -> bool:
        """Whether the conditions before a verb hold for those after it."""
        conditions = any(isinstance(c.meaning, Placed) for c in self.current.clauses)
        return (
            conditions and name != "filter" and not self.around.colon(i) and not self._is_title(i)
        )

    def _is_title(self, i: int) -> bool:
        """Whether a brief begins with a cross that what is under its verb spells out.

        "Golden cross: buy when EMA 50 crosses above EMA 200".
        """
        match self.current.parts:
            case [Clause() as title] if not self.done and title.words[-1].type == "COLON":
                pass
            case _:
                return False
        said = [w.type for w in title.words if w.type not in MEANINGLESS and w.type != "COLON"]
        if said not in (["GOLDEN"], ["DEATH"]):
            return False
        behind = takewhile(lambda p: not (isinstance(p, Word) and p.type in ENDS), self.pieces[i:])
        conditions = [
            p.meaning.what
            for p in behind
            if isinstance(p, Clause) and isinstance(p.meaning, Placed)
        ]
        return any(
            isinstance(c, Cross)
            and c.up is (said == ["GOLDEN"])
            and all(isinstance(o, Use) and o.function in AVERAGE_NAMES for o in (c.left, c.right))
            for c in conditions
        )

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
            or self.around.opens(i)
            or self.around.colon(i)
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

    def _when(self, i: int, word: Word) -> None:
        before = self.pieces[i - 1] if i else None
        current = self.current
        if current.denied and current.has_own:
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
        if current.verb is not None and current.has_own:
            if self.around.ends_in_verb(i) and not self._has_object_only():
                self._trim_joints()
                self._finish()
            elif self.around.is_torn(i):
                current.lose(TORN)
                self.torn = True
        if self.current.verb is not None and not self.current.has_own:
            self.current.verb_end = word.end
        self.current.conditional = True
        if self.current.verb is None and str(word.token) in {"once", "as soon as"}:
            self.current.late = True
        self._begin(word)

    def _has_object_only(self) -> bool:
        """Whether nothing but an object follows the verb, as in "sell half when"."""
        own = self.current.own
        return len(own) == 1 and isinstance(own[0].meaning, BarePercentage | None)
