"""The whole way from a brief to a record, and the only module that knows its order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from freqgen.brief import Brief
from freqgen.deciding import Deciding
from freqgen.design.model import Design
from freqgen.evaluation.engine import BacktestResult
from freqgen.evaluation.evaluator import Measurement
from freqgen.evaluation.gate import GateResult, Verdict
from freqgen.evaluation.timerange import check_timerange
from freqgen.exceptions import FreqgenException, StoreError, StrategyFault
from freqgen.generation.designer import DesignResult
from freqgen.generation.limits import check_limits
from freqgen.generation.provider import ModelAddress
from freqgen.outcome import (
    CodeResult,
    GenerationResult,
    RunOptions,
    missing_data,
    not_run_gate,
    reading_data,
    tested_days,
    why_not_run,
)
from freqgen.printable import command_line, printable
from freqgen.questions import stored_attempts
from freqgen.unfinished import Unfinished

if TYPE_CHECKING:
    from freqgen.store.record import Record


class Freqgen(Deciding):
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

    def generate(
        self,
        source: str | Brief | Design,
        *,
        options: RunOptions | None = None,
        design_model: str | None = None,
        code_model: str | None = None,
        designed: DesignResult | None = None,
        ignore_unread: bool = False,
    ) -> GenerationResult:
        """The whole way: brief, design, code, validation, backtest, decision, record.

        :param source: The idea in words, or a design, with which the way begins at the code.
        :param designed: What :meth:`design` made of the brief, where somebody agreed on it; then
            no model is asked for another one.
        :param ignore_unread: Whether to go on without words that were not understood and whose
            lack makes it another strategy.
        :raises FreqgenException: Whatever step failed. What a model made, or a person agreed on,
            is stored as a draft then, and the hint says where; otherwise nothing is.
        """
        options = options or RunOptions()
        timings: dict[str, float] = {}
        begin = perf_counter()
        # What would fail later fails here, before anything is made or paid for.
        check_timerange(options.timerange)
        if not isinstance(source, Design):
            self.check_model(design_model or self.settings.design_model)
        self.check_model(code_model or self.settings.code_model)
        self.audit.check()
        if isinstance(source, str):
            source = self.brief(source)
        brief = None if isinstance(source, Design) else source
        asked = brief.constraints if brief else {}
        self.check_mode(
            can_short=bool(asked.get("can_short")), leverage=float(asked.get("leverage") or 1)
        )
        self.engine.start()  # it imports Freqtrade while this process goes on
        agreed = designed is not None
        with _timed(timings, "design"):
            if isinstance(source, Design):
                designed = DesignResult(checked=self.check(source))
                check_limits(source, self.settings.limits)
            elif designed is None:
                designed = self.design(
                    source, model=design_model, code_model=code_model, ignore_unread=ignore_unread
                )
            else:
                check_limits(designed.design, self.settings.limits)
        run = Unfinished(brief=brief, designed=designed, agreed=agreed, timings=timings)
        with self._kept_if_it_fails(run):
            self.check_market(designed.design)
            self.check_place(designed.design)
            notes = self._notes(brief, designed.design)
            run.coder = self.coder(designed.design, model=code_model, designer=designed.origin)
            self.check_candles(designed.checked, options)
            with _timed(timings, "code"):
                coded = self.code(
                    designed.checked,
                    brief=brief,
                    model=code_model,
                    designer=designed.origin,
                    note=run.drafts.append,
                )
            for phase, seconds in coded.validation_seconds().items():
                timings[phase] = seconds
                timings["code"] -= seconds
            measurements: dict[str, Measurement] = {}
            backtest: BacktestResult | None = None
            others: list[GateResult] = []
            if coded.validated is not None:
                try:
                    with _timed(timings, "backtest"):
                        measurements = self.measure(coded.validated, designed.checked, options)
                        backtest = self.backtest(coded.validated, designed.checked, options)
                except StrategyFault as exc:
                    measurements, backtest = {}, None
                    coded = coded.with_findings([exc.finding])
                else:
                    coded = coded.with_findings(missing_data(backtest))
            elif coded.screened is not None and coded.report.passed:
                others.append(not_run_gate(why_not_run(coded.report)))
        verdict = self.judge(coded.report, measurements, others, design=designed.design)
        timings["total"] = perf_counter() - begin
        record, path = self._keep(
            designed=designed,
            coded=coded,
            brief=brief,
            verdict=verdict,
            measurements=measurements,
            backtest=backtest,
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
            notes=tuple(notes),
            sandbox=self.held,
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

    def _notes(self, brief: Brief | None, design: Design) -> list[str]:
        """What about a design's name and timeframe may not be what the user expects."""
        notes = []
        other = self._namesake(brief, design) if brief and brief.name is None else None
        if other is not None:
            words = " ".join(other.brief.split())
            notes.append(
                f"{design.name} is the name of another idea already, of revision {other.revision}"
                + (f' ("{words[:77] + "..." if len(words) > 80 else words}")' if words else "")
                + ", whose place this revision takes once it is allowed; "
                "--name gives this one a name of its own"
            )
        configured = self.workspace.config.get("timeframe")
        if configured not in {None, "", design.timeframe}:
            notes.append(
                f"the configuration says {configured} candles, the design {design.timeframe}: "
                f"it is tested with {design.timeframe}, but Freqtrade's own commands go by the "
                "configuration"
            )
        return notes

    def _namesake(self, brief: Brief, design: Design) -> Record | None:
        """The last record of that name, if it came from another brief."""
        store = self.existing_store
        known = store.list(name=design.name, limit=1) if store else ()
        same = bool(known) and known[0].brief.split() == brief.text.split()
        return known[0] if known and not same else None

    # -- what is stored -------------------------------------------------------------------------

    def _keep(
        self,
        *,
        designed: DesignResult,
        coded: CodeResult,
        brief: Brief | None,
        verdict: Verdict,
        measurements: Mapping[str, Measurement],
        backtest: BacktestResult | None,
        timings: Mapping[str, float],
    ) -> tuple[Record, Path]:
        """Store a record and put its file where its decision says."""
        from freqgen.store.keeping import keep
        from freqgen.store.record import Record

        draft = coded.draft
        self._progress(f"Storing {draft.class_name}")
        record = Record(
            name=designed.design.name,
            source=draft.source,
            decision=verdict.decision,
            brief=brief.text if brief else "",
            constraints={**brief.constraints, **brief.trading} if brief else {},
            reading=reading_data(designed.reading),
            design=designed.design.to_data(),
            design_origin=designed.origin,
            code_origin=draft.origin,
            findings=[finding.to_dict() for finding in coded.report.findings],
            gates=[gate.to_dict() for gate in verdict.gates],
            measurements={name: dict(m.values) for name, m in measurements.items()},
            market=self.market if backtest else None,
            exchange=self.engine.exchange if backtest else "",
            trading_mode=backtest.trading_mode if backtest else "",
            timerange=tested_days(backtest) if backtest else "",
            usage=designed.usage + coded.usage,
            timings=timings,
            attempts=len(coded.attempts),
        )
        stored, path = keep(
            self.store,
            record,
            attempts=stored_attempts(designed, coded.attempts),
            user_data_dir=self.workspace.user_data_dir,
        )
        self.audit.decision(stored)
        self.host.record_stored(stored)
        return stored, path

    @contextmanager
    def _kept_if_it_fails(self, run: Unfinished) -> Iterator[None]:
        """Store what there is of a run that a step ends, if it cannot be had again for nothing.

        So it is where Ctrl-C ends it, or a bug: a model was paid for it all the same.
        """
        self._failed = None
        try:
            yield
        except (Exception, KeyboardInterrupt) as exc:
            if run.agreed or any(map(self._by_a_model, run.origins)):
                with suppress(StoreError):  # the step's own error is what the user needs to see
                    kept = self._keep_unfinished(run, exc)
                    if isinstance(exc, FreqgenException):
                        exc.add_hint(kept)
                    else:
                        exc.add_note(kept)
            raise

    def _by_a_model(self, origin: str) -> bool:
        return (
            bool(origin)
            and not self.host.provider(ModelAddress.parse(origin).provider).deterministic
        )

    def _keep_unfinished(self, run: Unfinished, exc: BaseException) -> str:
        """Store a draft that nobody judged.

        :returns: Where it is, and how to go on from there.
        """
        from freqgen.store.keeping import keep

        failed = self._failed if self._failed is not None and self._failed.error is exc else None
        stored, path = keep(
            self.store,
            run.record(failed),
            attempts=stored_attempts(run.designed, run.drafts, failed),
            user_data_dir=self.workspace.user_data_dir,
        )
        said = exc.message if isinstance(exc, FreqgenException) else str(exc)
        self.audit.decision(stored, f"ended by {type(exc).__name__}: {said}".rstrip(": "))
        self.host.record_stored(stored)
        what = "the design and the last draft are" if run.drafts else "the design is"
        again = ["freqgen", "generate", "--design", str(path.parent / "design.json")]
        if run.designed.design.worded and run.coder:
            again += ["--code-model", run.coder]  # a design by itself has no designer to go to
        return (
            f"{what} kept in {printable(path.parent)} (freqgen show {stored.id})\n"
            f"{command_line(again)} goes on from there"
        )


@contextmanager
def _timed(timings: dict[str, float], name: str) -> Iterator[None]:
    begin = perf_counter()
    try:
        yield
    finally:
        timings[name] = perf_counter() - begin
