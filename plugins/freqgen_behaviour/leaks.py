"""What is said of columns that know the future, and of runs that could not be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from freqgen_behaviour.columns import Source, own_columns
from freqgen_behaviour.common import SIGNALS
from freqgen_behaviour.merges import find

if TYPE_CHECKING:
    from freqgen import Finding, Run, Specimen, Trial

_MOST = 5
_RAISED = ("FG802", "FG803")
_MUST_DO = 0.5
"""Share of the candles with which a strategy must run, to be compared with itself."""


@dataclass(frozen=True)
class Leak:
    """A column that knows the future.

    :param column: Its name.
    :param row: The first candle that differs.
    :param rows: How many do, of those that were compared.
    :param compared: How many candles were compared.
    :param how: What was done to the future.
    """

    column: str
    row: int
    rows: int
    compared: int
    whole: Any
    less: Any
    how: str


def findings(source: Source, full: Run, leaks: dict[str, Leak]) -> Iterator[Finding]:
    """One finding for each place where the future comes in, not for what follows from it."""
    from freqgen import Finding, Phase, Severity

    assert full.candles is not None  # noqa: S101  (there is a full run)
    lines = {column: source.line_of(column, full.lines) for column in leaks}
    order = own_columns(leaks)
    roots = [
        column
        for column in order
        if not any(
            other != column and source.mentions(lines[column], other) and lines[other]
            for other in order
        )
    ] or order[:1]
    if any(column not in SIGNALS for column in roots):
        roots = [column for column in roots if column not in SIGNALS]
    places = {column: _place(source, full, column, lines[column]) for column in roots}
    lines |= {column: line for column, (line, _) in places.items()}
    one_a_line = {lines[column] or column: column for column in reversed(roots)}
    roots = [column for column in roots if column in one_a_line.values()]
    signals = [column for column in order if column in SIGNALS]
    used = bool(signals) or any(source.uses(column) for column in leaks)
    for column in roots[:_MOST]:
        leak, line = leaks[column], lines[column]
        blocks = used and (bool(signals) or source.uses(column) or len(leaks) > len(roots))
        text = (
            f'the column "{column}" knows the future: on '
            f"{full.candles['date'].iloc[leak.row]:%Y-%m-%d %H:%M} it is {_say(leak.whole)} with "
            f"all candles and {_say(leak.less)} where later ones {leak.how} "
            f"({leak.rows:,} of {leak.compared:,} candles differ)"
        )
        if followers := [other for other in signals if other != column]:
            text += f"; {', '.join(followers)} {'follow' if len(followers) > 1 else 'follows'} it"
        if not blocks:
            text += "; no signal or callback depends on it"
        yield Finding(
            code="FG820" if blocks else "FG821",
            severity=Severity.ERROR if blocks else Severity.WARNING,
            phase=Phase.BEHAVIOUR,
            message=text,
            hint=places[column][1],
            line=line,
        )


def _place(source: Source, full: Run, column: str, line: int | None) -> tuple[int | None, str]:
    """The line in which the future comes in, and what to do about it."""
    statement = source.statement(line)
    for word, hint in _WAYS:
        if word in statement.replace(" ", ""):
            return line, hint
    merge = find(source, column, line, seen=line in full.lines.values())
    if merge is None:
        return (
            line,
            "use values of this candle and earlier ones alone: rolling windows, shift(1), ewm",
        )
    # A statement of several lines keeps the one that a run saw.
    own = line is not None and merge.line <= line <= merge.last
    return (line if own else merge.line), merge.hint


_WAYS = (
    ("shift(-", "a negative shift reads later candles; shift by 0 or more"),
    ("periods=-", "negative periods read later candles; count them from 0 up"),
    ("bfill", "filling backwards reads later candles; ffill reads earlier ones"),
    ("center=True", "a centred window reads later candles; leave center out"),
    ("[::-1]", "a reversed column begins with the last candle; leave it in order"),
    (".iloc[-1]", "the last row is the newest candle of all; use shift or a rolling window"),
    ("merge_informative_pair", "let Freqtrade's merge_informative_pair shift the slower candles"),
    ("resample", "a resampled candle is known when it closes; label it so (label='right')"),
    ("chikou", "the Chikou span is the close moved back in time; leave it out of the rules"),
)


def _say(value: Any) -> str:
    import pandas as pd

    if value is None or value is pd.NaT or (isinstance(value, float) and value != value):  # noqa: PLR0124
        return "missing"
    if isinstance(value, float):
        return f"{value:.6g}"
    return "empty" if isinstance(value, str) and not value else str(value)


def failures(specimen: Specimen, failed: Iterable[tuple[Trial, Finding]]) -> Iterator[Finding]:
    """What failed on candles that are fewer, others, or have gaps: said once of each kind.

    Where a strategy fails on most of the cuts, or on one that is nearly all of the candles, nobody
    can say that it knows only the past, and so it has not passed. A process that was stopped is
    said by who runs the trials.
    """
    from dataclasses import replace

    from freqgen import Severity

    raised = [(trial, finding) for trial, finding in failed if finding.code in _RAISED]
    cuts = [
        (trial.cut, finding)
        for trial, finding in raised
        if trial.cut is not None and not trial.gaps
    ]
    if cuts:
        cut, finding = max(cuts, key=lambda item: item[0])
        blocks = cut > specimen.startup + (specimen.rows - specimen.startup) * _MUST_DO
        # A bot gets the candles that a strategy asks for, and hundreds more from most exchanges.
        text = f"with {cut:,} candles alone, where startup_candle_count asks for "
        text += f"{specimen.startup:,}: {finding.message}"
        if blocks:
            text += "; so nothing shows that it knows only the past"
        yield replace(
            finding,
            code="FG822",
            severity=Severity.ERROR if blocks else Severity.WARNING,
            message=text,
            hint="raise startup_candle_count, or let the code do with fewer candles",
        )
    for trial, finding in raised:
        if trial.altered is not None or trial.gaps:
            how = "where other prices follow" if not trial.gaps else "where candles are missing"
            yield replace(
                finding,
                code="FG822",
                severity=Severity.WARNING,
                message=f"{how}: {finding.message}",
                hint="let the code do with any candles: gaps and jumps come in every market",
            )
            return


def shapeless(specimen: Specimen, trial: Trial) -> Finding:
    """Say that a frame has other rows than candles where it had them all with all candles."""
    from freqgen import Finding, Phase, Severity

    seen = f"with {trial.cut:,} candles alone" if trial.cut is not None else "with other candles"
    return Finding(
        code="FG822",
        severity=Severity.ERROR,
        phase=Phase.BEHAVIOUR,
        message=f"{seen}, {specimen.draft.class_name} gives back a frame that does not stand "
        "beside them; so nothing shows that it knows only the past",
        hint="return the frame that was given, with columns added and no row left out",
    )
