"""Runs the validators of a draft, and is the only mint of drafts that may be run.

Codes of this module, which no validator may use: ``FG002`` a validator crashed, ``FG003``
nothing checked whether the draft parses, ``FG004`` a file is not text, ``FG005`` a file is too
large.
"""

from __future__ import annotations

import errno
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from freqgen.draft import Draft, ScreenedDraft, ValidatedDraft
from freqgen.exceptions import DesignError, EvaluationError, SandboxUnavailable
from freqgen.finding import Finding, Phase, Report, Severity
from freqgen.generation.designer import UNUSABLE_DESIGN_CODE
from freqgen.validation.selection import is_guard
from freqgen.validation.watched import WatchedLaboratory

if TYPE_CHECKING:
    from freqgen.design.checked import CheckedDesign
    from freqgen.design.model import Design
    from freqgen.validation.validator import ValidationContext, Validator

_DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

ADVICE_CODE = "FG690"
"""Code of what a design says and hardly means."""

MISSING_DATA_CODE = "FG691"
"""Code of data that a backtest took as zero because it is not there."""

NOT_RUN_CODE = "FG692"
"""Code of a draft that was read and not run."""

OTHER_MODE_CODE = "FG693"
"""Code of a strategy that the configured market does not allow."""

NOQA_CODE = "FG695"
"""Code of a comment that silences nothing."""

