"""The whole way from a brief to a record, and the only module that knows its order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from freqgen.brief import Brief
from freqgen.design.checked import CheckedDesign, check_design
from freqgen.design.model import Design
from freqgen.draft import Draft, ValidatedDraft
from freqgen.evaluation.engine import BacktestRequest, BacktestResult
from freqgen.evaluation.evaluator import EvaluationContext, Measurement
from freqgen.evaluation.gate import GateResult, Verdict
from freqgen.exceptions import SandboxUnavailable, StoreError, UsageError
from freqgen.finding import Finding, Phase, Report, Severity
from freqgen.generation.coder import write_code
from freqgen.generation.designer import DesignResult, make_design
from freqgen.generation.prompt import Step
from freqgen.generation.provider import ModelAddress
from freqgen.outcome import (
    CodeResult,
    GenerationResult,
    RunOptions,
    not_run_gate,
    reading_data,
    stored_attempts,
    validation_gate,
)
from freqgen.validation.runner import Validation, load_draft, run_validators, vouch
from freqgen.validation.validator import ValidationContext
from freqgen.workbench import Workbench

if TYPE_CHECKING:
    from freqgen.evaluation.paper import PaperReport
    from freqgen.store.record import Record


class Freqgen(Workbench):
    """Everything that freqgen does, as methods.

    Use it as a context manager: backtests run in a process that is ended at the end.

    :param config: Files of Freqtrade's configuration, as ``-c`` names them.
    :param userdir: Freqtrade's user directory.
    :param datadir: Folder with candles.
    :param workspace: In place of the three, a workspace that was loaded already.
    :param host: The plugins; by default all installed ones.
    :param progress: Called with a sentence whenever a step begins.
    :param demo: Work on the synthetic demo market, which is made on first use.
    :raises SettingsError: If the configuration cannot be used.
    """

    # -- the steps ------------------------------------------------------------------------------

    def brief(
        self, source: str, *, name: str | None = None, constraints: Mapping[str, Any] | None = None
    ) -> Brief:
        """Turn what a user gave into a brief.

        :param name: Class name wanted for the strategy.
        :param constraints: Fields of the design said beside the text, as in ``timeframe``.
        :raises BriefError: If there is nothing in it.
        """
        brief = self.host.load_brief(source, self.settings) or Brief.from_text(source)
        return Brief(
            text=brief.text,
            name=name or brief.name,
            constraints=MappingProxyType({**brief.constraints, **(constraints or {})}),
        )

    def design(self, brief: Brief | str, *, model: str | None = None) -> DesignResult:
        """Stage 1: a design for a brief.

        :param model: ``provider`` or ``provider:model``; by default the setting's.
        :raises BriefError: If no entry rule is found in it.
        :raises ProviderError: If the provider gives no usable answer.
        """
        brief = self.brief(brief) if isinstance(brief, str) else brief
        address = ModelAddress.parse(model or self.settings.design_model)
        self._progress(f"Designing with {address}")
        return make_design(
            brief,
            provider=self.host.provider(address.provider),
            address=address,
            builder=self.host.prompt_builder(Step.DESIGN, self._builder_name(Step.DESIGN)),
            catalogue=self.catalogue,
            ask=self._ask,
        )

    def check(self, design: Design) -> CheckedDesign:
        """Bind a design to the catalogue.

        :raises DesignError: With the path of the field and, in an expression, the position.
        """
        return check_design(design, self.catalogue)

    def code(
        self,
        design: Design | CheckedDesign,
        *,
        brief: Brief | None = None,
        model: str | None = None,
    ) -> CodeResult:
        """Stage 2: code for a design, validated; findings go back to the provider.

        :param model: ``provider`` or ``provider:model``; by default the setting's.
        :raises DesignError: If the design does not fit the catalogue.
        :raises ProviderError: If the provider gives no usable answer.
        """
        checked = self.check(design) if isinstance(design, Design) else design
        address = ModelAddress.parse(model or self.settings.code_model)
        self._progress(f"Writing {checked.design.name} with {address}")
        validations: list[Validation] = []

        def validate(draft: Draft) -> Report:
            validations.append(self.validate(draft, checked))
            return validations[-1].report

        attempts = write_code(
            checked,
            brief=brief,
            provider=self.host.provider(address.provider),
            address=address,
            builders={
                step: self.host.prompt_builder(step, self._builder_name(step))
                for step in (Step.CODE, Step.REPAIR)
            },
            validate=validate,
            ask=self._ask,
            max_attempts=self.settings.max_attempts,
        )
        return CodeResult(
            checked=checked, attempts=tuple(attempts), screened=validations[-1].screened
        )

    def _builder_name(self, step: Step) -> str:
        return self.settings.prompts.get(step.value, "default")

    def validate(self, draft: Draft, design: CheckedDesign | None = None) -> Validation:
        """Let all validators look at a draft. Nothing of it is run.

        :param design: What it was made from, where that is known.
        """
        self._progress(f"Checking {draft.class_name}")
        context = ValidationContext(
            catalogue=self.catalogue,
            cache_dir=self.workspace.folder(self.workspace.home / "cache"),
        )
        validation = run_validators(
            draft, design.design if design else None, self.host.validators().values(), context
        )
        if design is None or not design.warnings:
            return validation
        advice = tuple(_advice(warning) for warning in design.warnings)
        report = Report(
            findings=(*validation.report.findings, *advice), timings=validation.report.timings
        )
        return Validation(report=report, screened=validation.screened)

    def validate_file(self, path: Path, class_name: str | None = None) -> tuple[str, Validation]:
        """Check anybody's strategy file.

        :returns: The name of its class, or of the file where there is none, and the result.
        :raises UsageError: If it cannot be read.
        """
        draft, findings = load_draft(path, class_name)
        if draft is None:
            return path.stem, Validation(report=Report(findings=findings))
        return draft.class_name, self.validate(draft)

    def backtest(
        self, draft: ValidatedDraft, checked: CheckedDesign, options: RunOptions | None = None
    ) -> BacktestResult:
        """Run Freqtrade's own backtest. The same question is answered from memory.

        :raises DataMissing: If candles are missing; the hint is the command that gets them.
        :raises EngineError: If the engine failed or went over its limits.
        """
        options = options or RunOptions()
        self.check_market(checked.design)
        key = (draft.sha256, str(self.datadir), options)
        if key not in self._backtests:
            pairs = self.pairs(checked.design.timeframe, options.pairs)
            self._progress(f"Backtesting {draft.class_name} on {_count(pairs)}")
            self._backtests[key] = self.engine.backtest(
                BacktestRequest(
                    draft=draft,
                    timeframe=checked.design.timeframe,
                    pairs=pairs,
                    timerange=options.timerange,
                    required=tuple(
                        (pair, market.timeframe)
                        for market in checked.markets
                        for pair in ((market.pair,) if market.pair else pairs)
                    ),
                    overrides=dict(options.overrides),
                )
            )
        return self._backtests[key]

    def measure(
        self, draft: ValidatedDraft, checked: CheckedDesign, options: RunOptions | None = None
    ) -> dict[str, Measurement]:
        """Let all evaluators measure a strategy; by name."""
        context = EvaluationContext(backtest=lambda d: self.backtest(d, checked, options))
        return {
            name: evaluator.measure(draft, context)
            for name, evaluator in self.host.evaluators().items()
        }

    def judge(
        self,
        report: Report,
        measurements: Mapping[str, Measurement],
        others: Sequence[GateResult] = (),
    ) -> Verdict:
        """Decide: deny what failed validation, else what the gates say.

        :param others: What was found before anything could be measured; where there is any,
            the gates are not asked.
        """
        validation = validation_gate(report)
        if not validation.passed or others:
            return Verdict.of([validation, *others])
        return Verdict.of(
            [validation, *(gate.judge(measurements) for gate in self.host.gates().values())]
        )

    def generate(
        self,
        source: str | Brief | Design,
        *,
        options: RunOptions | None = None,
        design_model: str | None = None,
        code_model: str | None = None,
    ) -> GenerationResult:
        """The whole way: brief, design, code, validation, backtest, decision, record.

        :param source: The idea in words, or a design, with which the way begins at the code.
        :raises FreqgenException: Whatever step failed; then nothing was stored.
        """
        options = options or RunOptions()
        timings: dict[str, float] = {}
        begin = perf_counter()
        if isinstance(source, str):
            source = self.brief(source)
        brief = None if isinstance(source, Design) else source
        self.engine.start()  # it imports Freqtrade while this process goes on
        with _timed(timings, "design"):
            if isinstance(source, Design):
                designed = DesignResult(checked=self.check(source))
            else:
                designed = self.design(source, model=design_model)
        # What would fail at the end fails here, before a model or the engine is paid for it.
        self.check_market(designed.design)
        self.check_place(designed.design)
        self.pairs(designed.design.timeframe, options.pairs)
        with _timed(timings, "code"):
            coded = self.code(designed.checked, brief=brief, model=code_model)
        for phase, seconds in coded.validation_seconds().items():
            timings[phase] = seconds
            timings["code"] -= seconds
        measurements: dict[str, Measurement] = {}
        backtest: BacktestResult | None = None
        others: list[GateResult] = []
        if coded.screened is not None:
            try:
                validated = vouch(coded.screened, designed.design, self.catalogue)
            except SandboxUnavailable as exc:
                others.append(not_run_gate(exc.message))
            else:
                with _timed(timings, "backtest"):
                    measurements = self.measure(validated, designed.checked, options)
                    backtest = self.backtest(validated, designed.checked, options)
        verdict = self.judge(coded.report, measurements, others)
        timings["total"] = perf_counter() - begin
        record, path = self._keep(
            designed=designed,
            coded=coded,
            brief=brief,
            verdict=verdict,
            measurements=measurements,
            timings=timings,
        )
        return GenerationResult(
            designed=designed,
            coded=coded,
            measurements=measurements,
            verdict=verdict,
            backtest=backtest,
            record=record,
            path=path,
            timings=timings,
        )

    def check_place(self, design: Design) -> None:
        """Refuse a name whose file in ``strategies/`` is not freqgen's to write.

        :raises StoreError: If freqgen did not write it, or it was edited since.
        """
        from freqgen.store.files import check_publishable
        from freqgen.store.record import Record

        store = self.existing_store
        known = store.known_sources(design.name) if store else frozenset()
        check_publishable(Record(name=design.name, source=""), self.workspace.user_data_dir, known)

    # -- what is stored -------------------------------------------------------------------------

    def _keep(
        self,
        *,
        designed: DesignResult,
        coded: CodeResult,
        brief: Brief | None,
        verdict: Verdict,
        measurements: Mapping[str, Measurement],
        timings: Mapping[str, float],
    ) -> tuple[Record, Path]:
        """Store a record and put its file where its decision says."""
        from freqgen.store.keeping import keep
        from freqgen.store.record import Record

        draft = coded.attempts[-1].draft
        self._progress(f"Storing {draft.class_name}")
        record = Record(
            name=designed.design.name,
            source=draft.source,
            decision=verdict.decision,
            brief=brief.text if brief else "",
            constraints=brief.constraints if brief else {},
            reading=reading_data(designed.reading),
            design=designed.design.to_data(),
            design_origin=designed.origin,
            code_origin=draft.origin,
            findings=[finding.to_dict() for finding in coded.report.findings],
            gates=[gate.to_dict() for gate in verdict.gates],
            measurements={name: dict(m.values) for name, m in measurements.items()},
            usage=designed.usage + coded.usage,
            timings=timings,
            attempts=len(coded.attempts),
        )
        stored, path = keep(
            self.store,
            record,
            attempts=stored_attempts(designed, coded),
            user_data_dir=self.workspace.user_data_dir,
        )
        self.audit.decision(stored)
        self.host.record_stored(stored)
        return stored, path

    def approve(self, name_or_id: str, reason: str = "") -> tuple[Record, Path]:
        """Approve what waits for review, and put its file where Freqtrade looks.

        :raises RecordNotFound: If there is no such record.
        :raises StoreError: If it cannot be approved, saying why.
        """
        from freqgen.store.keeping import approve

        record, path = approve(self.store, name_or_id, reason, self.workspace.user_data_dir)
        self.audit.decision(record, reason)
        self.host.record_stored(record)
        return record, path

    def reject(self, name_or_id: str, reason: str = "") -> tuple[Record, Path]:
        """Reject a strategy, and take its file from where Freqtrade looks.

        :raises RecordNotFound: If there is no such record.
        :raises StoreError: If it cannot be rejected, saying why.
        """
        from freqgen.store.keeping import reject

        record, path = reject(self.store, name_or_id, reason, self.workspace.user_data_dir)
        self.audit.decision(record, reason)
        self.host.record_stored(record)
        return record, path

    def stored_draft(self, record: Record) -> tuple[ValidatedDraft, CheckedDesign]:
        """The draft of a record, checked again and proved to be freqgen's own.

        :raises SandboxUnavailable: If its code is not what freqgen's compiler writes.
        :raises UsageError: If it does not pass the static checks.
        """
        if record.design is None or not record.source:
            raise UsageError(
                f"{record.name} has no {'design' if record.source else 'code'} to run",
                hint=f"freqgen show {record.id}",
            )
        checked = self.check(Design.from_data(dict(record.design), origin=f"record {record.id}"))
        draft = Draft(class_name=record.class_name, source=record.source, origin=record.code_origin)
        validation = self.validate(draft, checked)
        if validation.screened is None:
            first = validation.report.blocking[0]
            raise UsageError(
                f"{record.name} does not pass validation: {first.message}",
                hint=f"freqgen show {record.id} --findings",
            )
        return vouch(validation.screened, checked.design, self.catalogue), checked

    def backtest_stored(
        self, names: Sequence[str], options: RunOptions | None = None
    ) -> list[BacktestResult]:
        """Backtest strategies by name or id.

        :raises SandboxUnavailable: If one of them is somebody's file.
        :raises RecordNotFound: If one of them is not known.
        """
        self.engine.start()
        for name in names:
            if name.endswith(".py") or "/" in name or Path(name).is_file():
                raise SandboxUnavailable(
                    f'"{name}" is a file; only strategies that freqgen compiled from a design are '
                    "run as long as freqgen has no sandbox, because running a file runs "
                    "whatever is written in it",
                    hint=f"freqgen validate {name} checks it without running it; "
                    f"freqtrade backtesting runs it if you trust it",
                )
        proved = [self.stored_draft(self.store.find(name)) for name in names]
        return [self.backtest(draft, checked, options) for draft, checked in proved]

    def download_markets(self) -> Path:
        """Ask the configured exchange for its markets and store them for backtests.

        :raises EvaluationError: If the exchange does not answer.
        """
        from freqgen.evaluation.markets import download_markets

        path = self.engine.markets_file
        self.workspace.folder(path.parent)
        self._progress(f"Asking {self.engine.exchange} for its markets")
        return download_markets(self.workspace.config, path)

    def paper(self, name_or_id: str) -> PaperReport:
        """Trade on paper with Freqtrade's own bot until it is stopped.

        :raises StoreError: If the strategy was not allowed or approved.
        :raises SandboxUnavailable: If its code is not what freqgen's compiler writes.
        """
        from freqgen.evaluation.paper import needs_pairs, paper_trade
        from freqgen.store.files import FileState, file_state
        from freqgen.store.record import Status

        record = self.store.find(name_or_id)
        if not record.status.usable:
            raise StoreError(
                f"{record.name} is {record.status.value}; "
                "only strategies that were allowed or approved trade on paper",
                hint=f"freqgen approve {record.id}"
                if record.status is Status.PENDING
                else f"freqgen show {record.id} says why",
            )
        state = file_state(
            record, self.workspace.user_data_dir, self.store.known_sources(record.class_name)
        )
        if state is FileState.EDITED:
            raise StoreError(
                f"{self.workspace.user_data_dir / record.path} was edited since freqgen wrote it",
                hint=f"freqtrade trade --dry-run --strategy {record.class_name} trades the edited "
                "file; move it away to trade what was checked",
            )
        draft, checked = self.stored_draft(record)
        self.check_market(checked.design)
        found: list[str] = []
        if needs_pairs(self.workspace.config):
            found = self.engine.find_pairs(checked.design.timeframe)
        if found:
            self._progress(
                f"The configuration has no pair_whitelist; trading {', '.join(found)}, "
                f"of which {self.datadir} has candles"
            )
        return paper_trade(draft, workspace=self.workspace, pairs=found, progress=self._progress)


@contextmanager
def _timed(timings: dict[str, float], name: str) -> Iterator[None]:
    begin = perf_counter()
    try:
        yield
    finally:
        timings[name] = perf_counter() - begin


def _count(pairs: Sequence[str]) -> str:
    return pairs[0] if len(pairs) == 1 else f"{len(pairs)} pairs"


def _advice(warning: str) -> Finding:
    return Finding(
        code="FG690",
        severity=Severity.WARNING,
        phase=Phase.STRUCTURE,
        message=f"the design's {warning}",
    )
