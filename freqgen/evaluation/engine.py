"""Freqtrade's own backtest of a strategy, in a process of its own.

The process imports Freqtrade (seconds) while its parent does something else, never asks an
exchange, gets no secrets, and is ended with everything it started when it takes too long,
when the parent is interrupted, and when the parent is gone.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from freqgen.evaluation.candles import (
    all_pairs,
    check_candles,
    download_command,
    find_pairs,
    quote_of,
)
from freqgen.evaluation.engine_config import plain_config
from freqgen.evaluation.exchanges import check_exchange
from freqgen.evaluation.markets import MarketTable
from freqgen.evaluation.result import BacktestResult
from freqgen.evaluation.timerange import check_timerange
from freqgen.exceptions import EngineError, UsageError
from freqgen.printable import printable
from freqgen.sandbox.level import Level, Protection
from freqgen.sandbox.limits import TRIAL_SECONDS

if TYPE_CHECKING:
    from freqgen.draft import ValidatedDraft
    from freqgen.evaluation.process import EngineProcess

__all__ = ["BacktestRequest", "BacktestResult", "Engine", "Limits"]

_GRACE_SECONDS = 30.0
"""What the engine's process may take beyond the strategy's own time, to say what came of it."""

_DESCRIBING = 2
"""Trials by which a strategy is described, at the most."""

START_SECONDS = 180.0
"""How long the process may take to import Freqtrade and read the configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a backtest may use.

    :param seconds: Wall clock of one backtest.
    :param memory_mb: Memory that the engine's process may allocate, in megabytes.
    """

    seconds: float = 600.0
    memory_mb: int = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestRequest:
    """One backtest.

    :param draft: The strategy.
    :param timeframe: Its timeframe. Freqtrade lets it win over the strategy's own.
    :param pairs: What it trades.
    :param timerange: As in Freqtrade, ``20240101-20240301``; empty for all candles.
    :param required: Pairs and timeframes of informative candles that the strategy reads.
    :param overrides: Fields of the configuration that differ for this run only, as in
        ``fee`` or ``max_open_trades``.
    :param enable_protections: Whether the strategy's protections act, as they do in trading.
    :param store: Whether to store the result where FreqUI and ``backtesting-show`` find it.
    :param own: Whether freqgen's compiler wrote the strategy, which is then run where nothing
        else is.
    """

    draft: ValidatedDraft
    timeframe: str
    pairs: tuple[str, ...]
    timerange: str = ""
    required: tuple[tuple[str, str], ...] = ()
    overrides: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    enable_protections: bool = True
    store: bool = True
    own: bool = False


class Engine:
    """Runs backtests, one at a time. Safe to use from several threads.

    :param config: A Freqtrade configuration: what its files and environment say, or what
        Freqtrade's ``Configuration`` loaded. Only what a backtest needs is passed on; keys,
        passwords and tokens are not. :data:`DEFAULTS` fill in what is missing.
    :param userdir: Freqtrade's user directory, where results and market tables are kept.
    :param datadir: Folder with the candles.
    :param limits: What one backtest may use.
    :param closed: What the folder holds, in a sentence, where no candles may be downloaded into
        it: errors say this and not how to download.
    :param accept_partial: Run strategies also where the sandbox is less than its minimum.
    :raises UsageError: If the configuration names no exchange, or one that nobody knows.
    """

    def __init__(
        self,
        *,
        config: Mapping[str, Any],
        userdir: Path,
        datadir: Path,
        limits: Limits | None = None,
        closed: str = "",
        accept_partial: bool = False,
    ) -> None:
        self.accept_partial = accept_partial
        self.userdir = userdir.resolve()
        self.datadir = datadir.resolve()
        self.limits = limits or Limits()
        self._config = plain_config(config)
        self.closed = closed
        """What the data folder holds, where no candles may be downloaded into it."""
        check_exchange(str(self._config["exchange"]["name"]))
        self.exchange: str = self._config["exchange"]["name"]
        self.trading_mode: str = self._config["trading_mode"]
        self.data_format: str = self._config["dataformat_ohlcv"]
        self._lock = threading.RLock()
        self._process: EngineProcess | None = None
        self._prepared = 0
        self._protection: Protection | None = None

    @property
    def markets_file(self) -> Path:
        """Where the market table of the configured exchange is, or would be, stored."""
        return MarketTable.path(self.userdir, self.exchange, self.trading_mode)

    def find_pairs(self, timeframe: str, *, any_stake: bool = False) -> list[str]:
        """Pairs of the data folder with candles of a timeframe.

        :param any_stake: Also those that are not traded against the stake currency.
        """
        found = find_pairs(self.datadir, timeframe, self.trading_mode, data_format=self.data_format)
        return [pair for pair in found if any_stake or self.stake_currency in {"", quote_of(pair)}]

    def any_pairs(self) -> list[str]:
        """Pairs of the data folder with candles of any timeframe, traded for the stake first."""
        found = all_pairs(self.datadir, self.trading_mode, data_format=self.data_format)
        stake = self.stake_currency
        return sorted(found, key=lambda pair: (bool(stake) and quote_of(pair) != stake, pair))

    @property
    def stake_currency(self) -> str:
        """What trades are paid in; empty where the configuration leaves it to the pairs."""
        return str(self._config.get("stake_currency") or "")

    def check_candles(self, required: Sequence[tuple[str, str]], timerange: str = "") -> None:
        """Refuse a run whose candles are not there.

        :param required: Pairs and timeframes that the run reads.
        :raises DataMissing: With the command that gets them, where they can be got.
        """
        check_candles(
            self.datadir,
            required,
            exchange=self.exchange,
            timerange=timerange,
            trading_mode=self.trading_mode,
            data_format=self.data_format,
            userdir=self.userdir,
            closed=self.closed,
        )

    def nothing(self, what: str) -> str:
        """Say that something is not in the data folder, or that the folder is not there."""
        if not self.datadir.is_dir():
            return f"there are no {what}: the folder {printable(self.datadir)} does not exist"
        return f"there are no {what} in {printable(self.datadir)}"

    def how_to_get(self, pairs: Sequence[str], timeframe: str) -> str:
        """Say how to get candles, in a command where they can be downloaded.

        :param pairs: Which; examples are named where none are.
        """
        if self.closed:
            return self.closed
        quote = self.stake_currency or "USDT"
        # Freqtrade's own folder needs no word.
        usual = self.datadir == self.userdir / "data" / self.exchange.lower()
        return download_command(
            exchange=self.exchange,
            pairs=pairs or (f"BTC/{quote}", f"ETH/{quote}"),
            timeframes=[timeframe],
            datadir=None if usual else self.datadir,
            userdir=self.userdir,
            trading_mode=self.trading_mode,
            data_format=self.data_format,
            days=365,
        ) + ("" if pairs else "; or try --demo, which uses a synthetic market")

    def start(self) -> None:
        """Start the process, which prepares itself while the caller goes on."""
        from freqgen.evaluation.process import EngineProcess

        with self._lock:
            if self._process is not None and self._process.alive:
                return
            self.close()
            self._process = EngineProcess(memory_mb=self.limits.memory_mb)
            self._prepared = self._process.send(
                {
                    "op": "prepare",
                    "options": {
                        "config": self._config,
                        "private": str(self._process.folder),
                        "results": str(self.userdir / "backtest_results"),
                        "datadir": str(self.datadir),
                        "markets": str(self.markets_file),
                        "seconds": self.limits.seconds,
                        "memory_mb": self.limits.memory_mb,
                    },
                }
            )

    def backtest(self, request: BacktestRequest) -> BacktestResult:
        """Backtest a strategy.

        :raises UsageError: If the request or the configuration cannot be used.
        :raises DataMissing: If candles are missing; the hint is the command that gets them.
        :raises EngineError: If Freqtrade or the strategy failed, or went over the limits.
        """
        download = self._check(request)
        began = perf_counter()
        self.protection()
        answer = self._ask({"op": "backtest", "backtest": self._order(request, download)})
        return BacktestResult.from_dict({**answer, "seconds": perf_counter() - began})

    def rehearse(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Run trials of a strategy, for :class:`freqgen.evaluation.laboratory.EngineLaboratory`.

        :raises SandboxUnavailable: If nothing would hold it.
        :raises EngineError: If the engine's process failed.
        """
        self.protection()
        trials = len(request.get("trials", ())) + _DESCRIBING
        return self._ask(
            {"op": "rehearse", "rehearse": request},
            seconds=max(self.limits.seconds, trials * TRIAL_SECONDS),
        )

    def protection(self) -> Protection:
        """What holds a strategy on this machine, found out by doing it."""
        if self._protection is None:
            told = self._ask({"op": "protection"})
            self._protection = Protection(
                level=Level(told["level"]), landlock=told["landlock"], reason=told["reason"]
            )
        return self._protection

    @property
    def known_protection(self) -> Protection | None:
        """The same, if it was asked for or a strategy was run."""
        return self._protection

    def _ask(self, request: Mapping[str, Any], seconds: float | None = None) -> dict[str, Any]:
        """Put a request to the process, which is started if need be.

        :param seconds: What it may take; by default what a backtest may.
        """
        with self._lock:
            self.start()
            process = self._process
            if process is None:  # closed by another thread between two lines
                raise EngineError("the engine was closed")
            if self._prepared:
                process.receive(self._prepared, seconds=START_SECONDS)
                self._prepared = 0
            number = process.send(request)
            most = self.limits.seconds if seconds is None else seconds
            return process.receive(number, seconds=most + _GRACE_SECONDS)

    def _order(self, request: BacktestRequest, download: str) -> dict[str, Any]:
        return {
            "name": request.draft.class_name,
            "source": request.draft.source,
            "own": request.own,
            "accept_partial": self.accept_partial,
            "timeframe": request.timeframe,
            "pairs": list(request.pairs),
            "beside": sorted({pair for pair, _ in request.required}),
            "timerange": request.timerange,
            "overrides": dict(request.overrides),
            "enable_protections": request.enable_protections,
            "store": request.store,
            "download": download,
            "stake_currency": self.stake_currency or quote_of(request.pairs[0]),
            "trading_mode": "",
        }

    def _check(self, request: BacktestRequest) -> str:
        """Refuse what cannot run; return the command that downloads its candles."""
        if not request.pairs:
            raise UsageError(
                "there is no pair to backtest",
                hint=f"name pairs with -p, or put candles in {printable(self.datadir)}",
            )
        if not request.draft.class_name.isidentifier():
            raise UsageError(f"'{request.draft.class_name}' is no name of a class")
        check_timerange(request.timerange)
        needed = [*((pair, request.timeframe) for pair in request.pairs), *request.required]
        self.check_candles(needed, request.timerange)
        return self.closed or download_command(
            exchange=self.exchange,
            pairs=request.pairs,
            timeframes=[request.timeframe],
            timerange=request.timerange,
            datadir=self.datadir,
            userdir=self.userdir,
            trading_mode=self.trading_mode,
            data_format=self.data_format,
            prepend=True,
        )

    def close(self) -> None:
        """End the process, whatever it is doing, with everything it started."""
        process, self._process = self._process, None
        if process is not None:
            process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
