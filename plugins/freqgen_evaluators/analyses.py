"""Freqtrade's own analyses as measurements."""

from __future__ import annotations

from typing import cast

from freqgen import EvaluationContext, Measurement, ScreenedDraft, Specimen, Trial, ValidatedDraft


class AnalysisEvaluator:
    """Runs Freqtrade's ``lookahead-analysis`` or ``recursive-analysis`` in the sandbox.

    The values are what Freqtrade says: ``biased`` (``None`` where there were too few trades),
    ``signals``, ``biased_entries``, ``biased_exits`` and ``biased_indicators``; or ``variance``,
    by indicator and number of candles before it. They come from the strategy's own process.

    :param name: Which.
    """

    on_request = True
    """It takes seconds, and the checks of the plugin behaviour find more: only the setting
    ``evaluators`` has it run."""

    def __init__(self, name: str) -> None:
        self.name = name

    def measure(self, draft: ValidatedDraft, context: EvaluationContext) -> Measurement:
        """Run the analysis.

        :raises SandboxUnavailable: If nothing would hold the strategy.
        """
        if context.laboratory is None:
            return Measurement(name=self.name)
        found = context.laboratory.describe(cast("ScreenedDraft", draft))
        if not isinstance(found, Specimen):
            return Measurement(name=self.name, values={"failed": found.message})
        (run,) = context.laboratory.run(found, [Trial(what=self.name)])
        if run.finding is not None:
            return Measurement(name=self.name, values={"failed": run.finding.message})
        return Measurement(name=self.name, values=dict(run.analysis))
