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
_LAST = 3
"""Candles at the end of a simulation that are special: nothing is opened, all is closed there."""


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
    a, b = (answers[answers["time"] <= end].reset_index(drop=True) for answers in (a, b))
    size = min(len(a), len(b))
    for row in range(size):
        if not all(
            same(a[column].iloc[row : row + 1], b[column].iloc[row : row + 1]).all()
            for column in a.columns
        ):
            return a.iloc[row]
    if len(a) == len(b):
        return None
    return (a if len(a) > size else b).iloc[size]


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
