"""What goes into a run and what comes out of it, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freqgen.design.checked import CheckedDesign
from freqgen.design.model import Design
from freqgen.draft import Draft, ScreenedDraft, ValidatedDraft
from freqgen.evaluation.engine import BacktestResult
from freqgen.evaluation.evaluator import Measurement
from freqgen.evaluation.gate import Decision, GateResult, Verdict
from freqgen.exceptions import FreqgenException
from freqgen.finding import Finding, Phase, Report, Severity
from freqgen.generation.attempt import CodeAttempt
from freqgen.generation.designer import DesignResult
from freqgen.generation.provider import Reading, Span, Usage
from freqgen.printable import printable
from freqgen.validation.runner import MISSING_DATA_CODE, NOT_RUN_CODE, TriedOn, Validation

if TYPE_CHECKING:
    from freqgen.plugins import PluginHost
    from freqgen.sandbox.level import Protection
    from freqgen.store.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What one backtest does differently from the configuration.

    :param pairs: What to trade; empty for the configuration's whitelist, or where that is
        empty for all pairs of the data folder.
    :param timerange: As in Freqtrade, ``20240101-20240301``; empty for all candles.
    :param overrides: Fields of Freqtrade's configuration with their value, as in ``fee``.
    """

    pairs: tuple[str, ...] = ()
    timerange: str = ""
    overrides: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeResult:
    """What stage 2 gave.

    :param attempts: Every draft with its findings, in order; at least one.
    :param kept: Index of the one that counts: the one that passed, or else the best of them.
    :param screened: Its draft, if the static phases found nothing that blocks it.
    :param validated: Its draft, if running it found nothing either.
    :param tried_on: What its draft was run on, if it was.
    """

    checked: CheckedDesign
    attempts: tuple[CodeAttempt, ...]
    kept: int
    screened: ScreenedDraft | None
    validated: ValidatedDraft | None = None
    tried_on: TriedOn | None = None

    @property
    def attempt(self) -> CodeAttempt:
        """The attempt that counts, whether its draft passed or not."""
        return self.attempts[self.kept]

    @property
    def draft(self) -> Draft:
        """Its draft, with what freqgen mended in it."""
        return self.attempt.draft

    @property
    def report(self) -> Report:
        """The findings of that draft."""
        return self.attempt.report

    @property
    def usage(self) -> Usage:
        """What all attempts took."""
        total = Usage()
        for attempt in self.attempts:
            total += attempt.usage
        return total

    def with_findings(self, findings: Sequence[Finding]) -> CodeResult:
        """The same, with what measuring the draft showed."""
        before = self.report
        report = Report(findings=(*before.findings, *findings), timings=before.timings)
        attempts = list(self.attempts)
        attempts[self.kept] = replace(self.attempt, report=report)
        return replace(self, attempts=tuple(attempts))

    def validation_seconds(self) -> dict[str, float]:
        """Seconds per phase of validation, over all attempts."""
        seconds: dict[str, float] = {}
        for attempt in self.attempts:
            for phase, spent in attempt.report.timings.items():
                seconds[phase] = seconds.get(phase, 0.0) + spent
        return seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """What came of a file that was to be validated.

    :param name: The class, or the file's name where there is none.
    :param error: Why it could not be checked to the end, where that is no finding.
    :param source: The text that the findings are about; ``None`` where there is none.
    :param mended: What was put right, or with :attr:`diff` alone would be.
    :param diff: How, as a unified diff; empty where nothing was.
    """

    name: str
    file: Path
    validation: Validation
    error: FreqgenException | None = None
    source: str | None = None
    mended: tuple[Finding, ...] = ()
    diff: str = ""

    @property
    def passed(self) -> bool:
        """Whether it was checked and nothing blocks."""
        return self.error is None and self.validation.report.passed


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestOutcome:
    """What came of a strategy that was to be backtested.

    :param name: Class name of the strategy.
    :param record: The record, where it has one.
    :param file: The file, where it is somebody's.
    :param report: What validation found in a file.
    :param result: The backtest, unless something blocked it.
    :param error: Why there is no result, where that is no finding.
    """

    name: str
    record: Record | None = None
    file: Path | None = None
    report: Report = field(default_factory=Report)
    result: BacktestResult | None = None
    error: FreqgenException | None = None

    @property
    def label(self) -> str:
        """What was tested, where its name alone does not say which."""
        if self.record is not None:
            return f"{self.record.name} revision {self.record.revision} ({self.record.id})"
        return f"{self.name} in {printable(self.file)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationResult:
    """What came of a brief.

    :param backtest: Freqtrade's backtest, or ``None`` where nothing was run.
    :param record: What was stored.
    :param path: The strategy's file, allowed or not.
    :param timings: Seconds per step.
    :param notes: Sentences that the user should read before the strategy is used.
    :param sandbox: What held the strategy while it was run; ``None`` if it was not.
    """

    designed: DesignResult
    coded: CodeResult
    measurements: Mapping[str, Measurement]
    verdict: Verdict
    backtest: BacktestResult | None
    record: Record
    path: Path
    timings: Mapping[str, float]
    notes: tuple[str, ...] = ()
    sandbox: Protection | None = None

    @property
    def usage(self) -> Usage:
        """What all calls to providers took."""
        return self.designed.usage + self.coded.usage

    def to_dict(self) -> dict[str, Any]:
        """The result as the command line's JSON has it."""
        reading = self.designed.reading
        return {
            "decision": self.verdict.decision.value,
            "record": {
                "id": self.record.id,
                "name": self.record.name,
                "path": str(self.path),
                "revision": self.record.revision,
            },
            "market": self.record.market,
            "sandbox": self.sandbox.to_dict() if self.sandbox else None,
            "tried_on": self.coded.tried_on.to_dict() if self.coded.tried_on else None,
            "notes": list(self.notes),
            "design": self.designed.design.to_data(),
            **reading_data(reading),
            "attempts": len(self.coded.attempts),
            "findings": [finding.to_dict() for finding in self.coded.report.findings],
            "mended": [finding.to_dict() for finding in self.coded.attempt.mended],
            "drafts": drafts_data(self.coded),
            "measurements": {name: dict(m.values) for name, m in self.measurements.items()},
            "gates": [gate.to_dict() for gate in self.verdict.gates],
            "usage": self.usage.to_dict(),
            "timings": dict(self.timings),
        }


