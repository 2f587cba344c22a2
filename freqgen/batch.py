"""Several strategies in one run: what is wrong with one of them leaves the others unharmed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from freqgen.checking_files import OF_ONE, place_of
from freqgen.design.checked import CheckedDesign
from freqgen.design.model import Design
from freqgen.draft import Draft, ValidatedDraft
from freqgen.exceptions import (
    RecordNotFound,
    SandboxUnavailable,
    StrategyFault,
    UsageError,
)
from freqgen.finding import Report
from freqgen.outcome import (
    BacktestOutcome,
    RunOptions,
    hint_to_run,
    missing_data,
    why_not_run,
)
from freqgen.printable import printable
from freqgen.steps import Steps
from freqgen.validation.loading import check_file, load_draft

if TYPE_CHECKING:
    from freqgen.store.record import Record


class Batch(Steps):
    """Strategies by name or id, and anybody's files, one after the other."""

    def backtest_all(
        self, names: Sequence[str], options: RunOptions | None = None
    ) -> list[BacktestOutcome]:
        """Backtest strategies by name or id, and anybody's files.

        :returns: One outcome each, in the same order; a file that does not pass validation has
            its findings and no result.
        :raises RecordNotFound: If one of them is not known.
        :raises UsageError: If a file cannot be read.
        :raises FreqgenException: What went wrong with a single one; of several it is the outcome.
        """
        return list(self.backtest_each(names, options))

    def backtest_each(
        self, names: Sequence[str], options: RunOptions | None = None
    ) -> Iterator[BacktestOutcome]:
        """The same, each outcome as soon as it is there."""
        # What is not there is said before anything runs.
        known = [self._find(name) for name in names]
        self.engine.start()
        for number, (name, record) in enumerate(zip(names, known, strict=True), start=1):
            place = place_of(number, len(names))
            try:
                if record is None:
                    outcome = self.backtest_file(Path(name), options, place=place)
                else:
                    outcome = self._backtest_record(record, options, place)
            except OF_ONE as exc:
                self._check_alone(exc, place)
                path = None if record else Path(name)
                called = record.name if record else Path(name).stem
                outcome = BacktestOutcome(name=called, record=record, file=path, error=exc)
            yield outcome

    def _find(self, name: str) -> Record | None:
        """The record of a name or id; ``None`` for a file that is there.

        :raises RecordNotFound: If there is neither.
        :raises UsageError: If the file cannot be read.
        """
        if is_file(name) or name in {"", "-"}:
            check_file(name)
            return None
        try:
            return self.store.find(name)
        except RecordNotFound as exc:
            if Path(name).is_dir():
                check_file(name)  # says that it is a folder
            file = Path(f"{name}.py")
            if not file.is_file():
                raise
            raise RecordNotFound(exc.message, hint=f"did you mean {printable(file)}?") from exc

    def _backtest_record(
        self, record: Record, options: RunOptions | None, place: str
    ) -> BacktestOutcome:
        self._mention_parameters(record, "is not used by freqgen")
        draft, checked = self.stored_draft(record, place=place)
        result = self.backtest(draft, checked, options)
        return BacktestOutcome(name=record.name, record=record, result=result)

    def backtest_file(
        self, path: Path, options: RunOptions | None = None, *, place: str = ""
    ) -> BacktestOutcome:
        """Validate anybody's strategy file, and backtest it if nothing blocks it.

        :param place: Where it stands among others, for the progress.
        :raises UsageError: If it cannot be read.
        :raises SandboxUnavailable: If nothing here would hold it.
        """
        draft, unread = load_draft(path)
        if draft is None:
            return BacktestOutcome(name=path.stem, file=path, report=Report(findings=unread))
        self._mention_parameters_beside(path)
        validation = self.validate(draft, place=place, comments=True)
        report = validation.report
        if validation.validated is None:
            if report.passed:
                raise SandboxUnavailable(why_not_run(report), hint=hint_to_run(report))
            return BacktestOutcome(name=draft.class_name, file=path, report=report)
        try:
            result = self.backtest(validation.validated, None, options)
        except StrategyFault as exc:
            report = Report(findings=(*report.findings, exc.finding), timings=report.timings)
            return BacktestOutcome(name=draft.class_name, file=path, report=report)
        except OF_ONE as exc:
            self._check_alone(exc, place)
            return BacktestOutcome(name=draft.class_name, file=path, report=report, error=exc)
        report = Report(findings=(*report.findings, *missing_data(result)), timings=report.timings)
        return BacktestOutcome(name=draft.class_name, file=path, report=report, result=result)

    def stored_draft(
        self, record: Record, *, place: str = ""
    ) -> tuple[ValidatedDraft, CheckedDesign]:
        """The draft of a record, checked and run again.

        :param place: Where it stands among others, for the progress.
        :raises SandboxUnavailable: If nothing here would hold it.
        :raises UsageError: If it does not pass validation.
        """
        if record.design is None or not record.source:
            raise UsageError(
                f"{record.name} has no {'design' if record.source else 'code'} to run",
                hint=f"freqgen show {record.id}",
            )
        checked = self.check(Design.from_data(dict(record.design), origin=f"record {record.id}"))
        draft = Draft(class_name=record.class_name, source=record.source, origin=record.code_origin)
        validation = self.validate(draft, checked, place=place)
        if validation.validated is not None:
            return validation.validated, checked
        if validation.report.passed:
            raise SandboxUnavailable(
                why_not_run(validation.report), hint=hint_to_run(validation.report)
            )
        first = validation.report.blocking[0]
        raise UsageError(
            f"{record.name} does not pass validation: {first.message}",
            hint=f"freqgen show {record.id} --findings",
        )

    def _mention_parameters(self, record: Record, what: str) -> None:
        """Say that values of parameters lie beside a strategy, as hyperopt leaves them."""
        from freqgen.store.files import parameters_file

        file = parameters_file(record, self.workspace.user_data_dir)
        if file is not None:
            self._progress(
                f"{printable(file)} {what}; move it away unless you want Freqtrade to use it"
            )


def is_file(name: str) -> bool:
    """Whether a strategy is named by its file rather than by its name or id."""
    return name.endswith(".py") or "/" in name or Path(name).is_file()
