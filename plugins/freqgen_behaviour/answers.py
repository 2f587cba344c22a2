"""Whether callbacks answer otherwise when the candles after the question are missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from freqgen_behaviour.common import same

if TYPE_CHECKING:
    import pandas as pd

    from freqgen import Finding, Laboratory, Run, Specimen

_ANSWERS = 3
"""How many unusual answers are looked at."""
_LAST = 2
"""Candles from the last that counts: on the very last nothing is opened and all is closed."""


def peeking_callbacks(specimen: Specimen, lab: Laboratory, full: Run) -> Iterator[Finding]:
    """Callbacks that answer otherwise when the candles after the question are missing."""
    from freqgen import Trial

    (whole,) = lab.run(specimen, [Trial(what="answers")])
    if whole.answers is None or full.candles is None or whole.answers.empty:
        return
    opening = full.candles["date"]
    cuts = _cuts(whole.answers, opening, specimen)
    runs = lab.run(specimen, [Trial(what="answers", cut=cut) for cut in cuts])
    for cut, less in zip(cuts, runs, strict=True):
        if less.finding is not None:
            # Which processes were stopped is said by who runs the trials.
            if less.finding.code in {"FG802", "FG803"}:
                yield _failing(less.finding, opening.iloc[cut - 1])
                return
            continue
        if less.answers is None:
            continue
        end = opening.iloc[cut - _LAST].timestamp() * 1000
        asked = _differing(whole.answers, less.answers, end)
        if asked is not None:
            yield _peeking(asked, opening.iloc[cut - 1])
            return


def _cuts(answers: pd.DataFrame, opening: pd.Series[Any], specimen: Specimen) -> list[int]:
    """Where to cut: shortly after answers that are not what a callback usually says."""
    import numpy as np
    import pandas as pd

    parts = zip(answers["kind"], answers["number"], answers["text"], strict=True)
    said = pd.Series([f"{kind} {number} {text}" for kind, number, text in parts])
    usual = said.groupby(answers["call"]).transform(lambda texts: texts.value_counts().idxmax())
    times = answers["time"][(said != usual) & (answers["time"] > 0)].unique()
    opened = opening.map(pd.Timestamp.timestamp).to_numpy() * 1000
    rows = np.searchsorted(opened, times)
    rows = rows[(rows > specimen.startup) & (rows < specimen.rows - _LAST - 1)]
    chosen = rows[np.linspace(0, len(rows) - 1, min(_ANSWERS, len(rows))).astype(int)]
    middle = specimen.startup + 2 * (specimen.rows - specimen.startup) // 3
    return sorted({middle, *(int(row) + _LAST for row in chosen)})


def _differing(a: pd.DataFrame, b: pd.DataFrame, end: float) -> pd.Series[Any] | None:
    """The first question until a moment that was answered otherwise, or asked in one run only."""
    import numpy as np

    # Up to the first later one; locks have no time.
    later = [answers["time"].to_numpy() > end for answers in (a, b)]
    a, b = (
        answers.iloc[: int(after.argmax())] if after.any() else answers
        for answers, after in zip((a, b), later, strict=True)
    )
    size = min(len(a), len(b))
    agree = np.ones(size, dtype=bool)
    for column in a.columns:
        agree &= same(a[column].iloc[:size], b[column].iloc[:size])
    if not agree.all():
        return a.iloc[int(agree.argmin())]
    if len(a) == len(b):
        return None
    return (a if len(a) > size else b).iloc[size]


def _failing(finding: Finding, last: pd.Timestamp) -> Finding:
    from dataclasses import replace

    return replace(
        finding,
        message=f"simulated without the candles after {last:%Y-%m-%d %H:%M}, {finding.message}",
    )


def _peeking(asked: pd.Series[Any], last: pd.Timestamp) -> Finding:
    import pandas as pd

    from freqgen import Finding, Phase, Severity

    moment = pd.Timestamp(int(asked["time"]), unit="ms", tz="UTC")
    return Finding(
        code="FG823",
        severity=Severity.ERROR,
        phase=Phase.BEHAVIOUR,
        message=f"the callback {asked['call']} knows the future: asked on "
        f"{moment:%Y-%m-%d %H:%M}, it answers otherwise where the candles after "
        f"{last:%Y-%m-%d %H:%M} are missing",
        hint="take candles from self.dp.get_analyzed_dataframe, which ends at the candle that "
        "has closed, and keep no frame in self",
    )