def drafts_data(coded: CodeResult) -> list[dict[str, Any]]:
    """What became of every draft, as the command line's JSON has it."""
    return [
        {
            "number": one.number,
            "reason": one.reason.value,
            "kept": one is coded.attempt,
            "passed": one.report.passed,
            "mended": [finding.to_dict() for finding in one.mended],
            "blocking": [finding.to_dict() for finding in one.report.blocking],
        }
        for one in coded.attempts
    ]


def reading_data(reading: Reading) -> dict[str, Any]:
    """What became of a brief's words, as the command line's JSON has it."""

    def told(spans: Sequence[Span]) -> list[dict[str, Any]]:
        return [
            {"start": s.start, "end": s.end, "text": s.text, "meaning": s.meaning} for s in spans
        ]

    return {
        "read": told(reading.read),
        "overridden": told(reading.overridden),
        "unread": [
            {
                "start": s.start,
                "end": s.end,
                "text": s.text,
                "meaning": s.meaning,
                "blocks": s.blocks,
            }
            for s in reading.unread
        ],
        "defaults": list(reading.defaults),
    }


def validation_gate(report: Report) -> GateResult:
    """The judgement of validation: whatever blocks is denied."""
    blocking = report.blocking
    reason = "nothing that blocks was found"
    if blocking:
        more = f" (and {len(blocking) - 1} more)" if len(blocking) > 1 else ""
        reason = f"{blocking[0].code}: {blocking[0].message}{more}"
    return GateResult(
        name="validation",
        passed=not blocking,
        value=float(len(blocking)),
        limit=0.0,
        reason=reason,
        otherwise=Decision.DENY,
    )


def tested_days(backtest: BacktestResult) -> str:
    """The first and the last day of a backtest, as in ``20240101-20241231``."""
    days = (backtest.backtest_start[:10], backtest.backtest_end[:10])
    return "-".join(day.replace("-", "") for day in days)


def why_not_run(report: Report) -> str:
    """Why a draft that passed the static phases was not run."""
    said = [finding.message for finding in report.findings if finding.code == NOT_RUN_CODE]
    return said[0] if said else "nothing of it was run"


def hint_to_run(report: Report) -> str:
    """What to do about it."""
    said = [finding.hint for finding in report.findings if finding.code == NOT_RUN_CODE]
    return (said and said[0]) or "freqgen doctor says what this machine holds"


def not_run_gate(why: str) -> GateResult:
    """The judgement of code that could be checked but not run."""
    return GateResult(
        name="measured",
        passed=False,
        value=None,
        limit=None,
        reason=why,
        otherwise=Decision.REVIEW,
    )


def worded_gate(design: Design) -> list[GateResult]:
    """The judgement of what a design says in words, which no reference signals tell of."""
    if not design.worded:
        return []
    count = len(design.worded)
    conditions = "a condition" if count == 1 else f"{count} conditions"
    return [
        GateResult(
            name="in_words",
            passed=False,
            value=float(count),
            limit=0.0,
            reason=f"its design has {conditions} in words, with which code cannot be compared "
            f'("{design.worded[0]}"): read the code, then approve or reject it',
            otherwise=Decision.REVIEW,
        )
    ]


def missing_data(backtest: BacktestResult) -> list[Finding]:
    """Findings for what a backtest took as zero because it is not there."""
    return [
        Finding(
            code=MISSING_DATA_CODE,
            severity=Severity.WARNING,
            phase=Phase.EVALUATION,
            message=sentence,
        )
        for sentence in backtest.missing_data
    ]


def missing_judges(host: PluginHost, judged: Sequence[GateResult]) -> list[GateResult]:
    """The judgement of gates that are not there."""
    failed = [plugin.name for plugin in host.failed_judges()]
    if failed:
        names = ", ".join(f'"{name}"' for name in failed)
        reason = f"what the failed plugin {names} would have said is not known"
    elif not judged:
        reason = "there is no gate, so nothing judged what was measured"
    else:
        return []
    return [
        GateResult(
            name="plugins",
            passed=False,
            value=float(len(failed)),
            limit=0.0,
            reason=reason,
            otherwise=Decision.REVIEW,
        )
    ]
