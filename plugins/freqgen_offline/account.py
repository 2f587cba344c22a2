"""Keeps account of the words of a brief: what was read, and what was not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest

from freqgen import BriefError, Span
from freqgen_offline.chatter import (
    gives_reason,
    is_chatter,
    is_heading,
    speaks_of_shorts,
    what_to_say,
)
from freqgen_offline.clauses import why_unread
from freqgen_offline.items import TWICE
from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.phrases import Clause
from freqgen_offline.statements import Statement
from freqgen_offline.titles import title_of
from freqgen_offline.wishes import Wish, wishes
from freqgen_offline.writing import Writer

MAX_QUOTE = 80
ASIDE = "a reason, which is no rule"
LEFT_OUT = "left out, for that side is not traded"
EXPLAINED = "as explained behind it"
PAIRS = "pairs are chosen with -p, or in the configuration"
OTHER_LANGUAGE = (
    "this provider reads English; a language model reads others too: --design-model, as in "
    "--design-model anthropic:MODEL"
)
_FEWEST_WORDS = 4
_MOST_UNKNOWN = 0.6
CAN_READ = (
    'write sentences such as "Buy when RSI(14) is below 30 and close is under the lower Bollinger '
    'band (20, 2)." and "Sell when RSI rises above 70."'
)


_STOPS = frozenset({"STOP", "TRAIL", "LEVERAGE", "OFFSET", "OFFSET_AFTER", "LOSS", "FROM_ENTRY"})
_ENTERS = frozenset({"ENTER_LONG", "ENTER_SHORT", "FILTER"})


def account(
    brief: str, statements: Sequence[Statement], writer: Writer
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The spans of the brief that were read, and those that were not."""
    ledger = _Ledger(brief, tuple(wishes(brief)))
    frames = {writer.timeframe, *(key.frame for key in writer.indicators.used)}
    functions = {key.function for key in writer.indicators.used}
    shorts = {s.list_name for s in statements if _is_entry(s)} == {"entry_short"}
    rivals = _rivals(statements)
    for place, (statement, following) in enumerate(zip_longest(statements, statements[1:])):
        before = statements[place - 1] if place else None
        heads = following is not None and _heads(statement, following)
        if heads or (before is not None and _repeats(before, statement)):
            assert statement.verb is not None  # noqa: S101  (so it is one)
            begin, end = statement.verb.start, statement.verb_end
            ledger.read.append(_span(brief, begin, end, statement.list_name))
            continue
        leads = following is not None and not statement.ended and _is_entry(following)
        named = title_of(statement, frames, functions, shorts=shorts) if place == 0 else []
        named = statement.clauses if gives_reason(brief, statement) else named
        rival = id(statement) in rivals
        ledger.enter(statement, writer, leads=leads or rival, harmless=[] if rival else named)
    return tuple(sorted(ledger.read, key=_place)), tuple(sorted(ledger.unread, key=_place))


def _heads(statement: Statement, following: Statement) -> bool:
    """Whether a verb is but a heading: "Entry: buy on the golden cross"."""
    alone = statement.verb is not None and not statement.clauses and not statement.ended
    same = following.verb is not None and statement.list_name == following.list_name
    understood = any(c.note and c.condition is not None for c in following.clauses)
    return alone and same and understood and not (statement.lost or statement.denied)


def _rivals(statements: Sequence[Statement]) -> set[int]:
    """Labels of several entries, of which one might be meant: "Careful: ... Brave: ...".

    :returns: The ``id`` of each.
    """
    found: dict[str, list[Statement]] = {}
    for statement, following in pairwise(statements):
        label = statement.verb is None and not statement.ended and len(statement.clauses) == 1
        if label and statement.clauses[0].words[-1].type == "COLON" and _is_entry(following):
            found.setdefault(following.list_name, []).append(statement)
    return {id(s) for rivals in found.values() if len(rivals) > 1 for s in rivals}


def _repeats(before: Statement, statement: Statement) -> bool:
    """Whether a verb only says again what its sentence is about: "buy the dip: when ..., buy"."""
    alone = statement.verb is not None and not statement.clauses and not statement.lost
    same = before.verb is not None and before.list_name == statement.list_name
    return alone and same and not before.ended and not (before.lost or before.denied)


