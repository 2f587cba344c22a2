"""Finds out which timeframe a brief is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest

from freqgen import TIMEFRAMES
from freqgen_offline.comparing import AVERAGE_NAMES
from freqgen_offline.indicators import Params, frame_name
from freqgen_offline.items import Settings
from freqgen_offline.lexicon import MEANINGLESS, Word
from freqgen_offline.looking import moved_to, operands, uses
from freqgen_offline.meaning import Item, Placed, Use
from freqgen_offline.phrases import Clause
from freqgen_offline.quantities import minutes
from freqgen_offline.statements import Statement
from freqgen_offline.taking_apart import NO_TITLE
from freqgen_offline.vocabulary import alike

DEFAULT_TIMEFRAME = "1h"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A timeframe.

    :param minutes: Length of its candles, or ``None`` where none is said.
    :param told: What was concluded, as sentences.
    """

    minutes: int | None
    told: tuple[str, ...] = ()


def take_title(statements: Sequence[Statement], settings: Settings) -> Clause | None:
    """Take the timeframe from a title, where it is said nowhere else: "EMA cross, 4h chart".

    :returns: The title.
    """
    if settings.value("timeframe") is not None:
        return None
    for statement, following in zip_longest(statements, statements[1:]):
        verb = following.verb if following is not None and not statement.ended else None
        if verb is not None and verb.type == "FILTER":
            continue  # "daily trend filter: ..."
        for clause in statement.clauses if statement.verb is None else ():
            content = [w for w in clause.words if w.type not in MEANINGLESS and not _is_for(w)]
            if any("heikin" in str(w.token) for w in content):
                continue
            times = [w for w in content if w.type == "TIME"]
            times = [w for w in times if not str(w.token).startswith(("a ", "an "))]
            frame = minutes(times[0].token) if len(times) == 1 and _is_title(content) else 0
            if frame not in TIMEFRAMES.values() or clause.condition is not None:
                continue
            item = Item("timeframe", frame)
            settings.found["timeframe"] = (item, clause)
            settings.clauses[id(clause)] = (clause, (item,))
            return clause
    return None


def _is_for(word: Word) -> bool:
    """Whether a word begins "for 15 minute futures", which names a chart, not how long."""
    return word.type == "FOR_TIME" and str(word.token) == "for"


def _is_title(content: Sequence[Word]) -> bool:
    """Whether words name a chart: "EMA cross on the 4h chart", "Ichimoku, daily candles"."""
    if {w.type for w in content} & _SAYS:
        return False
    for word, following in pairwise(content):
        if word.type == "TIME" and following.type in {"CHART", "CANDLE"}:
            return not any(str(w.token) in NO_TITLE for w in content)
    at_an_end = "TIME" in {content[0].type, content[-1].type}
    return len(content) <= _SHORT_TITLE and at_an_end and all(
        w.type in {"WORD", "TIME", "KNOWN", "BB", "RSI", "MACD", "PARAMS", "SHORT_ONLY"}
        for w in content
    ) and not any(str(w.token) in NO_TITLE for w in content)  # fmt: skip


_SHORT_TITLE = 4
_SAYS = frozenset({"NOT", "GT", "LT", "GE", "LE", "GREEN", "RED", "RISING", "FALLING", "TURN",
                   "CROSS_UP", "CROSS_DOWN", "DOUBT", "FOR_TIME"})  # fmt: skip


def choose_timeframe(conditions: Sequence[Clause], settings: Settings, given: str | None) -> Chosen:
    """The timeframe of a brief; conditions on another one are put on that, or become unread.

    :param conditions: The clauses whose conditions count.
    :param given: What was said beside the text.
    """
    named = TIMEFRAMES[given] if given is not None else settings.value("timeframe")
    chosen = Chosen(named) if named is not None else _named_beside(conditions)
    for clause in conditions:
        frame = _minutes(clause)
        assert clause.condition is not None  # noqa: S101  (so they were chosen)
        if frame is not None and frame != chosen.minutes:
            clause.condition = moved_to(clause.condition, frame)
            clause.why = "" if clause.condition else "it is on another timeframe than the rest"
    _refuse_outputs_of_another_chart(conditions)
    return chosen


