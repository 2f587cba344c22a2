"""The time that a strategy takes, as a measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from freqgen_behaviour.columns import Source
from freqgen_behaviour.latency import costly_lines, frame_size, measure, percentile

if TYPE_CHECKING:
    from freqgen import EvaluationContext, Measurement, ScreenedDraft, ValidatedDraft

_LISTED = 5


class ProfileEvaluator:
    """Measures the time from a new candle to its signal, on a frame as large as a bot's.

    The values are ``milliseconds_p50`` and ``milliseconds_p95``, the median and the 95th
    percentile of a pass; ``candles``, the size of the frame; ``loaded_on``, the pair of the
    candles or ``synthetic``; and ``costliest``, up to five of the strategy's own lines with
    ``line``, ``text``, ``milliseconds`` and ``share`` of what all of them take. There are no
    values where nothing can be run.
    """

    name = "profile"

    def measure(self, draft: ValidatedDraft, context: EvaluationContext) -> Measurement:
        """Time a strategy.

        :raises EvaluationError: If it cannot be loaded, or fails.
        """
        from freqgen import EvaluationError, Finding, Measurement

        if context.laboratory is None:
            return Measurement(name=self.name)
        # What is validated has been screened.
        found = context.laboratory.describe(cast("ScreenedDraft", draft))
        if isinstance(found, Finding):
            raise EvaluationError(found.message, hint=found.hint)
        run = measure(context.laboratory, found)
        if run is None:
            raise EvaluationError(
                f"{draft.class_name} fails while it is timed",
                hint="validate it: the findings say why",
            )
        lines = costly_lines(run, Source(draft.source))[:_LISTED]
        return Measurement(
            name=self.name,
            values={
                "milliseconds_p50": round(percentile(run.seconds, 50) * 1000, 3),
                "milliseconds_p95": round(percentile(run.seconds, 95) * 1000, 3),
                "candles": frame_size(found),
                "costliest": [
                    {
                        "line": line.number,
                        "text": line.text,
                        "milliseconds": round(line.seconds * 1000, 3),
                        "share": round(line.share, 4),
                    }
                    for line in lines
                ],
                "loaded_on": "synthetic" if found.synthetic else found.pair,
            },
        )
