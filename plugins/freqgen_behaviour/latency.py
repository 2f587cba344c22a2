"""How long a strategy takes from a new candle to its signal, and which line takes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from freqgen_behaviour.codes import CodeDocumentation
from freqgen_behaviour.columns import Source
from freqgen_behaviour.common import laboratory, specimen

if TYPE_CHECKING:
    from freqgen import (
        Design,
        Draft,
        Finding,
        Laboratory,
        Phase,
        Run,
        Specimen,
        Trial,
        ValidationContext,
    )

LIMIT_SECONDS = 0.010
"""Longest time, at the 95th percentile, from a new candle to its signal."""

CANDLES = 1000
"""What a bot has in memory of a pair, unless its strategy asks for more."""

_REPEATED = 30

_BUSY = 0.2
"""Share of the time in which the machine did other work, from which on percentiles say more of the
machine than of the strategy: one that takes 5 ms alone was seen to take 14 on a full machine."""

_NAMED = 0.3
"""Share of the time from which on one line is to blame; which of several takes most is chance."""

_MOST = 0.5

_ELSEWHERE = "read fewer informative pairs and timeframes: each is merged anew for every candle"

_HINTS = (
    (r"\.iterrows\(|\.itertuples\(", "compute on whole columns in place of row by row"),
    (
        r"\.apply\(.*axis\s*=\s*(1|[\"']columns)",
        "write the function with columns, or with np.where, in place of .apply on every row",
    ),
    (
        r"\.rolling\(.*\.(apply|agg|aggregate)\(",
        "use a rolling method of pandas or a function of TA-Lib in place of .apply on every window",
    ),
    (r"\.(apply|map|applymap)\(", "use operations on the column in place of a function per value"),
    (r"\bfor\b|\bwhile\b", "use operations on columns in place of a loop over candles"),
    (r"\.(iloc|loc|iat|at)\[", "read and write columns as a whole, not cell by cell"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one line of the source costs.

    :param seconds: In one pass.
    :param share: Of what all lines cost.
    """

    number: int
    text: str
    seconds: float
    share: float


class Latency:
    """Measures one pass over a frame as large as a bot's."""

    name = "latency"
    codes = ("FG850",)

    @property
    def phase(self) -> Phase:
        """The strategy is run."""
        from freqgen import Phase

        return Phase.BEHAVIOUR

    def check(
        self,
        draft: Draft,
        design: Design | None,  # noqa: ARG002  (time does not depend on it)
        context: ValidationContext,
    ) -> Iterable[Finding]:
        """Measure; twice if it is slow, as the machine may have had other work.

        On a machine that had, the fastest pass counts: all do the same, so what is more than the
        least is not the strategy's.
        """
        from freqgen import Finding, Phase, Severity

        found = specimen(draft, context)
        if found is None:
            return
        timed: list[Run] = []
        for attempt in range(2):
            run = measure(laboratory(context), found, again=bool(attempt))
            if run is None:
                if not attempt and endless(laboratory(context), found):
                    yield Finding(
                        code="FG850",
                        severity=Severity.WARNING,
                        phase=Phase.BEHAVIOUR,
                        message="from a new candle to its signal it takes so long that it was not "
                        f"waited for, on {frame_size(found):,} candles",
                        hint=_hint(""),
                    )
                return
            timed.append(run)
            if judged(run) <= LIMIT_SECONDS:
                return
        best = min(timed, key=judged)
        source = Source(draft.source)
        line, where = _where(best, source)
        yield Finding(
            code="FG850",
            severity=Severity.WARNING,
            phase=Phase.BEHAVIOUR,
            message=f"from a new candle to its signal it takes {_told(best)} on "
            f"{frame_size(found):,} candles, more than {LIMIT_SECONDS * 1000:g} ms{where}",
            hint=_ELSEWHERE
            if line is None and outside(best) >= _MOST
            else _hint(source.statement(line.number) if line else ""),
            line=line.number if line else None,
        )

    def documentation(self) -> Iterable[CodeDocumentation]:
        """What the reference of findings says of the code."""
        return _DOCUMENTATION


