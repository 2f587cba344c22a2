"""Whether a strategy knows only the past, found out by running it on less of the future.

Whatever a strategy says of a candle, it must say too when the candles after it are missing or
others. No trade is needed to see it, and no knowledge of how the code peeks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from freqgen_behaviour.answers import peeking_callbacks
from freqgen_behaviour.codes import CodeDocumentation
from freqgen_behaviour.columns import Source, own_columns
from freqgen_behaviour.common import SIGNALS, fits, full_run, laboratory, same
from freqgen_behaviour.leaks import Leak, failures, findings, shapeless
from freqgen_behaviour.loads import AHEAD, unstable

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

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

_NOISE = 1e-9
"""Difference below which two numbers are the same, as a share of the column's largest: transforms
of a whole column, as in scipy's filters, leave that much."""
_SHORTEST = 30
_RARE = 0.6
"""Share of the candles that a column may mark to be one that marks some."""
_APART = 3
_MARKED = 8


@dataclass(frozen=True)
class Seen:
    """What came of all trials with another future.

    :param leaks: Columns that know the future.
    :param unsteady: Columns that are others each time, or with another clock.
    :param failed: Trials in which the strategy fails, and how.
    :param shapeless: A trial whose frame does not stand beside its candles.
    """

    leaks: Mapping[str, Leak]
    unsteady: frozenset[str]
    failed: tuple[tuple[Trial, Finding], ...]
    shapeless: Trial | None


class Causal:
    """Compares the full run with runs whose future is cut or altered."""

    name = "causal"
    codes = ("FG820", "FG821", "FG822", "FG823")

    @property
    def phase(self) -> Phase:
        """After all static phases."""
        from freqgen import Phase

        return Phase.BEHAVIOUR

    def check(
        self,
        draft: Draft,
        design: Design | None,  # noqa: ARG002  (what it was made from does not matter)
        context: ValidationContext,
    ) -> Iterable[Finding]:
        """Name the columns and callbacks that know the future."""
        found = full_run(draft, context)
        if found is None:
            return
        specimen, full = found
        lab = laboratory(context)
        seen = look(lab, specimen, full)
        yield from failures(specimen, seen.failed)
        if seen.shapeless is not None:
            yield shapeless(specimen, seen.shapeless)
            return
        source, leaks = Source(draft.source), dict(seen.leaks)
        if leaks:
            yield from findings(source, full, leaks)
        elif specimen.callbacks:
            yield from peeking_callbacks(specimen, lab, full)

    def documentation(self) -> Iterable[CodeDocumentation]:
        """What the reference of findings says of the codes."""
        return DOCUMENTATION


def look(lab: Laboratory, specimen: Specimen, full: Run) -> Seen:
    """Run a strategy with other futures and compare. Who asks again is answered from memory."""
    from freqgen import Trial

    trials, gaps = plan(specimen, full), Trial(gaps=True)
    *runs, whole, later = lab.run(specimen, [*trials, gaps, Trial(clock=AHEAD)])
    unsteady = frozenset(unstable(full, later)) if fits(later) else frozenset()
    leaks: dict[str, Leak] = {}
    failed = [
        (trial, run.finding)
        for trial, run in zip([*trials, gaps], [*runs, whole], strict=True)
        if run.finding is not None
    ]
    shapeless = None
    for trial, run in zip(trials, runs, strict=True):
        if run.finding is not None:
            continue
        if not fits(run):
            shapeless = trial
        for leak in compare(whole if trial.gaps else full, run, trial):
            if leak.column not in unsteady:
                leaks.setdefault(leak.column, leak)
    return Seen(leaks, unsteady, tuple(failed), shapeless)