RUNNER_CODES = (
    "FG002",
    "FG003",
    "FG004",
    "FG005",
    NOT_RUN_CODE,
    OTHER_MODE_CODE,
    UNUSABLE_DESIGN_CODE,
    NOQA_CODE,
    ADVICE_CODE,
    MISSING_DATA_CODE,
)
"""Codes that no validator gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedOn:
    """The candles that a strategy was tried on.

    :param candles: How many.
    :param market: ``real``; ``synthetic`` where they are made up, or the demo market's.
    :param reason: Why they are made up; empty if they are not.
    """

    pair: str
    timeframe: str
    candles: int
    market: str
    reason: str = ""

    def to_dict(self) -> dict[str, Any]:
        """All fields as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What the validators made of a draft.

    :param report: All findings, and the seconds that each phase took.
    :param screened: The draft, if the static phases found nothing that blocks it.
    :param validated: The draft, if running it found nothing either.
    :param tried_on: What it was run on, if it was.
    :param silenced: Findings that comments in the file silence, which are not in the report.
    """

    report: Report = field(default_factory=Report)
    screened: ScreenedDraft | None = None
    validated: ValidatedDraft | None = None
    tried_on: TriedOn | None = None
    silenced: tuple[Finding, ...] = ()


def run_validators(
    draft: Draft,
    design: Design | None,
    validators: Iterable[Validator],
    context: ValidationContext,
    *,
    before: Report | None = None,
    first: Phase = Phase.PARSE,
    last: Phase = Phase.EVALUATION,
    waived: Callable[[Finding], bool] = lambda _finding: False,
) -> Validation:
    """Let every validator look at a draft.

    Validators run sorted by phase, then by their first code. A finding that blocks ends the
    phases after its own. A validator that raises is itself a blocking finding: what was not
    checked has not passed. The phase behaviour runs only with a laboratory.

    :param design: What the draft was made from, or ``None`` for somebody's file.
    :param before: What the phases before ``first`` found.
    :param first: The first phase that is left to run.
    :param last: The last phase to run.
    :param waived: Which findings a person chose not to hear. They block nothing, but those that
        keep a draft from being run.
    :raises EvaluationError: If the laboratory failed, which says nothing of the draft.
    """
    ordered = sorted(validators, key=lambda v: (v.phase.order, v.codes[:1], v.name))
    findings = list(before.findings) if before else []
    timings = dict(before.timings) if before else {}
    if first is Phase.PARSE and not any(v.phase is Phase.PARSE for v in ordered):
        findings.append(_nothing_parses())
    screened: ScreenedDraft | None = None
    watched = WatchedLaboratory(context.laboratory) if context.laboratory is not None else None
    context = replace(context, laboratory=watched)
    ran = False
    for phase in [p for p in Phase if first.order <= p.order <= last.order]:
        if any(_bars(f, waived) for f in findings):
            break
        due = [v for v in ordered if v.phase is phase]
        subject = draft
        if phase is Phase.BEHAVIOUR:
            screened = ScreenedDraft(draft)
            subject = screened
            if context.laboratory is None:
                continue
            if not due:
                findings.append(_not_run("no validator of the phase behaviour is there", _ENABLE))
                continue
        if not due:
            continue
        start = time.perf_counter()
        try:
            for validator in due:
                findings.extend(_ask(validator, subject, design, context))
            if watched is not None and watched.stopped is not None:
                stopped = watched.stopped
                if all(finding.code != stopped.code for finding in findings):
                    findings.append(stopped)
            ran = ran or phase is Phase.BEHAVIOUR
        except SandboxUnavailable as exc:
            findings.append(_not_run(exc.message, exc.hint))
        timings[phase.value] = time.perf_counter() - start
        if phase is Phase.TYPES:
            findings = _without_echoes(findings, waived)
    report = Report(
        findings=tuple(sorted(findings, key=by_place)), timings=MappingProxyType(timings)
    )
    barred = any(_bars(f, waived) for f in report.blocking)
    validated = ValidatedDraft(screened) if screened and ran and not barred else None
    return Validation(report=report, screened=screened, validated=validated)


_ENABLE = 'enable the plugin "behaviour", or another one that has such a validator'


def _not_run(why: str, hint: str) -> Finding:
    return Finding(
        code=NOT_RUN_CODE,
        severity=Severity.WARNING,
        phase=Phase.BEHAVIOUR,
        message=f"the strategy was read and not run, so nothing is known of what it does: {why}",
        hint=hint,
    )


def _bars(finding: Finding, waived: Callable[[Finding], bool]) -> bool:
    """Whether a finding keeps a draft from what comes next."""
    return finding.severity is Severity.ERROR and (is_guard(finding.code) or not waived(finding))


_NAME = re.compile(r"[A-Za-z_]\w*")
_QUOTED = re.compile(rf'"({_NAME.pattern})"')


def _without_echoes(
    findings: Sequence[Finding], waived: Callable[[Finding], bool]
) -> list[Finding]:
    """What is found, without what the types say of a defect that a person knows already.

    An error of the structure ends the phases after it, unless it is waived. Then the types come to
    the same line, and would say the same in their own words under a code that nobody waived.
    """
    known = [
        (one.line, set(_NAME.findall(one.message)))
        for one in findings
        if one.phase is Phase.STRUCTURE and one.severity is Severity.ERROR and waived(one)
    ]
    return [
        one
        for one in findings
        if one.phase is not Phase.TYPES
        or not any(
            one.line == line and names & set(_QUOTED.findall(one.message)) for line, names in known
        )
    ]


def by_place(finding: Finding) -> tuple[int, int, str, int]:
    """What findings are sorted by."""
    return (finding.phase.order, finding.line or 0, finding.code, finding.column or 0)


def _nothing_parses() -> Finding:
    return Finding(
        code="FG003",
        severity=Severity.ERROR,
        phase=Phase.PARSE,
        message="no validator checks whether the draft parses, so nothing can be said about it",
        hint='enable the plugin "structure", or another one that has a validator of the phase '
        "parse",
    )


def _ask(
    validator: Validator, draft: Draft, design: Design | None, context: ValidationContext
) -> Sequence[Finding]:
    """The findings of one validator; its crash is one of them."""
    found: list[Finding] = []
    try:
        found.extend(validator.check(draft, design, context))
    except OSError as exc:
        if exc.errno in _DISK_IS_FULL:  # nobody's fault, and nothing that is said of the draft
            raise
        found.append(_crashed(validator, exc))
    except Exception as exc:
        laboratory = isinstance(exc, EvaluationError | SandboxUnavailable)
        if laboratory and validator.phase is Phase.BEHAVIOUR:
            raise  # the laboratory's word, and no fault of the validator
        # Whatever else a plugin raises must not let a draft pass.
        found.append(_crashed(validator, exc))
    return found


def _crashed(validator: Validator, exc: Exception) -> Finding:
    return Finding(
        code="FG002",
        severity=Severity.ERROR,
        phase=validator.phase,
        message=f'the validator "{validator.name}" crashed: {type(exc).__name__}: {exc}',
        hint="this is a fault of the validator, not of the draft; report it to the "
        "author of its plugin",
    )


def compiled_from(draft: Draft, checked: CheckedDesign) -> bool:
    """Whether a draft is, byte for byte, what freqgen's own compiler writes for a design.

    Such a draft may run where nothing holds it: its author is freqgen.
    """
    from freqgen.design.compiler import compile_design

    if checked.design.name != draft.class_name:
        return False
    try:
        return compile_design(checked) == draft.source
    except DesignError:
        return False