def _where(run: Run, source: Source) -> tuple[Line | None, str]:
    """The line that takes long, if there is one, and what to say of where the time goes."""
    lines = costly_lines(run, source)
    if not lines:
        return None, ""
    elsewhere = outside(run)
    line = lines[0]
    besides = (
        f"; {elsewhere:.0%} of the time is not in the strategy's lines but in Freqtrade's work "
        "around them, such as merging informative candles"
        if elsewhere >= _MOST
        else ""
    )
    if line.share * (1 - elsewhere) >= _NAMED:
        said = f"; line {line.number}, `{line.text}`, takes {line.share:.0%} of what the "
        return line, f"{said}strategy's own lines take{besides}"
    return None, besides or f"; no single line takes {_NAMED:.0%} of it"


def judged(run: Run) -> float:
    """The seconds that a run is judged by: the 95th percentile, or on a busy machine the least."""
    return min(run.seconds) if run.delayed > _BUSY else percentile(run.seconds, 95)


def _told(run: Run) -> str:
    if run.delayed > _BUSY:
        return f"{judged(run) * 1000:.1f} ms at the least, while the machine was busy,"
    return f"{judged(run) * 1000:.1f} ms at the 95th percentile"


def outside(run: Run) -> float:
    """The share of the time that is not in lines of the strategy."""
    total = sum(spent for _, spent in run.costly)
    return sum(spent for line, spent in run.costly if line == 0) / total if total else 0.0


def frame_size(found: Specimen) -> int:
    """How many candles a bot has of a pair, as far as there are so many."""
    return min(max(CANDLES, found.startup + 1), found.rows)


def measure(laboratory: Laboratory, found: Specimen, *, again: bool = False) -> Run | None:
    """Time some passes of a strategy.

    :param again: Measure anew; the same question would be answered from memory.
    :returns: ``None`` if it failed or took too long to be timed.
    """
    (run,) = laboratory.run(found, [_trial(found, again=again)])
    return run if run.finding is None and run.seconds else None


def endless(laboratory: Laboratory, found: Specimen) -> bool:
    """Whether the first measurement was given up because it took too long."""
    (run,) = laboratory.run(found, [_trial(found, again=False)])  # answered from memory
    return run.finding is not None and run.finding.code == "FG810"


def _trial(found: Specimen, *, again: bool) -> Trial:
    from freqgen import Trial

    return Trial(what="time", last=frame_size(found), repeat=_REPEATED + again)


def percentile(seconds: Sequence[float], percent: float) -> float:
    """A percentile of some times, between two of them where it lies there."""
    import numpy as np

    return float(np.percentile(seconds, percent))


def costly_lines(run: Run, source: Source) -> list[Line]:
    """The strategy's lines that take most, the costliest first."""
    own = [(line, spent) for line, spent in run.costly if line and spent > 0]
    total = sum(spent for _, spent in own)
    return [
        Line(number=number, text=source.line(number), seconds=spent, share=spent / total)
        for number, spent in sorted(own, key=lambda item: -item[1])
    ]


def _hint(statement: str) -> str:
    text = " ".join(statement.split())
    for pattern, hint in _HINTS:
        if re.search(pattern, text):
            return hint
    return "compute less on each candle, or with functions of TA-Lib and pandas on whole columns"


_HEAD = (
    "from freqtrade.strategy import IStrategy\n\n\n"
    'class S(IStrategy):\n    timeframe = "1h"\n\n'
    "    def populate_indicators(self, dataframe, metadata):\n"
)

_DOCUMENTATION = (
    CodeDocumentation(
        code="FG850",
        name=Latency.name,
        title="it takes long from a new candle to its signal",
        why="A bot computes all candles that it has again for each new one, for every pair in "
        "turn: what takes 100 ms takes 5 seconds for 50 pairs, and the entry is made at "
        "another price. The time is measured as the bot runs the strategy, on 1,000 candles or "
        "more if it asks for more; it is measured a second time before anything is said, and on a "
        "machine that does other work in between, the fastest of all passes counts. The line "
        "that takes most is named if it takes 30 % or more. Mostly it is a loop over candles, or "
        "``.apply`` with a function of Python.",
        severity="warning",
        bad=(
            _HEAD + '        dataframe["range"] = dataframe.apply(\n'
            '            lambda row: row["high"] - row["low"], axis=1\n        )\n'
            "        return dataframe\n",
        ),
        good=(
            _HEAD + '        dataframe["range"] = dataframe["high"] - dataframe["low"]\n'
            "        return dataframe\n",
        ),
    ),
)
