"""Names what might have been meant in another way than it was taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from freqgen_offline.doubts import around_two
from freqgen_offline.items import Settings
from freqgen_offline.lexicon import MEANINGLESS
from freqgen_offline.meaning import Compare, Held
from freqgen_offline.phrases import Clause
from freqgen_offline.statements import Statement


def how_taken(
    brief: str, statements: Sequence[Statement], settings: Settings, title: Clause | None
) -> Iterator[str]:
    """What might have been meant in another way, as sentences.

    :param title: The clause of a title that the timeframe was taken from.
    """
    ruling = [s for s in statements if s.list_name and not s.lost]
    frame = settings.found.get("timeframe")
    named = title
    if named is None and frame is not None and not _names_a_chart(frame[1]):
        named = frame[1]
    if named is not None and (named.note or title is None):
        yield f'The {named.note} was taken from "{brief[named.start : named.end]}".'
    sides: set[str] = set()
    for statement in ruling:
        sides |= {statement.list_name} if statement.verb is not None else set()
        told = [c for c in statement.clauses if c.condition is not None]
        if statement.verb is None and told and len(sides) > 1 and not statement.also:
            yield _alone(brief[told[0].start : told[-1].end], statement)
    for statement, following in pairwise(statements):
        found = around_two(statement, following)
        if found is not None and found[0].condition is not None:
            yield _alone(brief[found[0].start : found[0].end], found[1])
    for clause in _lasting(ruling):
        words = brief[clause.start : clause.end]
        yield f'How long "{words}" holds was not taken for what stands before it.'
    for clause in (c for s in ruling for c in s.clauses):
        said = {str(w.token) for w in clause.words if w.type == "NOISE_WORD"}
        if said & {"back", "again"} and isinstance(clause.condition, Compare):
            yield (
                f'"{brief[clause.start : clause.end]}" was read as a state, whatever went before; '
                'write "crosses" for the candle at which it begins.'
            )


def _alone(words: str, statement: Statement) -> str:
    what = statement.list_name.replace("_", " of a ")
    return f'"{words}" was taken for the {what} alone.'


def _lasting(statements: Sequence[Statement]) -> list[Clause]:
    """Conditions for some candles, or within some, that others stand right before."""
    return [
        clause
        for statement in statements
        for before, clause in pairwise(c for c in statement.clauses if c.condition is not None)
        if isinstance(clause.condition, Held) and not isinstance(before.condition, Held)
    ]


def _names_a_chart(clause: Clause) -> bool:
    """Whether words say a timeframe and nothing else: "on the 1h chart"."""
    content = {w.type for w in clause.words if w.type not in MEANINGLESS}
    adjective = any(str(w.token) in {"daily", "weekly", "hourly"} for w in clause.words)
    goal = adjective and content & {"TAKE", "PROFIT", "PCT"}
    return content <= _CHART_AND_RISK and not goal


_CHART_AND_RISK = frozenset({"TIME", "CHART", "CANDLE", "MARK", "IS", "FOR_TIME", "STOP", "TAKE",
                             "TRAIL", "PCT", "NUM", "TIMES", "LEVERAGE", "PROFIT"})  # fmt: skip
