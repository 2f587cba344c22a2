"""What all steps work with: configuration, plugins, catalogue, engine, records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING, Self

from freqgen.brief import without_halves
from freqgen.design.indicators import Catalogue
from freqgen.design.model import Design
from freqgen.evaluation.engine import BacktestResult, Engine, Limits
from freqgen.exceptions import DesignError, FreqgenException, ReplyInvalid
from freqgen.finding import Severity
from freqgen.generation.attempt import CodeAttempt
from freqgen.generation.designer import DesignAttempt
from freqgen.generation.prompt import CallOptions, Payload, Prompt, PromptBuilder, Step
from freqgen.generation.provider import CUT_OFF, ModelAddress, Provider, Reply, cut_off
from freqgen.outcome import RunOptions
from freqgen.plugins import PluginHost, expect
from freqgen.questions import FailedCall
from freqgen.settings import Workspace, load_workspace

if TYPE_CHECKING:
    from freqgen.sandbox.level import Protection
    from freqgen.store.audit import AuditLog
    from freqgen.store.store import Store
    from freqgen.validation.laboratory import Laboratory


class _GuardedBuilder:
    """A prompt builder whose mistakes name the plugin that it came from."""

    def __init__(self, host: PluginHost, builder: PromptBuilder) -> None:
        self._host = host
        self._builder = builder
        self.name = builder.name
        self.step = builder.step

    def build(self, payload: Payload) -> Prompt:
        """Word the question.

        :raises PluginError: If the builder fails.
        """
        with self._host.guarded(self._host.prompt_builders(), f"{self.step}:{self.name}"):
            return expect(self._builder.build(payload), Prompt)


def _what_is_wrong(prompt: Prompt) -> str:
    """What a provider is told of its last answer, in a few words; empty the first time."""
    payload = prompt.payload
    blocking = [one for one in payload.findings if one.severity is Severity.ERROR]
    blocking += [one.finding for one in payload.failures]
    told = [*payload.problems, *(f"{one.code}: {one.message}" for one in blocking)]
    if not told:
        return ""
    first = told[0] if len(told[0]) <= 160 else told[0][:159] + "…"
    return first + (f" (and {len(told) - 1} more)" if told[1:] else "")


def _cut_off(reply: Reply | None) -> bool:
    return reply is not None and reply.stop_reason.casefold() in CUT_OFF


class Workbench:
    """Opens what a step needs when it first needs it, and closes it at the end.

    :param config: Files of Freqtrade's configuration, as ``-c`` names them.
    :param userdir: Freqtrade's user directory.
    :param datadir: Folder with candles.
    :param workspace: In place of the three, a workspace that was loaded already.
    :param host: The plugins; by default all installed ones.
    :param progress: Called with a sentence whenever a step begins.
    :param demo: Work on the synthetic demo market, which is made on first use.
    :param accept_partial: Run strategies also where the sandbox is less than its minimum.
    :raises SettingsError: If the configuration cannot be used.
    """

    def __init__(
        self,
        *,
        config: Sequence[str] = (),
        userdir: str | Path | None = None,
        datadir: str | Path | None = None,
        workspace: Workspace | None = None,
        host: PluginHost | None = None,
        progress: Callable[[str], None] | None = None,
        demo: bool = False,
        accept_partial: bool = False,
    ) -> None:
        self.accept_partial = accept_partial
        self.workspace = workspace or load_workspace(
            config=config, userdir=userdir, datadir=datadir
        )
        self.settings = self.workspace.settings
        self.host = host or PluginHost.load(self.settings.disabled_plugins)
        self.demo = demo
        self._progress = progress or (lambda _message: None)
        self._engine: Engine | None = None
        self._store: Store | None = None
        self._told: set[str] = set()
        self._failed: FailedCall | None = None
        """The last call to a provider, if it gave no answer that can be used."""
        self._backtests: dict[tuple[str, str, RunOptions], BacktestResult] = {}
        self._own: set[str] = set()
        """Digests of drafts that freqgen's own compiler wrote."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the engine's process and let go of the database."""
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()
        store, self._store = self._store, None
        if store is not None:
            store.close()

    # -- what the steps work with ---------------------------------------------------------------

    @cached_property
    def catalogue(self) -> Catalogue:
        """All indicators that a design may use: built-in ones and those of plugins."""
        from freqgen.design.indicators_builtin import builtin_indicators

        return Catalogue([*builtin_indicators(), *self.host.indicators().values()])

    @cached_property
    def datadir(self) -> Path:
        """Folder with candles; that of the demo market if it was asked for."""
        if self.demo:
            from freqgen.demo import ensure_demo_market

            return ensure_demo_market(self.workspace.user_data_dir)
        return self.workspace.datadir

    @property
    def market(self) -> str:
        """What the candles are: ``synthetic`` where they are the demo market's, else ``real``."""
        from freqgen.demo import is_demo

        return "synthetic" if self.demo or is_demo(self.workspace.datadir) else "real"

    @property
    def store(self) -> Store:
        """The records; opened, and created, on first use."""
        if self._store is None:
            from freqgen.store.store import Store

            self._store = Store.open(self._store_url)
        return self._store

    @property
    def existing_store(self) -> Store | None:
        """The records, or ``None`` if there are none yet; creates nothing."""
        from freqgen.store.database import database_file, parse_url

        file = database_file(parse_url(self._store_url))
        return None if file is not None and not file.exists() else self.store

    @property
    def _store_url(self) -> str:
        from freqgen.store.database import default_url

        return self.settings.db_url or default_url(self.workspace.user_data_dir)

    @cached_property
    def audit(self) -> AuditLog:
        """The log of prompts, replies and decisions."""
        from freqgen.store.audit import AuditLog

        secret = {"used": self.workspace.config, "overridden": list(self.workspace.sources)}
        return AuditLog(self.workspace.home / "audit.jsonl", config=secret)

    def _demo_market(self) -> str:
        """What the demo market holds, in a sentence, if it is the one in use."""
        from freqgen import demo

        if not demo.is_demo(self.datadir):
            return ""
        first = date.fromisoformat(demo.START)
        last = first + timedelta(hours=demo.CANDLES - 1)
        return (
            f"the demo market is spot and has {', '.join(demo.TIMEFRAMES)} candles of "
            f"{', '.join(pair.name for pair in demo.PAIRS)} from {first} to {last}"
        )

    @property
    def engine(self) -> Engine:
        """Freqtrade's engine in a process of its own; not started before it is needed."""
        if self._engine is None:
            config = {
                key: value
                for key, value in self.workspace.config.items()
                if key not in {"user_data_dir", "datadir"}
            }
            self._engine = Engine(
                config=config,
                userdir=self.workspace.user_data_dir,
                datadir=self.datadir,
                limits=Limits(
                    seconds=self.settings.backtest_timeout,
                    memory_mb=self.settings.backtest_memory_mb,
                ),
                closed=self._demo_market(),
                accept_partial=self.accept_partial,
            )
        return self._engine

    @property
    def held(self) -> Protection | None:
        """What held the strategies that were run; ``None`` if none was."""
        return self._engine.known_protection if self._engine is not None else None

    @cached_property
    def laboratory(self) -> Laboratory:
        """Runs drafts in the sandbox, on the user's candles or else on made-up ones."""
        from freqgen.evaluation.laboratory import EngineLaboratory

        def pairs() -> list[str]:
            exchange = self.workspace.config.get("exchange", {})
            listed = [] if self.demo else [str(p) for p in exchange.get("pair_whitelist", ())]
            found = self.engine.any_pairs()
            return [*(pair for pair in listed if pair in found), *found]

        return EngineLaboratory(
            lambda: self.engine, pairs=pairs, own=lambda draft: draft.sha256 in self._own
        )

    def _builder(self, step: Step) -> PromptBuilder:
        """Who words the question of a step, by the setting ``prompts``."""
        name = self.settings.prompts.get(step.value, "default")
        return _GuardedBuilder(self.host, self.host.prompt_builder(step, name))

    def _options_for(self, provider: Provider, options: CallOptions) -> CallOptions:
        """The options of a call, with what the settings say for a provider."""
        written = self.settings.providers.get(provider.name)
        return written.added_to(options) if written is not None else options

    def _ask(
        self, provider: Provider, prompt: Prompt, model: str | None, options: CallOptions
    ) -> Reply:
        """Put a prompt to a provider, with the settings for it.

        The audit log and observers see what is asked and what comes.

        :raises ProviderError: If no answer came; that is in the audit log too.
        """
        address = str(ModelAddress(provider.name, model))
        options = self._options_for(provider, self.settings.for_step(prompt.step).added_to(options))
        if wrong := _what_is_wrong(prompt):
            fresh = " for a fresh draft" if prompt.payload.failures else ""
            self._progress(f"Asking {address} again{fresh}: {wrong}")
        self.audit.prompt(prompt, address)
        begin = perf_counter()
        try:
            with self.host.guarded(self.host.providers(), provider.name):
                reply = expect(provider.answer(prompt, model=model, options=options), Reply)
            if _cut_off(reply):
                written = options.extra.get("max_tokens")
                limit = options.max_tokens or (written if isinstance(written, int) else None)
                raise cut_off(provider.name, model, reply, limit)
        except FreqgenException as exc:
            seconds = perf_counter() - begin
            if isinstance(exc, ReplyInvalid) and options.max_tokens and _cut_off(exc.reply):
                exc.add_hint(
                    f'freqgen.steps has a limit of {options.max_tokens} for the step "'
                    f'{prompt.step}", which wins over that of the provider'
                )
            self.audit.failure(prompt, exc, address, seconds)
            self._failed = FailedCall(prompt=prompt, address=address, error=exc, seconds=seconds)
            raise
        reply = replace(reply, text=without_halves(reply.text))
        self.audit.reply(prompt, reply, address, perf_counter() - begin)
        self.host.reply_received(prompt, reply)
        return reply

    def _note(self, attempt: DesignAttempt | CodeAttempt) -> None:
        """Let the audit log have what was wrong with an answer, if something was."""
        problems = attempt.problems if isinstance(attempt, DesignAttempt) else ()
        findings = attempt.report.blocking if isinstance(attempt, CodeAttempt) else ()
        if isinstance(attempt, CodeAttempt) and attempt.mended:
            self.audit.mending(
                attempt.prompt,
                attempt.reply,
                number=attempt.number,
                findings=[finding.to_dict() for finding in attempt.mended],
                source=attempt.draft.source,
            )
        if problems or findings:
            self.audit.refusal(
                attempt.prompt,
                attempt.reply,
                number=attempt.number,
                problems=problems,
                findings=[finding.to_dict() for finding in findings],
            )

    def check_market(self, design: Design) -> None:
        """Refuse what the configured market cannot do.

        :raises DesignError: If a design for futures meets a spot configuration.
        """
        self.check_mode(can_short=design.can_short, leverage=design.risk.leverage)

    def check_mode(self, *, can_short: bool, leverage: float) -> None:
        """The same, of what is known before there is a design.

        :raises DesignError: If shorts or leverage are meant for a spot configuration.
        """
        if self.workspace.config.get("trading_mode", "spot") != "spot":
            return
        hint = (
            'set "trading_mode": "futures" and "margin_mode": "isolated" in the configuration, '
            "or leave it out of the design"
        )
        if can_short:
            raise DesignError("there are no shorts in spot markets", path="can_short", hint=hint)
        if leverage != 1:
            raise DesignError(
                "there is no leverage in spot markets", path="risk.leverage", hint=hint
            )

    def pairs(self, timeframe: str, wanted: Sequence[str] = ()) -> tuple[str, ...]:
        """What to trade: what was asked for, the whitelist, or what the data folder has.

        What is in the ``pair_blacklist`` of the configuration is never traded.

        :raises UsageError: If an entry is neither a pair nor a pattern, or nothing is left.
        :raises DataMissing: If a pair has no candles; the hint is the command that gets them.
        """
        from freqgen.evaluation.pairs import choose_pairs

        exchange = self.workspace.config.get("exchange", {})
        listed = wanted or (() if self.demo else exchange.get("pair_whitelist", ()))
        chosen = choose_pairs(self.engine, timeframe, listed, exchange.get("pair_blacklist", ()))
        if wanted and set(chosen.unwanted) - self._told:
            self._told.update(chosen.unwanted)
            self._progress(f"Left out, in the pair_blacklist: {', '.join(chosen.unwanted)}")
        return chosen.pairs
