"""A laboratory that remembers how a draft's processes ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from freqgen.validation.laboratory import Laboratory, Run, Specimen, Trial

if TYPE_CHECKING:
    from pandas import DataFrame

    from freqgen.draft import ScreenedDraft
    from freqgen.finding import Finding
    from freqgen.sandbox.level import Protection

STOPPED = frozenset({"FG810", "FG811", "FG812", "FG813", "FG814", "FG815"})
"""Codes of a process that went over a limit, died, or answered nonsense."""


class WatchedLaboratory:
    """Another laboratory, with one rule more: a draft whose process was stopped is not run again.

    What a draft does in any trial it may do in a bot. So it does not matter which check asked for
    the trial and whether that check says anything: the runner takes it from here.

    :param laboratory: Who runs the trials.
    """

    def __init__(self, laboratory: Laboratory) -> None:
        self._laboratory = laboratory
        self.stopped: Finding | None = None
        """How the first process ended that did not end well."""

    @property
    def protection(self) -> Protection:
        """What holds a strategy on this machine."""
        return self._laboratory.protection

    def describe(self, draft: ScreenedDraft) -> Specimen | Finding:
        """Load a draft as Freqtrade does."""
        return self._laboratory.describe(draft)

    def run(self, specimen: Specimen, trials: Sequence[Trial]) -> list[Run]:
        """Run trials, unless one was stopped before."""
        if self.stopped is not None:
            return [Run(finding=self.stopped) for _ in trials]
        runs = self._laboratory.run(specimen, trials)
        for trial, run in zip(trials, runs, strict=True):
            # A strategy that is slow is so in measurements, which say it themselves.
            if trial.what != "time" and run.finding is not None and run.finding.code in STOPPED:
                self.stopped = run.finding
                break
        return runs

    def candles(self, specimen: Specimen, pair: str, timeframe: str) -> DataFrame:
        """Candles that a full trial sees."""
        return self._laboratory.candles(specimen, pair, timeframe)