def _refuse_outputs_of_another_chart(conditions: Sequence[Clause]) -> None:
    """Refuse "and the histogram is rising" where the MACD before it is that of another chart.

    So too +DI and -DI beside the ADX of another one or of another pair, and "the EMA 50" where the
    only one before it is one of slower candles.
    """
    for clause in conditions:
        bare = {u.function for u in _uses(clause) if _is_here(u) and _leans(clause, u)}
        averages = {(u.function, u.params) for u in _uses(clause) if _is_the_average(clause, u)}
        before = conditions[: conditions.index(clause)]
        for others, alike_there in (
            ([c for c in conditions if c is not clause], _alike_one_of(bare)),
            (before, _same_average(averages)),
        ):
            places = [[u for u in _uses(other) if alike_there(u)] for other in others]
            places = [found for found in places if found]
            if places and all(not all(map(_is_here, found)) for found in places):
                clause.condition, clause.why = None, "on which timeframe or pair is not said"
                break


def _is_here(use: Use) -> bool:
    """Whether neither another timeframe nor another pair is said of an indicator."""
    return use.frame is None and not use.pair


def _leans(clause: Clause, use: Use) -> bool:
    """Whether an indicator may be part of one that is named elsewhere."""
    if use.function in _DMI:
        return True
    return bool(use.output) and not {w.type for w in clause.words} & _NAMES


def _alike_one_of(functions: set[str]) -> Callable[[Use], bool]:
    wanted = functions | ({"ADX"} if functions & _DMI else set())
    return lambda use: any(alike(use.function, f) for f in wanted)


def _is_the_average(clause: Clause, use: Use) -> bool:
    """Whether a moving average is named as one that is known: "the EMA 50"."""
    if use.function not in AVERAGE_NAMES or not _is_here(use) or use.of is not None:
        return False
    texts = [(w.type, str(w.token)) for w in clause.words]
    for at, (kind, _) in enumerate(texts):
        if kind in {"EMA", "SMA", "MA", "AVERAGE_KIND"}:
            before = [text for _, text in texts[max(at - 2, 0) : at]]
            if before[-1:] == ["the"] or (before[:1] == ["the"] and texts[at - 1][0] != "EMA"):
                return True
    return False


def _same_average(averages: set[tuple[str, Params]]) -> Callable[[Use], bool]:
    return lambda use: any(
        use.function == function and (not params or use.params == params)
        for function, params in averages
    )


_DMI = frozenset({"PLUS_DI", "MINUS_DI"})
_NAMES = frozenset({"MACD", "BB", "KNOWN"})


def _uses(clause: Clause) -> list[Use]:
    """The indicators in the condition of a clause."""
    if clause.condition is None:
        return []
    return [use for operand in operands(clause.condition) for use in uses(operand)]


def _named_beside(conditions: Sequence[Clause]) -> Chosen:
    """The timeframe where it is said of conditions or indicators alone: the fastest one.

    An indicator that is said to be of the 4h chart says nothing of those that are not.
    """
    known = {*TIMEFRAMES.values()}
    of_clauses = {m for c in conditions if (m := _minutes(c)) in known and m is not None}
    frames = [use.frame for clause in conditions for use in _uses(clause)]
    of_uses = {f for f in frames if f in known and f is not None}
    if of_clauses:
        return Chosen(min(of_clauses | of_uses))
    if not of_uses:
        return Chosen(None)
    fastest = min(of_uses)
    if None in frames and fastest > TIMEFRAMES[DEFAULT_TIMEFRAME]:
        return Chosen(None)
    told = f"The timeframe was taken as {frame_name(fastest)}, the fastest that is named."
    return Chosen(fastest, (told,))


def _minutes(clause: Clause) -> int | None:
    return clause.meaning.minutes if isinstance(clause.meaning, Placed) else None