def plan(specimen: Specimen, full: Run) -> list[Trial]:
    """Trials that see less of the future than the full one, or another future.

    Some leaks show only in the warm-up, some only where candles are missing, and what is computed
    over all candles shows most clearly where the others are far away. What marks single candles,
    as a local minimum does, shows where the candles end right after a marked one.
    """
    from freqgen import Trial

    rows, startup = specimen.rows, specimen.startup
    wanted = {
        max(startup // 2, _SHORTEST),
        startup + (rows - startup) // 4,
        startup + 2 * (rows - startup) // 3,
        rows - 1,
        *(row + 1 for row in marked(full, startup)),
    }
    cuts = sorted(cut for cut in wanted if _SHORTEST <= cut < rows)
    middle = startup + (rows - startup) // 2
    return [
        *(Trial(cut=cut) for cut in cuts),
        Trial(altered=middle),
        Trial(gaps=True, cut=startup + 3 * (rows - startup) // 4),
    ]


def marked(full: Run, startup: int) -> list[int]:
    """Candles at which signals are set, or columns that mark few candles do so."""
    import numpy as np
    import pandas as pd

    frame = full.frame
    if frame is None:
        return []
    found: list[int] = []
    for column in sorted(own_columns(frame.columns), key=lambda name: name not in SIGNALS):
        values = frame[column]
        if column.endswith("_tag") or not pd.api.types.is_numeric_dtype(values):
            continue
        numbers = values.iloc[startup:].to_numpy(dtype=float)
        set_ = np.flatnonzero(np.nan_to_num(numbers) != 0)
        if not 0 < len(set_) < len(numbers) * _RARE:
            continue
        # Where it was set for the first time in a while, in the middle and towards the end.
        first = set_[np.flatnonzero(np.diff(set_, prepend=-_APART) >= _APART)]
        found += [startup + int(first[i]) for i in (len(first) // 2, -1) if len(first)]
        if len(found) >= _MARKED:
            break
    return found[:_MARKED]


def compare(whole: Run, less: Run, trial: Trial) -> Iterator[Leak]:
    """Columns that say something else of the candles that both runs saw."""
    if whole.frame is None or less.frame is None or not fits(less) or not fits(whole):
        return
    size = len(less.frame) if trial.altered is None else trial.altered
    size = min(size, len(whole.frame), len(less.frame))
    how = "are altered" if trial.altered is not None else "are missing"
    for column in own_columns(whole.frame.columns):
        if column not in less.frame.columns:
            continue
        a, b = whole.frame[column].iloc[:size], less.frame[column].iloc[:size]
        differing = ~_close(a, b, whole.frame[column])
        if differing.any():
            row = int(differing.argmax())
            count = int(differing.sum())
            yield Leak(column, row, count, size, a.iloc[row], b.iloc[row], how)


def _close(a: pd.Series[Any], b: pd.Series[Any], column: pd.Series[Any]) -> NDArray[np.bool_]:
    """Where two columns agree but for what a computer rounds."""
    import numpy as np
    import pandas as pd

    equal = same(a, b)
    if equal.all() or not pd.api.types.is_numeric_dtype(a) or not pd.api.types.is_numeric_dtype(b):
        return equal
    values = np.abs(column.to_numpy(dtype=float))
    largest = values[np.isfinite(values)].max(initial=0.0)
    with np.errstate(invalid="ignore"):
        near = np.abs(a.to_numpy(dtype=float) - b.to_numpy(dtype=float)) <= _NOISE * largest
    return np.asarray(equal | near, dtype=bool)


def _said(  # noqa: PLR0917
    code: str, title: str, why: str, severity: str, bad: str, good: str
) -> CodeDocumentation:
    return CodeDocumentation(
        code=code,
        name="causal",
        title=title,
        why=why,
        severity=severity,
        bad=(bad,) if bad else (),
        good=(good,) if good else (),
    )


DOCUMENTATION = (
    _said(
        "FG820",
        "a column knows the future",
        "The strategy was run again with the candles cut at several points, with others in place "
        "of the later ones, and with gaps; informative candles were cut with them. What a column "
        "says of a candle changed. A backtest then earns what no bot can.",
        "error",
        'dataframe["next"] = dataframe["close"].shift(-1)',
        'dataframe["last"] = dataframe["close"].shift(1)',
    ),
    _said(
        "FG821",
        "a column that nothing depends on knows the future",
        "A Chikou span that is only plotted harms nobody; a rule that uses it later would.",
        "warning",
        'dataframe["chikou"] = dataframe["close"].shift(-26)',
        "",
    ),
    _said(
        "FG822",
        "the strategy fails where there are few candles",
        "Cut to a part of the candles, the code raised an exception.",
        "warning",
        'dataframe["first"] = dataframe["close"].iloc[500]',
        "",
    ),
    _said(
        "FG823",
        "a callback knows the future",
        "Simulated with all candles and with those until a point, a callback answered differently "
        "before that point: it reads candles that it kept, or that Freqtrade does not cut off.",
        "error",
        "self.whole = dataframe",
        "dataframe, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)",
    ),
)
"""What the codes of this check mean."""
