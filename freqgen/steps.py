"""The steps from a brief to a judgement, each for itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from freqgen.brief import Brief
from freqgen.checking_files import CheckingFiles
from freqgen.design.checked import CheckedDesign, check_design
from freqgen.design.model import Design
from freqgen.draft import ScreenedDraft, ValidatedDraft
from freqgen.evaluation.engine import BacktestRequest, BacktestResult
from freqgen.evaluation.evaluator import EvaluationContext, Measurement
from freqgen.evaluation.gate import GateResult, Verdict
from freqgen.exceptions import SettingsError, StrategyFault
from freqgen.finding import Finding, Report
from freqgen.generation.approach import best_of
from freqgen.generation.attempt import CodeAttempt
from freqgen.generation.choosing import coder_for
from freqgen.generation.coder import write_code
from freqgen.generation.designer import DesignResult, make_design
from freqgen.generation.limits import check_limits
from freqgen.generation.prompt import CallOptions, Step
from freqgen.generation.provider import ModelAddress, check_model
from freqgen.generation.sides import only_short, shorts_only
from freqgen.outcome import (
    CodeResult,
    RunOptions,
    missing_judges,
    validation_gate,
    worded_gate,
)
from freqgen.plugins import expect
from freqgen.validation.judge import Judge

if TYPE_CHECKING:
    from freqgen.validation.laboratory import Specimen


class Steps(CheckingFiles):
    """One method a step; none of them stores anything."""

    def brief(
        self,
        source: str,
        *,
        name: str | None = None,
        constraints: Mapping[str, Any] | None = None,
        trading: Mapping[str, Any] | None = None,
    ) -> Brief:
        """Turn what a user gave into a brief.

        :param name: Class name wanted for the strategy.
        :param constraints: Fields of the design said beside the text, as in ``timeframe``.
        :param trading: What else was said beside it, as in ``direction``; see :class:`Brief`.
        :raises BriefError: If there is nothing in it.
        """
        brief = self.host.load_brief(source, self.settings) or Brief.from_text(source)
        return Brief(
            text=brief.text,
            name=name or brief.name,
            constraints=MappingProxyType({**brief.constraints, **(constraints or {})}),
            trading=MappingProxyType({**brief.trading, **(trading or {})}),
        )

    def design(
        self,
        brief: Brief | str,
        *,
        model: str | None = None,
        code_model: str | None = None,
        ignore_unread: bool = False,
    ) -> DesignResult:
        """Stage 1: a design for a brief.

        :param model: ``provider`` or ``provider:model``; by default the setting's.
        :param code_model: Who was chosen to write the code. If that is one that compiles, a
            model is not to say anything in words.
        :param ignore_unread: Whether to go on without words that were not understood and whose
            lack makes it another strategy.
        :raises BriefError: If no entry rule is found in it, or such words are.
        :raises DesignError: If it asks for more risk than the setting ``limits`` allows.
        :raises ProviderError: If the provider gives no usable answer.
        :raises AttemptsExhausted: If a model was told what is wrong with its answers, and gave
            none that can be used.
        """
        brief = self.brief(brief) if isinstance(brief, str) else brief
        address = ModelAddress.parse(model or self.settings.design_model)
        self._progress(f"Designing with {address}")
        result = make_design(
            brief,
            provider=self.host.provider(address.provider),
            address=address,
            builder=self._builder(Step.DESIGN),
            catalogue=self.catalogue,
            ask=self._ask,
            limits=self.settings.limits,
            max_attempts=self.settings.max_attempts,
            note=self._note,
            ignore_unread=ignore_unread,
            rules_only=bool(code_model) and self._compiles(ModelAddress.parse(code_model or "")),
            log=str(self.audit.path),
        )
        return shorts_only(result, self.catalogue) if only_short(brief) else result

    def check_model(self, model: str) -> None:
        """Refuse a ``provider`` or ``provider:model`` that there is not.

        :raises UsageError: If there is no such provider.
        :raises ProviderUnavailable: If it has no such model, or no key.
        """
        address = ModelAddress.parse(model)
        provider = self.host.provider(address.provider)
        check_model(provider, address.model)
        check = getattr(provider, "check", None)
        if check is not None:
            with self.host.guarded(self.host.providers(), provider.name):
                check(address.model, self._options_for(provider, CallOptions()))

    def coder(self, design: Design, *, model: str | None = None, designer: str = "") -> str:
        """Who writes the code of a design: see :meth:`code`.

        :raises DesignError: If it says conditions in words and nobody can write their code.
        :raises ProviderUnavailable: If there is no such model, or no key for it.
        """
        address = coder_for(
            design,
            chosen=model,
            setting=self.settings.code_model,
            designers=(designer, self.settings.design_model),
            writes_rules_only=self._compiles,
        )
        self.check_model(str(address))
        return str(address)

    def _compiles(self, address: ModelAddress) -> bool:
        """Whether a provider turns rules into code, and cannot read a condition in words."""
        return self.host.provider(address.provider).deterministic

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
        designer: str = "",
        run: bool = True,
        note: Callable[[CodeAttempt], None] = lambda _attempt: None,
    ) -> CodeResult:
        """Stage 2: code for a design, validated; findings go back to the provider.

        :param model: ``provider`` or ``provider:model``; by default the setting's, or for a
            design that says conditions in words, which cannot be compiled, the designer.
        :param designer: Who made the design, as in ``provider:model``; by default the setting's.
        :param run: Whether validation runs the code in the sandbox.
        :param note: Called with every attempt as soon as it was validated.
        :raises DesignError: If the design does not fit the catalogue, its risk goes beyond the
            setting ``limits``, or it says conditions in words and nobody can write their code.
        :raises ProviderError: If the provider gives no usable answer.
        """
        checked = self.check(design) if isinstance(design, Design) else design
        check_limits(checked.design, self.settings.limits)
        address = ModelAddress.parse(self.coder(checked.design, model=model, designer=designer))
        asked = str(address) == (model or self.settings.code_model)
        because = "" if asked else ", for it says in words what cannot be compiled"
        self._progress(f"Writing {checked.design.name} with {address}{because}")
        if run:
            self.engine.start()  # it imports Freqtrade while the model writes
        validate = partial(self.validate, design=checked)
        judge = Judge(checked, validate, run=run, say=self._progress)

        def noted(attempt: CodeAttempt) -> None:
            self._note(attempt)
            note(attempt)

        attempts = write_code(
            checked,
            brief=brief,
            provider=self.host.provider(address.provider),
            address=address,
            builders={step: self._builder(step) for step in (Step.CODE, Step.REPAIR)},
            judge=judge,
            ask=self._ask,
            max_attempts=self.settings.max_attempts,
            note=noted,
            log=str(self.audit.path),
        )
        kept = best_of(attempts)
        validation = judge.validations[kept]
        return CodeResult(
            checked=checked,
            attempts=tuple(attempts),
            kept=kept,
            screened=validation.screened,
            validated=validation.validated,
            tried_on=validation.tried_on,
        )

    def check_candles(self, checked: CheckedDesign, options: RunOptions | None = None) -> None:
        """Refuse a backtest whose candles are not there, before anything is paid for it.

        :raises UsageError: If the pairs or the period cannot be meant.
        :raises DataMissing: If candles are missing; the hint is the command that gets them.
        """
        options = options or RunOptions()
        timeframe = checked.design.timeframe
        pairs = self.pairs(timeframe, options.pairs)
        needed = [*((pair, timeframe) for pair in pairs), *_informative(checked, pairs)]
        self.engine.check_candles(needed, options.timerange)

    def backtest(
        self,
        draft: ValidatedDraft,
        checked: CheckedDesign | None = None,
        options: RunOptions | None = None,
    ) -> BacktestResult:
        """Run Freqtrade's own backtest. The same question is answered from memory.

        :param checked: What it was made from, where that is known.
        :raises DataMissing: If candles are missing; the hint is the command that gets them.
        :raises StrategyFault: If the strategy failed, or did what strategies do not.
        :raises EngineError: If the engine failed or went over its limits.
        """
        options = options or RunOptions()
        if checked is not None:
            self.check_market(checked.design)
        key = (draft.sha256, str(self.datadir), options)
        if key not in self._backtests:
            timeframe = checked.design.timeframe if checked else self._specimen(draft).timeframe
            pairs = self.pairs(timeframe, options.pairs)
            self._progress(f"Backtesting {draft.class_name} on {_count(pairs)}")
            if checked is not None:
                required = _informative(checked, pairs)
            else:
                required = _read_beside(self._specimen(draft), pairs)
            self._backtests[key] = self.engine.backtest(
                BacktestRequest(
                    draft=draft,
                    timeframe=timeframe,
                    pairs=pairs,
                    timerange=options.timerange,
                    required=required,
                    overrides=dict(options.overrides),
                    own=draft.sha256 in self._own,
                )
            )
        return self._backtests[key]

    def _specimen(self, draft: ValidatedDraft) -> Specimen:
        """What Freqtrade finds a draft to be.

        :raises StrategyFault: If it cannot be loaded.
        """
        found = self.laboratory.describe(ScreenedDraft(draft))
        if isinstance(found, Finding):
            raise StrategyFault(found.message, finding=found, hint=found.hint)
        return found

    def measure(
        self, draft: ValidatedDraft, checked: CheckedDesign, options: RunOptions | None = None
    ) -> dict[str, Measurement]:
        """Let all evaluators measure a strategy; by name."""
        context = EvaluationContext(
            backtest=lambda d: self.backtest(d, checked, options), laboratory=self.laboratory
        )
        evaluators = self.host.evaluators()
        measured: dict[str, Measurement] = {}
        wanted = self.settings.evaluators
        for name in wanted:
            if name not in evaluators:
                raise SettingsError(
                    f'freqgen.evaluators: there is no evaluator "{name}"',
                    field="freqgen.evaluators",
                    hint=f"there is {', '.join(evaluators)}",
                )
        for name, evaluator in evaluators.items():
            if getattr(evaluator, "on_request", False) and name not in wanted:
                continue
            with self.host.guarded(evaluators, name):
                measured[name] = expect(evaluator.measure(draft, context), Measurement)
        return measured

    def judge(
        self,
        report: Report,
        measurements: Mapping[str, Measurement],
        others: Sequence[GateResult] = (),
        *,
        design: Design | None,
    ) -> Verdict:
        """Decide: deny what failed validation, else what the gates say.

        Where there is no gate, or a plugin failed that may have had one, nothing is allowed
        before somebody looked.

        :param others: What was found before anything could be measured; where there is any,
            the gates are not asked.
        :param design: What it was made from, ``None`` where that is not known; what that says in
            words is for a person to judge.
        """
        validation = validation_gate(report)
        if not validation.passed:
            return Verdict.of([validation, *others])
        beside = worded_gate(design) if design is not None else []
        if others:
            return Verdict.of([validation, *others, *beside])
        gates = self.host.gates()
        judged: list[GateResult] = []
        for name, gate in gates.items():
            with self.host.guarded(gates, name):
                judged.append(expect(gate.judge(measurements), GateResult))
        missing = missing_judges(self.host, judged)
        return Verdict.of([validation, *judged, *missing, *beside])


def _informative(checked: CheckedDesign, pairs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Pairs and timeframes that a strategy reads beside those that it trades."""
    return tuple(
        (pair, market.timeframe)
        for market in checked.markets
        for pair in ((market.pair,) if market.pair else pairs)
    )


def _read_beside(specimen: Specimen, pairs: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The same, of a strategy without a design: it named them for the pair it was loaded with."""
    return tuple(
        (pair, timeframe)
        for named, timeframe in specimen.informative
        for pair in (pairs if named == specimen.loaded_for else (named,))
    )


def _count(pairs: Sequence[str]) -> str:
    return pairs[0] if len(pairs) == 1 else f"{len(pairs)} pairs"