@dataclass(slots=True)
class _Ledger:
    """What became of the words so far."""

    brief: str
    wishes: tuple[Wish, ...]
    read: list[Span] = field(default_factory=list)
    unread: list[Span] = field(default_factory=list)

    def enter(
        self, statement: Statement, writer: Writer, *, leads: bool, harmless: Sequence[Clause]
    ) -> None:
        """Note what became of the words of a statement.

        :param leads: Whether an entry follows in the same sentence.
        :param harmless: Clauses that only name the strategy, or give a reason.
        """
        clauses = statement.clauses
        entry = _is_entry(statement)
        understood = [c for c in clauses if c.note or c.explained or c.left_out or c.names_pairs]
        settings = statement.verb is not None and statement.verb.type == "FILTER" and not any(
            c.condition is not None for c in clauses
        )  # fmt: skip
        if statement.lost or (statement.verb is not None and not understood):
            ends = [c.end for c in clauses] + [statement.verb_end]
            starts = [c.start for c in clauses]
            starts += [statement.start] if statement.start is not None else []
            why = statement.why or next((w for c in clauses if (w := reason(c))), "")
            blocks = entry or any(map(_stops, clauses)) or any(map(speaks_of_shorts, clauses))
            # "Skip when ADX > 40" says when not to enter.
            loaded = not all(is_chatter(c) or is_heading(c) or c in harmless for c in clauses)
            blocks = blocks or (statement.verb is None and loaded)
            self._miss(min(starts), max(ends), why, blocks=blocks)
            return
        if (verb := statement.verb) is not None:
            conditions = any(c.left_out or (c.condition is not None and c.note) for c in clauses)
            if conditions or "exit" in statement.list_name or settings:
                meaning = " and ".join([statement.list_name, *statement.also])
                meaning = "" if settings and not conditions else meaning
                start = verb.start if statement.start is None else min(verb.start, statement.start)
                begin = verb.start if not statement.denied else start
                self.read.append(_span(self.brief, begin, statement.verb_end, meaning))
            else:
                self._miss(verb.start, statement.verb_end, "", blocks=entry)
        joints = {p.type for p in (*statement.given, *statement.parts) if isinstance(p, Word)}
        depends = bool(joints & {"WHEN", "UNLESS", "ALONG"}) or _labels(statement)
        for clause in clauses:
            if clause.note:
                note = writer.finished(clause.note)
                self.read.append(_span(self.brief, clause.start, clause.end, note))
            elif clause.names_pairs:
                self.read.append(_span(self.brief, clause.start, clause.end, PAIRS))
            elif clause.aside or clause.explained or clause.left_out:
                told = LEFT_OUT if clause.left_out else ASIDE if clause.aside else EXPLAINED
                self.read.append(_span(self.brief, clause.start, clause.end, told))
            else:
                # Two timeframes, or two stops, of which one is wrong.
                blocks = entry or _stops(clause) or clause.why == TWICE
                heading = is_heading(clause) and not depends
                loaded = not (is_chatter(clause) or heading) or (leads and depends)
                loaded = loaded and statement.verb is None
                blocks |= (loaded or speaks_of_shorts(clause)) and clause not in harmless
                self._miss(clause.start, clause.end, reason(clause), blocks=blocks)

    def _miss(self, start: int, end: int, why: str, *, blocks: bool) -> None:
        wish = next((w for w in self.wishes if w.start < end and start < w.end), None)
        self.unread.append(
            Span(
                start=start,
                end=end,
                text=self.brief[start:end],
                meaning=wish.why if wish is not None else why,
                blocks=blocks or wish is not None,
            )
        )


def _labels(statement: Statement) -> bool:
    """Whether a colon stands behind all that a statement says."""
    return statement.verb is None and all(c.words[-1].type == "COLON" for c in statement.clauses)


def _is_entry(statement: Statement) -> bool:
    """Whether a statement says when to enter; one that was lost too."""
    if any(name.startswith("entry") for name in (statement.list_name, *statement.also)):
        return True
    return statement.verb is not None and statement.verb.type in _ENTERS


def _stops(clause: Clause) -> bool:
    """Whether a clause is about a stop."""
    return any(word.type in _STOPS for word in clause.words)


def reason(clause: Clause) -> str:
    """Why a clause was not used, as far as that is known."""
    told = clause.why or why_unread([w for w in clause.words if w.type not in MEANINGLESS])
    return told or what_to_say(clause)


def _span(brief: str, start: int, end: int, meaning: str = "") -> Span:
    return Span(start=start, end=end, text=brief[start:end], meaning=meaning)


def refusal(
    brief: str, said: Sequence[Word], statements: Sequence[Statement], writer: Writer
) -> BriefError:
    """The error that says what was not understood, and what would be.

    :param said: The words of the brief.
    """
    _, unread = account(brief, statements, writer)
    missed = ", ".join(
        f'"{_quote(s.text)}"' + (f" ({s.meaning})" if s.meaning else "") for s in unread[:5]
    )
    missed += ", …" if len(unread) > 5 else ""
    told = f"; this was not understood: {missed}" if missed else ""
    hint = OTHER_LANGUAGE if _is_foreign(said) else CAN_READ
    return BriefError(f"no rule for an entry was understood{told}", hint=hint)


def _is_foreign(said: Sequence[Word]) -> bool:
    """Whether most words are none that the reader knows."""
    found = [w.type for w in said if str(w.token).strip().isalpha()]
    unknown = found.count("WORD") + sum(
        1 for w in said if w.type == "OTHER" and str(w.token).isalpha()
    )
    return len(found) >= _FEWEST_WORDS and unknown >= _MOST_UNKNOWN * len(found)


def _quote(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MAX_QUOTE else flat[:MAX_QUOTE] + "…"


def _place(span: Span) -> int:
    return span.start
