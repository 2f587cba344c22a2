"""Checking drafts and anybody's files: reading them, then running them in the sandbox."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from freqgen.finding import Finding, Phase, Report, Severity
from freqgen.validation.runner import (
    ADVICE_CODE,
    NOT_RUN_CODE,
    OTHER_MODE_CODE,
    TriedOn,
    Validation,
    compiled_from,
    load_draft,
    run_validators,
)
from freqgen.validation.validator import ValidationContext
from freqgen.workbench import Workbench

if TYPE_CHECKING:
    from freqgen.design.checked import CheckedDesign
    from freqgen.draft import Draft
    from freqgen.validation.laboratory import Specimen


class Checking(Workbench):
    """What the validators say of a draft, or of somebody's file."""

    def validate(
        self,
        draft: Draft,
        design: CheckedDesign | None = None,
        *,
        run: bool = True,
        place: str = "",
    ) -> Validation:
        """Let all validators look at a draft.

        :param design: What it was made from, where that is known.
        :param run: Whether to run it in the sandbox once the static phases found nothing that
            blocks it.
        :param place: Where it stands among others, as in ``12 of 46``, for the progress.
        :raises EngineError: If the process that runs it failed.
        """
        self._progress(f"Checking {draft.class_name}" + (f" ({place})" if place else ""))
        if run:
            self.engine.start()  # it imports Freqtrade while the static phases go on
            if design is not None and compiled_from(draft, design):
                self._own.add(draft.sha256)
        context = ValidationContext(
            catalogue=self.catalogue,
            cache_dir=self.workspace.folder(self.workspace.cache),
            laboratory=self.laboratory if run else None,
        )
        validation = run_validators(
            draft, design.design if design else None, self.host.validators().values(), context
        )
        more = [_advice(warning) for warning in design.warnings] if design else []
        specimen = self._tried(validation)
        if specimen is not None:
            demo = self.market == "synthetic"
            validation = replace(validation, tried_on=_tried_on(specimen, demo=demo))
            if specimen.trading_mode != self.engine.trading_mode:
                more.append(_other_mode(draft.class_name))
        if not more:
            return validation
        report = Report(
            findings=(*validation.report.findings, *more), timings=validation.report.timings
        )
        return replace(validation, report=report)

    def _tried(self, validation: Validation) -> Specimen | None:
        """What was run of a draft, if it could be loaded; the laboratory remembers it."""
        report = validation.report
        if validation.screened is None or Phase.BEHAVIOUR.value not in report.timings:
            return None
        if any(finding.code == NOT_RUN_CODE for finding in report.findings):
            return None
        found = self.laboratory.describe(validation.screened)
        return None if isinstance(found, Finding) else found

    def validate_file(
        self, path: Path, class_name: str | None = None, *, run: bool = True, place: str = ""
    ) -> tuple[str, Validation]:
        """Check anybody's strategy file.

        :param run: Whether to run it in the sandbox once the static phases found nothing that
            blocks it.
        :param place: Where it stands among others, for the progress.
        :returns: The name of its class, or of the file where there is none, and the result.
        :raises UsageError: If it cannot be read.
        """
        draft, findings = load_draft(path, class_name)
        if draft is None:
            return path.stem, Validation(report=Report(findings=findings))
        self._mention_parameters_beside(path)
        return draft.class_name, self.validate(draft, run=run, place=place)

    def _mention_parameters_beside(self, path: Path) -> None:
        """Say that values of parameters lie beside a strategy file, as hyperopt leaves them."""
        from freqgen.store.files import parameters_beside

        file = parameters_beside(path)
        if file is not None:
            self._progress(
                f"{file} is not used by freqgen; move it away unless you want Freqtrade to use it"
            )


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
