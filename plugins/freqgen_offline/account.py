"""Keeps account of the words of a brief: what was read, and what was not."""

from __future__ import annotations

from collections.abc import Sequence

from freqgen import BriefError, Span
from freqgen_offline.clauses import why_unread
from freqgen_offline.lexicon import MEANINGLESS
from freqgen_offline.pieces import Clause
from freqgen_offline.statements import Statement
from freqgen_offline.writing import Writer

MAX_QUOTE = 80
CAN_READ = (
    'write sentences such as "Buy when RSI(14) is below 30 and close is under the lower Bollinger '
    'band (20, 2)." and "Sell when RSI rises above 70."'
)


def account(
    brief: str, statements: Sequence[Statement], writer: Writer
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The spans of the brief that were read, and those that were not."""
    read: list[Span] = []
    unread: list[Span] = []
    for statement in statements:
        clauses = statement.clauses
        understood = [c for c in clauses if c.note]
        whole = statement.lost or (statement.verb is not None and not understood)
        if whole:
            ends = [c.end for c in clauses] + [statement.verb_end]
            starts = [c.start for c in clauses]
            starts += [statement.start] if statement.start is not None else []
            why = statement.why or next((w for c in clauses if (w := reason(c))), "")
            unread.append(_span(brief, min(starts), max(ends), why))
            continue
        if (verb := statement.verb) is not None:
            conditions = any(c.condition is not None and c.note for c in clauses)
            if conditions or "exit" in statement.list_name:
                meaning = statement.list_name
                read.append(_span(brief, verb.start, statement.verb_end, meaning))
            else:
                unread.append(_span(brief, verb.start, statement.verb_end))
        for clause in clauses:
            if clause.note:
                note = writer.finished(clause.note)
                read.append(_span(brief, clause.start, clause.end, note))
            else:
                unread.append(_span(brief, clause.start, clause.end, reason(clause)))
    return tuple(sorted(read, key=_place)), tuple(sorted(unread, key=_place))


def reason(clause: Clause) -> str:
    """Why a clause was not used, as far as that is known."""
    return clause.why or why_unread([w for w in clause.words if w.type not in MEANINGLESS])


def _span(brief: str, start: int, end: int, meaning: str = "") -> Span:
    return Span(start=start, end=end, text=brief[start:end], meaning=meaning)


def refusal(brief: str, statements: Sequence[Statement], writer: Writer) -> BriefError:
    """The error that says what was not understood, and what would be."""
    _, unread = account(brief, statements, writer)
    missed = ", ".join(
        f'"{_quote(s.text)}"' + (f" ({s.meaning})" if s.meaning else "") for s in unread[:5]
    )
    missed += ", …" if len(unread) > 5 else ""
    told = f"; this was not understood: {missed}" if missed else ""
    return BriefError(f"no rule for an entry was understood{told}", hint=CAN_READ)


def _quote(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MAX_QUOTE else flat[:MAX_QUOTE] + "…"


def _place(span: Span) -> int:
    return span.start
