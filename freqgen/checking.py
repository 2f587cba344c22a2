"""Checking drafts and anybody's files: reading them, then running them in the sandbox."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from freqgen.finding import Finding, Phase, Report, Severity
from freqgen.printable import printable
from freqgen.validation.runner import (
    ADVICE_CODE,
    NOT_RUN_CODE,
    OTHER_MODE_CODE,
    RUNNER_CODES,
    TriedOn,
    Validation,
    compiled_from,
    run_validators,
)
from freqgen.validation.selection import EVERYTHING, Selection, is_guard
from freqgen.validation.validator import ValidationContext
from freqgen.validation.waivers import Waivers
from freqgen.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Sequence

    from freqgen.design.checked import CheckedDesign
    from freqgen.draft import Draft
    from freqgen.validation.laboratory import Specimen
    from freqgen.validation.validator import Validator


class Checking(Workbench):
    """What the validators say of a draft, or of somebody's file."""

    def validate(
        self,
        draft: Draft,
        design: CheckedDesign | None = None,
        *,
        run: bool = True,
        place: str = "",
        selection: Selection = EVERYTHING,
        comments: bool = False,
        static: Report | None = None,
    ) -> Validation:
        """Let all validators look at a draft.

        :param design: What it was made from, where that is known.
        :param run: Whether to run it in the sandbox once the static phases found nothing that
            blocks it.
        :param place: Where it stands among others, as in ``12 of 46``, for the progress.
        :param selection: What a person wants to hear of.
        :param comments: Whether ``# noqa`` in the source counts. It does in files that a person
            names; it does not where a model wrote the code, which would write the comment too.
        :param static: All that the static phases found, if they are done.
        :raises EngineError: If the process that runs it failed.
        """
        self._progress(f"Checking {draft.class_name}" + (f" ({place})" if place else ""))
        due = self.due(selection)
        run = run and (selection == EVERYTHING or any(one.phase is Phase.BEHAVIOUR for one in due))
        if run:
            self.engine.start()  # it imports Freqtrade while the static phases go on
            if design is not None and compiled_from(draft, design):
                self._own.add(draft.sha256)
        waivers = Waivers(draft.source, selection, comments=comments)
        validation = run_validators(
            draft,
            design.design if design else None,
            due,
            replace(self.reading_context(), laboratory=self.laboratory if run else None),
            before=static,
            first=Phase.PARSE if static is None else Phase.BEHAVIOUR,
            waived=waivers.waived,
        )
        hidden = waivers.not_run(validation.report) if run else None
        more = [hidden] if hidden else []
        advice = [_advice(warning) for warning in design.warnings] if design else []
        more += [one for one in advice if one not in validation.report.findings]
        specimen = self._tried(validation)
        if specimen is not None:
            demo = self.market == "synthetic"
            validation = replace(validation, tried_on=_tried_on(specimen, demo=demo))
            if specimen.trading_mode != self.engine.trading_mode:
                more.append(_other_mode(draft.class_name))
        validation = self.settle(validation, waivers, due)
        more = [one for one in more if selection.wants(one.code) or one is hidden]
        if not more:
            return validation
        report = Report(
            findings=(*validation.report.findings, *more), timings=validation.report.timings
        )
        return replace(validation, report=report)

    def due(self, selection: Selection) -> list[Validator]:
        """The validators that a selection needs, and those that decide what may be run."""
        return [
            one
            for one in self.host.validators().values()
            if one.phase is Phase.PARSE
            or any(selection.wants(code) for code in one.codes)
            or (one.phase is not Phase.BEHAVIOUR and any(map(is_guard, one.codes)))
        ]

    def codes(self) -> list[str]:
        """All codes that findings may have."""
        found = {code for one in self.host.validators().values() for code in one.codes}
        return sorted({*found, *RUNNER_CODES})

    def reading_context(self) -> ValidationContext:
        """What validators need that run nothing."""
        return ValidationContext(
            catalogue=self.catalogue, cache_dir=self.workspace.folder(self.workspace.cache)
        )

    def settle(
        self, validation: Validation, waivers: Waivers, due: Sequence[Validator]
    ) -> Validation:
        """What is left of the findings when those are left out that a person does not want."""
        report = validation.report
        ran = {one for one in Phase if one.value in report.timings}
        if any(f.phase is Phase.BEHAVIOUR and _cuts_short(f) for f in report.findings):
            ran.discard(Phase.BEHAVIOUR)
        judged = {code for one in due if one.phase in ran for code in one.codes}
        return waivers.settle(validation, judged=judged, known=self.codes())

    def _tried(self, validation: Validation) -> Specimen | None:
        """What was run of a draft, if it could be loaded; the laboratory remembers it."""
        report = validation.report
        if validation.screened is None or Phase.BEHAVIOUR.value not in report.timings:
            return None
        if any(finding.code == NOT_RUN_CODE for finding in report.findings):
            return None
        found = self.laboratory.describe(validation.screened)
        return None if isinstance(found, Finding) else found

    def _mention_parameters_beside(self, path: Path) -> None:
        """Say that values of parameters lie beside a strategy file, as hyperopt leaves them."""
        from freqgen.store.files import parameters_beside

        file = parameters_beside(path)
        if file is not None:
            self._progress(
                f"{printable(file)} is not used by freqgen; move it away unless you want "
                "Freqtrade to use it"
            )


def _cuts_short(finding: Finding) -> bool:
    """Whether after this finding not everything was tried that there is to try."""
    return finding.severity is Severity.ERROR or finding.code == NOT_RUN_CODE


def _tried_on(specimen: Specimen, *, demo: bool) -> TriedOn:
    return TriedOn(
        pair=specimen.pair,
        timeframe=specimen.timeframe,
        candles=specimen.rows,
        market="synthetic" if demo or specimen.synthetic else "real",
        reason=specimen.reason,
    )


def _other_mode(name: str) -> Finding:
    return Finding(
        code=OTHER_MODE_CODE,
        severity=Severity.WARNING,
        phase=Phase.BEHAVIOUR,
        message=f"{name} goes short, which spot markets do not allow; it was tried as in futures, "
        "and cannot be backtested as it is configured",
        hint='add "trading_mode": "futures", "margin_mode": "isolated" to the configuration',
    )


def _advice(warning: str) -> Finding:
    return Finding(
        code=ADVICE_CODE,
        severity=Severity.WARNING,
        phase=Phase.STRUCTURE,
        message=f"the design's {warning}",
    )
