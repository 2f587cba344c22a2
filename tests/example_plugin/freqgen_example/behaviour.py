"""A validator that runs the draft: it finds entries on more than half of the candles."""

from freqgen import Finding, Phase, Severity, Trial


class NotAlways:
    """EX801: a strategy that could nearly always enter does not wait for anything."""

    name = "not-always"
    phase = Phase.BEHAVIOUR
    codes = ("EX801",)

    def check(self, draft, design, context):
        """Run the draft on all candles of the trial, and count its entries."""
        specimen = context.laboratory.describe(draft)
        if isinstance(specimen, Finding):
            return  # it cannot be loaded: freqgen's own check says why
        (run,) = context.laboratory.run(specimen, [Trial(lines=True)])
        if run.finding is not None or "enter_long" not in run.frame:
            return
        entries = run.frame["enter_long"].iloc[specimen.startup :] == 1
        share = entries.mean()
        if share > 0.5:
            yield Finding(
                code="EX801",
                severity=Severity.WARNING,
                phase=self.phase,
                message=f"{share:.0%} of the candles of {specimen.pair} have an entry signal",
                hint="add a condition, or enter where it becomes true: crosses_above",
                line=run.lines.get("enter_long"),
            )
